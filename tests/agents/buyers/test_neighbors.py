"""Neighbours (M7): the term by hand, and case 16 of D2."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from agents.buyers.neighbors import fixed_points, neighbor_value_kusd

SHARES = np.array([[0.9, 0.9], [0.02, 0.10], [0.04, 0.10], [0.04, 0.20], [0.06, 0.20]])  # five quarters, two zones


def test_the_mean_of_the_last_four_quarters_counts() -> None:
    assert neighbor_value_kusd(SHARES, 1.2, 0.08) == pytest.approx([15 * 0.04, 15 * 0.15])


def test_a_history_of_two_quarters_is_used_as_it_is() -> None:
    assert neighbor_value_kusd(SHARES[-2:], 0.08, 0.08) == pytest.approx([0.05, 0.20])


def test_without_weight_neighbours_are_worth_nothing() -> None:
    assert neighbor_value_kusd(SHARES, 0.0, 0.077).tolist() == [0.0, 0.0]


def test_no_quarter_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one quarter"):
        neighbor_value_kusd(SHARES[:0], 1.2, 0.077)


def test_the_worked_case_of_the_specification() -> None:
    points = fixed_points(-3.0, 6.0)
    assert points.share == pytest.approx([0.0707202, 0.5, 0.9292798], abs=5e-7)
    assert points.is_stable.tolist() == [True, False, True]


@given(st.floats(-8.0, 8.0), st.floats(0.0, 3.999))
def test_there_is_one_stable_point_for_a_weight_below_four(value: float, weight: float) -> None:
    points = fixed_points(value, weight)
    assert points.share.size == 1
    assert points.is_stable.all()


def test_a_weight_of_four_is_the_border() -> None:
    points = fixed_points(-2.0, 4.0)
    assert points.share == pytest.approx([0.5])
    assert not points.is_stable.any()


def test_without_weight_the_point_is_the_plain_logit() -> None:
    assert fixed_points(-1.3, 0.0).share == pytest.approx([expit(-1.3)], rel=1e-9)


def crossings(value: float, weight: float) -> int:
    """Sign changes on a fine grid: an oracle that knows no calculus."""
    share = np.linspace(0.0, 1.0, 200_001)
    return int((np.diff(np.sign(expit(value + weight * share) - share)) != 0).sum())


@pytest.mark.parametrize("weight", [4.5, 6.0, 9.0])
@pytest.mark.parametrize("value", [-6.03, -4.53, -3.03, -2.23, -1.03])
def test_all_points_are_found(value: float, weight: float) -> None:
    points = fixed_points(value, weight)
    assert points.share.size == crossings(value, weight)


@given(st.floats(-12.0, 4.0), st.floats(0.0, 12.0))
def test_points_rest_and_stable_and_unstable_ones_take_turns(value: float, weight: float) -> None:
    points = fixed_points(value, weight)
    assert points.share == pytest.approx(expit(value + weight * points.share), abs=1e-9)
    assert points.share.size in {1, 2, 3}
    if points.share.size == 3:
        assert points.is_stable.tolist() == [True, False, True]


@pytest.mark.parametrize(("start", "end"), [(0.49, 0.0707202), (0.51, 0.9292798)])
def test_a_share_near_the_unstable_point_leaves_it_for_the_stable_one_on_its_side(start: float, end: float) -> None:
    share = start
    for _ in range(200):
        share = float(expit(-3.0 + 6.0 * share))
    assert share == pytest.approx(end, abs=5e-7)


@pytest.mark.parametrize(("value", "share"), [(-1_000.0, 0.0), (1_000.0, 1.0)])
def test_extreme_values_leave_nobody_or_everybody(value: float, share: float) -> None:
    assert fixed_points(value, 6.0).share == pytest.approx([share], abs=1e-11)


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="not be negative"):
        fixed_points(0.0, -1.0)
