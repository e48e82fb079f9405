"""Grants for chargers on corridors: the National Electric Vehicle Infrastructure program (M9)."""

import numpy as np

from agents.arrays import Floats
from market.policies.charger_law import PLACES, ChargerCosts, ChargerLaw
from market.policies.parameters import Policy


class CorridorGrant(ChargerLaw):
    """23 USC 151 and 23 CFR 680: ``grant_share`` of new plugs on corridors get ``grant_kusd``, from a budget."""

    def __init__(self, parameters: Policy, origin: int, chargers: ChargerCosts) -> None:
        super().__init__("NEVI", parameters, origin, chargers)

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.corridor_grant_factor

    def statutory(self, quarter: int) -> Floats:
        """Nothing near home; on corridors the grant times the share of plugs that get one."""
        return self._granted(quarter, self.chargers.at(quarter))

    def rate(self, quarter: int, seen: int | None = None) -> Floats:
        """Grant expected for a plug; how large it is and who gets it are levers too."""
        factor = self.factor(self.parameters.at(quarter, seen)) if quarter > self.origin else 1.0
        return self._granted(quarter, self.chargers.at(quarter, seen)) * factor

    def _granted(self, quarter: int, chargers: ChargerCosts) -> Floats:
        if not self.in_force(quarter):
            return np.zeros(PLACES)
        most_kusd = self.law["cost_share"] * chargers.capex_kusd
        return np.array([0.0, min(chargers.grant_kusd, most_kusd) * 1e3 * chargers.grant_share])
