"""Power regions: peaks, value of storage, recorded additions, committed projects and mandates (M16, M17)."""

import numpy as np

from agents.arrays import Floats, Ints, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.power.utility import StorageProject
from market.base import quarters, tables
from market.base.sets import region_names
from market.power.parameters import Storage

ECONOMIC_HOURS = 4.0
"""Hours of storage that costs and tables are for, and of projects whose duration is not known (M16)."""
YEARS_AHEAD = 3
"""Years from an order to the peak and the capacity price behind it (M16)."""
_LAST_PEAK_YEAR = 2024
_MW_PER_GW = 1e3


class PowerRegions:
    """What the tables hold of the power regions; arrays have shape (regions,). Power in GW, energy in GWh.

    ``names``: of the regions in order; ``net_cone``: net cost of new capacity, $/kW-year.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.names = region_names()
        self.installed_gw = self._by_region("storage_installed_2016", "gw")
        self.installed_gwh = self._by_region("storage_installed_2016", "gwh")
        self.recorded_gw, self.recorded_gwh = (
            self._by_year("storage_additions", "gw"),
            self._by_year("storage_additions", "gwh"),
        )
        self._pipeline = self._by_year("storage_pipeline", "gw")
        mandates = tables.load("storage_mandates")
        self._mandate_gw, self._mandate_year = mandates["gw"].to_numpy(np.float64), mandates["year"].to_numpy()
        self._mandate_region = np.array([self.names.index(name) for name in mandates["region"]])
        self._mandate_known = mandates["known_from"].map(quarters.index).to_numpy()
        self._peaks = self._by_year("peaks", "gw")
        self.growth_before = self._by_region("peak_growth", "growth_per_year_2016_2022")
        self._growth_after = self._by_region("peak_growth", "growth_per_year_2025_2035")
        auctions = tables.load("capacity_prices")
        self._capacity_price = auctions.set_index(["region", "year"])["usd_per_kw_year_2025"].unstack("year")
        self.last_auction_year = auctions.groupby("region")["year"].max().reindex(list(self.names)).to_numpy(np.int64)
        self.net_cone = self._by_region("net_cone", "usd_per_kw_year_2025")
        paid = tables.load("net_cone").set_index("region")["basis"].reindex(list(self.names))
        self.is_capacity_paid = (paid != "not paid").to_numpy()
        self.arbitrage_usd = self._by_region("storage_value", "arbitrage_usd_per_kw_year_2025")
        self.merchant_usd = self._by_region("storage_value", "merchant_top_usd_per_kw_year_2025")
        self._arrivals = self._by_year("data_centers", "arrivals_mw")
        self._waits = self._by_region("data_center_waits", "wait_years")
        capex = tables.load("storage_capex_projection")
        self._capex_year = capex["year"].to_numpy(np.float64)
        self._capex_ratio = capex["ratio_to_2025"].to_numpy(np.float64)

    def _by_region(self, table: str, column: str) -> Floats:
        return tables.load(table).set_index("region")[column].reindex(list(self.names)).to_numpy(np.float64)

    def _by_year(self, table: str, column: str) -> dict[int, Floats]:
        rows = tables.load(table)
        wide = rows.pivot_table(index="year", columns="region", values=column, aggfunc="sum", fill_value=0.0)
        wide = wide.reindex(columns=list(self.names), fill_value=0.0)
        return {int(year): row for year, row in zip(wide.index, wide.to_numpy(np.float64), strict=True)}

    def recorded(self, year: int) -> tuple[Floats, Floats]:
        """Storage installed in a recorded year: power and energy."""
        return self.recorded_gw[year], self.recorded_gwh[year]

    def firm_hours(self, last_recorded_year: int) -> Floats:
        """Duration of committed projects: that of the last recorded year, 4 hours where there was none."""
        power, energy = self.recorded(last_recorded_year)
        return np.where(power > 0, energy / np.where(power > 0, power, 1.0), ECONOMIC_HOURS)

    def committed_gw(self, year: int, origin: int) -> Floats:
        """Projects proposed for a year that are built; known at the end of 2024 only."""
        if origin != quarters.LAST_RECORD or year not in self._pipeline:
            return np.zeros(len(self.names))
        return self._pipeline[year] * self._storage.pipeline_completion

    def mandated_gw(self, year: int, quarter: int) -> Floats:
        """Additions that law or a regulator orders for a year, as known in a quarter."""
        counts = (self._mandate_year == year) & (self._mandate_known <= quarter)
        return group_sum(self._mandate_gw * counts, self._mandate_region, len(self.names))

    def peak_gw(self, year: int, last_known_year: int) -> Floats:
        """Peak load: known to a year, then grown."""
        known = min(year, last_known_year, _LAST_PEAK_YEAR)
        before = max(0, min(year, _LAST_PEAK_YEAR) - known)
        after = max(0, year - max(known, _LAST_PEAK_YEAR))
        return np.asarray(
            self._peaks[known] * (1.0 + self.growth_before) ** before * (1.0 + self._growth_after) ** after
        )

    def peak_ahead_gw(self, year: int, years: int, last_known_year: int) -> Floats:
        """Peak load some years on as expected in a year; growth of the data-center wave is expected from 2025 on."""
        if year > _LAST_PEAK_YEAR:
            return self.peak_gw(year + years, last_known_year)
        return np.asarray(self.peak_gw(year, last_known_year) * (1.0 + self.growth_before) ** years)

    def capacity_price(self, years: Ints) -> Floats:
        """Price cleared for a year of each region, $/kW-year; years before the table take its first."""
        first, prices = int(self._capacity_price.columns[0]), self._capacity_price.reindex(list(self.names))
        return np.asarray(prices.to_numpy(np.float64)[np.arange(len(self.names)), np.maximum(years - first, 0)])

    def other_capex_usd_per_kwh(self, year: int, hours: float = ECONOMIC_HOURS) -> float:
        """Cost of a project besides its cells, falling as the NREL projection of the whole.

        A part goes with power, so that an hour more is cheaper than the hours before.
        """
        ratio = float(np.interp(year, self._capex_year, self._capex_ratio))
        of_power = self._storage.power_capex_share
        return self._storage.other_capex * ratio * (1.0 - of_power + of_power * ECONOMIC_HOURS / hours)

    def project(self, year: int, credit_share: float, hours: float = ECONOMIC_HOURS) -> StorageProject:
        """A project of a duration begun in a year."""
        s, other = self._storage, self.other_capex_usd_per_kwh(year, hours)
        return StorageProject(hours, other, credit_share, s.wacc, s.life_years, s.upkeep_share)

    def arrivals_mw(self, quarter: int) -> Floats:
        """Data centers asking for power in a quarter, as many as in the last known year after it; with the lever."""
        held = min(quarters.year(quarter), max(self._arrivals))
        if held not in self._arrivals:
            return np.zeros(len(self.names))
        return self._arrivals[held] / QUARTERS_PER_YEAR * self._storage.at(quarter).data_center_factor

    def arrivals_beyond_forecast_gw(self, quarter: int) -> Floats:
        """Data centers of a quarter that the lever on arrivals adds to those that forecasts of the peak hold."""
        factor = self._storage.at(quarter).data_center_factor
        without = self._arrivals.get(min(quarters.year(quarter), max(self._arrivals)), np.zeros(len(self.names)))
        return np.asarray((factor - 1.0) * without / QUARTERS_PER_YEAR / _MW_PER_GW)

    def delay_years(self) -> Floats:
        """Wait for the grid beyond the time it takes to build: what storage avoids (M17)."""
        return np.maximum(self._waits - self._storage.build_years, 0.0)
