"""Waiting and hurrying in whole runs: conserved, and gone when nobody is sensitive to it (M3)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from agents.population.consumers import WAITING
from market.model import Market
from market.scenario import Scenario

Small = Callable[..., Scenario]
Run = Callable[..., Market]
CUT = {"announced_cut_kusd": 4.0, "announced_cut_quarter": "2027Q1", "announced_cut_known": "2026Q1"}
STILL = {"waiting_sensitivity": 0.0}
WITHOUT_CELLS = {"cells": {"power_side": False}}


@pytest.fixture(scope="module")
def run(small: Small) -> Run:
    """A run to 2028Q4 with changed parameters of trust, made once each."""
    done: dict[str, Market] = {}

    def of(**trust: object) -> Market:
        key = repr(sorted(trust.items()))
        if key not in done:
            done[key] = Market(parameters=small("2028Q4", 4_000, trust=trust, **WITHOUT_CELLS), rng=1)
            done[key].run()
        return done[key]

    return of


def national(market: Market) -> pd.DataFrame:
    return market.recorder.frame("national").set_index("quarter")


def test_nobody_waits_or_hurries_to_the_origin_or_without_sensitivity(run: Run) -> None:
    columns = ["waiting_joined", "waiting_pool", "hurried"]
    assert not national(run())[columns].loc[:"2024Q4"].to_numpy().any()
    assert national(run())[columns].loc["2025Q1":].to_numpy().any()
    assert not national(run(**STILL))[columns].to_numpy().any()


def test_the_announced_end_of_credits_bunches_sales_before_it(run: Run) -> None:
    """The law of 2025Q3 ends them with that quarter; who hurries is not there in the following year."""
    with_it, without = national(run()), national(run(**STILL))
    gain = with_it["bev_sales"] / without["bev_sales"] - 1.0
    assert float(with_it["hurried"]["2025Q3"]) > 0.0
    assert float(gain["2025Q3"]) > 0.05
    assert float(gain.loc["2025Q4":"2026Q2"].mean()) < 0.0
    two_years = slice("2025Q1", "2026Q4")
    total = with_it["bev_sales"].loc[two_years].sum() / without["bev_sales"].loc[two_years].sum()
    assert float(total) == pytest.approx(1.0, abs=0.03)


def test_an_announced_cheaper_model_empties_showrooms_until_it_comes(run: Run) -> None:
    cut, plain = national(run(**CUT)), national(run())
    year = slice("2026Q1", "2026Q4")
    later = slice("2027Q1", "2027Q4")
    assert (cut["waiting_joined"].loc[year] > plain["waiting_joined"].loc[year]).all()
    assert float(cut["bev_sales"].loc[year].sum()) < 0.95 * float(plain["bev_sales"].loc[year].sum())
    assert float(cut["bev_sales"].loc[later].sum()) > float(plain["bev_sales"].loc[later].sum())
    before, after = (float(table["bev_price_kusd"]["2027Q1"]) for table in (plain, cut))
    assert before - after == pytest.approx(4.0, abs=0.5)


def test_before_it_is_known_an_announcement_changes_nothing_to_the_last_bit(run: Run) -> None:
    cut, plain = national(run(**CUT)).loc[:"2025Q4"], national(run()).loc[:"2025Q4"]
    pd.testing.assert_frame_equal(cut, plain, check_exact=True)


def test_who_waits_has_a_car_and_a_date_and_the_flag_goes_when_it_has_come(run: Run) -> None:
    market = run(**CUT)
    consumers = market.drawn_fleet.consumers
    flagged = np.flatnonzero((consumers.columns["flags"] & WAITING) != 0)
    waiting = flagged[consumers.columns["next_decision"][flagged] > market.quarter]
    assert consumers.waiting(market.quarter) == waiting.size
    assert set(waiting) <= set(consumers.owners())
    late = consumers.columns["next_decision"][flagged].astype(int) < market.quarter
    assert not late.any()


def test_a_high_hazard_brings_everybody_back_next_quarter(small: Small) -> None:
    market = Market(parameters=small("2026Q4", 12_000, trust={**CUT, "return_hazard": 1.0}, **WITHOUT_CELLS), rng=1)
    market.run()
    flags, decision = (market.drawn_fleet.consumers.columns[name] for name in ("flags", "next_decision"))
    waits = ((flags & WAITING) != 0) & (decision > market.quarter)
    assert waits.any()
    assert (decision[waits] == market.quarter + 1).all()
