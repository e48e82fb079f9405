"""Cost without pack after the observed data: what learns, what rises, and that nothing moves before."""

import numpy as np
import pytest

from market.makers.vehicle_costs import VehicleCosts
from market.model import Market
from market.vehicles.parameters import Makers

EXACT = 1e-12
IS_BEV = np.array([True, False, True])
END = 31
ALL = np.arange(3)
COST = np.array([30.0, 25.0, 40.0])


def costs(**makers: object) -> VehicleCosts:
    """A million BEVs sold to the end of the records, in the quarters before it and before the first."""
    given = VehicleCosts(Makers.model_validate({"bevs_sold_before": 200_000.0, **makers}), IS_BEV, END)
    given.see(np.array([500_000.0, 9e6, 0.0]), 0)
    given.see(np.array([0.0, 9e6, 300_000.0]), END)
    return given


def test_bevs_learn_by_all_of_them_and_engines_rise_by_the_year() -> None:
    """A million more is one doubling: 15.6 % of 4.9 k$; two years on engines cost 0.3 % more, twice."""
    later = costs()
    later.see(np.array([600_000.0, 5e6, 400_000.0]), END + 8)
    assert later.bevs_sold == 2_000_000.0
    expected = [-0.156 * 4.9, 25.0 * (1.003**2 - 1.0), -0.156 * 4.9]
    assert later.change_kusd(COST, ALL, END + 8) == pytest.approx(expected, abs=EXACT)


def test_with_learning_off_bevs_fall_by_the_year() -> None:
    later = costs(bev_learning=False)
    later.see(np.array([600_000.0, 5e6, 400_000.0]), END + 8)
    assert later.change_kusd(COST, ALL, END + 8)[[0, 2]] == pytest.approx(COST[[0, 2]] * (0.99**2 - 1.0), abs=EXACT)


def test_each_can_be_switched_off_alone() -> None:
    for off in ({"bev_learning_rate": 0.0}, {"bev_learning": False, "bev_cost_fall": 0.0}):
        later = costs(**off)
        later.see(np.array([600_000.0, 5e6, 400_000.0]), END + 8)
        assert (later.change_kusd(COST, ALL, END + 8) != 0.0).tolist() == [False, True, False]
    later = costs(engine_cost_rise=0.0)
    later.see(np.array([600_000.0, 5e6, 400_000.0]), END + 8)
    assert (later.change_kusd(COST, ALL, END + 8) != 0.0).tolist() == [True, False, True]


def test_nothing_has_changed_up_to_the_end_of_the_records() -> None:
    for quarter in (0, END):
        assert not costs().change_kusd(COST, ALL, quarter).any()


def test_a_run_counts_its_bevs(finished: Market) -> None:
    sold = finished.recorder.frame("national")["bev_sales"]
    assert finished.offering.vehicle_costs.bevs_sold == pytest.approx(290_000.0 + sold.sum(), rel=1e-9)
