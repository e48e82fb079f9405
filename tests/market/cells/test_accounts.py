"""The accounts of cells, storage and credits (D1 invariants 3, 4 and 5): what is tampered with does not pass."""

import copy
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from market.base.categories import MAKERS
from market.base.ledger import Ledger, LedgerError
from market.cells.accounts import (
    CELL_SUPPLIERS,
    CREDIT_BUYERS,
    TREASURY,
    check_cells,
    pay_for_cells,
    production_credits_musd,
)
from market.conversion.accounts import pay_for_changes
from market.model import Market
from market.power.accounts import check_credits, check_storage

MORE = 1.01


def stand_in(market: Market) -> SimpleNamespace:
    """The last quarter of a run with its own accounts, so that nothing of the run is touched."""
    ledger = Ledger()
    ledger.open(market.quarter)
    book = market.power.book
    ledger.pay(TREASURY, "buyers of storage", book.credits_musd)
    power = SimpleNamespace(
        book=SimpleNamespace(
            open=[replace(contract) for contract in book.open],
            closed=[replace(contract) for contract in book.closed],
            credits_musd=book.credits_musd,
        ),
        signed_gwh=list(market.power.signed_gwh),
        installed_gwh=market.power.installed_gwh.copy(),
        regions=market.power.regions,
        vintages=copy.deepcopy(market.power.vintages),
    )
    return SimpleNamespace(
        ledger=ledger, cell_quarter=replace(market.cell_quarter), power=power, cells=market.cells,
        line_decisions=market.line_decisions, quarter=market.quarter,
    )  # fmt: skip


def check(accounts: SimpleNamespace) -> None:
    """All of them, in the order of a quarter's end."""
    ledger, done, lines, costs = accounts.ledger, accounts.cell_quarter, accounts.cells.lines, accounts.cells.costs
    check_cells(ledger, done, lines)
    check_storage(ledger, accounts.power)
    pay_for_cells(ledger, done, costs, accounts.quarter)
    pay_for_changes(ledger, accounts.line_decisions.changes, lines)
    made = production_credits_musd(done, lines, costs.statutory_credit_usd_per_kwh(accounts.quarter))
    check_credits(ledger, accounts.power, made)


@pytest.fixture
def accounts(finished: Market) -> SimpleNamespace:
    return stand_in(finished)


def test_what_a_run_left_passes_and_its_money_balances(accounts: SimpleNamespace) -> None:
    check(accounts)
    accounts.ledger.close()
    assert accounts.ledger.checked >= 10
    assert accounts.ledger.balance_musd(CELL_SUPPLIERS) > 0.0


def test_the_run_leaves_something_to_tamper_with(accounts: SimpleNamespace) -> None:
    done = accounts.cell_quarter
    for part in (done.output, done.for_cars, done.for_storage, done.packs, done.bought, done.credited):
        assert part.sum() > 0.1
    assert accounts.power.book.credits_musd > 1.0
    assert accounts.power.book.open
    assert accounts.power.book.closed


@pytest.mark.parametrize("part", ["output", "for_cars", "for_storage", "packs", "bought"])
@pytest.mark.parametrize("factor", [MORE, 1 / MORE])
def test_cells_that_appear_or_vanish_are_a_breach(accounts: SimpleNamespace, part: str, factor: float) -> None:
    done = accounts.cell_quarter
    setattr(done, part, getattr(done, part) * factor)
    with pytest.raises(LedgerError, match=r"^2026Q4: .*(cells|output)"):
        check(accounts)


@pytest.mark.parametrize("part", ["opening", "closing"])
def test_stock_from_nowhere_is_a_breach(accounts: SimpleNamespace, part: str) -> None:
    done = accounts.cell_quarter
    setattr(done, part, getattr(done, part) + np.array([0.0, 0.01, 0.0]))
    with pytest.raises(LedgerError, match=r"^2026Q4: NMC cells: "):
        check(accounts)


def test_more_good_cells_than_begun_are_a_breach(accounts: SimpleNamespace) -> None:
    accounts.cell_quarter.started = accounts.cell_quarter.started * 0.5
    with pytest.raises(LedgerError, match=r"^2026Q4: scrap of cells: -"):
        check(accounts)


def test_output_of_a_line_that_is_dark_is_a_breach(accounts: SimpleNamespace) -> None:
    done = accounts.cell_quarter
    busiest = int(np.argmax(done.output))
    done.line_capacity = done.line_capacity.copy()
    done.line_capacity[busiest] = 0.0
    with pytest.raises(LedgerError, match=r"^2026Q4: capacity of lines less output: -"):
        check(accounts)


def test_negative_output_is_a_breach(accounts: SimpleNamespace) -> None:
    done = accounts.cell_quarter
    done.output = done.output.copy()
    lines = np.flatnonzero(accounts.cells.lines.chemistry == accounts.cells.lines.chemistry[np.argmin(done.output)])
    smallest, other = lines[np.argsort(done.output[lines], kind="stable")[[0, -1]]]
    done.output[smallest] -= 0.01
    done.output[other] += 0.01 * done.line_yield[other] / done.line_yield[smallest]
    with pytest.raises(LedgerError, match=r"^2026Q4: (output of lines: -|capacity of lines less output: -)"):
        check(accounts)


