"""The short report at the end of a run: outcomes by milestone year, sampling error, files, what to try next."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from agents.calendar import QUARTERS_PER_YEAR
from experiments.runs.manifest import Manifest
from experiments.runs.store import Result
from experiments.shown_text import plain_text

if TYPE_CHECKING:
    from experiments.figures.drawing import Drawn

MILESTONES = (2017, 2020, 2024, 2025, 2030, 2035)
"""Years whose outcomes are told."""
ROWS = {
    "Battery cars, % of new": ("bev", 1),
    "Plug-in hybrids, % of new": ("phev", 1),
    "Hybrids, % of new": ("hev", 1),
    "New cars, million": ("new_millions", 1),
    "Battery cars on the road, million": ("stock_millions", 2),
    "Battery-car price, k$ of 2025": ("price_kusd", 1),
    "Used battery car, % of new price": ("retention", 0),
    "Fast charging ports, thousand": ("ports_thousands", 1),
    "US cells to cars, GWh": ("cars_gwh", 0),
    "US cells to storage, GWh": ("storage_gwh", 0),
    "Lines turned to storage, GWh/year": ("turned_gwh", 0),
    "Use of cell lines, %": ("line_use", 0),
    "Storage on the grid, GW": ("storage_gw", 0),
}
"""Outcomes told: label, key of a year's outcomes and decimals shown."""
_NEXT = (
    ("detour run no-detour", "the same, but no line may turn to storage"),
    ("detour run no-credits", "the same without purchase credits"),
    ("detour run free-run", "how well the model reproduces 2018 to 2024"),
    ("detour run --set buyers.taste_sd_kusd=8", "one parameter changed; detour list shows all"),
)


def outcomes_of_year(national: pd.DataFrame, year: int) -> dict[str, float]:
    """Outcomes of a year with four quarters, by key: sales summed, stocks at its end; empty otherwise."""
    rows = national[national["quarter"].str.startswith(str(year))]
    if len(rows) < QUARTERS_PER_YEAR:
        return {}
    sales, bev = rows["new_sales"], rows["bev_sales"]
    percent = {
        name: 100 * float((rows[f"{name}_share_new"] * sales).sum() / sales.sum()) for name in ("bev", "phev", "hev")
    }
    return {
        **percent,
        "new_millions": float(sales.sum()) / 1e6,
        "stock_millions": float(rows["bev_stock"].iloc[-1]) / 1e6,
        "price_kusd": float((rows["bev_price_kusd"] * bev).sum() / bev.sum()),
        "retention": 100 * float(rows["used_bev_retention_3y"].mean()),
        "ports_thousands": float(rows["fast_ports"].iloc[-1]) / 1e3,
        "cars_gwh": float(rows["cells_to_vehicles_gwh"].mean()),
        "storage_gwh": float(rows["cells_to_storage_gwh"].mean()),
        "turned_gwh": float(rows["converted_gwh_cumulative"].iloc[-1]),
        "line_use": 100 * float(rows["plant_utilisation"].mean()),
        "storage_gw": float(rows["storage_installed_gw"].iloc[-1]),
    }


def milestone_table(manifest: Manifest, national: pd.DataFrame) -> Table:
    """Outcomes by milestone year, those after the origin being the model's own."""
    years = {year: found for year in MILESTONES if (found := outcomes_of_year(national, year))}
    title = f"{plain_text(manifest.name)}, seed {manifest.seed}, {manifest.population}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("United States")
    for year in years:
        table.add_column(str(year), justify="right")
    for label, (key, decimals) in ROWS.items():
        if any(np.isfinite(found[key]) for found in years.values()):
            table.add_row(label, *(f"{found[key]:,.{decimals}f}" for found in years.values()))
    return table


def _error_lines(manifest: Manifest, national: pd.DataFrame) -> list[str]:
    sd_points = 100 * float(national["bev_share_sd"].iloc[-1])
    last = national["quarter"].iloc[-1]
    draw = f"The draw gives a quarter's battery-car share ({last}) a standard deviation of {sd_points:.2f} points."
    lines = [
        f"Shares are fitted to the record up to {manifest.origin}; later ones are the model's.",
        "Seats are expected counts, so no luck of a draw is in them." if manifest.is_mean_field else draw,
    ]
    if errors := manifest.free_run_mae_points_by_powertrain:
        told = ", ".join(f"{name} {error:.2f}" for name, error in errors.items())
        lines.append(f"Mean absolute error of shares after {manifest.origin}, points: {told}.")
    return lines


def _file_lines(folder: Path, figures: "Drawn | None") -> list[str]:
    results = f"Results: {plain_text(folder)}"
    if figures is None:
        return [results, f"Figures: none; detour figures {plain_text(folder)} draws them"]
    lacking = map(plain_text, figures.lacking)
    if not figures.paths:
        return [results, "Figures: none", *lacking]
    names = ", ".join(dict.fromkeys(path.stem for path in figures.paths))
    return [results, f"Figures: {plain_text(figures.paths[0].parent)} ({names}; PNG and SVG)", *lacking]


def print_summary(console: Console, result: Result, folder: Path, figures: "Drawn | None") -> None:
    """Print the report of a stored run; ``figures`` is None if none were asked for."""
    manifest, national = result.manifest, result.frames["national"]
    lines = [*_error_lines(manifest, national), "", *_file_lines(folder, figures), "", "What to try next:"]
    lines += [f"  {command:<42}{what}" for command, what in _NEXT if command != f"detour run {manifest.name}"]
    console.print(Group(milestone_table(manifest, national), Text("\n".join(lines))), soft_wrap=True)
