"""The market: ``step`` is the quarterly schedule."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import mesa
import numpy as np
from threadpoolctl import ThreadpoolController

from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import adapted
from market.accounts import close_accounts
from market.base import quarters
from market.base.categories import GOODS
from market.buyers.offer_values import price_weight
from market.buyers.used_market import RESALE_GOOD
from market.buyers.used_prices import UsedSide
from market.buyers.utility_terms import Prices
from market.buyers.valuation import ValuedOffers
from market.buyers.waiting import AHEAD
from market.charging.by_network import network_use
from market.charging.demand import bevs_on_road, recorded_pattern
from market.charging.perceived_access import perceived_access
from market.fleet.trades import NewCars
from market.fleet.trading import Trading
from market.makers.price_setting import SeenMarket
from market.makers.proof_choices import SalesYear
from market.outputs import MODEL_REPORTERS, write_quarter
from market.packs import opened
from market.plugins import Plugins, load_plugins
from market.recorder import TABLES
from market.rules import chosen_rules
from market.scenario import Scenario
from market.sectors import Sectors
from market.state import CarQuarter, Clearing, RunEndedError, StocksBefore

# One thread of BLAS is quicker at these sizes, and gives the same bits however many there are.
_libraries = ThreadpoolController()
_one_blas_thread = _libraries.wrap(limits=1, user_api="blas")

_RETENTION_GAIN = 0.25  # a quarter's weight in expected resale (M18)


class Market(Sectors):
    """The United States' market for electric cars and batteries, quarter by quarter from 2017.

    ``parameters``: the scenario (the reference if left out). ``rng``: the seed of all random streams (1 if left out);
    the same seed and parameters give the same results, bit for bit. ``rules``: rules by kind, in place of those the
    scenario names (``market.rules``). ``plugins``: its modules, from ``load_plugins``. ``record``: names of the tables
    to keep, ``national`` among them; fewer make a faster run. ``recorder.frame(name)`` is a table so far.
    """

    def __init__(
        self,
        parameters: Scenario | None = None,
        *,
        rng: int | None = None,
        rules: Mapping[str, Any] | None = None,
        plugins: Plugins | None = None,
        record: Collection[str] = tuple(TABLES),
    ) -> None:
        scenario = Scenario() if parameters is None else parameters
        if not isinstance(scenario, Scenario):
            raise TypeError(f"parameters is {scenario!r}; give a Scenario, such as detour.scenario('reference')")
        added = load_plugins(scenario.plugins) if plugins is None else plugins
        chosen = chosen_rules(scenario.rules, added.rules, rules)
        with _libraries.limit(limits=1, user_api="blas"), opened(scenario.data):
            super().__init__(scenario, 1 if rng is None else int(rng), chosen, added, record)
        self.datacollector = mesa.DataCollector(model_reporters=MODEL_REPORTERS)

    def __repr__(self) -> str:
        where = "before the first quarter" if self.quarter < 0 else f"in {quarters.label(self.quarter)}"
        return f"Market({self.parameters!r}, seed {self.seed}, {where})"

    @_one_blas_thread
    def step(self) -> None:
        """One quarter, phase by phase. Raises RunEndedError after the last one."""
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

    def as_built(self) -> "Market":
        """A market of the same parameters, seed, rules and tables before its first quarter."""
        rules, record = vars(self.rules), self.recorder.kept
        return type(self)(self.parameters, rng=self.seed, rules=rules, plugins=self._plugins, record=record)

    # The phases of a quarter, numbered as in docs/odd.md

    def _open_quarter(self) -> None:
        if self.quarter >= self.last_quarter:
            last = quarters.label(self.last_quarter)
            raise RunEndedError(f"the run has reached its last quarter, {last}; set run.last_quarter to a later one")
        self.quarter += 1
        self.running = self.quarter < self.last_quarter
        self.ledger.open(self.quarter)

    def _turn_the_world(self) -> None:
        """1 World: entrants, products, credits and fuel prices of the quarter; constants held after the origin."""
        self.fleet.wake(self.quarter)
        self.trust.open(self.quarter)
        self.offering.open(self.quarter, self.used_price_kusd)
        self.prices = Prices(
            self.world.gasoline_usd_per_gallon(self.quarter),
            self.world.electricity_usd_per_kwh(self.quarter) + self.grid.rise_by_zone_usd_per_kwh,
            self.world.public_charging_usd_per_kwh(self.quarter),
        )
        if self.quarter == self.origin + 1:
            seed = self.seed if self.parameters.world.shocks else None
            self.record.hold(seed, self.alphas.product)
            self.order_books.cars = self.record.opening_books(self.origin)
            self.used_market.hold(self.origin, self.record.constants.used)
        if not self.is_recorded:
            self.record.move(self.quarter, self.offering.offers.on_offer)

    def _complete(self) -> None:
        """2 Completions: lines begin output, recorded storage is signed, cars are scrapped (M20)."""
        if self.has_power_side:
            self.cells.open(self.quarter)
            self.power.open(self.quarter)
        cars = self.fleet.all_cars()
        ratio, constants = self.used_price_kusd / self.used_market.base_price_kusd, self.record.constants
        recorded = self.record.total(self.quarter) if self.is_recorded else None
        constants.scrap_scale = self.fleet.scrap(ratio, self.seed, self.quarter, recorded, constants.scrap_scale)
        at_makers = sum(float(maker.stock_cars.sum()) for maker in self.makers)
        self.before = StocksBefore(cars, self.fleet.all_cars(), self.fleet.lot.size, at_makers)

    def _form_expectations(self) -> None:
        """3 Expectations: resale from last quarter's used prices, over what those cars cost when new (M18)."""
        observed = self.used_market.retention(self.used_price_kusd)[RESALE_GOOD]
        self.expected_retention = adapted(self.expected_retention, observed, _RETENTION_GAIN)

    def _set_prices(self) -> None:
        """4 Prices of automakers, with what their cells cost them (M10, R5)."""
        if self.has_power_side:
            self.offering.cell_adder_usd_per_kwh = self.cells.pack_cost(self.quarter).total_usd_per_kwh
        self.offering.set_prices(self.makers, self.quarter)

    def _allocate_cells(self) -> None:
        """5 Cells allocated; storage under contract is delivered (M13, M19)."""
        if self.has_power_side:
            due = self.power.book.due_by_seller(self.quarter)
            self.cell_quarter = self.cells.allocate(due, self.power.price_usd_per_kwh, self.quarter)
            self.power.deliver(self.cell_quarter.for_storage, self.quarter, self.ledger)

    def _serve_charging(self) -> None:
        """6 Charging service of last quarter's BEVs: plugs in operation, waits, coverage (M4, M8)."""
        pattern = recorded_pattern(self.record.registration_ratio, self.places.seats, min(self.quarter, self.origin))
        bevs = self.fleet.on_seats.by_zone[:, :, 1]
        cars = bevs_on_road(bevs, self.fleet.weight, pattern, self.places.home_share)
        served = self.charging_side.serve(cars, self.quarter)
        self.true_charging_success = served.network_success
        waits, products, offering = (served.wait_hours, served.trip_wait_hours), self.products, self.offering
        connectors = offering.cohorts.connectors(self.quarter)
        used = self.network_access.of_goods(connectors, products, offering.offers, self.clock)
        self.access = perceived_access(
            self.charging_graph, self.places, self.parameters.charging, self.trust.charging_success(), waits,
            self.network_access.of_products(products, self.clock), used,
        )  # fmt: skip

    def _clear_used_cars(self) -> None:
        """7 Used prices clear on expected flows; up to the origin demand constants are inverted (M1, M2, M20)."""
        offering, cars, clock = self.offering, self.used_market, self.clock
        cars.open(clock, self.before.cars_at_trade, self.fleet.weight)
        cars.see_new_cars(clock, offering.offers, offering.net_price_kusd, self.used_price_kusd)
        price = cars.opening_price_kusd(clock, self.used_price_kusd)
        valued, constants = self.value_offers(), self.record.constants
        in_market = self.fleet.in_market(self.quarter)
        market = valued.market_for(in_market, self.fleet.listings(in_market, constants.hazard))
        adjustment = self.parameters.ownership.price_adjustment
        used = UsedSide(
            self.fleet.stock(), self.fleet.stock_target(self.quarter, cars.trade_share), cars.thin, adjustment
        )
        limit = self.record.limits[self.quarter]
        if self.is_recorded:
            everyone = valued.market_for(self.everyone, np.ones(GOODS))
            outcome = self.record.invert(market, everyone, used, price, self.quarter)
            hazard = constants.hazard
            constants.used = cars.fit_age_loss(clock, constants.used, market.values.listings)
        else:
            constants.used = cars.held_constant_kusd()
            hazard = min(1.0, constants.hazard * self.parameters.world.at(self.quarter).market_index)
            now = replace(constants, hazard=hazard)
            outcome = market.clear(used, price, now, limit)
        self.clearing = Clearing(valued, market, hazard, outcome)
        self.used_price_kusd = outcome.used_price_kusd
        seen = (offering.offers, offering.net_price_kusd, limit, market.values.listings, self.used_price_kusd)
        cars.warn(clock, *seen)
        cars.see_trade_ins(outcome.flows.trade_ins)

    def _choose_and_trade(self) -> None:
        """8 Buyers: choices are drawn, cars change hands, automakers deliver (M1, M11, M20)."""
        limit, offers, cleared = self.record.limits[self.quarter], self.offering.offers, self.clearing
        self._look_ahead()
        outcome = self.waiting.hold_back(cleared.in_market, cleared.hazard, cleared.outcome, limit)
        leased = self.offering.leases.by_product(self.quarter)
        waits = self.order_books.ration(outcome.flows.new, outcome.served_new)
        new_cars = NewCars(offers.kind, self.products.segment, outcome.served_share, leased, waits)
        traded, outcome = self.fleet.choose_and_trade(
            Trading(
                self.clock, cleared.valued, cleared.market, cleared.hazard, self.record.constants, outcome, new_cars,
                limit, self.waiting,
            )
        )  # fmt: skip
        deliveries, built = self.offering.deliver(self.makers, outcome.flows.new, limit, self.quarter)
        self.now = CarQuarter(
            cleared.valued, cleared.market, cleared.hazard, outcome, new_cars, traded, deliveries, built
        )
        if self.has_power_side:
            needed = self.cells.pack_cells(built, offers.pack_kwh)
            self.cells.settle(needed, self.cell_quarter)

    def _learn(self) -> None:
        """9 Experience: beliefs are updated by news and disclosure; peers observe sales (M5, M7)."""
        self.offering.observe_demand(self.makers, self._seen_market(), self.quarter)
        everyone = self.now.valued.market_for(self.everyone, np.ones(GOODS))
        self.zone_bev_share = everyone.bev_share_by_zone(self.record.constants, self.places.size)
        self.trust.see(self.zone_bev_share)
        cars = self.fleet.bev_share_of_cars()
        self.trust.learn(
            cars, self.now.deliveries, self.true_charging_success, network_use=network_use(self.charging_side.network),
            quarter=self.quarter, after_origin=not self.is_recorded,
        )  # fmt: skip

    def _invest_in_charging(self) -> None:
        """10 Charging investment: operators start plugs, set maintenance, close sites (M9)."""
        self.charging_side.invest(self.prices.public_usd_per_kwh, self.quarter)

    def _run_power_side(self) -> None:
        """11 Power sector: BEV load; storage orders of utilities and data centers are cleared (M16, M17, M19, M21)."""
        self.grid.connect(self.charging_side.cars.sum(axis=1), self.quarter)
        if self.has_power_side:
            self.power.trade(self.quarter)

    def _decide_lines(self) -> None:
        """12 Programs and proof in Q4, lines in Q2 and Q4; they count from the next quarter (M5, M14, M15)."""
        cells = self.cells.own_cells(self.quarter) if self.has_power_side else None
        if self.quarter >= self.origin and self.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
            self.cells.budget.open(self.planning.programmes.committed_musd(self.quarter), self.quarter)
        demand = self.now.outcome.flows.new
        seen = self.offering.planners_see(self.clock, self.makers, demand, cells)
        self.offering.models_added = self.planning.plan(seen)
        if not self.is_recorded:
            worth = self.offering.pricing.worth_of_value_kusd(self.offering.price_kusd, seen.margin_kusd)
            bevs = self.planning.forecasts.last_year()
            share = float(self.zone_bev_share @ self.trust.seat_share)
            self.proofs.decide(SalesYear(bevs, worth, share, self.prices.public_usd_per_kwh), self.quarter)
        if self.has_power_side:
            self.line_decisions.decide(self.quarter)
        self.planning.settle(self.quarter)

    def _close_books_and_record(self) -> None:
        """13 Ledger and recorder; then every car is a quarter older."""
        close_accounts(self)
        write_quarter(self)
        self.datacollector.collect(self)
        self.fleet.grow_older()

    # What the phases are made of

    def _seen_market(self) -> SeenMarket:
        now, offering = self.now, self.offering
        setting = offering.setting(self.quarter, self.expected_retention, self.world.loan_rate(self.quarter))
        weight = price_weight(offering.offers, setting, self.parameters.buyers)
        money = now.market.values.money
        return SeenMarket(now.in_market, now.outcome.flows, money, now.hazard, offering.price_kusd, weight)

    def value_offers(self) -> ValuedOffers:
        """Offers of the quarter valued for every kind of buyer: here a new term of utility is added (docs/howto)."""
        offering = self.offering
        setting = offering.setting(self.quarter, self.expected_retention, self.world.loan_rate(self.quarter))
        return self.valuation.at(
            self.clock, offering.offers, setting, offering.used_credit_kusd, self.access, self.prices, self.trust,
            self.used_market.mix, self.used_market.obsolescence.fallen_kusd,
        )  # fmt: skip

    def _look_ahead(self) -> None:
        """Buyers observe prices and, after the origin, form the expected gain of waiting a year (M3)."""
        offering = self.offering
        self.waiting.see(offering.price_kusd, offering.cut_kusd, offering.offers.mix_weight)
        if not self.is_recorded:
            fall = offering.announced_fall_kusd(self.quarter, AHEAD)
            change = offering.expected_credit_kusd(self.quarter, AHEAD) - offering.credit_kusd
            self.waiting.look_ahead(fall, change)
