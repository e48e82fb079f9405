"""The short report at the end of a run: outcomes by milestone year, sampling error, files, what to try next."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from agents.calendar import QUARTERS_PER_YEAR
from experiments.commands import advice
from experiments.findings.kept import kept
from experiments.runs.manifest import Manifest
from experiments.runs.result_tables import STREAM_SEED, STREAMS
from experiments.runs.spread import MEDIAN, WIDE, quantiles, streams_in, streams_of
from experiments.runs.store import Result, scenario_of
from experiments.runs.whole_files import earlier_ones
from experiments.shown_text import plain_text

if TYPE_CHECKING:
    from experiments.figures.drawing import Drawn

MILESTONES = (2017, 2020, 2024, 2025, 2030, 2035)
"""Years whose outcomes are shown."""
ROWS = {
    "BEVs, % of new sales": ("bev", 1),
    "Plug-in hybrids, % of new sales": ("phev", 1),
    "Hybrids, % of new sales": ("hev", 1),
    "New vehicles, million": ("new_millions", 1),
    "BEVs on the road, million": ("stock_millions", 2),
    "BEV price, 2025 $ (thousand)": ("price_kusd", 1),
    "Used BEV value, % of price when new": ("retention", 0),
    "Fast charging ports, thousand": ("ports_thousands", 1),
    "US cells for vehicles, GWh": ("cars_gwh", 0),
    "US cells for storage, GWh": ("storage_gwh", 0),
    "Capacity converted to storage, GWh/year": ("converted_gwh", 0),
    "Cell-line utilization, %": ("line_utilization", 0),
    "Installed storage, GW": ("storage_gw", 0),
}
"""Outcomes shown: label, key of a year's outcomes and decimals shown."""
STREAM_ROWS = ("bev", "price_kusd", "storage_gw", "converted_gwh", "line_utilization")
"""Outcomes whose median and interval over random streams are shown, by key."""
STREAM_YEARS = (2025, 2030, 2035)
"""Years whose intervals are shown."""
_FEW_STREAMS = 11  # with fewer an interval of 80 % is nearly all that was drawn
_TOO_FEW = " So few streams give a rough interval; --streams 16 gives one to quote."
_SHOWN = (WIDE[0], MEDIAN, WIDE[1])  # quantiles shown of an outcome


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
        "converted_gwh": float(rows["converted_gwh_cumulative"].iloc[-1]),
        "line_utilization": 100 * float(rows["plant_utilisation"].mean()),
        "storage_gw": float(rows["storage_installed_gw"].iloc[-1]),
    }


def whole_years(national: pd.DataFrame, years: Sequence[int]) -> list[int]:
    """Those of the years that have four quarters in ``national``, and the last that has if the run ends before them."""
    counts = national["quarter"].str[:4].value_counts()
    whole = sorted(int(str(year)) for year, count in counts.items() if count == QUARTERS_PER_YEAR)
    if not whole:
        return []
    return sorted({year for year in years if year in whole} | ({whole[-1]} if whole[-1] < max(years) else set()))


def milestone_table(manifest: Manifest, national: pd.DataFrame) -> Table:
    """Outcomes by milestone year."""
    years = {year: outcomes_of_year(national, year) for year in whole_years(national, MILESTONES)}
    title = f"{plain_text(manifest.name)}, seed {manifest.seed}, {manifest.population}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("United States")
    for year in years:
        table.add_column(str(year), justify="right")
    for label, (key, decimals) in ROWS.items():
        if any(np.isfinite(found[key]) for found in years.values()):
            table.add_row(label, *(f"{found[key]:,.{decimals}f}" for found in years.values()))
    return table


def spread_of_year(streams: pd.DataFrame, year: int) -> pd.DataFrame:
    """Quantiles of the outcomes of a year over random streams, shape (outcomes, quantiles); empty as outcomes are."""
    by_seed = {seed: outcomes_of_year(rows, year) for seed, rows in streams.groupby(STREAM_SEED)}
    outcomes = pd.DataFrame(by_seed)
    return outcomes if outcomes.empty else quantiles(outcomes)


def stream_rows(result: Result) -> tuple[list[int], list[list[str]]]:
    """Years shown, and rows of text: a median by year, below it the interval of 80% and the run's own value.

    Both are empty without streams.
    """
    streams, national = streams_of(result), result.frames["national"]
    spreads = {}
    if streams is not None:
        after = [year for year in whole_years(national, STREAM_YEARS) if year >= STREAM_YEARS[0]]
        spreads = {year: spread for year in after if not (spread := spread_of_year(streams, year)).empty}
    own = {year: outcomes_of_year(national, year) for year in spreads}
    rows = []
    for label, (key, decimals) in ROWS.items():
        if key in STREAM_ROWS and any(np.isfinite(spread[MEDIAN][key]) for spread in spreads.values()):
            texts = [[f"{spread[each][key]:,.{decimals}f}" for each in _SHOWN] for spread in spreads.values()]
            rows.append([label, *(median for _, median, _ in texts)])
            rows.append(["  80% of streams", *(f"{low} to {high}" for low, _, high in texts)])
            rows.append(["  this run", *(f"{own[year][key]:,.{decimals}f}" for year in spreads)])
    return list(spreads), rows


