"""Levers that change at dates in whole runs: the same bits before a step is known, and what it does from then on."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from market.base import quarters
from market.base.parameter import why_one_value
from market.model import Market
from market.scenario import Scenario
from tests.market.policies.test_contract import same_to

CUT = [{"from": "2029Q1", "value": 0.0, "known": "2027Q1"}]
SHORT = {"consumers": 500, "fast_graph": True, "origin": "2017Q4", "last_quarter": "2018Q2"}


def run(**groups: object) -> Market:
    market = Market(parameters=Scenario.model_validate(groups), rng=1)
    market.run()
    return market


@pytest.fixture(scope="module")
def without_and_with_cut() -> tuple[Market, Market]:
    """Two runs to 2029Q2, without and with an end of 45X from 2029 that is known from 2027 on."""
    setting = {"consumers": 500, "fast_graph": True, "last_quarter": "2029Q2"}
    return run(run=setting), run(run=setting, policy={"production_credit_factor": CUT})


def from_quarter(market: Market, table: str, first: str) -> pd.DataFrame:
    frame = market.recorder.frame(table)
    return frame[frame["quarter"] >= first].reset_index(drop=True)


def test_nothing_moves_before_the_cut_is_known(without_and_with_cut: tuple[Market, Market]) -> None:
    assert same_to(*without_and_with_cut, "2026Q4")


def test_lines_are_decided_otherwise_from_when_the_cut_is_known(without_and_with_cut: tuple[Market, Market]) -> None:
    changes = [market.recorder.frame("line_changes") for market in without_and_with_cut]
    early = [frame[frame["quarter"].between("2027Q1", "2028Q4")].reset_index(drop=True) for frame in changes]
    assert not early[0].equals(early[1])


def test_the_credit_paid_falls_from_the_date_of_the_cut_alone(without_and_with_cut: tuple[Market, Market]) -> None:
    one, other = (market.cells.costs for market in without_and_with_cut)
    first = quarters.index("2029Q1")
    assert all(one.credit_usd_per_kwh(q) == other.credit_usd_per_kwh(q) for q in range(first))
    assert all(other.credit_usd_per_kwh(q) == 0.0 < one.credit_usd_per_kwh(q) for q in range(first, first + 8))


@pytest.mark.parametrize("now", ["2025Q1", "2026Q4", "2027Q1", "2028Q4"])
def test_owners_of_lines_count_on_the_credit_as_far_as_the_law_is_known(
    without_and_with_cut: tuple[Market, Market], now: str
) -> None:
    whole, cut = (market.cells.costs.coming_credits_usd_per_kwh(quarters.index(now)) for market in without_and_with_cut)
    until = quarters.index("2029Q1") - quarters.index(now)
    assert np.array_equal(cut[:until], whole[:until])
    assert np.array_equal(cut[until:], np.zeros(cut.size - until) if now >= "2027Q1" else whole[until:])
    assert whole[until:].any()


AFTER_THE_ORIGIN: list[tuple[str, str, object]] = [
    ("policy", "federal_credit_factor", 0.0), ("trust", "claims", 0.5), ("charging", "port_factor", 2.0),
    ("world", "gasoline_factor", 1.5), ("policy", "state_rebate_factor", 0.5), ("trust", "trouble_factor", 4.0),
    ("charging", "port_growth", 0.4), ("makers", "range_growth", 0.05), ("makers", "bev_price_factor", 0.9),
    ("world", "market_index", 0.8), ("ownership", "fade_factor", 3.0), ("storage", "data_center_factor", 3.0),
]  # fmt: skip
"""Levers that act after the origin alone: group, key and a value."""


def test_one_step_from_the_first_free_quarter_is_one_value_bit_for_bit() -> None:
    """Of a dozen levers at once."""
    alone: dict[str, dict[str, object]] = {}
    dated: dict[str, dict[str, object]] = {}
    for group, key, value in AFTER_THE_ORIGIN:
        alone.setdefault(group, {})[key] = value
        dated.setdefault(group, {})[key] = [{"from": "2018Q1", "value": value, "known": "2017Q1"}]
    assert same_to(run(run=SHORT, **alone), run(run=SHORT, **dated), "2018Q2")


@pytest.mark.parametrize(("group", "key", "value"), AFTER_THE_ORIGIN[:4])
def test_a_step_of_the_last_quarter_moves_the_last_quarter_alone(
    as_it_was: Market, group: str, key: str, value: object
) -> None:
    market = run(run=SHORT, **{group: {key: [{"from": "2018Q2", "value": value}]}})
    assert same_to(market, as_it_was, "2018Q1")
    assert not same_to(market, as_it_was, "2018Q2")


def test_every_lever_that_may_be_dated_is_read_by_quarter() -> None:
    """A run reads a path of every lever at once: code that asks no quarter fails on what is no number."""
    groups: dict[str, dict[str, object]] = {}
    for group, field in Scenario.model_fields.items():
        for key, declared in getattr(field.annotation, "model_fields", {}).items():
            if not why_one_value(declared):
                groups.setdefault(group, {})[key] = [{"from": "2060Q4", "value": declared.default}]
    assert sum(map(len, groups.values())) >= 40
    year = {**SHORT, "last_quarter": "2018Q4"}
    assert same_to(run(run=year, **groups), run(run=year), "2018Q4")


def test_a_step_to_the_origin_is_refused_by_name(small: Callable[..., Scenario]) -> None:
    step = [{"from": "2024Q4", "value": 0.0}]
    with pytest.raises(ValueError, match=r"policy\.tariff_factor has a step from 2024Q4, not after run\.origin 2024Q4"):
        small(policy={"tariff_factor": step})
    assert small(origin="2023Q4", policy={"tariff_factor": step}).dated().keys() == {"policy.tariff_factor"}
