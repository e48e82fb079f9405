"""The investment credit for storage and its rule on foreign content (M16, M19)."""

import numpy as np

from agents.arrays import Floats
from market.base import quarters, tables
from market.policies.parameters import Policy
from market.policies.rate_policy import RatePolicy


class InvestmentCredit(RatePolicy):
    """26 USC 48 and 48E for stand-alone storage, by the quarter in which building begins."""

    def __init__(self, parameters: Policy, origin: int) -> None:
        super().__init__(parameters, origin)
        rows = tables.load("investment_credits")
        self._first, self._last = (
            np.array([quarters.index(label) for label in rows[name]]) for name in ("from_quarter", "to_quarter")
        )
        self._share = rows["rate_share"].to_numpy(np.float64)

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.investment_credit_factor

    def statutory(self, quarter: int) -> Floats:
        """Share of a project's cost, shape (1,)."""
        return np.array([self._share[(self._first <= quarter) & (quarter <= self._last)].sum()])


COMPLIANT_DEMAND = {2025: 0.05, 2026: 0.15, 2027: 0.35, 2028: 0.55, 2029: 0.70, 2030: 0.80}
"""Share of deliveries whose building began under the foreign-content rule (M19: safe-harbor lags; judgment)."""


def compliant_share(year: int, strength: float) -> float:
    """Share of storage delivered in a year that needs compliant cells; ``strength`` 0 is no rule, at most all."""
    years = sorted(COMPLIANT_DEMAND)
    share = 0.0 if year < years[0] else COMPLIANT_DEMAND[min(year, years[-1])]
    return min(1.0, share * strength)
