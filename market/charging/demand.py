"""Demand for fast charging: BEVs by zone, their energy near home and on long trips (M8)."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_codes import Counts
from market.base import quarters
from market.charging.parameters import Charging, Operators
from market.charging.trip_coverage import RoadArrays, TripGravity, trip_weights

_PRIOR_ROWS = 10.0  # weight of the recorded pattern in a zone, in rows; judgment: few drawn cars are uninformative


def corridor_use(roads: RoadArrays, gravity: TripGravity | None = None) -> Floats:
    """Share of the long-trip miles of a zone's drivers on each corridor, shape (zones, corridors).

    Trips follow the shortest roads, destinations have the weights of trip coverage (M4). Rows sum to 1, or to 0 for a
    zone without a destination.
    """
    trips = trip_weights(roads, gravity or TripGravity())
    zones = np.arange(roads.population.size)
    beyond = trips.copy()
    miles = np.zeros((zones.size, roads.corridor_miles.size))
    for rank in range(zones.size - 1, 0, -1):
        zone = roads.order[:, rank]
        corridor = roads.corridor_before[zones, zone]
        there = corridor >= 0
        driver, passed = zones[there], beyond[zones, zone][there]
        np.add.at(miles, (driver, corridor[there]), passed * roads.corridor_miles[corridor[there]])
        np.add.at(beyond, (driver, roads.predecessors[zones, zone][there]), passed)
    total = miles.sum(axis=1, keepdims=True)
    return np.asarray(miles / np.where(total > 0.0, total, 1.0))


def bevs_on_road(drawn: Counts, weight: float, pattern: Floats, home_share: Floats) -> Floats:
    """BEVs on the road by zone and home charging, real cars, shape (zones, homes).

    ``drawn``: (zones, homes) BEVs of the fleet, each standing for ``weight`` real ones; ``pattern``: (zones,)
    as recorded, to a factor; ``home_share``: (zones,) seats that charge at home. Drawn cars, smoothed: in a zone the
    pattern counts as much as ``_PRIOR_ROWS`` rows; the total is that of the drawn cars.
    """
    counted = drawn.astype(np.float64)
    with_home = pattern[:, np.newaxis] * np.stack([1.0 - home_share, home_share], axis=1)
    expected = with_home * np.divide(counted.sum(axis=0), with_home.sum(axis=0))
    expected = expected / max(float(expected.sum()), 1.0)
    prior, total = _PRIOR_ROWS * home_share.size, float(counted.sum())
    smoothed = (counted + prior * expected) / (total + prior)
    return np.asarray(smoothed * total * weight)


def recorded_pattern(registration_ratio: Floats, seats: Floats, quarter: int) -> Floats:
    """BEVs of the zones in the last year on record up to a quarter, to a factor, shape (zones,).

    ``registration_ratio``: (years, zones) new BEVs a car over the nation's; ``seats``: (zones,).
    """
    year = min(quarters.year(quarter) - quarters.FIRST_YEAR, len(registration_ratio) - 1)
    return np.asarray(seats * registration_ratio[year])


def sessions_wanted(
    cars: Floats, use: Floats, operators: Operators, charging: Charging, miles_per_year: float
) -> tuple[Floats, Floats]:
    """Fast-charging sessions a quarter that drivers of a zone want near home and on trips, (zones,) each.

    ``cars``: (zones, homes), each driven ``miles_per_year``; ``use``: (zones, corridors). What is driven on long trips
    is charged outside the home, ``corridor_share`` of it on corridors (in the zone where there is none); other public
    energy is charged near home: 1 - ``home_share`` of the rest with home charging, all of it without, ``fast_share``
    of it at fast plugs.
    """
    trips = min(charging.long_trip_miles, miles_per_year)
    public = np.array([miles_per_year, (1.0 - charging.home_share) * miles_per_year])
    near = operators.fast_share * np.maximum(public - trips, 0.0) + (1.0 - operators.corridor_share) * trips
    on_road = operators.corridor_share * trips
    per_mile = operators.stock_kwh_per_mile / charging.kwh_per_public_session / QUARTERS_PER_YEAR
    far = cars.sum(axis=1) * on_road * per_mile
    has_road = use.sum(axis=1) > 0.0
    return np.asarray(cars @ near * per_mile + np.where(has_road, 0.0, far)), np.where(has_road, far, 0.0)
