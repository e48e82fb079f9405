"""Waiting and hurrying (M3): the shares of case 17 of D2."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.buyers.waiting import pull_forward_share, waiting_share

ALPHA, RHO = 0.077, 0.5
gains = st.floats(-20.0, 20.0)


def one(value: float) -> Floats:
    return np.array([value])


def test_the_worked_case_of_the_specification() -> None:
    assert waiting_share(one(1.5), ALPHA, RHO) == pytest.approx(0.056114, abs=5e-7)
    assert pull_forward_share(one(-1.5), ALPHA, RHO) == pytest.approx(0.056114, abs=5e-7)


@given(gains.filter(lambda gain: gain == 0.0 or abs(gain) > 1e-6))
def test_buyers_wait_or_hurry_but_not_both(gain: float) -> None:
    waits, hurries = waiting_share(one(gain), ALPHA, RHO)[0], pull_forward_share(one(gain), ALPHA, RHO)[0]
    assert (waits > 0.0) == (gain > 0.0)
    assert (hurries > 0.0) == (gain < 0.0)
    assert max(waits, hurries) < 1.0


@given(gains)
def test_without_rho_nobody_waits_or_hurries(gain: float) -> None:
    assert waiting_share(one(gain), ALPHA, 0.0)[0] == 0.0
    assert pull_forward_share(one(gain), ALPHA, 0.0)[0] == 0.0


@given(gains, gains)
def test_more_wait_for_more_up_to_five_kusd(gain: float, other: float) -> None:
    low, high = waiting_share(np.sort([gain, other]), ALPHA, RHO)
    assert low <= high <= 1.0 - np.exp(-ALPHA * RHO * 5.0) + 1e-15
    assert waiting_share(one(5.0), ALPHA, RHO) == waiting_share(one(50.0), ALPHA, RHO)
