"""Beliefs in the market: what is heard, proven or claimed, and nothing of it when it is switched off (M5, M7)."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import MAKERS, NETWORKS
from market.exogenous.zones import Places
from market.trust.beliefs import TrustState
from market.trust.brands import GROUP_OF_MAKER
from market.trust.parameters import BRAND_GROUPS
from market.vehicles.products import Products
from tests.market.trust.conftest import Trusting

MANY = 10.0  # BEVs per car: news enough to drown the prior
EVEN = np.full(len(NETWORKS), 1.0 / len(NETWORKS))


def zones(trust: TrustState, value: float) -> Floats:
    return np.full(trust.seat_share.size, value)


def networks(trust: TrustState, value: float) -> Floats:
    return np.full((trust.seat_share.size, len(NETWORKS)), value)


def even_sales(trust: TrustState) -> Floats:
    """Sales by product of which every brand group has the same number of BEVs."""
    groups = np.bincount(trust._group[trust._is_bev], minlength=len(BRAND_GROUPS))
    return np.where(trust._is_bev, 1.0 / groups[trust._group], 0.0)


def learn(
    trust: TrustState, bev_share: float, success: float, *, after: bool = False, quarters: int = 1, first: int = 0
) -> None:
    for quarter in range(first, first + quarters):
        trust.learn(
            zones(trust, bev_share), even_sales(trust), networks(trust, success), network_use=EVEN, quarter=quarter,
            after_origin=after,
        )  # fmt: skip


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
    learn(trust, 0.0, 0.2, quarters=10)
    assert trust.charging_success() == pytest.approx(networks(trust, 0.85), rel=1e-12)
    assert trust.technology_trouble() == pytest.approx(zones(trust, 0.1), rel=1e-12)


def test_without_weight_on_news_nothing_is_learned_to_the_last_bit(trusting: Trusting) -> None:
    trust = trusting(news_weight=0.0, memory=1.0)
    before = trust.charging_success().tobytes(), trust.brand_trouble().tobytes()
    learn(trust, MANY, 0.2, quarters=5)
    assert (trust.charging_success().tobytes(), trust.brand_trouble().tobytes()) == before


def test_without_salience_and_news_the_recalls_of_2020_and_21_change_no_belief_to_the_last_bit(
    trusting: Trusting,
) -> None:
    trust = trusting(event_salience=0.0, news_weight=0.0, memory=1.0)
    before = trust.brand_trouble().tobytes(), trust.technology_trouble().tobytes()
    learn(trust, MANY, 0.2, quarters=24)
    assert (trust.brand_trouble().tobytes(), trust.technology_trouble().tobytes()) == before
    heard = trusting(news_weight=0.0, memory=1.0)
    learn(heard, MANY, 0.2, quarters=24)
    assert (heard.brand_trouble() > trust.brand_trouble()).all()


def test_a_recall_costs_its_brand_most_and_others_by_similarity(trusting: Trusting) -> None:
    """The fall of worth of every brand's products in the quarter after a recall, 1 k$ for each tenth of trouble."""
    recall = {"recall_cars": 110_000.0, "recall_brand": "VW Group", "recall_quarter": "2027Q1"}
    hit, spared = trusting(**recall), trusting()
    for trust in (hit, spared):
        learn(trust, 0.02, 0.9, after=True, first=40)
    lost = (hit.brand_trouble() - spared.brand_trouble()).mean(axis=0)
    assert (lost > 0.0).all()
    assert lost.argmax() == BRAND_GROUPS.index("VW Group")
    assert lost[BRAND_GROUPS.index("Others")] > lost[BRAND_GROUPS.index("Tesla")]


def test_a_longer_warranty_is_worth_more_to_its_own_cars_than_to_others(products: Products, trusting: Trusting) -> None:
    """By resale alone: 0.5 x 10 k$ x 0.1 believed x the next owner's years it covers, from 1/2 of them to 1/6."""
    longer, plain = (trusting(resale_weight=0.5, technology_strength=0.0) for _ in range(2))
    vw = np.array([name == "VW Group" for name in MAKERS])
    longer.prove(np.zeros(len(MAKERS)), np.zeros(len(MAKERS)), vw.astype(float))
    for trust in (longer, plain):
        trust.open(0)
        learn(trust, 0.0, 0.85, after=True)
    gain = longer.new_terms_kusd(0.077)["trust"] - plain.new_terms_kusd(0.077)["trust"]
    own, others = products.is_bev & vw[products.maker], products.is_bev & ~vw[products.maker]
    apart = gain[..., own].min() - gain[..., others].max()
    assert apart == pytest.approx(0.5 * 10.0 * 0.1 * (1 / 2 - 1 / 6), rel=1e-6)


