"""When a line changes its use (M14)."""

import numpy as np
import pytest

from agents.cells.line_conversion import (
    annuity_years,
    conversion_gain_musd_per_gwh_year,
    discount_factors,
    dixit_hurdle,
)


@pytest.mark.parametrize(("sigma", "hurdle"), [(0.2, 1.558258), (0.3, 1.932549), (0.4, 2.379796), (0.0, 1.0)])
def test_the_hurdle_of_dixit_and_pindyck_at_ten_percent(sigma: float, hurdle: float) -> None:
    assert dixit_hurdle(0.10, 0.0, sigma) == pytest.approx(hurdle, abs=5e-7)


def test_the_hurdle_tends_to_one_without_uncertainty() -> None:
    assert dixit_hurdle(0.10, 0.0, 1e-4) == pytest.approx(1.0, abs=1e-3)


def test_a_discount_rate_below_the_drift_is_refused() -> None:
    with pytest.raises(ValueError, match="exceed the drift"):
        dixit_hurdle(0.02, 0.05, 0.3)
    with pytest.raises(ValueError, match="exceed the drift"):
        dixit_hurdle(0.05, 0.05, 0.3)


def test_ten_years_at_ten_percent_are_worth_six_and_a_half() -> None:
    assert annuity_years(0.10, 40) == pytest.approx(6.5240, abs=5e-5)


def gain(new: float, old: float, begins: int, stops: int) -> float:
    """Of one line with the same earnings in all of forty quarters."""
    paths = np.full((1, 40), new), np.full((1, 40), old)
    return float(conversion_gain_musd_per_gwh_year(*paths, np.array([begins]), np.array([stops]), 0.10)[0])


def test_the_worked_case_of_the_specification() -> None:
    assert gain(32.0, 1.5, 7, 0) == pytest.approx(146.787, abs=5e-4)


def test_output_goes_on_until_the_line_is_dark() -> None:
    """Half of 30 from quarter 4 on, and 0.8 of 10 in the two quarters before the dark ones."""
    value = discount_factors(0.10, 40) / 4
    by_hand = 0.5 * 30 * value[4:].sum() + 0.8 * 10 * value[:2].sum() - 0.8 * 10 * value.sum()
    assert gain(0.5 * 30.0, 0.8 * 10.0, 4, 2) == pytest.approx(by_hand)


def test_a_change_without_any_difference_gains_nothing() -> None:
    margin = np.linspace(10, 20, 40)[None, :]
    none = np.zeros(1, dtype=np.int64)
    assert conversion_gain_musd_per_gwh_year(margin, margin, none, none, 0.10) == pytest.approx(0.0, abs=1e-12)


def test_each_line_has_its_own_lag() -> None:
    paths = np.full((2, 40), 20.0), np.full((2, 40), 5.0)
    both = conversion_gain_musd_per_gwh_year(*paths, np.array([1, 7]), np.array([1, 4]), 0.10)
    assert both == pytest.approx([gain(20.0, 5.0, 1, 1), gain(20.0, 5.0, 7, 4)])
