"""Consumer surplus: changes of the log-sum are areas under the demand curve."""

import numpy as np
import pytest

from agents.arrays import Floats
from agents.buyers.choice import Alphas, Nests, binary, nested_logit
from market.outcomes.welfare import acquisition_value_usd, mean_by_kind, surplus_change_usd

ALPHAS = Alphas(keep=0.05, market=0.08, segment=0.1, powertrain=0.15, product=0.2)
NESTS = Nests(np.array([0, 0, 1, 2]), np.array([0, 0, 1]))
VALUE = np.array([[2.0, -1.0, 4.0, 1.0]])
USED_KUSD, KEEP_KUSD, MONEY = 3.0, 12.0, 0.8
GROUP, TASTE = np.zeros(1, dtype=np.int64), np.zeros((1, 3))


def _households(price_kusd: float) -> tuple[float, float, float]:
    """Value of acquiring a car, probability of acquiring one, and demand for the third product, at a rise in price."""
    new = VALUE - MONEY * price_kusd * np.array([0.0, 0.0, 1.0, 0.0])
    choice = nested_logit(new, TASTE, GROUP, NESTS, ALPHAS)
    share, inclusive = binary(choice.inclusive_kusd, np.array([USED_KUSD]), ALPHAS.market)
    value = acquisition_value_usd(choice.inclusive_kusd, share, np.array([MONEY]), ALPHAS)
    acquire, _ = binary(inclusive, np.array([KEEP_KUSD]), ALPHAS.keep)
    of_third = choice.segment[0, 0] * choice.nest[0, 1] * choice.product[0, 2]
    return float(value[0]), float(acquire[0]), float(share[0] * of_third)


def _area(of: Floats, prices: Floats) -> float:
    return float(np.trapezoid(of, prices)) * 1e3


def test_the_value_of_acquiring_is_the_log_sum_of_new_and_used_cars() -> None:
    new, used = np.array([2.0, 5.0]), np.array([3.0, -1.0])
    share, both = binary(new, used, ALPHAS.market)
    found = acquisition_value_usd(new, share, np.array([1.0, 0.5]), ALPHAS)
    assert found == pytest.approx(both / np.array([1.0, 0.5]) * 1e3, rel=1e-12)


def test_a_change_of_value_is_the_integral_of_demand_over_the_price() -> None:
    prices = np.linspace(0.0, 7.5, 401)
    demand = np.array([_households(price)[2] for price in prices])
    change = _households(7.5)[0] - _households(0.0)[0]
    assert change == pytest.approx(-_area(demand, prices), rel=1e-5)
    assert change < -100.0


def test_the_change_of_surplus_is_the_integral_of_what_households_buy() -> None:
    prices, seats = np.linspace(0.0, 2.0, 401), 1_000.0
    found = [_households(price) for price in prices]
    bought = np.array([seats * acquire * share for _, acquire, share in found])
    values = (np.array(found[0][0]), np.array(found[-1][0]))
    acquirers = (np.array(seats * found[0][1]), np.array(seats * found[-1][1]))
    change = float(surplus_change_usd(values, acquirers))
    assert change == pytest.approx(-_area(bought, prices), rel=1e-3)
    assert abs(seats * found[0][1] * (found[-1][0] - found[0][0]) / change - 1.0) > 1e-3  # the half way matters


def test_means_leave_out_strata_in_which_nobody_would_buy_new() -> None:
    value = acquisition_value_usd(np.array([1.0, -np.inf, 2.0]), np.array([0.5, 0.0, 0.5]), np.ones(3), ALPHAS)
    kinds = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    mean = mean_by_kind(value, np.array([1.0, 9.0, 2.0]), kinds)
    assert mean[:2] == pytest.approx(value[[0, 2]])
    assert np.isnan(mean[2])
