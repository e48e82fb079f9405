"""Proof, claims and silence by hand (M5)."""

import numpy as np
import pytest

from agents.buyers.beliefs import Belief
from market.trust.disclosure import Sellers, disclosure, told

SIZE = np.array([300.0, 100.0, 100.0])
TROUBLE = np.array([0.01, 0.02, 0.06])
SUBJECT = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
BELIEF = Belief(np.array([[3.0, 3.0]]), np.array([[27.0, 27.0]]))
NOBODY = np.zeros(3)


def say(verified: list[float], claimed: list[float] | None = None) -> Sellers:
    return Sellers(SIZE, TROUBLE, SUBJECT, np.array(verified), NOBODY if claimed is None else np.array(claimed))


def test_what_is_proven_is_the_mean_of_those_who_prove_by_size() -> None:
    found = disclosure(say([1.0, 1.0, 0.0], [0.0, 0.0, 1.0]), 0.1)
    assert found.verified == pytest.approx([1.0, 0.5])
    assert found.proven_trouble == pytest.approx([0.01, 0.02])
    assert found.claimed == pytest.approx([0.0, 0.5])
    assert found.disclosed == pytest.approx(0.8)


def test_silence_is_taken_as_the_mean_of_the_undisclosed_on_the_scale_of_beliefs() -> None:
    """Mean of all 0.022, of the silent 0.04: with a belief of 0.022 they it is known, of 0.11 it is five times that."""
    for believed in (0.022, 0.11):
        found = disclosure(say([1.0, 0.0, 0.0]), believed)
        assert found.undisclosed_trouble == pytest.approx(0.04 / 0.022 * believed)


def test_nothing_said_leaves_beliefs_as_they_are_to_the_last_bit() -> None:
    what = disclosure(say([0.0, 0.0, 0.0]), 0.1)
    after = told(BELIEF, what, what.proven_trouble, 5.0, np.array([0.5, 0.5]))
    assert after.trouble.tobytes() == BELIEF.trouble.tobytes()
    assert after.sound.tobytes() == BELIEF.sound.tobytes()


def test_proof_claims_and_silence_by_hand() -> None:
    """5 observations: half of the second subject proves 0.02; the other half claims, and 0.8 of all is proven."""
    what = disclosure(say([1.0, 1.0, 0.0], [0.0, 0.0, 1.0]), 0.022)
    after = told(BELIEF, what, what.proven_trouble, 5.0, np.array([0.1, 0.1]))
    assert after.trouble[0, 0] == pytest.approx(3.0 + 5.0 * 0.01)
    assert after.trouble[0, 1] == pytest.approx(3.0 + 2.5 * 0.02 + 5.0 * 0.5 * 0.8 * 0.06)
    assert after.sound[0, 1] == pytest.approx(27.0 + 2.5 * 0.98 + 5.0 * 0.5 * 0.8 * 0.94 + 5.0 * 0.5 * 0.1)


def test_repeated_truthful_disclosure_of_all_comes_to_the_truth_without_forgetting() -> None:
    belief = BELIEF
    what = disclosure(say([1.0, 1.0, 1.0]), 0.1)
    for _ in range(4_000):
        belief = told(belief, what, what.proven_trouble, 5.0, np.zeros(2))
    assert belief.mean_trouble[0] == pytest.approx([0.01, 0.04], abs=1.5e-4)


def test_sellers_of_less_than_one_car_count_like_others() -> None:
    """A quarter of a car of trouble 0.04, proven, and as much of 0.08: the silent are a third worse than the mean."""
    quarter = np.array([0.25, 0.25])
    sellers = Sellers(quarter, np.array([0.04, 0.08]), np.eye(2), np.array([1.0, 0.0]), np.zeros(2))
    found = disclosure(sellers, 0.06)
    assert found.disclosed == 0.5
    assert found.undisclosed_trouble == pytest.approx(0.08, rel=1e-12)


def test_before_any_sale_sellers_count_alike() -> None:
    sellers = Sellers(np.zeros(2), np.array([0.04, 0.08]), np.eye(2), np.array([1.0, 0.0]), np.zeros(2))
    found = disclosure(sellers, 0.06)
    assert (found.disclosed, found.undisclosed_trouble) == (0.5, 0.06)
