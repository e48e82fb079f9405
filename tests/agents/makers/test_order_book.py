"""Order books: what was ordered, and who of those without a car waits for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.makers.order_book import book_cars, ordered_cars, waiting_share

CARS = st.floats(0.0, 1e6)
SHARE = st.floats(0.0, 1.0)


def test_a_wait_of_half_a_year_is_a_book_of_two_quarters_of_deliveries() -> None:
    assert book_cars(np.array([6.0, 0.0]), np.array([100.0, 50.0])).tolist() == [200.0, 0.0]
    assert np.isnan(book_cars(np.array([np.nan]), np.array([100.0])))


def test_orders_are_deliveries_the_growth_of_the_book_and_what_was_canceled() -> None:
    """100 delivered, the book from 200 to 260, 30 canceled: 190 ordered."""
    assert ordered_cars(np.array([100.0]), np.array([260.0]), np.array([200.0]), 0.15) == pytest.approx([190.0])


def test_a_book_that_empties_faster_than_cars_come_leaves_no_negative_orders() -> None:
    assert ordered_cars(np.array([10.0]), np.array([0.0]), np.array([200.0]), 0.15).tolist() == [0.0]


def test_the_book_is_served_first_and_the_others_order_in_part() -> None:
    """Of 100 orders 85 stand; 60 cars come: 25 wait on. Of 115 others 0.6 order: 69. So 94 of 140 unserved wait."""
    share = waiting_share(np.array([200.0]), np.array([60.0]), np.array([100.0]), 0.6, 0.15)
    assert share == pytest.approx([94.0 / 140.0], rel=1e-12)


def test_where_everyone_is_served_the_share_is_one() -> None:
    assert waiting_share(np.array([5.0, 0.0]), np.array([5.0, 0.0]), np.zeros(2), 0.6, 0.15).tolist() == [1.0, 1.0]


@given(CARS, SHARE, CARS, SHARE, SHARE)
def test_nobody_waits_twice_and_at_least_the_share_that_orders_waits(
    wanted: float, served: float, book: float, stays: float, cancel: float
) -> None:
    share = waiting_share(np.array([wanted]), np.array([served * wanted]), np.array([book]), stays, cancel)
    assert stays - 1e-12 <= share[0] <= 1.0 + 1e-12
