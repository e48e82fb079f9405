"""Which sides of the books must agree at the end of a quarter (D1 invariants 1 to 8)."""

from typing import TYPE_CHECKING

import numpy as np

from market.cell_accounts import check_cells, pay_for_cells, production_credits_musd
from market.charging_accounts import check_charging
from market.conversion_accounts import pay_for_changes
from market.drawn_fleet import DrawnFleet
from market.power_accounts import check_credits, check_storage
from market.vocabulary import car_type

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
    check_charging(market.ledger, market.charging_side, market.prices.public_usd_per_kwh, market.quarter)
    if market.has_power_side:
        _check_batteries(market)
    market.ledger.close()


def _check_cars(market: "Market") -> None:
    ledger, fleet, traded = market.ledger, market.fleet, market.traded
    before, at_trade, after = market.cars_before, market.cars_at_trade, fleet.all_cars()
    ledger.equal("cars before less scrapped", before.sum() - fleet.scrapped, at_trade.sum())
    new = np.zeros(after.shape)
    kinds = car_type(market.new_cars.kind, market.new_cars.segment)
    new[:, 0] = np.bincount(kinds, traded.new_by_product() / fleet.weight, minlength=len(new))
    due = at_trade + new
    ledger.equal("cars with new ones added", due.sum(), after.sum())
    ledger.equal("cars of each type and age, new ones added", np.minimum(due, after).sum(), after.sum())
    ledger.equal(
        "used cars traded in and bought with the change of stock",
        float(traded.sold.sum()) / fleet.weight,
        float(traded.used.sum()) / fleet.weight + fleet.lot.size - market.lot_before,
    )
    fleet.check(ledger)


def _check_batteries(market: "Market") -> None:
    """Invariants 3 and 4, and the payments of makers for their cells and lines, M$."""
    ledger, done, lines = market.ledger, market.cell_quarter, market.cells.lines
    costs, quarter = market.cells.costs, market.quarter
    check_cells(ledger, done, lines)
    check_storage(ledger, market.power)
    pay_for_cells(ledger, done, costs, quarter)
    pay_for_changes(ledger, market.line_decisions.changes, lines)
    check_credits(ledger, market.power, production_credits_musd(done, lines, costs.credit_usd_per_kwh(quarter)))


def _check_makers(market: "Market") -> None:
    stock = sum(float(maker.stock_cars.sum()) for maker in market.makers)
    built, delivered = float(market.built.sum()), float(market.deliveries.sum())
    market.ledger.equal("makers' stock with output and sales", market.maker_stock_before + built - delivered, stock)
    for maker in market.makers:
        market.ledger.within(f"stock of {maker.name}", maker.stock_cars, 0.0, np.inf)


def _post_money(market: "Market") -> None:
    """Payments of the trades, M$: new cars, credits, used cars and trade-ins."""
    ledger, traded = market.ledger, market.traded
    sold_new = traded.new_by_product()
    spent = np.where(sold_new > 0, market.offering.price_kusd * sold_new, 0.0)
    beyond = market.offering.margin_beyond_price_kusd * sold_new
    for maker in market.makers:
        ledger.pay(BUYERS, maker.name, float(spent[maker.products].sum()) / 1e3)
        ledger.pay(RULES, maker.name, float(beyond[maker.products].sum()) / 1e3)
    for name, amount in market.offering.credit_by_policy.items():
        paid = float((traded.new * np.broadcast_to(amount, traded.new.shape)).sum()) / 1e3
        ledger.pay(GOVERNMENT, BUYERS, paid)
        if isinstance(market.fleet, DrawnFleet):
            ledger.equal(f"{name} paid and units times amount", paid, market.fleet.credit_musd(amount))
    for name, paid in used_credits_musd(market).items():
        ledger.pay(GOVERNMENT, BUYERS, paid)
        if isinstance(market.fleet, DrawnFleet):
            each = market.fleet.used_credit_musd(market.offering.used_credit_by_policy[name])
            ledger.equal(f"{name} paid and units times amount", paid, each)
    bought, sold = traded.used_by_good(), traded.sold
    ledger.pay(BUYERS, DEALERS, float((bought * market.used_price_kusd).sum()) / 1e3)
    share = 1.0 - market.parameters.ownership.dealer_margin
    ledger.pay(DEALERS, SELLERS, float((sold * market.used_price_kusd).sum()) * share / 1e3)


def used_credits_musd(market: "Market") -> dict[str, float]:
    """Credits on used cars by policy, M$: units by income and good times the amount."""
    by_policy = market.offering.used_credit_by_policy
    return {name: float((market.traded.used * amount).sum()) / 1e3 for name, amount in by_policy.items()}
