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
from market.base.categories import REGIONS
from market.base.ledger import Ledger
from market.cells.allocation import CellMarket
from market.cells.lines import SELLERS
from market.exogenous.prices import World
from market.policies.investment_credit import compliant_share
from market.power.clearing import Sale, clear_region
from market.power.contracts import IMPORTS, THIRD_COUNTRIES, Alternatives, StorageContract
from market.power.grid import Grid
from market.power.parameters import Storage
from market.power.planners import StoragePlanners
from market.power.price import compliant_premium_cap_usd_per_kwh, compliant_price_usd_per_kwh

MEMORY_YEARS = 2  # over which sellers read demand: requests come once a year, judgment
_SMALLEST_GWH = 1e-9  # what is less is not put into a contract


class PowerSide(StoragePlanners):
    """Storage of every region and the contracts behind it; arrays have shape (regions,)."""

    def __init__(self, model: Any, storage: Storage, cells: CellMarket, world: World, grid: Grid, origin: int) -> None:
        super().__init__(model, storage, cells, world, grid, origin)
        self.take_or_pay_share = storage.take_or_pay_share
        self.signed_gwh: list[Floats] = []
        self.signed_center_gwh: Floats = np.zeros(len(REGIONS))
        self.signed_committed_gwh: Floats = np.zeros(len(REGIONS))

    # What everybody sees

    def ordered_per_year_gwh(self) -> float:
        """Storage contracted in a year, over the last two: what sellers take as a year's demand (M18)."""
        return (
            float(sum(signed.sum() for signed in self.signed_gwh[-MEMORY_YEARS * QUARTERS_PER_YEAR :])) / MEMORY_YEARS
        )

    def compliant_demand_gwh(self, quarter: int, seen: int | None = None) -> float:
        """D_c: a year's demand for cells that meet the foreign-content rule, for delivery in a quarter (M19).

        With ``seen`` as sellers expect the rule in that quarter.
        """
        share = compliant_share(quarters.year(quarter), self._storage.at(quarter, seen).foreign_content)
        return share * self.ordered_per_year_gwh()

    def compliant_supply_gwh(self, quarter: int) -> float:
        """S_c: a year's good cells of US storage lines that will run by a quarter (M19)."""
        lines = self._cells.lines
        there = lines.meant_for(Use.STORAGE, quarter)
        return float(lines.gwh_per_year[there].sum()) * self._cells.parameters.last_yield

    def contracted_share(self, committed_gwh: float, quarter: int) -> float:
        """Share of what US storage lines make in a quarter of the coming year that is owed; nothing without lines."""
        supply = self.compliant_supply_gwh(quarter + QUARTERS_PER_YEAR) / QUARTERS_PER_YEAR
        return min(1.0, committed_gwh / supply) if supply > 0.0 else 0.0

    def compliant_price_usd_per_kwh(self, demand_gwh: Floats, supply_gwh: float, quarter: int) -> Floats:
        """p_d at a year's demand, of any shape, and supply, $/kWh (M19)."""
        costs = self._cells.costs
        imported = costs.import_price_usd_per_kwh(quarter)
        cap = compliant_premium_cap_usd_per_kwh(
            costs.investment_credit_share(quarter),
            self.regions.other_capex_usd_per_kwh(quarters.year(quarter)),
            costs.third_country_price_usd_per_kwh(quarter),
            imported,
        )
        return compliant_price_usd_per_kwh(imported, cap, demand_gwh, supply_gwh)

    # Phase 2: recorded and committed projects

    def open(self, quarter: int) -> None:
        """Retire old storage; sign exogenous additions: recorded up to the origin, then committed projects.

        These are deliveries of their year, never requests. Capacity is priced at the start of a year.
        """
        self.vintages.retire(quarter)
        self._add(-self.vintages.retired)
        self.signed_gwh.append(np.zeros(len(REGIONS)))
        self.signed_center_gwh = np.zeros(len(REGIONS))
        self.book.take_or_pay(self._alternatives(quarter), self._world.lithium_usd_per_kg(quarter), quarter)
        self.open_capacity_year(quarter)
        if quarter % QUARTERS_PER_YEAR == 0:
            year = quarters.year(quarter)
            if quarter <= self.origin:
                self._sign_for_the_year(*self.regions.recorded(year), quarter)
            else:
                power = self.regions.committed_gw(year, self.origin) * self._storage.at(quarter).demand_factor
                self._sign_for_the_year(power, power * self.regions.firm_hours(quarters.year(self.origin)), quarter)
        self.signed_committed_gwh = self.signed_gwh[-1].copy()
        if quarter - 1 == self.origin:
            self.find_residuals(quarter)

    def _sign_for_the_year(self, power: Floats, energy: Floats, quarter: int) -> None:
        """Exogenous additions of the year: imported, delivered in its four quarters, or to an origin within it."""
        end = (
            min(quarter + QUARTERS_PER_YEAR - 1, self.origin)
            if quarter <= self.origin
            else quarter + QUARTERS_PER_YEAR - 1
        )
        part = (end - quarter + 1) / QUARTERS_PER_YEAR
        price = self._cells.costs.import_price_usd_per_kwh(quarter)
        for place in map(int, np.flatnonzero(energy > 0)):
            sale = Sale(
                compliant=False, domestic_gwh=0.0, foreign_gwh=part * float(energy[place]), price_usd_per_kwh=price
            )
            self._sign(
                self.utilities[place], IMPORTS, sale.foreign_gwh, part * float(power[place]), sale, quarter,
                (quarter, end),
            )  # fmt: skip

    # Phase 11: orders are cleared

    def trade(self, quarter: int) -> None:
        """Price domestic cells from demand and supply a year ahead; after the origin clear the orders present.

        At the end of a year planners have seen what storage earned in it.
        """
        ahead = quarter + QUARTERS_PER_YEAR
        demand = self.compliant_demand_gwh(ahead, quarter) if quarter > self.origin else 0.0
        supply = self.compliant_supply_gwh(ahead)
        self.price_usd_per_kwh = float(self.compliant_price_usd_per_kwh(np.array(demand), supply, quarter))
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
        orders = {utility.place: self.order_of(utility, quarter) for utility in due}
        centers = self._asked_by_centers(quarter)
        demands = [RegionDemand(float(centers[place]), orders.get(place)) for place in range(len(REGIONS))]
        asked = np.array([demand.wanted_gwh(self.price_usd_per_kwh) for demand in demands])
        if asked.sum() <= 0.0:
            return
        free = self._free_by_seller(quarter)
        for place in map(int, np.flatnonzero(asked > 0)):
            self._clear_region(place, demands[place], free * asked[place] / asked.sum(), quarter)

    def _window(self, quarter: int) -> tuple[int, int]:
        """First and last quarter of delivery of what is signed now."""
        start = quarter + self._storage.lead_quarters
        return start, start + self._storage.contract_years * QUARTERS_PER_YEAR - 1

    def _free_by_seller(self, quarter: int) -> Floats:
        """Good cells that US storage lines can still promise over a contract signed now, GWh, shape (sellers,)."""
        lines, (start, end) = self._cells.lines, self._window(quarter)
        nameplate = group_sum(lines.gwh_per_year * lines.meant_for(Use.STORAGE, start), lines.maker, len(SELLERS))
        rate = nameplate * self._cells.parameters.last_yield / QUARTERS_PER_YEAR
        return np.maximum(rate - self.book.committed_by_seller(start, end), 0.0) * (end - start + 1)

    def _least_usd_per_kwh(self, quarter: int) -> float:
        """What US lines ask at least for cells: their variable cost less 45X in the years of delivery."""
        costs, (start, end) = self._cells.costs, self._window(quarter)
        credit = costs.coming_credits_usd_per_kwh(quarter, start - quarter)[: end - start + 1].mean()
        mature = np.array([self._cells.parameters.last_yield])
        return float(costs.iron_cost_usd_per_kwh(mature, quarter)[0] - credit)

    def _clear_region(self, place: int, demand: RegionDemand, free: Floats, quarter: int) -> None:
        window = self._window(quarter)
        rule = self._storage.at(window[0], quarter)
        sales = clear_region(
            demand,
            needs_compliant=compliant_share(quarters.year(window[0]), rule.foreign_content),
            domestic_gwh=float(free.sum()),
            domestic_usd_per_kwh=max(self.price_usd_per_kwh, self._least_usd_per_kwh(quarter)),
            third_country_usd_per_kwh=self._cells.costs.third_country_price_usd_per_kwh(quarter),
            import_usd_per_kwh=self._cells.costs.import_price_usd_per_kwh(quarter),
        )
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
        for sale in sales:
            sellers = {THIRD_COUNTRIES if sale.compliant else IMPORTS: sale.foreign_gwh}
            if sale.domestic_gwh > 0.0:
                sellers |= {SELLERS[n]: sale.domestic_gwh * free[n] / free.sum() for n in np.flatnonzero(free)}
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
                credit_share=self._cells.costs.investment_credit_share(quarter),
                other_capex_usd_per_kwh=self.regions.other_capex_usd_per_kwh(quarters.year(quarter), gwh / gw),
                start=window[0], end=window[1],
            )
        )  # fmt: skip

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