def test_updates_lower_trouble_by_the_year_where_they_are_shipped(trusting: Trusting) -> None:
    trust = trusting(update_effect=0.1)
    learn(trust, 0.0, 0.85, after=True, quarters=8)
    ships = trust.facts.ships_updates == 1.0
    found = trust.maker_trouble(after_origin=True)
    assert found[ships] == pytest.approx(np.full(ships.sum(), 0.025 * 0.9**2), rel=1e-12)
    assert found[~ships] == pytest.approx(np.full((~ships).sum(), 0.025), rel=1e-12)


def test_service_is_within_reach_of_everybody_where_dealers_are_many_and_of_few_where_there_are_few(
    products: Products, trusting: Trusting
) -> None:
    term = trusting(service_kusd=2.0).new_terms_kusd(0.077)["service"][:, 0, 0, :]
    maker = np.array(MAKERS)[products.maker]
    assert (term[:, products.is_bev] <= 0.0).all()
    ford, tesla = (term[:, products.is_bev & (maker == name)].mean() for name in ("Ford", "Tesla"))
    assert -0.1 < ford < 0.0
    assert -2.0 < tesla < -1.0


def test_with_much_news_beliefs_come_to_the_truth(trusting: Trusting) -> None:
    trust = trusting()
    learn(trust, 1e4, 0.6, quarters=60)
    assert trust.charging_success() == pytest.approx(networks(trust, 0.6), abs=1e-3)
    assert trust.technology_trouble() == pytest.approx(zones(trust, 0.025), abs=1e-3)


def test_news_of_a_quarter_by_hand(trusting: Trusting, places: Places) -> None:
    """30 contacts x 0.05 BEVs x 3 charges, half at each network, weighted 1 + 0.15; media report the nation's."""
    trust = trusting(memory=1.0, media_weight=0.2)
    learn(trust, 0.05, 0.5)
    of_media = 0.2 * np.log1p(0.05 * places.seats.sum() * 1.5 / 1000.0)
    heard = 30 * 0.05 * 1.5 * 1.15 + of_media
    linked = trust._neighbor_share.sum(axis=1) > 0
    expected = (30 * 0.85 + 0.5 * heard) / (30 + heard)
    assert trust.charging_success()[linked] == pytest.approx(np.full((linked.sum(), 2), expected), rel=1e-9)
    assert trust.news["charging"][2] == pytest.approx(2 * of_media, rel=1e-9)


def test_media_tell_every_zone_of_the_nation_and_not_of_itself(trusting: Trusting) -> None:
    """Without contacts each zone hears the same: the share that fails in the nation."""
    trust = trusting(own_weight=0.0, neighbour_weight=0.0, media_weight=1.0, memory=1.0)
    success = np.where(np.arange(trust.seat_share.size)[:, None] % 2 == 0, 0.9, 0.3) * np.ones((1, 2))
    use = np.array([0.5, 0.5])
    trust.learn(zones(trust, 0.05), even_sales(trust), success, network_use=use, quarter=0, after_origin=False)
    believed = trust.charging_success()
    assert believed == pytest.approx(np.broadcast_to(believed[:1], believed.shape), rel=1e-12)
    observations = trust.news["charging"][2] / 2
    nation = float(trust.seat_share @ success[:, 0])
    assert believed[0, 0] == pytest.approx((30 * 0.85 + observations * nation) / (30 + observations), rel=1e-9)


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
    assert (trust.credibility[:-3] > 0.3).all()
    assert trust.credibility[-3] < 0.3
    assert (trust.credibility[-2:] < 0.3).all()


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


