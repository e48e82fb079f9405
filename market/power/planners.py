"""Those who plan storage: what stands in each region, what it will be worth, what is asked for (M16, M17)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.power.data_center import DataCenterDeveloper, DeveloperSensing, DeveloperTerms
from agents.power.duration import HOURS
from agents.power.storage_demand import ValueStack
from agents.power.utility import StorageOrder, StorageProject, Utility, UtilitySensing
from market.base import quarters
from market.cells.allocation import CellMarket
from market.exogenous.prices import World
from market.power.contracts import ContractBook
from market.power.grid import Grid
from market.power.parameters import Storage
from market.power.revenue import RegionInView, StorageRevenue, mean_duration
from market.power.vintages import CENTER_GW, GW, GWH, StorageVintages


class StoragePlanners:
    """Storage of every region and the requests of its utilities and data centers; arrays have shape (regions,)."""

    def __init__(self, model: Any, storage: Storage, cells: CellMarket, world: World, grid: Grid, origin: int) -> None:
        self._storage = storage
        self._cells = cells
        self._world = world
        self.origin = origin
        self.grid = grid
        self.regions = grid.regions
        self.revenue = StorageRevenue(storage, self.regions, world)
        names = self.regions.names
        self.book = ContractBook(len(names), storage.damages_share, storage.take_or_pay_share)
        pace = self._catch_up_per_year(origin + 1)
        self.utilities = [Utility(model, name, place, pace) for place, name in enumerate(names)]
        worth = DeveloperTerms(storage.value_musd_per_mw_year, storage.value_spread_musd, storage.flexible_share)
        self.developers = [DataCenterDeveloper(model, name, place, worth) for place, name in enumerate(names)]
        self.installed_gw = self.regions.installed_gw.copy()
        self.installed_gwh = self.regions.installed_gwh.copy()
        self.data_center_gw: Floats = np.zeros(len(names))
        self.vintages = StorageVintages(self.installed_gw, self.installed_gwh, storage.life_years, QUARTERS_PER_YEAR)
        self.price_usd_per_kwh = cells.costs.import_price_usd_per_kwh(0)

    def _catch_up_per_year(self, quarter: int) -> float:
        """Part of the gap to its target that a utility orders in a year, with the lever on orders (M16)."""
        return self._storage.catch_up_per_year * self._storage.at(quarter).demand_factor

    # What stands

    def _add(self, amount: Floats) -> None:
        """Change installed storage, (3, regions): GW, GWh, GW of data centers."""
        self.installed_gw = self.installed_gw + amount[GW]
        self.installed_gwh = self.installed_gwh + amount[GWH]
        self.data_center_gw = self.data_center_gw + amount[CENTER_GW]

    def counting_gw(self) -> Floats:
        """Installed storage that counts for a region: half of data centers', and cars that give power back."""
        counts = self._storage.data_center_capacity_share
        return np.asarray(self.installed_gw - (1.0 - counts) * self.data_center_gw + self.grid.vehicle_gw)

    def share_of_peak(self, quarter: int) -> Floats:
        """Installed storage that counts, over the peak."""
        return self.counting_gw() / self.grid.peak_gw(quarter)

    def standing_gw(self, quarter: int) -> Floats:
        """Storage that counts for a region: installed, contracted and committed for later years."""
        committed = np.zeros(len(self.regions.names))
        for ahead in range(1, QUARTERS_PER_YEAR):
            committed = committed + self.regions.committed_gw(quarters.year(quarter) + ahead, self.origin)
        contracted = self.book.outstanding_gw(self._storage.data_center_capacity_share)
        return self.counting_gw() + contracted + committed * self._storage.at(quarter).demand_factor

    def fleet_hours(self) -> Floats:
        """Mean duration of installed storage, hours."""
        return mean_duration(self.installed_gw, self.installed_gwh)

    # What it is worth

    def open_capacity_year(self, quarter: int) -> None:
        """Once a year the price of capacity is formed, and gas plants are decided (M16)."""
        if quarter % QUARTERS_PER_YEAR != 0:
            return
        peaks = self.grid.peak_gw(quarter), self.grid.peak_years_on(quarter, self._storage.gas_lag_years)
        storage = self.counting_gw(), self.standing_gw(quarter)
        self.revenue.capacity.open_year(quarters.year(quarter), peaks, storage, self.fleet_hours())

    def views(self, quarter: int) -> list[RegionInView]:
        """What the planners of every region see of it."""
        peak_ahead, hours = self.grid.peak_ahead_gw(quarter), self.fleet_hours()
        installed, standing = self.share_of_peak(quarter), self.standing_gw(quarter) / peak_ahead
        columns = zip(installed, hours, peak_ahead, standing, strict=True)
        return [RegionInView(place, quarter, *map(float, numbers)) for place, numbers in enumerate(columns)]

    def plan(self, seen: RegionInView) -> tuple[ValueStack, StorageProject]:
        """Worth and cost of what a region's utility would order: of the durations, as each is worth its cost."""
        year, credit = quarters.year(seen.quarter), self._cells.costs.investment_credit_share(seen.quarter)
        offered = [self.regions.project(year, credit, hours) for hours in map(float, HOURS)]
        hours = self.revenue.hours_ordered(seen, offered, self.price_usd_per_kwh)
        return self.revenue.planned_stack(seen, hours), self.regions.project(year, credit, hours)

    def find_residuals(self, quarter: int) -> None:
        """At the origin: the value no stack explains, so that value equals cost at what stands or is on the way."""
        views = self.views(quarter)
        self.revenue.anchor(np.array([seen.standing_share for seen in views]), quarter)
        gap = []
        for seen in views:
            stack, project = self.plan(seen)
            cost = project.cost_usd_per_kw_year(self.price_usd_per_kwh)
            gap.append(stack.marginal_usd_per_kw_year(seen.standing_share) - cost)
        self.revenue.find_residual(np.array(gap))

    # What is asked for

    def order_of(self, utility: Utility, quarter: int) -> StorageOrder:
        """What a utility asks for in its yearly request (M16)."""
        return self.orders_of([utility], quarter)[utility.place]

    def orders_of(self, utilities: Sequence[Utility], quarter: int) -> dict[int, StorageOrder]:
        """What utilities ask for that see the same quarter, by region (M16).

        Firm is what mandates for the next year ask beyond committed projects; those are put up by themselves.
        """
        year, origin_year = quarters.year(quarter), quarters.year(self.origin)
        committed, mandated = (
            self.regions.committed_gw(year + 1, self.origin),
            self.regions.mandated_gw(year + 1, quarter),
        )
        firm = np.maximum(mandated - committed, 0.0) * self._storage.at(quarter).demand_factor
        firm_gwh, standing = firm * self.regions.firm_hours(origin_year), self.standing_gw(quarter) + firm
        views, orders = self.views(quarter), dict[int, StorageOrder]()
        for utility in utilities:
            place, (stack, project) = utility.place, self.plan(views[utility.place])
            orders[place] = utility.order(
                UtilitySensing(
                    standing_gw=float(standing[place]),
                    peak_ahead_gw=views[place].peak_ahead_gw,
                    firm_gw=float(firm[place]),
                    firm_gwh=float(firm_gwh[place]),
                    stack=stack,
                    project=project,
                )
            )
        return orders

    def _asked_by_centers(self, quarter: int) -> Floats:
        """What data centers ask for in a quarter, GWh (M17)."""
        year = quarters.year(quarter)
        credit = self._cells.costs.investment_credit_share(quarter)
        cost = (self.price_usd_per_kwh + self.regions.other_capex_usd_per_kwh(year)) * (1.0 - credit)
        arrivals, delay = self.regions.arrivals_mw(quarter), self.regions.delay_years()
        seen = [DeveloperSensing(float(mw), float(years), cost) for mw, years in zip(arrivals, delay, strict=True)]
        return np.array([who.order_gwh(what) for who, what in zip(self.developers, seen, strict=True)])
