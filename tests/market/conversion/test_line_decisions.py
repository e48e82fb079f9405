"""What owners of lines expect, and who decides when (M14, M18)."""

import numpy as np
import pytest

from agents.cells.line_decision import LineAction, LineStatus, Use
from market.base import quarters
from market.base.categories import MAKERS
from market.conversion.prospects import car_cells_wanted_gwh
from market.power.contracts import StorageContract
from tests.market.conversion.desks import CHANGES, EXACT, NOW, ORIGIN, Desks

# What owners expect


def test_what_a_makers_own_lines_cannot_make_is_wanted_from_the_open_market() -> None:
    """Wanted 10, 30 and 5; own lines make 20, 20 and none: 15 are left."""
    expected, capacity = np.array([10.0, 30.0, 5.0]), np.array([20.0, 20.0, 0.0, 30.0])
    assert car_cells_wanted_gwh(expected, capacity).tolist() == [10.0, 30.0, 5.0, 15.0]
    both = car_cells_wanted_gwh(np.stack([expected, 2 * expected]), np.stack([capacity, capacity]))
    assert both[1].tolist() == [20.0, 60.0, 10.0, 50.0]


@pytest.mark.parametrize(("before", "factor"), [(1.0, 1.1), (0.5, 1.3), (9.0, 0.8)])
def test_next_years_cells_are_the_last_years_with_its_growth_within_bounds(
    desk: Desks, before: float, factor: float
) -> None:
    """1.1 a quarter after 1.0, 0.5 and 9.0: growth of 10 %, and no more than 30 % up or 20 % down."""
    here = desk()
    gm = np.eye(len(MAKERS))[MAKERS.index("GM")]
    here.cells.needed = [gm * 99.0, *[gm * before] * 4, *[gm * 1.1] * 4]
    share = here.cells.domestic_share(NOW)[0]
    assert here.decisions.expected_car_cells_gwh(NOW) == pytest.approx(gm * 4.4 * factor * share, rel=1e-9)


def test_what_a_car_line_promises_by_hand(desk: Desks) -> None:
    """Honda's 40 GWh a year, due by 2025Q4, make 37.2 good ones; 18.6 are wanted: half of 0.93 is sold."""
    here = desk()
    expected = np.zeros(len(MAKERS))
    expected[MAKERS.index("Honda")] = 18.6
    line = here.lines_of("lges_honda")[0]
    seen = here.sees(line, NOW, expected)
    assert seen.own.sold_share == pytest.approx(0.465, rel=1e-9)
    cost = here.cells.costs.nickel_cost_usd_per_kwh(np.array([0.93]), NOW)[0]
    price = here.cells.costs.vehicle_price_usd_per_kwh(NOW)
    credits_usd = here.cells.costs.coming_credits_usd_per_kwh(NOW) * here.cells.costs.credit_kept[Use.VEHICLES]
    assert seen.own.margin_usd_per_kwh == pytest.approx(price - cost + credits_usd, rel=EXACT)
    assert (seen.status, seen.use, seen.quarters_to_start) == (LineStatus.BUILDING, Use.VEHICLES, 2)


def test_a_line_outside_the_united_states_has_no_production_credit(desk: Desks) -> None:
    here = desk()
    inside, outside = (here.sees(here.lines_of(name)[0], NOW) for name in ("lges_honda", "nextstar_windsor"))
    gap = inside.own.margin_usd_per_kwh - outside.own.margin_usd_per_kwh
    kept = here.cells.costs.credit_kept[Use.VEHICLES]
    assert gap == pytest.approx(kept * here.cells.costs.coming_credits_usd_per_kwh(NOW), rel=1e-9, abs=1e-9)


def test_each_owner_sees_the_lines_that_were_turned_before_it(desk: Desks) -> None:
    """Another line that turns lowers what the next expects of storage, to no more and no less than clearing gives."""
    here = desk(ordered_gwh=93.0 / 4.0)
    first, second = here.lines_of("gm_lg_ultium2")[:2]
    before = here.sees(second, NOW).other
    here.cells.lines.change(first, LineAction.CONVERT, NOW, 4, 2)
    after = here.sees(second, NOW).other
    assert after.margin_usd_per_kwh[0] < before.margin_usd_per_kwh[0]
    supply = here.power.compliant_supply_gwh(NOW + 40) + 0.93 * here.cells.lines.gwh_per_year[second]
    market = here.power.us_market(np.full(10, 93.0), NOW)
    price = market.ask_usd_per_kwh(np.full(10, supply))[0]
    cost = here.cells.costs.iron_cost_usd_per_kwh(np.array([0.93]), NOW)[0]
    credit_usd = here.cells.costs.coming_credits_usd_per_kwh(NOW)[0]
    assert after.margin_usd_per_kwh[0] == pytest.approx(price - cost + credit_usd, rel=1e-9)
    assert after.sold_share == pytest.approx(0.93 * market.sold_share(np.full(10, supply))[0], rel=1e-9)


# What holds a line back


def owed_by_tesla(gwh: float, start: int) -> StorageContract:
    return StorageContract(
        number=0, signed=start - 3, region=2, buyer="utility PJM", seller="Tesla", compliant=True,
        for_data_center=False, gw=gwh / 4.0, gwh=gwh, price_usd_per_kwh=80.0, lithium_usd_per_kg=11.0,
        credit_share=0.3, other_capex_usd_per_kwh=190.0, start=start, end=start + 7,
    )  # fmt: skip


