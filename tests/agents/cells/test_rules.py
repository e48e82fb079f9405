"""The contract of rules for cell lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cells.line_conversion import ChangeKind
from agents.cells.line_decision import (
    CONVERSIONS,
    LINE_RULES,
    LineAction,
    LineRule,
    LineSensing,
    LineStatus,
    Prospect,
    Use,
)
from tests.agents.rule_contract import asked

every_rule = pytest.mark.parametrize("rule", LINE_RULES.values(), ids=LINE_RULES)
POSSIBLE = {
    LineStatus.ANNOUNCED: {LineAction.START, LineAction.START_STORAGE, LineAction.CLOSE, LineAction.SELL},
    LineStatus.BUILDING: {
        LineAction.START_STORAGE, LineAction.DELAY, LineAction.SHRINK, LineAction.CLOSE, LineAction.SELL,
    },
    LineStatus.OPERATING: {
        LineAction.CONVERT, LineAction.CONVERT_BACK, LineAction.SELL_AS_IS, LineAction.IDLE, LineAction.CLOSE,
        LineAction.SELL,
    },
    LineStatus.CONVERTING: set[LineAction](),
    LineStatus.IDLE: {
        LineAction.RESTART, LineAction.CONVERT, LineAction.CONVERT_BACK, LineAction.SELL_AS_IS, LineAction.CLOSE,
        LineAction.SELL,
    },
    LineStatus.CLOSED: set[LineAction](),
}  # fmt: skip
"""What can be done with a line besides leaving it, by what it is at."""
OTHER_USE = set(CONVERSIONS)


def prospects() -> st.SearchStrategy[Prospect]:
    """Steady margins for ten years, part of the capacity sold."""
    return st.builds(
        lambda sold, margin: Prospect(np.full(40, sold), np.full(40, margin)),
        st.floats(0.0, 1.0),
        st.floats(-200.0, 500.0),
    )


def changes(quarters: int) -> st.SearchStrategy[ChangeKind]:
    """A change of some lag, part of it dark, and cost."""
    return st.builds(
        lambda lag, dark, cost: ChangeKind(lag, min(lag, dark), cost),
        st.integers(1, quarters), st.integers(0, quarters), st.floats(0.0, 300.0),
    )  # fmt: skip


@st.composite
def sensings(draw: st.DrawFn) -> LineSensing:
    """Lines in every state; of the actions that the state allows some are possible."""
    status = draw(st.sampled_from(LineStatus))
    may_change, may_idle, partner_offers = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    barred = set[LineAction]()
    barred |= set() if may_change else OTHER_USE
    barred |= set() if may_idle else {LineAction.IDLE}
    barred |= set() if partner_offers else {LineAction.SELL}
    values = np.full(len(LineAction), -np.inf)
    for action in sorted({LineAction.WAIT, *POSSIBLE[status]} - barred):
        if action == LineAction.WAIT or draw(st.booleans()):
            values[action] = draw(st.floats(-500.0, 500.0))
    return LineSensing(
        status=status, use=draw(st.sampled_from(Use)), own=draw(prospects()),
        other=draw(prospects()), change=draw(changes(6)), build=draw(changes(12)),
        quarters_to_start=draw(st.integers(0, 12)), values_musd_per_gwh_year=values,
        may_change=may_change, may_idle=may_idle, partner_offers=partner_offers,
    )  # fmt: skip


def running(own_usd_per_kwh: float, *, status: LineStatus = LineStatus.OPERATING) -> LineSensing:
    """A car line with this margin that has no other use: what it earns above 5 is what keeping it is worth."""
    change, none = ChangeKind(4, 2, 45.0), Prospect(np.zeros(40), np.zeros(40))
    values = np.full(len(LineAction), -np.inf)
    values[LineAction.WAIT] = (own_usd_per_kwh - 5.0) * 10.0 if status == LineStatus.OPERATING else 0.0
    if status == LineStatus.OPERATING:
        values[LineAction.CLOSE] = 0.0
    return LineSensing(
        status=status, use=Use.VEHICLES, own=Prospect(np.ones(40), np.full(40, own_usd_per_kwh)), other=none,
        change=change, build=ChangeKind(8, 0, 115.0), quarters_to_start=0, values_musd_per_gwh_year=values,
        may_change=True, may_idle=True,
    )  # fmt: skip


@every_rule
def test_a_line_that_earns_well_and_has_no_other_use_is_left_running(rule: LineRule) -> None:
    assert asked(rule, running(100.0)) == LineAction.WAIT


@every_rule
@pytest.mark.parametrize("status", [LineStatus.CONVERTING, LineStatus.CLOSED])
def test_a_line_in_change_or_closed_is_left_alone(rule: LineRule, status: LineStatus) -> None:
    assert asked(rule, running(-100.0, status=status)) == LineAction.WAIT


@every_rule
@given(seen=sensings())
def test_an_action_is_one_that_the_line_can_take(rule: LineRule, seen: LineSensing) -> None:
    action = asked(rule, seen)
    assert isinstance(action, LineAction)
    assert action in {LineAction.WAIT, *POSSIBLE[seen.status]}
    assert seen.may_change or action not in OTHER_USE
    assert seen.may_idle or action != LineAction.IDLE
    assert seen.partner_offers or action != LineAction.SELL
