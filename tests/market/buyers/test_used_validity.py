"""Warnings of used prices that leave what the model can stand for, and the mark on the run (M20)."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import BUCKET_MEAN_YEARS, GOODS
from market.buyers.used_validity import WAIT_KUSD, UsedWarnings, comparable_new_kusd, dearer_older
from market.vehicles.products import Products

FALLING = np.tile(30.0 * np.exp(-0.15 * BUCKET_MEAN_YEARS), GOODS // 4)
NOBODY = np.zeros(GOODS, dtype=np.bool_)
ALIKE = np.ones(GOODS)


def test_a_car_that_loses_with_age_is_cheaper_a_year_older_unless_prices_rose_faster() -> None:
    assert not dearer_older(FALLING, FALLING)[np.arange(GOODS) % 4 < 3].any()
    assert not dearer_older(1.15 * FALLING, FALLING)[0]  # a year takes 13.9 %
    assert dearer_older(1.17 * FALLING, FALLING)[0]


def watched(*prices: Floats, comparable: Floats, rationed: bool = False, listings: Floats = ALIKE) -> UsedWarnings:
    """Warnings after these quarters, the first at the origin."""
    warnings = UsedWarnings()
    for number, price in enumerate(prices):
        warnings.see(price, comparable, NOBODY | rationed, listings, NOBODY, after_origin=number > 0)
    return warnings


def test_a_used_car_above_a_new_one_by_more_than_the_margin_is_counted() -> None:
    price = np.full(GOODS, 10.0)
    price[3] = 42.1
    new = np.full(GOODS, 40.0)
    assert watched(price, price, comparable=new).above_new == 1
    price[3] = 41.9
    assert watched(price, price, comparable=new).above_new == 0
    price[3] = 42.0 + WAIT_KUSD - 0.1
    assert watched(price, price, comparable=new, rationed=True).above_new == 0
    assert watched(price, comparable=new).above_new == 0  # to the origin nothing is counted


def test_the_run_is_marked_after_four_quarters_in_a_row_of_a_good_that_counts() -> None:
    low, high = np.full(GOODS, 10.0), np.full(GOODS, 10.0)
    high[3] = 1.11 * 42.0
    new = np.full(GOODS, 40.0)
    assert watched(low, *[high] * 4, comparable=new).outside
    assert not watched(low, *[high] * 3, low, high, comparable=new).outside
    rare = np.full(GOODS, 10.0)
    rare[3] = 1.0
    assert not watched(low, *[high] * 4, comparable=new, listings=rare).outside
    high[3] = 1.09 * 42.0
    assert not watched(low, *[high] * 9, comparable=new).outside


def test_comparable_new_cars_are_those_of_the_kind_in_the_segments_of_the_good(products: Products) -> None:
    offers = products.at(0)
    price = np.arange(products.size, dtype=np.float64) + 20.0
    segments = np.tile([0.25, 0.0, 0.0, 0.75], (GOODS, 1))
    segments[5] = 0.0
    found = comparable_new_kusd(price, offers, products, segments)

    def mean(segment: int) -> float:
        hit = (offers.kind == 0) & (products.segment == segment)
        return float(np.average(price[hit], weights=offers.mix_weight[hit]))

    assert found[0] == pytest.approx(0.25 * mean(0) + 0.75 * mean(3))
    assert np.isnan(found[5])
    assert np.isfinite(np.delete(found, 5)).all()  # BEVs in segments where none is sold: all of the segment
