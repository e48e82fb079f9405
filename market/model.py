"""The market: builds the world; ``step`` is the quarterly schedule of the specification (B2)."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from agents import ownership, valuation
from agents.automaker import Automaker
from agents.choice import Floats, Ints
from agents.columnar import ColumnarModel
from agents.consumers import OLDEST_QUARTERS, Consumers
from agents.expectations import adapted
from agents.luck import Purpose, stream_key, uniforms
from agents.sensing import MakerOrders, MakerSensing
from market import history, quarters, tables
from market.bookkeeping import check_choices, close_books, count_all_cars
from market.charging_graph import ChargingGraph, build_graph, contract
from market.demand import GROUPS, count_lookers, every_class
from market.explanation import Explanation
from market.inversion import Constants, entrant_means, zeta_step
from market.ledger import Ledger
from market.offer_values import BEV_GOOD, Cohorts, Setting, mean_by_kind, new_terms, summed, used_service, values_for
from market.pack_prices import PackPrices
from market.places import read_places
from market.policies.instrument import PolicySetting
from market.policies.table import POLICIES
from market.population import class_shares, seats_path, starting_columns, starting_lot, starting_stock
from market.products import Products
from market.recorder import Recorder
from market.reporting import write_quarter
from market.scenario import Scenario
from market.terms import Prices, perceived_access
from market.trades import NewCars, Present, trade
from market.used_cars import used_caps
from market.vehicle_market import Recorded, UsedSide, VehicleMarket
from market.vocabulary import (
    AGE_BUCKETS, CAR_TYPES, GOODS, HOMES, ICE, INCOMES, KINDS, MAKERS, TASTES, good_of_car,
)  # fmt: skip
from market.world import World

BASE_YEAR_QUARTERS = 4  # 2017: the year whose used prices and turnover are taken as they were (M20, B4)
_ONE_IN_A_MILLION = 1e-6  # cars: keeps constants of goods without a car in the base year finite
_RETENTION_GAIN = 0.25  # a quarter's weight in expected resale (M18)
_RESALE_BUCKET = 1  # 4-6 years: where a five-year-old car is


class Market(ColumnarModel):
    """The United States' car market on its charging graph, quarter by quarter from 2017.

    ``parameters``: the scenario (reference if left out). ``rng``: the seed of all luck (1 if left out); the
    same seed and parameters give the same results, bit for bit. ``tables()`` are the results so far.
    """

    def __init__(self, *, parameters: Scenario | None = None, rng: int | None = None) -> None:
        self.seed = 1 if rng is None else int(rng)
        super().__init__(rng=self.seed)
        self.parameters = parameters or Scenario()
        run = self.parameters.run
        self.quarter = -1
        self.last_quarter = quarters.index(run.last_quarter)
        self.origin = quarters.index(run.origin)
        self.recorded_until = quarters.index(run.recorded_until)
        self._build_places()
        self._build_offers()
        self._build_population()
        self.ledger = Ledger()
        self.recorder = Recorder()
        self.explanation = Explanation()

    def step(self) -> None:
        """One quarter, in the order of the specification's schedule (B2)."""
        self.quarter += 1
        self.ledger.open(self.quarter)
        self._turn_the_world()
        self._scrap_cars()
        self._form_expectations()
        self._set_prices()
        self._serve_charging()
        self._clear_used_cars_and_choose()
        self._carry_out_choices()
        self._close_books_and_record()
        self.running = self.quarter < self.last_quarter

    def run(self) -> None:
        """Step to the last quarter."""
        while self.quarter < self.last_quarter:
            self.step()

    # -- building ---------------------------------------------------------------------------------------

    def _build_places(self) -> None:
        graph = build_graph(tables.load("zones"), tables.load("corridors"))
        joined = None
        if self.parameters.run.fast_graph:
            graph, joined = contract(graph)
        self.places = read_places(joined)
        self.charging_graph = ChargingGraph(graph, tables.load("zone_states"), tables.load("fast_ports"), joined)
        self.world = World(self.parameters.world, self.places, self.seed, self.last_quarter, self.origin)

    def _build_offers(self) -> None:
        makers = self.parameters.makers
        self.products = Products(self.last_quarter, self.recorded_until, self.origin, makers)
        self.nests = self.products.nests()
        self.alphas = self.parameters.alphas()
        self.recorded = history.RecordedSales(self.products)
        self.limits = history.supply_limits(self.products, self.recorded.cars, self.last_quarter)
        self.availability = history.Availability(self.products, self.places)
        self.registration_ratio = history.bev_registration_ratio(self.places)
        self.used_level = history.used_price_level(self.last_quarter)
        self.cohorts = Cohorts(self.products, self.last_quarter)
        self.pack_prices = PackPrices(makers, self.recorded_until)
        self.reference_gallons_per_mile = self.products.reference_gallons_per_mile()
        setting = PolicySetting(self.parameters.policy, self.places, self.products, self.origin)
        self.policies = {name: policy(setting) for name, policy in POLICIES.items()}
        for number, name in enumerate(MAKERS):
            Automaker(
                self, name, self.products.of_maker(number), makers.markup, makers.price_adjustment, makers.stock_days
            )
        self.constants = Constants(
            xi=np.full(self.products.size, np.nan),
            zeta=np.zeros(self.places.size),
            used=np.zeros(GOODS),
            kappa=0.0,
            hazard=self.parameters.ownership.look_share,
        )
        self.carried_xi = np.full(self.products.size, np.nan)
        retention = tables.load("retention").pivot(index="kind", columns="age_bucket", values="retention_share")
        self.base_retention = retention.loc[list(KINDS), list(AGE_BUCKETS)].to_numpy(np.float64)
        self.base_used_price_kusd = (self.base_retention * self.cohorts.price_kusd[0][:, None]).reshape(-1)
        self.used_price_kusd = self.base_used_price_kusd.copy()
        self.expected_retention = np.full(len(KINDS), np.nan)

    def _build_population(self) -> None:
        scenario = self.parameters
        self.seats = seats_path(scenario, self.last_quarter)
        rows = scenario.run.consumers
        self.weight = float(self.seats[-1] / rows)
        stock = starting_stock(self.places, scenario, self.registration_ratio[0])
        lease = tables.load("lease_shares")
        self._leases = {group: rows_ for group, rows_ in lease.groupby("group")}
        columns = starting_columns(
            self.places, scenario, stock, rows, self.seats, self.seed, self._lease_share("other", 0)
        )
        self.consumers = Consumers(self, columns)
        self.add_columns(self.consumers)
        self.everyone = every_class(class_shares(self.places) * self.places.seats[:, None])
        self.lot = starting_lot(columns, round(scenario.ownership.dealer_stock_cars / self.weight))
        survival = tables.load("survival")["share_alive"].to_numpy(np.float64)
        hazard = ownership.quarterly_scrap_hazard(survival)
        self.base_hazard = np.append(hazard, np.full(OLDEST_QUARTERS + 1 - hazard.size, hazard[-1]))
        self.zone_of_row = columns["zone"].astype(np.int64)

    def _lease_share(self, group: str, quarter: int) -> float:
        rows = self._leases[group]
        return float(np.interp(quarter, [quarters.index(q) for q in rows["quarter"]], rows["share"]))

    # -- the phases of a quarter ------------------------------------------------------------------------

    def _turn_the_world(self) -> None:
        """1 World: prices of fuel, entrants wake, what is on offer."""
        self.consumers.wake(self.quarter)
        self.offers = self.products.at(self.quarter)
        self.prices = Prices(
            self.world.gasoline_usd_per_gallon(self.quarter),
            self.world.electricity_usd_per_kwh(self.quarter),
            self.world.public_charging_usd_per_kwh(self.quarter),
        )
        self.is_recorded = self.quarter <= self.origin
        if self.quarter == self.origin + 1:
            self.constants.hold(self._entrant_constants())

    def _scrap_cars(self) -> None:
        """2 Completions: cars are scrapped, dearer ones less (M20)."""
        holding = self.parameters.ownership
        self.cars_before = count_all_cars(self.consumers, self.lot)
        ratio = self.used_price_kusd / self.base_used_price_kusd
        good = good_of_car(np.arange(CAR_TYPES)[:, None], np.arange(OLDEST_QUARTERS + 1)[None, :])
        per_unit = ownership.scrap_probability(self.base_hazard, ratio[good], holding.scrap_elasticity, 1.0)
        if self.is_recorded:
            self.constants.scrap_scale = self._scrap_scale_for_record(per_unit)
        probability = np.minimum(1.0, per_unit * self.constants.scrap_scale)
        self.scrapped_rows = self.consumers.scrap(probability, stream_key(self.seed, Purpose.SCRAPPAGE, self.quarter))

    def _scrap_scale_for_record(self, per_unit: Floats) -> float:
        """Scale of scrappage with which seats that need a car match recorded sales and dealers keep their stock."""
        on_road = self.consumers.cars()[:CAR_TYPES]
        at_dealers = self.lot.car.size * self.weight
        aim = self.parameters.ownership.dealer_stock_cars
        carless = self.consumers.without_car().size * self.weight
        wanted = self.recorded.total[self.quarter] - carless + 0.5 * (at_dealers - aim)
        return float(np.clip(wanted / (self.weight * (on_road * per_unit).sum()), 0.1, 5.0))

    def _form_expectations(self) -> None:
        """3 Expectations: resale from last quarter's used prices (M18)."""
        year = max(0, self.quarter - 1) // quarters.QUARTERS_PER_YEAR
        observed = self.used_price_kusd.reshape(len(KINDS), -1)[:, _RESALE_BUCKET] / self.new_price_by_kind(year)
        self.expected_retention = adapted(self.expected_retention, observed, _RETENTION_GAIN)

    def new_price_by_kind(self, year: int) -> Floats:
        """Mean price of new cars by kind in a year counted from 2017, shape (kinds,)."""
        return np.asarray(self.cohorts.price_kusd[year])

    def _set_prices(self) -> None:
        """4 Prices of makers (M10)."""
        pack = self.pack_prices.usd_per_kwh(self.quarter)
        after = self.quarter > self.recorded_until
        factor = np.where(self.products.is_bev, self.parameters.makers.bev_price_factor, 1.0)
        self.new_price_kusd = np.empty(self.products.size)
        for maker in self.agents_by_type[Automaker]:
            own = maker.products
            recorded = self.products.recorded_price_kusd[self.quarter, own]
            if self.quarter > self.origin and not after:
                recorded = recorded * factor[own]
            maker.set_prices(
                MakerSensing(None if after else recorded, self.offers.pack_kwh[own] * pack / 1e3, factor[own])
            )
            self.new_price_kusd[own] = maker.price_kusd
        year = self.quarter // quarters.QUARTERS_PER_YEAR
        self.cohorts.price_kusd[year] = mean_by_kind(self.new_price_kusd, self.offers, self.cohorts.price_kusd[max(year - 1, 0)])
        self.credit_by_policy = {name: policy.amount_kusd(self.quarter) for name, policy in self.policies.items()}
        self.credit_kusd = sum(self.credit_by_policy.values(), start=np.zeros((1, 1, self.products.size)))

    def _serve_charging(self) -> None:
        """6 Charging service from last quarter's stocks (M4)."""
        ports = self.charging_graph.fast_ports_by_state(
            self.quarter - 1, self.parameters.charging.port_growth, self.recorded_until
        )
        self.charging_graph.zone_plugs, self.charging_graph.corridor_plugs = self.charging_graph.spread_ports(ports)
        self.access = perceived_access(self.charging_graph, self.places, self.parameters)

    def _clear_used_cars_and_choose(self) -> None:
        """7 and 8 Used prices clear on expected flows; to the origin constants are inverted (M1, M20, B4)."""
        buyers = self.parameters.buyers
        leased = self._leased_by_product()
        setting = Setting(
            price_kusd=self.new_price_kusd,
            credit_kusd=self.credit_kusd,
            availability=self.availability.at(self.quarter),
            retention=self.expected_retention,
            financing=valuation.financing_ratio(self.world.loan_rate(self.quarter), buyers.financed_share),
            resale_weight=buyers.resale_weight * (1.0 - leased) + (leased if buyers.resale_weight > 0 else 0.0),
        )
        self.terms = new_terms(
            self.products, self.offers, setting, self.access, self.prices, self.reference_gallons_per_mile, self.parameters
        )
        service = used_service(
            self.cohorts.running(self.quarter, self.parameters),
            self.base_retention.reshape(-1) * self.cohorts.price_rise_kusd(self.quarter), self.access, self.prices,
            self.reference_gallons_per_mile, self.parameters,
        )  # fmt: skip
        self.new_value, self.service = summed(self.terms), service
        self._meet(self.new_value, service)
        self.new_cars = NewCars(
            self.offers.kind, self.products.segment,
            self.outcome.served_new / np.maximum(self.outcome.flows.new, 1e-12), leased,
        )  # fmt: skip

    def _leased_by_product(self) -> Floats:
        bev = np.where(
            self.products.maker == MAKERS.index("Tesla"),
            self._lease_share("BEV_Tesla", self.quarter),
            self._lease_share("BEV_other_makers", self.quarter),
        )
        return np.where(self.products.is_bev, bev, self._lease_share("other", self.quarter))

    def _meet(self, new: Floats, service: Floats) -> None:
        """Bring the lookers of the quarter together with what is offered."""
        columns = self.consumers.columns
        self.present = Present(self.consumers.due(self.quarter), self.consumers.without_car())
        due, carless = self.present.due, self.present.carless
        good = good_of_car(columns["car"][due].astype(np.int64), columns["age_quarters"][due].astype(np.int64))
        kind_of = columns["buyer_class"].astype(np.int64)
        self.lookers = count_lookers(
            self.zone_of_row[due], kind_of[due], good, self.zone_of_row[carless], kind_of[carless], self.weight
        )
        holding = self.parameters.ownership
        stock = self.lot.by_good() * self.weight
        values = values_for(
            self.lookers, new, service, self._listings(stock), self.places.size, self.products, self.nests, self.parameters
        )
        self.market = VehicleMarket(
            self.lookers, values, self.nests, self.alphas, self.products.is_bev, BEV_GOOD,
            self.lookers.group_code // (new.shape[1] * new.shape[2]), 1.0 - holding.dealer_margin, holding.transaction_kusd,
        )  # fmt: skip
        used = UsedSide(stock, self._stock_target(stock), self._used_caps(), holding.price_step)
        if self.is_recorded:
            self._invert(used)
        else:
            constants = replace(self.constants, hazard=min(1.0, self.constants.hazard * self.parameters.world.market_index))
            self.hazard = constants.hazard
            self.outcome = self.market.clear(used, self.used_price_kusd, constants, self.limits[self.quarter])
        self.used_price_kusd = self.outcome.used_price_kusd

    def _listings(self, stock: Floats) -> Floats:
        """Cars of each good that may be for sale: those at dealers and those of lookers but for the usual keepers."""
        holding = self.parameters.ownership
        due = np.bincount(self.lookers.kind_good, self.lookers.due, minlength=GOODS)
        listed = stock + (1.0 - holding.keep_share) * self.constants.hazard * due
        return np.maximum(listed, _ONE_IN_A_MILLION) if self.quarter < BASE_YEAR_QUARTERS else listed

    def _stock_target(self, stock: Floats) -> Floats:
        """Cars dealers want of each good: days of the trade-ins expected if all lookers acquired (M20)."""
        looking = np.bincount(self.lookers.kind_good, self.lookers.due, minlength=GOODS) * self.constants.hazard
        total = self.parameters.ownership.dealer_stock_cars * self.seats[self.quarter + 1] / self.seats[0]
        return np.asarray(total * looking / max(looking.sum(), self.weight))

    def _used_caps(self) -> Floats:
        """Highest used prices: near the net price of the cheapest comparable new product (M20)."""
        credit = self.credit_kusd.mean(axis=(0, 1))
        cars = count_all_cars(self.consumers, self.lot)
        return used_caps(self.new_price_kusd - credit, self.offers, self.products.segment, cars)

    def _invert(self, used: UsedSide) -> None:
        """Find this quarter's constants; in the base year also what is fixed there for good (B4)."""
        base_year = self.quarter < BASE_YEAR_QUARTERS
        record = Recorded(
            sales=self.recorded.cars[self.quarter],
            limit=self.limits[self.quarter],
            carried_xi=self.carried_xi,
            base_year=base_year,
            keep_share=self.parameters.ownership.keep_share,
            petrol=self.products.powertrain == ICE,
            used_level=(self.base_used_price_kusd, float(self.used_level[self.quarter])),
        )
        constants = self.constants
        rounds = 4 if self.quarter == 0 else 1
        for _ in range(rounds):
            self.outcome = self.market.invert(used, self.used_price_kusd, constants, record)
            constants.zeta = constants.zeta + self._zeta_step()
        self.hazard = constants.hazard
        unlimited = np.isinf(record.limit) & ~np.isnan(constants.xi)
        self.carried_xi = np.where(unlimited, constants.xi, self.carried_xi)
        constants.remember()
        if self.quarter == BASE_YEAR_QUARTERS - 1:
            constants.fix_base_year(record.sales * record.petrol)

    def _zeta_step(self) -> Floats:
        """Change of the zones' constants towards recorded registrations, for buyers of all classes (B4)."""
        target = self.registration_ratio[min(quarters.year(self.quarter) - quarters.FIRST_YEAR, len(self.registration_ratio) - 1)]
        share = self.bev_share_of_zones()
        return zeta_step(share, target, self.places.seats, self.alphas)

    def _everyone_market(self) -> VehicleMarket:
        values = values_for(
            self.everyone, self.new_value, self.service, np.ones(GOODS), self.places.size, self.products, self.nests,
            self.parameters,
        )
        zone_of_group = np.arange(self.places.size).repeat(GROUPS)
        return VehicleMarket(
            self.everyone, values, self.nests, self.alphas, self.products.is_bev, BEV_GOOD, zone_of_group, 1.0, 0.0
        )

    def _entrant_constants(self) -> Floats:
        """Constants of products without a record: their maker's or their powertrain's mean and keyed luck (B4)."""
        luck = ndtri(uniforms(stream_key(self.seed, Purpose.ENTRANT_PRODUCT, 0), np.arange(self.products.size)))
        mean = entrant_means(self.constants.history, self.products.maker, self.products.powertrain)
        return mean + self.parameters.ownership.entrant_sd_kusd * luck

    def _carry_out_choices(self) -> None:
        """8 Draws: cars change hands; makers deliver; money is posted (M1, M11, M20)."""
        self.lot_before = self.lot.car.size
        self.cars_at_trade = count_all_cars(self.consumers, self.lot)
        self.trades = trade(
            self.consumers, self.lot, self.present, self.lookers, self.outcome.flows, self.nests, self.new_cars,
            self.parameters.ownership, self.hazard, self.seed, self.quarter,
        )  # fmt: skip
        self.deliveries = np.zeros(self.products.size)
        self.built = np.zeros(self.products.size)
        self.maker_stock_before = sum(float(maker.stock_cars.sum()) for maker in self.agents_by_type[Automaker])
        for maker in self.agents_by_type[Automaker]:
            own = maker.products
            orders = MakerOrders(self.outcome.flows.new[own], self.limits[self.quarter, own])
            self.deliveries[own], self.built[own] = maker.deliver(orders)

    def _close_books_and_record(self) -> None:
        """13 Ledger and recorder; then every car is a quarter older."""
        check_choices(self)
        close_books(self)
        write_quarter(self)
        self.consumers.do("grow_older")
        self.lot.grow_older(OLDEST_QUARTERS)

    # -- questions others ask ---------------------------------------------------------------------------

    @property
    def incomes(self) -> int:
        """Number of income classes."""
        return len(INCOMES)

    def income_of_row(self, rows: Ints) -> Ints:
        """Income class of rows."""
        return np.asarray(self.consumers.columns["buyer_class"][rows].astype(np.int64) // (HOMES * TASTES))

    def bev_share_of_zones(self) -> Floats:
        """Battery-car share of new cars in every zone for buyers of all its classes, shape (zones,)."""
        return self._everyone_market().bev_share_by_zone(self.constants, self.places.size)
