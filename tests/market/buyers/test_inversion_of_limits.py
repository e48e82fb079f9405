"""Constants of products at their limit settle: every product sells what is recorded, whether limited or not."""

import numpy as np
import pytest

from market.base import quarters
from market.base.categories import ICE
from market.model import Market
from market.scenario import Scenario

CLOSE = 2e-3
FEW_CARS = 20.0
ORDERS = {"ownership": {"waits_tell_orders": True}}
FIRST_OF_THE_SHORTAGE = quarters.index("2021Q1")


@pytest.fixture(scope="module")
def market() -> Market:
    """At the end of 2021Q2, when most automakers' BEVs were limited."""
    run = {"mean_field": True, "fast_graph": True, "last_quarter": "2026Q4"}
    made = Market(parameters=Scenario.model_validate({"run": run, "cells": {"power_side": False}, **ORDERS}), rng=1)
    made.hazards = {}
    while made.quarter < FIRST_OF_THE_SHORTAGE + 1:
        made.step()
        made.hazards[made.quarter] = made.record.constants.hazard
    return made


def test_every_product_sells_what_is_recorded_though_many_are_at_their_limit(market: Market) -> None:
    recorded = market.record.sales.cars[market.quarter]
    limited = np.isfinite(market.record.limits[market.quarter])
    assert limited.sum() > 10
    miss = np.abs(market.now.outcome.served_new - recorded) / np.maximum(recorded, FEW_CARS)
    assert miss.max() <= CLOSE


def test_a_product_whose_carried_constant_wants_more_than_its_limit_keeps_it(market: Market) -> None:
    limit, carried = market.record.limits[market.quarter], market.record.carried_xi
    wanted = market.now.outcome.flows.new
    bounded = np.isnan(market.record.demand[market.quarter])
    held = bounded & np.isfinite(limit) & ~np.isnan(carried) & (wanted > (1.0 + CLOSE) * limit)
    assert held.any()
    assert market.record.constants.xi[held] == pytest.approx(carried[held], abs=1e-12)


def test_where_the_wait_is_known_buyers_want_what_was_ordered(market: Market) -> None:
    demand, limit = market.record.demand[market.quarter], market.record.limits[market.quarter]
    known = np.isfinite(limit) & np.isfinite(demand) & (demand > (1.0 + CLOSE) * limit)
    assert known.any()
    assert market.now.outcome.flows.new[known] == pytest.approx(demand[known], rel=CLOSE)
    assert market.now.outcome.served_new[known] == pytest.approx(limit[known], rel=1e-12)


def test_the_hazard_is_the_mean_of_the_last_year_before_gasoline_cars_were_limited(market: Market) -> None:
    year = [market.hazards[quarter] for quarter in range(FIRST_OF_THE_SHORTAGE - 4, FIRST_OF_THE_SHORTAGE)]
    assert np.ptp(year) > 0.01
    for quarter in (FIRST_OF_THE_SHORTAGE, FIRST_OF_THE_SHORTAGE + 1):
        assert market.hazards[quarter] == pytest.approx(np.mean(year), rel=1e-12)


def test_more_gasoline_cars_are_wanted_than_delivered_and_some_of_their_buyers_order(market: Market) -> None:
    gasoline = market.products.powertrain == ICE
    outcome, books = market.now.outcome, market.order_books.cars
    unserved = (outcome.flows.new - outcome.served_new)[gasoline]
    assert unserved.sum() > 0.01 * outcome.served_new[gasoline].sum()
    share = market.parameters.ownership.order_share
    assert books[gasoline].sum() == pytest.approx(share * unserved.sum(), rel=0.2)
    assert (books[gasoline] >= share * unserved - 1e-6).all()


def test_zones_sell_what_is_delivered_and_not_what_is_wanted(market: Market) -> None:
    zones, national = market.recorder.frame("zones"), market.recorder.frame("national").set_index("quarter")
    sold = zones.groupby("quarter")["new_sales"].sum()
    for quarter in ("2021Q1", "2021Q2"):
        assert sold[quarter] == pytest.approx(national.at[quarter, "new_sales"], rel=5e-3)
    assert market.now.outcome.flows.new.sum() > 1.02 * float(sold["2021Q2"])
