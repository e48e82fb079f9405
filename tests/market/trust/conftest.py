"""Beliefs at the start, as tests of trust make them."""

from collections.abc import Callable

import pytest

from market.base import tables
from market.charging.graph import ChargingGraph, build_graph, contract
from market.exogenous.zones import Places
from market.trust.beliefs import Stakes, TrustState
from market.trust.parameters import Trust
from market.vehicles.products import Products

Trusting = Callable[..., TrustState]
ALIKE = {"prior_strength": 30.0, "trouble_spread": 0.0, "update_effect": 0.0}
"""A prior of 30 observations, and automakers that differ in nothing."""


@pytest.fixture(scope="module")
def graph() -> ChargingGraph:
    small, joined = contract(build_graph(tables.load("zones"), tables.load("corridors")))
    return ChargingGraph(small, tables.load("zone_states"), tables.load("fast_sites"), joined)


@pytest.fixture
def trusting(graph: ChargingGraph, products: Products, places: Places) -> Trusting:
    """Beliefs at the start, with changed parameters of trust; a battery that fails costs 10 k$ or ``loss_kusd``."""

    def made(loss_kusd: float = 10.0, resale_weight: float = 0.0, **trust: float | str) -> TrustState:
        return TrustState(
            Trust.model_validate({**ALIKE, **trust}), graph.roads, products, places.seats,
            plug_success=(0.85, 0.85), trouble_share=0.1, seed=1,
            stakes=Stakes(loss_kusd, resale_weight, 5.0, 6.0, 12_000.0),
        )  # fmt: skip

    return made
