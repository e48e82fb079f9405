"""Grants for chargers on corridors: the National Electric Vehicle Infrastructure program (M9)."""

import numpy as np

from agents.arrays import Floats
from market.policies.charger_law import PLACES, ChargerCosts, ChargerLaw
from market.policies.parameters import Policy


class CorridorGrant(ChargerLaw):
    """23 USC 151 and 23 CFR 680: ``grant_share`` of new plugs on corridors get ``grant_kusd``, from a budget."""

    def __init__(self, parameters: Policy, origin: int, chargers: ChargerCosts) -> None:
        super().__init__("NEVI", parameters, origin, chargers)

    @property
    def factor(self) -> float:
        """Strength after the origin."""
        return self.parameters.corridor_grant_factor

    def statutory(self, quarter: int) -> Floats:
        """Nothing near home; on corridors the grant times the share of plugs that get one."""
        if not self.in_force(quarter):
            return np.zeros(PLACES)
        most_kusd = self.law["cost_share"] * self.chargers.capex_kusd
        return np.array([0.0, min(self.chargers.grant_kusd, most_kusd) * 1e3 * self.chargers.grant_share])
