"""The charging graph (M4): zones and the road corridors between them, and the fast plugs on both."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from agents.arrays import Floats, Ints
from market.base.categories import NETWORKS
from market.charging.recorded_sites import recorded_sites
from market.charging.road_trips import RANGE_GRID_MILES, RoadTrips
from market.charging.site_placement import SitePlacement
from market.charging.trip_coverage import RoadArrays, fill_ranks

RoadGraph: TypeAlias = "nx.Graph[str]"

MILES_PER_SITE = 50.0  # source: NEVI program guidance (FHWA 2022): every 50 miles of road
CORRIDOR_SHARE = 1 / 3  # source: assumption; share outside cities of the sites that are not there to cover trips
TOUCHING_MILES = 1e-6  # rounding allowance when two road distances are compared
_SUMMED = ("population", "households", "seats")
_KEPT = ("state", "latitude", "longitude", "x_albers", "y_albers", "tier")


def build_graph(zones: pd.DataFrame, corridors: pd.DataFrame) -> RoadGraph:
    """The graph of the tables ``zones`` and ``corridors``.

    A node is a zone name with index (row of ``zones``), state, latitude, longitude, x_albers, y_albers,
    tier, population, households and seats (cars). An edge has miles, route and sites (places for
    charging sites on the way). Raises ValueError if a corridor ends in a place that is no zone.
    """
    graph: RoadGraph = nx.Graph()
    seats = zones["households"] * zones["vehicles_per_household"]
    for index, row in enumerate(zones.assign(seats=seats).to_dict("records")):
        graph.add_node(str(row["zone"]), index=index, **{name: row[name] for name in _KEPT + _SUMMED})
    for row in corridors.to_dict("records"):
        if strangers := {row["zone_a"], row["zone_b"]} - set(graph):
            raise ValueError(f"corridors: {row['route']} ends in {sorted(strangers)}; add it to zones or drop the row")
        _add_corridor(graph, row["zone_a"], row["zone_b"], row["miles"], row["route"])
    return graph


def contract(graph: RoadGraph) -> tuple[RoadGraph, dict[str, str]]:
    """The fast setting: only tier-1 zones; each other zone joins the tier-1 zone nearest by road.

    Returns the smaller graph and the map from every zone to its tier-1 zone. Population, households and
    seats add up; places are those of the tier-1 zone. Two tier-1 zones are linked, at their shortest road
    miles, where a corridor links their catchments and that road passes no third tier-1 zone. (Linking
    every pair that has no third zone between keeps all miles, but thins the plugs over parallel roads.)
    Raises ValueError if a zone has no road to a tier-1 zone.
    """
    names = list(graph)
    miles, _ = road_miles(graph)
    centers = np.array([i for i, name in enumerate(names) if graph.nodes[name]["tier"] == 1])
    to_center = miles[:, centers]
    if lost := [names[i] for i in np.flatnonzero(np.isinf(to_center.min(axis=1)))]:
        raise ValueError(f"{lost} have no road to a tier-1 zone; make one of them tier 1")
    joined = dict(zip(names, (names[i] for i in centers[to_center.argmin(axis=1)]), strict=True))
    small: RoadGraph = nx.Graph()
    for index, center in enumerate(names[i] for i in centers):
        members = [graph.nodes[name] for name, tier_1 in joined.items() if tier_1 == center]
        sums = {key: sum(member[key] for member in members) for key in _SUMMED}
        small.add_node(center, **{**graph.nodes[center], **sums, "index": index})
    small_miles = to_center[centers]
    for a, b, road in graph.edges(data=True):
        start, end = joined[a], joined[b]
        i, j = (small.nodes[place]["index"] for place in (start, end))
        if start != end and not small.has_edge(start, end) and not _passes_third(small_miles, i, j):
            _add_corridor(small, start, end, float(small_miles[i, j]), road["route"])
    return small, joined


def road_miles(graph: RoadGraph) -> tuple[Floats, Ints]:
    """Shortest road miles between zones and the zone before each on the way.

    Both shape (zones, zones), in node order. No road: inf miles and a negative predecessor.
    """
    weights = nx.to_scipy_sparse_array(graph, weight="miles", format="csr")
    miles, predecessors = csgraph.dijkstra(weights, directed=False, return_predecessors=True)
    return np.asarray(miles, np.float64), np.asarray(predecessors, np.int64)


def road_arrays(graph: RoadGraph) -> RoadArrays:
    """The graph as the arrays that trips read, made once."""
    number = {name: i for i, name in enumerate(graph)}
    roads = list(graph.edges(data=True))
    ends = np.array([(number[a], number[b]) for a, b, _ in roads], dtype=np.int64).reshape(-1, 2)
    corridor_at = np.full((len(number), len(number)), -1, dtype=np.int64)
    corridor_at[ends[:, 0], ends[:, 1]] = corridor_at[ends[:, 1], ends[:, 0]] = np.arange(len(roads))
    miles, predecessors = road_miles(graph)
    sites = _numbers((road for *_, road in roads), "sites").astype(np.int64)
    before = corridor_at[np.maximum(predecessors, 0), np.arange(len(number))]
    return RoadArrays(
        population=_numbers(graph.nodes.values(), "population"),
        miles=miles,
        predecessors=predecessors,
        order=np.argsort(miles, axis=1, kind="stable").astype(np.int64),
        corridor_before=np.where(predecessors >= 0, before, -1),
        corridor_ends=ends,
        corridor_miles=_numbers((road for *_, road in roads), "miles"),
        corridor_sites=sites,
        stop_ranks=np.concatenate([fill_ranks(int(stops)) for stops in sites] or [np.zeros(0, dtype=np.int64)]),
    )


class ChargingGraph:
    """The graph, its arrays, and the fast-charging sites that stand on it this quarter.

    Zones are in node order and corridors in edge order of ``graph``; places are zones, then corridors.

    graph            networkx graph, for drawing and for questions about places
    roads            RoadArrays, for distances and corridors
    trips            RoadTrips, for trip coverage at the ranges of RANGE_GRID_MILES
    recorded         RecordedSites of the states at the ends of years
    states           state codes in alphabetical order
    placement        where new sites of the states find their places
    sites, plugs     shape (networks, places), as buyers see them; written by the market each quarter
    late_sites       shape (networks, places), of the sites those that are as new as other makers' cars need
    """

    def __init__(
        self,
        graph: RoadGraph,
        zone_states: pd.DataFrame,
        fast_sites: pd.DataFrame,
        joined: Mapping[str, str] | None = None,
    ) -> None:
        """Read the tables ``zone_states`` and ``fast_sites``, of states with zones; ``joined``: from ``contract``."""
        self.graph = graph
        self.roads = road_arrays(graph)
        self.trips = RoadTrips(self.roads, RANGE_GRID_MILES)
        here = fast_sites["state"].isin(zone_states["state"])
        self.recorded = recorded_sites(fast_sites[here])
        self.states = self.recorded.states
        on_road = _corridor_weights(graph, self.roads, self.states)
        in_zones = _zone_weights(graph, zone_states, self.states, joined or {})
        on_road_share = np.where(on_road.sum(axis=0) > 0, CORRIDOR_SHARE, 0.0)
        weights = [_column_shares(in_zones) * (1.0 - on_road_share), _column_shares(on_road) * on_road_share]
        self.state_weights = np.concatenate(weights)
        self.placement = SitePlacement(self.roads, self.state_weights)
        size = (len(NETWORKS), self.state_weights.shape[0])
        self.sites, self.plugs, self.late_sites = np.zeros(size), np.zeros(size), np.zeros(size)

    @property
    def zone_plugs(self) -> Floats:
        """Fast plugs of all networks in zones, shape (zones,)."""
        return np.asarray(self.plugs[:, : self.roads.population.size].sum(axis=0))

    @property
    def corridor_plugs(self) -> Floats:
        """Fast plugs of all networks on the way, shape (corridors,)."""
        return np.asarray(self.plugs[:, self.roads.population.size :].sum(axis=0))

    def state_parts(self, known: Floats) -> Floats:
        """Part of each place that belongs to each state, (places, states), rows sum to 1.

        As ``known``, (places, states), of what stands there; where nothing does, by what share of each state's own
        sites would stand there.
        """
        known_there = known.sum(axis=1, keepdims=True) > 0.0
        return _column_shares(np.where(known_there, known, self.state_weights).T).T


def _add_corridor(graph: RoadGraph, a: str, b: str, miles: float, route: str) -> None:
    graph.add_edge(a, b, miles=miles, route=route, sites=max(1, int(miles // MILES_PER_SITE)))


def _passes_third(miles: Floats, start: int, end: int) -> bool:
    """Whether the shortest road from ``start`` to ``end`` leads through a third place."""
    detour_miles = np.delete(miles[start] + miles[end], [start, end])
    return bool(np.any(detour_miles <= miles[start, end] + TOUCHING_MILES))


def _corridor_weights(graph: RoadGraph, roads: RoadArrays, states: tuple[str, ...]) -> Floats:
    """Miles of each corridor in each state, shape (corridors, states): half to the state at each end."""
    state_at = np.array([states.index(state) for _, state in graph.nodes(data="state")])
    weights = np.zeros((roads.corridor_miles.size, len(states)))
    for end in roads.corridor_ends.T:
        weights[np.arange(end.size), state_at[end]] += roads.corridor_miles / 2
    return weights


def _zone_weights(
    graph: RoadGraph, zone_states: pd.DataFrame, states: tuple[str, ...], joined: Mapping[str, str]
) -> Floats:
    """Share of each state's people who live in each zone's catchment, shape (zones, states)."""
    parts = (
        zone_states.assign(zone=[joined.get(zone, zone) for zone in zone_states["zone"]])
        .pivot_table(index="zone", columns="state", values="population_share_of_state", aggfunc="sum", fill_value=0.0)
        .reindex(index=list(graph), columns=list(states), fill_value=0.0)
    )
    return np.asarray(parts.to_numpy(dtype=np.float64))


def _column_shares(weights: Floats) -> Floats:
    """Columns scaled to sum 1; a column of zeros stays zero."""
    totals = weights.sum(axis=0)
    return weights / np.where(totals > 0, totals, 1.0)


def _numbers(records: Iterable[Mapping[str, Any]], key: str) -> Floats:
    return np.array([record[key] for record in records], dtype=np.float64)
