"""Constants of products at their limit settle: every product sells what is recorded, whether limited or not."""

import numpy as np
import pytest

from market.base import quarters
from market.model import Market
from market.scenario import Scenario

CLOSE = 2e-3
FEW_CARS = 20.0
FIRST_OF_THE_SHORTAGE = quarters.index("2021Q1")


@pytest.fixture(scope="module")
def market() -> Market:
    """At the end of 2021Q2, when most automakers' BEVs were limited."""
    run = {"mean_field": True, "fast_graph": True, "last_quarter": "2026Q4"}
    made = Market(parameters=Scenario.model_validate({"run": run, "cells": {"power_side": False}}), rng=1)
    while made.quarter < FIRST_OF_THE_SHORTAGE + 1:
        made.step()
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
    held = np.isfinite(limit) & ~np.isnan(carried) & (wanted > (1.0 + CLOSE) * limit)
    assert held.any()
    assert market.record.constants.xi[held] == pytest.approx(carried[held], abs=1e-12)
