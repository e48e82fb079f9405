"""BEVs at the peak and in the retail price (M21)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.grid_load import (
    capacity_cost_usd_per_kwh,
    cars_ahead,
    peak_load_gw,
    retail_rise_usd_per_kwh,
    vehicle_capacity_gw,
)

EXACT = 1e-12
MILLIONS = np.array([1e6, 2e6])


def test_a_million_cars_load_the_peak_with_1_1_or_0_3_gw() -> None:
    assert peak_load_gw(MILLIONS, 0.0, 1.1, 0.3) == pytest.approx([1.1, 2.2], rel=EXACT)
    assert peak_load_gw(MILLIONS, 1.0, 1.1, 0.3) == pytest.approx([0.3, 0.6], rel=EXACT)
    assert peak_load_gw(MILLIONS, 0.25, 1.1, 0.3) == pytest.approx([0.9, 1.8], rel=EXACT)


@given(cars=st.floats(0, 1e8), share=st.floats(0, 1), more=st.floats(0, 1))
def test_every_car_managed_takes_0_8_kw_off_the_peak(cars: float, share: float, more: float) -> None:
    managed = share + more * (1.0 - share)
    less = peak_load_gw(np.array([cars]), share, 1.1, 0.3) - peak_load_gw(np.array([cars]), managed, 1.1, 0.3)
    assert less[0] == pytest.approx(0.8e-6 * cars * (managed - share), abs=1e-9)


def test_the_last_years_growth_goes_on_and_no_fall_is_expected() -> None:
    ahead = cars_ahead(np.array([12.0, 8.0]), np.array([10.0, 9.0]), 3.0)
    assert ahead.tolist() == [18.0, 8.0]


def test_enrolled_cars_give_back_their_power() -> None:
    assert vehicle_capacity_gw(MILLIONS, 0.5, 4.0) == pytest.approx([2.0, 4.0], rel=EXACT)
    assert not vehicle_capacity_gw(MILLIONS, 0.5, 0.0).any()


def test_cost_of_a_peak_over_all_energy_by_hand() -> None:
    """1 GW at 120 $/kW-year is 120 M$; 100 GW at a load factor of 0.5 are 438 TWh: 0.274 $/MWh."""
    cost = capacity_cost_usd_per_kwh(np.array([1.0, -1.0]), np.array(120.0), np.array(100.0), 0.5)
    assert cost == pytest.approx([120.0 / 438_000.0, -120.0 / 438_000.0], rel=EXACT)


def test_the_price_carries_a_part_of_the_cost_after_four_quarters() -> None:
    cost = np.full((6, 1), 0.01)
    rises = [float(retail_rise_usd_per_kwh(cost[:n], 0.7)[0]) for n in (1, 2, 3, 4, 6)]
    assert rises == pytest.approx([0.00175, 0.0035, 0.00525, 0.007, 0.007], rel=EXACT)
