"""The charging graph (M4): roads, contraction, and fast ports on it."""

import numpy as np
import pandas as pd
import pytest
from market.charging.recorded_sites import recorded_sites

from agents.arrays import Floats
from market.base import quarters
from market.base.tables import load
from market.charging.graph import ChargingGraph, RoadGraph, build_graph, contract, road_miles
from market.charging.trip_coverage import trip_coverage

RANGES_MILES = np.array([80.0, 120.0, 160.0, 200.0, 250.0, 300.0, 350.0, 400.0])
ROUNDING = 1e-12  # sums of at most 522 numbers of one sign
LAST_RECORDED = quarters.index("2024Q4")


@pytest.fixture(scope="module")
def graph() -> RoadGraph:
    return build_graph(load("zones"), load("corridors"))


@pytest.fixture(scope="module")
def charging(graph: RoadGraph) -> ChargingGraph:
    return ChargingGraph(graph, load("zone_states"), load("fast_sites"))


@pytest.fixture(scope="module")
def contracted(graph: RoadGraph) -> ChargingGraph:
    small, joined = contract(graph)
    return ChargingGraph(small, load("zone_states"), load("fast_sites"), joined)


def test_shortest_roads_are_within_four_percent_of_known_distances(graph: RoadGraph) -> None:
    miles, _ = road_miles(graph)
    known = load("road_distances_known")
    at = {zone: i for i, zone in enumerate(graph)}
    found = [miles[at[a], at[b]] for a, b in zip(known["zone_a"], known["zone_b"], strict=True)]
    assert np.mean(np.abs(np.array(found) / known["miles"].to_numpy() - 1.0)) < 0.04


def test_no_road_leads_to_hawaii(graph: RoadGraph) -> None:
    miles, _ = road_miles(graph)
    honolulu = graph.nodes["Honolulu, HI"]["index"]
    assert np.isinf(np.delete(miles[honolulu], honolulu)).all()


def test_sites_stand_no_more_than_fifty_miles_apart(graph: RoadGraph) -> None:
    for *_, road in graph.edges(data=True):
        assert road["miles"] / (road["sites"] + 1) < 50.0


def test_a_corridor_to_nowhere_is_named() -> None:
    zones, corridors = load("zones"), load("corridors").head(1).assign(zone_b="Atlantis, AT")
    with pytest.raises(ValueError, match=r"I-5 ends in .*Atlantis"):
        build_graph(zones, corridors)


def test_contraction_keeps_people_and_ports(charging: ChargingGraph, contracted: ChargingGraph) -> None:
    full, small = charging.graph, contracted.graph
    assert small.number_of_nodes() == 127
    for key in ("population", "households", "seats"):
        totals = [sum(node[key] for node in each.nodes.values()) for each in (full, small)]
        assert totals[1] == pytest.approx(totals[0], rel=ROUNDING)
    ports = contracted.fast_ports_by_state(LAST_RECORDED, 0.0)
    assert sum(map(np.sum, contracted.spread_ports(ports))) == pytest.approx(ports.sum(), rel=ROUNDING)


def test_contraction_keeps_road_miles_and_coverage_nearly(charging: ChargingGraph, contracted: ChargingGraph) -> None:
    at = [charging.graph.nodes[zone]["index"] for zone in contracted.graph]
    full_miles, miles = charging.roads.miles[np.ix_(at, at)], contracted.roads.miles
    assert np.array_equal(np.isinf(miles), np.isinf(full_miles))
    apart = np.isfinite(full_miles) & (full_miles > 0)
    assert np.all(miles[apart] >= full_miles[apart] * (1 - ROUNDING))
    assert np.mean(miles[apart] / full_miles[apart]) < 1.05

    def national(each: ChargingGraph) -> Floats:
        plugs = each.spread_ports(each.fast_ports_by_state(0, 0.0))
        coverage = trip_coverage(each.roads, *plugs, RANGES_MILES, 0.85)
        return np.average(coverage, axis=0, weights=each.roads.population)

    np.testing.assert_allclose(national(contracted), national(charging), atol=0.05)


def test_a_zone_without_road_to_a_tier_1_zone_is_named(graph: RoadGraph) -> None:
    stranded = graph.copy()
    stranded.nodes["Anchorage, AK"]["tier"] = 2
    with pytest.raises(ValueError, match=r"Anchorage, AK.*Fairbanks, AK"):
        contract(stranded)


def test_each_state_keeps_its_ports_and_a_third_stand_on_corridors(charging: ChargingGraph) -> None:
    for i, state in enumerate(charging.states):
        ports = np.zeros(len(charging.states))
        ports[i] = 90.0
        zone_plugs, corridor_plugs = charging.spread_ports(ports)
        assert zone_plugs.sum() + corridor_plugs.sum() == pytest.approx(90.0, rel=ROUNDING)
        assert corridor_plugs.sum() == pytest.approx(0.0 if state == "HI" else 30.0, rel=ROUNDING)
        homes = load("zone_states").query("state == @state")["zone"]
        assert set(np.array(list(charging.graph))[zone_plugs > 0]) == set(homes)


def test_ports_follow_the_record_and_then_grow(charging: ChargingGraph) -> None:
    table = load("fast_sites").set_index(["state", "year"])["fast_ports"]
    california = charging.states.index("CA")

    def ports(label: str, until: int | None = None) -> float:
        return float(charging.fast_ports_by_state(quarters.index(label), 0.21, until)[california])

    assert ports("2019Q4") == table["CA", 2019]
    assert ports("2020Q2") == pytest.approx(np.sqrt(table["CA", 2019] * table["CA", 2020]))
    assert ports("2025Q4") == pytest.approx(table["CA", 2024] * 1.21)
    assert ports("2021Q4", quarters.index("2019Q4")) == pytest.approx(table["CA", 2019] * 1.21**2)
    assert ports("2020Q1", LAST_RECORDED + 4) == ports("2020Q1")


def test_ports_rise_from_nothing_in_a_straight_line_and_have_a_first_quarter() -> None:
    record = recorded_ports(pd.DataFrame({"state": "ND", "year": [2017, 2018], "fast_ports": [0, 8]}))
    assert [record.at(quarter, 0.0).item() for quarter in range(3, 8)] == [0.0, 2.0, 4.0, 6.0, 8.0]
    with pytest.raises(ValueError, match=r"2017Q3.*begins in 2017Q4"):
        record.at(2, 0.0)
    with pytest.raises(ValueError, match="every state in every year"):
        recorded_ports(pd.DataFrame({"state": "ND", "year": [2017, 2019], "fast_ports": [0, 8]}))
