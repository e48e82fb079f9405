"""Used prices by Newton's method: where algebra says, at the floor, and with the model's own derivatives (M20)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.arrays import Bools, Floats
from agents.buyers.choice import Alphas, NewVehicleChoice, logit
from market.base.categories import GOODS
from market.buyers.acquisition import Acquisition
from market.buyers.demand import InMarket, Values
from market.buyers.used_prices import (
    LOWEST_PRICE_KUSD,
    TOLERANCE,
    Cleared,
    ClearingError,
    Response,
    ResponseAtPrices,
    UsedSide,
    clear_prices,
)
from market.model import Market

OFFERED = np.array([100.0, 250.0, 150.0])
ALPHA = 0.077
BUYERS = 1_000.0
ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)


def logit_demand(worth_kusd: Floats, offered: Floats = OFFERED) -> ResponseAtPrices:
    """Demand of a thousand buyers who may also buy nothing; what is offered is traded in whatever the price."""

    def response_at(price: Floats) -> Response:
        share, _ = logit(np.append(worth_kusd - price, 0.0), ALPHA)
        used = share[:-1]
        slope = ALPHA * BUYERS * (np.outer(used, used) - np.diag(used))
        return Response(BUYERS * used, offered, slope, np.zeros((used.size, used.size)))

    return response_at


def cleared_at(start: Floats, response_at: ResponseAtPrices, thin: Bools | None = None) -> Cleared:
    """Clearing with dealers who have the stock they want."""
    nothing = np.zeros(start.size)
    return clear_prices(start, response_at, UsedSide(nothing, nothing, nothing > 0.0 if thin is None else thin, 1.0))


def clearing_price(worth_kusd: Floats) -> Floats:
    """Where 500 of a thousand buy the 500 cars offered: v - p = ln(s / s0) / alpha."""
    return np.asarray(worth_kusd - np.log(OFFERED / (BUYERS - OFFERED.sum())) / ALPHA)


@pytest.mark.parametrize("start", [10.0, 0.3, 300.0])
def test_prices_clear_a_logit_market_where_algebra_says(start: float) -> None:
    worth = np.array([25.0, 45.0, 30.0])
    cleared = cleared_at(np.full(3, start), logit_demand(worth))
    assert cleared.excess_share <= TOLERANCE
    assert cleared.price_kusd == pytest.approx(clearing_price(worth), abs=1e-4)


def test_a_market_that_is_cleared_keeps_its_prices() -> None:
    worth = np.array([25.0, 45.0, 30.0])
    start = clearing_price(worth)
    cleared = cleared_at(start, logit_demand(worth))
    assert cleared.price_kusd.tolist() == start.tolist()
    assert cleared.steps == 0


def test_linear_demand_clears_where_its_line_says() -> None:
    def response_at(price: Floats) -> Response:
        return Response(400.0 - 15.0 * price, OFFERED, np.diag(np.full(3, -15.0)), np.zeros((3, 3)))

    cleared = cleared_at(np.full(3, 12.0), response_at)
    assert cleared.price_kusd == pytest.approx([20.0, 10.0, 50 / 3], abs=1e-4)


def test_trade_ins_that_grow_with_their_price_are_counted() -> None:
    """Demand 400 - 15 p meets trade-ins of 100 + 5 p at 15."""

    def response_at(price: Floats) -> Response:
        return Response(400.0 - 15.0 * price, 100.0 + 5.0 * price, np.diag(np.full(3, -15.0)), np.diag(np.full(3, 5.0)))

    assert cleared_at(np.full(3, 12.0), response_at).price_kusd == pytest.approx(np.full(3, 15.0), abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-80.0, 60.0), min_size=3, max_size=3), st.lists(st.floats(0.5, 80.0), min_size=3, max_size=3))
def test_a_good_is_cleared_or_at_scrap_value_with_more_offered_than_wanted(
    worth: list[float], start: list[float]
) -> None:
    response_at = logit_demand(np.array(worth))
    price = cleared_at(np.array(start), response_at).price_kusd
    excess = response_at(price).demand / OFFERED - 1.0
    at_floor = price == LOWEST_PRICE_KUSD
    assert (price >= LOWEST_PRICE_KUSD).all()
    assert np.abs(excess[~at_floor]).max(initial=0.0) <= TOLERANCE
    assert excess[at_floor].max(initial=-1.0) <= TOLERANCE


def test_what_nobody_wants_falls_to_scrap_value_and_rises_from_it_again() -> None:
    nobody, somebody = np.array([25.0, 45.0, -60.0]), np.array([25.0, 45.0, 30.0])
    fallen = cleared_at(np.array([10.0, 10.0, 9.0]), logit_demand(nobody)).price_kusd
    assert fallen[2] == LOWEST_PRICE_KUSD
    assert cleared_at(fallen, logit_demand(somebody)).price_kusd == pytest.approx(clearing_price(somebody), abs=1e-4)


def test_thin_goods_and_goods_without_a_car_keep_their_price() -> None:
    worth, start = np.array([25.0, 45.0, 80.0]), np.array([10.0, 10.0, 7.0])
    for response_at, thin in (
        (logit_demand(worth, OFFERED * [1.0, 1.0, 0.0]), np.zeros(3, dtype=np.bool_)),
        (logit_demand(worth), np.array([False, False, True])),
    ):
        price = cleared_at(start, response_at, thin).price_kusd
        assert price[2] == 7.0
        assert price[0] != 10.0


def constant_demand(cars: float) -> ResponseAtPrices:
    """As many cars of each good whatever the prices."""
    return lambda _: Response(np.full(3, cars), OFFERED, np.zeros((3, 3)), np.zeros((3, 3)))


def test_too_little_demand_that_does_not_depend_on_prices_is_met_at_scrap_value() -> None:
    cleared = cleared_at(np.full(3, 10.0), constant_demand(50.0))
    assert cleared.price_kusd.tolist() == [LOWEST_PRICE_KUSD] * 3
    assert cleared.excess_share == 0.0


def test_too_much_demand_that_does_not_depend_on_prices_is_refused() -> None:
    with pytest.raises(ClearingError, match="more of a good is wanted than offered at any price"):
        cleared_at(np.full(3, 10.0), constant_demand(120.0))


def test_prices_are_found_where_derivatives_lead_nowhere() -> None:
    """Demand 400 - 15 p with the derivatives of the opposite sign: own prices are sought one by one."""

    def response_at(price: Floats) -> Response:
        demand = np.maximum(400.0 - 15.0 * price, 0.1)
        return Response(demand, OFFERED, np.diag(np.full(3, 15.0)), np.zeros((3, 3)))

    cleared = cleared_at(np.array([12.0, 40.0, 0.3]), response_at)
    assert cleared.price_kusd == pytest.approx([20.0, 10.0, 50 / 3], rel=1e-6)


def test_prices_are_found_where_nearly_all_want_one_good() -> None:
    """At worth 4,000 k$ more than the others' one good takes all buyers, and no price nearby changes that."""
    worth = np.array([4_000.0, 45.0, 30.0])
    cleared = cleared_at(np.array([10.0, 10.0, 10.0]), logit_demand(worth))
    assert cleared.price_kusd == pytest.approx(clearing_price(worth), abs=1e-4)


