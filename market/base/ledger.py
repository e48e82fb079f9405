"""The ledger: double-entry payments and stock balances; an imbalance stops the run."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from agents.arrays import Floats
from market.base import quarters

MONEY_TOLERANCE = 1e-9  # residual allowed, as a share of all payments
COUNT_TOLERANCE = 1e-9  # as a share of the larger side
SHARE_TOLERANCE = 1e-12

BUYERS, SELLERS, DEALERS, GOVERNMENT = "buyers", "sellers of used cars", "dealers", "government"
_BALANCES = "balances of cars, cells, storage and charging sessions, and that shares add up"


class LedgerError(RuntimeError):
    """Two sides of an account that must be equal are not."""


class Ledger:
    """Checks and payments of one run.

    ``checked`` counts the checks that held, ``checked_about`` by what they were about, in words.
    """

    def __init__(self) -> None:
        self.quarter = 0
        self.checked = 0
        self.checked_about: dict[str, int] = {}
        self._about = _BALANCES
        self._balance: defaultdict[str, float] = defaultdict(float)
        self._gross = 0.0

    def open(self, quarter: int) -> None:
        """Begin a quarter."""
        self.quarter = quarter
        self._about = _BALANCES
        self._balance.clear()
        self._gross = 0.0

    def about(self, words: str) -> None:
        """Say what the next checks are about; they are counted by it."""
        self._about = words

    def pay(self, payer: str, payee: str, musd: float) -> None:
        """Post a payment and its counter-posting, M$."""
        self._balance[payer] -= musd
        self._balance[payee] += musd
        self._gross += abs(musd)

    @property
    def accounts(self) -> list[str]:
        """Names of all accounts with a posting in this quarter."""
        return list(self._balance)

    def balance_musd(self, account: str) -> float:
        """Received less paid in this quarter, M$."""
        return self._balance[account]

    def equal(
        self, what: str, left: float, right: float, tolerance: float = COUNT_TOLERANCE, scale: float = 1.0
    ) -> None:
        """Raise LedgerError unless both sides are equal within a share of the larger (not finite: never equal).

        ``scale``: a larger figure both sides are made of, such as turnover; the share is of it then.
        """
        if not abs(left - right) <= tolerance * max(1.0, scale, abs(left), abs(right)):
            raise self._breach(what, f"{left:.12g}", f"{right:.12g}")
        self._held()

    def each_equal(self, what: str, names: Sequence[str], left: Floats, right: Floats) -> None:
        """As ``equal`` for each of some agents or places, (names,) both sides; the one furthest off is named."""
        gap = np.abs(left - right)
        bad = ~(gap <= COUNT_TOLERANCE * np.maximum(1.0, np.maximum(np.abs(left), np.abs(right))))
        if bad.any():
            worst = int(np.argmax(np.where(bad, np.nan_to_num(gap, nan=np.inf), -1.0)))
            raise self._breach(f"{what}, {names[worst]}", f"{left[worst]:.12g}", f"{right[worst]:.12g}")
        self._held()

    def within(self, what: str, values: ArrayLike, low: float, high: float) -> None:
        """Raise LedgerError unless all values lie between two bounds, both included."""
        array = np.atleast_1d(values)
        bad = ~((array >= low) & (array <= high))
        if bad.any():
            raise self._breach(what, f"{array[bad][0]:.12g}", f"{low:g} to {high:g} allowed")
        self._held()

    def each_within(self, what: str, names: Sequence[str], values: Floats, low: float, high: float) -> None:
        """As ``within`` for each of some agents or places, (names,); the first that is outside is named."""
        bad = ~((values >= low) & (values <= high))
        if bad.any():
            self.within(f"{what}, {names[int(np.argmax(bad))]}", values, low, high)
        self._held()

    def sums_to_one(self, what: str, shares: Floats) -> None:
        """Raise LedgerError unless shares lie in [0, 1] and sum to 1 over the last axis."""
        self.within(what, shares, 0.0, 1.0 + SHARE_TOLERANCE)
        totals = shares.sum(axis=-1).reshape(-1)
        self.equal(f"{what} sum to one", float(totals[np.argmax(np.abs(totals - 1.0))]), 1.0, SHARE_TOLERANCE)

    def _held(self) -> None:
        self.checked += 1
        self.checked_about[self._about] = self.checked_about.get(self._about, 0) + 1

    def _breach(self, what: str, left: str, right: str) -> LedgerError:
        return LedgerError(f"{quarters.label(self.quarter)}: {what}: {left} on one side, {right} on the other")

    def close(self) -> None:
        """Raise LedgerError unless every payment met its counter-posting."""
        residual = sum(self._balance.values())
        if not abs(residual) <= MONEY_TOLERANCE * max(1.0, self._gross):
            raise self._breach("money", f"{residual:.12g} M$", "0 M$")
        self._held()
