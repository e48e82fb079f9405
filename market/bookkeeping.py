"""Which sides of the books must agree at the end of a quarter (D1 invariants 1 to 8)."""

import math
from typing import TYPE_CHECKING

import numpy as np

from agents.choice import Floats, Ints, group_sum
from agents.consumers import NO_CAR
from market.battery_books import check_batteries
from market.charging_books import check_charging
from market.vocabulary import CAR_TYPES, GOODS, INCOMES, car_type

if TYPE_CHECKING:
    from market.model import Market

BUYERS, SELLERS, DEALERS, GOVERNMENT = "buyers", "sellers of used cars", "dealers", "government"
RULES = "rules for makers: credits earned less credits needed"


def check_choices(market: "Market") -> None:
    """Invariants 6 and 7: probabilities, shares and success."""
    ledger, tables = market.ledger, market.outcome.flows.tables
    ledger.within("probability of acquiring", market.outcome.flows.acquire, 0.0, 1.0)
    ledger.within("probability of buying new", tables.new, 0.0, 1.0)
    ledger.sums_to_one("shares of segments", tables.segment)
    ledger.sums_to_one("shares of used goods", tables.used)
    nest_totals = np.add.reduceat(tables.nest, market.nests.segment_starts, axis=-1)
    product_totals = np.add.reduceat(tables.product, market.nests.nest_starts, axis=-1)
    for what, totals in (("shares of powertrains", nest_totals), ("shares of products", product_totals)):
        on_offer = totals > 0
        ledger.sums_to_one(what, np.where(on_offer, totals, 1.0)[..., None])
    ledger.within("trip coverage", market.access.coverage, 0.0, 1.0)
    ledger.within("adequacy of chargers", market.access.local, 0.0, 1.0)
    ledger.within("used prices", market.used_price_kusd, 0.0, np.inf)


def close_books(market: "Market") -> None:
    """Invariants 1 to 5 and 8: cars, stocks of makers, charging, cells, storage and money."""
    _check_cars(market)
    _check_makers(market)
    _post_money(market)
    market.planning.post_money(market.ledger)
    check_charging(market)
    if market.has_power_side:
        check_batteries(market)
    market.ledger.close()


def _check_cars(market: "Market") -> None:
    ledger, trades = market.ledger, market.trades
    before, traded = market.cars_before, market.cars_at_trade
    after = market.fleet.all_cars()
    ledger.equal("cars before less scrapped", before.sum() - market.fleet.scrapped_rows.size, traded.sum())
    new = np.zeros_like(after)
    kinds = car_type(market.new_cars.kind[trades.new_product], market.new_cars.segment[trades.new_product])
    new[:, 0] = np.bincount(kinds, minlength=new.shape[0])
    ledger.equal("cars of each type and age, new ones added", np.abs(traded + new - after).sum(), 0.0)
    lot_change = market.fleet.lot.car.size - market.lot_before
    ledger.equal(
        "used cars traded in and bought with the change of stock",
        trades.sold_good.size,
        trades.used_good.size + lot_change,
    )
    ledger.equal("cars of sleeping seats", market.fleet.on_seats.of_sleepers, 0.0)
    ledger.equal("seats with a car of no known type", market.fleet.on_seats.cars[CAR_TYPES:NO_CAR].sum(), 0.0)


def _check_makers(market: "Market") -> None:
    stock = sum(float(maker.stock_cars.sum()) for maker in market.makers)
    built, delivered = float(market.built.sum()), float(market.deliveries.sum())
    market.ledger.equal("makers' stock with output and sales", market.maker_stock_before + built - delivered, stock)
    for maker in market.makers:
        market.ledger.within(f"stock of {maker.name}", maker.stock_cars, 0.0, np.inf)


def _post_money(market: "Market") -> None:
    """Payments of the drawn trades, M$: new cars, credits, used cars and trade-ins."""
    ledger, trades, weight = market.ledger, market.trades, market.fleet.weight
    sold_new = np.bincount(trades.new_product, minlength=market.products.size) * weight
    spent = np.where(sold_new > 0, market.offering.price_kusd * sold_new, 0.0)
    beyond = market.offering.margin_beyond_price_kusd * sold_new
    for maker in market.makers:
        ledger.pay(BUYERS, maker.name, float(spent[maker.products].sum()) / 1e3)
        ledger.pay(RULES, maker.name, float(beyond[maker.products].sum()) / 1e3)
    zone, income = market.fleet.zone_of(trades.new_row), market.fleet.income_of(trades.new_row)
    units = _credited_units(market, zone, income)
    for name, amount in market.offering.credit_by_policy.items():
        paid = float((units * np.broadcast_to(amount, units.shape)).sum()) / 1e3
        ledger.pay(GOVERNMENT, BUYERS, paid)
        each = amount[zone if amount.shape[0] > 1 else 0, income, trades.new_product]
        ledger.equal(f"{name} paid and units times amount", paid, float(each.sum()) * weight / 1e3)
    _post_used_credits(market)
    bought = np.bincount(trades.used_good, minlength=GOODS) * weight
    sold = np.bincount(trades.sold_good, minlength=GOODS) * weight
    ledger.pay(BUYERS, DEALERS, float((bought * market.used_price_kusd).sum()) / 1e3)
    share = 1.0 - market.parameters.ownership.dealer_margin
    ledger.pay(DEALERS, SELLERS, float((sold * market.used_price_kusd).sum()) * share / 1e3)


def used_credits_musd(market: "Market") -> dict[str, float]:
    """Credits on used cars by policy, M$: units drawn by income and good times the amount."""
    units = np.zeros((len(INCOMES), GOODS))
    trades = market.trades
    np.add.at(units, (market.fleet.income_of(trades.used_row), trades.used_good), market.fleet.weight)
    by_policy = market.offering.used_credit_by_policy
    return {name: float((units * amount).sum()) / 1e3 for name, amount in by_policy.items()}


def _post_used_credits(market: "Market") -> None:
    """Pay credits on used cars, and check them buyer by buyer."""
    income, good = market.fleet.income_of(market.trades.used_row), market.trades.used_good
    for name, paid in used_credits_musd(market).items():
        market.ledger.pay(GOVERNMENT, BUYERS, paid)
        each = float(market.offering.used_credit_by_policy[name][income, good].sum()) * market.fleet.weight / 1e3
        market.ledger.equal(f"{name} paid and units times amount", paid, each)


def _credited_units(market: "Market", zone: Ints, income: Ints) -> Floats:
    """New cars drawn by zone, income and product, real cars, (zones, incomes, products); arguments (new buyers,)."""
    shape = (market.places.size, len(INCOMES), market.products.size)
    code = np.ravel_multi_index((zone, income, market.trades.new_product), shape)
    return group_sum(np.full(code.size, market.fleet.weight), code, math.prod(shape)).reshape(shape)