def test_news_of_batteries_in_a_quarter_by_hand(trusting: Trusting, places: Places) -> None:
    """30 contacts x 0.04 BEVs, a seventh of each brand group, a quarter's trouble: 0.3/7, and reports of the nation."""
    trust = trusting(memory=1.0, media_weight=0.2)
    learn(trust, 0.04, 1.0)
    of_media = 0.2 * np.log1p(0.04 * places.seats.sum() / 7 / 4 / 1000.0)
    heard = 30 * 0.04 / 7 / 4 * 1.15 + of_media
    linked = trust._neighbor_share.sum(axis=1) > 0
    expected = (30 * 0.1 + 0.025 * heard) / (30 + heard)
    assert trust.battery.mean_trouble[linked] == pytest.approx(np.full((linked.sum(), 7), expected), rel=1e-9)
    assert trust.news["battery"][2] == pytest.approx(7 * of_media, rel=1e-9)


def test_events_stand_beside_what_is_known_of_brands(trusting: Trusting) -> None:
    """A recall whose reports tell of trouble in 30 of 100 cars: bad and sound ones are added to those believed."""
    trust = trusting(event_trouble_share=0.3)
    before = trust.brand_evidence()
    trust.events.remembered = np.arange(7.0)
    after = trust.brand_evidence()
    assert after.trouble - before.trouble == pytest.approx(np.tile(0.3 * np.arange(7.0), (127, 1)), rel=1e-9, abs=1e-9)
    assert after.sound - before.sound == pytest.approx(np.tile(0.7 * np.arange(7.0), (127, 1)), rel=1e-9, abs=1e-9)


def test_trouble_of_makers_is_spread_by_their_record_and_never_more_than_all(trusting: Trusting) -> None:
    """With half of the spread a maker of trouble r over the mean has 1 + (r - 1) / 2 times that of all."""
    trust = trusting(true_trouble_share=0.02, trouble_spread=0.5)
    relative = trust.facts.relative_trouble
    assert trust.maker_trouble(after_origin=False) == pytest.approx(0.02 * (0.5 + 0.5 * relative), rel=1e-12)
    much = trusting(true_trouble_share=0.4, trouble_factor=20.0).maker_trouble(after_origin=True)
    assert much.tolist() == [1.0] * len(MAKERS)


def test_before_any_sale_all_brands_weigh_alike_and_a_part_of_a_car_is_a_sale(
    products: Products, trusting: Trusting
) -> None:
    trust = trusting()
    assert trust.brand_share().tolist() == [1 / 7] * 7
    gm = np.flatnonzero((products.maker == MAKERS.index("GM")) & products.is_bev)[:1]
    sold = np.where(np.arange(products.size) == gm, 0.5, 0.0)
    trust.learn(zones(trust, 0.0), sold, networks(trust, 1.0), network_use=EVEN, quarter=0, after_origin=False)
    assert trust.brand_share().tolist() == [1.0, *[0.0] * 6]
    trust.prove(np.eye(len(MAKERS))[MAKERS.index("GM")], np.zeros(len(MAKERS)), np.zeros(len(MAKERS)))
    assert trust._proven_cars() == 1.0


def test_nothing_is_proven_of_used_cars_before_any_was_sold(trusting: Trusting) -> None:
    trust = trusting()
    assert trust.used_trouble(after_origin=True).tolist() == trust.technology_trouble().tolist()


def test_a_longer_warranty_counts_by_its_makers_part_of_the_group(trusting: Trusting) -> None:
    """Of Ford and Stellantis, alike before any sale, one offers it; a scenario offers it for all after the origin."""
    trust = trusting(longer_warranty=0.25)
    ford = np.eye(len(MAKERS))[MAKERS.index("Ford")]
    trust.prove(0.0 * ford, 0.0 * ford, ford)
    assert trust.longer_warranty_share(after_origin=False)[:2].tolist() == [0.0, 0.5]
    assert trust.longer_warranty_share(after_origin=True)[:2] == pytest.approx([0.25, 0.625], rel=1e-12)


def test_neighbors_are_seen_for_a_year(trusting: Trusting) -> None:
    trust = trusting()
    for quarter in range(6):
        trust.see(zones(trust, float(quarter)))
    assert [float(share[0]) for share in trust.shares] == [2.0, 3.0, 4.0, 5.0]


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
    without = trusting(loss_kusd=0.0, neighbour_effect=0.0, service_kusd=0.0)
    without.see(np.linspace(0.0, 0.2, 127))
    for values in without.new_terms_kusd(0.077).values():
        assert not values.any()
