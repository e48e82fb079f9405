"""What sellers prove: worked cases, the threshold of disclosure, and the contract of the rules (M5)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.trust.proof import PROOF_RULES, Proof, ProofRule, ProofSensing, believed_after, proof_values_usd
from tests.agents.rule_contract import asked

SEEN = ProofSensing(
    trouble=0.025, bad=3.0, sound=27.0, observations=20.0, silent_observations=0.0, silent_trouble=0.1, credibility=0.1,
    earned_usd_per_share=1e9, warranty_usd_per_share=4e7, claim_usd=1e6, proof_usd=2e7, warranty_usd=1e6,
)  # fmt: skip
every_rule = pytest.mark.parametrize("rule", PROOF_RULES.values(), ids=PROOF_RULES)
by_profit = PROOF_RULES["expected-profit"]
shares = st.floats(0.0, 0.3)


def test_beliefs_after_each_choice_by_hand() -> None:
    expected = [3.0 / 30.0, 3.0 / 32.0, 3.5 / 50.0, 3.0 / 30.0]
    assert believed_after(SEEN) == pytest.approx(expected)
    silent = replace(SEEN, silent_observations=10.0, silent_trouble=0.2)
    assert believed_after(silent) == pytest.approx([5.0 / 40.0, 5.0 / 42.0, 3.5 / 50.0, 5.0 / 40.0])


def test_values_of_each_choice_by_hand() -> None:
    """A claim saves 0.625 of a point, proof 3; the warranty earns 4 M$ for a belief of 0.1."""
    assert proof_values_usd(SEEN) == pytest.approx([0.0, 5.25e6, 1e7, 3e6])
    assert by_profit(SEEN) == Proof.VERIFIED


def test_verified_disclosure_is_better_than_a_claim_for_the_good_and_worse_for_the_bad() -> None:
    """At the same cost and a credibility of 0.1: for 1 % of trouble proof pays more, for 20 % the claim."""
    equal = replace(SEEN, claim_usd=0.0, proof_usd=0.0, warranty_usd=np.inf)
    assert by_profit(replace(equal, trouble=0.01)) == Proof.VERIFIED
    assert by_profit(replace(equal, trouble=0.2)) == Proof.CLAIM


def test_the_maker_with_least_trouble_discloses_first_and_the_worst_never() -> None:
    """Beliefs at the truth of all: as the cost of proof falls, makers disclose in the order of their trouble."""
    troubles = np.array([0.01, 0.03, 0.05, 0.07, 0.09])
    disclosed: list[set[int]] = []
    for cost in (6e6, 4e6, 2.5e6, 1.5e6, 1e5, 0.0):
        proves: set[int] = set()
        while True:
            silent = [place for place in range(troubles.size) if place not in proves]
            others = float(troubles[silent].mean())
            told = 20.0 * len(proves) / troubles.size
            gains = {
                place: proof_values_usd(
                    replace(
                        SEEN, trouble=float(troubles[place]), bad=1.5, sound=28.5, silent_observations=told,
                        silent_trouble=others, proof_usd=cost, claim_usd=np.inf, warranty_usd=np.inf,
                        earned_usd_per_share=4e8,
                    )
                )[Proof.VERIFIED]
                for place in silent
            }  # fmt: skip
            more = {place for place, gain in gains.items() if gain > 0.0}
            if not more:
                break
            proves |= more
        assert proves == set(range(len(proves))), "a maker discloses before a better one"
        disclosed.append(proves)
    assert [len(each) for each in disclosed] == sorted(len(each) for each in disclosed)
    assert len(disclosed[0]) < len(disclosed[-1])
    assert all(troubles.size - 1 not in each for each in disclosed)


@given(shares, shares, st.floats(0.0, 40.0))
def test_proof_pays_more_the_less_trouble_there_is(one: float, other: float, silent: float) -> None:
    low, high = sorted((one, other))
    gains = [
        proof_values_usd(replace(SEEN, trouble=trouble, silent_observations=silent))[Proof.VERIFIED]
        for trouble in (low, high)
    ]
    assert gains[0] >= gains[1] - 1e-6


@every_rule
def test_a_seller_that_earns_nothing_by_trust_says_nothing(rule: ProofRule) -> None:
    assert asked(rule, replace(SEEN, earned_usd_per_share=0.0, warranty_usd_per_share=0.0)) is Proof.NOTHING


@every_rule
@given(trouble=shares, credibility=st.floats(0.0, 1.0), earned=st.floats(0.0, 1e10))
def test_a_seller_without_a_warranty_never_lengthens_it(
    rule: ProofRule, trouble: float, credibility: float, earned: float
) -> None:
    seen = replace(
        SEEN, trouble=trouble, credibility=credibility, earned_usd_per_share=earned, warranty_usd=np.inf
    )  # fmt: skip
    assert asked(rule, seen) in {Proof.NOTHING, Proof.CLAIM, Proof.VERIFIED}
