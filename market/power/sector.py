"""The power sector in a quarter: storage orders, clearing by region, contracts (M16, M17, M19)."""

from typing import Any

import numpy as np

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_decision import Use
from agents.power.data_center import HOURS as DATA_CENTER_HOURS
from agents.power.data_center import DataCenterDeveloper
from agents.power.utility import RegionDemand, Utility
from market.base import quarters
from market.base.ledger import Ledger
from market.cells.allocation import CellMarket
from market.cells.lines import SELLERS
from market.exogenous.prices import World
from market.power.clearing import Origin, Sale, clear_region
from market.power.compliance import ContentRule
from market.power.contracts import IMPORTS, THIRD_COUNTRIES, Alternatives, StorageContract
from market.power.grid import Grid
from market.power.parameters import Storage
from market.power.planners import StoragePlanners
from market.power.price import ForeignOffers, UsMarket, price_without_credit_usd_per_kwh

MEMORY_YEARS = 2  # over which sellers read demand: requests come once a year, judgment
_ABROAD = {Origin.CHINA: IMPORTS, Origin.THIRD_COUNTRY: THIRD_COUNTRIES}
_SMALLEST_GWH = 1e-9  # what is less is not put into a contract


class PowerSide(StoragePlanners):
    """Storage of every region and the contracts behind it; arrays have shape (regions,)."""

    def __init__(self, model: Any, storage: Storage, cells: CellMarket, world: World, grid: Grid, origin: int) -> None:
        super().__init__(model, storage, cells, world, grid, origin)
        self.rule = ContentRule(self.regions, origin)
        self.take_or_pay_share = storage.take_or_pay_share
        self.signed_gwh: list[Floats] = []
        self.signed_center_gwh: Floats = np.zeros(len(self.regions.names))
        self.signed_committed_gwh: Floats = np.zeros(len(self.regions.names))

    # What everybody sees

    def ordered_per_year_gwh(self) -> float:
        """Storage contracted in a year, over the last two: what sellers take as a year's demand (M18)."""
        return (
            float(sum(signed.sum() for signed in self.signed_gwh[-MEMORY_YEARS * QUARTERS_PER_YEAR :])) / MEMORY_YEARS
        )

    def us_market(self, orders_gwh: Floats, quarter: int) -> UsMarket:
        """Demand for US cells at a year's orders, (years,) from this year on, as sellers see it in a quarter (M19)."""
        begun = self.rule.begun_by_year_gwh(orders_gwh, quarter, self._storage.at(quarter).foreign_content)
        return UsMarket(begun, orders_gwh - begun, self._offers(quarter), self.least_usd_per_kwh(quarter))

    def compliant_demand_gwh(self, quarter: int) -> float:
        """D_c: a year's orders of projects that need compliant cells and choose them, a year ahead (M19)."""
        orders, offers = np.full(2, self.ordered_per_year_gwh()), self._offers(quarter)
        begun = self.rule.begun_by_year_gwh(orders, quarter, self._storage.at(quarter).foreign_content)
        us = float(offers.us_share(np.array(self.price_usd_per_kwh))[1])
        return float(orders[1] - begun[1]) * (us + (1.0 - us) * float(offers.third_country_share[1]))

    def _offers(self, quarter: int) -> ForeignOffers:
        """Cells from abroad as a project begun in a quarter sees them, by the rule as it is known then."""
        costs, levers = self._cells.costs, self._storage.at(quarter)
        imported = costs.import_price_usd_per_kwh(quarter)
        lost = min(levers.foreign_content, 1.0) if quarter >= self.rule.known_from else 0.0
        other = self.regions.other_capex_usd_per_kwh(quarters.year(quarter))
        without = price_without_credit_usd_per_kwh(imported, costs.investment_credit_share(quarter), lost, other)
        third = costs.third_country_price_usd_per_kwh(quarter)
        return ForeignOffers(imported, third, without, levers.us_choice_spread)

    def compliant_supply_gwh(self, quarter: int) -> float:
        """S_c: a year's good cells of US storage lines that will run by a quarter (M19)."""
        lines = self._cells.lines
        there = lines.meant_for(Use.STORAGE, quarter)
        return float(lines.gwh_per_year[there].sum()) * self._cells.parameters.last_yield

    def contracted_share(self, committed_gwh: float, quarter: int) -> float:
        """Share of what US storage lines make in a quarter of the coming year that is owed; nothing without lines."""
        supply = self.compliant_supply_gwh(quarter + QUARTERS_PER_YEAR) / QUARTERS_PER_YEAR
        return min(1.0, committed_gwh / supply) if supply > 0.0 else 0.0

    # Phase 2: recorded and committed projects

    def open(self, quarter: int) -> None:
        """Retire old storage; sign exogenous additions: recorded up to the origin, then committed projects.

        These are deliveries of their year, never requests. Capacity is priced at the start of a year.
        """
        self.vintages.retire(quarter)
        self._add(-self.vintages.retired)
        self.signed_gwh.append(np.zeros(len(self.regions.names)))
        self.signed_center_gwh = np.zeros(len(self.regions.names))
        self.book.take_or_pay(self._alternatives(quarter), self._world.lithium_usd_per_kg(quarter), quarter)
        self.open_capacity_year(quarter)
        if quarter % QUARTERS_PER_YEAR == 0:
            year = quarters.year(quarter)
            if quarter <= self.origin:
                self._sign_for_the_year(*self.regions.recorded(year), quarter)
            else:
                self._clear_committed(year, quarter)
        self.signed_committed_gwh = self.signed_gwh[-1].copy()
        if quarter - 1 == self.origin:
            self.find_residuals(quarter)

    def _sign_for_the_year(self, power: Floats, energy: Floats, quarter: int) -> None:
        """Recorded additions of the year: imported, delivered in its four quarters, or to an origin within it."""
        end = min(quarter + QUARTERS_PER_YEAR - 1, self.origin)
        part = (end - quarter + 1) / QUARTERS_PER_YEAR
        price = self._cells.costs.import_price_usd_per_kwh(quarter)
        for place in map(int, np.flatnonzero(energy > 0)):
            sale = Sale(Origin.CHINA, part * float(energy[place]), price)
            self._sign(
                self.utilities[place], IMPORTS, sale.gwh, part * float(power[place]), sale, quarter, (quarter, end)
            )

    def _clear_committed(self, year: int, quarter: int) -> None:
        """Projects proposed at the end of 2024 for the year buy their cells: of US lines what these can still make."""
        levers, window = self._storage.at(quarter), (quarter, quarter + QUARTERS_PER_YEAR - 1)
        power = self.regions.committed_gw(year, self.origin) * levers.demand_factor
        energy = power * self.regions.firm_hours(quarters.year(self.origin))
        begun = self.rule.begun_share_of_committed(year, levers.foreign_content)
        free, offered = self._free_by_seller(window), self._offered(quarter)
        for place in map(int, np.flatnonzero(energy > 0)):
            gwh = float(energy[place])
            here = float((free * gwh / energy.sum()).sum())
            sales = clear_region(RegionDemand(gwh, None), begun, here, *offered)
            buyer = (self.utilities[place], 1.0, float(power[place]) / gwh)
            self._sign_sales(sales, free, (buyer,), quarter, window)

    # Phase 11: orders are cleared

    def trade(self, quarter: int) -> None:
        """Ask for US cells what demand and supply a year ahead meet at; after the origin clear the orders present.

        At the end of a year planners have seen what storage earned in it.
        """
        ordered = self.ordered_per_year_gwh()
        self.price_usd_per_kwh = self._cells.costs.import_price_usd_per_kwh(quarter)
        if quarter > self.origin and ordered > 0.0:
            supply = np.full(2, self.compliant_supply_gwh(quarter + QUARTERS_PER_YEAR))
            self.price_usd_per_kwh = float(self.us_market(np.full(2, ordered), quarter).ask_usd_per_kwh(supply)[1])
        if quarter > self.origin:
            self._clear_regions(quarter)
        self.revenue.observe(self.share_of_peak(quarter), self.fleet_hours(), quarter)

    def _clear_regions(self, quarter: int) -> None:
        """Orders present, cleared region by region; US lines offer each its part of what they can still promise."""
        due = [
            utility for utility in self.utilities if utility.place % QUARTERS_PER_YEAR == quarter % QUARTERS_PER_YEAR
        ]
        for utility in due:
            utility.catch_up_per_year = self._catch_up_per_year(quarter)
        orders = self.orders_of(due, quarter)
        centers = self._asked_by_centers(quarter)
        demands = [RegionDemand(float(centers[place]), orders.get(place)) for place in range(len(self.regions.names))]
        asked = np.array([demand.wanted_gwh(self.price_usd_per_kwh) for demand in demands])
        if asked.sum() <= 0.0:
            return
        free, offered = self._free_by_seller(self._window(quarter)), self._offered(quarter)
        begun = self.rule.begun_share_of_requests(quarter, self._storage.at(quarter).foreign_content)
        for place in map(int, np.flatnonzero(asked > 0)):
            here = free * asked[place] / asked.sum()
            sales = clear_region(demands[place], begun, float(here.sum()), *offered)
            self._sign_requests(place, demands[place], sales, here, quarter)

    def _window(self, quarter: int) -> tuple[int, int]:
        """First and last quarter of delivery of what is signed now."""
        start = quarter + self._storage.lead_quarters
        return start, start + self._storage.contract_years * QUARTERS_PER_YEAR - 1

    def _free_by_seller(self, window: tuple[int, int]) -> Floats:
        """Good cells that US storage lines can still promise from first to last quarter, GWh, shape (sellers,)."""
        lines, (start, end) = self._cells.lines, window
        nameplate = group_sum(lines.gwh_per_year * lines.meant_for(Use.STORAGE, start), lines.maker, len(SELLERS))
        rate = nameplate * self._cells.parameters.last_yield / QUARTERS_PER_YEAR
        return np.maximum(rate - self.book.committed_by_seller(start, end), 0.0) * (end - start + 1)

    def least_usd_per_kwh(self, quarter: int) -> float:
        """What US lines ask at least for cells: their variable cost less 45X in the years of delivery."""
        costs, (start, end) = self._cells.costs, self._window(quarter)
        credit = costs.coming_credits_usd_per_kwh(quarter, start - quarter)[: end - start + 1].mean()
        mature = np.array([self._cells.parameters.last_yield])
        return float(costs.iron_cost_usd_per_kwh(mature, quarter)[0] - credit)

    def _offered(self, quarter: int) -> tuple[float, ForeignOffers]:
        """What US lines ask for cells, $/kWh, and what those from abroad cost."""
        return max(self.price_usd_per_kwh, self.least_usd_per_kwh(quarter)), self._offers(quarter)

    def _sign_requests(self, place: int, demand: RegionDemand, sales: list[Sale], free: Floats, quarter: int) -> None:
        """Sign a region's sales with its utility and its data centers; ``free``: (sellers,) US cells offered here."""
        total = sum(sale.gwh for sale in sales)
        if total <= _SMALLEST_GWH:
            return
        to_centers, to_utility = demand.split_gwh(total)
        power = demand.order.power_gw(to_utility) if demand.order is not None else 0.0
        parts = (
            (self.developers[place], to_centers / total, to_centers / DATA_CENTER_HOURS / total),
            (self.utilities[place], to_utility / total, power / total),
        )
        self.signed_center_gwh[place] += to_centers
        self._sign_sales(sales, free, parts, quarter, self._window(quarter))

    def _sign_sales(
        self, sales: list[Sale], free: Floats, parts: tuple[tuple[Utility | DataCenterDeveloper, float, float], ...],
        quarter: int, window: tuple[int, int],
    ) -> None:  # fmt: skip
        """Sign sales with their sellers. ``parts``: buyers, their share of energy and GW per GWh sold."""
        for sale in sales:
            sellers = {_ABROAD.get(sale.origin, ""): sale.gwh}
            if sale.origin == Origin.US:
                sellers = {SELLERS[n]: sale.gwh * free[n] / free.sum() for n in np.flatnonzero(free)}
            for seller, sold in sellers.items():
                for buyer, energy, power_share in parts:
                    self._sign(buyer, seller, sold * energy, sold * power_share, sale, quarter, window)

    def _sign(
        self, buyer: Utility | DataCenterDeveloper, seller: str, gwh: float, gw: float, sale: Sale, quarter: int,
        window: tuple[int, int],
    ) -> None:  # fmt: skip
        if gwh <= _SMALLEST_GWH:
            return
        self.signed_gwh[-1][buyer.place] += gwh
        self.book.sign(
            StorageContract(
                number=self.book.signed_count, signed=quarter, region=buyer.place, buyer=buyer.name, seller=seller,
                compliant=sale.compliant, for_data_center=isinstance(buyer, DataCenterDeveloper), gw=gw, gwh=gwh,
                price_usd_per_kwh=sale.price_usd_per_kwh,
                lithium_usd_per_kg=self._world.lithium_usd_per_kg(quarter),
                credit_share=self._credit_share(sale, quarter),
                other_capex_usd_per_kwh=self.regions.other_capex_usd_per_kwh(quarters.year(quarter), gwh / gw),
                start=window[0], end=window[1],
            )
        )  # fmt: skip

    def _credit_share(self, sale: Sale, quarter: int) -> float:
        """Investment credit of the project a sale is for: less what it loses by cells that break the rule."""
        lost = 0.0 if sale.with_credit else min(self._storage.at(quarter).foreign_content, 1.0)
        return self._cells.costs.investment_credit_share(quarter) * (1.0 - lost)

    def _alternatives(self, quarter: int) -> Alternatives:
        costs = self._cells.costs
        return Alternatives(costs.import_price_usd_per_kwh(quarter), costs.third_country_price_usd_per_kwh(quarter))

    # Phase 5: delivery

    def deliver(self, made_gwh: Floats, quarter: int, ledger: Ledger) -> None:
        """Deliver what is due from what US lines made for storage, (sellers,), and install it."""
        lithium = self._world.lithium_usd_per_kg(quarter)
        self.book.deliver(made_gwh, self._alternatives(quarter), lithium, quarter, ledger)
        amount = np.stack([self.book.added_gw, self.book.added_gwh, self.book.added_center_gw])
        self.vintages.install(amount, quarter)
        self._add(amount)
