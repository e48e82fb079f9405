"""What it is worth to keep a line and decide later (M14)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.cells.waiting_value import KeepValues, WaitingTable, WaitingTerms, waiting_table

TERMS = WaitingTerms(
    discount_rate=0.10, horizon_quarters=40, volatility=3.0, fixed=6.5, upkeep=5.0, holding=0.0, restart=2.0
)
NO_CREDIT = np.zeros(1)
ENDING_CREDIT = np.repeat([40.0, 20.0, 0.0], [8, 4, 1])


@pytest.fixture(scope="module")
def table() -> WaitingTable:
    """Without a credit and without a cost of holding plans."""
    return WaitingTable(TERMS, NO_CREDIT)


def values(table: WaitingTable, own: float, changed: float, quarter: int = 0, credit: float = 0.0) -> KeepValues:
    """Of one line, with the same part of the credit in both uses."""
    arguments: list[Floats] = [np.array([value]) for value in (own, changed, credit, credit)]
    return table.keep_values(quarter, *arguments)


def test_runs_share_the_table_of_the_same_terms_and_credits() -> None:
    """What a table is looked up for is that of its own credits."""
    ending = tuple(ENDING_CREDIT.tolist())
    assert waiting_table(TERMS, ending) is waiting_table(replace(TERMS), ending)
    shared, own = (
        values(each, 5.0, 0.0, credit=1.0)
        for each in (waiting_table(TERMS, ending), WaitingTable(TERMS, ENDING_CREDIT))
    )
    without = values(waiting_table(TERMS, (0.0,)), 5.0, 0.0, credit=1.0)
    assert shared.running == own.running != without.running


def test_a_yearly_dollar_for_ever_is_worth_the_annuity_of_the_horizon() -> None:
    assert TERMS.annuity_years == pytest.approx(6.5240, abs=5e-5)
    assert 1.0 / (4.0 * (1.0 - TERMS.keeps)) == pytest.approx(TERMS.annuity_years, rel=1e-12)


def test_a_plan_is_carried_out_where_the_formula_for_an_arithmetic_walk_has_it(table: WaitingTable) -> None:
    """Dixit and Pindyck 1994: wait up to a value of A sigma / sqrt(2 rho), here 6.524 x 3 / sqrt(2 x 0.1563) = 35.0."""
    rate = -4.0 * np.log(TERMS.keeps)
    threshold = TERMS.annuity_years * TERMS.volatility / np.sqrt(2.0 * rate)
    assert threshold == pytest.approx(35.0, abs=0.1)
    worth = np.linspace(10.0, 70.0, 241)
    zero = np.zeros(worth.size)
    held = table.keep_values(0, zero, worth, zero, zero).held
    found = float(worth[np.flatnonzero(held < worth)[0]])
    assert found == pytest.approx(threshold, rel=0.15)


def test_waiting_for_a_plan_follows_the_formula_below_that_value(table: WaitingTable) -> None:
    """From half the threshold the value of the option is threshold x exp(-1/2)."""
    assert float(values(table, 0.0, 17.5).held[0]) == pytest.approx(35.0 * np.exp(-0.5), rel=0.08)


def test_a_line_with_nothing_else_to_do_is_worth_what_it_earns_and_the_right_to_stop(table: WaitingTable) -> None:
    rich = float(values(table, 300.0, -np.inf).running[0])
    poor = float(values(table, -200.0, -np.inf).running[0])
    assert rich == pytest.approx(300.0, rel=0.01)
    assert poor == pytest.approx(0.0 - 1.5 / 4, abs=10.0)
    assert float(values(table, 0.0, -np.inf).running[0]) > 0.0


def test_what_else_may_be_done_later_makes_a_line_worth_more(table: WaitingTable) -> None:
    alone, with_choice = (float(values(table, 50.0, changed).running[0]) for changed in (-np.inf, 50.0))
    assert with_choice > alone + 5.0
    assert alone > 50.0


def test_more_volatility_makes_waiting_worth_more() -> None:
    calm, wild = (WaitingTable(replace(TERMS, volatility=sigma), NO_CREDIT) for sigma in (1.0, 4.0))
    assert float(values(wild, 20.0, 30.0).running[0]) > float(values(calm, 20.0, 30.0).running[0])


def test_a_credit_that_ends_is_lost_by_waiting() -> None:
    """A plan that is worth 60 with the credit of a year is worth less next year: it is carried out sooner."""
    ending = WaitingTable(TERMS, ENDING_CREDIT)
    without = WaitingTable(TERMS, NO_CREDIT)
    worth = 30.0
    assert float(values(ending, 0.0, worth, 0, 1.0).held[0]) < worth < float(values(without, 0.0, worth).held[0])


def test_after_its_last_quarter_a_table_stays_as_it_is() -> None:
    ending = WaitingTable(TERMS, ENDING_CREDIT)
    last, later = (values(ending, 10.0, 20.0, quarter, 0.5) for quarter in (ENDING_CREDIT.size - 1, 400))
    assert last.running.tolist() == later.running.tolist()


def test_an_idle_line_is_worth_less_than_a_running_one_by_what_restarting_costs_at_most() -> None:
    """Without the cost of restarting the two differ by a quarter's earnings alone."""
    free = WaitingTable(replace(TERMS, restart=0.0), NO_CREDIT)
    found = values(free, 65.24, -np.inf)
    assert float(found.running[0] - found.idle[0]) == pytest.approx((10.0 + 1.5) / 4.0, abs=0.3)


@settings(max_examples=50)
@given(own=st.floats(-500, 700), changed=st.floats(-500, 700))
def test_nothing_is_worth_less_than_giving_up_a_quarter_later(own: float, changed: float) -> None:
    found = values(_SHARED, own, changed)
    assert float(found.running[0]) >= min(own / TERMS.annuity_years / 4.0, -TERMS.fixed) - 30.0
    assert float(found.idle[0]) >= -(TERMS.fixed - TERMS.upkeep) / 4.0 - 1e-6
    assert float(found.held[0]) >= -1e-9


_SHARED = WaitingTable(TERMS, NO_CREDIT)