Tamper = Callable[[Any], None]


def lose_a_contract(power: Any) -> None:
    power.book.open.pop()


def enlarge_a_contract(power: Any) -> None:
    power.book.open[0].gwh *= MORE


def deliver_more(power: Any) -> None:
    power.book.open[-1].delivered_gwh += 0.01


def leave_a_contract_unfinished(power: Any) -> None:
    power.book.closed[-1].delivered_gwh -= 0.01


def put_up_more(power: Any) -> None:
    power.installed_gwh *= MORE


def move_between_regions(power: Any) -> None:
    power.installed_gwh[:2] += np.array([0.01, -0.01])


def forget_what_retired(power: Any) -> None:
    power.vintages.retired_to_date = power.vintages.retired_to_date + 0.01


def lose_a_vintage(power: Any) -> None:
    power.vintages.retire(power.vintages._life)


def sign_more(power: Any) -> None:
    power.signed_gwh[-1] = power.signed_gwh[-1] * MORE


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lose_a_contract, "storage contracted and delivered"),
        (enlarge_a_contract, "storage contracted and delivered"),
        (sign_more, "storage contracted and delivered"),
        (deliver_more, "installed storage of a region and additions less retirements"),
        (put_up_more, "installed storage of a region and additions less retirements"),
        (move_between_regions, "installed storage of a region and additions less retirements"),
        (forget_what_retired, "installed storage of a region and additions less retirements"),
        (lose_a_vintage, "installed storage of a region and"),
        (leave_a_contract_unfinished, "storage outstanding after a contract's end"),
    ],
)
def test_storage_that_appears_or_vanishes_is_a_breach(accounts: SimpleNamespace, tamper: Tamper, words: str) -> None:
    tamper(accounts.power)
    with pytest.raises(LedgerError, match=rf"^2026Q4: {words}"):
        check(accounts)


def test_credits_for_cells_that_were_not_made_are_a_breach(accounts: SimpleNamespace) -> None:
    accounts.cell_quarter.credited = accounts.cell_quarter.credited * MORE
    with pytest.raises(LedgerError, match=r"^2026Q4: battery credits paid and units times amount"):
        check(accounts)


def test_credits_for_storage_that_were_not_posted_are_a_breach(accounts: SimpleNamespace) -> None:
    accounts.power.book.credits_musd *= MORE
    with pytest.raises(LedgerError, match=r"^2026Q4: battery credits paid and units times amount"):
        check(accounts)


def test_makers_pay_for_imports_and_for_lines_they_change(accounts: SimpleNamespace, finished: Market) -> None:
    check(accounts)
    paid = -sum(accounts.ledger.balance_musd(name) for name in MAKERS)
    done, costs = accounts.cell_quarter, finished.cells.costs
    imports = done.bought.sum() * costs.vehicle_price_usd_per_kwh(finished.quarter)
    assert accounts.ledger.balance_musd("imports of cells") == pytest.approx(imports, rel=1e-9)
    changes = sum(change.cost_musd for change in finished.line_decisions.changes)
    assert accounts.ledger.balance_musd("builders of plants") == pytest.approx(changes, rel=1e-9, abs=1e-9)
    suppliers = done.variable_cost_musd.sum() + done.fixed_cost_musd.sum()
    assert accounts.ledger.balance_musd(CELL_SUPPLIERS) == pytest.approx(suppliers, rel=1e-9)
    assert paid > 0.0


def test_who_buys_car_cells_on_the_open_market_gets_the_45x_passed_on_from_its_seller(
    accounts: SimpleNamespace,
) -> None:
    done, costs, quarter = accounts.cell_quarter, accounts.cells.costs, accounts.quarter
    done.from_open_market, done.credited_from_open = np.zeros(len(MAKERS)), np.zeros(len(MAKERS))
    pay_for_cells(accounts.ledger, done, costs, quarter)
    before = accounts.ledger.balance_musd("open market"), accounts.ledger.balance_musd("GM")
    again = stand_in_ledger(accounts)
    done.from_open_market[0] = done.credited_from_open[0] = 2.0
    pay_for_cells(again, done, costs, quarter)
    paid = 2.0 * (costs.vehicle_price_usd_per_kwh(quarter) - costs.passed_on_usd_per_kwh(quarter))
    assert again.balance_musd("open market") - before[0] == pytest.approx(paid, rel=1e-9)
    assert again.balance_musd("GM") - before[1] == pytest.approx(-paid, rel=1e-9)


def stand_in_ledger(accounts: SimpleNamespace) -> Ledger:
    """Empty accounts of the same quarter."""
    ledger = Ledger()
    ledger.open(accounts.quarter)
    return ledger


def test_sellers_of_credits_get_their_price_and_the_buyers_the_discount(accounts: SimpleNamespace) -> None:
    check(accounts)
    done, costs = accounts.cell_quarter, accounts.cells.costs
    discount = 0.06 * costs.statutory_credit_usd_per_kwh(accounts.quarter) * done.credited.sum()
    assert accounts.ledger.balance_musd(CREDIT_BUYERS) == pytest.approx(discount, rel=1e-9)
