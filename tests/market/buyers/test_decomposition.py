"""Decomposition of the BEV share of a run: it explains the growth of the share that is reported, and all of it."""

import numpy as np
import pandas as pd
import pytest

from market.buyers.decomposition import group_of_cause
from market.buyers.odds_path import BUYERS, SUPPLY, USED, WAITING
from market.model import Market
from market.outputs import growth_by_term
from market.scenario import Scenario

EXACT = 1e-12


def test_causes_add_up_to_the_growth_of_the_reported_share_in_every_year(finished: Market) -> None:
    share = finished.recorder.frame("national").set_index("quarter")["bev_share_new"]
    log_odds = np.log(share / (1.0 - share))
    found = finished.recorder.frame("explanation").groupby("year")["log_odds"].sum()
    assert found.index.tolist() == list(range(2018, 2027))
    for year, growth in found.items():
        assert growth == pytest.approx(log_odds[f"{year}Q4"] - log_odds[f"{int(str(year)) - 1}Q4"], abs=EXACT)


def test_a_run_has_every_cause_in_one_of_five_groups_or_unexplained(finished: Market) -> None:
    rows = finished.recorder.frame("explanation")
    assert rows["group"].nunique() == 6
    assert set(rows["term"]) == {*finished.now.valued.terms, "unexplained", SUPPLY, WAITING, BUYERS, USED}
    assert [group_of_cause(cause) for cause in ("credit", "resale", "neighbours", BUYERS, "a new term")] == [
        "prices, incentives and fuel", "models and range", "trust and neighbors", "supply and buyers",
        "models and range",
    ]  # fmt: skip


def unexplained(market: Market) -> pd.Series:
    """Size of what constants added to the log-odds, by year."""
    rows = market.recorder.frame("explanation")
    return rows[rows["term"] == "unexplained"].set_index("year")["log_odds"].abs()


def test_much_is_unexplained_before_the_end_of_observed_data_and_after_it_the_filtered_drift(finished: Market) -> None:
    found = unexplained(finished)
    assert 1e-9 < found[2026] < 0.1 < found[found.index <= 2024].max()


def test_nothing_is_unexplained_while_constants_are_held() -> None:
    """From 2018Q4 to 2019Q4, both with those of 2017Q4; new products count as variety."""
    run = {"consumers": 500, "fast_graph": True, "origin": "2017Q4", "last_quarter": "2019Q4", "constants": "last"}
    market = Market(parameters=Scenario.model_validate({"run": run, "cells": {"power_side": False}}), rng=1)
    market.run()
    assert unexplained(market)[2019] < 1e-9


def test_asked_twice_in_a_quarter_nothing_has_changed(finished: Market) -> None:
    explanation = finished.new_explanation()
    assert growth_by_term(finished, explanation) == {}
    assert set(growth_by_term(finished, explanation).values()) == {0.0}
