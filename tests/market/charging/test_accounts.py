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
def accounts(finished: Market) -> SimpleNamespace:
    """The last quarter of a run with its own accounts, so that nothing of the run is touched."""
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


def check(accounts: SimpleNamespace) -> None:
    check_charging(accounts.ledger, cast("ChargingSide", accounts.side), accounts.price, accounts.quarter)


def test_what_a_run_left_passes_and_its_money_balances(accounts: SimpleNamespace) -> None:
    accounts.side.network.granted_usd += 1e6
    accounts.side.network.started[:, 0] += 4.0  # in a quarter in which nobody may have started any
    check(accounts)
    accounts.ledger.close()
    assert accounts.ledger.balance_musd(DRIVERS) < 0.0
    assert accounts.ledger.balance_musd(BUILDERS) > 0.0
    granted_musd = float(accounts.side.network.granted_usd.sum()) / 1e6
    assert granted_musd >= len(accounts.side.network.operators)
    assert accounts.ledger.balance_musd(GRANTS) == pytest.approx(-granted_musd, rel=1e-12)


def lose_sessions(accounts: SimpleNamespace) -> None:
    service = accounts.side.service
    accounts.side.service = replace(service, served=service.served * 0.99)


def sell_too_much(accounts: SimpleNamespace) -> None:
    accounts.side.network.served_plugs *= 0.01


def forget_an_opening(accounts: SimpleNamespace) -> None:
    accounts.side.network.opened[0, 0] += 1.0


def fund_more_than_stands(accounts: SimpleNamespace) -> None:
    accounts.side.network.funded = accounts.side.network.plugs + 1.0


def work_too_well(accounts: SimpleNamespace) -> None:
    accounts.side.network.success[0, 0] = 1.1


def keep_money_back(accounts: SimpleNamespace) -> None:
    accounts.side.network.cash_usd[0, 0] += 1e6


def wait_less_than_nothing(accounts: SimpleNamespace) -> None:
    wait = -np.ones(accounts.side.service.wait_hours.size)
    accounts.side.service = replace(accounts.side.service, wait_hours=wait)


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
def test_tampering_is_named(accounts: SimpleNamespace, tamper: Callable[[SimpleNamespace], None], words: str) -> None:
    tamper(accounts)
    with pytest.raises(LedgerError, match=words):
        check(accounts)
