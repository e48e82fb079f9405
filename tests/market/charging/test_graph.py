"""The charging graph (M4): roads, contraction, and fast ports on it."""

import numpy as np
import pandas as pd
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.tables import load
from market.charging.graph import ChargingGraph, RoadGraph, build_graph, contract, road_miles
from market.charging.perceived_access import UsableSites
from market.charging.recorded_sites import recorded_sites
from market.charging.road_trips import RoadTrips

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
    wanted = contracted.recorded.sites_at(0, 0.0)[0]
    assert contracted.placement.with_more(np.zeros(contracted.state_weights.shape), wanted, 1.0).sum() == wanted.sum()


def test_contraction_keeps_road_miles_and_coverage_nearly(charging: ChargingGraph, contracted: ChargingGraph) -> None:
    at = [charging.graph.nodes[zone]["index"] for zone in contracted.graph]
    full_miles, miles = charging.roads.miles[np.ix_(at, at)], contracted.roads.miles
    assert np.array_equal(np.isinf(miles), np.isinf(full_miles))
    apart = np.isfinite(full_miles) & (full_miles > 0)
    assert np.all(miles[apart] >= full_miles[apart] * (1 - ROUNDING))
    assert np.mean(miles[apart] / full_miles[apart]) < 1.05

    def national(each: ChargingGraph) -> Floats:
        wanted = each.recorded.sites_at(LAST_RECORDED, 0.0)[0]
        sites = each.placement.with_more(np.zeros(each.state_weights.shape), wanted, 1.0).sum(axis=1)
        fails = UsableSites("all", sites, 10.0 * sites, 1.0, np.full(each.roads.population.size, 0.97)).failures(
            each.roads, 0.95
        )
        coverage = RoadTrips(each.roads, RANGES_MILES).coverage(*fails)
        return np.average(coverage, axis=0, weights=each.roads.population)

    away = np.abs(national(contracted) - national(charging))
    assert np.all(away[RANGES_MILES >= 200.0] < 0.05)
    assert np.all(away < 0.12)  # short ranges feel that the smaller graph has fewer stops for as many sites


def test_a_zone_without_road_to_a_tier_1_zone_is_named(graph: RoadGraph) -> None:
    stranded = graph.copy()
    stranded.nodes["Anchorage, AK"]["tier"] = 2
    with pytest.raises(ValueError, match=r"Anchorage, AK.*Fairbanks, AK"):
        contract(stranded)


def test_sites_follow_the_record_and_then_grow(charging: ChargingGraph) -> None:
    table = load("fast_sites").set_index(["state", "network", "year"])
    california = charging.states.index("CA")

    def sites(label: str, until: int | None = None) -> list[int]:
        return [int(count) for count in charging.recorded.sites_at(quarters.index(label), 0.21, until)[:, california]]

    def at(year: int, column: str) -> Floats:
        return np.array([table.loc[("CA", name, year), column] for name in ("Tesla", "other")], dtype=np.float64)

    assert sites("2019Q4") == at(2019, "sites").tolist()
    assert sites("2020Q2") == np.floor(np.sqrt(at(2019, "sites") * at(2020, "sites")) + 0.5).tolist()
    assert sites("2025Q4") == np.floor(at(2024, "sites") * 1.21 + 0.5).tolist()
    assert sites("2021Q4", quarters.index("2019Q4")) == np.floor(at(2019, "sites") * 1.21**2 + 0.5).tolist()
    assert sites("2020Q1", LAST_RECORDED + 4) == sites("2020Q1")
    plugs = charging.recorded.plugs_at(quarters.index("2025Q4"), 0.21)[:, california]
    assert plugs == pytest.approx(at(2024, "plugs") * 1.21)


def test_plugs_of_networks_add_up_to_the_official_count_where_it_holds_both() -> None:
    official = load("fast_ports").query("year >= 2020").set_index(["state", "year"])["fast_ports"]
    ours = load("fast_sites").groupby(["state", "year"])["plugs"].sum()
    assert (ours.loc[official.index] == official).all()
    total = load("fast_sites").query("year == 2017")["plugs"].sum()
    assert total - load("fast_ports").query("year == 2017")["fast_ports"].sum() == 641  # Superchargers left out


def test_sites_rise_from_nothing_in_a_straight_line_and_have_a_first_quarter() -> None:
    rows = {"state": "ND", "year": [2017, 2018, 2017, 2018], "network": ["Tesla", "Tesla", "other", "other"]}
    record = recorded_sites(pd.DataFrame({**rows, "sites": [0, 8, 0, 2], "plugs": [0, 80, 0, 4]}))
    assert [record.plugs_at(quarter, 0.0)[0, 0] for quarter in range(3, 8)] == [0.0, 20.0, 40.0, 60.0, 80.0]
    found = [record.sites_at(quarter, 0.0)[:, 0].tolist() for quarter in range(3, 8)]
    assert found == [[0, 0], [2, 1], [4, 1], [6, 2], [8, 2]]  # one at least where there is a plug
    with pytest.raises(ValueError, match=r"2017Q3.*begins in 2017Q4"):
        record.plugs_at(2, 0.0)
    with pytest.raises(ValueError, match="every state and network in every year"):
        recorded_sites(pd.DataFrame({**rows, "sites": 1, "plugs": 2}).head(3))
