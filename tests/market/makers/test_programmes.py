"""Programmes in whole runs: optimism, write-downs, cells, money, and that without them the former run comes back."""

import copy

import numpy as np
import pandas as pd
import pytest

from agents.cells.line_decision import LineStatus
from market.base.categories import MAKERS
from market.makers.makers_quarter import MakersQuarter
from market.makers.programmes import DEVELOPERS, Programme, ProgrammeEvent
from market.model import Market
from tests.market.shipped import LONG, Run, shipped_runs

SOBER = "makers.initial_optimism=1"
LAG = ("run.last_quarter=2029Q4",)


@pytest.fixture(scope="module")
def run() -> Run:
    """A run of a shipped scenario in small with seed 1; each is made once."""
    return shipped_runs(LONG)


def makers(market: Market) -> pd.DataFrame:
    return market.recorder.frame("makers")


def lost_musd(market: Market, first: str = "2025Q1") -> float:
    """Written off and down from a quarter on."""
    rows = makers(market)
    return float(rows[rows["quarter"] >= first][["write_off_musd", "write_down_musd"]].to_numpy().sum())


def test_optimism_overbuilds_and_is_written_down_and_without_it_far_less_is(run: Run) -> None:
    keen, sober = run("reference"), run("reference", SOBER)
    early = [rows[rows["quarter"] <= "2030Q4"] for rows in map(makers, (keen, sober))]  # before optimism is forgotten
    spent = [rows["programme_spending_musd"].sum() for rows in early]
    assert spent[0] > 1.5 * spent[1]
    assert lost_musd(keen) > 500.0
    assert lost_musd(sober) < 0.4 * lost_musd(keen)
    models = makers(keen).groupby("quarter")["bev_models"].sum()
    assert models["2030Q4"] > models["2024Q4"]


def test_losses_come_after_the_models_they_are_of(run: Run) -> None:
    rows = makers(run("reference"))
    spent = rows.groupby("quarter")["programme_spending_musd"].sum().cumsum()
    lost = rows.groupby("quarter")[["write_off_musd", "write_down_musd"]].sum().sum(axis=1).cumsum()
    assert (lost <= spent + 1e-9).all()
    paid = rows["paid_to_suppliers_musd"]
    assert paid.to_numpy() == pytest.approx(0.7 * rows["write_off_musd"].to_numpy(), abs=1e-9)


def test_models_of_programmes_come_after_their_lead_and_only_after_the_records(run: Run) -> None:
    market = run("reference")
    plans = market.planning.programmes
    assert plans.on_sale
    assert all(each.due == each.begun + 12 and each.due > market.origin for each in plans.on_sale)
    assert plans.models_added.sum() == len(plans.on_sale)
    assert not plans.models_added[~market.products.is_bev].any()


def test_a_model_leaves_at_the_end_of_its_life_and_the_next_one_is_judged_as_its_replacement(run: Run) -> None:
    """A model due 27 quarters ago leaves after the next quarter; one that takes 12 quarters comes in its place."""
    market = run("reference", *LAG)
    plans, seen = copy.deepcopy(market.planning.programmes), shown(market)
    product = int(np.argmax(seen.offers.effective_models * market.products.is_bev))
    cars = market.planning.forecasts.cars_ahead(11, market.quarter)
    plans.on_sale, plans.events = [], []
    plans.models_added = seen.models_added.copy()
    models = plans._sense(seen, product, cars, 0, 12).models
    old = Programme(product, market.quarter - 39, market.quarter - 27, 80.0)
    plans.on_sale.append(old)
    assert plans._sense(seen, product, cars, 0, 12).models == models - 1.0
    assert plans._sense(seen, product, cars, 0, 0).models == models
    plans._retire(market.quarter)
    assert plans.on_sale == [old]
    plans._retire(market.quarter + 1)
    assert not plans.on_sale
    assert plans.models_added[product] == seen.models_added[product] - 1.0
    assert plans.events == [ProgrammeEvent(product, "end of life", 80.0)]


def test_to_the_origin_programmes_change_nothing_but_automakers_accounts(run: Run) -> None:
    on, off = run("reference"), run("reference", "plans.programmes=false")
    for table in ("national", "automakers", "plants"):
        found, wanted = (each.recorder.frame(table) for each in (on, off))
        early = found["quarter"] <= "2024Q4"
        pd.testing.assert_frame_equal(found[early], wanted[wanted["quarter"] <= "2024Q4"], check_exact=True)
    assert not makers(off)[["programme_spending_musd", "write_off_musd", "bev_models"]].iloc[:, :2].to_numpy().any()


def test_legacy_makers_that_lag_begin_models_later_and_lose_more_on_cell_lines_kept_for_cars(run: Run) -> None:
    """Their dealers' part makes models pay less, for a time; their optimism keeps lines that cars do not fill."""
    lag, plain = makers(run("legacy-lag")), makers(run("reference"))
    legacy = ~plain["maker"].isin(["Tesla", "New brands", "open market"])
    early = legacy & (plain["quarter"] <= "2026Q4")
    assert lag[early]["programme_spending_musd"].sum() < plain[early]["programme_spending_musd"].sum()
    assert lag[legacy]["cell_profit_musd"].sum() < plain[legacy]["cell_profit_musd"].sum()


def shown(market: Market) -> MakersQuarter:
    """What makers of a market see with its lines as they are now."""
    cells = market.cells.own_cells(market.quarter)
    return market.offering.planners_see(market.clock, market.makers, market.now.outcome.flows.new, cells)


def test_lines_turned_take_cells_from_programmes_only_where_cells_are_short(run: Run) -> None:
    """With GM's lines all turned its new models lack all their US cells; with all of them for cars, none."""
    market = run("reference", *LAG)
    plans, lines = market.planning.programmes, market.cells.lines
    gm = MAKERS.index("GM")
    product = next(
        p for p in range(market.products.size) if market.products.is_bev[p] and market.products.maker[p] == gm
    )
    cars = market.planning.forecasts.cars_ahead(11, market.quarter)[:, gm]
    own = (lines.maker == gm) & (lines.status != LineStatus.CLOSED)
    use, status = lines.use.copy(), lines.status.copy()
    try:
        lines.use[own], lines.status[own] = 0, LineStatus.OPERATING
        assert plans._cells_missing(shown(market), gm, product, cars, 0.2 * cars) == 0.0
        lines.use[own] = 1
        assert plans._cells_missing(shown(market), gm, product, cars, 0.2 * cars) == pytest.approx(1.0)
    finally:
        lines.use[:], lines.status[:] = use, status


def test_money_of_programmes_has_its_counter_posting(run: Run) -> None:
    market = run("reference", *LAG)
    plans = market.planning.programmes
    market.ledger.open(market.quarter)
    plans.post_money(market.ledger)
    total = plans.spent_musd.sum() + plans.paid_off_musd.sum()
    assert market.ledger.balance_musd(DEVELOPERS) == pytest.approx(total)
    market.ledger.close()