def test_a_storage_line_that_is_owed_for_is_neither_turned_nor_idled(desk: Desks) -> None:
    quarter = quarters.index("2026Q2")
    here = desk().at(quarter)
    (line,) = here.lines_of("tesla_nevada_lfp")
    free = here.sees(line, quarter)
    assert (free.use, free.may_change, free.may_idle) == (Use.STORAGE, True, True)
    here.power.book.sign(owed_by_tesla(0.8, quarter + 4))
    bound = here.sees(line, quarter)
    assert (bound.may_change, bound.may_idle) == (False, False)


def test_a_storage_line_is_free_if_the_sellers_other_lines_can_make_what_is_owed(desk: Desks) -> None:
    """A line of Panasonic's 9.75 GWh turned to storage makes 2.27 good GWh a quarter."""
    quarter = quarters.index("2026Q2")
    here = desk().at(quarter)
    (line,) = here.lines_of("tesla_nevada_lfp")
    other = here.lines_of("panasonic_nevada")[0]
    here.cells.lines.change(other, LineAction.CONVERT, quarter, 4, 2)
    here.power.book.sign(owed_by_tesla(8 * 2.26, quarter))
    assert here.sees(line, quarter).may_idle
    here.power.book.sign(owed_by_tesla(8 * 0.01, quarter))
    assert not here.sees(line, quarter).may_idle


@pytest.mark.parametrize(("wanted_gwh", "may_idle"), [(332.0, True), (332.5, False)])
def test_a_car_line_may_be_idled_while_the_others_stay_slack(desk: Desks, wanted_gwh: float, *, may_idle: bool) -> None:
    """By 2026Q2 518.5 GWh a year are due for cars; without 8.2 of them 0.7 x 0.93 x 510.3 = 332.2."""
    here = desk()
    expected = np.full(len(MAKERS), wanted_gwh / len(MAKERS))
    assert here.sees(here.lines_of("gm_lg_ultium1")[0], NOW, expected).may_idle == may_idle


# Decisions


def test_lines_decide_in_the_second_and_fourth_quarter_after_the_origin_alone(desk: Desks) -> None:
    here = desk()
    decided = {quarter: len(here.decide(quarter)) for quarter in range(ORIGIN - 3, ORIGIN + 5)}
    assert {quarter for quarter, count in decided.items() if count} == {ORIGIN + 2, ORIGIN + 4}


def test_a_line_moves_at_most_once_and_the_largest_gain_first(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    changes = here.decide(NOW)
    moved = [change.line for change in changes]
    assert len(moved) == len(set(moved))
    per_gwh = [change.gain_musd / here.cells.lines.gwh_per_year[change.line] for change in changes[:5]]
    assert per_gwh[0] == max(per_gwh)
    assert all(change.gain_musd > 0.0 for change in changes)


def test_more_orders_turn_more_lines(desk: Desks) -> None:
    counts = [
        sum(
            change.action in CHANGES for change in desk(needed_gwh=5.0, ordered_gwh=gwh, decision_noise=0.0).decide(NOW)
        )
        for gwh in (0.0, 60.0, 200.0)
    ]
    assert counts[0] == 0
    assert counts[0] < counts[1] < counts[2]


def test_the_same_seed_decides_the_same_and_another_one_by_other_luck(desk: Desks) -> None:
    once, again, other = (desk(needed_gwh=5.0, seed=seed).decide(NOW) for seed in (1, 1, 2))
    assert once == again
    assert {change.gain_musd for change in once} != {change.gain_musd for change in other}


def test_nothing_is_turned_where_lines_may_not_convert(desk: Desks) -> None:
    here = desk(needed_gwh=5.0, may_convert=False)
    actions = {change.action for quarter in range(NOW, NOW + 8) for change in here.decide(quarter)}
    assert LineAction.IDLE in actions
    assert actions.isdisjoint(CHANGES)
    assert not here.cells.lines.converted.any()


def test_a_change_costs_what_was_drawn_for_the_line_times_its_size_and_idling_nothing(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    lines = here.cells.lines
    status, size = lines.status.copy(), lines.gwh_per_year.copy()
    changes = here.decide(NOW)
    assert {LineAction.IDLE, LineAction.START_STORAGE} & {change.action for change in changes}
    surveys = here.decisions._surveys
    for change in changes:
        if change.action in (LineAction.SELL, LineAction.SELL_AS_IS):
            continue
        per_gwh = 0.0
        if change.action in CHANGES:
            built = status[change.line] == LineStatus.ANNOUNCED
            per_gwh = 115.0 if built else surveys.cost_musd_per_gwh_year[change.line]
        assert change.cost_musd == pytest.approx(per_gwh * size[change.line], rel=EXACT)


def test_what_is_decided_is_put_into_effect_with_the_lag_of_its_kind(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    lines = here.cells.lines
    converted = [change.line for change in here.decide(NOW) if change.action == LineAction.CONVERT]
    assert converted
    for line in converted:
        lag, offline = ((1, 0), (4, 2), (7, 3))[lines.kind[line]]
        assert (lines.status[line], lines.use[line]) == (LineStatus.CONVERTING, Use.STORAGE)
        assert (lines.ready[line], lines.offline_from[line]) == (NOW + lag, NOW + lag - offline)


def test_an_announced_line_takes_the_time_and_money_of_building(desk: Desks) -> None:
    """Where cells for cars are short and plants cost 60 M$ a GWh a year, Ford's deferred lines start."""
    here = desk(needed_gwh=900.0, ordered_gwh=0.0, new_plant_musd=60.0)
    started = [change for change in here.decide(NOW) if change.action == LineAction.START]
    assert {change.line for change in started} <= {
        *here.lines_of("ford_blueoval_ky2"), *here.lines_of("skon_tennessee"),
    }  # fmt: skip
    assert started
    for change in started:
        assert change.cost_musd == pytest.approx(60.0 * here.cells.lines.gwh_per_year[change.line], rel=EXACT)
        assert here.cells.lines.ready[change.line] == NOW + 8
