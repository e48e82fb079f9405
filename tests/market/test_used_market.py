"""The used market in runs: clearing of every quarter, pass-through of new prices, the record imposed (M20)."""

from collections.abc import Mapping

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.categories import AGE_BUCKETS, BEV_LONG, BEV_SHORT, BEV_TESLA
from market.buyers.used_prices import LOWEST_PRICE_KUSD, TOLERANCE
from market.model import Market
from market.scenario import Scenario

RUN = {"mean_field": True, "fast_graph": True, "origin": "2019Q4", "recorded_until": "2019Q4", "last_quarter": "2020Q4"}
CUT = {"announced_cut_quarter": "2021Q1", "announced_cut_known": "2021Q1", "waiting_sensitivity": 0.0}


def market_of(last_quarter: str = "2020Q4", **groups: Mapping[str, object]) -> Market:
    """A mean field without a power side, with groups of parameters replaced."""
    given = {"run": {**RUN, "last_quarter": last_quarter}, "cells": {"power_side": False}, **groups}
    return Market(parameters=Scenario.model_validate(given), rng=1)


@pytest.fixture(scope="module")
def with_and_without_cut() -> tuple[Market, Market]:
    """The quarter in which all BEVs become 5 k$ cheaper, a year after the origin, and the same without."""
    cheaper, usual = (market_of("2021Q2", trust={**CUT, "announced_cut_kusd": cut}) for cut in (5.0, 0.0))
    for market in (cheaper, usual):
        while market.quarter < quarters.index("2021Q1"):
            market.step()
    return cheaper, usual


def passed_on(cheaper: Floats, usual: Floats, markets: tuple[Market, Market], kind: int) -> float:
    """Relative change of a kind's youngest used cars over that of its new net prices."""
    offers = markets[1].offering.offers
    hit = offers.on_offer & (offers.kind == kind)
    new = [float(np.average(m.offering.net_price_kusd[hit], weights=offers.mix_weight[hit])) for m in markets]
    good = kind * len(AGE_BUCKETS)
    return float((cheaper[good] / usual[good] - 1.0) / (new[0] / new[1] - 1.0))


@pytest.mark.parametrize("kind", [BEV_LONG, BEV_TESLA])
def test_prices_that_clear_follow_new_net_prices_by_lambda_after_one_quarter(
    with_and_without_cut: tuple[Market, Market], kind: int
) -> None:
    """They are what dealers would ask with a ``price_adjustment`` of 1.

    Short-range BEVs are still on the way to their price, so a fall in per cent of what was asked is less of it.
    """
    cheaper, usual = (market.clearing.outcome.cleared.price_kusd for market in with_and_without_cut)
    assert passed_on(cheaper, usual, with_and_without_cut, kind) == pytest.approx(0.75, abs=0.1)


@pytest.mark.parametrize("kind", [BEV_SHORT, BEV_LONG, BEV_TESLA])
def test_dealers_pass_on_a_third_of_it_in_the_first_quarter(
    with_and_without_cut: tuple[Market, Market], kind: int
) -> None:
    cheaper, usual = (market.used_price_kusd for market in with_and_without_cut)
    assert passed_on(cheaper, usual, with_and_without_cut, kind) == pytest.approx(0.35 * 0.75, abs=0.05)


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


def test_loss_with_age_is_near_the_recorded_loss_of_price(run: Market) -> None:
    loss = run.used_market.age_loss
    assert loss is not None
    assert 0.7 < loss.scale < 1.1


def test_nothing_falls_to_the_origin(run: Market) -> None:
    early = market_of()
    for _ in range(4):
        early.step()
    assert not early.used_market.obsolescence.fallen_kusd.any()
    assert run.used_market.obsolescence.fallen_kusd.any()
