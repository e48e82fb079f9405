"""Beliefs in the market: what is heard, proven or claimed, and nothing of it when it is switched off (M5, M7)."""

from collections.abc import Callable

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import tables
from market.base.categories import MAKERS
from market.charging.graph import ChargingGraph, build_graph, contract
from market.exogenous.zones import Places
from market.trust.beliefs import BRAND_GROUPS, GROUP_OF_MAKER, TrustState
from market.trust.parameters import Trust
from market.vehicles.products import Products

Trusting = Callable[..., TrustState]
MANY = 10.0  # BEVs per car: news enough to drown the prior


@pytest.fixture(scope="module")
def graph() -> ChargingGraph:
    small, joined = contract(build_graph(tables.load("zones"), tables.load("corridors")))
    return ChargingGraph(small, tables.load("zone_states"), tables.load("fast_sites"), joined)


@pytest.fixture
def trusting(graph: ChargingGraph, products: Products, places: Places) -> Trusting:
    """Beliefs at the start, with changed parameters of trust; a battery that fails costs 10 k$ or ``loss_kusd``."""

    def made(loss_kusd: float = 10.0, **trust: float) -> TrustState:
        return TrustState(
            Trust.model_validate(trust), graph.roads, products, places.seats,
            plug_success=(0.85, 0.85), trouble_share=0.1, loss_kusd=loss_kusd,
        )  # fmt: skip

    return made


def zones(trust: TrustState, value: float) -> Floats:
    return np.full(trust.charging_success().shape[0], value)


def networks(trust: TrustState, value: float) -> Floats:
    return np.full(trust.charging_success().shape, value)


def even_sales(trust: TrustState) -> Floats:
    """Sales by product of which every brand group has the same number of BEVs."""
    groups = np.bincount(trust._group[trust._is_bev], minlength=len(BRAND_GROUPS))
    return np.where(trust._is_bev, 1.0 / groups[trust._group], 0.0)


def learn(trust: TrustState, bev_share: float, success: float, *, after: bool = False, quarters: int = 1) -> None:
    for _ in range(quarters):
        trust.learn(zones(trust, bev_share), even_sales(trust), networks(trust, success), after_origin=after)


def test_first_beliefs_are_those_of_the_scenario(trusting: Trusting) -> None:
    trust = trusting()
    assert trust.charging_success() == pytest.approx(networks(trust, 0.85), rel=1e-12)
    assert trust.brand_trouble() == pytest.approx(np.full((127, 7), 0.1), rel=1e-12)
    assert trust.technology_trouble() == pytest.approx(zones(trust, 0.1), rel=1e-12)


def test_every_maker_has_a_group_and_small_makers_stand_together() -> None:
    assert set(GROUP_OF_MAKER) == set(range(len(BRAND_GROUPS)))
    assert GROUP_OF_MAKER[MAKERS.index("Ford")] == GROUP_OF_MAKER[MAKERS.index("Stellantis")]


def test_where_nobody_drives_electric_nothing_is_learned(trusting: Trusting) -> None:
    trust = trusting()
    learn(trust, 0.0, 0.2, quarters=20)
    assert trust.charging_success() == pytest.approx(networks(trust, 0.85), rel=1e-12)
    assert trust.technology_trouble() == pytest.approx(zones(trust, 0.1), rel=1e-12)


def test_without_weight_on_news_nothing_is_learned_to_the_last_bit(trusting: Trusting) -> None:
    trust = trusting(news_weight=0.0, memory=1.0)
    before = trust.charging_success().tobytes(), trust.brand_trouble().tobytes()
    learn(trust, MANY, 0.2, quarters=5)
    assert (trust.charging_success().tobytes(), trust.brand_trouble().tobytes()) == before


def test_with_much_news_beliefs_come_to_the_truth(trusting: Trusting) -> None:
    trust = trusting()
    learn(trust, 1e4, 0.6, quarters=60)
    assert trust.charging_success() == pytest.approx(networks(trust, 0.6), abs=1e-3)
    assert trust.technology_trouble() == pytest.approx(zones(trust, 0.025), abs=1e-3)


def test_news_of_a_quarter_by_hand(trusting: Trusting) -> None:
    """30 contacts x 0.05 BEVs x 3 charges, weighted 1 + 0.15 + 0.02 where all zones are alike."""
    trust = trusting(memory=1.0)
    learn(trust, 0.05, 0.5)
    heard = 30 * 0.05 * 3 * 1.17  # of charges at both networks, half at each
    linked = trust._neighbor_share.sum(axis=1) > 0
    expected = (30 * 0.85 + 0.5 * heard / 2) / (30 + heard / 2)
    assert trust.charging_success()[linked] == pytest.approx(np.full((linked.sum(), 2), expected), rel=1e-9)
    assert trust.news["charging"].sum() == pytest.approx(heard, rel=0.01)


