"""Bertrand-Nash prices: exact cases, slopes against differences, first-order conditions (M10; D2 cases 3 and 4)."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats, Ints
from agents.buyers.choice import Alphas, Nests, binary, new_vehicle_choice
from agents.makers.price_equilibrium import (
    RESIDUAL_KUSD,
    Demand,
    Slopes,
    equilibrium_prices_kusd,
    markup_at,
    residual_kusd,
    revealed_demand,
    zeta,
)

ALPHAS = Alphas(0.02, 0.04, 0.06, 0.077, 0.12)
FLAT = Alphas(0.08, 0.08, 0.08, 0.08, 0.08)
NESTS = Nests(np.array([0, 0, 0, 1, 1, 2, 3]), np.array([0, 0, 1, 1]))
MAKER = np.array([0, 0, 1, 0, 2, 1, 2])
NONE = -np.inf
EXACT = 1e-6


def flat(products: int, utility: float, keep: float) -> Demand:
    """One buyer, one nest, all coefficients 0.08: the plain logit."""
    one = np.ones(1)
    nests = Nests(np.zeros(products, dtype=np.int64), np.zeros(1, dtype=np.int64))
    value = np.full((1, products), utility / FLAT.product)
    return Demand(one, value, np.full(1, NONE), np.full(1, keep), one, np.ones(products), nests, FLAT)


def buyers(seed: int, kinds: int = 4) -> Demand:
    """Random kinds of buyer in the tree of NESTS; the last must acquire, the first finds no used car."""
    draw = np.random.default_rng(seed)
    used, keep = draw.normal(5.0, 20.0, kinds), draw.normal(10.0, 40.0, kinds)
    used[0], keep[-1] = NONE, NONE
    money, weight = draw.uniform(0.5, 2.0, kinds), draw.uniform(0.8, 1.3, MAKER.size)
    value = draw.normal(40.0, 15.0, (kinds, MAKER.size))
    return Demand(draw.uniform(1.0, 100.0, kinds), value, used, keep, money, weight, NESTS, ALPHAS)


def shares(demand: Demand, price: Floats) -> Floats:
    """Cars by kind and product by the project's choice functions alone, (kinds, products)."""
    value = demand.value_kusd - demand.money[:, None] * demand.price_weight * price
    choice = new_vehicle_choice(value, NESTS, ALPHAS, np.zeros(NESTS.nest_segment.size))
    new, acquire_value = binary(choice.inclusive_kusd, demand.used_kusd, ALPHAS.market)
    acquire, _ = binary(acquire_value, demand.keep_kusd, ALPHAS.keep)
    of_new = choice.segment[:, NESTS.nest_segment[NESTS.product_nest]] * choice.nest[:, NESTS.product_nest]
    return (demand.in_market * acquire * new)[:, None] * of_new * choice.product


def random_costs(seed: int) -> Floats:
    return np.random.default_rng(seed + 1).uniform(15.0, 60.0, MAKER.size)


def test_a_monopoly_asks_the_price_of_the_exact_case() -> None:
    demand = flat(1, 2.0, 0.0)
    price = equilibrium_prices_kusd(demand, np.zeros(1, dtype=np.int64), np.array([40.0]), np.array([40.0]))
    assert price == pytest.approx([53.752941], abs=EXACT)
    assert demand.at(price).cars == pytest.approx([0.0911035], abs=1e-7)


def test_where_whole_steps_swing_the_price_between_is_found() -> None:
    """Demand 100 - p at a cost of 40: from 50 whole steps go to 90 and back; the best price of a monopoly is 70."""
    one = np.ones(1)
    linear: Any = SimpleNamespace(at=lambda price: Slopes(100.0 - price, one, np.zeros((1, 1))))
    price = equilibrium_prices_kusd(linear, np.zeros(1, dtype=np.int64), 40.0 * one, 50.0 * one)
    assert price == pytest.approx([70.0], abs=1e-7)


@pytest.mark.parametrize(("makers", "markup"), [(2, 25.0), (5, 15.625), (10, 13.888889)])
def test_symmetric_makers_without_an_outside_good_take_the_markup_of_the_exact_case(makers: int, markup: float) -> None:
    cost = np.full(makers, 30.0)
    price = equilibrium_prices_kusd(flat(makers, 2.0, NONE), np.arange(makers), cost, cost)
    assert price - cost == pytest.approx(np.full(makers, markup), abs=EXACT)


