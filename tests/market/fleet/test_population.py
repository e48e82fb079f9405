"""The population at the start (B0): stratified, so that sampling error is small already at 2,000 rows."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.arrays import Floats
from agents.population.consumers import COLUMN_TYPES, LESSEE, NO_CAR, SLEEPING
from agents.population.row_work import RowWork
from agents.random.streams import Purpose, stream_key, uniforms
from market.base import quarters, tables
from market.base.categories import BEV_SHORT, CLASSES, KINDS, SEGMENTS
from market.buyers.demand import taste_points
from market.exogenous.zones import Places
from market.fleet.first_looks import look_rate
from market.fleet.plain_start import stratified
from market.fleet.population import (
    StartingStock,
    class_edges,
    class_shares,
    seats_path,
    starting_columns,
    starting_lot,
    starting_stock,
)
from market.scenario import Scenario
from market.vehicles.recorded_sales import bev_registration_ratio

ROWS = 20_000
PLAIN = RowWork(compiled=False)
LAST = quarters.index("2030Q4")
Columns = dict[str, NDArray[np.unsignedinteger]]


@pytest.fixture(scope="module")
def scenario(small: Callable[..., Scenario]) -> Scenario:
    return small()


@pytest.fixture(scope="module")
def stock(places: Places, scenario: Scenario) -> StartingStock:
    return starting_stock(
        places, bev_registration_ratio(places)[0], scenario.buyers.taste_sd_kusd, scenario.buyers.alpha_powertrain
    )


@pytest.fixture(scope="module")
def path(scenario: Scenario) -> Floats:
    return seats_path(scenario.ownership, LAST)


@pytest.fixture(scope="module")
def columns(places: Places, scenario: Scenario, stock: StartingStock, path: Floats) -> Columns:
    return starting_columns(places, scenario.ownership, stock, ROWS, path, 1, 0.3, PLAIN)


def test_tastes_have_the_mean_and_spread_asked_for() -> None:
    points, weights = taste_points(10.4)
    assert weights.sum() == pytest.approx(1.0, abs=1e-14)
    moments = [float((weights * points**power).sum()) for power in (1, 2, 3, 4)]
    assert moments == pytest.approx([0.0, 10.4**2, 0.0, 3.0 * 10.4**4], abs=1e-8)


def test_shares_of_classes_add_up_and_follow_home_charging(places: Places) -> None:
    share = class_shares(places)
    assert share.shape == (places.size, CLASSES)
    assert share.sum(axis=1) == pytest.approx(np.ones(places.size), abs=1e-12)
    with_home = share.reshape(places.size, 5, 2, 5)[:, :, 1].sum(axis=(1, 2))
    assert with_home == pytest.approx(places.home_share, abs=1e-12)


@pytest.mark.parametrize("rows", [500, 2_000, 20_000])
def test_every_zone_and_class_has_its_rows_within_one(places: Places, rows: int) -> None:
    edges = class_edges(places, rows)
    assert (edges[0], edges[-1]) == (0, rows)
    expected = class_shares(places) * places.seats[:, None] / places.seats.sum() * rows
    found = np.diff(edges).reshape(expected.shape)
    assert found.min() >= 0
    assert np.abs(found - expected).max() < 1.0
    assert np.abs(found.sum(axis=1) - expected.sum(axis=1)).max() < 1.0


def test_stratified_numbers_fill_every_tenth_evenly() -> None:
    shift = uniforms(stream_key(1, Purpose.POPULATION, 0), np.arange(6))
    numbers = stratified(np.arange(1_000), shift, np.sqrt([2.0, 3.0, 5.0, 7.0, 11.0, 13.0]) % 1.0)
    assert ((numbers >= 0.0) & (numbers < 1.0)).all()
    for column in numbers.T:
        counts = np.histogram(column, bins=10, range=(0, 1))[0]
        assert np.abs(counts - 100).max() <= 10  # chance alone would give a deviation of 10 in every third tenth
    some = numbers[400:500]
    assert np.abs(some.mean(axis=0) - 0.5).max() < 0.05


def test_seats_follow_the_recorded_fleet_and_then_grow(scenario: Scenario, path: Floats) -> None:
    fleet = tables.load("fleet_by_year").set_index("year")["cars"]
    lot = scenario.ownership.dealer_stock_cars
    assert path[0] == pytest.approx(fleet[2016] - lot)
    assert path[quarters.index("2024Q4") + 1] == pytest.approx(fleet[2024] - lot)
    assert (np.diff(path) >= 0.0).all()
    last = fleet.index.max()
    ends = [path[quarters.index(f"{last + years}Q4") + 1] + lot for years in (0, 3)]
    assert ends[1] == pytest.approx(ends[0] * 1.006**3, rel=1e-9)


def test_rows_enter_as_seats_are_added(columns: Columns, path: Floats) -> None:
    asleep = (columns["flags"] & SLEEPING) != 0
    entry = np.where(asleep, columns["next_decision"].astype(np.int64), -1)
    awake = np.array([(entry <= quarter).sum() for quarter in range(-1, LAST + 1)])
    assert np.abs(awake - path / path[-1] * ROWS).max() < 0.005 * ROWS
    assert awake[-1] == ROWS
    assert (columns["car"][asleep] == NO_CAR).all()
    assert (columns["car"][~asleep] != NO_CAR).all()


def test_the_fleet_at_the_start_is_that_of_2016_by_kind_segment_and_age(columns: Columns) -> None:
    """Stratified draws of 17,000 owners: shares within 0.3 points (chance alone: 0.4 at one standard error)."""
    owned = columns["car"] != NO_CAR
    kind, segment = np.divmod(columns["car"][owned].astype(np.int64), len(SEGMENTS))
    cars = tables.load("kinds_2016").set_index("kind")["cars"].loc[list(KINDS)].to_numpy()
    assert np.bincount(kind, minlength=len(KINDS)) / kind.size == pytest.approx(cars / cars.sum(), abs=0.003)
    shares = tables.load("fleet_segments").pivot(index="kind", columns="segment", values="share")
    gasoline = shares.loc["ICE", list(SEGMENTS)].to_numpy()
    assert np.bincount(segment[kind == 0]) / (kind == 0).sum() == pytest.approx(gasoline, abs=0.01)
    ages = tables.load("fleet_by_age").query("year == 2016").groupby("age_years")["cars"].sum()
    age = columns["age_quarters"][owned] // 4
    found = np.bincount(age, minlength=64)[: ages.index.max()] / age.size
    assert found == pytest.approx(ages.to_numpy()[: ages.index.max()] / ages.sum(), abs=0.006)


def test_early_bevs_belong_to_the_keen_and_the_zones_that_registered_them(stock: StartingStock, places: Places) -> None:
    bev = stock.kind[..., 3:].sum(axis=-1)
    share = class_shares(places) * places.seats[:, None] / places.seats.sum()
    cars = tables.load("kinds_2016").set_index("kind")["cars"].loc[list(KINDS)]
    national = cars[list(KINDS[BEV_SHORT:])].sum() / cars.sum()
    assert (share * bev).sum() == pytest.approx(national, rel=1e-9)
    assert stock.kind.sum(axis=-1) == pytest.approx(np.ones_like(bev), abs=1e-12)
    by_taste = (share * bev).reshape(-1, 5).sum(axis=0) / share.reshape(-1, 5).sum(axis=0)
    assert (np.diff(by_taste) > 0.0).all()
    by_zone = (share * bev).sum(axis=1) / share.sum(axis=1)
    los_angeles, houston = (places.names.index(name) for name in ("Los Angeles, CA", "Houston, TX"))
    assert by_zone[los_angeles] > 2.0 * by_zone[houston]


def test_columns_have_their_types_and_leases_are_young(columns: Columns) -> None:
    assert {name: column.dtype for name, column in columns.items()} == {
        name: np.dtype(kind) for name, kind in COLUMN_TYPES.items()
    }
    leased = (columns["flags"] & LESSEE) != 0
    young = (columns["age_quarters"] < 12) & (columns["car"] != NO_CAR)
    assert leased.any()
    assert not leased[~young].any()
    assert leased[young].mean() == pytest.approx(0.3, abs=0.02)
    lease_ends = columns["next_decision"][leased].astype(np.int64) + columns["age_quarters"][leased]
    assert (lease_ends == 12).all()


def test_owners_come_due_at_the_stationary_rate(columns: Columns, scenario: Scenario) -> None:
    """Those due in the first quarter are a quarter's looks and those who were late: look rate / 0.8, within a tenth."""
    owned = columns["car"] != NO_CAR
    free = owned & ((columns["flags"] & LESSEE) == 0)
    due = (columns["next_decision"][free] == 0).mean() * scenario.ownership.look_share
    assert due == pytest.approx(look_rate(scenario.ownership, 0.3), rel=0.1)


def test_another_seed_moves_rows_but_not_the_counts(
    places: Places, scenario: Scenario, stock: StartingStock, path: Floats, columns: Columns
) -> None:
    other = starting_columns(places, scenario.ownership, stock, ROWS, path, 2, 0.3, PLAIN)
    assert np.array_equal(other["zone"], columns["zone"])
    assert not np.array_equal(other["car"], columns["car"])
    counts = [np.bincount(each["car"], minlength=256) for each in (columns, other)]
    assert np.abs(counts[0] - counts[1]).max() < 0.01 * ROWS


def test_cars_at_dealers_are_like_those_on_the_road(columns: Columns) -> None:
    lot = starting_lot(columns, 500)
    assert lot.car.size == 500
    on_road = columns["car"] != NO_CAR
    gasoline = [float((cars < 4).mean()) for cars in (lot.car, columns["car"][on_road])]
    assert gasoline[0] == pytest.approx(gasoline[1], abs=0.03)
    age = [float(ages.mean()) for ages in (lot.age_quarters, columns["age_quarters"][on_road])]
    assert age[0] == pytest.approx(age[1], rel=0.1)
