"""Charging operators (M9): values by hand, case 13 of D2, budgets and bounds."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.charging.investment import (
    best_places,
    closes,
    growth_room,
    opening_lag_quarters,
    plug_cash_usd_per_year,
    plug_value_usd,
    quarters_of_loss,
    upkeep_success,
)

NOT_FUNDED = np.array([False])
EVENLY = (np.arange(100_000) + 0.5) / 100_000  # evenly spaced quantiles: a mean over draws without sampling error


def one(value: float) -> Floats:
    return np.array([value])


def kept(sessions: float, margin: float = 5.0, *, funded: bool = False, cost: float = 800.0) -> float:
    return float(upkeep_success(one(sessions), one(margin), cost, 0.5, np.array([funded]), 0.99, 0.97)[0])


def cash(sessions: float, margin: float = 0.2, captive: float = 0.0) -> Floats:
    return plug_cash_usd_per_year(
        one(sessions), 30.0, one(margin),
        demand_charge_usd_per_year=one(9_000.0), upkeep_usd_per_year=one(3_000.0), captive_usd_per_year=one(captive),
    )  # fmt: skip


def test_the_cash_of_a_plug_by_hand() -> None:
    assert cash(3_850.0) == pytest.approx(23_100 - 12_000)
    assert cash(3_850.0, captive=500.0) == pytest.approx(11_600)
    assert cash(0.0) == pytest.approx(-12_000)


def test_a_plug_without_discounting_is_worth_its_cash_less_its_capital_net_of_the_grant() -> None:
    value = plug_value_usd(np.full((10, 2), 20_000.0), np.array([150e3]), np.array([40e3, 0.0]), 0.0, 1.0)
    assert value == pytest.approx([90e3, 50e3])


def test_a_level_cash_is_worth_its_annuity() -> None:
    value = plug_value_usd(np.full((10, 1), 20_000.0), one(110e3), one(0.0), 0.13, 0.0)
    assert value == pytest.approx(20_000 * (1 - 1.13**-10) / 0.13 - 110e3)


def test_a_plug_that_opens_a_year_later_is_worth_less_by_a_year_of_interest() -> None:
    now, later = (plug_value_usd(np.full((10, 1), 20_000.0), one(0.0), one(0.0), 0.13, lag) for lag in (0.0, 1.0))
    assert now / later == pytest.approx(1.13)


def test_a_plug_whose_cash_just_pays_the_hurdle_is_worth_nothing() -> None:
    growing = np.array([10_000.0 * 1.1**year for year in range(10)])
    capital = sum(10_000.0 * 1.1**year / 1.13 ** (year + 1) for year in range(10))
    assert plug_value_usd(growing[:, np.newaxis], one(capital), one(0.0), 0.13, 0.0) == pytest.approx(0.0, abs=1e-6)


def test_a_grant_pays_at_most_the_capital() -> None:
    assert plug_value_usd(np.zeros((10, 1)), one(110e3), one(150e3), 0.13, 0.0)[0] == 0.0


def test_growth_is_limited_to_four_plugs_or_sixty_percent_a_year() -> None:
    room = growth_room(np.array([0, 5, 6, 7, 100, 100]), np.array([0, 1, 0, 0, 25, 70]), 4, 0.6)
    assert room.tolist() == [4, 3, 4, 4, 35, 0]


def test_plugs_go_to_the_best_places_until_the_budget_is_spent() -> None:
    value = np.array([5e3, 40e3, -1e3, 20e3])
    started = best_places(value, np.full(4, 110e3), 10 * 110e3, np.array([9, 4, 9, 3]))
    assert started.tolist() == [3, 4, 0, 3]


def test_equal_places_are_served_in_their_order() -> None:
    started = best_places(np.full(3, 7e3), np.full(3, 100.0), 500.0, np.array([2, 2, 2]))
    assert started.tolist() == [2, 2, 1]
    alike = np.tile([7e3, 9e3], 100)  # many, as a sort may keep the order of few by chance
    started = best_places(alike, np.full(200, 100.0), 15_000.0, np.full(200, 1))
    assert started.tolist() == [1] * 100 + [0, 1] * 50


def test_a_grant_that_halves_the_cost_puts_a_place_first() -> None:
    started = best_places(np.array([30e3, 20e3]), np.array([100e3, 50e3]), 100e3, np.array([1, 2]))
    assert started.tolist() == [0, 2]


def test_what_is_left_goes_to_a_cheaper_place() -> None:
    started = best_places(np.array([100.0, 10.0]), np.array([60.0, 40.0]), 100.0, np.array([5, 5]))
    assert started.tolist() == [1, 1]


@pytest.mark.parametrize(("budget", "value"), [(0.0, 1.0), (-5.0, 1.0), (1e9, 0.0), (1e9, -1.0)])
def test_nothing_is_built_without_a_budget_or_where_it_does_not_pay(budget: float, value: float) -> None:
    assert best_places(np.full(3, value), np.full(3, 1.0), budget, np.full(3, 9)).tolist() == [0, 0, 0]


def test_an_endless_budget_builds_all_that_pays() -> None:
    started = best_places(np.array([1.0, -1.0, 2.0]), np.full(3, 1.0), np.inf, np.array([5, 6, 7]))
    assert started.tolist() == [5, 0, 7]


def test_a_plug_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="must cost something"):
        best_places(np.ones(2), np.array([1.0, 0.0]), 10.0, np.array([1, 1]))


places = st.lists(
    st.tuples(st.floats(-1e5, 1e5), st.floats(5e4, 2e5), st.integers(0, 20)), min_size=1, max_size=12
)  # fmt: skip


@given(places, st.floats(0.0, 1e7))
def test_plugs_stay_within_budget_and_room_and_no_affordable_plug_that_pays_is_left_out(
    offers: list[tuple[float, float, int]], budget: float
) -> None:
    value, cost, most = (np.array(column) for column in zip(*offers, strict=True))
    started = best_places(value, cost, budget, most)
    left = budget - float(started @ cost)
    assert left >= -1e-6
    assert ((started >= 0) & (started <= most)).all()
    assert not started[value <= 0].any()
    assert not ((value > 0) & (started < most) & (cost < left - 1e-6)).any()


@given(places, st.floats(0.0, 1e7))
def test_the_order_of_places_changes_nothing_where_none_are_equal(
    offers: list[tuple[float, float, int]], budget: float
) -> None:
    value, cost, most = (np.array(column) for column in zip(*offers, strict=True))
    assume(np.unique(value / cost).size == value.size)
    converted = best_places(value[::-1], cost[::-1], budget, most[::-1])[::-1]
    assert converted.tolist() == best_places(value, cost, budget, most).tolist()


def test_the_worked_case_of_the_specification() -> None:
    assert kept(600.0) == pytest.approx(0.733333, abs=5e-7)
    assert kept(3_850.0) == pytest.approx(0.958442, abs=5e-7)
    assert kept(100.0) == 0.5


def test_upkeep_is_bounded_and_a_grant_asks_for_more() -> None:
    assert kept(1e6) == 0.99
    assert kept(600.0, funded=True) == 0.97
    assert kept(1e6, funded=True) == 0.99
    assert kept(32_000.0 / 5.0, funded=True) == pytest.approx(0.975)


@pytest.mark.parametrize(("sessions", "margin"), [(0.0, 5.0), (600.0, 0.0), (600.0, -2.0)])
def test_where_nothing_is_earned_plugs_are_kept_at_the_floor(sessions: float, margin: float) -> None:
    assert kept(sessions, margin) == 0.5


def test_upkeep_that_costs_nothing_is_done_up_to_the_ceiling() -> None:
    assert kept(600.0, cost=0.0) == 0.99


@given(st.floats(400.0, 10_000.0), st.floats(3.0, 10.0))
def test_the_success_chosen_earns_the_most(sessions: float, margin: float) -> None:
    def profit(success: float) -> float:
        return margin * sessions * success + 800.0 * float(np.log(1.0 - success))

    chosen = kept(sessions, margin)
    assert profit(chosen) >= max(profit(success) for success in np.linspace(0.5, 0.99, 50)) - 1e-9


@given(sessions=st.floats(0.0, 1e5), other=st.floats(0.0, 1e5), funded=st.booleans())
def test_busier_plugs_are_kept_better(*, sessions: float, other: float, funded: bool) -> None:
    low, high = sorted([sessions, other])
    assert 0.5 <= kept(low, funded=funded) <= kept(high, funded=funded) <= 0.99


def test_a_site_closes_after_so_many_quarters_of_loss_in_a_row() -> None:
    counted, path = np.zeros(2, dtype=np.int64), []
    for flow in np.array([[-1.0, -1.0], [-1.0, 0.0], [-1.0, -1.0], [5.0, -1.0]]):
        counted = quarters_of_loss(counted, flow)
        path.append(closes(counted, 3).tolist())
    assert counted.tolist() == [0, 2]
    assert path == [[False, False], [False, False], [True, False], [False, False]]


def test_sites_open_after_three_to_six_quarters_equally_often() -> None:
    lags = opening_lag_quarters(EVENLY, 3, 6)
    assert np.bincount(lags).tolist() == [0, 0, 0, 25_000, 25_000, 25_000, 25_000]
