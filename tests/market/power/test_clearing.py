"""A region's orders cleared (M19)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.storage_demand import ValueStack
from agents.power.utility import RegionDemand, StorageOrder, StorageProject
from market.power.clearing import Sale, clear_region

NEAR = 1e-9
DOMESTIC, THIRD, CHINA = 85.0, 90.0, 60.0  # $/kWh
CENTERS = RegionDemand(10.0, None)
STACK = ValueStack(120.0, 0.92, 0.16, 50.0, 0.20, 20.0, 0.065)
ORDER = StorageOrder(0.0, 0.0, 2.0, 50.0, 0.27, STACK, StorageProject(4.0, 190.0, 0.3, 0.07, 20.0, 0.025))
ELASTIC = RegionDemand(0.0, ORDER)


def parts(sales: list[Sale]) -> list[tuple[bool, float, float, float]]:
    """Compliant, domestic, foreign and price of every sale, rounded to where the solver stops."""
    return [
        (sale.compliant, round(sale.domestic_gwh, 9), round(sale.foreign_gwh, 9), round(sale.price_usd_per_kwh, 9))
        for sale in sales
    ]


def test_compliant_cells_come_from_us_lines_first_and_then_from_third_countries() -> None:
    """Half of 10 GWh needs compliant cells, 4 of them can be had; the open half comes from China."""
    sales = clear_region(CENTERS, 0.5, 4.0, DOMESTIC, THIRD, CHINA)
    assert parts(sales) == [(True, 4.0, 1.0, THIRD), (False, 0.0, 5.0, CHINA)]
    assert sales[0].gwh == pytest.approx(5.0, abs=NEAR)


def test_us_lines_that_suffice_set_the_price() -> None:
    sales = clear_region(CENTERS, 0.5, 7.0, DOMESTIC, THIRD, CHINA)
    assert parts(sales) == [(True, 5.0, 0.0, DOMESTIC), (False, 0.0, 5.0, CHINA)]


def test_at_the_import_floor_us_lines_with_cells_left_serve_the_rest() -> None:
    sales = clear_region(CENTERS, 0.5, 8.0, CHINA, THIRD, CHINA)
    assert parts(sales) == [(True, 5.0, 0.0, CHINA), (False, 3.0, 2.0, CHINA)]


def test_us_lines_dearer_than_third_countries_sell_nothing_compliant() -> None:
    sales = clear_region(CENTERS, 0.5, 8.0, 95.0, THIRD, CHINA)
    assert parts(sales) == [(True, 0.0, 5.0, THIRD), (False, 0.0, 5.0, CHINA)]


def test_without_a_rule_nothing_is_compliant_and_with_a_full_one_nothing_comes_from_china() -> None:
    assert parts(clear_region(CENTERS, 0.0, 4.0, DOMESTIC, THIRD, CHINA)) == [(False, 0.0, 10.0, CHINA)]
    assert parts(clear_region(CENTERS, 1.0, 4.0, DOMESTIC, THIRD, CHINA)) == [(True, 4.0, 6.0, THIRD)]


def test_nothing_is_sold_where_nothing_is_asked() -> None:
    assert clear_region(RegionDemand(0.0, None), 0.5, 4.0, DOMESTIC, THIRD, CHINA) == []


def test_a_utility_buys_what_it_wants_at_the_price_of_each_market() -> None:
    sales = clear_region(ELASTIC, 0.5, 1e3, DOMESTIC, THIRD, CHINA)
    assert sales[0].gwh == pytest.approx(0.5 * ORDER.wanted_gwh(DOMESTIC), rel=1e-7)
    assert sales[1].gwh == pytest.approx(0.5 * ORDER.wanted_gwh(CHINA), rel=1e-7)
    assert 0.0 < sales[0].gwh < sales[1].gwh


def test_few_us_cells_leave_an_elastic_order_to_third_countries_at_their_price() -> None:
    (sale,) = clear_region(ELASTIC, 1.0, 1.0, DOMESTIC, THIRD, CHINA)
    assert (sale.domestic_gwh, sale.price_usd_per_kwh) == (1.0, THIRD)
    assert sale.gwh == pytest.approx(ORDER.wanted_gwh(THIRD), rel=1e-7)


def test_demand_that_ends_between_two_offers_sets_the_price() -> None:
    """US cells for what is wanted at 87 $/kWh, between 85 and 90."""
    offered = ORDER.wanted_gwh(87.0)
    (sale,) = clear_region(ELASTIC, 1.0, offered, DOMESTIC, THIRD, CHINA)
    assert (sale.domestic_gwh, sale.foreign_gwh) == (offered, 0.0)
    assert sale.price_usd_per_kwh == pytest.approx(87.0, abs=1e-6)


def test_what_is_firm_is_bought_at_any_price() -> None:
    firm = StorageOrder(1.0, 3.0, 40.0, 50.0, 0.27, STACK, ORDER.project)
    (sale,) = clear_region(RegionDemand(0.0, firm), 1.0, 0.0, DOMESTIC, 900.0, CHINA)
    assert parts([sale]) == [(True, 0.0, 3.0, 900.0)]


shares = st.floats(0.01, 0.99) | st.sampled_from([0.0, 1.0])


@given(
    centers=st.floats(0, 20), needs=shares, free=st.floats(0, 50), domestic=st.floats(30, 150),
    third=st.floats(30, 150), china=st.floats(30, 150),
)  # fmt: skip
def test_no_us_cell_is_sold_twice_and_buyers_get_no_more_than_they_want(
    centers: float, needs: float, free: float, domestic: float, third: float, china: float
) -> None:
    demand = RegionDemand(centers, ORDER)
    sales = clear_region(demand, needs, free, domestic, third, china)
    assert sum(sale.domestic_gwh for sale in sales) <= free + NEAR
    for sale in sales:
        share = needs if sale.compliant else 1.0 - needs
        assert min(sale.domestic_gwh, sale.foreign_gwh) >= 0.0
        assert sale.price_usd_per_kwh >= min(domestic, third if sale.compliant else china) - NEAR
        assert share * centers - NEAR <= sale.gwh <= share * demand.wanted_gwh(sale.price_usd_per_kwh) + 1e-6
