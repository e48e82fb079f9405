"""45X: a credit for every kWh of cells and modules made in the United States (M12)."""

import numpy as np

from agents.arrays import Floats
from market.base import quarters, tables
from market.policies.parameters import Policy
from market.policies.rate_policy import RatePolicy


class ProductionCredit(RatePolicy):
    """26 USC 45X by calendar year, phased down from 2030; booked once, in the margin of what is sold."""

    def __init__(self, parameters: Policy, origin: int) -> None:
        super().__init__(parameters, origin)
        self._inflation = parameters.inflation
        self._rows = tables.load("production_credits").set_index("year")
        self._known_from = int(self._rows["known_from"].map(quarters.index).min())
        self._by_year: dict[int, Floats] = {}

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.production_credit_factor

    @property
    def known_from(self) -> int:
        """Quarter in which the law was passed."""
        return self._known_from

    def statutory(self, quarter: int) -> Floats:
        """2025 $/kWh for cells and modules together, shape (1,)."""
        year = quarters.year(quarter)
        if year not in self._by_year:
            self._by_year[year] = self._of_year(year)
        return self._by_year[year]

    def _of_year(self, year: int) -> Floats:
        if year not in self._rows.index:
            return np.zeros(1)
        row = self._rows.loc[year]
        nominal = (row["cell_usd_per_kwh_nominal"] + row["module_usd_per_kwh_nominal"]) * row["phase_share"]
        known = min(year, _LAST_PRICE_YEAR)
        later = (1.0 + self._inflation) ** (known - year)
        return np.asarray(tables.real_2025(np.array([nominal * later]), np.array([known])))


_LAST_PRICE_YEAR = 2026  # last year of a known price level: the credit is not indexed and loses worth after it
