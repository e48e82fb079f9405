"""Prices nobody in the model sets (M22; D2 case 15)."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cells.cost import MATERIALS
from market.base import quarters, tables
from market.base.sets import region_names
from market.exogenous.parameters import World as Parameters
from market.exogenous.prices import World, ornstein_uhlenbeck_step
from market.exogenous.zones import Places

REGIONS = region_names()

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


@pytest.mark.parametrize(("path", "table"), [("_gasoline", "gasoline_national"), ("_lithium", "lithium")])
def test_prices_after_the_record_are_drawn_by_the_seed_with_shocks(
    world: Callable[..., World], path: str, table: str
) -> None:
    assert np.array_equal(getattr(world(1, shocks=True), path), getattr(world(1, shocks=True), path))
    last = max(quarters.index(name) for name in tables.load(table)["quarter"])
    ours, others = (getattr(world(seed, shocks=True), path) for seed in (1, 2))
    assert np.array_equal(ours[: last + 1], others[: last + 1])
    assert (ours[last + 1 :] != others[last + 1 :]).all()
    still, too = (getattr(world(seed), path) for seed in (1, 2))
    assert np.array_equal(still, too)
    assert np.array_equal(still[: last + 1], ours[: last + 1])


def test_the_expected_path_is_the_median_of_drawn_ones(world: Callable[..., World]) -> None:
    """In logarithms the mean of many draws, 400 of them in the stationary state: 4 standard errors."""
    drawn = np.log([world(seed, shocks=True)._lithium[-1] for seed in range(400)])
    spread = STATIONARY_SD
    assert np.mean(drawn) == pytest.approx(np.log(world()._lithium[-1]), abs=4 * spread / 20)


def test_on_the_expected_path_a_price_goes_to_its_long_run_mean(world: Callable[..., World]) -> None:
    assert world(gasoline_half_life_years=0.2)._gasoline[-1] == pytest.approx(3.4, rel=1e-9)
    assert world(lithium_half_life_years=0.3)._lithium[-1] == pytest.approx(15.0, rel=1e-9)


def test_nickel_and_graphite_are_yearly_means_held_from_the_last_on(world: Callable[..., World]) -> None:
    """2021 and 2022 have half of 2022Q1 each, but for an eighth: their middles are four quarters apart."""
    table = tables.load("battery_materials")
    real = table.assign(real=tables.real_2025(table["usd_per_kg_nominal"], table["year"])).set_index(
        ["material", "year"]
    )["real"]
    one, dear = world(), world(nickel_factor=2.0, graphite_factor=3.0, lithium_factor=4.0)
    for place, material in enumerate(MATERIALS[1:], start=1):
        held = real[material, 2024]
        assert one.material_usd_per_kg(quarters.index("2024Q4"))[place] == pytest.approx(held, rel=1e-12)
        assert one.material_usd_per_kg(LAST)[place] == pytest.approx(held, rel=1e-12)
        between = 0.625 * real[material, 2021] + 0.375 * real[material, 2022]
        assert one.material_usd_per_kg(quarters.index("2022Q1") - 1)[place] == pytest.approx(between, rel=1e-12)
    assert np.array_equal(dear.material_usd_per_kg(ORIGIN), one.material_usd_per_kg(ORIGIN))
    assert dear.material_usd_per_kg(ORIGIN + 1) / one.material_usd_per_kg(ORIGIN + 1) == pytest.approx([4.0, 2.0, 3.0])
    assert one.material_usd_per_kg(LAST)[0] == one.lithium_usd_per_kg(LAST)


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
    worlds = [world(seed=seed, shocks=True) for seed in range(1, 7)]
    drawn = np.array([each.scarcity(year) for each in worlds for year in range(2025, 2041)])
    assert set(np.unique(drawn)) == {1.0, 1.8}
    assert (drawn > 1.0).mean() == pytest.approx(0.2, abs=0.05)  # 960 draws: 4 standard deviations
    some, not_all = (drawn > 1.0).any(axis=1), (drawn == 1.0).any(axis=1)
    assert (some & not_all).mean() > 0.5  # regions have their own random numbers
    assert np.array_equal(world(seed=2, shocks=True).scarcity(2030), worlds[1].scarcity(2030))
    assert worlds[0].mean_scarcity() == pytest.approx(1.16, rel=1e-12)


def test_on_the_expected_path_every_year_is_scarce_by_the_mean_of_many(world: Callable[..., World]) -> None:
    """A fifth of the years at 1.8: 1.16, whatever the seed; what storage earns is linear in it."""
    for seed in (1, 2):
        assert world(seed).scarcity(2030) == pytest.approx(np.full(len(REGIONS), 1.16), rel=1e-12)
    assert world().scarcity(2024) == pytest.approx(np.ones(len(REGIONS)))


def test_scarce_years_of_the_record_are_those_of_the_table_whatever_the_chance(world: Callable[..., World]) -> None:
    never, always = world(shocks=True, scarcity_share=0.0), world(shocks=True, scarcity_share=1.0)
    texas = REGIONS.index("ERCOT")
    for each in (never, always):
        assert [each.scarcity(year)[texas] for year in range(2020, 2025)] == [1.0, 1.8, 1.0, 1.8, 1.0]
        assert (np.delete(each.scarcity(2023), texas) == 1.0).all()
    assert (never.scarcity(2025) == 1.0).all()
    assert (always.scarcity(2025) == 1.8).all()
