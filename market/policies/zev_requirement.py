"""The zero-emission rule of California and the states that took it over: what a sale is worth to its maker (M10)."""

import numpy as np

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.categories import BEV, PHEV
from market.policies.instrument import PolicySetting
from market.policies.parameters import Policy
from market.policies.rate_policy import RatePolicy

_FINE_KUSD = 20.0  # a missing car, Health and Safety Code 43212 as the rule has it, recalled: no credit costs more


class ZevRequirement(RatePolicy):
    """Advanced Clean Cars II, by model year.

    Every sale in a state that enforces it needs ``required_share`` credits, and a BEV earns one. Up to the origin
    recorded prices hold what that was worth.
    """

    def __init__(self, setting: PolicySetting) -> None:
        super().__init__(setting.parameters, setting.origin)
        self._powertrain = setting.products.powertrain
        rows = tables.load("zev_requirements").to_dict("records")
        self._by_year = {int(row["model_year"]): row for row in rows}
        places = setting.places
        states = tables.load("zev_states").set_index("state").reindex(list(places.states))
        self._first_year, self._last_year = (states[f"{end}_model_year"].to_numpy() for end in ("first", "last"))
        self._all_cars = (places.state_share * places.seats[:, None]).sum(axis=0)
        cars = tables.load("registrations_by_state")
        last = cars[cars["year"] == quarters.year(setting.origin)].set_index("state")["bevs"]
        self._bevs = last.reindex(list(places.states)).fillna(0.0).to_numpy()

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.zev_requirement

    def statutory(self, quarter: int) -> Floats:
        """What a sale is worth beyond its price, thousand 2025 $, shape (products,): of gasoline cars a cost.

        A maker sells a product at one price in all states: the worth is weighted by the share sold where the rule is.
        """
        year = min(quarters.year(quarter), max(self._by_year))
        if year not in self._by_year:
            return np.zeros(self._powertrain.size)
        row = self._by_year[year]
        enforce = (self._first_year <= year) & (year <= self._last_year)
        by_kind = [float(cars[enforce].sum() / cars.sum()) for cars in (self._all_cars, self._bevs)]
        share = np.where(self._powertrain == BEV, by_kind[1], by_kind[0])
        earned = np.where(self._powertrain == BEV, 1.0, np.where(self._powertrain == PHEV, row["phev_credit"], 0.0))
        price = min(self.parameters.zev_credit_kusd, _FINE_KUSD)
        return np.asarray(share * price * (earned - row["required_share"]))