def test_verified_disclosure_comes_to_the_truth_and_faster_than_news_alone(trusting: Trusting) -> None:
    proven, told = trusting(verified_battery=1.0, verified_uptime=1.0), trusting()
    for trust in (proven, told):
        learn(trust, 0.01, 0.95, after=True, quarters=40)
    assert abs(proven.technology_trouble() - 0.025).max() < abs(told.technology_trouble() - 0.025).min()
    assert abs(proven.charging_success() - 0.95).max() < abs(told.charging_success() - 0.95).min()
    forever = trusting(verified_battery=1.0, memory=1.0)
    learn(forever, 0.0, 0.9, after=True, quarters=4_000)
    assert forever.technology_trouble() == pytest.approx(zones(forever, 0.025), abs=2e-4)


def test_claims_without_credibility_move_nothing_to_the_last_bit(trusting: Trusting) -> None:
    claiming, silent = trusting(claims=1.0, first_credibility=0.0, credibility_rise=0.0), trusting()
    for trust in (claiming, silent):
        learn(trust, 0.05, 0.9, after=True, quarters=8)
    assert claiming.brand_trouble().tobytes() == silent.brand_trouble().tobytes()
    assert claiming.charging_success().tobytes() == silent.charging_success().tobytes()


def test_claims_that_are_not_met_lose_credibility_and_those_that_are_gain_it(trusting: Trusting) -> None:
    trust = trusting(claims=1.0, bad_brand_trouble_share=0.3, first_credibility=0.3, credibility_tolerance=0.03)
    learn(trust, 0.05, 0.6, after=True, quarters=4)
    assert (trust.credibility[:-2] > 0.3).all()
    assert trust.credibility[-2] < 0.3
    assert trust.credibility[-1] < 0.3


def test_nothing_is_disclosed_or_claimed_before_the_origin(trusting: Trusting) -> None:
    loud, silent = trusting(verified_battery=1.0, verified_uptime=1.0, claims=1.0, trouble_factor=4.0), trusting()
    for trust in (loud, silent):
        learn(trust, 0.05, 0.9, quarters=4)
    assert loud.brand_trouble().tobytes() == silent.brand_trouble().tobytes()
    assert loud.credibility.tobytes() == silent.credibility.tobytes()


def test_one_bad_brand_spills_over_to_the_others(trusting: Trusting) -> None:
    bad, good = trusting(bad_brand_trouble_share=0.3), trusting()
    for trust in (bad, good):
        learn(trust, 0.5, 0.9, after=True, quarters=20)
    assert (bad.brand_trouble()[:, :-1] > good.brand_trouble()[:, :-1]).all()
    apart, alone = trusting(bad_brand_trouble_share=0.3, technology_strength=0.0), trusting(technology_strength=0.0)
    for trust in (apart, alone):
        learn(trust, 0.5, 0.9, after=True, quarters=20)
    assert apart.brand_trouble()[:, :-1].tobytes() == alone.brand_trouble()[:, :-1].tobytes()


def test_certified_used_cars_are_taken_at_their_true_share(trusting: Trusting) -> None:
    assert trusting().used_trouble(after_origin=True) == pytest.approx(np.full(127, 0.1), rel=1e-12)
    half = trusting(certified_share=0.5)
    assert half.used_trouble(after_origin=True) == pytest.approx(np.full(127, 0.0625), rel=1e-12)
    assert half.used_trouble(after_origin=False) == pytest.approx(np.full(127, 0.1), rel=1e-12)


def test_terms_are_for_bevs_alone_and_vanish_without_loss_or_neighbours(products: Products, trusting: Trusting) -> None:
    trust = trusting()
    trust.see(np.linspace(0.0, 0.2, 127))
    terms = trust.new_terms_kusd(0.077)
    for values in terms.values():
        assert not values[..., ~products.is_bev].any()
    assert terms["trust"][..., products.is_bev] == pytest.approx(-1.0, rel=1e-9)
    assert terms["neighbours"][:, 0, 0, products.is_bev].max(axis=1) == pytest.approx(
        1.2 / 0.077 * np.linspace(0.0, 0.2, 127), rel=1e-9
    )
    without = trusting(loss_kusd=0.0, neighbour_effect=0.0)
    without.see(np.linspace(0.0, 0.2, 127))
    for values in without.new_terms_kusd(0.077).values():
        assert not values.any()
