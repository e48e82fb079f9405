"""Public money by instrument: units times amount, and what the accounts posted."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import MAKERS
from market.base.ledger import GOVERNMENT, Ledger
from market.cells.accounts import TREASURY
from market.charging.accounts import GRANTS
from market.charging.funding import ChargerFunding
from market.charging.parameters import Operators
from market.fleet.traded import Traded
from market.model import Market
from market.outcomes.public_money import battery_payments, charger_payments, payment_rows, purchase_payments
from market.policies.parameters import Policy
from market.power.contracts import Alternatives, ContractBook, StorageContract
from tests.market.conftest import ORIGIN

ACCOUNTS = {
    "credits_paid_musd": ("30D", "45W", "25E", "state incentives"),
    "used_credits_paid_musd": ("25E",),
    "charger_grants_musd": ("NEVI", "30C"),
    "battery_credits_musd": ("45X", "ITC"),
}
"""Columns of the national table, and the instruments that add up to them."""


def _traded(new: Floats, used: Floats) -> Traded:
    return Traded(new, used, np.zeros(used.shape[1]), 1.0)


def test_a_credit_costs_units_times_amount_by_hand() -> None:
    new = np.array([[[100.0, 10.0], [200.0, 20.0]], [[300.0, 30.0], [400.0, 40.0]]])  # two zones, incomes, products
    federal = np.array([[[0.0, 7.5], [0.0, 3.0]]])  # the same in both zones, on the second product
    of_state = np.zeros((2, 2, 2))
    of_state[1, :, 1] = 2.0  # in the second zone
    traded = _traded(new, np.array([[50.0, 5.0], [60.0, 6.0]]))
    used = np.array([[0.0, 4.0], [0.0, 0.0]])
    payments = purchase_payments(traded, {"federal_credit": federal, "mine": of_state}, {"used_credit": used})
    rows = list(payment_rows(payments, 0))
    assert [row["instrument"] for row in rows] == ["30D", "mine", "25E"]
    assert [row["government"] for row in rows] == ["federal", "own policy", "federal"]
    assert [row["units"] for row in rows] == [100.0, 70.0, 5.0]
    paid = [(40.0 * 7.5 + 60.0 * 3.0) / 1e3, 70.0 * 2.0 / 1e3, 5.0 * 4.0 / 1e3]
    assert [row["paid_musd"] for row in rows] == pytest.approx(paid, rel=1e-12)
    assert [row["usd_per_unit"] for row in rows] == pytest.approx([4_800.0, 2_000.0, 4_000.0], rel=1e-12)


def test_an_instrument_without_a_unit_has_no_mean_amount() -> None:
    traded = _traded(np.ones((1, 1, 1)), np.zeros((1, 1)))
    (row,) = payment_rows(purchase_payments(traded, {"federal_credit": np.zeros((1, 1, 1))}, {}), 0)
    assert (row["paid_musd"], row["units"]) == (0.0, 0.0)
    assert np.isnan(row["usd_per_unit"])


def test_grants_of_a_quarter_are_those_of_its_plugs_and_none_are_left_of_the_quarter_before() -> None:
    funding = ChargerFunding(Policy(), Operators(), ORIGIN)
    started, quarter = np.array([[10.0, 4.0]]), ORIGIN + 1
    rates = {name: funding.expected_usd(name, quarter) for name in funding.policies}
    granted = funding.pay(started, quarter)
    payments = {each.policy: each for each in charger_payments(funding)}
    assert payments["corridor_grant"].units == 4.0
    assert payments["charger_credit"].units == 14.0
    for name, each in payments.items():
        assert each.musd == pytest.approx(float((started @ rates[name]).sum()) / 1e6, rel=1e-12)
    assert sum(each.musd for each in payments.values()) == pytest.approx(float(granted.sum()) / 1e6, rel=1e-12)
    assert min(each.musd for each in payments.values()) > 0.0
    funding.pay(np.zeros((1, 2)), quarter)
    assert {(each.musd, each.units) for each in charger_payments(funding)} == {(0.0, 0.0)}


def test_storage_that_imports_replace_against_the_rule_gets_no_credit(finished: Market) -> None:
    book = ContractBook(1, damages_share=0.1)
    for number, compliant in enumerate((True, False)):
        book.sign(StorageContract(
            number, 0, 0, "utilities", MAKERS[number], compliant, for_data_center=False, gw=1.0, gwh=4.0,
            price_usd_per_kwh=100.0, lithium_usd_per_kg=10.0, credit_share=0.3, other_capex_usd_per_kwh=50.0, start=1,
            end=1,
        ))  # fmt: skip
    made = np.zeros(len(MAKERS) + 1)
    made[:2] = 1.0  # of 4 GWh due each
    book.deliver(made, Alternatives(80.0, 90.0), 10.0, 1, Ledger())
    credit = {each.policy: each for each in battery_payments(finished.cell_quarter, finished.cells.lines, 0.0, book)}
    assert credit["investment_credit"].units == pytest.approx(1.0 + 4.0)
    assert credit["investment_credit"].musd == pytest.approx(0.3 * (150.0 * 1.0 + 150.0 * 1.0 + 130.0 * 3.0))
    assert (credit["production_credit"].musd, credit["production_credit"].units) == (0.0, 0.0)


@pytest.mark.parametrize("column", ACCOUNTS)
def test_instruments_add_up_to_what_the_nation_paid_in_every_quarter(finished: Market, column: str) -> None:
    table, national = finished.recorder.frame("public_money"), finished.recorder.frame("national")
    paid = table[table["instrument"].isin(ACCOUNTS[column])].groupby("quarter")["paid_musd"].sum()
    due = national.set_index("quarter")[column]
    assert paid.loc[due.index].to_numpy() == pytest.approx(due.to_numpy(), rel=1e-9, abs=1e-9)
    assert due.max() > 0.0


def test_instruments_close_with_the_accounts_of_the_last_quarter(finished: Market) -> None:
    table = finished.recorder.frame("public_money")
    last = table[table["quarter"] == table["quarter"].iloc[-1]]
    posted = -sum(finished.ledger.balance_musd(account) for account in (GOVERNMENT, GRANTS, TREASURY))
    assert last["paid_musd"].sum() == pytest.approx(posted, rel=1e-9)
    assert posted > 100.0


def test_units_times_the_mean_amount_is_what_was_paid(finished: Market) -> None:
    table = finished.recorder.frame("public_money")
    paid = table[table["units"] > 0.0]
    assert set(paid["instrument"]) == {name for names in ACCOUNTS.values() for name in names}
    assert (paid["units"] * paid["usd_per_unit"] / 1e6).to_numpy() == pytest.approx(paid["paid_musd"].to_numpy())
    assert not table.loc[table["units"] == 0.0, "paid_musd"].any()
