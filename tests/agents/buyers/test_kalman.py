"""The Kalman filter: steady states in closed form, truncated moments, and likelihoods against direct densities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm, truncnorm

from agents.arrays import Floats
from agents.buyers.kalman import State, expected, predicted, truncated_normal, updated, updated_between

ONE = np.ones((1, 1))
LOADING = np.ones(1)


def known(mean: float, variance: float) -> State:
    """One state."""
    return State(np.array([mean]), np.array([[variance]]))


@pytest.mark.parametrize(("ratio", "gain"), [(1.0, 0.6180339887), (0.1, 0.2701562119)])
def test_a_local_level_settles_at_its_steady_gain(ratio: float, gain: float) -> None:
    state = known(0.0, 1e6)
    for _ in range(200):
        state, _ = updated(predicted(state, ONE, ONE * ratio), LOADING, 1.0, np.array(0.0))
    ahead = predicted(state, ONE, ONE * ratio)
    variance = float(ahead.covariance[0, 0])
    assert variance == pytest.approx((ratio + np.sqrt(ratio**2 + 4 * ratio)) / 2, abs=1e-9)
    moved, _ = updated(ahead, LOADING, 1.0, np.array(1.0))
    assert float(moved.mean[0]) == pytest.approx(gain, abs=1e-9)


def test_the_likelihood_is_that_of_all_observations_together() -> None:
    transition = np.array([[1.0, 0.9], [0.0, 0.9]])
    noise, start, seen_noise = np.diag([0.3, 0.2]), np.diag([2.0, 1.0]), 0.5
    loading, seen = np.array([1.0, 0.0]), np.array([0.7, -0.2, 1.5, 0.4])
    state, total = State(np.zeros(2), start), 0.0
    for value in seen:
        state = predicted(state, transition, noise)
        state, likelihood = updated(state, loading, seen_noise, np.array(value))
        total += float(likelihood)
    # x_t = T^t x_0 + sum T^(t - s) w_s, written out as one normal vector of observations
    power = [np.linalg.matrix_power(transition, k) for k in range(5)]
    covariance = np.zeros((4, 4))
    for i in range(1, 5):
        for j in range(1, 5):
            shared = power[i] @ start @ power[j].T
            for s in range(1, min(i, j) + 1):
                shared = shared + power[i - s] @ noise @ power[j - s].T
            covariance[i - 1, j - 1] = shared[0, 0] + seen_noise * (i == j)
    assert total == pytest.approx(multivariate_normal(np.zeros(4), covariance).logpdf(seen), abs=1e-10)


def test_an_outlier_moves_as_much_as_the_largest_surprise() -> None:
    state = known(0.0, 3.0)  # with noise 1 the observation has sd 2 and gain 0.75
    capped, likelihood = updated(state, LOADING, 1.0, np.array(100.0), outlier_sd=3.0)
    largest, _ = updated(state, LOADING, 1.0, np.array(6.0), outlier_sd=3.0)
    assert capped.mean.tolist() == largest.mean.tolist() == [4.5]
    huber = 4.5 + 3.0 * (50.0 - 3.0)
    assert float(likelihood) == pytest.approx(-huber - np.log(2.0) - 0.5 * np.log(2 * np.pi))


def test_nothing_seen_changes_nothing() -> None:
    state = known(1.0, 2.0)
    for moved, likelihood in (
        updated(state, LOADING, 1.0, np.array(np.nan)),
        updated_between(state, LOADING, 1.0, np.array(np.nan), np.array(np.nan))[::2],
    ):
        assert moved.mean.tolist() == [1.0]
        assert moved.covariance.tolist() == [[2.0]]
        assert float(likelihood) == 0.0


def test_a_lower_bound_at_what_is_expected_is_worth_the_mean_of_a_half_normal() -> None:
    state = known(0.0, 3.0)
    moved, seen, chance = updated_between(state, LOADING, 1.0, np.array(0.0), np.array(np.inf))
    half_normal = np.sqrt(2.0 / np.pi)  # mean of |Z|; variance 1 - 2 / pi
    assert float(seen) == pytest.approx(2.0 * half_normal)
    assert float(moved.mean[0]) == pytest.approx(0.75 * 2.0 * half_normal)
    assert float(moved.covariance[0, 0]) == pytest.approx(3.0 - 0.75 * 3.0 * (2.0 / np.pi))
    assert float(chance) == pytest.approx(np.log(0.5))


def test_a_bound_far_below_says_nothing() -> None:
    moved, _, chance = updated_between(known(0.0, 3.0), LOADING, 1.0, np.array(-60.0), np.array(np.inf))
    assert moved.mean == pytest.approx([0.0], abs=1e-100)
    assert moved.covariance.tolist() == [[3.0]]
    assert float(chance) == pytest.approx(0.0, abs=1e-100)


def test_bounds_that_meet_are_an_observation() -> None:
    state = known(0.5, 3.0)
    exact, likelihood = updated(state, LOADING, 1.0, np.array(2.0))
    met, seen, same = updated_between(state, LOADING, 1.0, np.array(2.0), np.array(2.0))
    assert met.mean == pytest.approx(exact.mean)
    assert met.covariance == pytest.approx(exact.covariance)
    assert float(seen) == 2.0
    assert float(same) == pytest.approx(float(likelihood))
    close, _, _ = updated_between(state, LOADING, 1.0, np.array(1.97), np.array(2.03))
    assert close.mean == pytest.approx(exact.mean, abs=1e-3)
    assert close.covariance == pytest.approx(exact.covariance, abs=1e-3)


@given(low=st.floats(-8.0, 8.0), width=st.floats(0.05, 20.0))
def test_truncated_moments_are_those_of_scipy(low: float, width: float) -> None:
    mean, variance, log_chance = truncated_normal(np.array(low), np.array(low + width))
    assert low <= float(mean) <= low + width
    assert float(mean) == pytest.approx(float(truncnorm.mean(low, low + width)), abs=1e-6)
    assert float(variance) == pytest.approx(float(truncnorm.var(low, low + width)), abs=1e-5)
    near = max(low, -low - width)  # the tail with more digits
    chance = norm.logcdf(-near) + np.log1p(-np.exp(norm.logcdf(-near - width) - norm.logcdf(-near)))
    assert float(log_chance) == pytest.approx(float(chance), abs=1e-6)


def test_rows_are_filtered_alike_and_apart() -> None:
    rows = State(np.array([[0.0], [1.0]]), np.array([[[3.0]], [[1.0]]]))
    moved, likelihood = updated(rows, LOADING, 1.0, np.array([2.0, np.nan]))
    alone, own = updated(known(0.0, 3.0), LOADING, 1.0, np.array(2.0))
    assert moved.mean.tolist() == [alone.mean.tolist(), [1.0]]
    assert likelihood.tolist() == [float(own), 0.0]


def test_what_is_expected_of_an_observation() -> None:
    state = State(np.array([1.0, 2.0]), np.array([[2.0, 0.5], [0.5, 1.0]]))
    loading: Floats = np.array([1.0, -1.0])
    mean, variance = expected(state, loading, 0.25)
    assert (float(mean), float(variance)) == (-1.0, 2.0 + 1.0 - 2 * 0.5 + 0.25)
