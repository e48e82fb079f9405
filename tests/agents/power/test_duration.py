"""Hours of storage by value, and the residual value that half decays (M16)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.duration import HOURS, mean_hours, residual_at

EXACT = 1e-12


def test_durations_worth_the_same_are_ordered_alike() -> None:
    assert mean_hours(np.zeros(3), 15.0) == pytest.approx(14.0 / 3.0, rel=EXACT)


def test_a_logit_by_hand() -> None:
    """Four hours are worth 15 ln 2 more at a spread of 15: shares 1/4, 1/2, 1/4."""
    assert mean_hours(np.array([0.0, 15.0 * np.log(2.0), 0.0]), 15.0) == pytest.approx(4.5, rel=EXACT)


@pytest.mark.parametrize("best", range(3))
def test_with_a_small_spread_the_best_duration_is_taken(best: int) -> None:
    assert mean_hours(np.eye(3)[best] * 10.0, 0.1) == pytest.approx(HOURS[best], rel=1e-9)


@given(value=st.floats(-200, 200), more=st.floats(0.1, 100))
def test_what_all_durations_gain_alike_changes_nothing(value: float, more: float) -> None:
    net = np.array([value, 0.0, -value])
    assert mean_hours(net + more, 15.0) == pytest.approx(mean_hours(net, 15.0), rel=1e-9)


def test_half_of_a_residual_stays_and_half_has_a_half_life_of_eight_years() -> None:
    found = [float(residual_at(np.array(40.0), years, 0.5, 8.0)) for years in (0.0, 8.0, 16.0, 800.0)]
    assert found == pytest.approx([40.0, 30.0, 25.0, 20.0], rel=EXACT)
