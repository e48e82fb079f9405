"""The ledger: double-entry payments and stock balances; an imbalance stops the run."""

from collections import defaultdict

import numpy as np

from agents.arrays import Floats
from market.base import quarters

MONEY_TOLERANCE = 1e-9  # residual allowed, as a share of all payments
COUNT_TOLERANCE = 1e-9  # as a share of the larger side
SHARE_TOLERANCE = 1e-12

BUYERS, SELLERS, DEALERS, GOVERNMENT = "buyers", "sellers of used cars", "dealers", "government"


class LedgerError(RuntimeError):
    """Two sides of an account that must be equal are not."""


class Ledger:
    """Checks and payments of one run; ``checked`` counts the checks that held."""

    def __init__(self) -> None:
        self.quarter = 0
        self.checked = 0
        self._balance: defaultdict[str, float] = defaultdict(float)
        self._gross = 0.0

    def open(self, quarter: int) -> None:
        """Begin a quarter."""
        self.quarter = quarter
        self._balance.clear()
        self._gross = 0.0

    def pay(self, payer: str, payee: str, musd: float) -> None:
        """Post a payment and its counter-posting, M$."""
        self._balance[payer] -= musd
        self._balance[payee] += musd
        self._gross += abs(musd)

    def balance_musd(self, account: str) -> float:
        """Received less paid in this quarter, M$."""
        return self._balance[account]

    def equal(self, what: str, left: float, right: float, tolerance: float = COUNT_TOLERANCE) -> None:
        """Raise LedgerError unless both sides are equal within a share of the larger (not finite: never equal)."""
        if not abs(left - right) <= tolerance * max(1.0, abs(left), abs(right)):
            raise self._breach(what, f"{left:.12g}", f"{right:.12g}")
        self.checked += 1

    def within(self, what: str, values: Floats | float, low: float, high: float) -> None:
        """Raise LedgerError unless all values lie between two bounds, both included."""
        array = np.atleast_1d(values)
        bad = ~((array >= low) & (array <= high))
        if bad.any():
            raise self._breach(what, f"{array[bad][0]:.12g}", f"{low:g} to {high:g} allowed")
        self.checked += 1

    def sums_to_one(self, what: str, shares: Floats) -> None:
        """Raise LedgerError unless shares lie in [0, 1] and sum to 1 over the last axis."""
        self.within(what, shares, 0.0, 1.0 + SHARE_TOLERANCE)
        totals = shares.sum(axis=-1).reshape(-1)
        self.equal(f"{what} sum to one", float(totals[np.argmax(np.abs(totals - 1.0))]), 1.0, SHARE_TOLERANCE)

    def _breach(self, what: str, left: str, right: str) -> LedgerError:
        return LedgerError(f"{quarters.label(self.quarter)}: {what}: {left} on one side, {right} on the other")

    def close(self) -> None:
        """Raise LedgerError unless every payment met its counter-posting."""
        residual = sum(self._balance.values())
        if not abs(residual) <= MONEY_TOLERANCE * max(1.0, self._gross):
            raise self._breach("money", f"{residual:.12g} M$", "0 M$")
        self.checked += 1
