"""When converting a line pays: decisions by storage price and line utilization, beside the closed form (M14).

``python -m experiments.studies.conversion_frontier`` writes table and figure 9 into ``results/conversion-frontier``.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import LAG_AND_OFFLINE_QUARTERS, LineKind
from agents.cells.line_decision import CONVERSIONS, LineStatus, Use
from experiments.figures.formats import PNG, SVG
from experiments.figures.of_studies.conversion_frontier import conversion_frontier
from experiments.figures.saving import save
from market.base import quarters
from market.base.categories import MAKERS
from market.cells.allocation import CellMarket
from market.cells.costs import HORIZON_QUARTERS
from market.model import Market
from market.scenario import Scenario

PREMIUMS = tuple(float(premium) for premium in np.round(np.linspace(-0.3, 0.7, 21), 2))
"""Storage prices, as premiums on those of imports and third countries."""
USES = tuple(float(use) for use in np.round(np.linspace(0.05, 0.95, 19), 2))
"""Share of their vehicle-cell capacity that automakers sell."""
FOLDER = Path("results/conversion-frontier")
HYSTERESIS_USES = (0.1, 0.5, 0.9)
HYSTERESIS_PREMIUMS = tuple(float(premium) for premium in np.round(np.linspace(-0.5, 0.6, 23), 2))
_CONSUMERS = 500  # nobody buys in this study: the market is built, not run
_ENDLESS_GWH = 1e6  # of storage requested in a region: more than any line fills
_QUARTER = "2027Q2"
_HURDLE = 1.9


def frontier(premiums: Sequence[float] = PREMIUMS, uses: Sequence[float] = USES, at: str = _QUARTER) -> pd.DataFrame:
    """A row for each premium, utilization and type of conversion: what automakers' running vehicle lines would do.

    Columns: ``storage_premium``, ``storage_price_usd_per_kwh``, ``car_line_use``, ``kind``,
    ``capacity_gwh_per_year``, ``converting_gwh_per_year``, ``formula_premium``. Assumptions: no 45X credit, no
    fixed cost, no random decision error, the median cost of conversion, storage demand that a line never fills, and
    instead of the value of waiting a hurdle of 1.9 times the cost (Dixit and Pindyck 1994 at a volatility of 0.3).
    """
    return pd.concat([_rows(premium, uses, quarters.index(at)) for premium in premiums], ignore_index=True)


def conversion_prices(
    uses: Sequence[float] = HYSTERESIS_USES, premiums: Sequence[float] = HYSTERESIS_PREMIUMS, at: str = _QUARTER
) -> pd.DataFrame:
    """Hysteresis (F12): storage prices at which a line of another chemistry converts, and at which it converts back.

    A row for each utilization of vehicle lines: ``car_line_use``; ``turns_usd_per_kwh``, the lowest price on the grid
    at which a running vehicle line converts; ``turns_back_usd_per_kwh``, the highest at which the same line, running
    for storage, converts back, NaN if it never does. With 45X and the value of waiting, without random decision error
    and fixed cost.
    """
    quarter = quarters.index(at)
    converted: dict[tuple[float, Use], list[float]] = {(use, now): [] for use in uses for now in Use}
    for premium in premiums:
        market = _market_at(premium, quarter, production_credit=1.0, waiting=True)
        cells, lines = market.cells, market.cells.lines
        fit = (lines.status == LineStatus.OPERATING) & (lines.kind == LineKind.OTHER_CHEMISTRY) & lines.credited
        line = int(np.flatnonzero(fit & (lines.maker < len(MAKERS)))[0])
        for (use, now), found in converted.items():
            expected = use * _own_capacity_gwh(cells, quarter)
            lines.use[line] = now
            if _converting(market, expected, [line], quarter):
                found.append(_scarce_price_usd_per_kwh(market, quarter))
            lines.use[line] = Use.VEHICLES
    rows = [
        (use, min(converted[use, Use.VEHICLES], default=np.nan), max(converted[use, Use.STORAGE], default=np.nan))
        for use in uses
    ]
    return pd.DataFrame(rows, columns=["car_line_use", "turns_usd_per_kwh", "turns_back_usd_per_kwh"])


def _market_at(premium: float, quarter: int, production_credit: float = 0.0, *, waiting: bool = False) -> Market:
    values = {} if waiting else {"hurdle": _HURDLE, "margin_volatility": 0.0}
    scenario = Scenario.model_validate({
        "run": {"consumers": _CONSUMERS, "fast_graph": True},
        "policy": {"production_credit_factor": production_credit},
        "storage": {"price_premium": premium},
        "cells": {
            "upkeep_usd_per_kwh": 0.0, "holding_usd_per_kwh": 0.0, "decision_noise": 0.0, "cost_spread": 0.0,
            "sold_as_is": False, "may_sell_share": False, **values,
        },
    })  # fmt: skip
    market = Market(parameters=scenario, rng=1)
    market.power.signed_gwh.append(np.full(len(market.power.regions.names), _ENDLESS_GWH))
    for past in range(quarter + 1):
        market.cells.lines.complete(past)
    return market


def _rows(premium: float, uses: Sequence[float], quarter: int) -> pd.DataFrame:
    market = _market_at(premium, quarter)
    cells, lines = market.cells, market.cells.lines
    asked = (lines.status == LineStatus.OPERATING) & (lines.use == Use.VEHICLES) & (lines.maker < len(MAKERS))
    price, spread = _scarce_price_usd_per_kwh(market, quarter), market.parameters.storage.us_choice_spread
    rows = []
    for use in uses:
        expected = use * _own_capacity_gwh(cells, quarter)
        for kind in LineKind:
            of_kind = np.flatnonzero(asked & (lines.kind == kind))
            converting = _converting(market, expected, [int(line) for line in of_kind], quarter)
            needed = _formula_price_usd_per_kwh(cells, int(of_kind[0]), use, quarter)
            rows.append({
                "storage_premium": premium,
                "storage_price_usd_per_kwh": price,
                "car_line_use": use,
                "kind": kind.name.lower().replace("_", " "),
                "capacity_gwh_per_year": float(lines.gwh_per_year[of_kind].sum()),
                "converting_gwh_per_year": float(lines.gwh_per_year[converting].sum()),
                "formula_premium": (1.0 + premium) * (needed - spread) / (price - spread) - 1.0,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _converting(market: Market, expected: Floats, which: Sequence[int], quarter: int) -> list[int]:
    """Of some lines those whose owners would convert them."""
    decisions, lines = market.line_decisions, market.cells.lines
    survey = decisions.survey(expected, np.zeros(lines.size), quarter)
    return [
        line
        for line in which
        if market.plants[lines.plant[line]].decide(decisions.shown(survey, line, quarter)) in CONVERSIONS
    ]


def _own_capacity_gwh(cells: CellMarket, quarter: int) -> Floats:
    """A year's good cells of automakers' own vehicle lines a year ahead, shape (makers,)."""
    lines = cells.lines
    there = lines.meant_for(Use.VEHICLES, quarter + QUARTERS_PER_YEAR) & (lines.maker < len(MAKERS))
    capacity = np.bincount(lines.maker[there], lines.gwh_per_year[there], minlength=len(MAKERS))
    return np.asarray(capacity * cells.parameters.last_yield)


def _scarce_price_usd_per_kwh(market: Market, quarter: int) -> float:
    """Price of US storage cells that never suffice: one spread above third countries', the cheapest abroad (M19)."""
    third = market.cells.costs.third_country_price_usd_per_kwh(quarter)
    return third + market.parameters.storage.us_choice_spread


