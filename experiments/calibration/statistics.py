"""Summary statistics that a run is held against: pure functions of result tables and of the record to 2022Q4."""

import numpy as np
import pandas as pd

from agents.arrays import Floats
from market.base import quarters, tables

LAST_KNOWN = "2022Q4"
"""Last quarter of any figure that parameters are fitted to."""
ENDS = ("2018Q4", "2019Q2", "2019Q4")
"""Last quarters before a step of Tesla's or GM's federal credit down (law of 2009, known a quarter or more before)."""
_BASE_YEAR = 2017
_LAST_YEAR = 2022


def sold(national: pd.DataFrame, first: str, last: str) -> float:
    """BEVs sold in the quarters from ``first`` to ``last``."""
    return float(_span(national, first, last)["bev_sales"].sum())


def log_ratio(case: pd.DataFrame, base: pd.DataFrame, first: str, last: str) -> float:
    """Logarithm of BEV sales over those of the base in the same quarters."""
    return float(np.log(sold(case, first, last) / sold(base, first, last)))


def log_price_ratio(case: pd.DataFrame, base: pd.DataFrame, first: str, last: str) -> float:
    """Logarithm of BEV prices over those of the base, weighted by what the base sold (tables ``automakers``)."""
    rows = [_span(frame[frame["powertrain"] == "BEV"], first, last) for frame in (case, base)]
    now, then = (frame.set_index(["quarter", "product"]) for frame in rows)
    weight = then["sales"]
    return float(np.log((weight * now["price_kusd"]).sum() / (weight * then["price_kusd"]).sum()))


def bunching(bev_sales: pd.Series) -> float:
    """Mean over ``ENDS`` of the logarithm of BEV sales in the last quarter of a credit over those in the next one."""
    after = [quarters.label(quarters.index(end) + 1) for end in ENDS]
    return float(np.log(bev_sales[list(ENDS)].to_numpy() / bev_sales[after].to_numpy()).mean())


def lagged_coefficient(share: Floats) -> float:
    """Slope of a share's log-odds on those a year earlier with effects of place and year, least squares.

    ``share``: (years, places), above 0. The slope is biased (Nickell 1981), alike in data and model.
    """
    odds = np.log(share / (1.0 - share))
    now, then = (_within(part) for part in (odds[1:], odds[:-1]))
    return float((now * then).sum() / (then * then).sum())


def _within(values: Floats) -> Floats:
    """Values less their means by row and column."""
    return np.asarray(values - values.mean(0) - values.mean(1, keepdims=True) + values.mean())


def recorded_state_shares() -> pd.DataFrame:
    """BEVs over cars registered by state at the ends of the years 2017 to 2022: years down, states across."""
    rows = tables.load("registrations_by_state")
    rows = rows[rows["year"].between(_BASE_YEAR, _LAST_YEAR)].assign(share=lambda table: table["bevs"] / table["cars"])
    return rows.pivot(index="year", columns="state", values="share")


def recorded_bev_sales() -> pd.Series:
    """BEVs sold by quarter to ``LAST_KNOWN``."""
    rows = tables.load("sales_by_powertrain")
    rows = rows[(rows["powertrain"] == "BEV") & (rows["quarter"] <= LAST_KNOWN)]
    return rows.set_index("quarter")["sales"].astype(float)


def recorded_ports() -> float:
    """Public fast-charging ports at the end of 2022."""
    rows = tables.load("fast_ports")
    return float(rows.loc[rows["year"] == _LAST_YEAR, "fast_ports"].sum())


def recorded_storage_gw() -> float:
    """Storage added in the years 2018 to 2022, GW."""
    rows = tables.load("storage_additions")
    return float(rows.loc[rows["year"].between(_BASE_YEAR + 1, _LAST_YEAR), "gw"].sum())


def added_gw(national: pd.DataFrame) -> float:
    """Storage added in the years 2018 to 2022 of a run, GW."""
    return float(_span(national, f"{_BASE_YEAR + 1}Q1", LAST_KNOWN)["storage_added_gw"].sum())


def _span(frame: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    return frame[frame["quarter"].between(first, last)]
