"""Stationary turnover of owners (M20): balances by hand, and a flow that stays what it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.buyers.turnover import pending, stationary_turnover


def always(quarters: int, size: int) -> Floats:
    chance = np.zeros(size)
    chance[quarters] = 1.0
    return chance


def test_nobody_keeps_and_all_hold_two_quarters() -> None:
    """Half the cars last: 1 - 0.5 = 0.5 a quarter, two quarters 0.25. L = A/4 and A = L + 1/2, so L = 1/6, A = 2/3."""
    turn = stationary_turnover(always(1, 5), always(2, 5), 0.5, 0.0)
    assert turn.looks == pytest.approx(1 / 6, rel=1e-12)
    assert turn.acquired == pytest.approx(2 / 3, rel=1e-12)


def test_pending_owners_by_hand() -> None:
    """A tenth is scrapped a quarter. One event a quarter, half of them due after one and half after three quarters.

    Two to go: today's none, those of last quarter due after three: 0.9 x 0.5.
    """
    chance = np.array([0.0, 0.5, 0.0, 0.5])
    assert pending(chance, 0.1) == pytest.approx([0.45 + 0.729 / 2, 0.5 + 0.81 / 2, 0.45, 0.5], rel=1e-12)


chances = st.lists(st.floats(0.01, 1.0), min_size=6, max_size=6).map(lambda x: np.array([0.0, *x]) / sum(x))


@given(kept=chances, acquired=chances, scrap=st.floats(0.001, 0.2), keep=st.floats(0.0, 0.9))
def test_every_owner_has_one_date_and_looks_stay_as_many(
    kept: Floats, acquired: Floats, scrap: float, keep: float
) -> None:
    turn = stationary_turnover(kept, acquired, scrap, keep)
    ahead = keep * turn.looks * pending(kept, scrap) + turn.acquired * pending(acquired, scrap)
    assert ahead[1:].sum() == pytest.approx(1.0, rel=1e-9)
    assert ahead[0] == pytest.approx(turn.looks, rel=1e-9)
    survive = (1.0 - scrap) * ahead[1:]
    after = np.append(survive, 0.0) + keep * turn.looks * kept + turn.acquired * acquired
    assert after[1:] == pytest.approx(ahead[1:], rel=1e-9, abs=1e-12)
