"""Battery pack prices: observed, then a damped continuation of the observed trend (M12)."""

import numpy as np

from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.cost import IRON_CELL_KG_PER_KWH, NICKEL_CELL_KG_PER_KWH, material_usd_per_kwh
from market.base import quarters, tables
from market.exogenous.prices import World
from market.vehicles.parameters import Makers
from market.vehicles.products import damped_years


class PackPrices:
    """World average pack price, 2025 $/kWh (BloombergNEF), by quarter; after the observed data a damped trend.

    After the records materials pass through (M12): lithium 6 $/kWh for 10 $/kg over its price at their end, nickel in
    the share of packs that have it, graphite.
    """

    def __init__(self, makers: Makers, recorded_until: int, world: World) -> None:
        self._world = world
        rows = tables.load("pack_prices")
        self._quarter = (rows["year"].to_numpy(np.float64) - quarters.FIRST_YEAR) * QUARTERS_PER_YEAR + 1.5
        self._price = rows["usd_per_kwh_2025"].to_numpy(np.float64)
        self._until = recorded_until
        self._makers = makers
        nickel = makers.nickel_pack_share
        self._kg_per_kwh = nickel * NICKEL_CELL_KG_PER_KWH + (1.0 - nickel) * IRON_CELL_KG_PER_KWH
        memory = makers.pack_trend_memory_years * QUARTERS_PER_YEAR
        before = self._recorded(recorded_until - memory)
        self._trend_per_year = np.log(self._recorded(recorded_until) / before) / makers.pack_trend_memory_years

    def _recorded(self, quarter: float) -> float:
        return float(np.interp(quarter, self._quarter, self._price))

    def usd_per_kwh(self, quarter: int) -> float:
        """Pack price in a quarter, never below its floor."""
        years = max(0, quarter - self._until) / QUARTERS_PER_YEAR
        trend = np.exp(self._trend_per_year * damped_years(years, self._makers.pack_trend_damping))
        price = self._recorded(min(quarter, self._until)) * trend
        if quarter > self._until:
            now, then = (self._world.material_usd_per_kg(each) for each in (quarter, self._until))
            price = material_usd_per_kwh(price, self._kg_per_kwh, now, then)
        return float(max(price, self._makers.pack_floor_usd_per_kwh))
