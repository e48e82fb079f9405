"""What utilities ask for, as a curve and as its inverse (M16)."""

from dataclasses import replace

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.storage_demand import ValueStack
from agents.power.utility import (
    CHOKE_PRICE_USD_PER_KWH,
    RegionDemand,
    StorageOrder,
    StorageProject,
    Utility,
    UtilitySensing,
)

EXACT = 1e-12
STACK = ValueStack(120.0, 0.92, 0.16, 50.0, 0.20, 20.0, 0.065)
PROJECT = StorageProject(4.0, 190.0, 0.3, 0.07, 20.0, 0.025)
ORDER = StorageOrder(1.0, 3.0, 2.0, 50.0, 0.27, STACK, PROJECT)
"""3 GWh are firm; 2 of 50 GW stand."""


def test_cost_and_the_price_it_allows_by_hand() -> None:
    """(60 + 190) x 4 = 1,000 $/kW; free capital over 20 years and 2.5 % upkeep: 1,000 x (0.7/20 + 0.025) = 60."""
    project = StorageProject(4.0, 190.0, 0.3, 0.0, 20.0, 0.025)
    assert project.cost_usd_per_kw_year(60.0) == pytest.approx(60.0, rel=EXACT)
    assert project.cell_price_usd_per_kwh(60.0) == pytest.approx(60.0, rel=EXACT)
    assert project.cell_price_usd_per_kwh(30.0) == pytest.approx(125.0 - 190.0, rel=EXACT)


@given(
    price=st.floats(0, 300), other=st.floats(50, 350), credit=st.floats(0, 0.6), wacc=st.floats(0.01, 0.15),
    hours=st.floats(1, 10),
)  # fmt: skip
def test_the_price_allowed_is_the_inverse_of_the_cost(
    price: float, other: float, credit: float, wacc: float, hours: float
) -> None:
    project = StorageProject(hours, other, credit, wacc, 20.0, 0.025)
    found = project.cell_price_usd_per_kwh(project.cost_usd_per_kw_year(price))
    assert found == pytest.approx(price, abs=1e-9 * (price + other))


def test_an_order_is_part_of_the_gap_to_the_target_and_what_is_firm() -> None:
    """At the price that storage of 0.16 of the peak is worth: 3 + 0.27 x (8 - 2) x 4 = 9.48 GWh."""
    worth = 120 * 0.46 + 50 * np.exp(-0.8) + 20 * np.exp(-0.16 / 0.065)
    price = PROJECT.cell_price_usd_per_kwh(float(worth))
    assert ORDER.target_gw(price) == pytest.approx(8.0, abs=1e-9)
    assert ORDER.wanted_gwh(price) == pytest.approx(9.48, abs=1e-9)
    assert ORDER.price_usd_per_kwh(9.48) == pytest.approx(price, abs=1e-9)


def test_only_what_is_firm_is_ordered_where_more_stands_than_pays() -> None:
    assert replace(ORDER, standing_gw=40.0).wanted_gwh(60.0) == 3.0


def test_nobody_wants_more_storage_than_the_peak() -> None:
    """Where the last kW still pays: 3 + 0.27 x (50 - 2) x 4."""
    rich = replace(ORDER, stack=ValueStack(0.0, 0.0, 0.16, 1e6, 1e6, 0.0, 0.065))
    assert rich.wanted_gwh(60.0) == pytest.approx(3.0 + 0.27 * 48.0 * 4.0, rel=EXACT)


@given(part=st.floats(0.001, 0.999), firm=st.floats(0, 20), standing=st.floats(0, 3), pace=st.floats(0.05, 2))
def test_price_is_the_inverse_of_what_is_wanted(part: float, firm: float, standing: float, pace: float) -> None:
    order = replace(ORDER, firm_gwh=firm, standing_gw=standing, pace=pace)
    most = order.wanted_gwh(0.0)
    assert most > firm
    quantity = firm + part * (most - firm)
    price = order.price_usd_per_kwh(quantity)
    assert 0.0 < price < CHOKE_PRICE_USD_PER_KWH
    assert order.wanted_gwh(price) == pytest.approx(quantity, abs=1e-7)


@given(
    first=st.floats(0, 200), more=st.floats(0, 200), firm=st.floats(0, 20), standing=st.floats(0, 60),
    pace=st.floats(0.01, 2), centers=st.floats(0, 20),
)  # fmt: skip
def test_the_price_of_an_order_and_of_a_region_never_rises(
    first: float, more: float, firm: float, standing: float, pace: float, centers: float
) -> None:
    order = replace(ORDER, firm_gwh=firm, standing_gw=standing, pace=pace)
    region = RegionDemand(centers, order)
    assert order.price_usd_per_kwh(first + more) <= order.price_usd_per_kwh(first)
    assert region.price_usd_per_kwh(first + more) <= region.price_usd_per_kwh(first)


def test_what_is_firm_is_bought_at_any_price() -> None:
    assert ORDER.price_usd_per_kwh(0.0) == CHOKE_PRICE_USD_PER_KWH
    assert ORDER.price_usd_per_kwh(2.999) == CHOKE_PRICE_USD_PER_KWH
    assert ORDER.price_usd_per_kwh(3.0) < 300.0
    assert ORDER.wanted_gwh(CHOKE_PRICE_USD_PER_KWH) == 3.0


def test_without_a_pace_nothing_but_what_is_firm_is_bought() -> None:
    still = replace(ORDER, pace=0.0)
    assert still.wanted_gwh(0.0) == 3.0
    assert still.price_usd_per_kwh(3.0) == 0.0


def test_firm_energy_comes_at_its_own_duration_and_the_rest_at_four_hours() -> None:
    """3 GWh of firm storage are 1 GW; 4 GWh more are 1 GW."""
    assert [ORDER.power_gw(gwh) for gwh in (0.0, 1.5, 3.0, 7.0)] == pytest.approx([0.0, 0.5, 1.0, 2.0], rel=EXACT)
    assert replace(ORDER, firm_gw=0.0, firm_gwh=0.0).power_gw(6.0) == pytest.approx(1.5, rel=EXACT)


def test_data_centers_are_served_first_at_any_price() -> None:
    region = RegionDemand(5.0, ORDER)
    assert region.price_usd_per_kwh(4.999) == CHOKE_PRICE_USD_PER_KWH
    assert region.price_usd_per_kwh(14.48) == pytest.approx(ORDER.price_usd_per_kwh(9.48), rel=EXACT)
    assert region.wanted_gwh(60.0) == pytest.approx(5.0 + ORDER.wanted_gwh(60.0), rel=EXACT)
    assert region.split_gwh(4.0) == (4.0, 0.0)
    assert region.split_gwh(12.0) == (5.0, 7.0)


def test_a_region_without_a_request_asks_for_its_data_centers_alone() -> None:
    region = RegionDemand(5.0, None)
    assert region.price_usd_per_kwh(4.999) == CHOKE_PRICE_USD_PER_KWH
    assert [region.wanted_gwh(price) for price in (0.0, 500.0)] == [5.0, 5.0]
    assert region.price_usd_per_kwh(5.0) == 0.0


def test_a_utility_orders_at_its_pace_what_it_sees() -> None:
    model = mesa.Model(rng=1)
    utility = Utility(model, "ERCOT", 1, 0.27)
    assert list(model.agents) == [utility]
    assert utility.name == "utility ERCOT"
    seen = UtilitySensing(standing_gw=2.0, peak_ahead_gw=50.0, firm_gw=1.0, firm_gwh=3.0, stack=STACK, project=PROJECT)
    assert utility.order(seen) == ORDER
