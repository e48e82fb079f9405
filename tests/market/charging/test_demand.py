"""Who charges where (M8): trips by hand on a small road, energy conserved, drawn cars smoothed."""

import networkx as nx
import numpy as np
import pytest

from market.charging.demand import bevs_on_road, corridor_use, recorded_pattern, sessions_wanted
from market.charging.graph import RoadGraph, road_arrays
from market.charging.parameters import Charging, Operators
from market.charging.trip_coverage import RoadArrays, TripGravity
from market.model import Market


@pytest.fixture(scope="module")
def line() -> RoadArrays:
    """A - 100 miles - b - 200 miles - c, and an island; people 1, 2, 4, 1."""
    graph: RoadGraph = nx.Graph()
    for name, people in zip("abci", (1.0, 2.0, 4.0, 1.0), strict=True):
        graph.add_node(name, population=people)
    graph.add_edge("a", "b", miles=100.0, sites=2)
    graph.add_edge("b", "c", miles=200.0, sites=4)
    return road_arrays(graph)


def test_trips_use_the_roads_to_their_destinations(line: RoadArrays) -> None:
    use = corridor_use(line, TripGravity(distance_exponent=1.0))
    from_a = np.array([100.0 * (2 / 100 + 4 / 300), 200.0 * 4 / 300])  # miles times trips on either road
    assert use[0] == pytest.approx(from_a / from_a.sum())
    from_b = np.array([100.0 * 1 / 100, 200.0 * 4 / 200])
    assert use[1] == pytest.approx(from_b / from_b.sum())
    assert use[3].tolist() == [0.0, 0.0]


def test_the_energy_of_cars_is_shared_out_by_hand(line: RoadArrays) -> None:
    cars = np.array([[0.0, 100.0], [100.0, 0.0], [0.0, 0.0], [0.0, 100.0]])
    near, far = sessions_wanted(cars, corridor_use(line), Operators(), Charging(), 12_000)
    per_mile = 100 * 0.30 / 30 / 4
    at_home, without = 0.3 * (0.15 * 12_000 - 1_500) + 600, 0.3 * (12_000 - 1_500) + 600
    assert near == pytest.approx(np.array([at_home, without, 0.0, at_home + 900]) * per_mile)
    assert far == pytest.approx(np.array([900, 900, 0, 0]) * per_mile)


def test_every_zone_of_the_country_with_a_road_spreads_all_its_trips(finished: Market) -> None:
    use = corridor_use(finished.charging_graph.roads)
    total = use.sum(axis=1)
    assert np.all(np.isclose(total, 1.0) | (total == 0.0))
    assert (total > 0.0).mean() > 0.95
    assert use.min() >= 0.0


def test_smoothed_cars_are_as_many_as_drawn_and_stand_everywhere(finished: Market) -> None:
    pattern = recorded_pattern(finished.record.registration_ratio, finished.places.seats, finished.origin)
    drawn = finished.fleet.on_seats.by_zone[:, :, 1]
    cars = bevs_on_road(drawn, finished.fleet.weight, pattern, finished.places.home_share)
    assert cars.sum() == pytest.approx(finished.recorder.last("national")["bev_stock"])
    assert cars.shape == (finished.places.size, 2)
    assert np.all(cars.sum(axis=1) > 0.0)


def test_a_zone_weighs_its_drawn_cars_with_ten_of_the_recorded_pattern() -> None:
    """Two zones, six cars drawn in the first, pattern one to three, half at home: 20 cars of the pattern, 6 drawn."""
    drawn = np.array([[3, 3], [0, 0]])
    cars = bevs_on_road(drawn, 100.0, np.array([1.0, 3.0]), np.array([0.5, 0.5]))
    first, second = (3 + 20 / 8) / 26 * 600, 20 * 3 / 8 / 26 * 600
    assert cars == pytest.approx(np.array([[first, first], [second, second]]))


def test_the_recorded_pattern_is_that_of_the_year_and_the_last_one_after_the_records() -> None:
    ratio, seats = np.array([[1.0, 1.0], [0.5, 2.0]]), np.array([10.0, 20.0])
    assert recorded_pattern(ratio, seats, 3).tolist() == [10.0, 20.0]
    assert recorded_pattern(ratio, seats, 4).tolist() == [5.0, 40.0]
    assert recorded_pattern(ratio, seats, 40).tolist() == [5.0, 40.0]
