"""Contracts for storage: delivery, shortfall, damages and their money (M19, D1 invariant 4)."""

from dataclasses import replace

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.ledger import Ledger
from market.cells.accounts import TREASURY
from market.cells.lines import SELLERS
from market.power.contracts import BUILDERS, IMPORTS, THIRD_COUNTRIES, Alternatives, ContractBook, StorageContract

EXACT = 1e-12
LITHIUM = 11.0
ABROAD = Alternatives(60.0, 70.0)
ONE = StorageContract(
    number=0, signed=1, region=1, buyer="utility ERCOT", seller="Ford", compliant=True, for_data_center=False, gw=2.0,
    gwh=8.0, price_usd_per_kwh=80.0, lithium_usd_per_kg=LITHIUM, credit_share=0.3, other_capex_usd_per_kwh=100.0,
    start=4, end=11,
)  # fmt: skip
"""8 GWh in the eight quarters 4 to 11, at 80 $/kWh."""


def book_of(*contracts: StorageContract) -> ContractBook:
    book = ContractBook(3, 0.2)
    for contract in contracts:
        book.sign(replace(contract))
    return book


def made(**gwh: float) -> Floats:
    """Cells made for storage by seller."""
    return np.array([gwh.get(seller, 0.0) for seller in SELLERS])


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.open(4)
    return ledger


def test_a_contract_is_due_in_equal_parts_from_its_start_to_its_end() -> None:
    due = [ONE.due_gwh(quarter) for quarter in range(14)]
    assert due == [0.0] * 4 + [1.0] * 8 + [0.0] * 2


def test_the_price_follows_lithium_with_six_tenths_of_a_kg_a_kwh() -> None:
    assert ONE.price_in(LITHIUM) == 80.0
    assert ONE.price_in(21.0) == pytest.approx(86.0, rel=EXACT)
    assert ONE.price_in(6.0) == pytest.approx(77.0, rel=EXACT)


def test_a_shortfall_by_hand(ledger: Ledger) -> None:
    """Of 1 GWh due 0.75 is made and costs 60 M$, 0.25 x 60 = 15 M$ are imports, 0.2 x 80 x 0.25 = 4 M$ damages.

    The rest of the project costs 100 M$; imports lose the credit, which is 0.3 x (60 + 75) = 40.5 M$.
    """
    book = book_of(ONE)
    book.deliver(made(Ford=0.75), ABROAD, LITHIUM, 4, ledger)
    (contract,) = book.open
    assert (contract.delivered_gwh, contract.shortfall_gwh, contract.outstanding_gwh) == (0.75, 0.25, 7.0)
    assert contract.damages_musd == pytest.approx(4.0, rel=EXACT)
    balances = {
        name: ledger.balance_musd(name) for name in ("Ford", IMPORTS, BUILDERS, TREASURY, "utility ERCOT")
    }  # fmt: skip
    assert balances == pytest.approx(
        {"Ford": 56.0, IMPORTS: 15.0, BUILDERS: 100.0, TREASURY: -40.5, "utility ERCOT": -130.5}, rel=EXACT
    )
    assert book.revenue_musd == pytest.approx(made(Ford=56.0), rel=EXACT)
    assert book.credits_musd == pytest.approx(40.5, rel=EXACT)
    ledger.close()


def test_what_is_short_is_still_put_up_from_imports(ledger: Ledger) -> None:
    book = book_of(ONE, replace(ONE, number=1, for_data_center=True, gw=4.0))
    book.deliver(made(), ABROAD, LITHIUM, 4, ledger)
    assert book.added_gwh.tolist() == [0.0, 2.0, 0.0]
    assert book.added_gw.tolist() == [0.0, 0.75, 0.0]
    assert book.added_center_gw.tolist() == [0.0, 0.5, 0.0]


def test_damages_are_at_the_price_of_the_day_but_never_negative(ledger: Ledger) -> None:
    book = book_of(ONE)
    book.deliver(made(), ABROAD, 21.0, 4, ledger)
    assert book.open[0].damages_musd == pytest.approx(0.2 * 86.0, rel=EXACT)
    worthless = book_of(replace(ONE, price_usd_per_kwh=10.0, lithium_usd_per_kg=80.0))
    worthless.deliver(made(), ABROAD, LITHIUM, 4, ledger)
    assert worthless.open[0].damages_musd == 0.0


def test_a_seller_shares_what_it_made_among_its_contracts(ledger: Ledger) -> None:
    """1.5 GWh for dues of 1 and 2; Tesla's contract is served by Tesla alone."""
    book = book_of(ONE, replace(ONE, number=1, gwh=16.0, region=0), replace(ONE, number=2, seller="Tesla"))
    book.deliver(made(Ford=1.5, Tesla=9.0), ABROAD, LITHIUM, 4, ledger)
    assert [contract.delivered_gwh for contract in book.open] == pytest.approx([0.5, 1.0, 1.0], rel=EXACT)
    assert [contract.shortfall_gwh for contract in book.open] == pytest.approx([0.5, 1.0, 0.0], rel=EXACT)


@pytest.mark.parametrize("seller", [IMPORTS, THIRD_COUNTRIES])
def test_foreign_sellers_deliver_in_full_and_owe_nothing_to_us_lines(seller: str, ledger: Ledger) -> None:
    book = book_of(replace(ONE, seller=seller))
    assert not book.open[0].is_domestic
    assert not book.due_by_seller(4).any()
    book.deliver(made(), ABROAD, LITHIUM, 4, ledger)
    assert (book.open[0].delivered_gwh, book.open[0].damages_musd) == (1.0, 0.0)
    assert ledger.balance_musd(seller) == pytest.approx(80.0, rel=EXACT)
    assert not book.revenue_musd.any()