def streams_say(manifest: Manifest) -> str:
    """What the interval of random streams is."""
    asked = manifest.streams
    drawn = asked is not None and bool(asked.drawn_parameters)
    few = asked is not None and asked.in_all < _FEW_STREAMS
    spread = (
        "chance and parameters that calibration leaves open: errors"
        if drawn
        else ("chance alone: uncertain parameters and errors")
    )
    return (
        "Streams count expected households on 127 places and draw prices of gasoline and lithium, scarce power, "
        f"recalls, the appeal of cars and how many look for one. Their spread is {spread} of the model are not in it."
        f"{_TOO_FEW if few else ''}"
    )


def _stream_table(result: Result) -> list[Table | Text]:
    """The same as a table with a line that says what it is; nothing without streams."""
    years, rows = stream_rows(result)
    if not rows:
        return []
    streams, manifest = result.frames[STREAMS], result.manifest
    title = f"{plain_text(manifest.name)}: median and 80% interval of {streams_in(streams)} random streams"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("United States")
    for year in years:
        table.add_column(str(year), justify="right")
    for row in rows:
        table.add_row(*row)
    return [table, Text(f"{streams_say(manifest)}\n")]


def _error_lines(manifest: Manifest, national: pd.DataFrame) -> list[str]:
    sd_points = 100 * float(national["bev_share_sd"].iloc[-1])
    last = national["quarter"].iloc[-1]
    sampling = (
        f"Sampling error of {manifest.consumers:,} drawn consumers: ±{sd_points:.2f} points (1 SD) in the quarterly "
        f"BEV share ({last})."
    )
    lines = [
        f"Shares are fitted through {manifest.origin}, the end of observed data; later shares are the model's own.",
        "The mean field counts expected households, so it has no sampling error."
        if manifest.is_mean_field
        else sampling,
    ]
    if errors := manifest.free_run_mae_points_by_powertrain:
        shown = ", ".join(f"{name} {error:.2f}" for name, error in errors.items())
        lines.append(f"Mean absolute error of shares after {manifest.origin}, percentage points: {shown}.")
    return lines + _warning_lines(manifest, national)


def _warning_lines(manifest: Manifest, national: pd.DataFrame) -> list[str]:
    """How often used prices were beyond what the model stands for; nothing for runs that did not count it."""
    if "used_above_new" not in national:
        return []
    above, older = (int(national[name].sum()) for name in ("used_above_new", "used_dearer_older"))
    lines = []
    if above or older:
        lines.append(
            f"Warnings (goods x quarters): used cars dearer than comparable new ones {above}, "
            f"the same cars dearer a year older {older}."
        )
    if manifest.outside_validity:
        lines.append("Outside validity: used cars cost far more than comparable new ones for a year or more.")
    return lines


def _found_lines(manifest: Manifest) -> list[str]:
    """What the kept findings say of the detour; nothing after a run with own data, which they are not of."""
    found = kept()
    return [] if manifest.data_packs else [f"From the study that comes with Detour: {found.summary}", found.source, ""]


def _earlier_lines(folder: Path) -> list[str]:
    """Where the last run that had this folder is, if it held more than this one."""
    return [f"An earlier run with more in it: {plain_text(path)}" for path in earlier_ones(folder)[-1:]]


def _file_lines(folder: Path, figures: "Drawn | None") -> list[str]:
    results = "\n".join([f"Results: {plain_text(folder)}", *_earlier_lines(folder)])
    if figures is None:
        return [results, f"Figures: none; detour figures {plain_text(folder)} draws them"]
    lacking = map(plain_text, figures.lacking)
    if not figures.paths:
        return [results, "Figures: none", *lacking]
    names = ", ".join(dict.fromkeys(path.stem for path in figures.paths))
    return [results, f"Figures: {plain_text(figures.paths[0].parent)} ({names}; PNG)", *lacking]


def print_summary(console: Console, result: Result, folder: Path, figures: "Drawn | None") -> None:
    """Print the report of a stored run; ``figures`` is None if none were asked for."""
    manifest, national = result.manifest, result.frames["national"]
    scenario = scenario_of(manifest) if manifest.is_of_this_version else None
    lines = [*_error_lines(manifest, national), "", *_found_lines(manifest), *_file_lines(folder, figures), ""]
    lines += advice.lines(advice.after_run(manifest, scenario))
    tables = [*_stream_table(result), milestone_table(manifest, national)]
    console.print(Group(*tables, Text("\n".join(lines))), soft_wrap=True)