def test_slopes_are_the_derivatives_of_the_choice_functions() -> None:
    demand, price, step = buyers(3), np.linspace(30.0, 60.0, MAKER.size), 1e-4
    slopes = demand.at(price)
    assert slopes.cars == pytest.approx(shares(demand, price).sum(axis=0), rel=1e-12)
    for product in range(MAKER.size):
        up, down = price.copy(), price.copy()
        up[product] += step
        down[product] -= step
        change = (shares(demand, up) - shares(demand, down)).sum(axis=0) / (2.0 * step)
        found = slopes.cross[:, product] - slopes.own * (np.arange(MAKER.size) == product)
        assert found == pytest.approx(change, rel=1e-6, abs=1e-8)


def test_profit_falls_with_any_other_price_of_one_product() -> None:
    demand, cost = buyers(5), random_costs(5)
    price = equilibrium_prices_kusd(demand, MAKER, cost, cost + 10.0)

    def profit(prices: Floats, maker: int) -> float:
        return float((shares(demand, prices).sum(axis=0) * (prices - cost))[maker == MAKER].sum())

    for product in range(MAKER.size):
        for change in (-0.5, 0.5):
            other = price.copy()
            other[product] += change
            assert profit(other, MAKER[product]) < profit(price, MAKER[product])


@given(st.integers(0, 10_000), st.floats(-30.0, 60.0))
def test_first_order_conditions_hold_and_prices_are_above_cost(seed: int, start: float) -> None:
    demand, cost = buyers(seed), random_costs(seed)
    price = equilibrium_prices_kusd(demand, MAKER, cost, cost + start)
    assert np.abs(residual_kusd(demand, MAKER, cost, price)).max() < RESIDUAL_KUSD
    assert (price > cost).all()


@given(st.integers(0, 10_000))
def test_the_cost_backed_out_of_prices_makes_them_the_equilibrium(seed: int) -> None:
    demand, price = buyers(seed), random_costs(seed) + 15.0
    markup = markup_at(demand.at(price), MAKER)
    assert zeta(demand.at(price), MAKER, markup) == pytest.approx(markup, abs=RESIDUAL_KUSD)
    again = equilibrium_prices_kusd(demand, MAKER, price - markup, price)
    assert again.tolist() == price.tolist()


@given(st.integers(0, 10_000))
def test_shares_reveal_the_buyers_who_made_them(seed: int) -> None:
    demand, price, other = buyers(seed), random_costs(seed), random_costs(seed + 7)
    cars = shares(demand, price)
    value = demand.value_kusd - demand.money[:, None] * demand.price_weight * price
    inclusive = new_vehicle_choice(value, NESTS, ALPHAS, np.zeros(4)).inclusive_kusd
    acquirers = cars.sum(axis=1) / binary(inclusive, demand.used_kusd, ALPHAS.market)[0]
    seen = revealed_demand(
        cars, acquirers, demand.in_market, demand.money, demand.price_weight, price, NESTS, ALPHAS
    )  # fmt: skip
    assert seen.at(other).cars == pytest.approx(demand.at(other).cars, rel=1e-6)
    assert seen.at(other).cross == pytest.approx(demand.at(other).cross, rel=1e-6)


def test_one_maker_of_everything_asks_more_than_rivals() -> None:
    demand, cost = buyers(11), random_costs(11)
    rivals: Ints = np.arange(MAKER.size)
    apart = equilibrium_prices_kusd(demand, rivals, cost, cost)
    together = equilibrium_prices_kusd(demand, np.zeros_like(rivals), cost, cost)
    assert (together > apart).all()


def test_what_is_not_on_offer_keeps_its_price_and_changes_no_other() -> None:
    demand, cost = buyers(2), random_costs(2)
    value = demand.value_kusd.copy()
    value[:, 5] = NONE
    without = replace(demand, value_kusd=value)
    price = equilibrium_prices_kusd(without, MAKER, cost, np.full(MAKER.size, 33.0))
    dearer = equilibrium_prices_kusd(without, MAKER, cost + 9.0 * (np.arange(MAKER.size) == 5), price)
    assert price[5] == 33.0
    assert dearer == pytest.approx(price, abs=1e-7)
