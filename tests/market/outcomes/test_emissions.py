"""CO2, gasoline and electricity: by hand, and places add up to the nation."""

import numpy as np
import pandas as pd
import pytest

from agents.buyers.valuation import electric_share
from market.base import tables
from market.base.categories import BEV_LONG, CAR_TYPES, ICE, KINDS, PHEV, SEGMENTS
from market.model import Market
from market.outcomes.emissions import EmissionFactors, by_place, new_by_place, read_factors, spread
from market.outcomes.vehicle_energy import FleetEnergy, VehicleEnergy
from market.vehicles.products import Products
from tests.market.conftest import LAST

MILES = 12_000.0
QUARTER = 20  # 2022Q1


@pytest.fixture(scope="module")
def energy(products: Products) -> VehicleEnergy:
    return VehicleEnergy(products, LAST)


def _one_type(kind: int, age_quarters: int, cars: float) -> np.ndarray:
    fleet = np.zeros((CAR_TYPES, 256))
    fleet[kind * len(SEGMENTS), age_quarters] = cars
    return fleet


def test_gasoline_cars_burn_their_miles_over_their_mileage(energy: VehicleEnergy) -> None:
    fleet = energy.fleet(_one_type(ICE, 8, 1e6), QUARTER, MILES, 0.5)  # built in 2020, two years old
    row = tables.load("miles_by_age").set_index("age_years").loc[2]
    scale = tables.load("emission_factors")["miles_scale"].iloc[0]
    burned = row["car_miles"] * scale / 4.0 * energy.gallons[3, 0]
    assert fleet.gasoline_mgal[ICE] == pytest.approx(burned, rel=1e-12)
    assert fleet.gasoline_mgal.sum() == fleet.gasoline_mgal[ICE]
    assert not fleet.charging_gwh.any()
    assert not fleet.displaced_mgal.any()


def test_a_bev_displaces_the_gasoline_of_a_car_of_its_segment_and_year(energy: VehicleEnergy) -> None:
    fleet = energy.fleet(_one_type(BEV_LONG, 8, 1e6), QUARTER, MILES, 0.5)
    assert fleet.charging_gwh[BEV_LONG] == pytest.approx(3_000.0 * energy.kwh[3, BEV_LONG * len(SEGMENTS)], rel=1e-12)
    assert fleet.displaced_mgal[BEV_LONG] == pytest.approx(3_000.0 * energy.gallons[3, 0], rel=1e-12)
    assert not fleet.gasoline_mgal.any()


def test_a_plug_in_hybrid_burns_what_its_electric_miles_leave(energy: VehicleEnergy) -> None:
    fleet = energy.fleet(_one_type(PHEV, 0, 1e6), QUARTER, MILES, 0.5)
    place = PHEV * len(SEGMENTS)
    electric = 0.5 * energy.electric[5, place]
    burned = 3_000.0 * (1.0 - electric) * energy.gallons[5, place]
    assert fleet.gasoline_mgal[PHEV] == pytest.approx(burned, rel=1e-12)
    assert fleet.charging_gwh[PHEV] == pytest.approx(3_000.0 * electric * energy.kwh[5, place], rel=1e-12)
    assert fleet.displaced_mgal[PHEV] == pytest.approx(3_000.0 * energy.gallons[5, 0] - burned, rel=1e-12)
    assert 0.2 < energy.electric[5, place] < float(electric_share(np.array(100.0)))


def test_cars_from_before_the_products_burn_more_as_their_years_did(energy: VehicleEnergy) -> None:
    gallons = energy.gallons_of_ages(QUARTER, 256)[0]
    mpg = tables.load("fuel_economy_before").set_index("model_year")["mpg"]
    assert gallons[4 * 17] / energy.gallons[0, 0] == pytest.approx(mpg[2017] / mpg[2005], rel=1e-12)
    assert gallons[255] / energy.gallons[0, 0] == pytest.approx(mpg[2017] / mpg[1995], rel=1e-12)
    assert gallons[4 * 6] / energy.gallons[0, 0] == pytest.approx(mpg[2017] / mpg[2016], rel=1e-12)
    assert gallons[4 * 5] == energy.gallons[0, 0]


def test_every_type_has_its_fuel_and_no_gap(energy: VehicleEnergy) -> None:
    kind = np.repeat(np.arange(len(KINDS)), len(SEGMENTS))
    assert len(energy.gallons) == len(energy.kwh) == LAST // 4 + 1
    assert ((energy.gallons > 0.01) == (kind <= PHEV)).all()
    assert ((energy.kwh > 0.1) == (kind >= PHEV)).all()


