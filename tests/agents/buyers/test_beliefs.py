"""Trust (M5): case 14 of D2, bias, spill-over, proof and claims."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.buyers import beliefs
from agents.buyers.beliefs import Belief

EXACT = 1e-12
PRIOR = Belief(np.array([3.0]), np.array([27.0]))
shares = st.floats(0.0, 1.0)
counts = st.floats(0.0, 1e4)


def one(value: float) -> Floats:
    return np.array([value])


def after(belief: Belief, bad: float, good: float, memory: float = 1.0, negativity: float = 1.0) -> Belief:
    return beliefs.updated(belief, PRIOR, one(bad), one(good), memory=memory, negativity=negativity)


def in_the_long_run(pi: float, memory: float, negativity: float, quarters: int = 4_000, news: float = 20.0) -> float:
    belief = PRIOR
    for _ in range(quarters):
        belief = after(belief, news * pi, news * (1.0 - pi), memory, negativity)
    return float(belief.mean_trouble[0])


@given(counts, counts)
def test_without_forgetting_or_bias_the_mean_is_that_of_the_counts(bad: float, good: float) -> None:
    """D2 case 14: (a + bad) / (a + b + n)."""
    assert after(PRIOR, bad, good).mean_trouble[0] == pytest.approx((3.0 + bad) / (30.0 + bad + good), rel=EXACT)


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=6))
def test_without_forgetting_the_order_of_news_does_not_matter(news: list[tuple[float, float]]) -> None:
    ends = []
    for order in (news, sorted(news), sorted(news, reverse=True)):
        belief = PRIOR
        for bad, good in order:
            belief = after(belief, bad, good)
        ends.append(float(belief.mean_trouble[0]))
    assert ends[1:] == pytest.approx([ends[0]] * 2, rel=EXACT)


def test_with_forgetting_the_order_of_news_matters() -> None:
    bad_last = after(after(PRIOR, 0, 10, 0.9), 10, 0, 0.9)
    bad_first = after(after(PRIOR, 10, 0, 0.9), 0, 10, 0.9)
    assert bad_last.mean_trouble[0] > bad_first.mean_trouble[0] + 1e-3


@pytest.mark.parametrize("pi", [0.05, 0.2, 0.6])
def test_beliefs_come_to_the_truth(pi: float) -> None:
    assert in_the_long_run(pi, 1.0, 1.0) == pytest.approx(pi, abs=30 / 80_030)


@pytest.mark.parametrize(("pi", "negativity"), [(0.1, 2.0), (0.2, 2.0), (0.2, 3.0)])
def test_bad_news_that_weighs_more_leaves_beliefs_at_the_biased_limit(pi: float, negativity: float) -> None:
    limit = float(beliefs.limit_bias(one(pi), negativity)[0])
    assert in_the_long_run(pi, 1.0, negativity) == pytest.approx(limit, abs=30 / 80_030)


@given(shares)
def test_the_biased_limit_is_that_of_the_specification_and_the_truth_without_bias(pi: float) -> None:
    assert beliefs.limit_bias(one(pi), 2.0)[0] == pytest.approx(2 * pi / (1 + pi), rel=EXACT)
    assert beliefs.limit_bias(one(pi), 1.0)[0] == pi


def test_what_is_forgotten_goes_back_to_the_prior() -> None:
    held = Belief(one(13.0), one(27.0))
    half = after(held, 0, 0, memory=0.5)
    assert (half.trouble[0], half.sound[0]) == (8.0, 27.0)
    assert beliefs.forgotten(held.trouble, PRIOR.trouble, 1.0)[0] == 13.0
    assert beliefs.forgotten(held.trouble, PRIOR.trouble, 0.0)[0] == 3.0


def test_with_forgetting_the_prior_keeps_its_weight() -> None:
    # stationary: (1 - phi) a0 + news over (1 - phi)(a0 + b0) + all news, phi 0.95
    expected = (0.05 * 3 + 20 * 0.4) / (0.05 * 30 + 20)
    assert in_the_long_run(0.4, 0.95, 1.0) == pytest.approx(expected, rel=1e-9)


@given(shares, st.floats(0.0, 50.0), counts, counts, shares, st.floats(0.0, 3.0))
def test_beliefs_are_shares(pi: float, more: float, bad: float, good: float, memory: float, negativity: float) -> None:
    belief = after(beliefs.belief_of(one(pi), one(0.1 + more)), bad, good, memory, negativity)
    assert 0.0 <= belief.mean_trouble[0] <= 1.0
    assert belief.mean_trouble[0] + belief.perceived_success[0] == pytest.approx(1.0, rel=EXACT)


def test_a_belief_of_fifteen_percent_failure_is_a_success_of_85() -> None:
    belief = beliefs.belief_of(one(0.15), one(30.0))
    assert belief.mean_trouble == pytest.approx(0.15)
    assert belief.perceived_success == pytest.approx(0.85)
    assert belief.trouble + belief.sound == pytest.approx(30.0)


THREE_ZONES = np.array([[4.0, 40.0], [0.0, 10.0], [2.0, 0.0]])  # trouble and sound
IN_A_ROW = np.array([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 0.0, 0.0]])  # the third zone looks at nobody
REPORTED = np.array([2.5, 22.5])


def test_news_by_channel_by_hand() -> None:
    exposures = beliefs.channel_exposures(THREE_ZONES, IN_A_ROW, REPORTED)
    assert exposures.shape == (3, 3, 2)
    assert exposures[beliefs.OWN].tolist() == THREE_ZONES.tolist()
    assert exposures[beliefs.NEIGHBORS].tolist() == [[0.0, 10.0], [3.0, 20.0], [0.0, 0.0]]
    assert exposures[beliefs.MEDIA].tolist() == [[2.5, 22.5]] * 3
    news = beliefs.weighted_news(exposures, np.array([1.0, 0.15, 0.02]))
    expected = [[4.05, 41.95], [0.5, 13.45], [2.05, 0.45]]
    assert news == pytest.approx(np.array(expected))


def test_without_weights_there_is_no_news_and_no_belief_moves() -> None:
    exposures = beliefs.channel_exposures(THREE_ZONES, IN_A_ROW, REPORTED)
    news = beliefs.weighted_news(exposures, np.zeros(3))
    assert not news.any()
    belief = beliefs.updated(PRIOR, PRIOR, news[:, 0], news[:, 1], memory=1.0, negativity=2.0)
    assert belief.mean_trouble.tolist() == [PRIOR.mean_trouble[0]] * 3


def test_a_bad_brand_lowers_others_and_a_known_brand_less() -> None:
    bad = Belief(np.array([60.0, 1.0, 10.0]), np.array([40.0, 9.0, 90.0]))
    good = Belief(np.array([10.0, 1.0, 10.0]), np.array([90.0, 9.0, 90.0]))
    with_bad, with_good = (beliefs.spill_over(brands, 20.0).mean_trouble for brands in (bad, good))
    harm = with_bad - with_good
    assert harm[1] > harm[2] > 0.01


def test_spill_over_by_hand() -> None:
    brands = Belief(np.array([30.0, 1.0]), np.array([60.0, 9.0]))
    # technology: 31 of 100; 10 observations of it are 3.1 and 6.9
    assert beliefs.spill_over(brands, 10.0).mean_trouble == pytest.approx([33.1 / 100, 4.1 / 20])


def test_without_spill_over_brands_stay_as_they_are() -> None:
    brands = Belief(np.array([30.0, 1.0]), np.array([60.0, 9.0]))
    assert beliefs.spill_over(brands, 0.0).mean_trouble.tolist() == brands.mean_trouble.tolist()


def test_spill_over_without_end_leaves_one_belief() -> None:
    brands = Belief(np.array([30.0, 1.0]), np.array([60.0, 9.0]))
    assert beliefs.spill_over(brands, 1e12).mean_trouble == pytest.approx(0.31, rel=1e-9)


def test_proof_by_hand() -> None:
    proven = beliefs.verified_disclosure(PRIOR, one(0.02), 20.0)
    assert proven.mean_trouble == pytest.approx((3.0 + 0.4) / 50.0)


@given(shares, st.floats(0.1, 100.0))
def test_a_claim_without_credibility_moves_nothing(claimed: float, observations: float) -> None:
    believed = beliefs.claim(PRIOR, one(claimed), observations, one(0.0))
    assert (believed.trouble[0], believed.sound[0]) == (3.0, 27.0)


@given(shares)
def test_a_claim_that_is_fully_believed_is_proof(share: float) -> None:
    claimed = beliefs.claim(PRIOR, one(share), 20.0, one(1.0)).mean_trouble
    assert claimed == pytest.approx(beliefs.verified_disclosure(PRIOR, one(share), 20.0).mean_trouble, rel=EXACT)


@given(st.floats(0.0, 0.09), st.floats(0.01, 0.99))
def test_proof_moves_beliefs_further_than_a_claim_of_the_same(share: float, credibility: float) -> None:
    """The prior is 0.1; both move towards the lower share."""
    proof = beliefs.verified_disclosure(PRIOR, one(share), 20.0).mean_trouble[0]
    believed = beliefs.claim(PRIOR, one(share), 20.0, one(credibility)).mean_trouble[0]
    assert share <= proof < believed < 0.1


def test_repeated_truthful_disclosure_comes_to_the_truth() -> None:
    belief = PRIOR
    gaps = []
    for _ in range(2_000):
        belief = beliefs.verified_disclosure(belief, one(0.02), 20.0)
        gaps.append(float(belief.mean_trouble[0]) - 0.02)
    assert (np.diff(gaps) < 0).all()
    assert gaps[-1] == pytest.approx(0.08 * 30 / 40_030, rel=1e-9)  # the prior's share of all observations


def step(credibility: float, claimed: float, outcome: float, rise: float = 0.05) -> float:
    return float(beliefs.credibility_step(one(credibility), one(claimed), one(outcome), rise=rise, tolerance=0.01)[0])


def test_credibility_falls_three_times_as_fast_as_it_rises() -> None:
    assert step(0.5, 0.02, 0.025) == pytest.approx(0.525)
    assert step(0.5, 0.02, 0.05) == pytest.approx(0.425)


def test_credibility_stays_without_a_claim_an_outcome_or_learning() -> None:
    assert step(0.5, np.nan, 0.05) == 0.5
    assert step(0.5, 0.02, np.nan) == 0.5
    assert step(0.5, 0.02, 0.5, rise=0.0) == 0.5


@given(shares, shares, shares, st.floats(0.0, 1 / 3))
def test_credibility_is_a_share(credibility: float, claimed: float, outcome: float, rise: float) -> None:
    assert 0.0 <= step(credibility, claimed, outcome, rise) <= 1.0


@pytest.mark.parametrize("rise", [-0.1, 0.34])
def test_credibility_that_would_leave_its_bounds_is_refused(rise: float) -> None:
    with pytest.raises(ValueError, match="0 to 1/3"):
        step(0.5, 0.02, 0.02, rise)


def test_fear_of_trouble_is_its_chance_times_the_loss_and_nothing_without_a_loss() -> None:
    assert beliefs.trouble_value_kusd(np.array([0.1, 0.0]), 10.0) == pytest.approx([-1.0, 0.0])
    assert not beliefs.trouble_value_kusd(np.array([0.1, 1.0]), 0.0).any()


def test_the_limit_with_forgetting_is_that_of_prior_and_news_by_hand() -> None:
    """Phi 0.95, prior 30 at 0.10, 20 observations a quarter at 0.025: (0.15 + 0.5)/(1.5 + 20)."""
    assert in_the_long_run(0.025, 0.95, 1.0) == pytest.approx(0.65 / 21.5, rel=1e-9)
    assert in_the_long_run(0.025, 0.95, 1.0) == pytest.approx(0.030233, abs=5e-7)


def test_reports_of_a_count_grow_by_its_logarithm() -> None:
    reported = beliefs.reported_observations(np.array([0.0, 1000.0, 1_000_000.0]), 1000.0)
    assert reported == pytest.approx([0.0, np.log(2.0), np.log(1001.0)], rel=EXACT)


def test_an_event_by_hand() -> None:
    """Salience 2 and 9,000 cars with n0 of 1,000: 2 ln 10."""
    assert beliefs.event_observations(np.array([9000.0, 0.0]), 2.0, 1000.0) == pytest.approx([2 * np.log(10.0), 0.0])
    assert not beliefs.event_observations(np.array([9000.0]), 0.0, 1000.0).any()


@given(st.floats(0.5, 40.0))
def test_half_of_an_event_is_left_after_its_half_life(half_life: float) -> None:
    assert beliefs.faded_share(half_life) ** half_life == pytest.approx(0.5, rel=EXACT)


TRAITS = np.array([[[1.0, 0.25, 0.0], [0.0, 0.75, 1.0]], [[1.0, 1.0, 0.5], [0.0, 0.0, 0.5]]])


def test_similarity_by_hand_is_the_overlap_of_traits() -> None:
    alike = beliefs.similarity(TRAITS, np.array([0.4, 0.2]))
    assert alike == pytest.approx(np.array([[1.0, 0.3, 0.1], [0.3, 1.0, 0.4], [0.1, 0.4, 1.0]]), rel=EXACT)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2))
def test_similarity_is_symmetric_between_0_and_1_and_whole_to_itself(weights: list[float]) -> None:
    alike = beliefs.similarity(TRAITS, np.array(weights))
    assert np.array_equal(alike, alike.T)
    assert ((alike >= 0.0) & (alike <= 1.0)).all()
    assert np.diag(alike).tolist() == [1.0] * 3
