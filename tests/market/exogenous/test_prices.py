"""Prices nobody in the model sets (M22; D2 case 15)."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.base import quarters, tables
from market.base.categories import REGIONS
from market.exogenous.parameters import World as Parameters
from market.exogenous.prices import World, ornstein_uhlenbeck_step
from market.exogenous.zones import Places

LAST, ORIGIN = quarters.index("2040Q4"), quarters.index("2024Q4")
RECORDED = tables.load("gasoline_national")
HALF_LIFE_YEARS, SIGMA = 2.0, 0.5
STATIONARY_SD = 0.6006  # D2 case 15: 0.5 / sqrt(2 x 0.3466)


def moments(years: float, start: float = 1.0) -> tuple[float, float]:
    """Mean and standard deviation after one step from ``start`` around 0."""
    mean = ornstein_uhlenbeck_step(start, 0.0, HALF_LIFE_YEARS, SIGMA, years, 0.0)
    return mean, ornstein_uhlenbeck_step(start, 0.0, HALF_LIFE_YEARS, SIGMA, years, 1.0) - mean


def test_half_a_shock_is_left_after_the_half_life() -> None:
    assert moments(2.0)[0] == pytest.approx(0.5, abs=1e-12)
    speed = -np.log(moments(1.0)[0])
    assert speed == pytest.approx(0.3466, abs=5e-5)


def test_the_stationary_spread_is_that_of_the_closed_form() -> None:
    mean, spread = moments(1_000.0)
    assert mean == pytest.approx(0.0, abs=1e-12)
    assert spread == pytest.approx(STATIONARY_SD, abs=5e-5)


@given(st.floats(-2, 2), st.floats(0.01, 3.0), st.integers(2, 40))
def test_the_moments_do_not_depend_on_the_length_of_the_step(start: float, years: float, steps: int) -> None:
    whole_mean, whole_spread = moments(years, start)
    mean, variance = start, 0.0
    for _ in range(steps):
        kept, spread = moments(years / steps, 1.0)
        mean, variance = mean * kept, variance * kept**2 + spread**2
    assert mean == pytest.approx(whole_mean, abs=1e-12)
    assert np.sqrt(variance) == pytest.approx(whole_spread, rel=1e-9)


def test_without_volatility_a_price_goes_home_quietly() -> None:
    assert ornstein_uhlenbeck_step(np.log(8.0), np.log(4.0), 2.0, 0.0, 2.0, 3.0) == pytest.approx(
        np.log(np.sqrt(32.0)), abs=1e-12
    )


@pytest.fixture(scope="module")
def world(places: Places) -> Callable[..., World]:
    return lambda seed=1, **values: World(Parameters(**values), places, seed, LAST, ORIGIN)


def mean_gasoline(of: World, quarter: int, places: Places) -> float:
    return float(np.average(of.gasoline_usd_per_gallon(quarter), weights=places.seats))


@pytest.mark.parametrize("quarter", [0, 13, 31])
def test_the_recorded_path_of_gasoline_is_used(world: Callable[..., World], quarter: int) -> None:
    nominal = RECORDED.set_index("quarter")["usd_per_gallon_nominal"][quarters.label(quarter)]
    real = float(tables.real_2025(nominal, quarters.year(quarter)))
    assert world(seed=1)._gasoline[quarter] == pytest.approx(real, rel=1e-12)
    assert np.array_equal(
        world(seed=1).gasoline_usd_per_gallon(quarter), world(seed=2).gasoline_usd_per_gallon(quarter)
    )


def test_gasoline_after_the_record_is_drawn_by_the_seed(world: Callable[..., World]) -> None:
    assert np.array_equal(world(seed=1)._gasoline, world(seed=1)._gasoline)
    last = max(quarters.index(name) for name in RECORDED["quarter"])
    ours, others = world(seed=1)._gasoline, world(seed=2)._gasoline
    assert np.array_equal(ours[: last + 1], others[: last + 1])
    assert (ours[last + 1 :] != others[last + 1 :]).all()


def test_without_volatility_gasoline_ends_at_its_long_run_price(world: Callable[..., World]) -> None:
    still = world(gasoline_sigma=0.0, gasoline_half_life_years=0.2)
    assert still._gasoline[-1] == pytest.approx(3.4, rel=1e-9)


def test_levers_act_after_the_origin_only(world: Callable[..., World]) -> None:
    plain, dear = world(), world(gasoline_factor=2.0, electricity_factor=1.5)
    for name, factor in (("gasoline_usd_per_gallon", 2.0), ("electricity_usd_per_kwh", 1.5)):
        before, after = ([getattr(each, name)(quarter) for each in (plain, dear)] for quarter in (ORIGIN, ORIGIN + 1))
        assert np.array_equal(*before)
        assert after[1] == pytest.approx(factor * after[0], rel=1e-12)
    assert plain.public_charging_usd_per_kwh(ORIGIN) == dear.public_charging_usd_per_kwh(ORIGIN)
    assert dear.public_charging_usd_per_kwh(ORIGIN + 1) == pytest.approx(
        1.5 * plain.public_charging_usd_per_kwh(ORIGIN + 1), rel=1e-12
    )


def test_electricity_grows_from_its_last_record(world: Callable[..., World]) -> None:
    last = int(tables.load("electricity")["year"].max())
    grown = world(electricity_growth=0.02)
    quarter = quarters.index(f"{last}Q1")
    first, later = grown.electricity_usd_per_kwh(quarter), grown.electricity_usd_per_kwh(quarter + 12)
    assert later == pytest.approx(first * 1.02**3, rel=1e-12)


def test_the_loan_rate_is_recorded_and_then_assumed(world: Callable[..., World]) -> None:
    recorded = tables.load("loan_rates").set_index("year")["new_car_rate_share"]
    assert world().loan_rate(5) == recorded[2018]
    assert world(loan_rate=0.03).loan_rate(LAST) == 0.03


def test_scarce_years_are_drawn_by_region_after_the_record_for_a_whole_year(world: Callable[..., World]) -> None:
    worlds = [world(seed=seed) for seed in range(1, 7)]
    drawn = np.array([each.scarcity(year) for each in worlds for year in range(2025, 2041)])
    assert set(np.unique(drawn)) == {1.0, 1.8}
    assert (drawn > 1.0).mean() == pytest.approx(0.2, abs=0.05)  # 960 draws: 4 standard deviations
    some, not_all = (drawn > 1.0).any(axis=1), (drawn == 1.0).any(axis=1)
    assert (some & not_all).mean() > 0.5  # regions have their own random numbers
    assert np.array_equal(world(seed=2).scarcity(2030), worlds[1].scarcity(2030))
    assert worlds[0].mean_scarcity() == pytest.approx(1.16, rel=1e-12)


def test_scarce_years_of_the_record_are_those_of_the_table_whatever_the_chance(world: Callable[..., World]) -> None:
    never, always = world(scarcity_share=0.0), world(scarcity_share=1.0)
    texas = REGIONS.index("ERCOT")
    for each in (never, always):
        assert [each.scarcity(year)[texas] for year in range(2020, 2025)] == [1.0, 1.8, 1.0, 1.8, 1.0]
        assert (np.delete(each.scarcity(2023), texas) == 1.0).all()
    assert (never.scarcity(2025) == 1.0).all()
    assert (always.scarcity(2025) == 1.8).all()
