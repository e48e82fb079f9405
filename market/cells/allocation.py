"""Cell market: allocation of lines to uses, automakers' inventories, effects on automakers (M11, M13, M14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.allocation import allocate_cells
from agents.cells.cost import ramp_yield, scarcity_usd_per_kwh
from agents.cells.line_decision import LineStatus, Use
from agents.cells.plant import CHEMISTRIES, NICKEL_POUCH, CellPlant
from agents.makers.automaker import Automaker
from market.base import quarters, tables
from market.base.categories import MAKERS, PHEV
from market.cells.capital_budget import CapitalBudget
from market.cells.costs import CellCosts
from market.cells.lines import OPEN_MARKET, SELLERS, read_lines
from market.cells.own_cells import OwnCells
from market.cells.parameters import Cells
from market.vehicles.products import Products

_LOWEST_USE = 0.3  # use below which fixed cost is spread no further, a plant would be closed: judgment
SLACK_USE = 0.7
"""Use of capacity up to which cells are not scarce at all: the logistic of M13 is 0.001 there."""
_LEAST_MARGIN = 1e-6  # $/kWh: what was ordered is made even at a loss, cheapest lines first
_GWH_PER_KWH = 1e-6


@dataclass
class CellQuarter:
    """What a quarter's cells came to, GWh a quarter; arrays over lines, makers (M), sellers (M + 1), chemistries (C).

    ``output``: (lines,) good cells; ``started``: (C,); ``for_cars``: (M, C);
    ``for_storage``: (M + 1,); ``packs``, ``bought``: (C,) cells built into cars and imported for them;
    ``opening``, ``closing``: (C,) stocks; ``asked``: (M,) domestic cells wanted for cars; ``capacity``: (2,) good
    cells that running lines can make by use; ``credited``: (M + 1,) good cells with 45X; ``from_open_market``: (M,)
    part of the cars' cells; ``bought_by_maker``: (M,); ``variable_cost_musd``, ``fixed_cost_musd``:
    (M + 1,); ``line_capacity``: (lines,) good cells that could be made, nothing by a line that is offline or idle;
    ``line_yield``: (lines,).
    """

    output: Floats
    started: Floats
    for_cars: Floats
    for_storage: Floats
    asked: Floats
    capacity: Floats
    credited: Floats
    from_open_market: Floats
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
    """Allocation of cells and its effects on automakers; lines convert in ``line_decisions``."""

    def __init__(self, parameters: Cells, costs: CellCosts, products: Products, origin: int) -> None:
        self.parameters = parameters
        self.costs = costs
        self.origin = origin
        self.lines, self.plants = read_lines()
        self._products = products
        self.budget = CapitalBudget(parameters.maker_share)
        sourcing = tables.load("cell_sourcing").pivot(index="year", columns="maker", values="domestic_share")
        self._sourcing = sourcing.reindex(columns=list(MAKERS)).fillna(0.0)
        self.stock: Floats = np.zeros((len(MAKERS), len(CHEMISTRIES)))
        self.needed: list[Floats] = [np.zeros(len(MAKERS))]
        self.scarcity_usd_per_kwh = 0.0
        self.fixed_cost_usd_per_kwh: Floats = np.zeros(len(MAKERS))

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
        """What a US cell for cars costs less than an imported one, with 45X."""
        mature = np.array([self.parameters.last_yield])
        cost = float(self.costs.nickel_cost_usd_per_kwh(mature, quarter)[0])
        return self.costs.vehicle_price_usd_per_kwh(quarter) - cost + self.costs.credit_usd_per_kwh(quarter)

    def domestic_share(self, quarter: int) -> Floats:
        """Share of its cells each automaker takes from US plants if they can make them, shape (makers,).

        Recorded up to the origin; after it a logistic in the cost advantage, up to a limit.
        """
        if quarter <= self.origin:
            return self._sourcing.loc[quarters.year(quarter)].to_numpy(np.float64)
        advantage = self.car_advantage_usd_per_kwh(quarter) / self.parameters.sourcing_spread
        return np.full(len(MAKERS), self.parameters.domestic_limit / (1.0 + np.exp(-advantage)))

    # Phase 5: allocation

    def allocate(self, storage_due: Floats, storage_price_usd_per_kwh: float, quarter: int) -> CellQuarter:
        """Who makes what this quarter: cars' cells as the last year had them, and storage due by seller (M13).

        ``storage_due``: (makers + 1,) GWh. Lines make for their own automaker's cars, those of the open market for any.
        """
        lines, sellers = self.lines, np.arange(len(SELLERS))
        made, capacity = self.yields(quarter), self.good_capacity(quarter)
        forecast = np.mean(self.needed[-QUARTERS_PER_YEAR:], axis=0)
        plan = np.maximum(forecast * self.domestic_share(quarter) - self.stock.sum(axis=1), 0.0)
        own = lines.maker[:, None] == sellers[None, :]
        car_lines, storage_lines = lines.making(Use.VEHICLES, quarter), lines.making(Use.STORAGE, quarter)
        for_any = (lines.maker == OPEN_MARKET)[:, None]
        can_make = np.hstack([car_lines[:, None] & (own[:, :-1] | for_any), storage_lines[:, None] & own])
        before_credit = self.costs.margins_usd_per_kwh(lines, made, storage_price_usd_per_kwh, quarter)
        credit = self.costs.credit_usd_per_kwh(quarter) * lines.credited
        car_margin, storage_margin = before_credit[0] + credit, before_credit[1] + credit
        margin = np.hstack([np.tile(car_margin[:, None], len(MAKERS)), np.tile(storage_margin[:, None], len(SELLERS))])
        wanted = np.concatenate([plan, storage_due])
        solved = allocate_cells(np.maximum(margin, _LEAST_MARGIN), can_make, capacity, wanted)
        by_use = np.array([float(capacity[car_lines].sum()), float(capacity[storage_lines].sum())])
        self._update_scarcity(float(plan.sum()), by_use[0] + self._restartable(made), quarter)
        cost = self.costs.cost_usd_per_kwh(lines, made, quarter)
        return self._quarter_of(solved.gwh, cost, made, plan, capacity, by_use)

    def _quarter_of(
        self, gwh: Floats, cost: Floats, made: Floats, plan: Floats, capacity: Floats, by_use: Floats
    ) -> CellQuarter:
        lines, makers, kinds = self.lines, len(MAKERS), len(CHEMISTRIES)
        output = gwh.sum(axis=1)
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
            asked=plan,
            capacity=by_use,
            credited=group_sum(output * lines.credited, lines.maker, len(SELLERS)),
            from_open_market=gwh[lines.maker == OPEN_MARKET, :makers].sum(axis=0),
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

    def _restartable(self, made: Floats) -> float:
        """Good cells a quarter that idle car lines would make: they can restart at once, converted ones cannot."""
        lines = self.lines
        idle = (lines.status == LineStatus.IDLE) & (lines.use == Use.VEHICLES)
        return float((lines.gwh_per_year * made)[idle].sum()) / QUARTERS_PER_YEAR

    def _update_scarcity(self, asked: float, capacity: float, quarter: int) -> None:
        """mu, exponentially averaged; exactly nothing while cells are slack and up to the origin (M13)."""
        cells = self.parameters
        use = asked / capacity if capacity > 0 else 0.0
        now = 0.0
        if quarter > self.origin and use > SLACK_USE:
            now = scarcity_usd_per_kwh(use, cells.scarcity_most, cells.scarcity_centre, cells.scarcity_width)
        self.scarcity_usd_per_kwh += cells.scarcity_gain * (now - self.scarcity_usd_per_kwh)

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

    # Effects on automakers: the channels of the detour

    def adder_usd_per_kwh(self) -> Floats:
        """First and third channel: fixed cost spread and scarcity, on the packs of each automaker, shape (makers,)."""
        return self.fixed_cost_usd_per_kwh * self.parameters.fixed_cost_passed_on + self.scarcity_usd_per_kwh

    def update_fixed_cost(self, quarter: int, done: CellQuarter) -> None:
        """Fixed cost spread over fewer lines than if none had changed its use, $/kWh by automaker (M14)."""
        if quarter <= self.origin:
            return
        lines, quarterly = self.lines, 1.0 / QUARTERS_PER_YEAR
        capacity = float(lines.gwh_per_year[lines.making(Use.VEHICLES, quarter)].sum()) * quarterly
        converted = float(lines.gwh_per_year[lines.converted & ~self._unbuilt(quarter)].sum()) * quarterly
        asked = float(done.asked.sum())
        change = self._spread(asked, capacity) - self._spread(asked, capacity + converted)
        needed = self.needed[-1]
        share = np.where(needed > 0, 1.0 - done.bought_by_maker / np.where(needed > 0, needed, 1.0), 0.0)
        self.fixed_cost_usd_per_kwh = share * self.parameters.fixed_cost * change

    def _unbuilt(self, quarter: int) -> NDArray[np.bool_]:
        """Lines of which nothing stands yet, or that still make their old use's cells."""
        building = (self.lines.status == LineStatus.BUILDING) | (self.lines.status == LineStatus.ANNOUNCED)
        return np.asarray(building | self.lines.making(Use.VEHICLES, quarter))

    @staticmethod
    def _spread(asked: float, capacity: float) -> float:
        return 1.0 if capacity <= 0 else 1.0 / float(np.clip(asked / capacity, _LOWEST_USE, 1.0))

    def own_cells(self, quarter: int) -> OwnCells:
        """What automakers know of their own cells in a quarter."""
        needed = np.sum(self.needed[-QUARTERS_PER_YEAR:], axis=0)
        return OwnCells.of(self.lines, needed, self.domestic_share(quarter), self.parameters.last_yield)

    def models_kept(self) -> Floats:
        """Second channel: share of its BEV models an automaker keeps; converted lines cost programs (M15)."""
        lines, sellers = self.lines, len(SELLERS)
        total = group_sum(lines.gwh_per_year * lines.for_cars, lines.maker, sellers)
        away = group_sum(lines.gwh_per_year * lines.converted, lines.maker, sellers)
        share = np.where(total > 0, away / np.where(total > 0, total, 1.0), 0.0)[: len(MAKERS)]
        return np.asarray(1.0 - self.parameters.programme_weight * share)
