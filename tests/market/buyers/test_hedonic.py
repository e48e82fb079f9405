"""Slopes of demand constants on prices: across cars and within rows, whatever outliers and effects there are."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import BEV, ICE
from market.buyers.hedonic import Hedonic, PricedRows, Slope, fitted_hedonic, robust_slope

QUARTERS, ROWS = 12, 8
EFFECT = np.linspace(-20.0, 5.0, QUARTERS)[:, None]
DESIGN = np.linspace(30.0, 100.0, ROWS)
RANGES = np.array([150.0, 300.0, 220.0, 340.0, 260.0, 310.0, 400.0, 240.0])


def rows(xi: Floats, price: Floats, powertrain: int = BEV) -> PricedRows:
    """Rows of one powertrain, all usable."""
    reach = np.tile(RANGES, (QUARTERS, 1))
    return PricedRows(xi, price, reach, np.ones(xi.shape, np.bool_), np.full(ROWS, powertrain))


def moving_prices() -> Floats:
    """Prices that differ across rows and move by row and quarter."""
    quarter, row = np.meshgrid(np.arange(QUARTERS), np.arange(ROWS), indexing="ij")
    return np.asarray(DESIGN + 3.0 * np.sin(1.7 * quarter + row))


def test_the_slope_across_cars_is_found_beside_range_and_effects_of_quarters() -> None:
    price = np.tile(DESIGN, (QUARTERS, 1))
    xi = EFFECT + 0.6 * price + 4.0 * np.log(RANGES)
    slope = fitted_hedonic(rows(xi, price)).across[BEV]
    assert slope.value == pytest.approx(0.6, abs=1e-8)
    assert slope.rows == ROWS


def test_a_row_far_off_hardly_moves_the_slope() -> None:
    price = np.tile(DESIGN, (QUARTERS, 1))
    clean = EFFECT + 0.6 * price + np.sin(np.arange(QUARTERS * ROWS)).reshape(QUARTERS, ROWS)
    xi = clean.copy()
    xi[:, 5] -= 130.0
    found = fitted_hedonic(rows(xi, price)).across[BEV].value
    assert found == pytest.approx(fitted_hedonic(rows(clean, price)).across[BEV].value, abs=0.05)


def test_the_slope_within_rows_is_that_of_changes_over_a_year() -> None:
    price = moving_prices()
    xi = EFFECT + 0.9 * DESIGN + 0.2 * (price - DESIGN)
    assert fitted_hedonic(rows(xi, price)).within.value == pytest.approx(0.2, abs=1e-8)


def test_constants_under_a_limit_are_left_out() -> None:
    price = moving_prices()
    xi = EFFECT + 0.6 * price
    usable = np.ones(xi.shape, np.bool_)
    usable[4:8, 2] = False
    spoiled = np.where(usable, xi, 500.0)
    some = PricedRows(spoiled, price, np.tile(RANGES, (QUARTERS, 1)), usable, np.full(ROWS, BEV))
    found = fitted_hedonic(some)
    assert found.across[BEV].value == pytest.approx(0.6, abs=1e-8)
    assert found.within.value == pytest.approx(0.6, abs=1e-8)


def test_a_powertrain_with_few_rows_takes_the_slope_of_all() -> None:
    price = np.tile(DESIGN, (QUARTERS, 1))
    powertrain = np.array([BEV] * 6 + [ICE] * 2)
    xi = EFFECT * (powertrain == BEV) + 0.6 * price
    some = PricedRows(xi, price, np.full(xi.shape, 300.0), np.ones(xi.shape, np.bool_), powertrain)
    found = fitted_hedonic(some)
    assert found.across[ICE].value == pytest.approx(0.6, abs=1e-8)
    assert found.across[ICE].rows == ROWS
    assert found.across[BEV].rows == 6


def test_without_data_a_slope_is_zero_and_unknown() -> None:
    price = np.tile(DESIGN, (QUARTERS, 1))
    xi = np.full(price.shape, np.nan)
    xi[0] = 0.5 * DESIGN
    found = fitted_hedonic(rows(xi, price))
    assert (found.within.value, found.within.standard_error) == (0.0, float("inf"))
    assert found.across[BEV].value == pytest.approx(0.5, abs=1e-8)


def test_the_standard_error_counts_clusters_by_hand() -> None:
    x = np.array([-1.0, 1.0, -2.0, 2.0])
    outcome = np.array([-1.0, 1.0, -2.2, 2.2])
    found = robust_slope(outcome, x[:, None], np.zeros(4, np.int64), np.array([0, 0, 1, 1]))
    # Huber weights settle; with weights w of the two clusters' residuals the sandwich is sqrt(2 sum (x'wr)^2) / x'wx
    left = outcome - found.value * x
    scale = np.median(np.abs(left)) / 0.6745
    weight = np.minimum(1.0, 1.345 * scale / np.abs(left))
    scores = [float((x * weight * left)[part].sum()) for part in (slice(0, 2), slice(2, 4))]
    by_hand = np.sqrt(2.0 * sum(score**2 for score in scores)) / float((x * weight * x).sum())
    assert found.standard_error == pytest.approx(by_hand, rel=1e-6)


def test_a_row_keeps_the_worth_of_its_design_price() -> None:
    slopes = Hedonic(tuple(Slope(value, 0.1, 9) for value in (0.1, 0.2, 0.3, 0.5)), Slope(0.25, 0.1, 9))
    part = slopes.part_kusd(np.array([ICE, BEV]), np.array([30.0, 40.0]), np.array([32.0, 36.0]))
    assert part == pytest.approx([0.1 * 30 + 0.25 * 2, 0.5 * 40 - 0.25 * 4])
