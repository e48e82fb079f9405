"""Sites as recorded and as buyers see them with the lever on ports (M4)."""

import copy

import mesa
import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.clock import Clock
from market.charging.access import ACCESS_CLASSES, CCS, TESLA
from market.charging.graph import ChargingGraph
from market.charging.network import ChargingNetwork
from market.charging.observed_sites import EARLY_UNTIL
from market.charging.parameters import Charging, Operators
from market.charging.perceived_access import perceived_access
from market.exogenous.zones import Places
from market.model import Market
from market.policies.parameters import Policy

ORIGIN = quarters.index("2024Q4")


@pytest.fixture(scope="module")
def graph(finished: Market) -> ChargingGraph:
    return finished.charging_graph


def shown(graph: ChargingGraph, quarter: int, **charging: float) -> ChargingGraph:
    """The graph as buyers see it in a quarter of the records."""
    clock = Clock(-1, ORIGIN - 8, ORIGIN, quarters.index("2035Q4"), seed=1)
    found = ChargingNetwork(
        mesa.Model(rng=1), Operators(), Charging.model_validate(charging), Policy(), graph, clock
    )  # fmt: skip
    found.open_quarter(quarter)
    found.show(quarter)
    return graph


def test_the_lever_on_ports_opens_more_whole_sites_where_new_ones_would_stand_and_only_after_the_origin(
    graph: ChargingGraph,
) -> None:
    seen = copy.copy(graph)
    plain = shown(seen, ORIGIN).sites, seen.plugs
    more = shown(seen, ORIGIN, port_factor=1.1).sites, seen.plugs
    assert more[0].sum(axis=1) == pytest.approx(1.1 * plain[0].sum(axis=1), abs=26)  # half a site a state
    assert more[1].sum() == pytest.approx(1.1 * plain[1].sum(), rel=0.01)
    added = more[0] - plain[0]
    assert added == pytest.approx(np.rint(added), abs=1e-9)
    assert added.min() > -1e-9
    assert (added[plain[0] == 0.0] > 0.0).any()
    fewer = shown(seen, ORIGIN, port_factor=0.5).sites
    assert fewer == pytest.approx(plain[0] / 2)
    before = shown(seen, ORIGIN - 8, port_factor=1.1).sites
    assert before == pytest.approx(shown(seen, ORIGIN - 8).sites)


def test_only_superchargers_that_opened_since_2020_serve_other_makers(graph: ChargingGraph) -> None:
    seen = copy.copy(graph)
    assert not shown(seen, EARLY_UNTIL).late_sites.any()
    early = shown(seen, EARLY_UNTIL + 1).sites
    assert shown(seen, ORIGIN).late_sites == pytest.approx(seen.sites - early)
    assert seen.late_sites[0].sum() > 1_500.0


def test_coverage_is_partial_while_sites_are_few_and_nearly_whole_later(graph: ChargingGraph, places: Places) -> None:
    """The sites of 2017 leave three trips in ten of a 250-mile car uncovered, those of 2024 one in twenty or fewer."""
    seen, each = copy.copy(graph), np.eye(len(ACCESS_CLASSES))[[TESLA, CCS]]
    believed, none = np.tile([0.97, 0.85], (places.size, 1)), np.zeros(places.size)
    share = places.seats / places.seats.sum()

    def national(quarter: str) -> Floats:
        shown(seen, quarters.index(quarter))
        access = perceived_access(seen, places, Charging(), believed, (none, none), each, each)
        return np.asarray(share @ access.coverage_at(np.full(2, 250.0), each))

    early, late = national("2018Q1"), national("2025Q1")
    assert np.all((early > 0.6) & (early < 0.8))
    assert np.all((late > 0.93) & (late < 1.0))
