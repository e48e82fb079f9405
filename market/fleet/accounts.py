"""Accounting checks of cars, and payments for used cars and credits."""

from collections.abc import Mapping

import numpy as np

from agents.arrays import Floats
from agents.population.row_codes import Counts
from market.base.categories import car_type
from market.base.ledger import BUYERS, DEALERS, GOVERNMENT, SELLERS, Ledger
from market.fleet.drawn import DrawnFleet
from market.fleet.fleet import Fleet
from market.fleet.traded import Traded
from market.fleet.trades import NewCars


def check(
    ledger: Ledger, fleet: Fleet, traded: Traded, new_cars: NewCars, *, before: Counts, at_trade: Counts, lot: float
) -> None:
    """Cars of all types and ages are those of before, less scrapped and with new ones. Raises LedgerError.

    ``before`` and ``at_trade``: cars before and after scrapping by type and age in quarters, (256, 256); ``lot``: those
    at dealers before trade.
    """
    after = fleet.all_cars()
    ledger.equal("cars before less scrapped", before.sum() - fleet.scrapped, at_trade.sum())
    new = np.zeros(after.shape)
    kinds = car_type(new_cars.kind, new_cars.segment)
    new[:, 0] = np.bincount(kinds, traded.new_by_product() / fleet.weight, minlength=len(new))
    due = at_trade + new
    ledger.equal("cars with new ones added", due.sum(), after.sum())
    ledger.equal("cars of each type and age, new ones added", np.minimum(due, after).sum(), after.sum())
    ledger.equal(
        "used cars traded in and bought with the change of stock",
        float(traded.sold.sum()) / fleet.weight,
        float(traded.used.sum()) / fleet.weight + fleet.lot.size - lot,
    )
    fleet.check(ledger)


def pay_credits(
    ledger: Ledger, fleet: Fleet, traded: Traded, by_policy: Mapping[str, Floats], used_by_policy: Mapping[str, Floats]
) -> None:
    """Credits to buyers; drawn row by row they must be the same. Raises LedgerError.

    ``by_policy``: on new cars, k$, (zones or 1, incomes or 1, products); ``used_by_policy``: on used ones, (incomes,
    goods).
    """
    rows = fleet if isinstance(fleet, DrawnFleet) else None
    for name, amount in by_policy.items():
        paid = traded.credit_musd(amount)
        ledger.pay(GOVERNMENT, BUYERS, paid)
        if rows is not None:
            ledger.equal(f"{name} paid and units times amount", paid, rows.credit_musd(amount))
    for name, amount in used_by_policy.items():
        paid = traded.used_credit_musd(amount)
        ledger.pay(GOVERNMENT, BUYERS, paid)
        if rows is not None:
            ledger.equal(f"{name} paid and units times amount", paid, rows.used_credit_musd(amount))


def pay_used_cars(ledger: Ledger, traded: Traded, used_price_kusd: Floats, dealer_margin: float) -> None:
    """Buyers pay dealers, who pay sellers a share ``dealer_margin`` less; ``used_price_kusd``: (goods,)."""
    ledger.pay(BUYERS, DEALERS, float((traded.used_by_good() * used_price_kusd).sum()) / 1e3)
    share = 1.0 - dealer_margin
    ledger.pay(DEALERS, SELLERS, float((traded.sold * used_price_kusd).sum()) * share / 1e3)
