"""Cost of cars without their pack: Wright's law on a part of it, and trends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.makers.vehicle_cost import learned_cost_kusd, trending_cost_kusd

EXACT = 1e-12
COST = np.array([30.0, 3.0])


def test_four_times_the_output_is_two_doublings() -> None:
    """15.6 % a doubling: 0.844^2 = 0.712336 of 5 k$, or of all 3 k$ of a car that costs less."""
    found = learned_cost_kusd(COST, 5.0, 4.0, 0.156)
    assert found == pytest.approx([25.0 + 5.0 * 0.712336, 3.0 * 0.712336], abs=EXACT)


def test_no_more_output_no_learning_rate_or_no_part_that_learns_change_nothing() -> None:
    for given_ in ((5.0, 1.0, 0.156), (5.0, 4.0, 0.0), (0.0, 4.0, 0.156)):
        assert np.array_equal(learned_cost_kusd(COST, *given_), COST)


@given(st.floats(1.0, 50.0), st.floats(1.0, 50.0))
def test_two_stretches_of_learning_are_one_where_all_of_the_cost_learns(first: float, second: float) -> None:
    twice = learned_cost_kusd(learned_cost_kusd(COST, 99.0, first, 0.156), 99.0, second, 0.156)
    assert twice == pytest.approx(learned_cost_kusd(COST, 99.0, first * second, 0.156), rel=1e-9)


def test_a_trend_compounds() -> None:
    assert trending_cost_kusd(COST, -0.01, 2.0) == pytest.approx(COST * 0.9801, abs=EXACT)
    assert trending_cost_kusd(COST, 0.003, 0.0) == pytest.approx(COST, abs=0.0)
