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


def content_rule_quarters() -> tuple[int, int]:
    """Quarter from which projects that begin need compliant cells, and that of the law."""
    rows = tables.load("investment_credits")
    rows = rows[rows["foreign_content_threshold_share"].notna()]
    return int(rows["from_quarter"].map(quarters.index).min()), int(rows["known_from"].map(quarters.index).min())
