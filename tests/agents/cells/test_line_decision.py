"""What the owner of a line does, by what its actions are worth (M14)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cells.line_conversion import ChangeKind
from agents.cells.line_decision import (
    CONVERSIONS,
    LineAction,
    LineSensing,
    LineStatus,
    Prospect,
    Use,
    decide_line,
    keep_planned_use,
)

STEADY = Prospect(np.ones(40), np.full(40, 10.0))


def seen(**worth: float) -> LineSensing:
    """A running car line, to which actions of these names are worth so much."""
    values = np.full(len(LineAction), -np.inf)
    for name, value in worth.items():
        values[LineAction[name]] = value
    return LineSensing(
        status=LineStatus.OPERATING, use=Use.VEHICLES, own=STEADY, other=STEADY, change=ChangeKind(4, 2, 45.0),
        build=ChangeKind(8, 0, 115.0), quarters_to_start=0, values_musd_per_gwh_year=values, may_change=True,
        may_idle=True,
    )  # fmt: skip


def test_the_coming_year_is_the_mean_of_four_quarters_on_all_capacity() -> None:
    assert Prospect(np.full(5, 0.5), np.array([2.0, 4.0, 6.0, 8.0, 1e3])).next_year_usd_per_kwh == 2.5


def test_what_is_worth_most_is_done() -> None:
    assert decide_line(seen(WAIT=10.0, CONVERT=20.0, IDLE=15.0, CLOSE=0.0)) == LineAction.CONVERT
    assert decide_line(seen(WAIT=-10.0, IDLE=-5.0, CLOSE=0.0)) == LineAction.CLOSE


def test_what_is_worth_no_more_than_waiting_is_not_done() -> None:
    assert decide_line(seen(WAIT=10.0, CONVERT=10.0, CLOSE=0.0)) == LineAction.WAIT


def test_the_gain_of_an_action_is_counted_from_waiting() -> None:
    assert seen(WAIT=-10.0, CLOSE=0.0).gain_musd_per_gwh_year(LineAction.CLOSE) == 10.0
    assert seen(WAIT=-10.0).gain_musd_per_gwh_year(LineAction.CONVERT) == -np.inf


@pytest.mark.parametrize("action", CONVERSIONS)
def test_under_the_planned_use_the_next_best_is_done_instead_of_a_conversion(action: LineAction) -> None:
    line = seen(WAIT=10.0, IDLE=15.0, **{action.name: 30.0})
    assert decide_line(line) == action
    assert keep_planned_use(line) == LineAction.IDLE


@given(st.lists(st.floats(-500, 500), min_size=len(LineAction), max_size=len(LineAction)))
def test_no_action_is_worth_more_than_the_one_taken(worth: list[float]) -> None:
    line = replace(seen(WAIT=0.0), values_musd_per_gwh_year=np.array(worth))
    taken = decide_line(line)
    assert worth[taken] == max(worth)
    assert keep_planned_use(line) not in CONVERSIONS
