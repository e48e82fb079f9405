"""Grants and tax credits for fast plugs that operators expect in a quarter, paid while budgets last (M9)."""

import numpy as np

from agents.arrays import Floats
from market.charging.parameters import Operators
from market.policies.charger_law import ChargerLaw
from market.policies.parameters import Policy
from market.policies.registry import CHARGER_POLICIES

FUNDED = "corridor_grant"
"""The instrument that asks for success of the plugs it pays for."""


class ChargerFunding:
    """All charger policies of a run; ``paid_usd``: by each of them since operators decide, its budget at most.

    ``paid_now_usd``, ``plugs_now``: by each of them in the last quarter of paying, and the plugs it paid for.

    A plug counts for the quarter in which it opens at the soonest, by the law known when it is started.
    """

    def __init__(self, policy: Policy, operators: Operators, origin: int) -> None:
        self.policies: dict[str, ChargerLaw] = {
            name: law(policy, origin, operators) for name, law in CHARGER_POLICIES.items()
        }
        self._operators = operators
        self.paid_usd = dict.fromkeys(self.policies, 0.0)
        self.paid_now_usd = dict.fromkeys(self.policies, 0.0)
        self.plugs_now = dict.fromkeys(self.policies, 0.0)

    def expected_usd(self, name: str, quarter: int) -> Floats:
        """What a plug started now may count on from one policy, $, (near home, on a corridor)."""
        policy = self.policies[name]
        left = self.paid_usd[name] < policy.budget_usd
        return policy.expected(quarter, self._operators.shortest_lag) * float(left)

    def grant_usd(self, quarter: int) -> Floats:
        """What it may count on from all, $, (near home, on a corridor)."""
        return np.asarray(np.sum([self.expected_usd(name, quarter) for name in self.policies], axis=0))

    def funded_share(self, quarter: int) -> float:
        """Share of the plugs on corridors that open in a quarter with a grant that asks for success."""
        paid = self.policies[FUNDED].rate(quarter).any() and self.paid_usd[FUNDED] < self.policies[FUNDED].budget_usd
        return self._operators.at(quarter).grant_share if paid else 0.0

    def pay(self, started: Floats, quarter: int) -> Floats:
        """Pay for plugs started, (operators, 2 kinds of place), and return what each operator gets, $, (operators,).

        Where a budget does not last, all get the same part.
        """
        granted = np.zeros(started.shape[0])
        for name, policy in self.policies.items():
            rate = self.expected_usd(name, quarter)
            due = started @ rate
            left = policy.budget_usd - self.paid_usd[name]
            part = min(1.0, left / due.sum()) if due.sum() > 0.0 else 0.0
            granted += due * part
            self.paid_now_usd[name] = float(due.sum()) * part
            self.plugs_now[name] = float((started @ (rate > 0.0)).sum()) * (part > 0.0)
            self.paid_usd[name] += self.paid_now_usd[name]
        return granted
