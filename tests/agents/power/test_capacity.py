"""The price of capacity, credit of storage and entry of gas plants, by hand (M16)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from agents.power.capacity import (
    CapacityOutlook,
    PriceCurve,
    capacity_credit,
    credited_share,
    firm_ahead_gw,
    gas_entry_gw,
)

EXACT = 1e-12
CURVE = PriceCurve(1.6, 0.15, 0.03)
CONE = np.array(100.0)


def test_at_the_target_margin_capacity_costs_net_cone() -> None:
    assert CURVE.price(np.array(0.15), CONE) == pytest.approx(100.0, rel=EXACT)


def test_where_capacity_is_far_too_short_it_costs_the_cap_and_far_too_long_nothing() -> None:
    assert CURVE.price(np.array(-50.0), CONE) == pytest.approx(160.0, rel=EXACT)
    assert CURVE.price(np.array(50.0), CONE) == pytest.approx(0.0, abs=EXACT)


def test_a_spread_beyond_the_target_by_hand() -> None:
    """160/(1 + 0.6 e) = 60.8141 at 0.18."""
    assert CURVE.price(np.array(0.18), CONE) == pytest.approx(160.0 / (1.0 + 0.6 * np.e), rel=EXACT)
    assert float(CURVE.price(np.array(0.18), CONE)) == pytest.approx(60.8141, abs=1e-4)


@given(margin=st.floats(0.05, 0.25), cap=st.floats(1.1, 2.5), target=st.floats(0.05, 0.25), spread=st.floats(0.03, 0.1))
def test_the_margin_behind_a_price_is_the_inverse_of_the_price(
    margin: float, cap: float, target: float, spread: float
) -> None:
    curve = PriceCurve(cap, target, spread)
    ratio = curve.price(np.array(margin), np.array(1.0))
    if 0.01 < ratio < 0.99 * cap:
        assert curve.margin(ratio) == pytest.approx(margin, abs=1e-9)


def test_a_price_above_the_cap_or_of_nothing_gives_a_finite_margin() -> None:
    short, long = CURVE.margin(np.array([3.0, 0.0]))
    assert (short, long) == (CURVE.margin(np.array(0.99 * 1.6)), CURVE.margin(np.array(0.01)))


def test_credit_halves_at_its_share_and_all_credit_is_its_integral() -> None:
    first, half = np.array(0.9), np.array(0.2)
    assert capacity_credit(np.array([0.0, 0.2, 0.4]), first, half) == pytest.approx([0.9, 0.45, 0.18], rel=EXACT)
    whole, _ = quad(lambda x: float(capacity_credit(np.array(x), first, half)), 0.0, 0.3)
    assert credited_share(np.array(0.3), first, half) == pytest.approx(whole, rel=1e-9)


@given(share=st.floats(0.0, 1.0), more=st.floats(0.001, 0.5))
def test_more_storage_never_raises_the_price_it_is_paid(share: float, more: float) -> None:
    seen = CapacityOutlook(100.0, 1.05, 0.9, 0.2, CURVE)
    assert seen.price_usd(share + more) <= seen.price_usd(share)


def test_an_outlook_by_hand() -> None:
    """Firm 1.05 of the peak and storage of 0.2 of it, credited 0.9 x 0.2 x pi/4: a margin of 0.05 + 0.1414."""
    seen = CapacityOutlook(100.0, 1.05, 0.9, 0.2, CURVE)
    assert seen.margin(0.2) == pytest.approx(0.05 + 0.18 * np.pi / 4.0, rel=EXACT)
    assert seen.price_usd(0.2) == pytest.approx(float(CURVE.price(np.array(seen.margin(0.2)), CONE)), rel=EXACT)
    assert CapacityOutlook(0.0, 1.05, 0.9, 0.2, CURVE).price_usd(0.0) == 0.0


def test_firm_capacity_retires_and_is_joined_by_what_was_decided() -> None:
    """100 GW, a tenth a year, 5 then 1 GW enter: 95, then 86.5."""
    entering = np.array([[5.0], [1.0], [7.0]])
    assert [float(firm_ahead_gw(np.array([100.0]), entering, 0.1, years)[0]) for years in (0, 1, 2)] == pytest.approx(
        [100.0, 95.0, 86.5], rel=EXACT
    )


def test_gas_fills_half_of_what_will_be_missing_and_nothing_where_nothing_is() -> None:
    """1.15 x 100 less 109 is 6 GW; at 120 GW nothing is missing."""
    decided = gas_entry_gw(np.array([109.0, 120.0]), np.array([100.0, 100.0]), 0.15, 0.5)
    assert decided == pytest.approx([3.0, 0.0], rel=EXACT)
