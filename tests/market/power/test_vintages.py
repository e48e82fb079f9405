"""Storage by vintage (M16)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from market.power.vintages import CENTER_GW, GW, GWH, StorageVintages

EXACT = 1e-12


def empty(life_years: float = 20.0) -> StorageVintages:
    return StorageVintages(np.zeros(2), np.zeros(2), life_years, 4)


def amount(gw: float) -> Floats:
    """Two regions; a quarter of the power is data centers'."""
    return np.array([[gw, 2 * gw], [4 * gw, 8 * gw], [gw / 4, gw / 2]])


def test_what_is_put_up_stands_for_its_life_and_then_retires_once() -> None:
    vintages = empty()
    vintages.install(amount(1.0), 5)
    for quarter in range(6, 85):
        vintages.retire(quarter)
        assert not vintages.retired.any()
    vintages.retire(85)
    assert np.array_equal(vintages.retired, amount(1.0))
    assert vintages.retired[GW].tolist() == [1.0, 2.0]
    assert vintages.retired[GWH].tolist() == [4.0, 8.0]
    assert vintages.retired[CENTER_GW].tolist() == [0.25, 0.5]
    vintages.retire(86)
    assert not vintages.retired.any()
    assert not vintages.standing().any()


def test_what_stood_at_the_start_goes_evenly_over_six_years() -> None:
    """Put up 2011 to 2016, life 20: 2031Q1 (56) to 2036Q4 (79)."""
    vintages = StorageVintages(np.array([2.4]), np.array([4.8]), 20.0, 4)
    retired = []
    for quarter in range(100):
        vintages.retire(quarter)
        retired.append(float(vintages.retired[GWH, 0]))
    assert np.flatnonzero(retired).tolist() == list(range(56, 80))
    assert retired[56:80] == pytest.approx([0.2] * 24, rel=EXACT)


@given(st.lists(st.floats(0, 50), min_size=1, max_size=40), st.floats(10, 30), st.integers(0, 200))
def test_what_was_put_up_stands_or_has_retired(added: list[float], life: float, last: int) -> None:
    vintages = empty(life)
    for quarter, gw in enumerate(added):
        vintages.install(amount(gw), quarter)
    for quarter in range(last):
        vintages.retire(quarter)
    total = vintages.standing() + vintages.retired_to_date
    assert total == pytest.approx(amount(sum(added)), rel=1e-9, abs=EXACT)
