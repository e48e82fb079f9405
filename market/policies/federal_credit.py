"""The federal credit on new cars that are bought: 30D before and after the Inflation Reduction Act (M2)."""

import numpy as np

from agents.arrays import Floats
from market.base import tables
from market.base.categories import INCOMES
from market.policies.federal_law import FederalLaw
from market.policies.instrument import PolicySetting

BEFORE_2023, BOUGHT = "30D", "30D_2023"


class FederalCredit(FederalLaw):
    """26 USC 30D, by automaker and date; since 2023 for bought cars alone, of buyers under an income cap."""

    def __init__(self, setting: PolicySetting) -> None:
        super().__init__(setting)
        eligible = tables.load("income_eligibility").set_index("income_class")["eligible_share"]
        self._income_eligible = eligible.loc[list(INCOMES)].to_numpy()[:, None]

    def nominal_kusd(self, quarter: int) -> Floats:
        """To 2022 bought and leased cars alike, then bought ones of eligible buyers."""
        bought = self.by_product_kusd(BOUGHT, quarter) * (1.0 - self.leased_share(quarter))
        return np.asarray(self.by_product_kusd(BEFORE_2023, quarter) + bought * self._income_eligible)
