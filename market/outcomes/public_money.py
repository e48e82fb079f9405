"""Public money by instrument: what governments pay in a quarter, for how many units, and the rows of its table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.cells.plant import Lines
from market.base import quarters
from market.base.column import Row, Series
from market.cells.accounts import production_credits_musd
from market.cells.allocation import CellQuarter
from market.charging.funding import ChargerFunding
from market.fleet.traded import Traded
from market.power.contracts import IMPORTS, ContractBook

NEW_CARS, USED_CARS, PLUGS, CELLS, STORAGE = "new cars", "used cars", "fast chargers", "GWh of cells", "GWh of storage"
FEDERAL, STATES, OWN = "federal", "states", "own policy"

INSTRUMENTS: dict[str, tuple[str, str]] = {
    "federal_credit": ("30D", FEDERAL),
    "leased_credit": ("45W", FEDERAL),
    "used_credit": ("25E", FEDERAL),
    "state_rebate": ("state incentives", STATES),
    "corridor_grant": ("NEVI", FEDERAL),
    "charger_credit": ("30C", FEDERAL),
    "production_credit": ("45X", FEDERAL),
    "investment_credit": ("ITC", FEDERAL),
}
"""Name of each policy of the registry in the table, and who pays; a policy of a user's own keeps its name."""

PUBLIC_MONEY: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "instrument": Series(
        "name",
        "Instrument",
        "Key, with quarter: 30D, 45W, 25E, state incentives, NEVI, 30C, 45X, ITC, or a policy of a user's own by name.",
    ),
    "government": Series("name", "Who pays", "federal, states, or own policy."),
    "paid_musd": Series(
        "million 2025 $/quarter",
        "Public money paid",
        "As the accounts post it. 30D, 45W, 25E and state incentives add up to credits_paid_musd of national, NEVI and "
        "30C to charger_grants_musd, 45X and ITC to battery_credits_musd. Duties are receipts and stand in no row.",
    ),
    "units": Series(
        "unit/quarter",
        "Units it was paid for",
        "Drawn cars whose buyers may get it, plugs started, GWh made or installed; what a unit is stands in unit.",
    ),
    "unit": Series("name", "What a unit is", "new cars, used cars, fast chargers, GWh of cells or GWh of storage."),
    "usd_per_unit": Series(
        "2025 $/unit",
        "Mean amount of a unit",
        "paid_musd over units, over buyers who are not eligible or do not claim it too; empty without a unit. No cost "
        "of what it brought about: that takes a run without the instrument.",
    ),
}


@dataclass(frozen=True)
class Payment:
    """What one instrument paid in a quarter: ``musd`` M$ for ``units`` of ``unit``."""

    policy: str
    musd: float
    units: float
    unit: str


def purchase_payments(
    traded: Traded, by_policy: Mapping[str, Floats], used_by_policy: Mapping[str, Floats]
) -> Iterator[Payment]:
    """Credits to buyers of cars, k$ each: new ones (zones or 1, incomes or 1, products), used ones (incomes, goods)."""
    for name, amount in by_policy.items():
        each = np.broadcast_to(amount, traded.new.shape)
        yield Payment(name, traded.credit_musd(amount), float(traded.new[each > 0.0].sum()), NEW_CARS)
    for name, amount in used_by_policy.items():
        yield Payment(name, traded.used_credit_musd(amount), float(traded.used[amount > 0.0].sum()), USED_CARS)


def charger_payments(funding: ChargerFunding) -> Iterator[Payment]:
    """Grants and tax credits for fast chargers."""
    for name, paid_usd in funding.paid_now_usd.items():
        yield Payment(name, paid_usd / 1e6, funding.plugs_now[name], PLUGS)


def battery_payments(
    done: CellQuarter, lines: Lines, credit_usd_per_kwh: float, book: ContractBook
) -> Iterator[Payment]:
    """45X, ``credit_usd_per_kwh`` on the cells of credited lines, and the investment credit on storage installed.

    Imports in the place of cells that must meet the rule on foreign content get none.
    """
    made = float((done.output * lines.credited).sum()) if credit_usd_per_kwh > 0.0 else 0.0
    yield Payment("production_credit", production_credits_musd(done, lines, credit_usd_per_kwh), made, CELLS)
    credited = sum(
        gwh
        for seller, contract, gwh in book.delivered
        if contract.credit_share > 0.0 and not (contract.compliant and seller == IMPORTS)
    )
    yield Payment("investment_credit", book.credits_musd, float(credited), STORAGE)


def payment_rows(payments: Iterable[Payment], quarter: int) -> Iterator[Row]:
    """The quarter's rows of the table ``public_money``."""
    for payment in payments:
        instrument, government = INSTRUMENTS.get(payment.policy, (payment.policy, OWN))
        each = payment.musd * 1e6 / payment.units if payment.units > 0.0 else float("nan")
        yield {
            "quarter": quarters.label(quarter), "instrument": instrument, "government": government,
            "paid_musd": payment.musd, "units": payment.units, "unit": payment.unit, "usd_per_unit": each,
        }  # fmt: skip
