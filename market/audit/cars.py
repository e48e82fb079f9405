"""Cars reckoned anew: built and delivered within limits, markups, payments for new and used cars, credits and caps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats
from agents.makers.automaker import LEAST_AFTER_CUT, Automaker
from market.audit.reckoned import Reckoned
from market.audit.statutory import Statutory
from market.base.categories import BEV, GOODS, KINDS, PHEV
from market.base.ledger import BUYERS, DEALERS, GOVERNMENT, SELLERS, Ledger
from market.fleet.drawn import DrawnFleet
from market.fleet.fleet import Fleet
from market.fleet.traded import Traded
from market.makers.accounts import RULES
from market.makers.offering import Offering
from market.vehicles.products import Products

FEDERAL = ("federal_credit", "leased_credit")
STATE, USED = "state_rebate", "used_credit"
_LEAST_MARKUP = -9.0  # share of price: a car listed at less than a tenth of its cost is a fault, not a strategy
_ROUNDING = 1e-9


@dataclass(frozen=True)
class CarTrade:
    """Real cars that changed hands, counted from buyers' rows where there are rows.

    ``new``: (products,); ``used``, ``sold``: (goods,) bought used and traded in.
    """

    new: Floats
    used: Floats
    sold: Floats

    @classmethod
    def counted(cls, fleet: Fleet, traded: Traded) -> "CarTrade":
        """Count a quarter's trades."""
        if not isinstance(fleet, DrawnFleet):
            return cls(traded.new.sum(axis=1).sum(axis=0), traded.used.sum(axis=0), traded.sold)
        rows = fleet.trades
        return cls(
            _cars(rows.new_product, traded.new.shape[2], fleet.weight),
            _cars(rows.used_good, GOODS, fleet.weight),
            _cars(rows.sold_good, GOODS, fleet.weight),
        )


def _cars(items: NDArray[np.integer], size: int, weight: float) -> Floats:
    return np.asarray(np.bincount(items, minlength=size) * weight)


@dataclass(frozen=True)
class Stocks:
    """Automakers' cars, (products,) each: in stock before and after the quarter, built, delivered, and the limit."""

    before: Floats
    after: Floats
    built: Floats
    delivered: Floats
    limit: Floats


def stock_of(makers: Sequence[Automaker], products: int) -> Floats:
    """Cars that automakers hold by product, (products,)."""
    stock = np.zeros(products)
    for maker in makers:
        stock[maker.products] = maker.stock_cars
    return stock


def check_stocks(ledger: Ledger, products: Products, stocks: Stocks, wanted: Floats) -> None:
    """Deliveries keep to recorded limits and to demand, ``wanted``: (products,), and stock to what was built for it."""
    names = products.names
    room = np.where(np.isfinite(stocks.limit), stocks.limit - stocks.delivered, 0.0)
    ledger.each_within("cars that could be delivered beyond those that were", names, room, -_ROUNDING, np.inf)
    ledger.each_within("cars wanted beyond those delivered", names, wanted - stocks.delivered, -_ROUNDING, np.inf)
    ledger.each_equal(
        "cars in stock, and by what was built and delivered", names,
        stocks.after, np.maximum(stocks.before + stocks.built - stocks.delivered, 0.0),
    )  # fmt: skip


def check_markups(ledger: Ledger, makers: Sequence[Automaker], offering: Offering, sold: Floats) -> None:
    """No product with buyers is priced at or below nothing, or listed at less than a tenth of its cost.

    Markups are those of list prices: a scenario may cut a price below these as far as it likes.
    """
    for maker in makers:
        bought = sold[maker.products] > 0
        price = np.where(bought, maker.price_kusd, 1.0)
        names = [offering.products.names[product] for product in maker.products]
        ledger.each_within("price, k$", names, price, np.finfo(float).tiny, np.inf)
        listed = np.where(bought, maker.list_price_kusd, 1.0)
        markup = np.where(bought, 1.0 - maker.cost_kusd / listed, 0.0)
        ledger.each_within("markup, share of list price", names, markup, _LEAST_MARKUP, np.inf)


