"""The sectors of a market, built from a scenario, and the state that phases of a quarter pass on."""

from abc import abstractmethod
from collections.abc import Collection, Mapping

import numpy as np

from agents.arrays import Floats
from agents.population.columnar import ColumnarModel
from market.audit.auditor import Auditor, Terms
from market.base import quarters, tables
from market.base.categories import KINDS
from market.base.clock import Clock
from market.base.ledger import Ledger
from market.base.object_edits import moved
from market.base.object_pairs import Array
from market.base.object_restore import StateError, restore
from market.buyers.calibration import Record
from market.buyers.decomposition import Explanation
from market.buyers.demand import every_class
from market.buyers.order_books import OrderBooks
from market.buyers.used_market import UsedMarket
from market.buyers.utility_terms import Prices
from market.buyers.valuation import Valuation
from market.buyers.waiting import WaitingBuyers
from market.cells.allocation import CellMarket, CellQuarter
from market.cells.costs import CellCosts
from market.charging.access import NetworkAccess
from market.charging.graph import ChargingGraph, build_graph, contract
from market.charging.perceived_access import Access
from market.charging.sector import ChargingSide
from market.conversion.line_decisions import LineDecisions
from market.exogenous.prices import World
from market.exogenous.zones import read_places
from market.fleet.drawn import DrawnFleet
from market.fleet.expected import ExpectedFleet
from market.fleet.fleet import Fleet
from market.fleet.population import class_shares, starting_stock
from market.makers.announced_cut import AnnouncedCut
from market.makers.forecasts import MakerForecasts
from market.makers.offering import Offering
from market.makers.planning import Planning
from market.makers.programmes import Programmes
from market.makers.proof_choices import ProofChoices
from market.outcomes.setting import outcome_setting
from market.plugins import Plugins
from market.policies.registry import POLICIES
from market.power.grid import Grid
from market.power.regions import PowerRegions
from market.power.sector import PowerSide
from market.recorder import Recorder
from market.rules import Rules
from market.scenario import Scenario
from market.state import CarQuarter, Clearing, StocksBefore
from market.trust.beliefs import Stakes, TrustState
from market.vehicles.products import Products


