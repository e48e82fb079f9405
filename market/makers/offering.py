"""New vehicles on offer in a quarter: products, prices, credits, availability (M2, M10)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from agents.arrays import Floats
from agents.buyers import valuation
from agents.buyers.choice import Alphas
from agents.calendar import QUARTERS_PER_YEAR
from agents.makers.automaker import Automaker, MakerRules
from agents.makers.sensing import MakerOrders, MakerSensing
from market.base.categories import GOODS, INCOMES, MAKERS
from market.base.clock import Clock
from market.buyers.offer_values import Cohorts, Setting, mean_by_kind
from market.cells.own_cells import OwnCells
from market.exogenous.prices import World
from market.exogenous.zones import Places
from market.makers.announced_cut import AnnouncedCut
from market.makers.makers_quarter import MakersQuarter, mean_credit_kusd
from market.makers.price_setting import PriceSetting, SeenMarket
from market.makers.vehicle_costs import VehicleCosts
from market.policies.instrument import PolicySetting, PurchaseCredit
from market.policies.parameters import Policy
from market.policies.registry import MAKER_POLICIES, USED_POLICIES
from market.vehicles import recorded_sales
from market.vehicles.leases import LeaseShares
from market.vehicles.pack_prices import PackPrices
from market.vehicles.parameters import Makers
from market.vehicles.products import Products

_AHEAD_QUARTERS = QUARTERS_PER_YEAR  # how far on announced credits are read: what comes in a year stays


class Offering:
    """The new-vehicle side of a run; ``price_kusd``, ``credit_kusd`` and ``offers`` are those of the quarter open.

    ``used_credit_kusd``: credits on used cars, (incomes, goods); ``margin_beyond_price_kusd``: (products,) what rules
    make a sale worth to its automaker beyond the price.

    ``cell_adder_usd_per_kwh``: (makers,) what an automaker's packs cost more than the world's; written by the cell
    market, nothing without it (R5). ``models_added``: (products,) models that programs brought on sale (M15).
    """

    def __init__(
        self, clock: Clock, makers: Makers, policy: Policy, places: Places, products: Products, world: World,
        alphas: Alphas, cut: AnnouncedCut, *, financed_share: float, resale_weight: float,
        purchase_policies: Mapping[str, type[PurchaseCredit]],
    ) -> None:  # fmt: skip
        self._makers = makers
        self._cut = cut
        self._financed_share = financed_share
        self._resale_weight = resale_weight
        self._origin = clock.origin
        self._recorded_until = clock.recorded_until
        self.products = products
        self.nests = products.nests()
        self.availability = recorded_sales.Availability(products, places)
        self.cohorts = Cohorts(products, clock.last)
        self.pack_prices = PackPrices(makers, clock.recorded_until, world)
        self.vehicle_costs = VehicleCosts(makers, products.is_bev, clock.recorded_until)
        setting = PolicySetting(policy, places, products, clock.origin)
        self.policies = {name: make(setting) for name, make in purchase_policies.items()}
        self.used_policies = {name: make(policy, clock.origin) for name, make in USED_POLICIES.items()}
        self.maker_policies = {name: make(setting) for name, make in MAKER_POLICIES.items()}
        self.leases = LeaseShares(products)
        self.offers = self.products.at(0)
        self.cell_adder_usd_per_kwh: Floats = np.zeros(len(MAKERS))
        self.models_added: Floats = np.zeros(self.products.size)
        self.price_kusd: Floats = np.zeros(self.products.size)
        self.pricing = PriceSetting(self.products.maker, self.nests, alphas)
        self.cut_kusd = 0.0
        self.credit_by_policy: dict[str, Floats] = {}
        self.credit_kusd: Floats = np.zeros((1, 1, self.products.size))
        self.used_credit_by_policy: dict[str, Floats] = {}
        self.used_credit_kusd: Floats = np.zeros((len(INCOMES), GOODS))
        self.margin_beyond_price_kusd: Floats = np.zeros(self.products.size)

    def make_makers(self, model: Any) -> list[Automaker]:
        """The automakers as Mesa agents with their products, in the order of ``MAKERS``."""
        given = self._makers
        rules = MakerRules(given.price_adjustment, given.stock_days, given.incentive_days, given.most_incentive)
        return [Automaker(model, name, self.products.of_maker(place), rules) for place, name in enumerate(MAKERS)]

    @property
    def net_price_kusd(self) -> Floats:
        """Prices less the mean credit on each product, shape (products,)."""
        return np.asarray(self.price_kusd - self.credit_kusd.mean(axis=(0, 1)))

    def open(self, quarter: int, used_price_kusd: Floats) -> None:
        """Put the products of a quarter on offer, with the policies in force; used prices, (goods,), are the last."""
        self.offers = self.products.at(quarter)
        if quarter > self._origin:
            self.offers = replace(self.offers, effective_models=self.offers.effective_models + self.models_added)
        self.credit_by_policy = {name: policy.amount_kusd(quarter) for name, policy in self.policies.items()}
        none = np.zeros((1, 1, self.products.size))
        self.credit_kusd = sum(self.credit_by_policy.values(), start=none)
        self.used_credit_by_policy = {
            name: policy.amount_kusd(quarter, used_price_kusd) for name, policy in self.used_policies.items()
        }
        self.used_credit_kusd = sum(self.used_credit_by_policy.values(), start=np.zeros((len(INCOMES), GOODS)))
        rules = (policy.rate(quarter) for policy in self.maker_policies.values())
        self.margin_beyond_price_kusd = sum(rules, start=np.zeros(self.products.size))

    def set_prices(self, makers: Iterable[Automaker], quarter: int) -> None:
        """Let every automaker set its prices (M10); the year's mean by kind is remembered for used cars."""
        self.cut_kusd = self._cut.kusd if quarter > self._origin and quarter >= self._cut.comes else 0.0
        shown = {maker: self._shown(maker, quarter) for maker in makers}
        best = np.full(self.products.size, np.nan)
        if quarter > self._recorded_until:
            cost, start = np.zeros(self.products.size), np.zeros(self.products.size)
            for maker, sees in shown.items():
                cost[maker.products] = maker.effective_cost(sees)
                start[maker.products] = maker.list_price_kusd / sees.price_factor
            best = self.pricing.best_prices_kusd(cost, start)
        for maker, sees in shown.items():
            maker.set_prices(sees, best[maker.products])
            self.price_kusd[maker.products] = maker.price_kusd
        year = quarter // QUARTERS_PER_YEAR
        means = self.cohorts.price_kusd
        means[year] = mean_by_kind(self.price_kusd, self.offers, means[max(year - 1, 0)])

    def _shown(self, maker: Automaker, quarter: int) -> MakerSensing:
        """What an automaker sees before it sets prices."""
        own = maker.products
        has_lever = self.products.is_bev[own] & (quarter > self._origin)
        factor = np.where(has_lever, self._makers.at(quarter).bev_price_factor, 1.0)
        recorded = None
        if quarter <= self._recorded_until:
            recorded = self.products.recorded_price_kusd[quarter, own] * factor
        pack = self.pack_prices.usd_per_kwh(quarter) + self.cell_adder_usd_per_kwh[self.products.maker[own]]
        change = self.vehicle_costs.change_kusd(maker.cost_without_pack_kusd, own, quarter)
        return MakerSensing(
            recorded, self.offers.pack_kwh[own] * pack / 1e3, factor, self.cut_kusd * self.products.is_bev[own],
            self.margin_beyond_price_kusd[own], change,
        )  # fmt: skip

    def observe_demand(self, makers: Iterable[Automaker], seen: SeenMarket, quarter: int) -> None:
        """Let automakers see who bought at the prices of the quarter; while there are data that reveals their cost."""
        self.pricing.see(seen)
        if quarter > self._recorded_until:
            return
        shown = {maker: self._shown(maker, quarter) for maker in makers}
        best = self.price_kusd.copy()
        for maker, sees in shown.items():
            best[maker.products] = maker.list_price_kusd / sees.price_factor
        markup = self.pricing.revealed_markup_kusd(best)
        for maker, sees in shown.items():
            maker.back_out_cost(sees, markup[maker.products])

    def planners_see(
        self, clock: Clock, makers: Iterable[Automaker], demand_cars: Floats, cells: OwnCells | None
    ) -> MakersQuarter:
        """What automakers see when they plan models; up to the origin no law to come. ``demand_cars``: (products,)."""
        now = mean_credit_kusd(self.credit_kusd, self.products.is_bev)
        coming = now
        if not clock.is_recorded:
            expected = self.expected_credit_kusd(clock.quarter, _AHEAD_QUARTERS)
            coming = mean_credit_kusd(expected, self.products.is_bev)
        margin = np.zeros(self.products.size)
        for maker in makers:
            own = maker.products
            margin[own] = maker.price_kusd + self.margin_beyond_price_kusd[own] - maker.cost_kusd
        return MakersQuarter(clock.quarter, demand_cars, self.offers, self.models_added, margin, now, coming, cells)

    def announced_fall_kusd(self, quarter: int, ahead: int) -> float:
        """Fall of BEV prices within so many quarters that automakers have announced, k$ (M3)."""
        return self._cut.coming_kusd(quarter, ahead)

    def expected_credit_kusd(self, quarter: int, ahead: int) -> Floats:
        """Credits that buyers expect so many quarters on, k$, shape (zones or 1, incomes, products) (M18)."""
        none = np.zeros((1, 1, self.products.size))
        return sum((policy.expected_kusd(quarter, ahead) for policy in self.policies.values()), start=none)

    def price_by_kind(self, quarter: int) -> Floats:
        """Mean price of new cars by kind in the year of a quarter, k$, shape (kinds,)."""
        return np.asarray(self.cohorts.price_kusd[max(quarter, 0) // QUARTERS_PER_YEAR])

    def deliver(
        self, makers: Iterable[Automaker], demand: Floats, limit: Floats, quarter: int
    ) -> tuple[Floats, Floats]:
        """Cars delivered and built by product, each shape (products,), from demand and limits (M11)."""
        delivered, built = np.zeros(self.products.size), np.zeros(self.products.size)
        for maker in makers:
            own = maker.products
            delivered[own], built[own] = maker.deliver(MakerOrders(demand[own], limit[own]))
        self.vehicle_costs.see(delivered, quarter)
        return delivered, built

    def setting(self, quarter: int, retention: Floats, loan_rate: float) -> Setting:
        """What values depend on besides the products; lessees count expected resale in full (M6)."""
        leased = self.leases.by_product(quarter) if self._resale_weight > 0 else 0.0
        return Setting(
            price_kusd=self.price_kusd,
            credit_kusd=self.credit_kusd,
            availability=self.availability.at(quarter),
            retention=retention,
            financing=valuation.financing_ratio(loan_rate, self._financed_share),
            resale_weight=np.asarray(self._resale_weight * (1.0 - leased) + leased),
        )