def _prices_kusd(maker: Automaker, offering: Offering) -> Floats:
    """What an automaker's cars cost by list price, incentive and cut, k$, (own products,)."""
    after_incentive = maker.list_price_kusd - maker.list_price_kusd * maker.incentive_share
    most_cut = np.maximum(after_incentive - LEAST_AFTER_CUT * maker.list_price_kusd, 0.0)
    cut = offering.cut_kusd * offering.products.is_bev[maker.products]
    return np.asarray(after_incentive - np.minimum(cut, most_cut))


def reckon_new_cars(
    reckoned: Reckoned, makers: Sequence[Automaker], offering: Offering, trade: CarTrade, quarter: int
) -> None:
    """Count what buyers pay, by list price less incentive and cut, and what rules are worth to automakers."""
    rules = [policy.rate(quarter) for policy in offering.maker_policies.values()]
    for maker in makers:
        prices = _prices_kusd(maker, offering)
        for price, product in zip(prices.tolist(), maker.products, strict=True):
            cars = float(trade.new[product])
            if cars == 0.0:
                continue
            reckoned.pay(BUYERS, maker.name, cars * price / 1e3)
            reckoned.pay(RULES, maker.name, cars * sum(float(rate[product]) for rate in rules) / 1e3)


def reckon_used_cars(reckoned: Reckoned, trade: CarTrade, used_price_kusd: Floats, dealer_margin: float) -> None:
    """Count what buyers pay dealers, and these less their margin for trade-ins; ``used_price_kusd``: (goods,)."""
    for good in range(GOODS):
        price_musd = float(used_price_kusd[good]) / 1e3
        reckoned.pay(BUYERS, DEALERS, float(trade.used[good]) * price_musd)
        reckoned.pay(DEALERS, SELLERS, float(trade.sold[good]) * (price_musd - dealer_margin * price_musd))


def reckon_credits(reckoned: Reckoned, offering: Offering, traded: Traded) -> None:
    """Count credits on cars: buyers of each kind times the amount that reaches their mean one."""
    for amount in offering.credit_by_policy.values():
        alike = tuple(axis for axis in range(amount.ndim) if amount.shape[axis] == 1)
        cars = traded.new.sum(axis=alike, keepdims=True)
        reckoned.pay(GOVERNMENT, BUYERS, float(np.vdot(cars, amount)) / 1e3)
    for amount in offering.used_credit_by_policy.values():
        reckoned.pay(GOVERNMENT, BUYERS, float(np.vdot(traded.used, amount)) / 1e3)


def check_credits(ledger: Ledger, offering: Offering, law: Statutory, quarter: int) -> None:
    """No credit on a car is above what the law allows at most, and none goes to cars it does not name."""
    products, found = offering.products, offering.credit_by_policy
    names = products.names
    federal = sum((_largest(found[name]) for name in FEDERAL if name in found), np.zeros(products.size))
    allowed = law.most_federal_kusd(quarter) * (1.0 + _ROUNDING)
    ledger.each_within("federal credit within that of the law, k$", names, allowed - federal, -_ROUNDING, np.inf)
    if STATE in found:
        most = law.most_state_kusd(quarter) * (1.0 + _ROUNDING) * (products.powertrain == BEV)
        ledger.each_within(
            "state incentive within those of the states, k$", names, most - _largest(found[STATE]), -_ROUNDING, np.inf
        )
    if USED in offering.used_credit_by_policy:
        plugs_in = np.repeat(np.arange(len(KINDS)) >= PHEV, GOODS // len(KINDS))
        largest = offering.used_credit_by_policy[USED].max(axis=0)
        most = law.most_used_kusd(quarter) * (1.0 + _ROUNDING) * plugs_in
        ledger.within("used-car credit within that of the law, k$", most - largest, -_ROUNDING, np.inf)


def _largest(amount: Floats) -> Floats:
    """Largest amount of any buyer by product, (products,)."""
    return np.asarray(amount.max(axis=(0, 1)))


def car_profit_musd(makers: Sequence[Automaker], offering: Offering, delivered: Floats, quarter: int) -> Floats:
    """What automakers earn on cars delivered over their marginal cost, M$, (makers,), by list prices and rules."""
    rules = sum((policy.rate(quarter) for policy in offering.maker_policies.values()), np.zeros(delivered.size))
    earned = []
    for maker in makers:
        own = maker.products
        income = _prices_kusd(maker, offering) + rules[own]
        earned.append(float(np.dot(delivered[own], income - maker.cost_kusd)) / 1e3)
    return np.array(earned)
