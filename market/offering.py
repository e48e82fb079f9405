"""New vehicles as buyers meet them in a quarter: products, prices, credits, where they are sold (M2, M10)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from agents import valuation
from agents.arrays import Floats
from agents.automaker import Automaker, MakerRules
from agents.calendar import QUARTERS_PER_YEAR
from agents.row_codes import Counts
from agents.sensing import MakerOrders, MakerSensing
from market import history, quarters, tables
from market.offer_values import Cohorts, Setting, mean_by_kind, price_weight
from market.pack_prices import PackPrices
from market.places import Places
from market.policies.instrument import PolicySetting
from market.policies.table import MAKER_POLICIES, POLICIES, USED_POLICIES
from market.price_setting import PriceSetting, SeenMarket
from market.products import Products
from market.scenario import Scenario
from market.used_prices import used_caps
from market.vocabulary import GOODS, INCOMES, MAKERS
from market.world import World

if TYPE_CHECKING:
    from market.model import Market


class Offering:
    """The new-vehicle side of a run; ``price_kusd``, ``credit_kusd`` and ``offers`` are those of the quarter open.

    ``used_credit_kusd``: credits on used cars, (incomes, goods); ``margin_beyond_price_kusd``: (products,) what rules
    make a sale worth to its maker beyond the price.

    What cells do to makers (M13, M14): ``cell_adder_usd_per_kwh`` on their packs and ``models_kept``, the share of
    battery-car models, both (makers,); written by the cell market, nothing without it. ``models_added``: (products,),
    models that programmes brought on sale (M15).
    """

    def __init__(self, scenario: Scenario, places: Places, world: World, last_quarter: int) -> None:
        self._scenario = scenario
        self._origin = quarters.index(scenario.run.origin)
        self._recorded_until = quarters.index(scenario.run.recorded_until)
        self.products = Products(
            last_quarter,
            self._recorded_until,
            self._origin,
            scenario.makers,
            trend_in_variety=not scenario.plans.programmes,
        )
        self.nests = self.products.nests()
        self.availability = history.Availability(self.products, places)
        self.cohorts = Cohorts(self.products, last_quarter)
        self.pack_prices = PackPrices(scenario.makers, self._recorded_until, world)
        setting = PolicySetting(scenario.policy, places, self.products, self._origin)
        self.policies = {name: policy(setting) for name, policy in POLICIES.items()}
        self.used_policies = {name: policy(scenario.policy, self._origin) for name, policy in USED_POLICIES.items()}
        self.maker_policies = {name: policy(setting) for name, policy in MAKER_POLICIES.items()}
        self._leases = {
            str(group): (rows["quarter"].map(quarters.index).to_numpy(), rows["share"].to_numpy())
            for group, rows in tables.load("lease_shares").groupby("group")
        }
        self.offers = self.products.at(0)
        self.cell_adder_usd_per_kwh: Floats = np.zeros(len(MAKERS))
        self.models_kept: Floats = np.ones(len(MAKERS))
        self.models_added: Floats = np.zeros(self.products.size)
        self.price_kusd: Floats = np.zeros(self.products.size)
        self.pricing = PriceSetting(self.products.maker, self.nests, scenario.alphas())
        self.cut_kusd = 0.0
        self.credit_by_policy: dict[str, Floats] = {}
        self.credit_kusd: Floats = np.zeros((1, 1, self.products.size))
        self.used_credit_by_policy: dict[str, Floats] = {}
        self.used_credit_kusd: Floats = np.zeros((len(INCOMES), GOODS))
        self.margin_beyond_price_kusd: Floats = np.zeros(self.products.size)

    def make_makers(self, model: Any) -> list[Automaker]:
        """The makers as Mesa agents with their products, in the order of the vocabulary."""
        given = self._scenario.makers
        rules = MakerRules(given.price_adjustment, given.stock_days, given.incentive_days, given.most_incentive)
        return [Automaker(model, name, self.products.of_maker(place), rules) for place, name in enumerate(MAKERS)]

    def used_caps(self, cars: Counts) -> Floats:
        """Highest used prices, (goods,): near the net price of the cheapest comparable new product (M20).

        ``cars``: by type and age in quarters, (256, 256).
        """
        net = self.price_kusd - self.credit_kusd.mean(axis=(0, 1))
        return used_caps(net, self.offers, self.products.segment, cars)

    def open(self, quarter: int, used_price_kusd: Floats) -> None:
        """Put the products of a quarter on offer, with the policies in force; used prices, (goods,), are the last."""
        self.offers = self.products.at(quarter)
        if quarter > self._origin:
            kept = np.where(self.products.is_bev, self.models_kept[self.products.maker], 1.0)
            self.offers = replace(self.offers, effective_models=self.offers.effective_models * kept + self.models_added)
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
        """Let every maker set its prices (M10); the year's mean by kind is remembered for used cars."""
        trust = self._scenario.trust
        has_come = quarter > self._origin and quarter >= quarters.index(trust.announced_cut_quarter)
        self.cut_kusd = trust.announced_cut_kusd if has_come else 0.0
        shown = {maker: self._shown(maker, quarter) for maker in makers}
        best = np.full(self.products.size, np.nan)
        if quarter > self._recorded_until:
            cost, start = np.zeros(self.products.size), np.zeros(self.products.size)
            for maker, sees in shown.items():
                cost[maker.products] = maker.reckon_cost(sees)
                start[maker.products] = maker.list_price_kusd / sees.price_factor
            best = self.pricing.best_prices_kusd(cost, start)
        for maker, sees in shown.items():
            maker.set_prices(sees, best[maker.products])
            self.price_kusd[maker.products] = maker.price_kusd
        year = quarter // QUARTERS_PER_YEAR
        means = self.cohorts.price_kusd
        means[year] = mean_by_kind(self.price_kusd, self.offers, means[max(year - 1, 0)])

    def _shown(self, maker: Automaker, quarter: int) -> MakerSensing:
        """What a maker sees before it sets prices."""
        own = maker.products
        has_lever = self.products.is_bev[own] & (quarter > self._origin)
        factor = np.where(has_lever, self._scenario.makers.bev_price_factor, 1.0)
        recorded = None
        if quarter <= self._recorded_until:
            recorded = self.products.recorded_price_kusd[quarter, own] * factor
        pack = self.pack_prices.usd_per_kwh(quarter) + self.cell_adder_usd_per_kwh[self.products.maker[own]]
        return MakerSensing(
            recorded, self.offers.pack_kwh[own] * pack / 1e3, factor, self.cut_kusd * self.products.is_bev[own],
            self.margin_beyond_price_kusd[own],
        )  # fmt: skip

    def see_demand(self, market: "Market") -> None:
        """Let makers see who bought at the prices of the quarter; while there are records that reveals their cost."""
        setting = self.setting(market.quarter, market.expected_retention, market.world.loan_rate(market.quarter))
        weight = price_weight(self.offers, setting, self._scenario.buyers)
        seen = market.now
        self.pricing.see(
            SeenMarket(seen.lookers, seen.outcome.flows, seen.market.values.money, seen.hazard, self.price_kusd, weight)
        )
        if market.quarter > self._recorded_until:
            return
        shown = {maker: self._shown(maker, market.quarter) for maker in market.makers}
        best = self.price_kusd.copy()
        for maker, sees in shown.items():
            best[maker.products] = maker.list_price_kusd / sees.price_factor
        markup = self.pricing.revealed_markup_kusd(best)
        for maker, sees in shown.items():
            maker.back_out_cost(sees, markup[maker.products])

    def announced_fall_kusd(self, quarter: int, ahead: int) -> float:
        """Fall of battery-car prices within so many quarters that makers have announced, k$ (M3)."""
        trust = self._scenario.trust
        comes, known = quarters.index(trust.announced_cut_quarter), quarters.index(trust.announced_cut_known)
        return trust.announced_cut_kusd if known <= quarter < comes <= quarter + ahead else 0.0

    def expected_credit_kusd(self, quarter: int, ahead: int) -> Floats:
        """Credits that buyers expect so many quarters on, k$, shape (zones or 1, incomes, products) (M18)."""
        none = np.zeros((1, 1, self.products.size))
        return sum((policy.expected_kusd(quarter, ahead) for policy in self.policies.values()), start=none)

    def price_by_kind(self, quarter: int) -> Floats:
        """Mean price of new cars by kind in the year of a quarter, k$, shape (kinds,)."""
        return np.asarray(self.cohorts.price_kusd[max(quarter, 0) // QUARTERS_PER_YEAR])

    def deliver(self, makers: Iterable[Automaker], demand: Floats, limit: Floats) -> tuple[Floats, Floats]:
        """Cars delivered and built by product, each shape (products,), from demand and limits (M11)."""
        delivered, built = np.zeros(self.products.size), np.zeros(self.products.size)
        for maker in makers:
            own = maker.products
            delivered[own], built[own] = maker.deliver(MakerOrders(demand[own], limit[own]))
        return delivered, built

    def lease_share(self, group: str, quarter: int) -> float:
        """Share of new cars of a group of the table ``lease_shares`` that is leased."""
        return float(np.interp(quarter, *self._leases[group]))

    def leased(self, quarter: int) -> Floats:
        """Share of each product that is leased, shape (products,): Tesla leases less than dealers do."""
        is_tesla = self.products.maker == MAKERS.index("Tesla")
        bev = np.where(is_tesla, self.lease_share("BEV_Tesla", quarter), self.lease_share("BEV_other_makers", quarter))
        return np.where(self.products.is_bev, bev, self.lease_share("other", quarter))

    def setting(self, quarter: int, retention: Floats, loan_rate: float) -> Setting:
        """What values depend on besides the products; lessees count expected resale in full (M6)."""
        buyers = self._scenario.buyers
        leased = self.leased(quarter) if buyers.resale_weight > 0 else 0.0
        return Setting(
            price_kusd=self.price_kusd,
            credit_kusd=self.credit_kusd,
            availability=self.availability.at(quarter),
            retention=retention,
            financing=valuation.financing_ratio(loan_rate, buyers.financed_share),
            resale_weight=np.asarray(buyers.resale_weight * (1.0 - leased) + leased),
        )
