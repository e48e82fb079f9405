"""BEVs on the grid by region (M21)."""

from collections.abc import Callable

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.sets import region_names
from market.exogenous.zones import Places
from market.power.grid import Grid
from market.power.grid_parameters import Grid as Parameters
from market.power.parameters import Storage
from market.power.regions import PowerRegions

REGIONS = region_names()

EXACT = 1e-12
ORIGIN = quarters.index("2024Q4")
OF = {name: place for place, name in enumerate(REGIONS)}

Grids = Callable[..., Grid]


@pytest.fixture
def grid(places: Places) -> Grids:
    """A grid at its origin, where every zone has had a thousand BEVs for a year."""

    def build(**levers: object) -> Grid:
        given = Parameters.model_validate(levers)
        made = Grid(given, PowerRegions(Storage()), places.power_region, ORIGIN)
        for quarter in range(ORIGIN - 4, ORIGIN + 1):
            made.connect(cars(places, 1_000.0), quarter)
        return made

    return build


def cars(places: Places, each: float) -> Floats:
    return np.full(places.size, each)


def zones_of(places: Places, region: str) -> int:
    return sum(name == region for name in places.power_region)


def test_cars_of_a_zone_load_its_own_region(grid: Grids, places: Places) -> None:
    made = grid()
    one = np.zeros(places.size)
    one[places.power_region.index("ERCOT")] = 1e6
    made.connect(one, ORIGIN + 1)
    assert made.load_gw[OF["ERCOT"]] == pytest.approx(1.1, rel=EXACT)
    assert made.load_gw.sum() == pytest.approx(1.1, rel=EXACT)


def test_to_the_origin_nothing_is_added_and_after_it_what_is_above_it(grid: Grids, places: Places) -> None:
    made = grid()
    assert made.load_gw[OF["ERCOT"]] == pytest.approx(1.1e-3 * zones_of(places, "ERCOT"), rel=EXACT)
    for nothing in (made.added_gw, made.added_ahead_gw, made.vehicle_gw, made.rise_usd_per_kwh):
        assert not nothing.any()
    assert not made.rise_by_zone_usd_per_kwh.any()
    made.connect(cars(places, 1_000.0), ORIGIN + 1)
    assert not made.added_gw.any()
    assert not made.rise_usd_per_kwh.any()
    made.connect(cars(places, 3_000.0), ORIGIN + 2)
    assert made.added_gw[OF["PJM"]] == pytest.approx(2.2e-3 * zones_of(places, "PJM"), rel=EXACT)


def test_planners_expect_the_growth_of_a_year_three_times_over(grid: Grids, places: Places) -> None:
    """From 1,000 to 3,000 cars in a year: 9,000 three years on, 8,000 more than at the origin."""
    made = grid()
    made.connect(cars(places, 3_000.0), ORIGIN + 1)
    assert made.added_ahead_gw[OF["PJM"]] == pytest.approx(8.8e-3 * zones_of(places, "PJM"), rel=EXACT)
    quarter = ORIGIN + 1
    more = made.peak_ahead_gw(quarter) - made.regions.peak_ahead_gw(2025, 3, 2024)
    assert more == pytest.approx(made.added_ahead_gw, rel=1e-9)
    assert made.peak_gw(quarter) - made.regions.peak_gw(2025, 2024) == pytest.approx(made.added_gw, rel=1e-9)


def test_the_retail_price_carries_the_net_cost_of_capacity_by_hand(grid: Grids, places: Places) -> None:
    """0.7 of the mean of four quarters, the first two at nothing; PJM pays 124 $/kW-year."""
    made, place = grid(), OF["PJM"]
    for quarter in (ORIGIN + 1, ORIGIN + 2):
        made.connect(cars(places, 1e5), quarter)
    added = 99_000 * 1.1e-6 * zones_of(places, "PJM")
    cost = added * 129.0 / (made.regions.peak_gw(2025, 2024)[place] * 0.55 * 8_760)
    assert made.rise_usd_per_kwh[place] == pytest.approx(0.7 * cost / 2.0, rel=1e-9)
    zone = places.power_region.index("PJM")
    assert made.rise_by_zone_usd_per_kwh[zone] == made.rise_usd_per_kwh[place]


def test_cars_that_give_power_back_save_capacity(grid: Grids, places: Places) -> None:
    programme: dict[str, object] = {"managed_share": 0.5, "managed_from": "2025Q1", "managed_ramp_years": 0.25}
    plain, giving = grid(**programme), grid(**programme, vehicle_to_grid_kw=4.0)
    for made in (plain, giving):
        made.connect(cars(places, 1e5), ORIGIN + 1)
    assert not plain.vehicle_gw.any()
    assert giving.vehicle_gw[OF["PJM"]] == pytest.approx(0.2 * zones_of(places, "PJM"), rel=EXACT)
    assert np.array_equal(giving.added_gw, plain.added_gw)
    assert giving.rise_usd_per_kwh[OF["PJM"]] < plain.rise_usd_per_kwh[OF["PJM"]]


def test_a_car_without_load_changes_nothing(grid: Grids, places: Places) -> None:
    made = grid(unmanaged_kw=0.0, managed_kw=0.0)
    made.connect(cars(places, 1e6), ORIGIN + 1)
    for nothing in (made.load_gw, made.added_gw, made.added_ahead_gw, made.rise_usd_per_kwh):
        assert not nothing.any()


def test_data_centers_beyond_the_forecast_raise_the_peak_now_and_as_it_is_expected(places: Places) -> None:
    """ERCOT in 2025 at three times the arrivals: 2 x 2,551 MW a year more, a quarter of it by the first quarter."""
    peaks = []
    for factor in (1.0, 3.0):
        storage = Storage(data_center_factor=factor)
        made = Grid(Parameters(), PowerRegions(storage), places.power_region, ORIGIN)
        for quarter in (ORIGIN, ORIGIN + 1):
            made.connect(cars(places, 1_000.0), quarter)
        peaks.append([made.peak_gw(ORIGIN + 1)[OF["ERCOT"]], made.peak_ahead_gw(ORIGIN + 1)[OF["ERCOT"]]])
    now, ahead = np.array(peaks[1]) - np.array(peaks[0])
    assert now == pytest.approx(2.0 * 2.551 / 4.0, rel=1e-9)
    assert ahead == pytest.approx(2.0 * 2.551 * (0.25 + 3.0), rel=1e-9)
