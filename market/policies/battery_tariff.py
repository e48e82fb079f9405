"""Duties on cells from China, by use (M19)."""

import numpy as np

from agents.arrays import Floats
from market.base import quarters, tables
from market.policies.parameters import Policy
from market.policies.rate_policy import RatePolicy

USES = ("vehicle", "storage")
ON_ALL_COUNTRIES = ("most-favoured-nation", "IEEPA reciprocal")
_NO_END = 10_000  # later than any run


class BatteryTariff(RatePolicy):
    """The duties in force added up; those on all countries apply to cells for cars, which come from allies."""

    def __init__(self, parameters: Policy, origin: int) -> None:
        super().__init__(parameters, origin)
        self._rows = tables.load("battery_tariffs")
        self._first = self._rows["effective_from"].map(quarters.index)
        self._last = np.array([quarters.index(name) if name else _NO_END for name in self._rows["effective_to"]])

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.tariff_factor

    def statutory(self, quarter: int) -> Floats:
        """Share of the price by use, (uses,): cars' cells pay what is on all countries, storage cells all on China."""
        now = self._rows[(self._first <= quarter) & (quarter <= self._last)]
        on_all = now["duty"].isin(ON_ALL_COUNTRIES)
        vehicle = now[(now["use"] == "vehicle") & on_all]["rate_share"].sum()
        storage = now[now["use"] == "storage"]["rate_share"].sum()
        return np.array([float(vehicle), float(storage)])
