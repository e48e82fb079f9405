"""The accounts of charging (D1 invariants 5, 7 and 8): what is tampered with does not pass."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from market.base.ledger import Ledger, LedgerError
from market.charging.accounts import BUILDERS, DRIVERS, GRANTS, check_charging
from market.charging.sector import ChargingSide
from market.model import Market


@pytest.fixture
def books(finished: Market) -> SimpleNamespace:
    """The last quarter of a run with its own books, so that nothing of the run is touched."""
    ledger = Ledger()
    ledger.open(finished.quarter)
    side = finished.charging_side
    names = (
        "plugs", "plugs_before", "opened", "closed", "started", "funded", "pipeline", "success", "success_met",
        "served_plugs", "upkeep_usd", "cash_usd", "granted_usd",
    )  # fmt: skip
    network = SimpleNamespace(
        **{name: getattr(side.network, name).copy() for name in names}, operators=side.network.operators,
        decides=side.network.decides, parameters=side.network.parameters,
    )  # fmt: skip
    service = replace(side.service, served=side.service.served.copy(), lost=side.service.lost.copy())
    return SimpleNamespace(
        ledger=ledger, side=SimpleNamespace(network=network, service=service, session_kwh=side.session_kwh),
        price=finished.prices.public_usd_per_kwh, quarter=finished.quarter,
    )  # fmt: skip


def check(books: SimpleNamespace) -> None:
    check_charging(books.ledger, cast("ChargingSide", books.side), books.price, books.quarter)


def test_what_a_run_left_passes_and_its_money_balances(books: SimpleNamespace) -> None:
    books.side.network.granted_usd += 1e6
    check(books)
    books.ledger.close()
    assert books.ledger.balance_musd(DRIVERS) < 0.0
    assert books.ledger.balance_musd(BUILDERS) > 0.0
    operators = len(books.side.network.operators)
    assert books.ledger.balance_musd(GRANTS) == pytest.approx(-operators, rel=1e-12)


def lose_sessions(books: SimpleNamespace) -> None:
    service = books.side.service
    books.side.service = replace(service, served=service.served * 0.99)


def sell_too_much(books: SimpleNamespace) -> None:
    books.side.network.served_plugs *= 0.01


def forget_an_opening(books: SimpleNamespace) -> None:
    books.side.network.opened[0, 0] += 1.0


def fund_more_than_stands(books: SimpleNamespace) -> None:
    books.side.network.funded = books.side.network.plugs + 1.0


def work_too_well(books: SimpleNamespace) -> None:
    books.side.network.success[0, 0] = 1.1


def keep_money_back(books: SimpleNamespace) -> None:
    books.side.network.cash_usd[0, 0] += 1e6


def wait_less_than_nothing(books: SimpleNamespace) -> None:
    wait = -np.ones(books.side.service.wait_hours.size)
    books.side.service = replace(books.side.service, wait_hours=wait)


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lose_sessions, "sessions served and lost with those wanted"),
        (sell_too_much, "energy plugs can give"),
        (forget_an_opening, "plugs before, opened and closed"),
        (fund_more_than_stands, "plugs built without a grant"),
        (work_too_well, "plug success of plugs"),
        (keep_money_back, "money of Tesla Supercharger"),
        (wait_less_than_nothing, "waits at chargers"),
    ],
)
def test_tampering_is_named(books: SimpleNamespace, tamper: Callable[[SimpleNamespace], None], words: str) -> None:
    tamper(books)
    with pytest.raises(LedgerError, match=words):
        check(books)
