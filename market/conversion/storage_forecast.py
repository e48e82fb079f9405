"""Line owners' forecast of storage orders: utilities close their gap, so orders fall (M14, M18)."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import HoltForecast
from market.makers.parameters import Plans
from market.power.sector import MEMORY_YEARS, PowerSide


class StorageForecast:
    """Storage orders by coming year; what data centers order is held, what utilities order falls, damped.

    Without ``plans`` all is held as in the last two years.
    """

    def __init__(self, power: PowerSide, plans: Plans | None) -> None:
        self._power = power
        self._plans = plans

    def orders_gwh(self, years: int, quarter: int) -> Floats:
        """A year's orders in each coming year, GWh, (years,)."""
        return self._power.ordered_per_year_gwh() * self._held_share(quarter, years)

    def _held_share(self, quarter: int, years: int) -> Floats:
        """Orders expected over those of the last two years, by coming year, (years,)."""
        ordered = self._power.ordered_per_year_gwh()
        if ordered <= 0.0 or self._plans is None:
            return np.ones(years)
        book, since = self._power.book, quarter - MEMORY_YEARS * QUARTERS_PER_YEAR
        recent = [c for c in (*book.open, *book.closed) if c.for_data_center and c.signed > since]
        centers = min(sum(contract.gwh for contract in recent) / MEMORY_YEARS / ordered, 1.0)
        closing, damping = self._plans.storage_gap_closing, self._plans.trend_damping
        utilities = HoltForecast(np.array(1.0 - centers), np.array(-closing * (1.0 - centers)))
        return np.array([centers + max(0.0, float(utilities.ahead(year, damping))) for year in range(years)])
