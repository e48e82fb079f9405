"""Automakers' forecasts of BEV demand: Holt with damped trend, initial optimism, announced credits (M18)."""

import numpy as np

from agents.arrays import Floats, Ints, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import HoltForecast
from market.base import quarters
from market.base.categories import MAKERS
from market.base.lever_path import mean_growth
from market.makers.parameters import Plans

PLANS_QUARTER = quarters.index("2022Q4")
"""When automakers had the plans of 2021-22; their optimism fades from then on."""
NEW_BRANDS = ("Tesla", "New brands")
"""Automakers that sell BEVs alone and without dealers; the others are legacy."""


class MakerForecasts:
    """Forecasts of every automaker, updated each fourth quarter; arrays have shape (makers,) unless said.

    ``maker``: (products,) who makes each; ``initial_optimism``: of the plans of 2021-22, as a multiple of demand;
    ``alpha_powertrain``: what a k$ of credit does to the log-odds of a powertrain (M1).
    """

    def __init__(self, plans: Plans, maker: Ints, initial_optimism: float, alpha_powertrain: float) -> None:
        self.plans = plans
        self._initial_optimism = initial_optimism
        self._response_per_kusd = alpha_powertrain * plans.announced_policy_weight
        self._maker = maker
        self._quarters: list[Floats] = []
        self._credit_kusd: list[Floats] = []
        self._expected_credit_kusd: Floats = np.zeros(maker.size)
        self.holt: HoltForecast | None = None

    def observe(self, cars: Floats, credit_kusd: Floats, expected_credit_kusd: Floats, quarter: int) -> None:
        """See a quarter's demand for BEVs and its credits, now and a year on; arguments (products,)."""
        self._quarters.append(cars)
        self._credit_kusd.append(credit_kusd)
        self._expected_credit_kusd = expected_credit_kusd
        if quarter % QUARTERS_PER_YEAR != QUARTERS_PER_YEAR - 1:
            return
        year = group_sum(self.last_year(), self._maker, len(MAKERS))
        plans = self.plans
        if self.holt is None:
            self.holt = HoltForecast(year, np.zeros(len(MAKERS)))
        else:
            self.holt = self.holt.updated(year, plans.level_gain, plans.trend_gain, plans.trend_damping)

    def last_year(self) -> Floats:
        """BEVs wanted in the last four quarters, (products,)."""
        return np.asarray(np.sum(self._quarters[-QUARTERS_PER_YEAR:], axis=0))

    def optimism(self, quarter: int) -> Floats:
        """What is left of the optimism of the plans of 2021-22, as a multiple; 1 before them."""
        if quarter < PLANS_QUARTER:
            return np.ones(len(MAKERS))
        legacy = -mean_growth(lambda each: -self.plans.at(each).legacy_learning, PLANS_QUARTER, quarter)
        learning = np.where(np.isin(MAKERS, NEW_BRANDS), self.plans.new_learning, legacy)
        left = (1.0 - learning) ** ((quarter - PLANS_QUARTER) / QUARTERS_PER_YEAR)
        return np.asarray(1.0 + (self._initial_optimism - 1.0) * left)

    def policy_factor(self) -> Floats:
        """What announced credits do to demand: exp of the coming change of the credit, by the cars that sell."""
        change = self._expected_credit_kusd - np.mean(self._credit_kusd[-QUARTERS_PER_YEAR:], axis=0)
        cars = self.last_year()
        sold = group_sum(cars, self._maker, len(MAKERS))
        mean = group_sum(cars * change, self._maker, len(MAKERS)) / np.where(sold > 0, sold, 1.0)
        return np.asarray(np.exp(self._response_per_kusd * mean))

    def cars_ahead(self, years: int, quarter: int) -> Floats:
        """BEVs a year expected in each of the coming years, (years, makers); none before a first year."""
        if self.holt is None:
            return np.zeros((years, len(MAKERS)))
        steps = [self.holt.ahead(step, self.plans.trend_damping) for step in range(1, years + 1)]
        return np.asarray(np.maximum(steps, 0.0) * self.optimism(quarter) * self.policy_factor())

    def growth(self, quarter: int) -> Floats:
        """BEVs expected in a year over those of the last; 1 for an automaker without any."""
        sold = group_sum(self.last_year(), self._maker, len(MAKERS))
        return np.asarray(np.where(sold > 0, self.cars_ahead(1, quarter)[0] / np.where(sold > 0, sold, 1.0), 1.0))
