"""Queues at chargers (M8): cases 5 and 6 of D2, oracles from probability theory, sessions conserved."""

from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from agents.arrays import Floats
from agents.charging.queueing import (
    Rhythm,
    WaitTable,
    erlang_c,
    peak_load_erlangs,
    served_and_lost,
    service_hours,
    utilization_share,
    wait_in_service_times,
)

EXACT = 1e-12
DAYS, HOURS = 365.25 / 4, 24 * 365.25 / 4
CAP = 0.95
TABLE = WaitTable.built(40, CAP, 95)
RHYTHM = Rhythm(peak_hour_share=0.09, holiday_factor=1.6, holiday_share=0.06)
NO_HOLIDAY = Rhythm(peak_hour_share=0.09, holiday_factor=1.6, holiday_share=0.0)

PLUGS = np.array([1, 2, 4, 8, 12])
LOAD = np.array([0.5, 1.0, 3.0, 6.0, 9.0])


def one(value: float) -> Floats:
    return np.array([value])


def in_system(plugs: int, load: float) -> Floats:
    """Stationary probabilities of the number in the system, by the balance of flows, to 4,000 sessions."""
    number = np.arange(4_000)
    flow_in_over_out = load / np.minimum(number[1:], plugs)
    log_weight = np.concatenate([[0.0], np.cumsum(np.log(flow_in_over_out))])
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def test_the_worked_cases_of_the_specification() -> None:
    assert erlang_c(PLUGS, LOAD) == pytest.approx([0.5, 0.333333, 0.509434, 0.356981, 0.266035], abs=5e-7)
    waits = [1.0, 0.333333, 0.509434, 0.178491, 0.088678]
    assert wait_in_service_times(PLUGS, LOAD) == pytest.approx(waits, abs=5e-7)


@given(st.integers(1, 15), st.floats(0.01, 0.99))
def test_erlang_c_is_its_textbook_sum(plugs: int, utilization: float) -> None:
    load = utilization * plugs
    waiting = load**plugs / factorial(plugs) / (1.0 - utilization)
    served = sum(load**k / factorial(k) for k in range(plugs))
    assert erlang_c(np.array(plugs), np.array(load)) == pytest.approx(waiting / (served + waiting), rel=1e-10)


@pytest.mark.parametrize(("plugs", "load"), [(50, 45.0), (300, 290.0), (1_000, 960.0)])
def test_large_sites_agree_with_the_poisson_form_of_erlang_b(plugs: int, load: float) -> None:
    blocked = poisson.pmf(plugs, load) / poisson.cdf(plugs, load)
    expected = blocked / (1.0 - load / plugs * (1.0 - blocked))
    assert erlang_c(np.array(plugs), np.array(load)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("plugs", "load"), [(1, 0.5), (4, 3.0), (12, 9.0), (20, 18.5)])
def test_little_s_law_holds_in_the_queue_and_in_the_system(plugs: int, load: float) -> None:
    """L = lambda W, time in service times, so that lambda is the load; L from the balance of flows."""
    share, number = in_system(plugs, load), np.arange(4_000)
    wait = float(wait_in_service_times(np.array(plugs), np.array(load)))
    assert share @ np.maximum(number - plugs, 0) == pytest.approx(load * wait, rel=1e-9)
    assert share @ number == pytest.approx(load * (wait + 1.0), rel=1e-9)


def test_many_plugs_leave_no_wait_at_the_same_utilisation() -> None:
    plugs = np.array([1, 10, 100, 1_000])
    waits = wait_in_service_times(plugs, 0.7 * plugs)
    assert (np.diff(waits) < 0).all()
    assert waits[-1] < 1e-20


def test_everybody_waits_where_the_load_reaches_the_plugs_and_nobody_without_a_load() -> None:
    load = np.array([0.0, 3.0, 3.5])
    assert erlang_c(np.array(3), load).tolist() == [0.0, 1.0, 1.0]
    assert wait_in_service_times(np.array(3), load).tolist() == [0.0, np.inf, np.inf]


@pytest.mark.parametrize(("plugs", "load"), [(0, 0.5), (2, -0.1)])
def test_no_plug_and_negative_loads_are_refused(plugs: int, load: float) -> None:
    with pytest.raises(ValueError, match="at least one plug"):
        erlang_c(np.array(plugs), np.array(load))


@given(st.integers(1, 40), st.floats(0.0, CAP))
def test_the_table_gives_the_formula(plugs: int, utilization: float) -> None:
    """Linear in steps of h = 0.01 a probability errs by P'' h^2 / 8; over 1 - u it is worst near the cap."""
    exact = wait_in_service_times(np.array(plugs), np.array(utilization * plugs))
    read = TABLE.wait_in_service_times(np.array(float(plugs)), np.array(utilization * plugs))
    assert read == pytest.approx(exact, abs=1e-3)


def test_the_table_is_exact_on_its_grid() -> None:
    read = TABLE.wait_in_service_times(PLUGS.astype(float), LOAD)
    assert read == pytest.approx(wait_in_service_times(PLUGS, LOAD), rel=1e-9)


def test_half_a_plug_more_waits_midway_at_the_same_utilisation() -> None:
    plugs = np.array([3.0, 3.5, 4.0])
    waits = TABLE.wait_in_service_times(plugs, 0.8 * plugs)
    assert waits[1] == pytest.approx((waits[0] + waits[2]) / 2, rel=EXACT)


