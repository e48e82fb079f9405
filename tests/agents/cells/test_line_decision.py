"""What the owner of a line does, by what it sees (M14)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cells.line_conversion import ChangeKind
from agents.cells.line_decision import (
    LineAction,
    LineSensing,
    LineStatus,
    Prospect,
    Use,
    change_gain_musd_per_gwh_year,
    decide_line,
)

EXACT = 1e-12
OTHER_USE = (LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK)


def steady(margin_usd_per_kwh: float, sold_share: float = 1.0) -> Prospect:
    """The same margin for ten years."""
    return Prospect(sold_share, np.full(40, margin_usd_per_kwh))


NOTHING = steady(0.0)
RUNNING = LineSensing(
    status=LineStatus.OPERATING,
    use=Use.VEHICLES,
    own=steady(10.0),
    other=NOTHING,
    change=ChangeKind(4, 2, 45.0),
    build=ChangeKind(8, 0, 115.0),
    quarters_to_start=0,
    quarters_waited=0,
    patience_quarters=16,
    upkeep_usd_per_kwh=5.0,
    hurdle=2.0,
    discount_rate=0.0,
    noise_factor=1.0,
    may_change=True,
    may_idle=True,
)
"""A car line that pays, without discounting: a margin m from quarter n on is worth m (40 - n) / 4, if above upkeep."""
BUILDING = replace(RUNNING, status=LineStatus.BUILDING, quarters_to_start=6)
IDLE = replace(RUNNING, status=LineStatus.IDLE, own=NOTHING)
ANNOUNCED = replace(RUNNING, status=LineStatus.ANNOUNCED, own=NOTHING)


def test_a_prospect_is_worth_its_discounted_margins_from_its_first_quarter_on() -> None:
    found = Prospect(0.5, np.array([100.0, 4.0, 8.0])).worth_musd_per_gwh_year(1, 0.1)
    assert found == pytest.approx(0.5 * (4.0 / 4 * 1.1**-0.25 + 8.0 / 4 * 1.1**-0.5), rel=EXACT)


def test_the_coming_year_is_the_mean_of_four_quarters_on_all_capacity() -> None:
    assert Prospect(0.5, np.array([2.0, 4.0, 6.0, 8.0, 1e3])).next_year_usd_per_kwh == 2.5


def test_gain_of_a_running_line_loses_what_it_earns_now_from_the_dark_quarters_on() -> None:
    """Storage from quarter 4: 20 x 36/4 = 180; cars lost from quarter 2: 10 x 38/4 = 95."""
    assert change_gain_musd_per_gwh_year(replace(RUNNING, other=steady(20.0))) == pytest.approx(85.0, rel=EXACT)


def test_gain_of_a_line_in_building_counts_from_the_start_of_either_use() -> None:
    """Later of 6 and 4 quarters: (30 - 10) x 34/4 = 170; due in 1: 30 x 36/4 - 10 x 39/4 = 172.5."""
    seen = replace(BUILDING, other=steady(30.0))
    assert change_gain_musd_per_gwh_year(seen) == pytest.approx(170.0, rel=EXACT)
    assert change_gain_musd_per_gwh_year(replace(seen, quarters_to_start=1)) == pytest.approx(172.5, rel=EXACT)


def test_an_idle_line_loses_by_a_change_only_the_upkeep_it_saves() -> None:
    """20 x 36/4 = 180 less 5 x 40/4 = 50, whatever cars would earn."""
    seen = replace(IDLE, other=steady(20.0))
    assert change_gain_musd_per_gwh_year(seen) == pytest.approx(130.0, rel=EXACT)
    assert change_gain_musd_per_gwh_year(replace(seen, own=steady(40.0))) == pytest.approx(130.0, rel=EXACT)


@pytest.mark.parametrize("seen", [RUNNING, BUILDING])
def test_a_line_that_would_earn_less_than_its_upkeep_stands_idle_in_either_use(seen: LineSensing) -> None:
    good, upkeep, bad = steady(20.0), steady(5.0), steady(-50.0)
    for own, other, like_own, like_other in [(bad, good, upkeep, good), (good, bad, good, upkeep)]:
        found = change_gain_musd_per_gwh_year(replace(seen, own=own, other=other))
        expected = change_gain_musd_per_gwh_year(replace(seen, own=like_own, other=like_other))
        assert found == pytest.approx(expected, rel=EXACT)


def test_what_is_not_sold_earns_nothing() -> None:
    """Half of 40 sold counts as 20."""
    seen = replace(RUNNING, own=steady(20.0, sold_share=0.5), other=steady(40.0, sold_share=0.5))
    assert change_gain_musd_per_gwh_year(seen) == pytest.approx(85.0, rel=EXACT)


@pytest.mark.parametrize(("margin", "action"), [(20.5, LineAction.WAIT), (20.6, LineAction.CONVERT)])
def test_a_line_is_converted_if_its_gain_exceeds_the_hurdle_times_the_cost(margin: float, action: LineAction) -> None:
    """9 m - 95 is 89.5 or 90.4; hurdle times cost is 2 x 45 = 90."""
    assert decide_line(replace(RUNNING, other=steady(margin))) == action


def test_a_gain_of_just_the_hurdle_times_the_cost_is_not_enough() -> None:
    """20 x 36/4 - 5 x 38/4 = 132.5 = 2 x 66.25 exactly."""
    even = replace(RUNNING, own=steady(5.0), other=steady(20.0), change=ChangeKind(4, 2, 66.25))
    assert decide_line(even) == LineAction.WAIT
    assert decide_line(replace(even, hurdle=1.999)) == LineAction.CONVERT


@pytest.mark.parametrize(
    ("margin", "noise_factor", "action"),
    [
        (20.5, 1.02, LineAction.CONVERT),  # 89.5 x 1.02 = 91.3
        (20.6, 0.98, LineAction.WAIT),  # 90.4 x 0.98 = 88.6
        (40.0, 0.0, LineAction.WAIT),
    ],
)
def test_noise_scales_the_gain(margin: float, noise_factor: float, action: LineAction) -> None:
    assert decide_line(replace(RUNNING, other=steady(margin), noise_factor=noise_factor)) == action


def test_a_storage_line_is_converted_back_by_the_same_rule() -> None:
    converted = replace(RUNNING, use=Use.STORAGE)
    assert decide_line(replace(converted, other=steady(20.5))) == LineAction.WAIT
    assert decide_line(replace(converted, other=steady(20.6))) == LineAction.CONVERT_BACK


@pytest.mark.parametrize(("margin", "action"), [(20.5, LineAction.WAIT), (20.7, LineAction.START_STORAGE)])
def test_a_car_line_in_building_starts_as_storage_beyond_the_hurdle(margin: float, action: LineAction) -> None:
    """(m - 10) x 34/4 is 89.25 or 90.95 against 90."""
    assert decide_line(replace(BUILDING, other=steady(margin))) == action


def test_a_line_in_building_is_neither_turned_to_cars_nor_idled() -> None:
    assert decide_line(replace(BUILDING, use=Use.STORAGE, other=steady(90.0))) == LineAction.WAIT
    assert decide_line(replace(BUILDING, own=steady(-5.0))) == LineAction.WAIT


@pytest.mark.parametrize(("margin", "action"), [(4.99, LineAction.IDLE), (5.0, LineAction.WAIT)])
def test_a_line_is_idled_if_the_coming_year_earns_less_than_its_upkeep(margin: float, action: LineAction) -> None:
    assert decide_line(replace(RUNNING, own=steady(margin))) == action
    assert decide_line(replace(RUNNING, own=steady(2.0 * margin, sold_share=0.5))) == action


def test_only_the_coming_year_counts_for_idling() -> None:
    later_good = Prospect(1.0, np.repeat([4.0, 90.0], [4, 36]))
    later_bad = Prospect(1.0, np.repeat([6.0, -5.0], [4, 36]))
    assert decide_line(replace(RUNNING, own=later_good)) == LineAction.IDLE
    assert decide_line(replace(RUNNING, own=later_bad)) == LineAction.WAIT


def test_a_line_that_is_needed_is_not_idled() -> None:
    assert decide_line(replace(RUNNING, own=steady(-5.0))) == LineAction.IDLE
    assert decide_line(replace(RUNNING, own=steady(-5.0), may_idle=False)) == LineAction.WAIT


@pytest.mark.parametrize(("margin", "action"), [(6.0, LineAction.WAIT), (6.01, LineAction.RESTART)])
def test_an_idle_line_restarts_if_it_earns_a_fifth_more_than_its_upkeep(margin: float, action: LineAction) -> None:
    assert decide_line(replace(IDLE, own=steady(margin))) == action


def test_an_idle_line_that_is_needed_restarts_at_a_loss() -> None:
    assert decide_line(replace(IDLE, own=steady(-50.0), may_idle=False)) == LineAction.RESTART


@pytest.mark.parametrize(("waited", "action"), [(16, LineAction.WAIT), (17, LineAction.CLOSE)])
def test_an_idle_line_is_closed_when_patience_ends(waited: int, action: LineAction) -> None:
    assert decide_line(replace(IDLE, quarters_waited=waited)) == action
    assert decide_line(replace(IDLE, quarters_waited=waited, own=steady(6.01))) == LineAction.RESTART


@pytest.mark.parametrize(
    ("use", "action"), [(Use.VEHICLES, LineAction.CONVERT), (Use.STORAGE, LineAction.CONVERT_BACK)]
)
def test_an_idle_line_is_converted_rather_than_restarted_or_closed(use: Use, action: LineAction) -> None:
    """15.6 x 36/4 - 50 = 90.4 against 90; at 15.5 it is 89.5."""
    seen = replace(IDLE, use=use, own=steady(10.0), other=steady(15.6), quarters_waited=40)
    assert decide_line(seen) == action
    assert decide_line(replace(seen, other=steady(15.5))) == LineAction.RESTART


@pytest.mark.parametrize(("margin", "action"), [(28.75, LineAction.WAIT), (28.76, LineAction.START)])
def test_an_announced_line_starts_as_planned_or_is_delayed(margin: float, action: LineAction) -> None:
    """From quarter 8 on m x 32/4; 28.75 is worth 230, just the hurdle times the cost of building, 2 x 115."""
    assert decide_line(replace(ANNOUNCED, own=steady(margin))) == action


def test_an_announced_line_starts_as_storage_if_that_is_worth_more() -> None:
    seen = replace(ANNOUNCED, other=steady(28.76))
    assert decide_line(seen) == LineAction.START_STORAGE
    assert decide_line(replace(seen, own=steady(28.76))) == LineAction.START
    assert decide_line(replace(seen, own=steady(40.0))) == LineAction.START
    assert decide_line(replace(seen, may_change=False)) == LineAction.WAIT


def test_luck_scales_the_worth_of_an_announced_line_but_not_its_cost() -> None:
    assert (
        decide_line(replace(ANNOUNCED, own=steady(28.0), noise_factor=1.03)) == LineAction.START
    )  # 224 x 1.03 = 230.7
    assert decide_line(replace(ANNOUNCED, own=steady(29.0), noise_factor=0.99)) == LineAction.WAIT  # 232 x 0.99 = 229.7


@pytest.mark.parametrize(("waited", "action"), [(16, LineAction.WAIT), (17, LineAction.CLOSE)])
def test_an_announced_line_is_cancelled_when_patience_ends(waited: int, action: LineAction) -> None:
    seen = replace(ANNOUNCED, own=steady(28.0), quarters_waited=waited)
    assert decide_line(seen) == action
    assert decide_line(replace(seen, own=steady(29.0))) == LineAction.START


@pytest.mark.parametrize("status", [LineStatus.CONVERTING, LineStatus.CLOSED])
@pytest.mark.parametrize("use", list(Use))
def test_a_line_in_change_or_closed_stays_as_it_is(status: LineStatus, use: Use) -> None:
    seen = replace(RUNNING, status=status, use=use, own=steady(-50.0), other=steady(500.0), quarters_waited=99)
    assert decide_line(seen) == LineAction.WAIT


margins = st.floats(-200, 500)


@given(
    status=st.sampled_from(LineStatus), use=st.sampled_from(Use), own=margins, other=margins,
    noise_factor=st.floats(0.2, 2.0), to_start=st.integers(0, 30), waited=st.integers(0, 40), may_idle=st.booleans(),
)  # fmt: skip
def test_a_line_that_may_not_change_keeps_its_use(
    status: LineStatus,
    use: Use,
    own: float,
    other: float,
    noise_factor: float,
    to_start: int,
    waited: int,
    *,
    may_idle: bool,
) -> None:
    seen = replace(
        RUNNING, status=status, use=use, own=steady(own), other=steady(other), noise_factor=noise_factor,
        quarters_to_start=to_start, quarters_waited=waited, may_idle=may_idle, may_change=False,
    )  # fmt: skip
    assert decide_line(seen) not in OTHER_USE


@pytest.mark.parametrize(("waited", "action"), [(16, LineAction.WAIT), (17, LineAction.SELL)])
def test_a_line_a_partner_would_take_is_sold_where_it_would_be_closed(waited: int, action: LineAction) -> None:
    assert decide_line(replace(IDLE, quarters_waited=waited, partner_offers=True)) == action