def test_emissions_by_hand() -> None:
    energy = FleetEnergy(np.array([10.0, 2.0, 1.0, 0, 0, 0]), np.array([0, 0, 5.0, 10.0, 20.0, 5.0]),
                         np.array([0, 0, 0.5, 1.0, 2.0, 0.5]))  # fmt: skip
    factors = EmissionFactors(9.0, 0.02, pd.Series([0.0]))
    row = by_place(energy, np.array([3.0, 1.0]), np.array([1.0, 1.0]), np.array([500.0, 1_000.0]), factors)
    assert row["tailpipe_ice_kt"] == pytest.approx([67.5, 22.5])
    assert row["tailpipe_hev_kt"] == pytest.approx([13.5, 4.5])
    assert row["tailpipe_phev_kt"] == pytest.approx([4.5, 4.5])
    assert row["gasoline_mgal"] == pytest.approx([9.5, 3.5])
    assert row["charging_gwh"] == pytest.approx([20.0, 20.0])
    assert row["grid_kt"] == pytest.approx([10.0, 20.0])  # 20,000 MWh at half a ton and at a ton
    assert row["displaced_mgal"] == pytest.approx([2.0, 2.0])
    assert row["displaced_oil_kbbl"] == pytest.approx([40.0, 40.0])
    assert row["avoided_kt"] == pytest.approx([8.0, -2.0])


def test_new_cars_by_hand() -> None:
    sold = np.zeros((2, 1, 2, 2))  # zones, incomes, homes, products
    sold[0, 0, :, 0], sold[1, 0, 1, 1] = [150.0, 50.0], 50.0
    gallons = np.array([[0.04, 0.0], [0.02, 0.0]])  # a plug-in hybrid that charges at home, and a BEV
    row = new_by_place(sold, gallons, np.eye(2), 9.0)
    assert row["new_cars"] == pytest.approx([200.0, 50.0])
    assert row["new_co2_g_per_mile"] == pytest.approx([315.0, 0.0])


def test_nothing_to_go_by_is_spread_evenly() -> None:
    assert spread(6.0, np.array([1.0, 2.0])) == pytest.approx([2.0, 4.0])
    assert spread(6.0, np.zeros(3)) == pytest.approx([2.0, 2.0, 2.0])


def test_places_add_up_to_the_nation(finished: Market) -> None:
    setting, fleet = finished.outcomes, finished.fleet
    cars = fleet.on_seats.cars[:CAR_TYPES] * fleet.weight
    younger = np.zeros(cars.shape)
    younger[:, :-1] = cars[:, 1:]  # before the cars grew older at the end of the quarter
    miles = finished.parameters.buyers.miles_per_year
    nation = setting.energy.fleet(younger, finished.quarter, miles, setting.home_share)
    table = finished.recorder.frame("emissions")
    sums = table[table["quarter"] == table["quarter"].iloc[-1]].sum(numeric_only=True)
    factors = read_factors()
    assert sums["gasoline_mgal"] == pytest.approx(nation.gasoline_mgal.sum(), rel=1e-9)
    assert sums["charging_gwh"] == pytest.approx(nation.charging_gwh.sum(), rel=1e-9)
    assert sums["displaced_oil_kbbl"] == pytest.approx(nation.displaced_mgal.sum() * 0.9 / 42.0 * 1e3, rel=1e-9)
    tailpipe = sums[["tailpipe_ice_kt", "tailpipe_hev_kt", "tailpipe_phev_kt"]].sum()
    assert tailpipe == pytest.approx(nation.gasoline_mgal.sum() * 8.887, rel=1e-9)
    assert sums["avoided_kt"] == pytest.approx(nation.displaced_mgal.sum() * 8.887 - sums["grid_kt"], rel=1e-9)
    least, most = factors.grid_kg.min(), factors.grid_kg.max()
    region = np.array(setting.parts.pair_region)
    assert setting.pair_grid_kg[region == "ERCOT"] == pytest.approx(575.0 / (1.0 - 0.051))
    assert least < sums["grid_kt"] / sums["charging_gwh"] * 1e3 < most
    assert sums["new_cars"] == pytest.approx(finished.recorder.last("national")["new_sales"], rel=1e-9)


def test_the_fleet_of_2017_burns_about_what_light_vehicles_did(finished: Market) -> None:
    table = finished.recorder.frame("emissions")
    year = table[table["quarter"].str.startswith("2017")]
    gallons = year["gasoline_mgal"].sum() / 1e3
    assert 122.0 < gallons < 142.0  # EIA: 143 billion gallons of gasoline in 2017, of these light vehicles some 0.92
    first = table[table["quarter"] == "2022Q4"]
    mean = np.average(first["new_co2_g_per_mile"].fillna(0.0), weights=first["new_cars"])
    assert mean == pytest.approx(337.0, rel=0.1)  # EPA Automotive Trends, model year 2022
