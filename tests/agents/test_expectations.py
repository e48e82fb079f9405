"""Forecasts from data up to the last quarter (M18)."""

import numpy as np
import pytest

from agents.expectations import HoltForecast, adapted


def test_an_expectation_moves_by_its_gain_towards_what_was_seen() -> None:
    expected = adapted(np.array([0.5, np.nan]), np.array([0.7, 0.7]), 0.25)
    assert expected == pytest.approx([0.55, 0.7], abs=1e-15)


def test_an_expectation_that_came_true_stays() -> None:
    assert adapted(np.array([0.4]), np.array([0.4]), 0.25).tolist() == [0.4]


def test_a_steady_trend_is_followed_exactly_without_damping() -> None:
    forecast = HoltForecast(np.array([10.0]), np.array([2.0]))
    for step in range(1, 20):
        forecast = forecast.updated(np.array([10.0 + 2.0 * step]), 0.3, 0.2, 1.0)
    assert forecast.level == pytest.approx([48.0], abs=1e-12)
    assert forecast.ahead(3, 1.0) == pytest.approx([54.0], abs=1e-12)


def test_a_constant_series_is_forecast_as_it_is() -> None:
    forecast = HoltForecast(np.array([5.0]), np.array([0.0])).updated(np.array([5.0]), 0.3, 0.2, 0.9)
    assert forecast.ahead(8, 0.9).tolist() == [5.0]


def test_one_update_is_as_worked_out_by_hand() -> None:
    # expected 10 + 0.9 x 2 = 11.8; level 11.8 + 0.5 x 1.2; trend 1.8 + 0.5 x (2.4 - 1.8)
    updated = HoltForecast(np.array([10.0]), np.array([2.0])).updated(np.array([13.0]), 0.5, 0.5, 0.9)
    assert updated.level == pytest.approx([12.4], abs=1e-12)
    assert updated.trend == pytest.approx([2.1], abs=1e-12)
    assert updated.ahead(2, 0.9) == pytest.approx([12.4 + 2.1 * (0.9 + 0.81)], abs=1e-12)


def test_a_damped_trend_levels_off_at_nine_times_itself() -> None:
    forecast = HoltForecast(np.array([10.0]), np.array([1.0]))
    assert forecast.ahead(400, 0.9) == pytest.approx([19.0], abs=1e-12)  # 0.9 / (1 - 0.9)