class Sectors(ColumnarModel):
    """All sectors of a run and where they stand; the schedule that moves them is that of ``market.model.Market``.

    ``quarter`` counts from 0 for 2017Q1 and is -1 before the first. What phases of a quarter hand on to later ones:
    ``prices`` of fuel, stocks ``before`` trade, cells made (``cell_quarter``), true and perceived charging
    (``true_charging_success``, (zones, networks), and ``access``), the car market ``clearing`` and then ``now``, when
    cars have changed hands, and ``zone_bev_share``, (zones,), expected among new cars.
    """

    prices: Prices
    before: StocksBefore
    cell_quarter: CellQuarter
    true_charging_success: Floats
    access: Access
    clearing: Clearing
    now: CarQuarter
    zone_bev_share: Floats

    def __init__(
        self, parameters: Scenario, seed: int, rules: Rules, plugins: Plugins, record: Collection[str]
    ) -> None:
        self.seed = seed
        super().__init__(rng=seed)
        self.parameters = parameters
        self.rules = rules
        self._plugins = plugins
        self.quarter = -1
        self.last_quarter = quarters.index(self.parameters.run.last_quarter)
        self.origin = quarters.index(self.parameters.run.origin)
        self.recorded_until = quarters.index(self.parameters.run.recorded_until)
        self.alphas = self.parameters.alphas()
        self.ledger = Ledger()
        self.recorder = Recorder(record)
        self._build_places()
        self._build_offering()
        self._build_power_side()
        self._build_trust()
        self._build_buyers()
        self._build_fleet()
        given, miles = self.parameters, self.parameters.buyers.miles_per_year
        setting = (given.operators, given.charging, given.policy, miles, self.charging_graph, self.clock)
        self.charging_side = ChargingSide(self, *setting)
        self.network_access = NetworkAccess(given.charging, self.recorded_until)
        self.proofs = ProofChoices(
            self.trust, self.charging_side, self.products, alpha_powertrain=self.alphas.powertrain,
            margin_share=1.0 - given.operators.variable_cost_share,
            captive_margin_kusd=given.operators.captive_margin_kusd,
        )  # fmt: skip
        plants = tuple(plant.name for plant in self.plants)
        self.outcomes = outcome_setting(self.places, self.products, self.last_quarter, plants)
        self.auditor = self._make_auditor()
        self._adopt_rules()

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

    # Saving where they stand

    @abstractmethod
    def as_built(self) -> "Sectors":
        """The same before its first quarter."""

    def state(self) -> dict[str, Array]:
        """All that has moved since the market was built, as named arrays.

        Raises CannotBeKeptError if a rule or policy of a user's own keeps what no array or record can hold.
        """
        built = self.as_built()
        try:
            return moved(built, self)
        finally:
            built.release()

    def restore(self, state: Mapping[str, Array]) -> None:
        """Bring a market that has not been stepped to where another stood, whose arrays become its own.

        The other had the same parameters, but for those that act later only. Raises StateError if the state does not
        fit, and the market is then of no use.
        """
        if self.quarter >= 0:
            raise StateError("a state is restored into a market that has not been stepped")
        restore(self, state)

    # Building them

    def _build_places(self) -> None:
        graph = build_graph(tables.load("zones"), tables.load("corridors"))
        joined = None
        if self.parameters.run.fast_graph:
            graph, joined = contract(graph)
        self.places = read_places(joined)
        self.charging_graph = ChargingGraph(graph, tables.load("zone_states"), tables.load("fast_sites"), joined)
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
            purchase_policies={**POLICIES, **self._plugins.policies},
        )  # fmt: skip
        self.nests = self.offering.nests
        self.makers = self.offering.make_makers(self)
        self.planning = self._make_planning()

    def _make_planning(self) -> Planning:
        given, maker = self.parameters, self.products.maker
        forecasts = MakerForecasts(given.plans, maker, given.makers.initial_optimism, given.buyers.alpha_powertrain)
        programmes = Programmes(
            given.plans, self.products, forecasts, max(self.origin, self.recorded_until),
            variety_elasticity=given.buyers.variety_elasticity, counts_cells=given.channels.programmes,
        )  # fmt: skip
        return Planning(self.products.is_bev, forecasts, programmes)

    def _build_power_side(self) -> None:
        self.has_power_side = self.parameters.cells.power_side
        given = self.parameters
        costs = CellCosts(given.cells, given.storage, given.policy, self.world, self.origin, self.last_quarter)
        self.cells = CellMarket(
            given.cells, costs, self.products, self.origin, policy=given.policy, channels=given.channels
        )
        if self.has_power_side and given.channels.capital_budget:
            self.planning.programmes.budget = self.cells.budget
        self.grid = Grid(given.grid, PowerRegions(given.storage), self.places.power_region, self.origin)
        self.power = PowerSide(self, given.storage, self.cells, self.world, self.grid, self.origin)
        self.plants = self.cells.make_plants(self, self.makers)
        self.line_decisions = LineDecisions(self.cells, self.power, self.plants, self.seed, self.planning.for_lines)

    def _build_trust(self) -> None:
        given, buyers = self.parameters, self.parameters.buyers
        kept = buyers.resale_weight * (1.0 + buyers.discount_rate) ** -buyers.resale_years
        stakes = Stakes(
            given.ownership.battery_loss_kusd, kept, buyers.resale_years, buyers.horizon_years, buyers.miles_per_year
        )
        self.trust = TrustState(
            given.trust, self.charging_graph.roads, self.products, self.places.seats,
            plug_success=(given.charging.captive_plug_success, given.charging.plug_success),
            trouble_share=given.ownership.battery_trouble_share,
            stakes=stakes, seed=self.seed if given.world.shocks else None,
        )  # fmt: skip

    def _build_buyers(self) -> None:
        p, offering = self.parameters, self.offering
        limited_until = self.recorded_until if p.run.limits == "recorded" else self.origin
        self.record = Record(
            self.products, self.places, p.ownership, p.constants, p.run.constants, self.last_quarter,
            self.recorded_until, limited_until,
        )  # fmt: skip
        self.order_books = OrderBooks(p.ownership, self.products.size)
        cohorts = offering.cohorts
        self.used_market = UsedMarket(p.buyers, p.ownership, self.products, cohorts.price_kusd, self.origin)
        self.used_price_kusd: Floats = self.used_market.base_price_kusd
        self.expected_retention = np.full(len(KINDS), np.nan)
        self.valuation = Valuation(
            p.buyers, p.charging, p.ownership, self.products, self.nests, self.alphas, self.places.size,
            cohorts, self.products.reference_gallons_per_mile(), self.rules.choice,
        )  # fmt: skip
        self.waiting = WaitingBuyers(
            self.products, self.nests, self.alphas, p.buyers.income_elasticity, p.trust.waiting_sensitivity
        )
        self.everyone = every_class(class_shares(self.places) * self.places.seats[:, None])
        self.explanation = self.new_explanation()

    def new_explanation(self) -> Explanation:
        """A decomposition of the BEV share that has seen nothing yet."""
        return Explanation(self.nests, self.alphas, self.products.is_bev, self.places.size, self.rules.choice)

    def _build_fleet(self) -> None:
        p, buyers = self.parameters, self.parameters.buyers
        ratio = self.record.registration_ratio[0]
        stock = starting_stock(self.places, ratio, buyers.taste_sd_kusd, buyers.alpha_powertrain)
        lease_share = self.offering.leases.of_group("other", 0)
        setting = (self.places, stock, p.ownership, p.trust.return_hazard, self.last_quarter, lease_share)
        if p.run.mean_field:
            self.fleet: Fleet = ExpectedFleet(*setting)
            return
        self.fleet = drawn = DrawnFleet(self, p.run.consumers, self.seed, *setting)
        self.add_columns(drawn.consumers)

    def _make_auditor(self) -> Auditor:
        p = self.parameters
        groups = (p.policy, p.cells, p.storage, p.ownership, p.charging, p.plans)
        terms = Terms(*groups, origin=self.origin, seed=self.seed)
        return Auditor(terms, self.products, self.world, self.cells, self.power)

    def _adopt_rules(self) -> None:
        """Hand every agent the rule it decides by."""
        self.offering.pricing.rule = self.rules.prices
        self.planning.programmes.rule = self.rules.programmes
        self.proofs.rule = self.rules.proofs
        for plant in self.plants:
            plant.rule = self.rules.lines
        for operator in self.charging_side.network.operators:
            operator.rule = self.rules.operators
        for utility in self.power.utilities:
            utility.rule = self.rules.utilities
        for developer in self.power.developers:
            developer.rule = self.rules.developers
