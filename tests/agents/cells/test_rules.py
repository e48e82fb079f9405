"""The contract of rules for cell lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cells.line_conversion import ChangeKind
from agents.cells.line_decision import LINE_RULES, LineAction, LineRule, LineSensing, LineStatus, Prospect, Use
from tests.agents.rule_contract import asked

every_rule = pytest.mark.parametrize("rule", LINE_RULES.values(), ids=LINE_RULES)
POSSIBLE = {
    LineStatus.ANNOUNCED: {LineAction.START, LineAction.START_STORAGE, LineAction.CLOSE},
    LineStatus.BUILDING: {LineAction.START_STORAGE},
    LineStatus.OPERATING: {LineAction.CONVERT, LineAction.CONVERT_BACK, LineAction.IDLE},
    LineStatus.CONVERTING: set[LineAction](),
    LineStatus.IDLE: {
        LineAction.RESTART, LineAction.CONVERT, LineAction.CONVERT_BACK, LineAction.CLOSE, LineAction.SELL,
    },
    LineStatus.CLOSED: set[LineAction](),
}  # fmt: skip
"""What can be done with a line besides leaving it, by what it is at."""
OTHER_USE = {LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK}


def prospects() -> st.SearchStrategy[Prospect]:
    """Steady margins for ten years, part of the capacity sold."""
    return st.builds(
        lambda sold, margin: Prospect(sold, np.full(40, margin)), st.floats(0.0, 1.0), st.floats(-200.0, 500.0)
    )


def changes(quarters: int) -> st.SearchStrategy[ChangeKind]:
    """A change of some lag, part of it dark, and cost."""
    return st.builds(
        lambda lag, dark, cost: ChangeKind(lag, min(lag, dark), cost),
        st.integers(1, quarters), st.integers(0, quarters), st.floats(0.0, 300.0),
    )  # fmt: skip


@st.composite
def sensings(draw: st.DrawFn) -> LineSensing:
    """Lines in every state."""
    return LineSensing(
        status=draw(st.sampled_from(LineStatus)), use=draw(st.sampled_from(Use)), own=draw(prospects()),
        other=draw(prospects()), change=draw(changes(6)), build=draw(changes(12)),
        quarters_to_start=draw(st.integers(0, 12)), quarters_waited=draw(st.integers(0, 40)),
        patience_quarters=draw(st.integers(1, 24)), upkeep_usd_per_kwh=draw(st.floats(-10.0, 10.0)),
        hurdle=draw(st.floats(1.0, 4.0)), discount_rate=draw(st.floats(0.0, 0.2)),
        noise_factor=draw(st.floats(0.2, 2.0)),
        may_change=draw(st.booleans()), may_idle=draw(st.booleans()), partner_offers=draw(st.booleans()),
    )  # fmt: skip


def running(own_usd_per_kwh: float, *, status: LineStatus = LineStatus.OPERATING) -> LineSensing:
    """A car line with this margin that has no other use and has waited long."""
    change, none = ChangeKind(4, 2, 45.0), Prospect(0.0, np.zeros(40))
    return LineSensing(
        status=status, use=Use.VEHICLES, own=Prospect(1.0, np.full(40, own_usd_per_kwh)), other=none, change=change,
        build=ChangeKind(8, 0, 115.0), quarters_to_start=0, quarters_waited=99, patience_quarters=16,
        upkeep_usd_per_kwh=5.0, hurdle=2.0, discount_rate=0.08, noise_factor=1.0, may_change=True, may_idle=True,
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
    assert seen.may_idle or action not in {LineAction.IDLE, *({LineAction.SELL} if not seen.partner_offers else set())}