def _formula_price_usd_per_kwh(cells: CellMarket, line: int, use: float, quarter: int) -> float:
    """Storage price at which the gain equals the hurdle times the cost, in closed form."""
    p, kind = cells.parameters, LineKind(cells.lines.kind[line])
    cost = {
        LineKind.SAME_CELL: p.same_cell_musd,
        LineKind.OTHER_CHEMISTRY: p.other_chemistry_musd,
        LineKind.OTHER_FORMAT: p.other_format_musd,
    }[kind]
    lag, offline = LAG_AND_OFFLINE_QUARTERS[kind]
    mature = np.full(cells.lines.size, p.last_yield)
    car_margin, _ = cells.costs.margins_usd_per_kwh(cells.lines, mature, 0.0, quarter)
    lost = use * p.last_yield * max(float(car_margin[line]), 0.0) * _annuity(lag - offline, p.discount_rate)
    iron = float(cells.costs.iron_cost_usd_per_kwh(mature[:1], quarter)[0])
    return iron + (p.hurdle * cost + lost) / (p.last_yield * _annuity(lag, p.discount_rate))


def _annuity(first_quarter: int, discount_rate: float) -> float:
    """Present value of 1 $ a year received from a quarter to the horizon, in closed form."""
    d = (1.0 + discount_rate) ** (-1.0 / QUARTERS_PER_YEAR)
    return float((d**first_quarter - d**HORIZON_QUARTERS) / (1.0 - d) / QUARTERS_PER_YEAR)


if __name__ == "__main__":
    table = frontier()
    FOLDER.mkdir(parents=True, exist_ok=True)
    table.round(4).to_csv(FOLDER / "frontier.csv", index=False)
    for path in [
        FOLDER / "frontier.csv",
        *save(conversion_frontier(table), FOLDER / "conversion_frontier", (PNG, SVG)),
    ]:
        sys.stdout.write(f"{path}\n")