def test_a_contract_is_closed_with_its_last_quarter_and_nothing_is_left(ledger: Ledger) -> None:
    book = book_of(ONE)
    for quarter in range(13):
        assert (len(book.open), len(book.closed)) == ((1, 0) if quarter <= 11 else (0, 1))
        book.deliver(made(Ford=0.4), ABROAD, LITHIUM, quarter, ledger)
        ledger.close()
    (contract,) = book.closed
    assert contract.delivered_gwh == pytest.approx(3.2, rel=EXACT)
    assert contract.shortfall_gwh == pytest.approx(4.8, rel=EXACT)
    assert contract.outstanding_gwh == pytest.approx(0.0, abs=EXACT)


def test_what_a_quarter_brought_is_forgotten_in_the_next(ledger: Ledger) -> None:
    book = book_of(replace(ONE, end=4))
    book.deliver(made(Ford=8.0), ABROAD, LITHIUM, 4, ledger)
    assert book.added_gwh.sum() == 8.0
    book.deliver(made(), ABROAD, LITHIUM, 5, ledger)
    for brought in (book.added_gwh, book.added_gw, book.added_center_gw, book.revenue_musd):
        assert not brought.any()
    assert book.credits_musd == 0.0


def test_due_and_committed_by_seller() -> None:
    """Ford owes 1 GWh in quarters 4 to 11 and 3 more in 10 to 12; the open market 2 in quarter 12."""
    book = book_of(
        ONE,
        replace(ONE, number=1, gwh=9.0, start=10, end=12),
        replace(ONE, number=2, seller=SELLERS[-1], gwh=2.0, start=12, end=12),
    )
    assert book.due_by_seller(11) == pytest.approx(made(Ford=4.0), rel=EXACT)
    assert book.committed_by_seller(5, 9) == pytest.approx(made(Ford=1.0), rel=EXACT)
    assert book.committed_by_seller(5, 12) == pytest.approx(made(Ford=4.0, **{SELLERS[-1]: 2.0}), rel=EXACT)
    assert not book.committed_by_seller(13, 16).any()


def test_outstanding_energy_and_power_fall_with_delivery(ledger: Ledger) -> None:
    book = book_of(ONE, replace(ONE, number=1, region=2, gw=1.0, gwh=1.0))
    assert book.signed_count == 2
    assert book.outstanding_gwh().tolist() == [0.0, 8.0, 1.0]
    book.deliver(made(Ford=0.5), ABROAD, LITHIUM, 4, ledger)
    assert book.outstanding_gwh() == pytest.approx([0.0, 7.0, 0.875], rel=EXACT)
    assert book.outstanding_gw(1.0) == pytest.approx([0.0, 1.75, 0.875], rel=EXACT)


def test_the_power_data_centers_have_under_contract_counts_by_its_share() -> None:
    book = book_of(ONE, replace(ONE, number=1, for_data_center=True))
    whole = book.outstanding_gw(1.0)
    assert book.outstanding_gw(0.5) == pytest.approx(0.75 * whole, rel=EXACT)


# Take or pay


def test_a_buyer_refuses_by_hand(ledger: Ledger) -> None:
    """At 80 $/kWh and take or pay of a tenth, 72 $ more to take meets 70 $ elsewhere: it pays 8 M$ and 70 M$.

    The project's credit is 0.3 x (70 + 100) = 51 M$; the seller makes nothing for it.
    """
    book = ContractBook(3, 0.2, take_or_pay_share=0.1)
    book.sign(replace(ONE))
    book.take_or_pay(ABROAD, LITHIUM, 4)
    assert not book.due_by_seller(4).any()
    assert book.committed_by_seller(4, 4) == pytest.approx(made(Ford=1.0), rel=EXACT)
    book.deliver(made(), ABROAD, LITHIUM, 4, ledger)
    (contract,) = book.open
    assert (contract.untaken_gwh, contract.delivered_gwh, contract.shortfall_gwh) == (1.0, 0.0, 0.0)
    assert contract.outstanding_gwh == 7.0
    assert contract.paid_untaken_musd == pytest.approx(8.0, rel=EXACT)
    balances = {name: ledger.balance_musd(name) for name in ("Ford", THIRD_COUNTRIES, BUILDERS, TREASURY, IMPORTS)}
    assert balances == pytest.approx(
        {"Ford": 8.0, THIRD_COUNTRIES: 70.0, BUILDERS: 100.0, TREASURY: -51.0, IMPORTS: 0.0}, rel=EXACT
    )
    assert book.revenue_musd == pytest.approx(made(Ford=8.0), rel=EXACT)
    assert book.added_gwh.tolist() == [0.0, 1.0, 0.0]
    ledger.close()


@pytest.mark.parametrize(("share", "refused"), [(0.12, True), (0.13, False), (1.0, False)])
def test_cells_are_refused_only_if_all_of_it_costs_less(share: float, *, refused: bool) -> None:
    """80 (1 - share) against 70: the share that just binds is an eighth."""
    book = ContractBook(3, 0.2, take_or_pay_share=share)
    book.sign(replace(ONE))
    book.take_or_pay(ABROAD, LITHIUM, 4)
    assert book.open[0].is_refused == refused


def test_a_refusal_holds_for_a_quarter_and_imports_are_never_refused() -> None:
    book = ContractBook(3, 0.2, take_or_pay_share=0.0)
    book.sign(replace(ONE))
    book.sign(replace(ONE, number=1, seller=IMPORTS))
    book.take_or_pay(ABROAD, LITHIUM, 4)
    assert [contract.is_refused for contract in book.open] == [True, False]
    book.take_or_pay(Alternatives(60.0, 90.0), LITHIUM, 5)
    assert [contract.is_refused for contract in book.open] == [False, False]
