"""The market: builds the world; ``step`` is the quarterly schedule of the specification (B2)."""

from dataclasses import replace

import mesa
import numpy as np
from threadpoolctl import ThreadpoolController

from agents.arrays import Floats
from agents.columnar import ColumnarModel
from agents.expectations import adapted
from market import history, quarters, tables
from market.announced_cut import AnnouncedCut
from market.bookkeeping import check_choices, close_books
from market.cell_market import CellMarket
from market.charging_graph import ChargingGraph, build_graph, contract
from market.charging_side import ChargingSide
from market.clock import Clock
from market.demand import every_class
from market.drawn_fleet import DrawnFleet
from market.expected_fleet import ExpectedFleet
from market.explanation import Explanation
from market.fleet import Fleet
from market.grid import Grid
from market.ledger import Ledger
from market.line_decisions import LineDecisions
from market.maker_forecasts import MakerForecasts
from market.offer_values import price_weight
from market.offering import Offering
from market.places import read_places
from market.planning import Planning
from market.population import class_shares
from market.power_side import PowerSide
from market.price_setting import SeenMarket
from market.products import Products
from market.programmes import Programmes
from market.record import BASE_YEAR_QUARTERS, Record
from market.recorder import Recorder
from market.reporting import MODEL_REPORTERS, write_quarter
from market.scenario import Scenario
from market.terms import Prices, perceived_access
from market.trades import NewCars
from market.trust import TrustState
from market.valued_offers import ValuedOffers, value_offers
from market.vehicle_market import UsedSide
from market.vocabulary import AGE_BUCKETS, GOODS, KINDS
from market.waiting_buyers import WaitingBuyers
from market.world import World

# One thread of BLAS is quicker at these sizes, and gives the same bits however many there are.
_one_blas_thread = ThreadpoolController().wrap(limits=1, user_api="blas")

_RETENTION_GAIN = 0.25  # a quarter's weight in expected resale (M18)
_RESALE_BUCKET = 1  # 4-6 years: where a five-year-old car is


