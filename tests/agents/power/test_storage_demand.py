"""What storage is worth and how much is wanted (M16, M17)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.capacity import CapacityOutlook, PriceCurve
from agents.power.storage_demand import (
    ValueStack,
    capital_recovery_factor,
    data_center_adoption,
    target_share,
    yearly_cost_usd_per_kw,
)

ERCOT = ValueStack(0.0, 0.92, 0.16, 65.0, 0.20, 190.0, 0.065)


def test_with_capacity_value_alone_and_linear_accreditation_the_target_is_in_closed_form() -> None:
    most, price, first, cost = 0.2, 100.0, 0.9, 45.0
    found = target_share(lambda share: price * first * (1.0 - share / most), cost, most)
    assert found == pytest.approx(most * (1.0 - cost / (price * first)), rel=1e-9)


def test_nothing_is_wanted_where_the_first_kw_does_not_pay_and_the_most_where_the_last_does() -> None:
    assert target_share(ERCOT.marginal_usd_per_kw_year, 300.0, 0.5) == 0.0
    assert target_share(ERCOT.marginal_usd_per_kw_year, 1.0, 0.5) == 0.5


def test_the_value_stack_by_hand() -> None:
    stack = ValueStack(120.0, 0.92, 0.16, 50.0, 0.20, 20.0, 0.065)
    assert stack.marginal_usd_per_kw_year(0.0) == pytest.approx(120 * 0.92 + 50 + 20)
    assert stack.marginal_usd_per_kw_year(0.16) == pytest.approx(
        120 * 0.46 + 50 * np.exp(-0.8) + 20 * np.exp(-0.16 / 0.065)
    )


def test_value_falls_as_storage_is_built() -> None:
    values = [ERCOT.marginal_usd_per_kw_year(share) for share in np.linspace(0, 0.4, 30)]
    assert (np.diff(values) < 0).all()


def test_a_scarce_year_multiplies_all_but_the_price_of_capacity() -> None:
    stack = ValueStack(120.0, 0.92, 0.16, 50.0, 0.20, 20.0, 0.065)
    assert stack.in_scarcity(1.8) == ValueStack(120.0, 0.92, 0.16, 90.0, 0.20, 36.0, 0.065)
    assert stack.in_scarcity(1.0) == stack


@given(share=st.floats(0.0, 0.5), expected=st.floats(0.05, 2.0))
def test_a_stack_seen_from_a_share_is_worth_there_what_is_expected_and_falls_alike(
    share: float, expected: float
) -> None:
    seen = ERCOT.seen_from(share, expected)
    assert seen.marginal_usd_per_kw_year(share) == pytest.approx(expected * 255.0, rel=1e-9)
    assert seen.kept(share) == pytest.approx(ERCOT.kept(share), rel=1e-9)


def test_who_expects_what_is_left_sees_the_stack_as_it_is() -> None:
    assert ERCOT.kept(0.0) == 1.0
    seen = ERCOT.seen_from(0.1, ERCOT.kept(0.1))
    assert seen.marginal_usd_per_kw_year(0.2) == pytest.approx(ERCOT.marginal_usd_per_kw_year(0.2), rel=1e-12)


def test_a_residual_is_worth_the_same_at_any_share_and_is_not_earned() -> None:
    stack = replace(ERCOT, residual_usd=10.0)
    for share in (0.0, 0.2):
        assert stack.marginal_usd_per_kw_year(share) == pytest.approx(ERCOT.marginal_usd_per_kw_year(share) + 10.0)
        assert stack.earned_usd_per_kw_year(share) == ERCOT.earned_usd_per_kw_year(share)


def test_capacity_is_paid_what_its_outlook_says_at_each_share() -> None:
    outlook = CapacityOutlook(100.0, 1.1, 0.9, 0.2, PriceCurve(1.6, 0.15, 0.03))
    stack = ValueStack(70.0, 0.92, 0.16, 50.0, 0.20, 20.0, 0.065, outlook=outlook)
    fixed = replace(stack, outlook=None, capacity_usd=outlook.price_usd(0.08))
    assert stack.marginal_usd_per_kw_year(0.08) == pytest.approx(fixed.marginal_usd_per_kw_year(0.08), rel=1e-12)
    assert stack.marginal_usd_per_kw_year(0.0) > fixed.marginal_usd_per_kw_year(0.0)


def test_with_a_quarter_of_the_saturation_value_falls_a_quarter_as_far_beyond_the_anchor() -> None:
    """From 0.1 to 0.3 as from 0.1 to 0.15; up to the anchor as ever."""
    slow = replace(ERCOT, saturation=0.25, anchor_share=0.1)
    assert slow.marginal_usd_per_kw_year(0.3) == pytest.approx(ERCOT.marginal_usd_per_kw_year(0.15), rel=1e-12)
    assert slow.marginal_usd_per_kw_year(0.05) == ERCOT.marginal_usd_per_kw_year(0.05)
    still = replace(slow, saturation=0.0)
    assert still.marginal_usd_per_kw_year(0.9) == pytest.approx(ERCOT.marginal_usd_per_kw_year(0.1), rel=1e-12)


def test_capital_is_recovered() -> None:
    assert capital_recovery_factor(0.07, 20) == pytest.approx(0.0943929, abs=5e-8)
    assert capital_recovery_factor(0.0, 20) == pytest.approx(0.05)
    with_credit = yearly_cost_usd_per_kw(250.0, 4.0, 0.3, 0.0, 20.0, 0.02)
    assert with_credit == pytest.approx(1000 * (0.7 * 0.05 + 0.02))


def test_half_of_data_centers_buy_where_the_gain_is_nothing_and_more_where_waits_are_longer() -> None:
    share = data_center_adoption(np.array([1.0, 2.0, 4.0]), np.array(1.5), 3.0, 1.5)
    assert share[1] == pytest.approx(0.5)
    assert (np.diff(share) > 0).all()
