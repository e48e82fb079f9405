"""State purchase incentives for BEVs (M2)."""

import numpy as np

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.categories import INCOMES
from market.policies.instrument import PolicySetting, PurchaseCredit
from market.policies.parameters import Policy


class StateRebate(PurchaseCredit):
    """Rebates and credits of the states, spread over zones by where their people live."""

    def __init__(self, setting: PolicySetting) -> None:
        super().__init__(setting)
        self._rows = tables.load("state_incentives")
        self._last_year = int(self._rows["year_to"].max())
        self._by_year: dict[int, Floats] = {}

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.state_rebate_factor

    def statutory_kusd(self, quarter: int) -> Floats:
        """Shape (zones, incomes, products): the year's incentive for BEVs; the last record holds after."""
        year = min(quarters.year(quarter), self._last_year)
        if year not in self._by_year:
            self._by_year[year] = self._of_year(year)
        return self._by_year[year]

    def _of_year(self, year: int) -> Floats:
        rows = self._rows[(self._rows["year_from"] <= year) & (self._rows["year_to"] >= year)]
        by_state = (
            rows.groupby("state")["amount_usd_nominal"].sum().reindex(list(self.setting.places.states)).fillna(0.0)
        )
        nominal = self.setting.places.by_zone(by_state.to_numpy()) / 1e3
        real = tables.real_2025(nominal, np.full(nominal.size, year))
        amount = real[:, None, None] * self.setting.products.is_bev.astype(np.float64)
        return np.broadcast_to(amount, (nominal.size, len(INCOMES), amount.shape[-1]))
