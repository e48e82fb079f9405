"""Mean-field mode: what drawn rows tend to as their number grows (D2 case 21), by the same market."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from agents.arrays import Floats
from agents.population import row_work
from market.base.categories import GOODS
from market.model import Market
from market.scenario import Run, Scenario

Small = Callable[..., Scenario]
FALSE_ALARM = 1e-4


def scenario(last_quarter: str, origin: str = "2024Q4", consumers: int | None = None, **groups: object) -> Scenario:
    """The fast setting, in mean field unless a number of consumers is given."""
    rows = {} if consumers is None else {"consumers": consumers}
    run = Run(mean_field=consumers is None, fast_graph=True, last_quarter=last_quarter, origin=origin, **rows)
    return Scenario.model_validate({"run": run, "cells": {"power_side": False}, **groups})


@pytest.fixture(scope="module")
def finished() -> Market:
    """A mean-field run to 2026Q4."""
    market = Market(parameters=scenario("2026Q4"), rng=1)
    market.run()
    return market


def in_market(seed: int, consumers: int | None = None) -> Floats:
    """Seats in the market in 2020Q1 by the good owned and without a car, history imposed for a year only."""
    market = Market(parameters=scenario("2020Q1", "2017Q4", consumers), rng=seed)
    market.run()
    due = np.bincount(market.now.in_market.kind_good, market.now.in_market.due, minlength=GOODS)
    return np.append(due, market.now.in_market.carless.sum())


def test_drawn_seats_come_to_expected_ones_as_the_root_of_their_number() -> None:
    """D2 case 21: 16 times the rows, a quarter of the distance, over 6 seeds.

    Some five goods make up nearly all of a distance, so its square rests on about 30 independent ones and its log
    has a standard error of sqrt(1 / 60); two-sided, false alarm 1e-4.
    """
    seeds, few, many = range(6), 2_000, 32_000
    expected = in_market(seed=0)  # in mean field no seed plays a part

    def distance(consumers: int) -> float:
        gaps = [(in_market(seed, consumers) - expected) / expected.sum() for seed in seeds]
        return float(np.sqrt(np.square(gaps).sum(axis=1).mean()))

    bound = norm.isf(FALSE_ALARM / 2) * np.sqrt(2 / 60)
    assert abs(np.log(distance(few) / distance(many)) - np.log(many / few) / 2) < bound


def test_seats_and_cars_are_conserved_and_the_record_is_met(finished: Market) -> None:
    """Every quarter's accounts were closed on the way (D1)."""
    national = finished.recorder.frame("national").set_index("quarter")
    recorded = national.loc["2017Q1":"2024Q4"]
    assert recorded["bev_share_new"].to_numpy() == pytest.approx(recorded["bev_share_recorded"].to_numpy(), abs=1e-3)
    assert national["new_sales_drawn"].to_numpy() == pytest.approx(national["new_sales"].to_numpy(), rel=1e-6)
    assert not national["bev_share_sd"].any()


def test_the_same_seed_gives_the_same_bits_with_one_thread_and_with_two(monkeypatch: pytest.MonkeyPatch) -> None:
    again = Market(parameters=scenario("2018Q4", "2017Q4"), rng=3)
    other = Market(parameters=scenario("2018Q4", "2017Q4"), rng=3)
    monkeypatch.setattr(row_work, "_threads", [2])
    again.run()
    monkeypatch.setattr(row_work, "_threads", [1])
    other.run()
    for table in ("national", "zones", "automakers"):
        assert again.recorder.frame(table).equals(other.recorder.frame(table))


def test_buyers_hurry_before_credits_end_and_wait_otherwise(finished: Market) -> None:
    """The law of 2025Q3 ends credits with that quarter (M3); nobody does so if nobody is sensitive to it."""
    national = finished.recorder.frame("national").set_index("quarter")
    assert float(national["hurried"]["2025Q3"]) > 0.0
    assert national["waiting_pool"].loc["2026Q1":].to_numpy().any()
    assert not national[["hurried", "waiting_joined", "waiting_pool"]].loc[:"2024Q4"].to_numpy().any()
    still = Market(parameters=scenario("2025Q4", trust={"waiting_sensitivity": 0.0}), rng=1)
    still.run()
    assert not still.recorder.frame("national")[["hurried", "waiting_pool"]].to_numpy().any()


def test_a_mean_field_run_has_no_rows_to_look_at(finished: Market) -> None:
    with pytest.raises(TypeError, match="counts consumers"):
        _ = finished.drawn_fleet
