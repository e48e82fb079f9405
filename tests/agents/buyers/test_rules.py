"""The contract of rules for the choice among new vehicles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents.arrays import Floats
from agents.buyers.choice import CHOICE_RULES, Alphas, ChoiceRule, Nests
from tests.agents.rule_contract import asked

EXACT = 1e-12
ALPHAS = Alphas(0.02, 0.04, 0.06, 0.077, 0.12)
NESTS = Nests(np.array([0, 0, 1, 2, 2, 2, 3]), np.array([0, 0, 1, 1]))
NO_TASTE = np.zeros((1, 4))
ONE = np.zeros(1, dtype=np.int64)
MISSING = -np.inf
every_rule = pytest.mark.parametrize("rule", CHOICE_RULES.values(), ids=CHOICE_RULES)
values = st.one_of(st.floats(-1e3, 1e3), st.just(MISSING))


@st.composite
def alphas(draw: st.DrawFn) -> Alphas:
    """Coefficients that do not fall from top to bottom."""
    steps = draw(arrays(np.float64, 5, elements=st.floats(0.0, 0.05)))
    return Alphas(*map(float, 0.01 + np.cumsum(steps)))


@every_rule
def test_alike_products_of_alike_nests_have_alike_shares_whatever_they_are_worth(rule: ChoiceRule) -> None:
    nests = Nests(np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([0, 0, 1, 1]))
    for worth in (-500.0, 0.0, 500.0):
        choice = asked(rule, np.full((1, 8), worth), NO_TASTE, ONE, nests, ALPHAS)
        assert choice.product == pytest.approx(np.full((1, 8), 0.5), rel=EXACT)
        assert choice.nest == pytest.approx(np.full((1, 4), 0.5), rel=EXACT)
        assert choice.segment == pytest.approx(np.full((1, 2), 0.5), rel=EXACT)


@every_rule
def test_what_is_alone_on_offer_is_taken_and_worth_itself(rule: ChoiceRule) -> None:
    value = np.array([[MISSING, 7.0, *[MISSING] * 5]])
    taste = np.array([[3.0, 50.0, 50.0, 50.0]])
    choice = asked(rule, value, taste, ONE, NESTS, ALPHAS)
    assert choice.inclusive_kusd == pytest.approx([10.0], rel=EXACT)
    assert (choice.segment[0].tolist(), choice.nest[0, 0], choice.product[0, 1]) == ([1.0, 0.0], 1.0, 1.0)


@every_rule
def test_what_is_far_better_is_taken(rule: ChoiceRule) -> None:
    """1,000 k$ ahead: no other has a share above exp(-60)."""
    value = np.array([[0.0, 0.0, 0.0, 0.0, 1_000.0, 0.0, 0.0]])
    choice = asked(rule, value, NO_TASTE, ONE, NESTS, ALPHAS)
    assert (choice.segment[0, 1], choice.nest[0, 2], choice.product[0, 4]) == pytest.approx((1.0, 1.0, 1.0), rel=EXACT)
    assert choice.inclusive_kusd == pytest.approx([1_000.0], rel=EXACT)


@every_rule
@given(
    value=arrays(np.float64, (2, 7), elements=values),
    taste=arrays(np.float64, (3, 4), elements=st.floats(-100, 100)),
    alphas=alphas(),
)
def test_shares_add_up_to_one_wherever_anything_is_on_offer(
    rule: ChoiceRule, value: Floats, taste: Floats, alphas: Alphas
) -> None:
    group = np.array([0, 1, 0])
    choice = asked(rule, value, taste, group, NESTS, alphas)
    assert choice.product.shape == (2, 7)
    assert (choice.nest.shape, choice.segment.shape, choice.inclusive_kusd.shape) == ((3, 4), (3, 2), (3,))
    there = np.isfinite(value)
    nest_there = np.logical_or.reduceat(there, NESTS.nest_starts, axis=1)
    segment_there = np.logical_or.reduceat(nest_there, NESTS.segment_starts, axis=1)
    in_nest = np.add.reduceat(choice.product, NESTS.nest_starts, axis=1)
    in_segment = np.add.reduceat(choice.nest, NESTS.segment_starts, axis=1)
    assert in_nest == pytest.approx(nest_there.astype(float), abs=EXACT)
    assert in_segment == pytest.approx(segment_there[group].astype(float), abs=EXACT)
    assert choice.segment.sum(axis=1) == pytest.approx(
        np.logical_or.reduce(there, axis=1)[group].astype(float), abs=EXACT
    )
    assert min(choice.product.min(), choice.nest.min(), choice.segment.min()) >= 0.0
    assert not choice.product[~there].any()
    best = (value[group] + taste[:, NESTS.product_nest]).max(axis=1)
    assert (choice.inclusive_kusd >= best - 1e-9).all()  # more choice is worth no less than the best of it
