"""The live charts as plain data: what ``line_chart.vue`` draws in the browser."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.figures.style import CELL_COLORS, INK, POWERTRAIN_COLORS
from experiments.page.snapshot import Snapshot
from market.base import quarters

_BEV, _STORAGE = f"var(--dt-blue, {POWERTRAIN_COLORS['BEV']})", f"var(--dt-orange, {CELL_COLORS['storage']})"
_GASOLINE, _TRUE = "var(--dt-brown, #8a6d3b)", "var(--dt-green, #029e73)"
_INK, _IDLE = f"var(--dt-ink, {INK})", f"var(--dt-idle, {CELL_COLORS['idle']})"  # a light page's color is the spare one


@dataclass(frozen=True)
class Line:
    """One line: a column of the table ``national`` times ``scale``; ``dots``: observed, so that no reference has it."""

    column: str
    name: str
    color: str
    scale: float = 1.0
    dots: bool = False


@dataclass(frozen=True)
class Chart:
    """One chart; ``stacked`` lines are areas on top of each other, the first at the bottom."""

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
            Line("bev_share_recorded", "observed", _INK, 100.0, dots=True),
        ),
        1,
    ),
    "lines": Chart(
        "How US cell capacity is used", "GWh/year",
        (
            Line("capacity_storage_gwh", "storage cells", _STORAGE),
            Line("capacity_converting_gwh", "offline for conversion", _INK),
            Line("capacity_vehicles_gwh", "vehicle cells", _BEV),
            Line("capacity_idle_gwh", "idle", _IDLE),
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
            Line("charging_success", "actual", _TRUE, 100.0),
        ),
        1,
    ),
}  # fmt: skip
"""All charts by name, in the order of the page."""


def _values(frame: pd.DataFrame, line: Line) -> list[float | None]:
    """A line by quarter; NaN becomes None."""
    values = frame[line.column].to_numpy(np.float64) * line.scale
    return [None if not np.isfinite(value) else round(float(value), 4) for value in values]


def chart_data(name: str, snapshot: Snapshot, reference: pd.DataFrame) -> dict[str, Any]:
    """What ``line_chart.vue`` draws of a snapshot; ``reference``: rows of ``national`` so far, may be empty."""
    chart = CHARTS[name]
    styles = {line.column: "dots" if line.dots else "area" if chart.stacked else "line" for line in chart.lines}
    lines = [
        {
            "name": line.name, "color": line.color, "style": styles[line.column],
            "values": _values(snapshot.national, line),
            "reference": None if line.dots else _values(reference, line),
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
        "lines": lines,
    }