class Market(ColumnarModel):
    """The United States' market for electric cars and batteries, quarter by quarter from 2017.

    ``parameters``: the scenario (the reference if left out). ``rng``: the seed of all luck (1 if left out);
    the same seed and parameters give the same results, bit for bit. ``recorder.frame(name)`` is a table of
    the results so far. ``quarter`` counts from 0 for 2017Q1; it is -1 before the first step.
    """

    def __init__(self, *, parameters: Scenario | None = None, rng: int | None = None) -> None:
        self.seed = 1 if rng is None else int(rng)
        super().__init__(rng=self.seed)
        self.parameters = Scenario() if parameters is None else parameters
        self.quarter = -1
        self.last_quarter = quarters.index(self.parameters.run.last_quarter)
        self.origin = quarters.index(self.parameters.run.origin)
        self.recorded_until = quarters.index(self.parameters.run.recorded_until)
        self.alphas = self.parameters.alphas()
        self.ledger = Ledger()
        self.recorder = Recorder()
        self.explanation = Explanation()
        self._build_places()
        self._build_offering()
        self._build_power_side()
        self.waiting = WaitingBuyers()
        self.trust = TrustState(self.parameters, self.charging_graph, self.products, self.places.seats)
        self._build_fleet()
        setting = (self.parameters, self.charging_graph, self.origin, self.recorded_until)
        self.charging_side = ChargingSide(self, *setting)
        self.datacollector = mesa.DataCollector(model_reporters=MODEL_REPORTERS)

    @_one_blas_thread
    def step(self) -> None:
        """One quarter, in the order of the specification's schedule (B2)."""
        self._open_quarter()
        self._turn_the_world()
        self._complete()
        self._form_expectations()
        self._set_prices()
        self._allocate_cells()
        self._serve_charging()
        self._clear_used_cars()
        self._choose_and_trade()
        self._learn()
        self._invest_in_charging()
        self._run_power_side()
        self._decide_lines()
        self._close_books_and_record()

    def run(self) -> None:
        """Step to the last quarter."""
        while self.quarter < self.last_quarter:
            self.step()

    @property
    def clock(self) -> Clock:
        """Where the run stands in time."""
        return Clock(self.quarter, self.origin, self.recorded_until, self.last_quarter, self.seed)

    @property
    def is_recorded(self) -> bool:
        """Whether the quarter lies within the imposed history."""
        return self.quarter <= self.origin

    @property
    def drawn_fleet(self) -> DrawnFleet:
        """The fleet row by row. Raises TypeError in a mean-field run, which has no rows."""
        if not isinstance(self.fleet, DrawnFleet):
            raise TypeError("a mean-field run counts consumers and has none of its own")
        return self.fleet

    # Building the world

    def _build_places(self) -> None:
        graph = build_graph(tables.load("zones"), tables.load("corridors"))
        joined = None
        if self.parameters.run.fast_graph:
            graph, joined = contract(graph)
        self.places = read_places(joined)
        self.charging_graph = ChargingGraph(graph, tables.load("zone_states"), tables.load("fast_ports"), joined)
        self.world = World(self.parameters.world, self.places, self.seed, self.last_quarter, self.origin)

    def _build_offering(self) -> None:
        given = self.parameters
        self.products = Products(
            self.last_quarter,
            self.recorded_until,
            self.origin,
            given.makers,
            trend_in_variety=not given.plans.programmes,
        )
        cut = AnnouncedCut(
            given.trust.announced_cut_kusd, quarters.index(given.trust.announced_cut_quarter),
            quarters.index(given.trust.announced_cut_known),
        )  # fmt: skip
        self.offering = Offering(
            self.clock, given.makers, given.policy, self.places, self.products, self.world, self.alphas, cut,
            financed_share=given.buyers.financed_share, resale_weight=given.buyers.resale_weight,
        )  # fmt: skip
        self.nests = self.offering.nests
        self.makers = self.offering.make_makers(self)
        self.planning = self._make_planning()
        self.reference_gallons_per_mile = self.products.reference_gallons_per_mile()
        holding = self.parameters.ownership
        self.record = Record(self.products, self.places, holding, self.last_quarter, self.recorded_until)
        self.base_retention = history.base_retention()
        base_new = np.repeat(self.offering.price_by_kind(0), len(AGE_BUCKETS))
        self.base_used_price_kusd: Floats = self.base_retention * base_new
        self.used_price_kusd = self.base_used_price_kusd.copy()
        self.expected_retention = np.full(len(KINDS), np.nan)

    def _make_planning(self) -> Planning:
        given, maker = self.parameters, self.products.maker
        forecasts = MakerForecasts(given.plans, maker, given.makers.initial_optimism, given.buyers.alpha_powertrain)
        programmes = Programmes(
            given.plans, self.products, forecasts, max(self.origin, self.recorded_until),
            variety_elasticity=given.buyers.variety_elasticity, missing_weight=given.cells.programme_weight,
        )  # fmt: skip
        return Planning(self.products.is_bev, forecasts, programmes)

    def _build_power_side(self) -> None:
        self.has_power_side = self.parameters.cells.power_side
        self.cells = CellMarket(self.parameters, self.products, self.world, self.origin, self.last_quarter)
        self.grid = Grid(self.parameters, self.places, self.origin)
        self.power = PowerSide(self, self.parameters, self.cells, self.world, self.grid, self.origin)
        self.plants = self.cells.make_plants(self, self.makers)
        self.line_decisions = LineDecisions(self.cells, self.power, self.plants, self.seed, self.planning.for_lines)

    def _build_fleet(self) -> None:
        lease_share = self.offering.leases.of_group("other", 0)
        ratio = self.record.registration_ratio[0]
        setting = (self.parameters, self.places, ratio, self.last_quarter, lease_share)
        self.fleet: Fleet = ExpectedFleet(*setting) if self.parameters.run.mean_field else DrawnFleet(self, *setting)
        if isinstance(self.fleet, DrawnFleet):
            self.add_columns(self.fleet.consumers)
        self.everyone = every_class(class_shares(self.places) * self.places.seats[:, None])

    # The phases of a quarter, numbered as in the specification

    def _open_quarter(self) -> None:
        self.quarter += 1
        self.running = self.quarter < self.last_quarter
        self.ledger.open(self.quarter)

    def _turn_the_world(self) -> None:
        """1 World: entrants wake, products, credits and fuel prices of the quarter; constants held after the origin."""
        self.fleet.wake(self.quarter)
        self.offering.open(self.quarter, self.used_price_kusd)
        self.prices = Prices(
            self.world.gasoline_usd_per_gallon(self.quarter),
            self.world.electricity_usd_per_kwh(self.quarter) + self.grid.rise_by_zone_usd_per_kwh,
            self.world.public_charging_usd_per_kwh(self.quarter),
        )
        if self.quarter == self.origin + 1:
            self.record.hold(self.seed)

    def _complete(self) -> None:
        """2 Completions: lines begin output, recorded storage is signed; cars are scrapped, dearer ones less (M20)."""
        if self.has_power_side:
            self.cells.lines.complete(self.quarter)
            self.power.open(self.quarter)
        self.cars_before = self.fleet.all_cars()
        ratio = self.used_price_kusd / self.base_used_price_kusd
        recorded = self.record.total(self.quarter) if self.is_recorded else None
        constants = self.record.constants
        constants.scrap_scale = self.fleet.scrap(ratio, self.seed, self.quarter, recorded, constants.scrap_scale)

    def _form_expectations(self) -> None:
        """3 Expectations: resale from last quarter's used prices (M18)."""
        resale = self.used_price_kusd.reshape(len(KINDS), -1)[:, _RESALE_BUCKET]
        observed = resale / self.offering.price_by_kind(self.quarter - 1)
        self.expected_retention = adapted(self.expected_retention, observed, _RETENTION_GAIN)

    def _set_prices(self) -> None:
        """4 Prices of makers (M10)."""
        self.offering.set_prices(self.makers, self.quarter)

    def _allocate_cells(self) -> None:
        """5 Cells allocated; storage under contract is delivered (M13, M19)."""
        if self.has_power_side:
            due = self.power.book.due_by_seller(self.quarter)
            self.cell_quarter = self.cells.allocate(due, self.power.price_usd_per_kwh, self.quarter)
            self.power.deliver(self.cell_quarter.for_storage, self.quarter, self.ledger)

    def _serve_charging(self) -> None:
        """6 Charging service from last quarter's stocks: plugs that stand, waits, coverage (M4, M8)."""
        served = self.charging_side.serve(self)
        self.true_charging_success = served.success
        success = self.trust.charging_success()
        waits = (served.wait_hours, served.trip_wait_hours)
        self.access = perceived_access(self.charging_graph, self.places, self.parameters, success, *waits)

    def _clear_used_cars(self) -> None:
        """7 Used prices clear on expected flows; to the origin constants are inverted (M1, M2, M20, B4)."""
        self.valued = self.value_offers()
        constants, holding = self.record.constants, self.parameters.ownership
        self.lookers = self.fleet.in_market(self.quarter)
        base_year = self.quarter < BASE_YEAR_QUARTERS
        listings = self.fleet.listings(self.lookers, constants.hazard, base_year=base_year)
        self.market = self.valued.market_for(self.lookers, listings)
        self.hazard = constants.hazard
        used = UsedSide(
            self.fleet.stock(), self.fleet.stock_target(self.quarter), self.offering.used_caps(self.fleet.all_cars()),
            holding.price_step, holding.price_adjustment,
        )  # fmt: skip
        if self.is_recorded:
            everyone = self.valued.market_for(self.everyone, np.ones(GOODS))
            self.outcome = self.record.invert(
                self.market, everyone, used, self.base_used_price_kusd, self.used_price_kusd, self.quarter
            )
            self.hazard = constants.hazard
        else:
            self.hazard = min(1.0, constants.hazard * self.parameters.world.market_index)
            now = replace(constants, hazard=self.hazard)
            self.outcome = self.market.clear(used, self.used_price_kusd, now, self.record.limits[self.quarter])
        self.used_price_kusd = self.outcome.used_price_kusd

    def _choose_and_trade(self) -> None:
        """8 Buyers: choices are drawn, cars change hands, makers deliver (M1, M11, M20)."""
        limit = self.record.limits[self.quarter]
        self.waiting.look_ahead(self)
        outcome = self.waiting.hold_back(self, self.outcome)
        offers = self.offering.offers
        self.new_cars = NewCars(
            offers.kind, self.products.segment, outcome.served_share, self.offering.leases.by_product(self.quarter)
        )
        self.lot_before = self.fleet.lot.size
        self.cars_at_trade = self.fleet.all_cars()
        self.traded, self.outcome = self.fleet.choose_and_trade(self, outcome)
        self.maker_stock_before = sum(float(maker.stock_cars.sum()) for maker in self.makers)
        self.deliveries, self.built = self.offering.deliver(self.makers, self.outcome.flows.new, limit)
        if self.has_power_side:
            needed = self.cells.pack_cells(self.built, self.offering.offers.pack_kwh)
            self.cells.settle(needed, self.cell_quarter)

    def _learn(self) -> None:
        """9 Experience: charging and batteries as met, told and disclosed update beliefs; neighbours see (M5, M7)."""
        self.offering.observe_demand(self.makers, self._seen_market(), self.quarter)
        everyone = self.valued.market_for(self.everyone, np.ones(GOODS))
        self.zone_bev_share = everyone.bev_share_by_zone(self.record.constants, self.places.size)
        self.trust.see(self.zone_bev_share)
        cars = self.fleet.bev_share_of_cars()
        self.trust.learn(cars, self.deliveries, self.true_charging_success, after_origin=not self.is_recorded)

    def _invest_in_charging(self) -> None:
        """10 Charging investment: operators start plugs, set upkeep, close sites (M9)."""
        self.charging_side.invest(self.prices.public_usd_per_kwh, self.quarter)

    def _run_power_side(self) -> None:
        """11 Power side: cars load the grid; requests and data centers' orders are cleared (M16, M17, M19, M21)."""
        self.grid.connect(self.charging_side.cars.sum(axis=1), self.quarter)
        if self.has_power_side:
            self.power.trade(self.quarter)

    def _decide_lines(self) -> None:
        """12 Programmes in Q4, line decisions in Q2 and Q4; both count for makers from the next quarter (M14, M15)."""
        cells = self.cells.own_cells(self.quarter) if self.has_power_side else None
        demand = self.outcome.flows.new
        seen = self.offering.planners_see(self.clock, self.makers, demand, cells)
        self.offering.models_added = self.planning.plan(seen)
        if self.has_power_side:
            self.line_decisions.decide(self.quarter)
            self.cells.update_fixed_cost(self.quarter, self.cell_quarter)
            self.offering.cell_adder_usd_per_kwh = self.cells.adder_usd_per_kwh()
            self.offering.models_kept = self.planning.models_kept(self.cells.models_kept())

    def _close_books_and_record(self) -> None:
        """13 Ledger and recorder; then every car is a quarter older."""
        check_choices(self)
        close_books(self)
        write_quarter(self)
        self.datacollector.collect(self)
        self.fleet.grow_older()

    # What the phases are made of

    def _seen_market(self) -> SeenMarket:
        setting = self.offering.setting(self.quarter, self.expected_retention, self.world.loan_rate(self.quarter))
        weight = price_weight(self.offering.offers, setting, self.parameters)
        seen = self.market
        return SeenMarket(
            seen.lookers, self.outcome.flows, seen.values.money, self.hazard, self.offering.price_kusd, weight
        )

    def value_offers(self) -> ValuedOffers:
        """Offers of the quarter valued for every kind of buyer: here a new term of utility is added (docs/howto)."""
        return value_offers(self)
