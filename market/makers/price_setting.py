"""Automakers' price setting: demand of last quarter's buyers by kind, and best prices (M10)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints, group_sum
from agents.buyers.choice import Alphas, Nests
from agents.makers.price_equilibrium import Demand, PriceRule, equilibrium_prices_kusd, markup_at, revealed_demand
from market.base.categories import TASTES
from market.buyers.demand import GROUPS, Flows, InMarket


@dataclass(frozen=True)
class SeenMarket:
    """A quarter's buyers as they chose at its prices.

    ``price_kusd``, ``price_weight``: (products,) prices paid and what a k$ of them counts before the weight of money;
    ``money``: (strata,) that weight; ``hazard``: the share of seats due that looked.
    """

    in_market: InMarket
    flows: Flows
    money: Floats
    hazard: float
    price_kusd: Floats
    price_weight: Floats


def expected_demand(seen: SeenMarket, kind_of_stratum: Ints, nests: Nests, alphas: Alphas) -> Demand:
    """Demand that automakers expect: buyers of the quarter by kind, owners and carless apart (M10).

    ``kind_of_stratum``: (strata,) the kind of buyer each stratum is counted as. At the prices of the quarter demand for
    every product equals that of all strata; slopes are those of the kinds, whose members are treated as alike.
    """
    in_market, flows = seen.in_market, seen.flows
    strata, kinds = kind_of_stratum.size, int(kind_of_stratum.max()) + 1
    looking = group_sum(seen.hazard * in_market.due, in_market.kind_stratum, strata)
    seats = np.stack([looking, in_market.carless])
    acquirers = np.stack([np.clip(flows.acquirers - in_market.carless, 0.0, looking), in_market.carless])
    tables = flows.tables

    kind_of_seats = np.concatenate([kind_of_stratum, kind_of_stratum + kinds])

    def summed(weight: Floats) -> Floats:
        return group_sum(weight.ravel(), kind_of_seats, 2 * kinds)

    total = summed(seats)
    money = summed(seats * seen.money) / np.where(total > 0, total, 1.0)
    by_nest = tables.segment.T[nests.nest_segment] * tables.nest.T
    product_share = tables.product.T.take(tables.group, axis=1)
    product_share *= by_nest[nests.product_nest]
    new_buyers = acquirers * tables.new
    cars = np.stack([summed(new_buyers * share) for share in product_share], axis=1)
    return revealed_demand(
        cars, summed(acquirers), total, money, seen.price_weight, seen.price_kusd, nests, alphas
    )  # fmt: skip


def class_of_stratum(in_market: InMarket) -> Ints:
    """Class (income, home charging, taste) of every stratum, whatever its zone, shape (strata,), below CLASSES."""
    return np.asarray(in_market.group_code[in_market.group] % GROUPS * TASTES + in_market.taste)


class PriceSetting:
    """The prices automakers aim at, given the demand last seen; ``maker``: (products,) who owns each product.

    ``rule``: how they find them.
    """

    def __init__(self, maker: Ints, nests: Nests, alphas: Alphas) -> None:
        self._maker = maker
        self._nests = nests
        self._alphas = alphas
        self.rule: PriceRule = equilibrium_prices_kusd
        self._demand: Demand | None = None
        self._best_kusd: Floats | None = None

    def see(self, market: SeenMarket) -> None:
        """Remember the buyers of a quarter."""
        self._demand = expected_demand(market, class_of_stratum(market.in_market), self._nests, self._alphas)

    def revealed_markup_kusd(self, list_price_kusd: Floats) -> Floats:
        """Markup with which these prices are best for the buyers last seen, k$, (products,). ValueError without any."""
        return markup_at(self._seen().at(list_price_kusd), self._maker)

    def worth_of_value_kusd(self, list_price_kusd: Floats, margin_kusd: Floats) -> Floats:
        """Profit of its automaker in a quarter for one k$ more worth of a product to buyers, k$, (products,) (M10).

        A k$ of worth moves buyers as a fall of the price by a k$ over what that counts; other products of the
        automaker lose. ``margin_kusd``: (products,) markup of each. ValueError without buyers seen.
        """
        demand = self._seen()
        slopes = demand.at(list_price_kusd)
        own = slopes.cross * (self._maker[:, None] == self._maker)
        earned = slopes.own * margin_kusd - margin_kusd @ own
        return np.asarray(earned / demand.price_weight)

    def best_prices_kusd(self, cost_kusd: Floats, list_price_kusd: Floats) -> Floats:
        """Prices by the rule for the buyers last seen, (products,), warm-started; ValueError without any."""
        start = list_price_kusd if self._best_kusd is None else self._best_kusd
        self._best_kusd = self.rule(self._seen(), self._maker, cost_kusd, start)
        return self._best_kusd

    def _seen(self) -> Demand:
        if self._demand is None:
            raise ValueError("automakers set best prices only after a quarter with buyers")
        return self._demand