# ---------------------------------------------------------------------------------------------------------

STRATA, KINDS_OF_OWNER = 4, 9
goods_of_owners = st.lists(st.integers(0, GOODS - 1), min_size=KINDS_OF_OWNER, max_size=KINDS_OF_OWNER)


def acquisition(seed: int, owned: list[int]) -> Acquisition:
    """Four strata with different weights of money and values, nine kinds of owner."""
    rng = np.random.default_rng(seed)
    place = np.arange(STRATA)
    in_market = InMarket(
        place, place, place, place % 2, place, place, np.arange(KINDS_OF_OWNER) % STRATA, np.array(owned),
        rng.uniform(50.0, 500.0, KINDS_OF_OWNER), rng.uniform(10.0, 90.0, STRATA),
    )  # fmt: skip
    values = Values(
        np.zeros((STRATA, 2)), np.zeros((STRATA, 1)), rng.uniform(-20.0, 40.0, (STRATA, GOODS)),
        rng.uniform(1.0, 50.0, GOODS), np.array([0.7, 1.0, 1.0, 1.6]), rng.uniform(0.0, 3.0, (STRATA, GOODS)),
    )  # fmt: skip
    share = np.full((STRATA, 2), 0.5)
    choice = NewVehicleChoice(share, share, share, rng.uniform(-10.0, 10.0, STRATA))
    return Acquisition(in_market, values, choice, ALPHAS, 40.0, 0.6, 0.92, 1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), goods_of_owners, st.integers(0, GOODS - 1))
def test_derivatives_are_those_of_finite_differences(seed: int, owned: list[int], good: int) -> None:
    tree = acquisition(seed, owned)
    price = np.random.default_rng(seed + 1).uniform(2.0, 50.0, GOODS)
    at, step = tree.response_at(price), 1e-4
    more, less = price.copy(), price.copy()
    more[good] += step
    less[good] -= step
    up, down = tree.response_at(more), tree.response_at(less)
    assert at.demand_slope[:, good] == pytest.approx((up.demand - down.demand) / (2 * step), rel=1e-5, abs=1e-6)
    assert at.trade_in_slope[:, good] == pytest.approx((up.trade_ins - down.trade_ins) / (2 * step), rel=1e-5, abs=1e-6)


def test_demand_and_trade_ins_are_those_of_the_flows(finished: Market) -> None:
    """What clears is what is then expected to be traded."""
    clearing = finished.clearing
    tree = clearing.market._acquisition(clearing.outcome.values, clearing.outcome.choice, finished.record.constants)
    at = tree.response_at(clearing.outcome.used_price_kusd)
    flows = tree.flows_at(clearing.outcome.used_price_kusd, finished.nests)
    assert at.demand == pytest.approx(flows.used, rel=1e-10)
    assert at.trade_ins == pytest.approx(flows.trade_ins, rel=1e-10)
