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
from market.charging.trip_coverage import (
    PLUGS_PER_CITY_SITE,
    USABLE_RANGE_SHARE,
    TripGravity,
    leg_success,
    local_adequacy,
    site_success,
    trip_coverage,
)

RANGES_MILES = np.array([80.0, 120.0, 160.0, 200.0, 250.0, 300.0, 350.0, 400.0])
ROUNDING = 1e-12  # sums of at most 260 products of numbers in [0, 1]


@pytest.fixture(scope="module")
def charging() -> ChargingGraph:
    graph = build_graph(load("zones"), load("corridors"))
    return ChargingGraph(graph, load("zone_states"), load("fast_ports"))


def line(*miles: float) -> RoadGraph:
    """Places of 100 people on one road, the given miles apart."""
    places = [f"place {i}" for i in range(len(miles) + 1)]
    zones = pd.DataFrame({"zone": places, "population": 100.0, "households": 40.0, "vehicles_per_household": 2.0})
    zones = zones.assign(state="KS", latitude=39.0, longitude=-98.0, x_albers=0.0, y_albers=0.0, tier=1)
    ends = {"zone_a": places[:-1], "zone_b": places[1:]}
    return build_graph(zones, pd.DataFrame({"route": "US-36", **ends, "miles": miles}))


def range_of(usable_miles: float) -> float:
    return usable_miles / USABLE_RANGE_SHARE


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
    roads = road_arrays(line(190.0))  # sites at 47.5, 95 and 142.5 miles; legs end at 50, 100 and 150
    assert roads.corridor_sites.tolist() == [3]
    coverage = trip_coverage(
        roads, np.zeros(2), np.array([3.0 * plugs]), range_of(50.0), 0.85, site_common_success=common
    )
    assert coverage == pytest.approx(answer, abs=5e-7)


def test_a_leg_without_a_site_fails_and_many_sites_share_no_fault() -> None:
    assert leg_success(np.zeros((2, 0))).tolist() == [0.0, 0.0]
    assert leg_success(np.array([0.5, 0.5, 0.5])) == pytest.approx(0.875)


def test_a_zone_without_plugs_anywhere_makes_only_trips_within_its_usable_range() -> None:
    roads = road_arrays(line(80.0, 80.0))
    coverage = trip_coverage(roads, np.zeros(3), np.zeros(2), [range_of(79.0), range_of(100.0), range_of(161.0)], 0.85)
    near, far = 80.0**-1.5, 160.0**-1.5
    assert coverage[0] == pytest.approx([0.0, near / (near + far), 1.0])
    assert coverage[1] == pytest.approx([0.0, 1.0, 1.0])


def test_a_large_city_counts_as_several_sites() -> None:
    roads = road_arrays(line(80.0, 80.0))
    plugs = np.array([0.0, 3 * PLUGS_PER_CITY_SITE, 0.0])
    only_the_far_place = TripGravity(shortest_miles=100.0)
    coverage = trip_coverage(roads, plugs, np.zeros(2), range_of(100.0), 0.85, gravity=only_the_far_place)
    one_site = site_success(PLUGS_PER_CITY_SITE, 0.85)
    assert coverage[0] == pytest.approx(1 - (1 - one_site) ** 3)


def test_a_zone_without_long_roads_is_covered(charging: ChargingGraph) -> None:
    honolulu = charging.graph.nodes["Honolulu, HI"]["index"]
    zones, corridors = charging.zone_plugs.size, charging.corridor_plugs.size
    coverage = trip_coverage(charging.roads, np.zeros(zones), np.zeros(corridors), RANGES_MILES, 0.85)
    assert coverage[honolulu].tolist() == [1.0] * RANGES_MILES.size


