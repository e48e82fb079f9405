"""Waiting and hurrying (M3): case 17 of D2; nobody is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.choice import Floats
from agents.waiting import WaitingPool, bring_forward, pull_forward_share, return_share, waiting_share

ALPHA, RHO, HAZARD = 0.077, 0.5, 0.5
gains = st.floats(-20.0, 20.0)


def one(value: float) -> Floats:
    return np.array([value])


def test_the_worked_case_of_the_specification() -> None:
    assert waiting_share(one(1.5), ALPHA, RHO) == pytest.approx(0.056114, abs=5e-7)
    assert pull_forward_share(one(-1.5), ALPHA, RHO) == pytest.approx(0.056114, abs=5e-7)


@given(gains.filter(lambda gain: gain == 0.0 or abs(gain) > 1e-6))
def test_buyers_wait_or_hurry_but_not_both(gain: float) -> None:
    waits, hurries = waiting_share(one(gain), ALPHA, RHO)[0], pull_forward_share(one(gain), ALPHA, RHO)[0]
    assert (waits > 0.0) == (gain > 0.0)
    assert (hurries > 0.0) == (gain < 0.0)
    assert max(waits, hurries) < 1.0


@given(gains)
def test_without_rho_nobody_waits_or_hurries(gain: float) -> None:
    assert waiting_share(one(gain), ALPHA, 0.0)[0] == 0.0
    assert pull_forward_share(one(gain), ALPHA, 0.0)[0] == 0.0


@given(gains, gains)
def test_more_wait_for_more_up_to_five_kusd(gain: float, other: float) -> None:
    low, high = waiting_share(np.sort([gain, other]), ALPHA, RHO)
    assert low <= high <= 1.0 - np.exp(-ALPHA * RHO * 5.0) + 1e-15
    assert waiting_share(one(5.0), ALPHA, RHO) == waiting_share(one(50.0), ALPHA, RHO)


def test_all_who_wait_come_back() -> None:
    joined = 100.0 * waiting_share(one(1.5), ALPHA, RHO)
    pool, came = WaitingPool(one(0.0)).stepped(joined, one(HAZARD))
    assert came[0] == 0.0
    returned = []
    for _ in range(60):
        pool, came = pool.stepped(one(0.0), one(HAZARD))
        returned.append(float(came[0]))
    assert returned[:3] == pytest.approx(5.6114 * np.array([0.5, 0.25, 0.125]), abs=5e-5)
    assert sum(returned) == pytest.approx(float(joined[0]), rel=1e-12)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30), st.floats(0.0, 1.0), st.floats(0.0, 1e6))
def test_the_pool_is_conserved(joined: list[float], hazard: float, before: float) -> None:
    pool, returned = WaitingPool(one(before)), 0.0
    for joining in joined:
        pool, came = pool.stepped(one(joining), one(hazard))
        returned += float(came[0])
        assert pool.seats[0] >= 0.0
    assert pool.seats[0] + returned == pytest.approx(before + sum(joined), rel=1e-12, abs=1e-12)


def test_the_pool_hurries_too() -> None:
    assert return_share(HAZARD, one(0.2)) == pytest.approx(0.6)
    assert return_share(HAZARD, one(0.0))[0] == HAZARD


@given(st.lists(st.floats(0.0, 1e6), min_size=4, max_size=4), st.floats(0.0, 1.0))
def test_what_is_bought_now_is_not_due_again(due: list[float], share: float) -> None:
    now, left = bring_forward(np.array(due)[:, np.newaxis], one(share))
    assert left[:, 0] == pytest.approx((1.0 - share) * np.array(due), rel=1e-9, abs=1e-6)
    assert now[0] + left.sum() == pytest.approx(sum(due), rel=1e-12)


def test_nobody_is_brought_forward_at_a_share_of_nothing() -> None:
    now, left = bring_forward(np.full((4, 2), 7.0), np.zeros(2))
    assert now.tolist() == [0.0, 0.0]
    assert left.tolist() == [[7.0, 7.0]] * 4


def sales(gain_kusd: list[float], quarters: int = 40) -> Floats:
    """Sales of a market in which 100 buyers are due each quarter: gain by quarter, 0 after the list."""
    due, pool, sold = np.full((quarters + 8, 1), 100.0), WaitingPool(one(0.0)), []
    for quarter in range(quarters):
        gain = one(gain_kusd[quarter] if quarter < len(gain_kusd) else 0.0)
        hurry = pull_forward_share(gain, ALPHA, RHO)
        now, due[quarter + 1 : quarter + 5] = bring_forward(due[quarter + 1 : quarter + 5], hurry)
        joined = due[quarter] * waiting_share(gain, ALPHA, RHO)
        pool, came = pool.stepped(joined, return_share(HAZARD, hurry))
        sold.append(float((due[quarter] - joined + came + now)[0]))
    return np.array(sold)


def test_a_gain_ahead_puts_sales_off_and_none_is_lost() -> None:
    sold = sales([1.5])
    assert sold[:3] == pytest.approx([100 - 5.6114, 100 + 5.6114 / 2, 100 + 5.6114 / 4], abs=5e-5)
    assert sold.sum() == pytest.approx(4_000.0, rel=1e-12)


def test_the_gain_reversed_pulls_sales_forward_and_they_are_paid_back() -> None:
    sold = sales([-1.5])
    assert sold[0] == pytest.approx(100 + 4 * 5.6114, abs=2e-4)
    assert sold[1:5] == pytest.approx(100 - 5.6114, abs=5e-5)
    assert sold[5:].tolist() == [100.0] * 35
    assert sold.sum() == pytest.approx(4_000.0, rel=1e-12)


def test_those_who_waited_hurry_before_the_gain_turns() -> None:
    sold = sales([1.5, -1.5])
    pool = 100 * 0.0561138
    assert sold[1] == pytest.approx(100 + 4 * pool + pool * (0.5 + 0.5 * 0.0561138), abs=1e-3)
    assert sold.sum() == pytest.approx(4_000.0, rel=1e-12)
