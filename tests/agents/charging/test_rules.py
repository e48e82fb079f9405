"""The contract of rules for the places of new plugs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents.arrays import Floats, Ints
from agents.charging.investment import SITE_RULES, SiteRule
from tests.agents.rule_contract import asked

every_rule = pytest.mark.parametrize("rule", SITE_RULES.values(), ids=SITE_RULES)


@every_rule
def test_nothing_is_started_where_no_plug_pays_or_nothing_can_be_paid(rule: SiteRule) -> None:
    cost, most = np.full(3, 100.0), np.full(3, 8)
    assert asked(rule, np.full(3, -5.0), cost, 1e6, most).tolist() == [0, 0, 0]
    assert asked(rule, np.full(3, 5.0), cost, 99.0, most).tolist() == [0, 0, 0]
    assert asked(rule, np.full(3, 5.0), cost, -1e6, most).tolist() == [0, 0, 0]


@every_rule
def test_nothing_is_started_where_there_is_no_room(rule: SiteRule) -> None:
    assert asked(rule, np.array([5.0, 9.0]), np.full(2, 100.0), 1e6, np.array([4, 0]))[1] == 0


@every_rule
@given(
    value=arrays(np.float64, 6, elements=st.floats(-1e6, 1e6)),
    cost=arrays(np.float64, 6, elements=st.floats(1.0, 1e6)),
    budget=st.floats(-1e6, 1e8),
    most=arrays(np.int64, 6, elements=st.integers(0, 500)),
)
def test_plugs_started_are_within_their_room_and_the_budget(
    rule: SiteRule, value: Floats, cost: Floats, budget: float, most: Ints
) -> None:
    started = asked(rule, value, cost, budget, most)
    assert started.shape == (6,)
    assert started.dtype == np.int64
    assert (started >= 0).all()
    assert (started <= most).all()
    assert (started * cost).sum() <= max(budget, 0.0) * (1.0 + 1e-12)
