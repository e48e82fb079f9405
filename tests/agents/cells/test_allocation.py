"""Which line makes cells for what (M13)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cells.allocation import allocate_cells


def test_the_worked_case_of_the_specification() -> None:
    """Plant A 30 GWh flexible, B 20 storage only; cars at most 25 at 20 $/kWh, storage 40 at 32."""
    done = allocate_cells(
        np.array([[20.0, 32.0], [0.0, 32.0]]), np.array([[True, True], [False, True]]), np.array([30.0, 20.0]),
        np.array([25.0, 40.0]),
    )  # fmt: skip
    assert done.gwh.sum(axis=0) == pytest.approx([10.0, 40.0])
    assert done.gwh[:, 1] == pytest.approx([20.0, 20.0])
    assert done.margin_musd == pytest.approx(1480.0)
    assert done.capacity_dual[0] == pytest.approx(20.0)
    assert done.demand_dual[1] == pytest.approx(12.0)


def test_what_earns_nothing_is_not_made() -> None:
    done = allocate_cells(np.array([[-5.0]]), np.array([[True]]), np.array([10.0]), np.array([10.0]))
    assert done.gwh == pytest.approx(np.zeros((1, 1)))


@given(st.integers(0, 2**32 - 1))
def test_no_line_makes_more_than_it_can_and_no_use_gets_more_than_it_wants(seed: int) -> None:
    draw = np.random.default_rng(seed)
    margin, can = draw.uniform(-10, 50, (6, 3)), draw.random((6, 3)) < 0.6
    capacity, demand = draw.uniform(0, 10, 6), draw.uniform(0, 20, 3)
    done = allocate_cells(margin, can, capacity, demand)
    assert (done.gwh >= -1e-9).all()
    assert (done.gwh.sum(axis=1) <= capacity + 1e-9).all()
    assert (done.gwh.sum(axis=0) <= demand + 1e-9).all()
    assert done.gwh[~can] == pytest.approx(0.0, abs=1e-12)
    assert done.margin_musd == pytest.approx((done.gwh * margin).sum())
    assert done.margin_musd == pytest.approx(
        (done.capacity_dual * capacity).sum() + (done.demand_dual * demand).sum(), abs=1e-6
    )
