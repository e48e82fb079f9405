"""The used market in runs: clearing of every quarter, pass-through of new prices, the record imposed (M20)."""

from collections.abc import Mapping

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import BEV, BEV_LONG, BEV_TESLA, GOODS
from market.buyers.used_goods import KIND_OF_GOOD
from market.buyers.used_prices import LOWEST_PRICE_KUSD, TOLERANCE
from market.model import Market
from market.scenario import Scenario

RUN = {"mean_field": True, "fast_graph": True, "origin": "2019Q4", "recorded_until": "2019Q4", "last_quarter": "2020Q4"}


def market_of(**groups: Mapping[str, object]) -> Market:
    """A mean field without a power side, with groups of parameters replaced."""
    given = {"run": RUN, "cells": {"power_side": False}, **groups}
    return Market(parameters=Scenario.model_validate(given), rng=1)


def to_first_quarter(factor: float, adjustment: float) -> Market:
    """The first quarter after the origin with BEV prices times a factor."""
    market = market_of(makers={"bev_price_factor": factor}, ownership={"price_adjustment": adjustment})
    while market.quarter <= market.origin:
        market.step()
    return market


def used_change(adjustment: float) -> tuple[Floats, float]:
    """Relative change of used prices of priced BEVs, and of new net prices, of a tenth off the list."""
    cheaper, usual = to_first_quarter(0.9, adjustment), to_first_quarter(1.0, adjustment)
    priced = ~usual.used_market.thin & np.isin(KIND_OF_GOOD, [BEV_LONG, BEV_TESLA])
    offers = usual.offering.offers
    bev = offers.on_offer & (usual.products.powertrain == BEV) & (offers.kind == BEV_TESLA)
    new = (cheaper.offering.net_price_kusd[bev] / usual.offering.net_price_kusd[bev] - 1.0).mean()
    return np.asarray(cheaper.used_price_kusd / usual.used_price_kusd - 1.0)[priced], float(new)


def test_used_cars_follow_new_net_prices_by_lambda_after_one_quarter() -> None:
    used, new = used_change(adjustment=1.0)
    lambda_u = Scenario().ownership.obsolescence
    assert used.size >= 2
    assert new == pytest.approx(-0.1, abs=0.02)
    assert (used / new >= lambda_u - 0.1).all()
    assert (used / new <= lambda_u + 0.1).all()


def test_dealers_pass_on_a_third_of_it_in_the_first_quarter() -> None:
    used, new = used_change(adjustment=0.35)
    assert ((1.0 + used) ** (1.0 / 0.35) - 1.0) / new == pytest.approx(np.full(used.size, 0.75), abs=0.1)


@pytest.fixture(scope="module")
def run() -> Market:
    """Five quarters after the origin of 2019Q4."""
    market = market_of()
    market.run()
    return market


def test_used_prices_clear_before_dealers_go_part_of_the_way(run: Market) -> None:
    national = run.recorder.frame("national").set_index("quarter")
    assert national.loc["2020Q1":, "used_excess_share"].max() <= TOLERANCE
    assert national.loc[:"2019Q4", "used_excess_share"].max() <= 1e-3
    assert (run.used_price_kusd[~run.used_market.thin] >= LOWEST_PRICE_KUSD).all()


def test_to_the_origin_used_prices_are_recorded(run: Market) -> None:
    used = run.recorder.frame("used")
    tesla = used[(used["kind"] == "BEV_Tesla") & (used["age_bucket"] == "4-6")].set_index("quarter")["retention"]
    assert tesla["2019Q4"] == pytest.approx(0.385, abs=0.005)  # half of a Model S's price is lost, and more
    assert tesla[:"2017Q4"].mean() == pytest.approx(0.503, abs=0.002)


def test_expected_resale_is_over_what_the_same_cars_cost(run: Market) -> None:
    """Buyers move a quarter of the way to what five-year-old cars kept of their own price when new (M18)."""
    kept = run.used_price_kusd / run.used_market.price_when_new_kusd
    assert run.used_market.retention(run.used_price_kusd) == pytest.approx(kept)
    used = run.recorder.frame("used")
    seen = used[(used["age_bucket"] == "4-6") & (used["kind"] == "ICE")]["retention"].to_numpy()
    expected = seen[0]
    for observed in seen[:-1]:
        expected += 0.25 * (observed - expected)
    assert run.expected_retention[0] == pytest.approx(expected, rel=0.03)


def test_constants_of_used_goods_have_mean_0_over_what_is_offered_to_the_origin() -> None:
    market = to_first_quarter(1.0, 0.35)
    loss = market.used_market.age_loss
    assert loss is not None
    assert 0.7 < loss.scale < 1.1
    assert loss.rest_kusd.shape == (GOODS,)


def test_nothing_falls_to_the_origin(run: Market) -> None:
    early = market_of()
    for _ in range(4):
        early.step()
    assert not early.used_market.obsolescence.fallen_kusd.any()
    assert run.used_market.obsolescence.fallen_kusd.any()
