"""What is recorded and imposed to the origin (B4)."""

import numpy as np
import pytest

from market.base import quarters, tables
from market.base.categories import BEV, ICE, MAKERS, POWERTRAINS, SEGMENTS
from market.base.quarters import LAST_RECORD
from market.exogenous.zones import Places
from market.vehicles.products import Products
from market.vehicles.recorded_sales import (
    Availability,
    RecordedSales,
    bev_registration_ratio,
    used_price_level,
)

ROUNDING = 1e-9  # of sums over some 100 products
YEARS = range(2017, 2025)


@pytest.fixture(scope="module")
def recorded(products: Products) -> RecordedSales:
    return RecordedSales(products)


@pytest.mark.parametrize("powertrain", POWERTRAINS)
def test_products_add_up_to_the_recorded_sales_of_their_powertrain(
    recorded: RecordedSales, products: Products, powertrain: str
) -> None:
    table = tables.load("sales_by_powertrain").query("powertrain == @powertrain").set_index("quarter")["sales"]
    mine = products.powertrain == POWERTRAINS.index(powertrain)
    for quarter in range(LAST_RECORD + 1):
        found = recorded.cars[quarter, mine].sum()
        assert found == pytest.approx(table[quarters.label(quarter)], rel=ROUNDING), quarters.label(quarter)


def test_bevs_are_those_recorded_of_their_line_and_sell_in_every_quarter_on_offer(
    recorded: RecordedSales, products: Products
) -> None:
    sold = np.zeros_like(recorded.cars)
    for row in tables.load("bev_sales_by_line").to_dict("records"):
        name = f"{row['maker']} {row['line'] or row['segment']} BEV"
        sold[quarters.index(row["quarter"]), products.names.index(name)] = row["sales"]
    assert np.array_equal(recorded.cars[:, products.is_bev], sold[:, products.is_bev])
    for quarter in range(LAST_RECORD + 1):
        on_offer = products.at(quarter).on_offer & products.is_bev
        assert np.array_equal(sold[quarter] > 0, on_offer), quarters.label(quarter)


def test_nothing_is_sold_that_was_not_on_offer(recorded: RecordedSales, products: Products) -> None:
    assert (recorded.cars >= 0.0).all()
    for quarter in range(0, LAST_RECORD + 1, 3):
        bev_or_hybrid = ~products.at(quarter).on_offer & (products.powertrain != ICE)
        assert recorded.cars[quarter, bev_or_hybrid].sum() == 0.0


@pytest.mark.parametrize("year", YEARS)
def test_gasoline_cars_are_raked_to_the_makers_and_segments_of_their_year(
    recorded: RecordedSales, products: Products, year: int
) -> None:
    """All cars of a maker and of a segment; what raking to two margins at once leaves is below 1 % of the market."""
    first = quarters.index(f"{year}Q1")
    cars = recorded.cars[first : first + 4].sum(axis=0)
    makers = tables.load("sales_by_maker").query("year == @year").set_index("maker")["sales_as_pooled"]
    by_maker = np.bincount(products.maker, cars, minlength=len(MAKERS)) / cars.sum()
    assert by_maker == pytest.approx([makers.get(m, 0.0) / makers.sum() for m in MAKERS], abs=0.01)
    segments = tables.load("segment_shares").query("year == @year").set_index("segment")["share"]
    by_segment = np.bincount(products.segment, cars) / cars.sum()
    assert by_segment == pytest.approx([segments[s] for s in SEGMENTS], abs=0.01)


def test_products_are_available_as_recorded_and_everywhere_else_in_full(places: Places, products: Products) -> None:
    availability = Availability(products, places)
    rows = tables.load("availability").to_dict("records")
    quarter = quarters.index("2017Q2")
    found = availability.at(quarter)
    assert found.shape == (places.size, products.size)
    assert ((found >= 0.0) & (found <= 1.0)).all()
    whole = np.flatnonzero(places.state_share.max(axis=1) > 1.0 - 1e-12)
    state_of = {int(zone): places.states[int(places.state_share[zone].argmax())] for zone in whole}
    now = [row for row in rows if row["quarter_from"] <= "2017Q2" <= row["quarter_to"]]
    listed = np.zeros(products.size, dtype=np.bool_)
    for row in now:
        about = (MAKERS.index(row["maker"]), SEGMENTS.index(row["segment"]), POWERTRAINS.index(row["powertrain"]))
        covered = (products.maker == about[0]) & (products.segment == about[1]) & (products.powertrain == about[2])
        listed |= covered
        for zone, state in state_of.items():
            if state == row["state"]:
                assert found[zone, covered] == pytest.approx(row["share"], abs=1e-12), (about, state)
    assert listed.any()
    assert found[:, ~listed] == pytest.approx(np.ones((places.size, (~listed).sum())), abs=1e-12)


def test_every_product_is_sold_everywhere_once_the_record_says_nothing_else(places: Places, products: Products) -> None:
    after = max(quarters.index(name) for name in tables.load("availability")["quarter_to"]) + 1
    assert (Availability(products, places).at(after) == 1.0).all()


def test_used_prices_are_one_in_2017_in_real_terms_and_their_last_level_is_held() -> None:
    level = used_price_level(quarters.index("2035Q4"))
    assert level[:4].mean() == pytest.approx(1.0, abs=1e-12)
    assert level[20] > 1.2  # the shortage of 2021 and 2022
    last = max(quarters.index(name) for name in tables.load("used_price_index")["quarter"])
    assert np.ptp(level[last:]) == 0.0


def test_registrations_set_zones_apart_within_bounds(places: Places) -> None:
    ratio = bev_registration_ratio(places)
    assert ratio.shape[1] == places.size
    assert ((ratio >= 0.05) & (ratio <= 6.0)).all()
    assert (ratio[:, places.names.index("Los Angeles, CA")] > 1.5).all()
    assert np.average(ratio[-1], weights=places.seats) == pytest.approx(1.0, abs=0.15)


def test_recorded_bevs_grow_from_half_a_percent_to_eight(recorded: RecordedSales, products: Products) -> None:
    share = recorded.cars[:, products.powertrain == BEV].sum(axis=1) / recorded.cars.sum(axis=1)
    assert share[0] == pytest.approx(0.005, abs=0.002)
    assert share[LAST_RECORD] == pytest.approx(0.085, abs=0.01)
