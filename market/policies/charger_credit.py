"""The federal tax credit for chargers (M9)."""

import numpy as np

from agents.arrays import Floats
from market.policies.charger_law import PLACES, ChargerCosts, ChargerLaw
from market.policies.parameters import Policy


class ChargerCredit(ChargerLaw):
    """26 USC 30C: a share of the cost of plugs in low-income and rural census tracts."""

    def __init__(self, parameters: Policy, origin: int, chargers: ChargerCosts) -> None:
        super().__init__("30C", parameters, origin, chargers)

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.charger_credit_factor

    def statutory(self, quarter: int) -> Floats:
        """The same near home and on corridors: the mean over eligible and other places."""
        if not self.in_force(quarter):
            return np.zeros(PLACES)
        share = self.law["cost_share"] * self.law["eligible_share"] * self.law["take_up_share"]
        return np.full(PLACES, share * self.chargers.capex_kusd * 1e3)
