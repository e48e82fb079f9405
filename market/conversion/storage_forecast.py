"""Line owners' forecast of storage orders: utilities close their gap, so orders fall (M14, M18)."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import HoltForecast
from market.makers.parameters import Plans
from market.power.sector import MEMORY_YEARS, PowerSide


class StorageForecast:
    """Compliant demand by coming quarter; what data centers order is held, what utilities order falls, damped."""

    def __init__(self, power: PowerSide, plans: Plans) -> None:
        self._power = power
        self._plans = plans
        self._at = -1
        self._demand: Floats = np.zeros(0)

    def compliant_demand_gwh(self, horizon_quarters: int, quarter: int) -> Floats:
        """A year's demand for compliant cells for delivery in each coming quarter, GWh, (horizon_quarters,)."""
        if self._at != quarter:
            self._at = quarter
            coming = self._held_share(quarter, -(-horizon_quarters // QUARTERS_PER_YEAR))
            known = [self._power.compliant_demand_gwh(quarter + step, quarter) for step in range(horizon_quarters)]
            self._demand = np.array(known) * np.repeat(coming, QUARTERS_PER_YEAR)[:horizon_quarters]
        return self._demand

    def _held_share(self, quarter: int, years: int) -> Floats:
        """Orders expected over those of the last two years, by coming year, (years,)."""
        ordered = self._power.ordered_per_year_gwh()
        if ordered <= 0.0:
            return np.ones(years)
        book, since = self._power.book, quarter - MEMORY_YEARS * QUARTERS_PER_YEAR
        recent = [c for c in (*book.open, *book.closed) if c.for_data_center and c.signed > since]
        centers = min(sum(contract.gwh for contract in recent) / MEMORY_YEARS / ordered, 1.0)
        closing, damping = self._plans.storage_gap_closing, self._plans.trend_damping
        utilities = HoltForecast(np.array(1.0 - centers), np.array(-closing * (1.0 - centers)))
        return np.array([centers + max(0.0, float(utilities.ahead(year, damping))) for year in range(years)])
