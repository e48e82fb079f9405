"""Who wants to charge at fast plugs and where: battery cars by zone, their energy near home and on long trips (M8)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market import quarters
from market.scenario import Scenario
from market.trip_coverage import RoadArrays, TripGravity, trip_weights

if TYPE_CHECKING:
    from market.model import Market

_PRIOR_ROWS = 10.0  # rows for which the recorded pattern counts in a zone, judgement: few drawn cars say little


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


def battery_cars(market: "Market") -> Floats:
    """Battery cars on the road by zone and home charging, real cars, shape (zones, homes).

    Drawn cars, smoothed: in a zone the recorded pattern of registrations (of the last year known) counts as much as
    ``_PRIOR_ROWS`` rows; the total is that of the drawn cars.
    """
    drawn = market.fleet.on_seats.by_zone[:, :, 1].astype(np.float64)
    pattern = _recorded_pattern(market)
    with_home = pattern * np.stack([1.0 - market.places.home_share, market.places.home_share], axis=1)
    expected = with_home * np.divide(drawn.sum(axis=0), with_home.sum(axis=0))
    expected = expected / max(float(expected.sum()), 1.0)
    prior, total = _PRIOR_ROWS * market.places.size, float(drawn.sum())
    smoothed = (drawn + prior * expected) / (total + prior)
    return np.asarray(smoothed * total * market.fleet.weight)


def _recorded_pattern(market: "Market") -> Floats:
    """Battery cars of the zones in the last year on record and not after the origin, to a factor, (zones, 1)."""
    ratio = market.record.registration_ratio
    year = min(quarters.year(min(market.quarter, market.origin)) - quarters.FIRST_YEAR, len(ratio) - 1)
    return np.asarray((market.places.seats * ratio[year])[:, np.newaxis])


def sessions_wanted(cars: Floats, use: Floats, scenario: Scenario) -> tuple[Floats, Floats]:
    """Fast-charging sessions a quarter that drivers of a zone want near home and on trips, (zones,) each.

    ``cars``: (zones, homes); ``use``: (zones, corridors). What is driven on long trips is charged outside the home,
    ``corridor_share`` of it on corridors (in the zone where there is none); other public energy is charged near
    home: 1 - ``home_share`` of the rest with home charging, all of it without, ``fast_share`` of it at fast plugs.
    """
    operators, charging, buyers = scenario.operators, scenario.charging, scenario.buyers
    trips = min(charging.long_trip_miles, buyers.miles_per_year)
    public = np.array([buyers.miles_per_year, (1.0 - charging.home_share) * buyers.miles_per_year])
    near = operators.fast_share * np.maximum(public - trips, 0.0) + (1.0 - operators.corridor_share) * trips
    on_road = operators.corridor_share * trips
    per_mile = operators.stock_kwh_per_mile / charging.kwh_per_public_session / QUARTERS_PER_YEAR
    far = cars.sum(axis=1) * on_road * per_mile
    has_road = use.sum(axis=1) > 0.0
    return np.asarray(cars @ near * per_mile + np.where(has_road, 0.0, far)), np.where(has_road, far, 0.0)
