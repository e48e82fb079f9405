"""Groups of cars by kind and build year (B0): ages, goods, scrappage and new cars, against cases worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from market.base.categories import BEV_LONG, CAR_TYPES, GOODS, ICE, KINDS, SEGMENTS
from market.fleet.model_years import BuildYears

LAST = 11  # three years of new cars


def groups() -> BuildYears:
    """Gasoline cars of ages 0 and 3 years in 2016, no other kind."""
    on_road = np.zeros((len(KINDS), 5))
    on_road[ICE, [0, 3]] = 1.0
    return BuildYears(on_road, np.full((len(KINDS), len(SEGMENTS)), 1 / len(SEGMENTS)), LAST)


def test_groups_are_old_ones_then_those_of_every_year_to_come() -> None:
    made = groups()
    assert made.size == 2 + len(KINDS) * 3
    assert made.age_years_2016()[:5].tolist() == [3, 0, -1, -1, -1]
    assert made.ages(0)[:3].tolist() == [[15, 14, 13, 12], [3, 2, 1, 0], [0, 0, 0, 0]]
    assert made.ages(6)[2].tolist() == [6, 5, 4, 3]
    assert made.built_in(6).tolist() == [8, 9, 10, 11, 12, 13]
    assert [made.live(quarter) for quarter in (0, 3, 4, LAST)] == [8, 8, 14, made.size]
    ice, bev = (np.concatenate([np.arange(made.size)[part] for part in made.members(k)]) for k in (ICE, BEV_LONG))
    assert [ice.tolist(), bev.tolist()] == [[0, 1, 2, 8, 14], [6, 12, 18]]


@pytest.mark.parametrize(("quarter", "young"), [(0, 1.0), (1, 0.75), (3, 0.25), (4, 0.0)])
def test_a_build_year_comes_of_age_quarter_by_quarter(quarter: int, young: float) -> None:
    """Cars of 12 to 15 quarters: the oldest enters the second bucket, from 16 quarters, after one."""
    share = groups().in_goods(quarter)[0]
    assert share[:3].tolist() == [young, 1.0 - young, 0.0]


def test_a_build_year_loses_most_of_its_oldest_quarter() -> None:
    made = groups()
    chance = np.zeros((CAR_TYPES, 256))
    chance[:, 15], chance[:, 14] = 0.5, 0.25
    share = made.scrap(chance, 0)
    assert share[0] == pytest.approx((0.5 + 0.25) / 4)
    assert made.quarter_share[0] == pytest.approx(np.array([0.5, 0.75, 1.0, 1.0]) / 3.25)
    assert share[1:].tolist() == [0.0] * (made.size - 1)


@given(st.lists(st.floats(0.0, 1e6), min_size=len(SEGMENTS), max_size=len(SEGMENTS)), st.integers(0, LAST))
def test_new_cars_join_without_changing_those_that_stand(new: list[float], quarter: int) -> None:
    made, standing = groups(), np.arange(1.0, groups().size + 1.0) * 1e5
    before = made.by_type_and_age(standing, quarter)
    cars = np.zeros((len(KINDS), len(SEGMENTS)))
    cars[ICE] = new
    made.add_new(cars, standing, quarter)
    after = standing.copy()
    after[made.built_in(quarter)[ICE]] += sum(new)
    gained: Floats = made.by_type_and_age(after, quarter) - before
    expected = np.zeros_like(gained)
    expected[: len(SEGMENTS), 0] = new
    assert np.abs(gained - expected).max() < 1e-6


@given(st.integers(0, 300))
def test_cars_are_all_counted_whatever_their_age(quarter: int) -> None:
    made = groups()
    cars = np.linspace(1.0, 2.0, made.size)
    assert made.by_type_and_age(cars, quarter).sum() == pytest.approx(cars.sum())
    assert made.in_goods(quarter).sum(axis=1) == pytest.approx(np.ones(made.size))
    assert made.in_goods(quarter).shape == (made.size, GOODS)
