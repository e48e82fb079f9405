"""Expected seats at the start and their first decision dates (mean-field mode)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import CLASSES, HOMES, INCOMES, KINDS, TASTES
from market.buyers.parameters import Ownership
from market.exogenous.zones import Places
from market.fleet.first_looks import first_look
from market.fleet.model_years import BuildYears
from market.fleet.population import StartingStock, class_shares


@dataclass(frozen=True)
class ExpectedStart:
    """Seats of 2016 by stratum, a zone and class.

    ``share_of_seats``: (strata,) of all seats, now and later; ``kind``: (strata, kinds) shares of their cars; ``age``:
    (kinds, incomes, years) and ``segment``: (kinds, segments) shares of cars of a kind; ``seats``: all of them.
    """

    share_of_seats: Floats
    kind: Floats
    age: Floats
    segment: Floats
    seats: float

    @classmethod
    def of(cls, places: Places, stock: StartingStock, seats: float) -> "ExpectedStart":
        """What rows are drawn from."""
        share = class_shares(places) * places.seats[:, None]
        return cls(
            (share / share.sum()).reshape(-1), stock.kind.reshape(-1, len(KINDS)), stock.age, stock.segment, seats
        )

    def _by_income(self) -> Floats:
        income = np.arange(self.share_of_seats.size) % CLASSES // (HOMES * TASTES)
        return np.asarray(np.arange(len(INCOMES))[:, None] == income, dtype=np.float64)

    def on_road(self) -> Floats:
        """Share of all cars by kind and age in years, shape (kinds, years)."""
        kind_income = self._by_income() @ (self.share_of_seats[:, None] * self.kind)
        return np.asarray(np.einsum("ik,kiy->ky", kind_income, self.age))

    def cars(self, groups: BuildYears) -> Floats:
        """Cars on seats by group, shape (groups, strata)."""
        age = groups.age_years_2016()
        of_kind = np.where(age[:, None] >= 0, self.age[groups.kind, :, age], 0.0)
        share = self.kind.T[groups.kind] * (of_kind @ self._by_income())
        return np.asarray(self.seats * self.share_of_seats * share)


def start_law(groups: BuildYears, holding: Ownership, lease_share: float, length: int) -> Floats:
    """Chance that a seat of the start first looks in each quarter, by the group of its car, shape (length, groups).

    Leases of young cars end after their full length; all others are as far into a holding time as stationary owners.
    """
    overdue, edges = first_look(holding, lease_share)
    residual = np.diff(edges, prepend=0.0)[:length]
    plain = np.zeros(length)
    plain[: residual.size] = (1.0 - overdue) * residual
    plain[0] += overdue
    lease = int(holding.lease_years * QUARTERS_PER_YEAR)
    age = groups.ages(0)
    leased = groups.quarter_share * np.where(age < lease, lease_share, 0.0)
    law = plain[:, None] * (1.0 - leased.sum(axis=1))
    group = np.arange(groups.size)
    for built in range(age.shape[1]):
        np.add.at(law, (np.clip(lease - age[:, built], 0, length - 1), group), leased[:, built])
    return np.asarray(law)
