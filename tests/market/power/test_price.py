"""Price of storage and who buys US cells (M19)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.power.price import ForeignOffers, UsMarket, price_without_credit_usd_per_kwh

OFFERS = ForeignOffers(60.0, 85.0, 160.0, 15.0)


def test_losing_the_credit_makes_imported_cells_dearer_by_what_it_is_worth() -> None:
    """(60 + 150) / 0.7 - 150 = 150; half of the credit lost: 210 x 0.85 / 0.7 - 150 = 105."""
    assert price_without_credit_usd_per_kwh(60.0, 0.3, 1.0, 150.0) == pytest.approx(150.0)
    assert price_without_credit_usd_per_kwh(60.0, 0.3, 0.5, 150.0) == pytest.approx(105.0)
    assert price_without_credit_usd_per_kwh(60.0, 0.3, 0.0, 150.0) == pytest.approx(60.0)
    assert price_without_credit_usd_per_kwh(60.0, 0.0, 1.0, 150.0) == pytest.approx(60.0)


def test_half_of_the_orders_buy_us_cells_at_equal_prices() -> None:
    assert OFFERS.us_share(np.array(60.0))[0] == pytest.approx(0.5)
    assert OFFERS.us_share(np.array(85.0))[1] == pytest.approx(0.5)
    assert OFFERS.us_share(np.array(75.0))[0] == pytest.approx(1.0 / (1.0 + np.e))


def test_compliant_cells_come_from_third_countries_where_the_credit_is_worth_more() -> None:
    """A gap of 75 $/kWh, five spreads; who needs none takes the cheapest."""
    assert OFFERS.third_country_share == pytest.approx([0.0, 1.0 / (1.0 + np.exp(-5.0))])
    assert OFFERS.abroad_usd_per_kwh()[0] == 60.0
    assert ForeignOffers(90.0, 85.0, 90.0, 15.0).third_country_share[0] == 1.0


def test_the_ask_sells_the_supply() -> None:
    """Of 100 GWh without the need and 50 with it US lines sell 40 where both logistics together say so."""
    market = UsMarket(np.array([100.0]), np.array([50.0]), OFFERS, 20.0)
    ask = market.ask_usd_per_kwh(np.array([60.0]))
    sold = 100.0 * OFFERS.us_share(ask)[0, 0] + 50.0 * OFFERS.us_share(ask)[0, 1]
    assert sold == pytest.approx(60.0, rel=1e-3)
    assert market.sold_share(np.array([60.0])) == pytest.approx([1.0])


def test_no_ask_is_below_cost_and_what_is_too_much_is_not_sold() -> None:
    market = UsMarket(np.array([10.0]), np.array([0.0]), OFFERS, 55.0)
    assert market.ask_usd_per_kwh(np.array([100.0])) == pytest.approx([55.0])
    at_least = 10.0 * OFFERS.us_share(np.array(55.0))[0]
    assert market.sold_share(np.array([100.0])) == pytest.approx([at_least / 100.0])


def test_no_ask_is_further_above_prices_abroad_than_one_spread() -> None:
    market = UsMarket(np.array([0.0, 100.0]), np.array([100.0, 0.0]), OFFERS, 20.0)
    assert market.ask_usd_per_kwh(np.array([1e-6, 1e-6])) == pytest.approx([100.0, 75.0])


@given(
    begun=st.floats(0.1, 200), new=st.floats(0.0, 200), least=st.floats(10, 120), small=st.floats(0.1, 300),
    more=st.floats(0.1, 300),
)  # fmt: skip
def test_more_supply_never_raises_the_price_nor_the_share_sold(
    begun: float, new: float, least: float, small: float, more: float
) -> None:
    market = UsMarket(np.array([begun]), np.array([new]), OFFERS, least)
    supply = np.array([[small, small + more]])
    ask, share = market.ask_usd_per_kwh(supply)[0], market.sold_share(supply)[0]
    assert ask[1] <= ask[0] + 1e-9
    assert share[1] <= share[0] + 1e-9
    assert ask.min() >= least - 1e-9
    assert share.max() <= 1.0
