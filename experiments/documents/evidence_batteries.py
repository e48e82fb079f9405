"""Cells and storage beside observed values, for docs/evidence.md: pure functions from tables to Markdown."""

import numpy as np
import pandas as pd

from experiments.documents.evidence_runs import Frames
from experiments.documents.evidence_tables import markdown
from market.base import tables
from market.base.sets import region_names

_PERCENT = 100.0
_FIRST_FREE_YEAR = 2018


def _by_year(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows up to 2024 with a column ``year``."""
    dated = frame.assign(year=frame["quarter"].str[:4].astype(int))
    return pd.DataFrame(dated[dated["year"] <= int(tables.load("storage_additions")["year"].max())])


def utilization_table(base: Frames) -> str:
    """Utilization of US vehicle-cell lines and cell prices by year, beside observed values."""
    means = _by_year(base["national"]).groupby("year").mean(numeric_only=True)
    recorded = tables.load("plant_utilisation")
    utilization_of_year = recorded[recorded["scope"] == "US"].set_index("year")["utilisation_share"].to_dict()
    packs = tables.load("cell_costs").set_index("year")["stationary_pack_usd_per_kwh_2025"].to_dict()
    columns = ["plant_utilisation", "cells_to_vehicles_gwh", "storage_import_price_usd_per_kwh"]
    rows = []
    for year, (use, cells, price) in zip(means.index, means[columns].to_numpy(), strict=True):
        known = _PERCENT * float(utilization_of_year[year])
        rows.append(
            (f"{year}", f"{_PERCENT * use:.0f}", f"{known:.0f}", f"{cells:.0f}", f"{price:.0f}", f"{packs[year]:.0f}")
        )
    headings = (
        "year", "line utilization, %", "observed, %", "US cells for vehicles, GWh", "imported storage cells, $/kWh",
        "observed stationary packs, $/kWh",
    )  # fmt: skip
    return markdown(headings, rows)


def storage_table(free: Frames) -> str:
    """GW added by region over the years of the free run, and nationally by year, beside the observed additions."""
    added = _by_year(free["regions"])
    added = added[added["year"] >= _FIRST_FREE_YEAR]
    by_region = added.groupby("region")[["added_gw", "recorded_added_gw"]].sum().loc[list(region_names())]
    regions = [
        (str(region), f"{own:.2f}", f"{known:.2f}")
        for region, (own, known) in zip(by_region.index, by_region.to_numpy(), strict=True)
    ]
    by_year = added.groupby("year")[["added_gw", "recorded_added_gw"]].sum()
    years = [
        (f"{year}", f"{own:.2f}", f"{known:.2f}")
        for year, (own, known) in zip(by_year.index, by_year.to_numpy(), strict=True)
    ]
    headings = ("GW added", "free run", "observed")
    return f"{markdown(headings, years)}\n\n{markdown(('by region, all years', *headings[1:]), regions)}"


def hysteresis_table(prices: pd.DataFrame) -> str:
    """Storage-cell prices at which a line converts and converts back, by utilization of vehicle lines."""
    rows = [
        (f"{100 * row['car_line_use']:.0f} %", f"{row['turns_usd_per_kwh']:.0f}",
         "never" if np.isnan(row["turns_back_usd_per_kwh"]) else f"{row['turns_back_usd_per_kwh']:.0f}")
        for _, row in prices.iterrows()
    ]  # fmt: skip
    return markdown(("vehicle-line utilization", "converts to storage at, $/kWh", "converts back at, $/kWh"), rows)
