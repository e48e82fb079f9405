"""Price of storage (M19)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.power.price import clear_uniform_price, compliant_premium_cap_usd_per_kwh, compliant_price_usd_per_kwh


def test_offers_meet_falling_demand_at_the_marginal_offer() -> None:
    """Offers 10 at 150, 15 at 165, 20 at 180; demand P = 220 - 1.5 Q."""
    quantity, price, sold = clear_uniform_price(
        np.array([10.0, 15.0, 20.0]), np.array([150.0, 165.0, 180.0]), lambda quantity: 220.0 - 1.5 * quantity
    )
    assert quantity == pytest.approx(26.6667, abs=5e-5)
    assert price == pytest.approx(180.0)
    assert sold == pytest.approx([10.0, 15.0, 1.6667], abs=5e-5)


@pytest.mark.parametrize(("supply", "price"), [(10.0, 90.0), (11.25, 70.0), (20.0, 70.0), (8.75, 110.0), (0.0, 110.0)])
def test_compliant_cells_cost_between_the_import_floor_and_the_cap(supply: float, price: float) -> None:
    assert compliant_price_usd_per_kwh(70.0, 40.0, np.array(10.0), supply) == pytest.approx(price)


def test_without_demand_for_compliant_cells_there_is_no_premium() -> None:
    assert compliant_price_usd_per_kwh(70.0, 40.0, np.array(0.0), 0.0) == 70.0


def test_the_premium_is_capped_by_the_lost_credit_and_by_third_countries() -> None:
    assert compliant_premium_cap_usd_per_kwh(0.3, 100.0, 200.0, 70.0) == pytest.approx(0.3 / 0.7 * 100)
    assert compliant_premium_cap_usd_per_kwh(0.3, 100.0, 85.0, 70.0) == pytest.approx(15.0)
    assert compliant_premium_cap_usd_per_kwh(0.3, 100.0, 60.0, 70.0) == 0.0
    assert compliant_premium_cap_usd_per_kwh(0.0, 100.0, 200.0, 70.0) == 0.0


@given(st.integers(0, 2**32 - 1))
def test_clearing_sells_cheapest_first_and_nobody_pays_more_than_it_is_worth(seed: int) -> None:
    draw = np.random.default_rng(seed)
    offered, price = draw.uniform(0, 10, 5), draw.uniform(50, 150, 5)
    top, slope = draw.uniform(40, 200), draw.uniform(0.5, 5)
    quantity, clearing, sold = clear_uniform_price(offered, price, lambda amount: top - slope * amount)
    assert sold.sum() == pytest.approx(quantity)
    assert ((sold >= 0) & (sold <= offered + 1e-12)).all()
    assert (price[sold > 1e-12] <= clearing + 1e-9).all()
    assert top - slope * quantity == pytest.approx(clearing, abs=1e-6) or clearing in price
    cheaper = price < clearing - 1e-9
    assert sold[cheaper] == pytest.approx(offered[cheaper])