def slow_coverage(
    graph: RoadGraph,
    zone_plugs: Floats,
    corridor_plugs: Floats,
    range_miles: float,
    plug_success: float,
) -> Floats:
    """Coverage trip by trip, leg by leg, site by site: the oracle."""
    usable = USABLE_RANGE_SHARE * range_miles
    plugs_of = {frozenset(ends): plugs for ends, plugs in zip(graph.edges, corridor_plugs, strict=True)}
    coverage = []
    for origin in graph:
        weights, successes = [], []
        for destination in sorted(nx.node_connected_component(graph, origin) - {origin}):
            path = nx.shortest_path(graph, origin, destination, weight="miles")
            met: list[tuple[float, float]] = []
            driven = 0.0
            for a, b in pairwise(path):
                road = graph.edges[a, b]
                chance = float(site_success(plugs_of[frozenset((a, b))] / road["sites"], plug_success))
                met += [
                    (driven + road["miles"] * (i + 1) / (road["sites"] + 1), 1 - chance) for i in range(road["sites"])
                ]
                driven += road["miles"]
                plugs = float(zone_plugs[graph.nodes[b]["index"]])
                city = float(site_success(min(plugs, PLUGS_PER_CITY_SITE), plug_success))
                met.append((driven, (1 - city) ** max(plugs / PLUGS_PER_CITY_SITE, 1.0)))
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
def test_the_kernel_agrees_with_walking_every_trip(seed: int, range_miles: float, plug_success: float) -> None:
    draw = np.random.default_rng(seed)
    graph = line(*draw.uniform(30.0, 260.0, 11))
    for a, b in draw.choice(12, (6, 2)):
        if abs(a - b) > 1:
            miles = float(draw.uniform(60.0, 420.0))
            graph.add_edge(f"place {a}", f"place {b}", miles=miles, route="back road", sites=int(max(1, miles // 50)))
    for place in graph:
        graph.nodes[place]["population"] = float(draw.uniform(1.0, 100.0))
    zone_plugs = draw.uniform(0.0, 20.0, 12) * draw.integers(0, 2, 12)
    corridor_plugs = draw.uniform(0.0, 8.0, graph.number_of_edges())
    fast = trip_coverage(road_arrays(graph), zone_plugs, corridor_plugs, range_miles, plug_success)
    slow = slow_coverage(graph, zone_plugs, corridor_plugs, range_miles, plug_success)
    np.testing.assert_allclose(fast[:, 0], slow, atol=ROUNDING)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    ports=st.floats(0.0, 1_000.0),
    better=st.floats(0.0, 1.0),
    plug_success=st.floats(0.0, 1.0),
    common=st.floats(0.0, 1.0),
)
def test_coverage_is_a_chance_that_rises_with_range_plugs_and_both_successes(
    charging: ChargingGraph, *, seed: int, ports: float, better: float, plug_success: float, common: float
) -> None:
    draw = np.random.default_rng(seed)
    zone_plugs, corridor_plugs = charging.spread_ports(draw.uniform(0.0, ports + 1.0, len(charging.states)))
    more = draw.uniform(1.0, 2.0, zone_plugs.size) * zone_plugs
    higher, higher_common = plug_success + (1 - plug_success) * better, common + (1 - common) * better

    def cover(in_zones: Floats, success: float, site: float) -> Floats:
        return trip_coverage(charging.roads, in_zones, corridor_plugs, RANGES_MILES, success, site_common_success=site)

    base = cover(zone_plugs, plug_success, common)
    assert base.min() >= 0.0
    assert base.max() <= 1.0
    assert np.all(np.diff(base, axis=1) >= 0.0)
    assert np.all(cover(more, plug_success, common) >= base - ROUNDING)
    assert np.all(cover(zone_plugs, higher, common) >= base - ROUNDING)
    assert np.all(cover(zone_plugs, plug_success, higher_common) >= base - ROUNDING)


def test_drivers_who_perceive_worse_plugs_change_only_their_own_zone(charging: ChargingGraph) -> None:
    zone_plugs, corridor_plugs = charging.spread_ports(charging.fast_ports_by_state(0, 0.0))
    perceived = np.full(zone_plugs.size, 0.85)
    same = trip_coverage(charging.roads, zone_plugs, corridor_plugs, RANGES_MILES, perceived)
    assert np.array_equal(same, trip_coverage(charging.roads, zone_plugs, corridor_plugs, RANGES_MILES, 0.85))
    perceived[3] = 0.5
    other = trip_coverage(charging.roads, zone_plugs, corridor_plugs, RANGES_MILES, perceived)
    assert np.flatnonzero(np.any(other != same, axis=1)).tolist() == [3]


def test_threads_give_the_same_bits(charging: ChargingGraph) -> None:
    zone_plugs, corridor_plugs = charging.spread_ports(charging.fast_ports_by_state(0, 0.0))

    def cover(plug_success: float) -> bytes:
        return trip_coverage(charging.roads, zone_plugs, corridor_plugs, RANGES_MILES, plug_success).tobytes()

    successes = [0.7, 0.85, 0.97, 0.85]
    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(cover, successes)) == [cover(success) for success in successes]


@pytest.mark.parametrize("ranges", [[200.0, 100.0], [100.0, 100.0], [0.0, 100.0]])
def test_ranges_out_of_order_are_refused(ranges: list[float]) -> None:
    with pytest.raises(ValueError, match="increasing ranges_miles"):
        trip_coverage(road_arrays(line(190.0)), np.zeros(2), np.zeros(1), ranges, 0.85)


def test_local_adequacy_is_nothing_without_plugs_and_saturates() -> None:
    adequacy = local_adequacy(np.array([0.0, 10.0, 1e6]), 0.8, np.full(3, 8.0), 1.0)
    assert adequacy == pytest.approx([0.0, 1 - np.exp(-1.0), 1.0])
