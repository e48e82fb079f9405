"""The auditor of a run: keeps what a quarter must start from, and closes every account against figures of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.makers.automaker import Automaker
from market.audit import cars, cells, chargers, plans, storage
from market.audit.line_record import LineRecord
from market.audit.reckoned import Reckoned
from market.audit.statutory import Statutory
from market.base.categories import MAKERS, PHEV
from market.base.ledger import Ledger
from market.buyers.parameters import Ownership
from market.cells.allocation import CellMarket, CellQuarter
from market.cells.lines import SELLERS
from market.cells.parameters import Cells
from market.charging.parameters import Charging
from market.charging.sector import ChargingSide
from market.conversion.line_change import LineChange
from market.exogenous.prices import World
from market.fleet.fleet import Fleet
from market.fleet.traded import Traded
from market.makers.offering import Offering
from market.makers.parameters import Plans
from market.makers.programmes import Programmes
from market.makers.proof_choices import OPERATORS, PROVERS, ProofChoices
from market.policies.parameters import Policy
from market.power.parameters import Storage
from market.power.sector import PowerSide
from market.vehicles.products import Products

_GWH = 1e6  # kWh


@dataclass(frozen=True)
class Terms:
    """Parameters that accounts are reckoned by."""

    policy: Policy
    cells: Cells
    storage: Storage
    ownership: Ownership
    charging: Charging
    plans: Plans
    origin: int
    seed: int


class Auditor:
    """Reckons a quarter anew and compares.

    Kept as the last quarter left them: ``lines``; ``cell_stock``, (makers, chemistries); ``car_stock``, (products,);
    ``storage``.
    """

    def __init__(
        self, terms: Terms, products: Products, world: World, cell_market: CellMarket, power: PowerSide
    ) -> None:
        given = terms.cells
        self._terms = terms
        self._products = products
        self._world = world
        self._law = Statutory(terms.policy, products, terms.origin)
        plants = [name for name, *_ in cell_market.plants]
        self._eligible = cells.EligibleLines(plants, cell_market.lines.plant)
        self._change_costs = plans.ChangeCosts(cell_market.lines, given, terms.seed)
        life = round(terms.storage.life_years * QUARTERS_PER_YEAR)
        self.lines = LineRecord.of(cell_market.lines)
        self.cell_stock: Floats = cell_market.stock
        self.car_stock: Floats = np.zeros(products.size)
        self.storage = storage.StorageMemory(power.regions.names, power.regions.installed_gwh.copy(), life)

    def cars(
        self, ledger: Ledger, reckoned: Reckoned, fleet: Fleet, makers: Sequence[Automaker], offering: Offering,
        traded: Traded, stocks: cars.Stocks, wanted: Floats, used_price_kusd: Floats, quarter: int,
    ) -> None:  # fmt: skip
        """Check cars and count what buyers, automakers, dealers and governments pay and get."""
        trade = cars.CarTrade.counted(fleet, traded)
        ledger.about("new cars: built, stocked, delivered within recorded limits and demand; markups")
        cars.check_stocks(ledger, self._products, stocks, wanted)
        cars.check_markups(ledger, makers, offering, trade.new)
        ledger.about("credits on cars against the amounts and caps of federal and state law")
        cars.check_credits(ledger, offering, self._law, quarter)
        cars.reckon_new_cars(reckoned, makers, offering, trade, quarter)
        cars.reckon_credits(reckoned, offering, traded)
        cars.reckon_used_cars(reckoned, trade, used_price_kusd, self._terms.ownership.dealer_margin)
        self.car_stock = stocks.after

    def plans(self, reckoned: Reckoned, programmes: Programmes, proofs: ProofChoices, quarter: int) -> None:
        """Count what automakers pay for model programs, and they and operators for proof."""
        if self._terms.plans.programmes:
            plans.reckon_programmes(reckoned, programmes, self._products, self._terms.plans, quarter)
        plans.reckon_proof(reckoned, proofs.cost_musd, float(proofs.operator_cost_musd.sum()), PROVERS, OPERATORS)

    def charging(
        self, ledger: Ledger, reckoned: Reckoned, side: ChargingSide, price_usd_per_kwh: float, quarter: int
    ) -> None:
        """Count what drivers pay operators and these pay on, and hold grants to the law."""
        ledger.about("grants for chargers against the law and its budgets")
        chargers.reckon_charging(ledger, reckoned, side, self._terms.charging, price_usd_per_kwh, quarter)

    def batteries(
        self, ledger: Ledger, reckoned: Reckoned, market: CellMarket, power: PowerSide, done: CellQuarter,
        changes: Sequence[LineChange], built: Floats, pack_kwh: Floats, quarter: int,
    ) -> Floats:  # fmt: skip
        """Check lines, cells and storage, count their money; returns what sellers earn on cells, M$, (sellers,)."""
        given, policy, names = self._terms.cells, self._terms.policy, self._eligible.names
        ledger.about("lines by status and dates: none produces while dark, none beyond size and yield")
        cells.check_lines(ledger, self.lines, done, names, given, quarter)
        earns = self._eligible.at(quarter, foreign_entity_rule=policy.at(quarter).foreign_entity_rule)
        found = cells.figures(
            done, self.lines, earns, self._needed(built, pack_kwh), (self.cell_stock, market.stock), quarter
        )
        ledger.about("energy: cells begun, scrapped, stocked, in packs of cars built, bought, in storage")
        cells.check_energy(ledger, done, found)
        ledger.about("cost of cells and lines from output, size, status and prices; 45X by the law")
        earned = cells.reckon_cells(
            ledger, reckoned, done, found, cells.costs_musd(found, self.lines, given, self._world, quarter),
            market.costs, self._law.production_usd_per_kwh(quarter), policy.credit_transfer_price,
            given.credit_pass_through, quarter,
        )  # fmt: skip
        plans.reckon_changes(ledger, reckoned, changes, self.lines, self._change_costs, names)
        earned = earned + self._contracts(ledger, reckoned, power, done, market, quarter)
        self.lines, self.cell_stock = LineRecord.of(market.lines), market.stock
        return np.asarray(earned)

    def _contracts(
        self, ledger: Ledger, reckoned: Reckoned, power: PowerSide, done: CellQuarter, market: CellMarket, quarter: int
    ) -> Floats:
        """Check storage contracts and count their money; returns sellers' revenue, M$, (sellers,)."""
        given, costs = self._terms.storage, market.costs
        contracts = [*power.book.open, *power.book.closed]
        deliveries = self.storage.since(contracts, quarter)
        ledger.about("storage contracts: due, delivered, short, refused; cells of sellers; each region's storage")
        storage.check_deliveries(ledger, deliveries, done.for_storage)
        storage.check_regions(ledger, self.storage, deliveries, power.installed_gwh, quarter)
        terms = storage.StorageTerms(
            costs.import_price_usd_per_kwh(quarter), costs.third_country_price_usd_per_kwh(quarter),
            self._world.lithium_usd_per_kg(quarter), given.damages_share, given.take_or_pay_share,
        )  # fmt: skip
        revenue, credits_musd = storage.reckon_storage(reckoned, deliveries, terms)
        ledger.about("revenue of storage sellers, and the investment credit by the law and by contract")
        ledger.each_equal(
            "revenue from storage, booked and by contracts, M$", SELLERS, power.book.revenue_musd, revenue
        )
        ledger.equal("investment credits, booked and by contracts, M$", power.book.credits_musd, credits_musd)
        lost = given.at(quarter).foreign_content
        storage.check_credit_shares(ledger, contracts, self._law, lost, quarter)
        return revenue

    def _needed(self, built: Floats, pack_kwh: Floats) -> Floats:
        """Cells in the plug-in cars built by automaker, GWh, (makers,)."""
        packs = np.where(self._products.powertrain >= PHEV, built * pack_kwh, 0.0)
        return np.array([packs[self._products.maker == maker].sum() for maker in range(len(MAKERS))]) / _GWH

    def profits(self, ledger: Ledger, booked: tuple[Floats, Floats], reckoned: tuple[Floats, Floats]) -> None:
        """Compare earnings booked and reckoned, M$: on cells, (sellers,), and on cars, (makers,)."""
        ledger.about("earnings of automakers and cell sellers that their capital budgets count on")
        ledger.each_equal("earnings on cells, booked and reckoned, M$", SELLERS, booked[0], reckoned[0])
        ledger.each_equal("earnings on cars, booked and reckoned, M$", MAKERS, booked[1], reckoned[1])

    def car_profit_musd(
        self, makers: Sequence[Automaker], offering: Offering, delivered: Floats, quarter: int
    ) -> Floats:
        """What automakers earn on cars, M$, (makers,)."""
        return cars.car_profit_musd(makers, offering, delivered, quarter)
