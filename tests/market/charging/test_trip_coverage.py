"""Trip coverage and local adequacy (M4; D2 case 7)."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.arrays import Floats
from market.base.tables import load
from market.charging.graph import ChargingGraph, RoadGraph, build_graph, road_arrays
from market.charging.perceived_access import UsableSites
from market.charging.road_trips import RoadTrips
from market.charging.trip_coverage import (
    USABLE_RANGE_SHARE,
    RoadArrays,
    TripGravity,
    fill_ranks,
    leg_success,
    local_adequacy,
    site_success,
    sites_at_stops,
    sites_failure,
)

RANGES_MILES = np.array([80.0, 120.0, 160.0, 200.0, 250.0, 300.0, 350.0, 400.0])
ROUNDING = 1e-12  # sums of at most 260 products of numbers in [0, 1]


@pytest.fixture(scope="module")
def charging() -> ChargingGraph:
    graph = build_graph(load("zones"), load("corridors"))
    return ChargingGraph(graph, load("zone_states"), load("fast_sites"))


def line(*miles: float) -> RoadGraph:
    """Places of 100 people on one road, the given miles apart."""
    places = [f"place {i}" for i in range(len(miles) + 1)]
    zones = pd.DataFrame({"zone": places, "population": 100.0, "households": 40.0, "vehicles_per_household": 2.0})
    zones = zones.assign(state="KS", latitude=39.0, longitude=-98.0, x_albers=0.0, y_albers=0.0, tier=1)
    ends = {"zone_a": places[:-1], "zone_b": places[1:]}
    return build_graph(zones, pd.DataFrame({"route": "US-36", **ends, "miles": miles}))


def range_of(usable_miles: float) -> float:
    return usable_miles / USABLE_RANGE_SHARE


def cover(
    roads: RoadArrays,
    sites: Floats,
    plugs_a_site: float | Floats,
    ranges: object,
    plug_success: float | Floats,
    common: float = 0.95,
    gravity: TripGravity | None = None,
) -> Floats:
    """Coverage with these sites of one network at zones and then corridors, shape (zones, ranges)."""
    seen = np.broadcast_to(np.asarray(plug_success, dtype=np.float64), roads.population.shape)
    fails = UsableSites("all", sites, sites * plugs_a_site, 1.0, seen).failures(roads, common)
    return RoadTrips(roads, ranges, gravity).coverage(*fails)  # type: ignore[arg-type]


def at_random(charging: ChargingGraph, draw: np.random.Generator, most: int) -> Floats:
    """Whole sites at zones and corridors."""
    return np.asarray(draw.integers(0, most + 1, charging.state_weights.shape[0]), dtype=np.float64)


CASE_7 = [
    (1.0, 1, 0.614125),
    (1.0, 2, 0.934007),
    (1.0, 4, 0.998482),
    (0.95, 1, 0.526535),
    (0.95, 2, 0.800795),
    (0.95, 4, 0.856074),
]


@pytest.mark.parametrize(("common", "plugs", "answer"), CASE_7)
def test_three_legs_of_one_site_each_succeed_as_worked_out_by_hand(common: float, plugs: int, answer: float) -> None:
    one_site = site_success(np.full((3, 1), plugs), 0.85, common)
    assert np.prod(leg_success(one_site)) == pytest.approx(answer, abs=5e-7)


@pytest.mark.parametrize(("common", "plugs", "answer"), CASE_7)
def test_a_road_of_three_legs_has_that_coverage(common: float, plugs: int, answer: float) -> None:
    roads = road_arrays(line(190.0))  # stops at 47.5, 95 and 142.5 miles; legs end at 50, 100 and 150
    assert roads.corridor_sites.tolist() == [3]
    coverage = cover(roads, np.array([0.0, 0.0, 3.0]), plugs, range_of(50.0), 0.85, common)
    assert coverage == pytest.approx(answer, abs=5e-7)


@pytest.mark.parametrize(("plugs", "one_leg", "three_legs"), [(8.0, 0.950000, 0.857374), (1.6, 0.904347, 0.739614)])
def test_whole_sites_by_hand(plugs: float, one_leg: float, three_legs: float) -> None:
    """a_s 0.95, r 0.85: a leg with one site, and three of them."""
    assert site_success(plugs, 0.85) == pytest.approx(one_leg, abs=5e-7)
    roads = road_arrays(line(190.0))
    assert cover(roads, np.array([0.0, 0.0, 3.0]), plugs, range_of(50.0), 0.85) == pytest.approx(three_legs, abs=5e-7)
    roads = road_arrays(line(90.0))  # one stop, at 45 miles
    assert cover(roads, np.array([0.0, 0.0, 1.0]), plugs, range_of(60.0), 0.85) == pytest.approx(one_leg, abs=5e-7)


def test_sites_of_a_corridor_fill_its_widest_gaps_first_and_then_begin_anew() -> None:
    assert [fill_ranks(stops).tolist() for stops in (0, 1, 2, 3)] == [[], [0], [1, 0], [1, 0, 2]]
    assert sorted(fill_ranks(7).tolist()) == list(range(7))
    assert fill_ranks(7)[3] == 0
    roads = road_arrays(line(190.0, 60.0))
    assert sites_at_stops(roads, np.array([2.0, 1.0])).tolist() == [1.0, 1.0, 0.0, 1.0]
    assert sites_at_stops(roads, np.array([4.25, 0.5])).tolist() == [1.25, 2.0, 1.0, 0.5]


def test_a_part_of_a_site_stands_there_with_its_chance() -> None:
    found = sites_failure(np.array([0.0, 0.5, 1.0, 1.5, 2.0]), np.array(0.9))
    assert found == pytest.approx([1.0, 0.55, 0.1, 0.055, 0.01])


def test_a_trip_meets_the_stops_of_a_corridor_in_order_in_both_directions() -> None:
    roads = road_arrays(line(190.0))
    only_first = np.array([0.0, 1.0, 1.0])  # chance of failure of the stops at 47.5, 95, 142.5 miles
    coverage = RoadTrips(roads, range_of(150.0)).coverage(np.ones(2), only_first)
    assert coverage[:, 0].tolist() == [1.0, 1.0]  # one leg of 150 miles, which meets all stops
    shorter = RoadTrips(roads, range_of(100.0)).coverage(np.ones(2), only_first)
    assert shorter[:, 0].tolist() == [1.0, 0.0]  # from the other end it is 142.5 miles away


def test_a_leg_without_a_site_fails_and_many_sites_share_no_fault() -> None:
    assert leg_success(np.zeros((2, 0))).tolist() == [0.0, 0.0]
    assert leg_success(np.array([0.5, 0.5, 0.5])) == pytest.approx(0.875)


def test_a_zone_without_plugs_anywhere_makes_only_trips_within_its_usable_range() -> None:
    roads = road_arrays(line(80.0, 80.0))
    coverage = cover(roads, np.zeros(5), 8.0, [range_of(79.0), range_of(100.0), range_of(161.0)], 0.85)
    near, far = 80.0**-1.5, 160.0**-1.5
    assert coverage[0] == pytest.approx([0.0, near / (near + far), 1.0])
    assert coverage[1] == pytest.approx([0.0, 1.0, 1.0])


def test_a_city_with_several_sites_is_surer_than_one_with_a_large_site() -> None:
    roads = road_arrays(line(80.0, 80.0))
    only_the_far_place = TripGravity(shortest_miles=100.0)
    sites = np.array([0.0, 3.0, 0.0, 0.0, 0.0])
    coverage = cover(roads, sites, 8.0, range_of(100.0), 0.85, gravity=only_the_far_place)
    assert coverage[0] == pytest.approx(1 - (1 - site_success(8.0, 0.85)) ** 3)
    assert coverage[0] > cover(roads, sites / 3, 24.0, range_of(100.0), 0.85, gravity=only_the_far_place)[0]


def test_a_zone_without_long_roads_is_covered(charging: ChargingGraph) -> None:
    honolulu = charging.graph.nodes["Honolulu, HI"]["index"]
    coverage = cover(charging.roads, np.zeros(charging.state_weights.shape[0]), 8.0, RANGES_MILES, 0.85)
    assert coverage[honolulu].tolist() == [1.0] * RANGES_MILES.size


def slow_coverage(
    graph: RoadGraph, sites: Floats, plugs_a_site: float, range_miles: float, plug_success: float
) -> Floats:
    """Coverage trip by trip, leg by leg, site by site: the oracle."""
    usable = USABLE_RANGE_SHARE * range_miles
    fails_one = 1.0 - float(site_success(plugs_a_site, plug_success))
    sites_of = {frozenset(ends): int(count) for ends, count in zip(graph.edges, sites[len(graph) :], strict=True)}
    first_of = {frozenset(ends): ends[0] for ends in graph.edges}
    coverage = []
    for origin in graph:
        weights, successes = [], []
        for destination in sorted(nx.node_connected_component(graph, origin) - {origin}):
            path = nx.shortest_path(graph, origin, destination, weight="miles")
            met: list[tuple[float, float]] = []
            driven = 0.0
            for a, b in pairwise(path):
                road, stops = graph.edges[a, b], graph.edges[a, b]["sites"]
                order = np.argsort(fill_ranks(stops), kind="stable")
                held = np.bincount(order[np.arange(sites_of[frozenset((a, b))]) % stops], minlength=stops)
                if first_of[frozenset((a, b))] != a:
                    held = held[::-1]
                met += [
                    (driven + road["miles"] * (stop + 1) / (stops + 1), fails_one ** int(held[stop]))
                    for stop in range(stops)
                ]
                driven += road["miles"]
                met.append((driven, fails_one ** int(sites[graph.nodes[b]["index"]])))
            if not 75.0 <= driven <= 1000.0:
                continue
            legs = int(driven // usable)
            fails = [
                np.prod([f for place, f in met if leg * usable < place <= (leg + 1) * usable]) for leg in range(legs)
            ]
            successes.append(np.prod([1 - f for f in fails]))
            weights.append(graph.nodes[destination]["population"] * driven**-1.5)
        coverage.append(np.average(successes, weights=weights) if weights else 1.0)
    return np.array(coverage)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), range_miles=st.floats(60.0, 500.0), plug_success=st.floats(0.0, 1.0))
def test_it_agrees_with_walking_every_trip(seed: int, range_miles: float, plug_success: float) -> None:
    draw = np.random.default_rng(seed)
    graph = line(*draw.uniform(30.0, 260.0, 11))
    for a, b in draw.choice(12, (6, 2)):
        if abs(a - b) > 1:
            miles = float(draw.uniform(60.0, 420.0))
            graph.add_edge(f"place {a}", f"place {b}", miles=miles, route="back road", sites=int(max(1, miles // 50)))
    for place in graph:
        graph.nodes[place]["population"] = float(draw.uniform(1.0, 100.0))
    sites = draw.integers(0, 5, 12 + graph.number_of_edges()) * draw.integers(0, 2, 12 + graph.number_of_edges())
    fast = cover(road_arrays(graph), sites.astype(np.float64), 2.5, range_miles, plug_success)
    slow = slow_coverage(graph, sites.astype(np.float64), 2.5, range_miles, plug_success)
    np.testing.assert_allclose(fast[:, 0], slow, atol=ROUNDING)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    most=st.integers(0, 6),
    better=st.floats(0.0, 1.0),
    plug_success=st.floats(0.0, 1.0),
    common=st.floats(0.0, 1.0),
)
def test_coverage_is_a_chance_that_rises_with_range_sites_and_both_successes(
    charging: ChargingGraph, *, seed: int, most: int, better: float, plug_success: float, common: float
) -> None:
    draw = np.random.default_rng(seed)
    sites = at_random(charging, draw, most)
    more = sites + draw.integers(0, 2, sites.size)  # another site at half of the places
    higher, higher_common = plug_success + (1 - plug_success) * better, common + (1 - common) * better

    def found(held: Floats, success: float, site: float) -> Floats:
        return cover(charging.roads, held, 3.0, RANGES_MILES, success, site)

    base = found(sites, plug_success, common)
    assert base.min() >= 0.0
    assert base.max() <= 1.0
    assert np.all(np.diff(base, axis=1) >= 0.0)
    assert np.all(found(more, plug_success, common) >= base - ROUNDING)
    assert np.all(found(sites, higher, common) >= base - ROUNDING)
    assert np.all(found(sites, plug_success, higher_common) >= base - ROUNDING)


def test_drivers_who_perceive_worse_plugs_change_only_their_own_zone(charging: ChargingGraph) -> None:
    sites = at_random(charging, np.random.default_rng(1), 1)
    perceived = np.full(charging.roads.population.size, 0.85)
    same = cover(charging.roads, sites, 4.0, RANGES_MILES, perceived)
    assert np.array_equal(same, cover(charging.roads, sites, 4.0, RANGES_MILES, 0.85))
    perceived[3] = 0.5
    other = cover(charging.roads, sites, 4.0, RANGES_MILES, perceived)
    assert np.flatnonzero(np.any(other != same, axis=1)).tolist() == [3]


def test_threads_give_the_same_bits(charging: ChargingGraph) -> None:
    sites = at_random(charging, np.random.default_rng(1), 1)

    def found(plug_success: float) -> bytes:
        return cover(charging.roads, sites, 4.0, RANGES_MILES, plug_success).tobytes()

    successes = [0.7, 0.85, 0.97, 0.85]
    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(found, successes)) == [found(success) for success in successes]


@pytest.mark.parametrize("ranges", [[200.0, 100.0], [100.0, 100.0], [0.0, 100.0]])
def test_ranges_out_of_order_are_refused(ranges: list[float]) -> None:
    with pytest.raises(ValueError, match="increasing ranges_miles"):
        cover(road_arrays(line(190.0)), np.zeros(3), 8.0, ranges, 0.85)


def test_local_adequacy_is_nothing_without_plugs_and_saturates() -> None:
    adequacy = local_adequacy(np.array([0.0, 10.0, 1e6]), 0.8, np.full(3, 8.0), 1.0)
    assert adequacy == pytest.approx([0.0, 1 - np.exp(-1.0), 1.0])
