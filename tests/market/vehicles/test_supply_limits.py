"""Recorded supply limits and the demand behind them."""

import numpy as np
import pytest

from market.base import quarters, tables
from market.base.categories import BEV, ICE, MAKERS, POWERTRAINS, SEGMENTS
from market.base.quarters import LAST_RECORD
from market.vehicles.products import Products
from market.vehicles.recorded_sales import RecordedSales
from market.vehicles.supply_limits import opening_books, recorded_demand, supply_limits

CANCEL = 0.15


@pytest.fixture(scope="module")
def recorded(products: Products) -> RecordedSales:
    return RecordedSales(products)


def test_limits_are_the_recorded_deliveries_where_one_bound_and_infinite_elsewhere(
    recorded: RecordedSales, products: Products
) -> None:
    limits = supply_limits(products, recorded.cars, quarters.index("2027Q4"))
    bound = np.isfinite(limits)
    assert np.array_equal(limits[: LAST_RECORD + 1][bound[: LAST_RECORD + 1]], recorded.cars[bound[: LAST_RECORD + 1]])
    expected = np.zeros_like(bound)
    for row in tables.load("supply_limits").to_dict("records"):
        for product in range(products.size):
            fits = POWERTRAINS[products.powertrain[product]] == row["powertrain"]
            fits &= row["maker"] in ("", MAKERS[products.maker[product]])
            fits &= row["segment"] in ("", SEGMENTS[products.segment[product]])
            if fits and row["line"] in ("", products.line[product]):
                expected[quarters.index(row["quarter"]), product] = True
    assert np.array_equal(bound, expected)


def test_limits_after_the_quarter_they_are_imposed_to_are_left_out(recorded: RecordedSales, products: Products) -> None:
    origin = quarters.index("2021Q4")
    known = supply_limits(products, recorded.cars, LAST_RECORD, origin)
    assert np.array_equal(known[: origin + 1], supply_limits(products, recorded.cars, LAST_RECORD)[: origin + 1])
    assert np.isfinite(known[origin]).any()
    assert np.isinf(known[origin + 1 :]).all()


@pytest.fixture(scope="module")
def demand(recorded: RecordedSales, products: Products) -> np.ndarray:
    return recorded_demand(products, recorded.cars, supply_limits(products, recorded.cars, LAST_RECORD), CANCEL)


def test_every_gasoline_car_is_limited_in_2021_and_2022_and_its_demand_is_at_least_what_was_delivered(
    recorded: RecordedSales, products: Products, demand: np.ndarray
) -> None:
    gasoline = (products.powertrain == ICE)[None, :] & (recorded.cars > 0.0)
    bounded = np.isnan(demand) & gasoline
    shortage = slice(quarters.index("2021Q1"), quarters.index("2022Q4") + 1)
    assert np.array_equal(bounded[shortage], gasoline[shortage])
    assert bounded.sum() == bounded[shortage].sum()


def test_demand_is_what_was_delivered_where_nothing_limited_it(
    recorded: RecordedSales, products: Products, demand: np.ndarray
) -> None:
    free = np.isinf(supply_limits(products, recorded.cars, LAST_RECORD))
    assert np.array_equal(demand[free], recorded.cars[free])


def test_orders_of_the_model_3_are_its_deliveries_the_change_of_its_book_and_what_is_canceled(
    recorded: RecordedSales, products: Products, demand: np.ndarray
) -> None:
    """Waits of 15, 15, 12, 9 and 2.5 months; where more leave the book than join, deliveries stand."""
    model_3 = products.names.index("Tesla Model 3 BEV")
    first = quarters.index("2017Q3")
    sold = recorded.cars[first : first + 5, model_3]
    book = np.array([15.0, 15.0, 12.0, 9.0, 2.5]) / 3.0 * sold
    before = np.concatenate([[0.0], book[:-1]])
    expected = np.maximum(sold, sold + book - (1.0 - CANCEL) * before)
    assert demand[first : first + 5, model_3] == pytest.approx(expected, rel=1e-12)
    assert demand[first + 3, model_3] > 2.0 * sold[3]


def test_without_a_wait_of_the_quarter_before_the_demand_for_a_limited_bev_is_not_known(
    products: Products, demand: np.ndarray
) -> None:
    """No wait is known for the Model 3 in 2021Q4."""
    model_3 = products.names.index("Tesla Model 3 BEV")
    assert products.powertrain[model_3] == BEV
    unknown = [quarters.index(name) for name in ("2021Q4", "2022Q1")]
    assert np.isnan(demand[unknown, model_3]).all()
    assert np.isfinite(demand[quarters.index("2022Q2"), model_3])


def test_reservations_and_waits_open_the_order_books(recorded: RecordedSales, products: Products) -> None:
    """Model 3: 455,000 in 2017Q3 less deliveries since; 12 months of 2022Q1's pace where that is the recorded wait."""
    limits = supply_limits(products, recorded.cars, LAST_RECORD)
    model_3 = products.line.index("Model 3")
    at = quarters.index("2017Q4")
    opening = opening_books(products, recorded.cars, limits, at)
    assert opening[model_3] == pytest.approx(455_000.0 - recorded.cars[at, model_3], rel=1e-12)
    assert opening[np.isinf(limits[at])].sum() == 0.0
    waits = tables.load("supply_limits").query("quarter == '2022Q1' and maker == 'Tesla' and line == 'Model 3'")
    later = quarters.index("2022Q1")
    expected = float(waits["wait_months"].iloc[0]) / 3.0 * recorded.cars[later, model_3]
    assert opening_books(products, recorded.cars, limits, later)[model_3] == pytest.approx(expected, rel=1e-12)
    assert opening_books(products, recorded.cars, limits, LAST_RECORD).sum() == 0.0
