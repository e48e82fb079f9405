"""Where whole sites open (M4): to cover trips first, then by weight; nothing depends on the order of ties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.arrays import Floats
from market.base.tables import load
from market.charging.graph import ChargingGraph, RoadGraph, build_graph, contract, road_arrays
from market.charging.site_placement import SitePlacement, sure_of_a_place


def line(*miles: float) -> RoadGraph:
    """Places of 100 people on one road, the given miles apart."""
    places = [f"place {i}" for i in range(len(miles) + 1)]
    zones = pd.DataFrame({"zone": places, "population": 100.0, "households": 40.0, "vehicles_per_household": 2.0})
    zones = zones.assign(state="KS", latitude=39.0, longitude=-98.0, x_albers=0.0, y_albers=0.0, tier=1)
    ends = {"zone_a": places[:-1], "zone_b": places[1:]}
    return build_graph(zones, pd.DataFrame({"route": "US-36", **ends, "miles": miles}))


@pytest.fixture(scope="module")
def charging() -> ChargingGraph:
    graph, joined = contract(build_graph(load("zones"), load("corridors")))
    return ChargingGraph(graph, load("zone_states"), load("fast_sites"), joined)


def two_cities() -> SitePlacement:
    """Two cities 300 miles apart in one state, six stops between; sites by weight go to the first city."""
    weights = np.array([[0.9], [0.05], [0.05]])
    return SitePlacement(road_arrays(line(300.0)), weights)


def placed(sites: int, cover: float) -> list[float]:
    return list(two_cities().with_more(np.zeros((3, 1)), np.array([sites]), cover)[:, 0])


def test_the_first_sites_stand_where_they_cover_most_of_the_road() -> None:
    """A site serves 64 miles on each side: the fourth stop serves three, the second the first two, a city the last."""
    assert placed(1, 1.0) == [0.0, 0.0, 1.0]
    assert placed(2, 1.0) == [0.0, 0.0, 2.0]
    assert placed(3, 1.0) == [0.0, 1.0, 2.0]


def test_sites_that_cover_nothing_new_and_all_others_go_by_weight_per_site() -> None:
    assert placed(4, 0.0) == [4.0, 0.0, 0.0]
    assert placed(19, 0.0) == [18.0, 1.0, 0.0]  # 0.9/19 is below 0.05; of two equal places the first is taken
    assert sum(placed(60, 1.0)) == 60.0
    assert placed(60, 1.0)[0] > 45.0


def test_a_share_of_the_sites_covers_trips_however_they_come() -> None:
    assert placed(10, 0.3) == [7.0, 1.0, 2.0]
    found = np.zeros((3, 1))
    for wanted in range(1, 11):
        found = two_cities().with_more(found, np.array([wanted]), 0.3)
    assert found.sum() == 10.0
    assert found[2, 0] == 2.0


def test_a_state_that_wants_fewer_loses_part_of_every_site() -> None:
    held = np.array([[4.0], [2.0], [2.0]])
    assert two_cities().with_more(held, np.array([4]), 1.0)[:, 0].tolist() == [2.0, 1.0, 1.0]
    assert held[:, 0].tolist() == [4.0, 2.0, 2.0]


def test_places_of_a_state_hold_its_sites_and_no_other_state_s(charging: ChargingGraph) -> None:
    wanted = charging.recorded.sites_at(20, 0.0)[1]
    found = charging.placement.with_more(np.zeros(charging.state_weights.shape), wanted, 0.3)
    assert found.sum(axis=0).tolist() == wanted.tolist()
    assert not found[charging.state_weights == 0.0].any()
    assert np.array_equal(found, np.floor(found))


def test_with_more_sites_no_place_has_fewer(charging: ChargingGraph) -> None:
    found = np.zeros(charging.state_weights.shape)
    for quarter in (0, 10, 20):
        more = charging.placement.with_more(found, charging.recorded.sites_at(quarter, 0.0)[0], 1.0)
        assert np.all(more >= found)
        found = more


def test_placing_is_the_same_bit_for_bit(charging: ChargingGraph) -> None:
    wanted = charging.recorded.sites_at(31, 0.0)[0]
    empty = np.zeros(charging.state_weights.shape)
    made = [charging.placement.with_more(empty, wanted, 1.0).tobytes() for _ in range(2)]
    assert made[0] == made[1]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10_000), seats=st.integers(1, 400))
def test_seats_that_are_certain_are_those_given_one_by_one(seed: int, seats: int) -> None:
    draw = np.random.default_rng(seed)
    weight = np.append(draw.random(12) * draw.integers(0, 2, 12), 1.0)
    held = draw.integers(0, 20, 13).astype(np.float64)
    one_by_one: Floats = held.copy()
    for _ in range(seats):
        one_by_one[np.argmax(weight / (one_by_one + 1.0))] += 1.0
    sure = sure_of_a_place(weight, held, seats)
    assert seats - weight.size <= sure.sum() <= seats
    assert np.all(held + sure <= one_by_one)
