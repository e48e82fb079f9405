"""Cell market: allocation of lines to uses, automakers' inventories, what its cells tell an automaker (M11, M13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.allocation import allocate_cells
from agents.cells.cost import ramp_yield
from agents.cells.line_decision import LineStatus, Use
from agents.cells.pack_cost import PackCost
from agents.cells.plant import CHEMISTRIES, NICKEL_POUCH, CellPlant
from agents.makers.automaker import Automaker
from market.base.categories import MAKERS, PHEV
from market.cells.capital_budget import CapitalBudget
from market.cells.channel_parameters import Channels
from market.cells.costs import CellCosts
from market.cells.credit_eligibility import CreditEligibility
from market.cells.lines import OPEN_MARKET, SELLERS, read_lines
from market.cells.own_cells import OwnCells
from market.cells.pack_costs import PackCosts
from market.cells.parameters import Cells
from market.cells.sourcing import Sourcing, has_plants
from market.policies.parameters import Policy
from market.vehicles.products import Products

SLACK_USE = 0.7
"""Use of capacity up to which owners count cells for cars as slack: judgment."""
_LEAST_MARGIN = 1e-6  # $/kWh: what was ordered is made even at a loss, cheapest lines first
_GWH_PER_KWH = 1e-6


@dataclass
class CellQuarter:
    """What a quarter's cells came to, GWh a quarter; arrays over lines, makers (M), sellers (M + 1), chemistries (C).

    ``output``: (lines,) good cells; ``started``: (C,); ``for_cars``: (M, C);
    ``for_storage``: (M + 1,), by chemistry ``storage_cells``, (C,);
    ``packs``, ``bought``: (C,) cells built into cars and imported for them;
    ``opening``, ``closing``: (C,) stocks; ``asked``: (M,) domestic cells wanted for cars; ``capacity``: (2,) good
    cells that running lines can make by use; ``credited``: (M + 1,) good cells with 45X, ``credited_for_cars`` of
    these for cars; ``from_open_market``: (M,) part of the cars' cells, ``credited_from_open``: of these with 45X;
    ``bought_by_maker``: (M,); ``variable_cost_musd``, ``fixed_cost_musd``:
    (M + 1,); ``line_capacity``: (lines,) good cells that could be made, nothing by a line that is offline or idle;
    ``line_yield``: (lines,).
    """

    output: Floats
    started: Floats
    for_cars: Floats
    for_storage: Floats
    storage_cells: Floats
    asked: Floats
    capacity: Floats
    credited: Floats
    credited_for_cars: Floats
    from_open_market: Floats
    credited_from_open: Floats
    variable_cost_musd: Floats
    fixed_cost_musd: Floats
    line_capacity: Floats
    line_yield: Floats
    opening: Floats
    packs: Floats
    bought: Floats
    bought_by_maker: Floats
    closing: Floats


class CellMarket:
    """Allocation of cells and automakers' stocks of them; lines convert in ``line_decisions``.

    ``packs``: what pack costs follow from; ``sourcing``: who buys US cells; ``budget``: money for capital.
    """

    def __init__(
        self, parameters: Cells, costs: CellCosts, products: Products, origin: int, *, policy: Policy,
        channels: Channels,
    ) -> None:  # fmt: skip
        self.parameters = parameters
        self.costs = costs
        self.origin = origin
        self.lines, self.plants = read_lines()
        self._products = products
        self.budget = CapitalBudget(parameters)
        self.sourcing = Sourcing(parameters, costs, self.lines, origin)
        self.packs = PackCosts(parameters, channels, self.sourcing, origin)
        self._eligibility = CreditEligibility(policy, [name for name, *_ in self.plants], self.lines)
        self.stock: Floats = np.zeros((len(MAKERS), len(CHEMISTRIES)))
        self.needed: list[Floats] = [np.zeros(len(MAKERS))]
        self._asked_and_made: list[Floats] = []

    def open(self, quarter: int) -> None:
        """Lines begin output; which of them earn 45X follows the law of the quarter."""
        self.lines.complete(quarter)
        self._eligibility.apply(self.lines, quarter)

    def make_plants(self, model: Any, makers: Sequence[Automaker]) -> list[CellPlant]:
        """The plants as Mesa agents under their automakers, in the order of the table."""
        of = {maker.name: maker for maker in makers}
        return [
            CellPlant(model, name, owner, of.get(maker), self.lines, place)
            for place, (name, owner, maker) in enumerate(self.plants)
        ]

    def yields(self, quarter: int) -> Floats:
        """Yield of every line, shape (lines,)."""
        cells = self.parameters
        running = self.lines.quarters_running(quarter)
        return ramp_yield(running, cells.first_yield, cells.last_yield, cells.ramp_quarters)

    def good_capacity(self, quarter: int) -> Floats:
        """Good cells each line can make in a quarter, GWh, shape (lines,); nothing from an offline line."""
        nameplate = self.lines.gwh_per_year * self.yields(quarter) / QUARTERS_PER_YEAR
        return np.where(self.lines.running(quarter), nameplate, 0.0)

    def car_advantage_usd_per_kwh(self, quarter: int) -> float:
        """What a US cell for cars costs its buyer less than an imported one, with the 45X passed through."""
        mature = np.array([self.parameters.last_yield])
        cost = float(self.costs.nickel_cost_usd_per_kwh(mature, quarter)[0])
        return self.costs.vehicle_price_usd_per_kwh(quarter) - cost + self.costs.passed_on_usd_per_kwh(quarter)

    def domestic_share(self, quarter: int) -> Floats:
        """Share of its cells each automaker takes from US plants if they can make them, shape (makers,)."""
        return self.sourcing.share(self.lines, quarter)

    # Phase 5: allocation

    def allocate(self, storage_due: Floats, storage_price_usd_per_kwh: float, quarter: int) -> CellQuarter:
        """Who makes what this quarter: cars' cells as the last year had them, and storage due by seller (M13).

        ``storage_due``: (makers + 1,) GWh. Lines make for their own automaker's cars, those of the open market for any.
        """
        lines, sellers = self.lines, np.arange(len(SELLERS))
        made, capacity = self.yields(quarter), self.good_capacity(quarter)
        forecast = np.mean(self.needed[-QUARTERS_PER_YEAR:], axis=0)
        held = self.stock.sum(axis=1)
        plan = np.maximum(forecast * self.domestic_share(quarter) - held, 0.0)
        own = lines.maker[:, None] == sellers[None, :]
        car_lines, storage_lines = lines.making(Use.VEHICLES, quarter), lines.making(Use.STORAGE, quarter)
        for_any = (lines.maker == OPEN_MARKET)[:, None]
        can_make = np.hstack([car_lines[:, None] & (own[:, :-1] | for_any), storage_lines[:, None] & own])
        before_credit = self.costs.margins_usd_per_kwh(lines, made, storage_price_usd_per_kwh, quarter)
        credit, kept = self.costs.credit_usd_per_kwh(quarter) * lines.credited, self.costs.credit_kept
        car_margin = before_credit[Use.VEHICLES] + kept[Use.VEHICLES] * credit
        storage_margin = before_credit[Use.STORAGE] + kept[Use.STORAGE] * credit
        margin = np.hstack([np.tile(car_margin[:, None], len(MAKERS)), np.tile(storage_margin[:, None], len(SELLERS))])
        wanted = np.concatenate([plan, storage_due])
        solved = allocate_cells(np.maximum(margin, _LEAST_MARGIN), can_make, capacity, wanted)
        by_use = np.array([float(capacity[car_lines].sum()), float(capacity[storage_lines].sum())])
        self.packs.see(solved.capacity_dual, lines, capacity, car_lines, quarter)
        asked = np.maximum(forecast * self.sourcing.asked_share(self.packs.want(lines), quarter) - held, 0.0)
        self._asked_and_made.append(np.stack([asked, solved.gwh[:, : len(MAKERS)].sum(axis=0)]))
        self.packs.supply(self._met_share(), quarter)
        cost = self.costs.cost_usd_per_kwh(lines, made, quarter)
        return self._quarter_of(solved.gwh, cost, made, plan, capacity, by_use)

    def _quarter_of(
        self, gwh: Floats, cost: Floats, made: Floats, plan: Floats, capacity: Floats, by_use: Floats
    ) -> CellQuarter:
        lines, makers, kinds = self.lines, len(MAKERS), len(CHEMISTRIES)
        output = gwh.sum(axis=1)
        for_cars_by_line = gwh[:, :makers].sum(axis=1)
        from_open = np.where((lines.maker == OPEN_MARKET)[:, None], gwh[:, :makers], 0.0)
        is_of = (lines.chemistry[:, None] == np.arange(kinds)[None, :]).astype(np.float64)
        opening = self.stock.sum(axis=0)
        for_cars = gwh[:, :makers].T @ is_of
        self.stock = self.stock + for_cars
        none = np.zeros(kinds)
        return CellQuarter(
            output=output,
            started=group_sum(output / made, lines.chemistry, kinds),
            for_cars=for_cars,
            for_storage=gwh[:, makers:].sum(axis=0),
            storage_cells=gwh[:, makers:].sum(axis=1) @ is_of,
            asked=plan,
            capacity=by_use,
            credited=group_sum(output * lines.credited, lines.maker, len(SELLERS)),
            credited_for_cars=group_sum(for_cars_by_line * lines.credited, lines.maker, len(SELLERS)),
            from_open_market=from_open.sum(axis=0),
            credited_from_open=(from_open * lines.credited[:, None]).sum(axis=0),
            variable_cost_musd=group_sum(output * cost, lines.maker, len(SELLERS)),
            fixed_cost_musd=self.fixed_cost_musd(),
            line_capacity=capacity,
            line_yield=made,
            opening=opening,
            packs=none,
            bought=none,
            bought_by_maker=np.zeros(makers),
            closing=none,
        )

    def _met_share(self) -> Floats:
        """Cells US plants made of those wanted of them in a year, (makers,); where none, whether plants stand."""
        asked, made = np.sum(self._asked_and_made[-QUARTERS_PER_YEAR:], axis=0)
        some = asked > 0
        return np.where(some, np.minimum(made / np.where(some, asked, 1.0), 1.0), has_plants(self.lines))

    # Phase 8: cars are built

    def pack_cells(self, built: Floats, pack_kwh: Floats) -> Floats:
        """Cells in the plug-in cars built in a quarter by automaker, GWh, shape (makers,); arguments (products,)."""
        plugs = self._products.powertrain >= PHEV
        return group_sum(built * pack_kwh * plugs * _GWH_PER_KWH, self._products.maker, len(MAKERS))

    def settle(self, needed: Floats, done: CellQuarter) -> None:
        """Packs are made from stock; what is missing is imported, of nickel. ``needed``: (makers,) GWh."""
        held = self.stock.sum(axis=1)
        taken = np.minimum(needed, held)
        share = np.where(held > 0, taken / np.where(held > 0, held, 1.0), 0.0)
        from_stock = self.stock * share[:, None]
        self.stock = self.stock - from_stock
        done.bought_by_maker = needed - taken
        done.bought = np.zeros(len(CHEMISTRIES))
        done.bought[NICKEL_POUCH] = done.bought_by_maker.sum()
        done.packs = from_stock.sum(axis=0) + done.bought
        done.closing = self.stock.sum(axis=0)
        self.needed.append(needed)

    def fixed_cost_musd(self) -> Floats:
        """Fixed cost of all lines that stand, a quarter's part by seller; an idle line saves its upkeep (M12)."""
        lines, p = self.lines, self.parameters
        stands = np.isin(lines.status, (LineStatus.OPERATING, LineStatus.CONVERTING, LineStatus.IDLE))
        rate = np.where(lines.status == LineStatus.IDLE, p.fixed_cost - p.upkeep_usd_per_kwh, p.fixed_cost)
        return group_sum(stands * rate * lines.gwh_per_year, lines.maker, len(SELLERS)) / QUARTERS_PER_YEAR

    def pack_cost(self, quarter: int) -> PackCost:
        """What automakers' packs cost more than the world's in a quarter, by part; nothing up to the origin."""
        return self.packs.at(quarter)

    def own_cells(self, quarter: int) -> OwnCells:
        """What automakers know of their own cells in a quarter."""
        needed = np.sum(self.needed[-QUARTERS_PER_YEAR:], axis=0)
        in_cost = self.pack_cost(quarter).shadow_price
        premium = np.maximum(self.car_advantage_usd_per_kwh(quarter) - in_cost, 0.0)
        good = self.parameters.last_yield
        return OwnCells.of(self.lines, needed, self.domestic_share(quarter), good, premium)
