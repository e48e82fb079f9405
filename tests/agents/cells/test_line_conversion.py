"""When a line changes its use (M14)."""

import numpy as np
import pytest

from agents.cells.line_conversion import (
    conversion_gain_musd_per_gwh_year,
    discount_factors,
    dixit_hurdle,
    hurdle_with_contract,
)


@pytest.mark.parametrize(("sigma", "hurdle"), [(0.2, 1.558258), (0.3, 1.932549), (0.4, 2.379796), (0.0, 1.0)])
def test_the_hurdle_of_dixit_and_pindyck_at_ten_percent(sigma: float, hurdle: float) -> None:
    assert dixit_hurdle(0.10, 0.0, sigma) == pytest.approx(hurdle, abs=5e-7)


def test_the_hurdle_tends_to_one_without_uncertainty() -> None:
    assert dixit_hurdle(0.10, 0.0, 1e-4) == pytest.approx(1.0, abs=1e-3)


def test_a_discount_rate_below_the_drift_is_refused() -> None:
    with pytest.raises(ValueError, match="exceed the drift"):
        dixit_hurdle(0.02, 0.05, 0.3)


def test_the_worked_case_of_the_specification() -> None:
    gain = conversion_gain_musd_per_gwh_year(np.full(40, 32.0), np.full(40, 1.5), 1.0, 1.0, 7, 7, 0.10)
    assert gain == pytest.approx(146.787, abs=5e-4)


def test_output_goes_on_until_the_line_is_dark() -> None:
    value = discount_factors(0.10, 40) / 4
    gain = conversion_gain_musd_per_gwh_year(np.full(40, 30.0), np.full(40, 10.0), 0.5, 0.8, 4, 2, 0.10)
    by_hand = 0.5 * 30 * value[4:].sum() + 0.8 * 10 * value[:2].sum() - 0.8 * 10 * value.sum()
    assert gain == pytest.approx(by_hand)


def test_a_change_without_any_difference_gains_nothing() -> None:
    margin = np.linspace(10, 20, 40)
    assert conversion_gain_musd_per_gwh_year(margin, margin, 0.7, 0.7, 0, 0, 0.10) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("share", "hurdle"), [(0.0, 1.932549), (0.5, 1.396344), (1.0, 1.0)])
def test_a_contract_lowers_the_hurdle_to_that_of_what_is_left_uncertain(share: float, hurdle: float) -> None:
    """Half a line under contract leaves a sigma of 0.15, all of it none."""
    assert hurdle_with_contract(1.932549, share, 0.10, 0.3) == pytest.approx(hurdle, abs=1e-6)


def test_a_calibrated_hurdle_keeps_its_height_without_a_contract_and_falls_in_proportion() -> None:
    assert hurdle_with_contract(1.6, 0.0, 0.10, 0.3) == pytest.approx(1.6, abs=1e-15)
    assert hurdle_with_contract(1.6, 0.5, 0.10, 0.3) == pytest.approx(1.0 + 0.6 * 0.396344 / 0.932549, abs=1e-6)
