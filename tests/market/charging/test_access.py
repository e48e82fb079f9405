"""Which cars may charge where, and what that is worth (M4)."""

import copy

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.categories import BEV, CONNECTORS, MAKERS
from market.base.clock import Clock
from market.charging.access import (
    ACCESS_CLASSES,
    ALL,
    CCS,
    CCS_OPEN,
    CHADEMO,
    TESLA,
    NetworkAccess,
    connector_share,
)
from market.charging.graph import ChargingGraph
from market.charging.parameters import Charging
from market.charging.perceived_access import Access, perceived_access
from market.exogenous.zones import Places
from market.model import Market
from market.vehicles.products import Products

ORIGIN = quarters.index("2024Q4")
EVERY_CLASS = np.eye(len(ACCESS_CLASSES))


def clock(quarter: str, until: int = ORIGIN) -> Clock:
    return Clock(quarters.index(quarter), ORIGIN, until, quarters.index("2035Q4"), seed=1)


def classes_of(products: Products, maker: str, quarter: str, until: int = ORIGIN, **charging: bool) -> set[int]:
    """Classes of access that BEVs of an automaker have in a quarter."""
    given = NetworkAccess(Charging.model_validate(charging), until).of_products(products, clock(quarter))
    own = (products.maker == MAKERS.index(maker)) & products.is_bev
    return {int(place) for place in given[own].argmax(axis=1)}


def test_every_bev_has_one_class_and_no_other_car_has_any(products: Products) -> None:
    found = NetworkAccess(Charging(), ORIGIN).of_products(products, clock("2024Q4"))
    assert found.sum(axis=1).tolist() == products.is_bev.astype(float).tolist()
    assert set(found.ravel()) == {0.0, 1.0}


def test_access_follows_the_dates_that_were_announced(products: Products) -> None:
    assert classes_of(products, "Tesla", "2017Q1") == {TESLA}
    assert classes_of(products, "Ford", "2024Q1") == {CCS}
    assert classes_of(products, "Ford", "2024Q2") == {CCS_OPEN}
    assert classes_of(products, "VW Group", "2025Q2") == {CCS}
    assert classes_of(products, "VW Group", "2025Q3") == {CCS_OPEN}
    assert CHADEMO in classes_of(products, "Nissan", "2030Q1")


def test_a_hindcast_knows_no_later_announcement(products: Products) -> None:
    assert classes_of(products, "Ford", "2030Q1", until=quarters.index("2019Q4")) == {CCS}


def test_the_lever_opens_all_networks_to_all_cars_after_the_origin_alone(products: Products) -> None:
    for maker in ("Tesla", "Ford", "Nissan"):
        assert classes_of(products, maker, "2025Q1", open_networks=True) == {ALL}
        assert ALL not in classes_of(products, maker, "2024Q4", open_networks=True)


def test_used_cars_have_the_access_of_their_connectors(products: Products) -> None:
    access, offers = NetworkAccess(Charging(), ORIGIN), products.at(ORIGIN)
    mixed = np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 0.0]])
    before = access.of_goods(mixed, products, offers, clock("2023Q4"))
    assert before[:, [TESLA, CCS, CHADEMO]].tolist() == mixed.tolist()
    after = access.of_goods(mixed, products, offers, clock("2024Q4"))
    assert 0.0 < after[1, CCS_OPEN] < 0.5
    assert after.sum(axis=1).tolist() == [1.0, 1.0, 0.0]


def test_each_bev_has_the_connector_it_was_built_with(products: Products) -> None:
    plugs = connector_share(products)
    assert not plugs[products.powertrain != BEV].any()
    tesla = products.maker == MAKERS.index("Tesla")
    assert plugs[tesla, CONNECTORS.index("Tesla")].all()
    assert not plugs[~tesla, CONNECTORS.index("Tesla")].any()


@pytest.fixture(scope="module")
def graph(finished: Market) -> ChargingGraph:
    """The graph as it stands at the end of a run; a copy."""
    return copy.copy(finished.charging_graph)


def seen(graph: ChargingGraph, places: Places, success: tuple[float, float] = (0.97, 0.85)) -> Access:
    """Charging as each class of access perceives it."""
    believed, none = np.tile(np.array(success), (places.size, 1)), np.zeros(places.size)
    return perceived_access(graph, places, Charging(), believed, (none, none), EVERY_CLASS, EVERY_CLASS)


def test_who_may_use_more_sites_is_never_worse_off(graph: ChargingGraph, places: Places) -> None:
    found = seen(graph, places)
    for less, more in ((CCS, CCS_OPEN), (CCS_OPEN, ALL), (TESLA, ALL), (CHADEMO, CCS)):
        assert np.all(found.coverage[more] >= found.coverage[less] - 1e-12)
        assert np.all(found.local[more] >= found.local[less] - 1e-12)
    assert found.coverage[ALL].mean() > found.coverage[TESLA].mean()


def test_the_sites_of_one_network_are_nothing_to_cars_of_another(graph: ChargingGraph, places: Places) -> None:
    before, fewer = seen(graph, places), copy.copy(graph)
    fewer.sites, fewer.plugs = graph.sites.copy(), graph.plugs.copy()
    fewer.sites[0], fewer.plugs[0] = 0.0, 0.0
    fewer.late_sites = np.zeros(graph.late_sites.shape)
    after = seen(fewer, places)
    for same in (CCS, CHADEMO):
        assert np.array_equal(before.coverage[same], after.coverage[same])
    assert after.local[TESLA].tolist() == [0.0] * places.size
    assert after.coverage[CCS_OPEN] == pytest.approx(after.coverage[CCS])


def test_another_site_lowers_coverage_of_no_class(graph: ChargingGraph, places: Places) -> None:
    before, more = seen(graph, places), copy.copy(graph)
    draw = np.random.default_rng(1).integers(0, 2, graph.sites.shape)
    size = np.divide(graph.plugs, graph.sites, out=np.full(graph.sites.shape, 4.0), where=graph.sites > 0.0)
    more.sites, more.plugs = graph.sites + draw, graph.plugs + draw * size
    more.late_sites = graph.late_sites + draw
    assert np.all(seen(more, places).coverage >= before.coverage - 1e-12)


def test_belief_in_a_network_counts_for_its_cars_alone(graph: ChargingGraph, places: Places) -> None:
    plain, doubted = seen(graph, places), seen(graph, places, (0.97, 0.5))
    assert np.array_equal(plain.coverage[TESLA], doubted.coverage[TESLA])
    assert doubted.success[TESLA] == pytest.approx(0.97)
    assert doubted.success[CCS] == pytest.approx(0.5)
    assert np.all(doubted.coverage[CCS] <= plain.coverage[CCS] + 1e-12)
    assert np.all((doubted.success[ALL] > 0.5) & (doubted.success[ALL] < 0.97))


def test_vehicles_of_several_classes_see_their_mean(graph: ChargingGraph, places: Places) -> None:
    found = seen(graph, places)
    half: Floats = (EVERY_CLASS[TESLA] + EVERY_CLASS[CCS])[None, :] / 2.0
    at = np.array([250.0])
    each = [found.coverage_at(at, EVERY_CLASS[[one]]) for one in (TESLA, CCS)]
    assert found.coverage_at(at, half) == pytest.approx((each[0] + each[1]) / 2.0)
    assert found.local_of(half)[:, 0] == pytest.approx((found.local[TESLA] + found.local[CCS]) / 2.0)
    assert found.success_of(np.zeros((1, len(ACCESS_CLASSES))))[:, 0].tolist() == [1.0] * places.size
