"""Cost of packs from own cells, 45X, duties and capacity (R5): exact cases, and what switching saves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from agents.cells.pack_cost import CostChanges, mean_us_share, no_us_cells_usd_per_kwh, pack_cost, us_share

NOTHING = CostChanges(own=0.0, world=0.0, credit=0.0, duty=0.0)
SLACK = MADE = np.zeros(1)


def test_a_pack_of_80_kwh_changes_by_2700_dollars_when_45x_goes() -> None:
    """US share 0.75, 45 $/kWh, theta 1."""
    gone = CostChanges(own=0.0, world=0.0, credit=-45.0, duty=0.0)
    assert 80.0 * pack_cost(gone, np.array([0.75]), 1.0, SLACK, MADE).total_usd_per_kwh[0] == 2_700.0
    assert 80.0 * pack_cost(gone, np.array([0.75]), 0.7, SLACK, MADE).total_usd_per_kwh[0] == pytest.approx(1_890.0)


def test_parts_by_hand() -> None:
    """Share 0.6: cells 4 $/kWh cheaper, 10 in the world, 45X down by 20, duties up by 5, capacity 3, lost cells 1.5."""
    change = CostChanges(own=-4.0, world=-10.0, credit=-20.0, duty=5.0)
    found = pack_cost(change, np.array([0.6]), 0.5, np.array([3.0]), np.array([1.5]))
    parts = [found.own_cells[0], found.credit[0], found.duty[0], found.shadow_price[0]]
    assert parts == pytest.approx([5.1, 6.0, 2.0, 3.0], rel=1e-12)
    assert found.total_usd_per_kwh[0] == pytest.approx(16.1, rel=1e-12)
    assert change.own_rise_usd_per_kwh(0.5) == pytest.approx(-4.0 + 10.0 + 10.0 - 5.0, rel=1e-12)


def test_where_nothing_changed_nothing_is_added_to_the_bit() -> None:
    share = np.array([0.0, 0.3, 1.0])
    assert not pack_cost(NOTHING, share, 0.7, np.zeros(3), np.zeros(3)).total_usd_per_kwh.any()
    assert us_share(share, 0.0, 15.0) == pytest.approx(share, abs=1e-15)
    assert mean_us_share(share, 0.0, 15.0).tolist() == share.tolist()


@given(st.floats(-60.0, 60.0), st.floats(-40.0, 40.0), st.floats(-45.0, 0.0))
def test_who_buys_no_us_cell_feels_only_duties(own: float, world: float, credit: float) -> None:
    change = CostChanges(own=own, world=world, credit=credit, duty=0.0)
    share = mean_us_share(np.zeros(1), change.own_rise_usd_per_kwh(0.7), 15.0)
    assert share[0] == 0.0
    assert pack_cost(change, share, 0.7, SLACK, MADE).total_usd_per_kwh[0] == 0.0


@given(st.floats(0.01, 0.99), st.floats(-80.0, 80.0).filter(lambda rise: abs(rise) > 1e-3))
def test_the_mean_share_is_the_mean_of_the_logistic_on_the_way(base: float, rise: float) -> None:
    share = np.array([base])
    area, _ = quad(lambda gap: float(us_share(share, gap, 15.0)[0]), 0.0, rise)
    assert mean_us_share(share, rise, 15.0)[0] == pytest.approx(area / rise, abs=1e-8)


@given(st.floats(0.01, 0.99), st.floats(-60.0, 60.0), st.floats(-40.0, 40.0))
def test_buyers_who_may_switch_pay_the_rise_of_the_least_expected_cost(base: float, own: float, imports: float) -> None:
    """The change in cost is that of the logit's logsum, below that at the fixed share."""
    change = CostChanges(own=own, world=0.0, credit=0.0, duty=imports)
    share = mean_us_share(np.array([base]), change.own_rise_usd_per_kwh(0.7), 15.0)
    found = pack_cost(change, share, 0.7, SLACK, MADE).total_usd_per_kwh[0]
    logsum = -15.0 * np.log(base * np.exp(-own / 15.0) + (1.0 - base) * np.exp(-imports / 15.0))
    assert found == pytest.approx(logsum, abs=1e-8)
    assert found <= base * own + (1.0 - base) * imports + 1e-9


def test_being_left_without_us_cells_costs_what_an_endless_rise_of_theirs_does() -> None:
    """A share of 0.75 and a spread of 15: 15 ln 4 = 20.79 $/kWh; nothing to who buys none."""
    share = np.array([0.75, 0.0])
    without = no_us_cells_usd_per_kwh(share, 15.0)
    assert without == pytest.approx([15.0 * np.log(4.0), 0.0], rel=1e-12)
    assert mean_us_share(share, 1e6, 15.0) * 1e6 == pytest.approx(without, rel=1e-9)
    assert no_us_cells_usd_per_kwh(np.ones(1), 15.0) == pytest.approx(15.0 * np.log(20.0), rel=1e-12)


@given(st.floats(0.0, 0.95), st.floats(-80.0, 80.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_packs_never_get_cheaper_as_fewer_us_cells_are_made(base: float, rise: float, met: float, less: float) -> None:
    share, change = np.array([base]), CostChanges(own=rise, world=0.0, credit=0.0, duty=0.0)
    mean, without = mean_us_share(share, rise, 15.0), no_us_cells_usd_per_kwh(share, 15.0)

    def total(part: float) -> float:
        return float(pack_cost(change, mean * part, 0.7, SLACK, (1.0 - part) * without).total_usd_per_kwh[0])

    assert total(met * less) >= total(met) - 1e-9
