"""Warranties of new and used cars, and service within reach (M5, M6)."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.categories import MAKERS
from market.trust.brands import BatteryFacts
from market.trust.service_points import ServicePoints, service_within_reach
from market.trust.warranties import Warranties

HYUNDAI, TESLA = MAKERS.index("Hyundai-Kia"), MAKERS.index("Tesla")


@pytest.fixture
def warranties() -> Warranties:
    """At 12,000 miles a year; longer ones of 12 years, cars sold on after 5."""
    made = Warranties(BatteryFacts.read(), 12_000.0, 5.0)
    made.lengthen(12.0)
    return made


def only(maker: int) -> Floats:
    return np.where(np.arange(len(MAKERS)) == maker, 1_000.0, 0.0)


def test_a_warranty_ends_by_years_or_by_miles(warranties: Warranties) -> None:
    """Ten years or 100,000 miles end at 8 1/3 years, eight years or 120,000 miles at 8."""
    assert warranties.now[HYUNDAI] == pytest.approx(100_000 / 12_000)
    assert warranties.now[TESLA] == 8.0


def test_used_cars_keep_the_warranty_they_were_sold_with(warranties: Warranties) -> None:
    for _ in range(22):
        warranties.see(only(TESLA))
    warranties.offer(np.ones(len(MAKERS)))
    for _ in range(14):
        warranties.see(only(TESLA))
    assert warranties.of_used_cars().tolist() == [12.0, 8.0, 8.0, 8.0]
    for _ in range(22):
        warranties.see(only(TESLA))
    assert warranties.of_used_cars().tolist() == [12.0, 12.0, 12.0, 8.0]


def test_a_quarter_without_bevs_keeps_the_last_mean(warranties: Warranties) -> None:
    warranties.see(only(HYUNDAI))
    warranties.see(np.zeros(len(MAKERS)))
    assert warranties.of_used_cars() == pytest.approx(np.full(4, 100_000 / 12_000))


def test_a_part_of_a_bev_is_one_sold(warranties: Warranties) -> None:
    warranties.see(only(TESLA) / 2_000.0)
    assert warranties.of_used_cars().tolist() == [8.0] * 4


def test_the_next_owner_is_covered_to_the_end_of_the_warranty(warranties: Warranties) -> None:
    """Owner of years 5 to 11."""
    uncovered = warranties.uncovered_after_resale(np.array([4.0, 8.0, 10.0, 12.0]), 6.0)
    assert uncovered == pytest.approx([1.0, 0.5, 1 / 6, 0.0])


def test_service_within_reach_by_hand() -> None:
    """Two points among two zones of a quarter and three quarters of the cars: 1 - exp(-1/2) and 1 - exp(-3/2)."""
    reach = service_within_reach(np.array([2.0, 0.0]), np.array([0.25, 0.75]))
    assert reach[:, 0] == pytest.approx([1 - np.exp(-0.5), 1 - np.exp(-1.5)])
    assert not reach[:, 1].any()


def test_points_lie_between_the_years_of_the_table_and_are_held_after_it() -> None:
    points = ServicePoints()
    assert points.at(quarters.index("2021Q1"))[TESLA] == pytest.approx(150.0)
    assert points.at(quarters.index("2035Q1"))[TESLA] == 230.0
