"""Holding, scrappage and health (M20; D2 case 22)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.buyers import ownership

EVENLY = (np.arange(200_000) + 0.5) / 200_000  # evenly spaced quantiles: a mean over draws without sampling error


@pytest.mark.parametrize(("years", "shape"), [(8.3, 1.8), (6.9, 1.8), (5.0, 1.0), (6.0, 3.0)])
def test_holding_times_have_the_mean_asked_for(years: float, shape: float) -> None:
    times = ownership.holding_quarters(EVENLY, 4.0 * years, shape)
    # whole quarters, at least 1: what falls below half a quarter is counted as 1, at most 0.03 on average
    assert times.mean() == pytest.approx(4.0 * years, abs=0.03)
    assert times.min() >= 1


def test_half_of_exponential_holdings_of_40_quarters_end_within_28() -> None:
    assert ownership.holding_quarters(np.array([0.5]), 40.0, 1.0).tolist() == [28]  # 40 ln 2 = 27.7


def test_a_higher_shape_means_fewer_early_sales() -> None:
    soon = [(ownership.holding_quarters(EVENLY, 33.0, shape) <= 4).mean() for shape in (1.0, 1.8, 3.0)]
    assert soon[0] > 2 * soon[1] > 4 * soon[2] > 0.0


def test_keepers_look_again_after_each_wait_equally_often() -> None:
    waits = ownership.look_again_quarters(EVENLY, 2, 6)
    assert np.bincount(waits).tolist() == [0, 0, 40_000, 40_000, 40_000, 40_000, 40_000]


def test_quarterly_hazards_leave_as_many_alive_as_the_yearly_curve() -> None:
    alive = np.array([1.0, 0.99, 0.9, 0.6, 0.3])
    quarterly = ownership.quarterly_scrap_hazard(alive)
    assert quarterly.shape == (16,)
    assert np.cumprod(1.0 - quarterly)[3::4] == pytest.approx(alive[1:], rel=1e-12)
    assert quarterly[:4] == pytest.approx([quarterly[0]] * 4)


@given(st.floats(1e-4, 0.05), st.floats(0.3, 3.0), st.floats(-1.0, 0.0), st.floats(0.1, 3.0))
def test_the_elasticity_of_scrappage_is_exact(base: float, ratio: float, elasticity: float, scale: float) -> None:
    at, at_one = (ownership.scrap_probability(np.array(base), np.array(r), elasticity, scale) for r in (ratio, 1))
    assert at_one == pytest.approx(scale * base, rel=1e-12)
    assert np.log(at / at_one) == pytest.approx(elasticity * np.log(ratio), abs=1e-12)


def test_scrappage_is_never_more_than_certain() -> None:
    assert ownership.scrap_probability(np.array(0.9), np.array(0.1), -1.0, 1.0) == 1.0


def stationary_new_sales(base_hazard: Floats, price_ratio: float) -> float:
    """New cars a quarter for a fleet of one seat: with seats fixed every scrapped car is replaced."""
    scrapped = ownership.scrap_probability(base_hazard, np.full(base_hazard.size, price_ratio), -0.7, 1.0)
    alive = np.concatenate([[1.0], np.cumprod(1.0 - scrapped)])
    return float(1.0 / alive.sum())


def elasticity_of_new_sales(base_hazard: Floats) -> float:
    return float(
        np.log(stationary_new_sales(base_hazard, 1.01) / stationary_new_sales(base_hazard, 0.99)) / np.log(1.01 / 0.99)
    )


def test_new_sales_fall_as_scrappage_does_when_used_prices_rise() -> None:
    """D2 case 22 with a constant hazard h: sales are h per seat, so the elasticity is that of scrappage."""
    constant = np.full(4_000, 0.0125)  # e^-50 of the fleet is left at the end
    assert elasticity_of_new_sales(constant) == pytest.approx(-0.7, abs=1e-9)


@pytest.mark.parametrize("shape", [2.0, 3.5])
def test_with_a_weibull_hazard_the_elasticity_is_divided_by_its_shape(shape: float) -> None:
    """Life has mean ~ p^(0.7/k); a hazard in steps of a quarter over 80 quarters errs by about 1/160."""
    ages = np.arange(400) + 0.5
    hazard = shape / 80.0 * (ages / 80.0) ** (shape - 1.0)
    assert elasticity_of_new_sales(np.minimum(hazard, 0.3)) == pytest.approx(-0.7 / shape, rel=0.01)


def test_a_battery_of_eight_years_has_lost_14_percent_with_15_percent_fast_charging() -> None:
    health = ownership.state_of_health(np.array([0.0, 8.0, 100.0]), 0.015, 0.015, 0.15)
    assert health == pytest.approx([1.0, 0.862, 0.0], abs=1e-12)


@pytest.mark.parametrize(("first", "last", "share"), [(0, 4, 0.0), (7, 11, 0.75), (11, 20, 1.0)])
def test_the_share_out_of_warranty_is_that_of_ages_above_eight(first: float, last: float, share: float) -> None:
    assert ownership.out_of_warranty_share(first, last, 8.0) == share
