"""Buyers who wait for a better battery car, or hurry before a worse one (M3)."""

from dataclasses import dataclass

import numpy as np

from agents.choice import Floats

_MOST_GAIN_KUSD = 5.0  # gains beyond are not acted on (M3)


def waiting_share(gain_kusd: Floats, alpha_powertrain: float, rho: float) -> Floats:
    """Share of those who would choose a new battery car that wait: 1 - exp(-alpha_2 rho gain); same shape (M3).

    ``gain_kusd``: expected gain of the best battery car in four quarters over that of now, k$; 0 if negative.
    """
    return np.asarray(-np.expm1(-alpha_powertrain * rho * np.clip(gain_kusd, 0.0, _MOST_GAIN_KUSD)))


def pull_forward_share(gain_kusd: Floats, alpha_powertrain: float, rho: float) -> Floats:
    """Share of those due in the next four quarters and of the pool that buy now, where the gain is negative (M3).

    1 - exp(-alpha_2 rho |gain|), same shape as ``gain_kusd``; 0 where there is something to wait for.
    """
    return waiting_share(-np.asarray(gain_kusd), alpha_powertrain, rho)


def bring_forward(due_seats: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Seats that buy now instead of when they are due, and those still due in each quarter (M3).

    ``due_seats``: (quarters, ...), seats due in each of the coming quarters whose choice is a battery car;
    ``share``: shape (...). Returns shapes (...) and (quarters, ...); what is bought now is not due again.
    """
    hurried = share * due_seats
    return hurried.sum(axis=0), np.asarray(due_seats - hurried)


def return_share(hazard: float, pulled_share: Floats) -> Floats:
    """Share of the pool that comes back in a quarter: by its hazard (0.5), and of the rest those who hurry (M3)."""
    return np.asarray(hazard + (1.0 - hazard) * pulled_share)


@dataclass(frozen=True)
class WaitingPool:
    """Seats that keep their car and wait; any shape, such as (zones, classes)."""

    seats: Floats

    def stepped(self, joined: Floats, returning_share: Floats) -> tuple["WaitingPool", Floats]:
        """The pool a quarter later and the seats that came back; who joins comes back in a later quarter (M3)."""
        returned = returning_share * self.seats
        return WaitingPool(np.asarray(self.seats - returned + joined)), np.asarray(returned)
