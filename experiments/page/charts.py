"""The live charts as plain data: what ``line_chart.vue`` draws in the browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.figures.style import CELL_COLORS, INK, POWERTRAIN_COLORS
from experiments.page.snapshot import Snapshot
from market.base import quarters

_GHOST = "#8a949e"
_BEV, _GASOLINE, _STORAGE = POWERTRAIN_COLORS["BEV"], "#8a6d3b", CELL_COLORS["storage"]


@dataclass(frozen=True)
class Line:
    """One line: a column of the table ``national`` times ``scale``; ``ghost``: whether the reference is shown too."""

    column: str
    name: str
    color: str
    scale: float = 1.0
    ghost: bool = True
    dots: bool = False


@dataclass(frozen=True)
class Chart:
    """One chart; ``stacked`` lines are areas on top of each other, their ghost is the sum."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    digits: int = 0
    stacked: bool = False


CHARTS: dict[str, Chart] = {
    "bev_share": Chart(
        "BEV share", "% of new sales",
        (
            Line("bev_share_new", "model", _BEV, 100.0),
            Line("bev_share_recorded", "observed", INK, 100.0, ghost=False, dots=True),
        ),
        1,
    ),
    "lines": Chart(
        "How US cell capacity is used", "GWh/year",
        (
            Line("capacity_vehicles_gwh", "vehicle cells", CELL_COLORS["vehicles"]),
            Line("capacity_storage_gwh", "storage cells", _STORAGE),
            Line("capacity_converting_gwh", "offline for conversion", CELL_COLORS["converting"]),
            Line("capacity_idle_gwh", "idle", CELL_COLORS["idle"]),
        ),
        stacked=True,
    ),
    "cells": Chart(
        "Cells produced", "GWh/year",
        (
            Line("cells_to_vehicles_gwh", "for vehicles", _BEV),
            Line("cells_to_storage_gwh", "for storage", _STORAGE),
        ),
    ),
    "storage": Chart("Installed storage", "GW", (Line("storage_installed_gw", "installed", _STORAGE),)),
    "batteries": Chart(
        "Battery prices", "2025 $/kWh",
        (
            Line("pack_price_usd_per_kwh", "vehicle pack", _BEV),
            Line("storage_price_usd_per_kwh", "US storage cells", _STORAGE),
        ),
    ),
    "cars": Chart(
        "New-vehicle prices", "2025 $ (thousand)",
        (
            Line("bev_price_kusd", "BEV", _BEV),
            Line("petrol_price_kusd", "gasoline", _GASOLINE),
        ),
        1,
    ),
    "resale": Chart(
        "Resale value, 0-3 years old", "% of new price",
        (
            Line("used_bev_retention_3y", "BEV", _BEV, 100.0),
            Line("used_petrol_retention_3y", "gasoline", _GASOLINE, 100.0),
        ),
    ),
    "trust": Chart(
        "Charging success", "% of attempts",
        (
            Line("charging_success_believed", "perceived", _BEV, 100.0),
            Line("charging_success", "actual", "#029e73", 100.0),
        ),
        1,
    ),
}  # fmt: skip
"""All charts by name, in the order of the page."""


def _values(frame: pd.DataFrame, columns: Mapping[str, float]) -> list[float | None]:
    """Sum of columns times their scale by quarter; NaN becomes None."""
    if frame.empty:
        return []
    total = sum(frame[column].to_numpy(np.float64) * scale for column, scale in columns.items())
    return [None if not np.isfinite(value) else round(float(value), 4) for value in np.atleast_1d(total)]


def _ghosts(chart: Chart, reference: pd.DataFrame) -> list[dict[str, Any]]:
    if chart.stacked:
        columns = [{line.column: line.scale for line in chart.lines}]
    else:
        columns = [{line.column: line.scale} for line in chart.lines if line.ghost]
    return [
        {"name": "reference", "color": _GHOST, "style": "ghost", "values": _values(reference, each)} for each in columns
    ]


def chart_data(name: str, snapshot: Snapshot, reference: pd.DataFrame) -> dict[str, Any]:
    """What ``line_chart.vue`` draws of a snapshot; ``reference``: rows of ``national`` so far, may be empty."""
    chart = CHARTS[name]
    styles = {line.column: "dots" if line.dots else "area" if chart.stacked else "line" for line in chart.lines}
    lines = [
        {
            "name": line.name, "color": line.color, "style": styles[line.column],
            "values": _values(snapshot.national, {line.column: line.scale}),
        }
        for line in chart.lines
    ]  # fmt: skip
    return {
        "name": name,
        "title": chart.title,
        "unit": chart.unit,
        "digits": chart.digits,
        "first_year": quarters.FIRST_YEAR,
        "count": snapshot.last_quarter + 1,
        "origin": snapshot.origin,
        "lines": _ghosts(chart, reference) + lines,
    }
