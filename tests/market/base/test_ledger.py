"""The ledger (D1): a breach stops the run with quarter, both sides and what it is about."""

from collections.abc import Callable

import numpy as np
import pytest

from market.base.ledger import MONEY_TOLERANCE, Ledger, LedgerError


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.open(5)
    return ledger


Breach = Callable[[Ledger], None]
BREACHES: list[tuple[Breach, str]] = [
    (lambda ledger: ledger.equal("cars", 100.0, 101.0), r"^2018Q2: cars: 100 on one side, 101 on the other$"),
    (lambda ledger: ledger.equal("cars", np.nan, 1.0), r"^2018Q2: cars: nan on one side, 1 on the other$"),
    (lambda ledger: ledger.equal("cars", np.inf, np.inf), r"^2018Q2: cars: inf on one side, inf on the other$"),
    (lambda ledger: ledger.equal("cars", 1e6, 1e6 * (1 + 2e-9)), r"^2018Q2: cars: 1000000 on one side"),
    (
        lambda ledger: ledger.within("stock", np.array([3.0, -1.0]), 0.0, 9.0),
        r"^2018Q2: stock: -1 on one side, .*0 to 9",
    ),
    (lambda ledger: ledger.within("stock", np.array([np.nan]), 0.0, 9.0), r"^2018Q2: stock: nan on one side"),
    (lambda ledger: ledger.within("stock", 9.5, 0.0, 9.0), r"^2018Q2: stock: 9.5 on one side"),
    (
        lambda ledger: ledger.sums_to_one("shares", np.array([[0.5, 0.5], [0.5, 0.4]])),
        r"^2018Q2: shares sum to one: 0.9 ",
    ),
    (lambda ledger: ledger.sums_to_one("shares", np.array([1.5, -0.5])), r"^2018Q2: shares: 1.5 on one side"),
    (lambda ledger: ledger.sums_to_one("shares", np.array([0.5, np.nan])), r"^2018Q2: shares: nan on one side"),
]


@pytest.mark.parametrize(("breach", "words"), BREACHES)
def test_a_breach_names_the_quarter_and_both_sides(ledger: Ledger, breach: Breach, words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        breach(ledger)


def test_what_agrees_is_counted(ledger: Ledger) -> None:
    ledger.equal("cars", 1e6, 1e6 * (1 + 0.5e-9))
    ledger.equal("nothing", 0.0, 0.0)
    ledger.within("stock", np.array([0.0, 9.0]), 0.0, 9.0)
    ledger.sums_to_one("shares", np.array([[0.25, 0.75], [1.0, 0.0]]))
    ledger.close()
    assert ledger.checked >= 5


def test_every_payment_has_its_counter_posting(ledger: Ledger) -> None:
    ledger.pay("buyers", "makers", 30.0)
    ledger.pay("government", "buyers", 4.0)
    accounts = ("buyers", "makers", "government")
    assert [ledger.balance_musd(account) for account in accounts] == [-26.0, 30.0, -4.0]
    ledger.close()


def test_money_from_nowhere_is_a_breach(ledger: Ledger) -> None:
    ledger.pay("buyers", "makers", 30.0)
    ledger._balance["makers"] += 1e-6
    with pytest.raises(LedgerError, match=r"^2018Q2: money: 1[.0-9]*e-06 M\$ on one side"):
        ledger.close()


def test_a_payment_that_is_no_number_is_a_breach(ledger: Ledger) -> None:
    ledger.pay("buyers", "makers", float("nan"))
    with pytest.raises(LedgerError, match="money: nan"):
        ledger.close()


def test_a_quarter_opens_with_empty_accounts(ledger: Ledger) -> None:
    ledger.pay("buyers", "makers", 30.0)
    ledger.open(6)
    assert ledger.balance_musd("makers") == 0.0
    with pytest.raises(LedgerError, match="2018Q3"):
        ledger.equal("cars", 0.0, 1.0)


def test_of_many_the_one_furthest_off_is_named(ledger: Ledger) -> None:
    names, left = ("GM", "Ford", "Tesla"), np.array([1.0, 2.0, 3.0])
    ledger.each_equal("cells", names, left, left)
    with pytest.raises(LedgerError, match=r"^2018Q2: cells, Ford: 2 on one side, 5 on the other$"):
        ledger.each_equal("cells", names, left, np.array([1.5, 5.0, 3.0]))
    with pytest.raises(LedgerError, match=r"^2018Q2: cells, Tesla: nan on one side, 3 on the other$"):
        ledger.each_equal("cells", names, np.array([1.0, 2.5, np.nan]), left)


def test_of_many_the_first_outside_its_bounds_is_named(ledger: Ledger) -> None:
    names = ("GM", "Ford", "Tesla")
    ledger.each_within("stock", names, np.array([0.0, 1.0, 2.0]), 0.0, 2.0)
    with pytest.raises(LedgerError, match=r"^2018Q2: stock, Ford: -1 on one side, 0 to 2 allowed on the other$"):
        ledger.each_within("stock", names, np.array([0.0, -1.0, np.nan]), 0.0, 2.0)


def test_a_larger_scale_allows_for_the_rounding_of_what_sides_are_made_of(ledger: Ledger) -> None:
    ledger.equal("account", 1e-4, 0.0, scale=1e6)
    with pytest.raises(LedgerError, match="account"):
        ledger.equal("account", 1e-4, 0.0, scale=1e4)


def test_checks_are_counted_by_what_they_are_about(ledger: Ledger) -> None:
    ledger.equal("cars", 1.0, 1.0)
    ledger.about("credits")
    ledger.within("credit", 1.0, 0.0, 2.0)
    ledger.each_within("credit", ("GM",), np.array([1.0]), 0.0, 2.0)
    assert ledger.checked_about.pop("credits") == 2
    assert sum(ledger.checked_about.values()) == ledger.checked - 2 == 1


def test_money_closes_within_its_tolerance_of_what_was_moved_and_of_a_million_at_least() -> None:
    """Of 8 M$ paid 8 tolerances may be left, of nothing paid one."""
    for paid_musd, allowed in ((8.0, 8.0), (0.0, 1.0)):
        for left, holds in ((0.99 * allowed, True), (1.01 * allowed, False)):
            ledger = Ledger()
            ledger.open(5)
            ledger.pay("buyers", "sellers", paid_musd)
            ledger._balance["nobody"] = left * MONEY_TOLERANCE
            if holds:
                ledger.close()
            else:
                with pytest.raises(LedgerError, match="money"):
                    ledger.close()
