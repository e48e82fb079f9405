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
        rows = tables.load("battery_tariffs")
        self._first = np.array([quarters.index(name) for name in rows["effective_from"]])
        self._last = np.array([quarters.index(name) if name else _NO_END for name in rows["effective_to"]])
        on_all, use = rows["duty"].isin(ON_ALL_COUNTRIES).to_numpy(np.bool_), rows["use"].to_numpy()
        self._counts = np.stack([(use == "vehicle") & on_all, use == "storage"])
        self._share = rows["rate_share"].to_numpy(np.float64)

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.tariff_factor

    def statutory(self, quarter: int) -> Floats:
        """Share of the price by use, (uses,): cars' cells pay what is on all countries, storage cells all on China."""
        in_force = (self._first <= quarter) & (quarter <= self._last)
        return np.array([self._share[counts & in_force].sum() for counts in self._counts])