def test_the_ends_of_the_table() -> None:
    one_at_cap = CAP / (1.0 - CAP)  # a single plug: P(wait) is its utilisation
    assert TABLE.wait_in_service_times(one(1.0), one(7.0)) == pytest.approx(one_at_cap)
    assert TABLE.wait_in_service_times(one(0.0), one(0.3)) == pytest.approx(one_at_cap)
    assert TABLE.wait_in_service_times(one(0.5), one(0.25)) == pytest.approx(1.0)  # half a plug, half busy
    largest = TABLE.wait_in_service_times(one(40.0), one(32.0))
    assert TABLE.wait_in_service_times(one(80.0), one(64.0)) == pytest.approx(largest)


@given(st.floats(0.3, 45.0), st.floats(0.3, 45.0), st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_waits_rise_with_load_and_fall_with_plugs(plugs: float, other: float, load: float, heavier: float) -> None:
    few, many = sorted([plugs, other])
    low, high = sorted([load, heavier])
    wait = TABLE.wait_in_service_times(np.array([few, few, many]), np.array([low, high, high]))
    assert 0.0 <= wait[0] <= wait[1] + EXACT
    assert wait[2] <= wait[1] + EXACT


@pytest.mark.parametrize("cap", [0.0, 1.0])
def test_a_table_up_to_full_use_is_refused(cap: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        WaitTable.built(4, cap, 10)


def test_a_session_of_30_kwh_at_150_kw_takes_16_minutes() -> None:
    assert service_hours(one(30.0), one(150.0), 4 / 60) == pytest.approx(16 / 60)


def test_the_peak_load_of_100_sessions_a_day_on_a_holiday() -> None:
    load = peak_load_erlangs(one(100.0 * DAYS), one(0.25), 0.09, 1.6)
    assert load == pytest.approx(100 * 1.6 * 0.09 * 0.25)


def test_what_a_peak_hour_cannot_serve_is_lost_by_hand() -> None:
    # one plug, half an hour: 1.9 sessions an hour at the cap; 30 a day: 2.7 at the peak, 1.19 in other hours
    served, lost = served_and_lost(one(30.0 * DAYS), one(1.0), one(0.5), NO_HOLIDAY, CAP)
    assert lost == pytest.approx(0.8 * DAYS)
    assert served == pytest.approx(29.2 * DAYS)


def test_holidays_lose_first() -> None:
    # 20 a day: 1.8 at the peak of the mean day, below 1.9; on holidays 2.88, and other hours stay below
    served, lost = served_and_lost(one(20.0 * DAYS), one(1.0), one(0.5), RHYTHM, CAP)
    assert lost == pytest.approx(0.98 * 0.06 * DAYS)
    assert served == pytest.approx(20.0 * DAYS - 0.98 * 0.06 * DAYS)


def test_all_hours_are_full_where_demand_is_far_above_what_plugs_can_do() -> None:
    served, _ = served_and_lost(one(1e9), one(3.0), one(0.5), RHYTHM, CAP)
    assert served == pytest.approx(CAP * 3.0 / 0.5 * HOURS, rel=1e-6)


def test_nothing_is_lost_below_the_cap_and_everything_without_plugs() -> None:
    served, lost = served_and_lost(one(5.0 * DAYS), np.array([2.0, 0.0]), one(0.5), RHYTHM, CAP)
    assert lost.tolist() == [0.0, 5.0 * DAYS]
    assert served.tolist() == [5.0 * DAYS, 0.0]


@given(
    st.floats(0.0, 1e7), st.integers(0, 200), st.floats(0.3, 1.0), st.floats(20.0, 350.0), st.floats(5.0, 80.0),
    st.floats(1 / 24, 1.0), st.floats(0.0, 3.0), st.floats(0.0, 0.3),
)  # fmt: skip
def test_sessions_are_conserved_exactly_and_energy_keeps_within_the_plugs(
    demand: float, plugs: int, success: float, kw: float, kwh: float, peak: float, factor: float, holidays: float
) -> None:
    """Invariant 8."""
    rhythm = Rhythm(peak, factor, holidays)
    hours = service_hours(np.array(kwh), np.array(kw), 4 / 60)
    served, lost = served_and_lost(np.array(demand), np.array(plugs * success), hours, rhythm, CAP)
    assert served + lost == demand
    assert served >= 0.0
    assert lost >= 0.0
    # without plugs the weighted hours add up to 1 within rounding only
    assert served * kwh <= plugs * kw * HOURS * success + 1e-9 * demand
    assert utilization_share(served, np.array(plugs * success), hours) <= CAP * (1.0 + 1e-9)


@given(st.floats(1 / 24, 1.0), st.floats(0.0, 3.0), st.floats(0.0, 0.3))
def test_the_hours_of_a_quarter_hold_all_its_sessions(peak: float, factor: float, holidays: float) -> None:
    rhythm = Rhythm(peak, factor, holidays)
    assert rhythm.hours().sum() == pytest.approx(HOURS)
    assert rhythm.hours() @ rhythm.sessions_share_per_hour() == pytest.approx(1.0, rel=EXACT)


@pytest.mark.parametrize(("peak", "factor", "share"), [(0.04, 1.6, 0.1), (1.1, 1.6, 0.1), (0.09, 4.0, 0.3)])
def test_a_rhythm_without_a_peak_or_with_more_than_all_sessions_is_refused(
    peak: float, factor: float, share: float
) -> None:
    with pytest.raises(ValueError, match="all"):
        Rhythm(peak, factor, share)


def test_a_plug_busy_four_hours_a_day_is_used_a_sixth() -> None:
    used = utilization_share(one(16.0 * DAYS), np.array([2.0, 0.0]), one(0.5))
    assert used == pytest.approx([1 / 6, 0.0])
