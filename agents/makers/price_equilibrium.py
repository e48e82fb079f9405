"""Bertrand-Nash prices of automakers with several products and nested-logit buyers: slopes, markups, equilibrium (M10).

With D the demand for each product, dD_j/dp_i = -(Lambda_j [i = j] - Gamma_ji). Lambda is what a price does to a
product through the lowest level of the nest alone, Gamma what comes back to it through its rivals at every level.
First-order conditions of an automaker: p = c + zeta(p), zeta = (Gamma' m + D)/Lambda over its own products, m = p - c:
the zeta map of Morrow and Skerlos (2011), which converges where p = c + (the solved markup) may not.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from agents.arrays import Floats, Ints
from agents.buyers.choice import Alphas, Nests, NewVehicleChoice, binary, new_vehicle_choice

RESIDUAL_KUSD = 1e-8  # largest first-order residual p - c - zeta(p) that is left
_MOST_ROUNDS = 2_000
_PARTS_OF_A_STEP = (1.0, 0.5, 0.1)


@dataclass(frozen=True)
class Slopes:
    """Demand at a price and how it answers prices.

    ``cars``: (products,); ``own``: Lambda, (products,), cars per k$; ``cross``: Gamma, (products, products).
    """

    cars: Floats
    own: Floats
    cross: Floats


@dataclass(frozen=True)
class Demand:
    """Kinds of buyer that automakers expect; they choose down the same tree as buyers do (M1).

    ``in_market``: (kinds,) seats; ``value_kusd``: (kinds, products) worth of a product before its price, minus infinity
    if not on offer; ``used_kusd``, ``keep_kusd``: (kinds,) worth of the used market and of the car owned, minus
    infinity if there is none; ``money``: (kinds,) weight of a k$; ``price_weight``: (products,) what a k$ of price
    counts, with financing and resale.
    """

    in_market: Floats
    value_kusd: Floats
    used_kusd: Floats
    keep_kusd: Floats
    money: Floats
    price_weight: Floats
    nests: Nests
    alphas: Alphas

    @cached_property
    def _weight(self) -> Floats:
        """What a k$ of price counts, (kinds, products)."""
        return self.money[:, None] * self.price_weight

    @cached_property
    def _levels(self) -> tuple[Floats, Floats]:
        """Slopes that two products of a nest, and of a segment, have in common, (products, products)."""
        a, nest, segment = self.alphas, self.nests.product_nest, self.nests.product_segment
        return (
            (a.product - a.powertrain) * (nest[:, None] == nest),
            (a.powertrain - a.segment) * (segment[:, None] == segment),
        )

    def at(self, price_kusd: Floats) -> Slopes:
        """Demand and slopes at prices of shape (products,)."""
        weight = self._weight
        no_shift = np.zeros(self.nests.nest_segment.size)
        choice = new_vehicle_choice(self.value_kusd - weight * price_kusd, self.nests, self.alphas, no_shift)
        new, acquire_value = binary(choice.inclusive_kusd, self.used_kusd, self.alphas.market)
        acquire, _ = binary(acquire_value, self.keep_kusd, self.alphas.keep)
        return self._slopes(choice, new[:, None], acquire[:, None], weight)

    def _slopes(self, choice: NewVehicleChoice, new: Floats, acquire: Floats, weight: Floats) -> Slopes:
        in_segment = choice.product * choice.nest[:, self.nests.product_nest]
        of_new = in_segment * choice.segment[:, self.nests.product_segment]
        cars = self.in_market[:, None] * acquire * new * of_new
        a = self.alphas
        anywhere = (a.segment - a.market) + (a.market - a.keep) * new + a.keep * acquire * new
        of_nest, of_segment = self._levels
        cross = (
            of_nest * (cars.T @ (weight * choice.product))
            + of_segment * (cars.T @ (weight * in_segment))
            + cars.T @ (weight * of_new * anywhere)
        )
        return Slopes(cars.sum(axis=0), a.product * (weight * cars).sum(axis=0), cross)


def revealed_demand(
    cars: Floats,
    acquirers: Floats,
    in_market: Floats,
    money: Floats,
    price_weight: Floats,
    price_kusd: Floats,
    nests: Nests,
    alphas: Alphas,
) -> Demand:
    """Kinds of buyer whose choices at ``price_kusd`` are those seen: the nested logit inverted (Berry 1994).

    ``cars``: (kinds, products) new cars; ``acquirers``, ``in_market``: (kinds,) seats that take a new or used car, and
    all that look. Kinds that buy no new car are left out.
    """
    live = cars.sum(axis=1) > 0
    cars, acquirers, in_market, money = cars[live], acquirers[live], in_market[live], money[live]
    by_nest = np.add.reduceat(cars, nests.nest_starts, axis=1)
    by_segment = np.add.reduceat(by_nest, nests.segment_starts, axis=1)
    nest_of, segment_of = nests.product_nest, nests.product_segment
    new = by_segment.sum(axis=1)
    value = (
        _log_share(cars, by_nest[:, nest_of]) / alphas.product
        + _log_share(by_nest, by_segment[:, nests.nest_segment])[:, nest_of] / alphas.powertrain
        + _log_share(by_segment, new[:, None])[:, segment_of] / alphas.segment
    )
    acquire_value = -_log_share(new, acquirers) / alphas.market
    return Demand(
        in_market=in_market,
        value_kusd=value + money[:, None] * price_weight * price_kusd,
        used_kusd=_log_share(np.maximum(acquirers - new, 0.0), new) / alphas.market,
        keep_kusd=acquire_value + _log_share(np.maximum(in_market - acquirers, 0.0), acquirers) / alphas.keep,
        money=money,
        price_weight=price_weight,
        nests=nests,
        alphas=alphas,
    )


def _log_share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.where(whole > 0, part, 0.0) / np.where(whole > 0, whole, 1.0)))


def zeta(slopes: Slopes, maker: Ints, markup_kusd: Floats) -> Floats:
    """The map whose fixed point is the best markup, k$, shape (products,); 0 where nothing is demanded.

    ``maker``: (products,) who owns each product; ``markup_kusd``: price less cost.
    """
    own = slopes.cross * (maker[:, None] == maker)
    earned = own.T @ markup_kusd + slopes.cars
    sold = slopes.own > 0
    return np.where(sold, earned / np.where(sold, slopes.own, 1.0), 0.0)


def markup_at(slopes: Slopes, maker: Ints) -> Floats:
    """Markup with which the prices of ``slopes`` are best, k$, shape (products,); 0 where nothing is demanded.

    Price less this is the marginal cost that the first-order conditions reveal (Berry, Levinsohn and Pakes 1995).
    """
    sold = slopes.own > 0
    own = slopes.cross * (maker[:, None] == maker)
    markup = np.zeros(sold.size)
    matrix = np.diag(slopes.own) - own.T
    markup[sold] = np.linalg.solve(matrix[np.ix_(sold, sold)], slopes.cars[sold])
    return markup


def residual_kusd(demand: Demand, maker: Ints, cost_kusd: Floats, price_kusd: Floats) -> Floats:
    """What is left of the first-order conditions, p - c - zeta(p), k$, (products,); 0 where nothing is demanded."""
    slopes = demand.at(price_kusd)
    gap = price_kusd - cost_kusd - zeta(slopes, maker, price_kusd - cost_kusd)
    return np.where(slopes.own > 0, gap, 0.0)


def equilibrium_prices_kusd(demand: Demand, maker: Ints, cost_kusd: Floats, start_kusd: Floats) -> Floats:
    """Prices at which no automaker gains by another price of one of its products, k$, shape (products,) (M10).

    ``cost_kusd``: (products,) marginal cost less what else a sale brings; ``start_kusd``: prices to begin from, kept
    where nothing is demanded. Where whole steps swing between two prices, parts of them are taken. Raises
    ArithmeticError if the residual does not fall below RESIDUAL_KUSD.
    """
    for part in _PARTS_OF_A_STEP:
        price = start_kusd
        for _ in range(_MOST_ROUNDS):
            gap = residual_kusd(demand, maker, cost_kusd, price)
            if np.abs(gap).max() < RESIDUAL_KUSD:
                return price
            price = price - part * gap
    worst = float(np.abs(gap).max())
    raise ArithmeticError(
        f"automakers' prices did not converge: a residual of {worst:.3g} k$ is left after {_MOST_ROUNDS} rounds"
    )


class PriceRule(Protocol):
    """How automakers set the prices they aim at; called once a quarter for all automakers together."""

    def __call__(self, demand: Demand, maker: Ints, cost_kusd: Floats, start_kusd: Floats) -> Floats:
        """Prices, k$, shape (products,), from demand, who owns each product, marginal costs and last prices."""
        ...


def best_reply_prices_kusd(demand: Demand, maker: Ints, cost_kusd: Floats, start_kusd: Floats) -> Floats:
    """Each maker's markup that is best for demand at ``start_kusd``, on its cost: makers that do not look ahead.

    Shapes as in ``equilibrium_prices_kusd``; where nothing is demanded the start is kept.
    """
    slopes = demand.at(start_kusd)
    return np.where(slopes.own > 0, cost_kusd + markup_at(slopes, maker), start_kusd)


PRICE_RULES: dict[str, PriceRule] = {
    "bertrand-nash": equilibrium_prices_kusd,
    "best-reply": best_reply_prices_kusd,
}
"""Rules for prices of new cars by name."""
