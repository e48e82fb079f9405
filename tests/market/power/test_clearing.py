"""A region's orders cleared (M19)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.storage_demand import ValueStack
from agents.power.utility import RegionDemand, StorageOrder, StorageProject
from market.power.clearing import Origin, Sale, clear_region
from market.power.price import ForeignOffers

NEAR = 1e-9
OFFERS = ForeignOffers(60.0, 85.0, 160.0, 15.0)
SHARE_AT_75 = 1.0 / (1.0 + np.e)  # of US cells that cost 15 $/kWh, one spread, more
CENTERS = RegionDemand(10.0, None)
STACK = ValueStack(120.0, 0.92, 0.16, 50.0, 0.20, 20.0, 0.065)
ORDER = StorageOrder(0.0, 0.0, 2.0, 50.0, 0.27, STACK, StorageProject(4.0, 190.0, 0.3, 0.07, 20.0, 0.025))
ELASTIC = RegionDemand(0.0, ORDER)


def sold(sales: list[Sale], origin: Origin, *, compliant: bool | None = None) -> float:
    """GWh from an origin, for projects that need compliant cells, or do not, or both."""
    return sum(sale.gwh for sale in sales if sale.origin == origin and compliant in (None, sale.compliant))


def test_projects_begun_before_the_rule_buy_by_the_gap_in_price_alone() -> None:
    sales = clear_region(CENTERS, 1.0, 100.0, 75.0, OFFERS)
    assert sold(sales, Origin.US) == pytest.approx(10.0 * SHARE_AT_75)
    assert sold(sales, Origin.CHINA) == pytest.approx(10.0 * (1.0 - SHARE_AT_75))
    assert sold(sales, Origin.THIRD_COUNTRY) == 0.0
    assert all(sale.with_credit and not sale.compliant for sale in sales)


def test_projects_under_the_rule_weigh_the_credit() -> None:
    """US cells at third countries' price: half; of the rest nearly all comes from there, and loses nothing."""
    sales = clear_region(CENTERS, 0.0, 100.0, 85.0, OFFERS)
    assert sold(sales, Origin.US, compliant=True) == pytest.approx(5.0)
    assert sold(sales, Origin.THIRD_COUNTRY, compliant=True) == pytest.approx(5.0 / (1.0 + np.exp(-5.0)))
    (china,) = (sale for sale in sales if sale.origin == Origin.CHINA)
    assert not china.with_credit
    assert china.gwh == pytest.approx(5.0 / (1.0 + np.exp(5.0)))


def test_who_needs_no_compliant_cells_is_served_first_and_us_cells_are_sold_once() -> None:
    sales = clear_region(CENTERS, 0.5, 4.0, 60.0, OFFERS)
    assert sold(sales, Origin.US, compliant=False) == pytest.approx(2.5)
    assert sold(sales, Origin.US, compliant=True) == pytest.approx(1.5)
    assert sum(sale.gwh for sale in sales) == pytest.approx(10.0)


def test_each_origin_has_its_own_price() -> None:
    sales = clear_region(CENTERS, 0.5, 100.0, 75.0, OFFERS)
    price = {sale.origin: sale.price_usd_per_kwh for sale in sales}
    assert price == {Origin.US: 75.0, Origin.CHINA: 60.0, Origin.THIRD_COUNTRY: 85.0}


def test_nothing_is_sold_where_nothing_is_asked() -> None:
    assert clear_region(RegionDemand(0.0, None), 0.5, 4.0, 75.0, OFFERS) == []


def test_a_utility_buys_what_it_wants_at_the_mean_of_what_it_pays() -> None:
    sales = clear_region(ELASTIC, 1.0, 1e3, 75.0, OFFERS)
    mean = SHARE_AT_75 * 75.0 + (1.0 - SHARE_AT_75) * 60.0
    assert sum(sale.gwh for sale in sales) == pytest.approx(ORDER.wanted_gwh(mean), rel=1e-9)
    few = clear_region(ELASTIC, 1.0, 0.0, 75.0, OFFERS)
    assert sum(sale.gwh for sale in few) == pytest.approx(ORDER.wanted_gwh(60.0), rel=1e-9)


shares = st.floats(0.01, 0.99) | st.sampled_from([0.0, 1.0])


@given(
    centers=st.floats(0, 20), begun=shares, free=st.floats(0, 50), domestic=st.floats(30, 150),
    third=st.floats(30, 150), china=st.floats(30, 150), lost=st.floats(0, 100),
)  # fmt: skip
def test_no_us_cell_is_sold_twice_and_what_is_firm_is_always_bought(
    centers: float, begun: float, free: float, domestic: float, third: float, china: float, lost: float
) -> None:
    demand, offers = RegionDemand(centers, ORDER), ForeignOffers(china, third, china + lost, 15.0)
    sales = clear_region(demand, begun, free, domestic, offers)
    assert sold(sales, Origin.US) <= free + NEAR
    assert sum(sale.gwh for sale in sales) >= centers - NEAR
    assert min((sale.gwh for sale in sales), default=1.0) > 0.0
    cheapest = min(domestic, third, china)
    assert sum(sale.gwh for sale in sales) <= demand.wanted_gwh(cheapest) + 1e-6
