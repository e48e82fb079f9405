"""What all figures share: look, colours, captions and how they are saved (never pyplot)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.errors import InputError
from experiments.manifest import Manifest
from experiments.store import Result
from market import quarters

INK, MUTED, FAINT = "#22303c", "#5f6b76", "#c9d0d6"
POWERTRAIN_COLOURS = {"BEV": "#0173b2", "PHEV": "#029e73", "HEV": "#de8f05", "ICE": "#b8bfc6"}
"""From seaborn's palette ``colorblind``; petrol in grey."""
CELL_COLOURS = {
    "vehicles": POWERTRAIN_COLOURS["BEV"],
    "storage": "#d55e00",
    "converting": INK,
    "idle": "#b8bfc6",
    "building": "#e3e8ec",
}
"""Uses of cells and of the lines that make them; blue and vermilion differ for every kind of colour vision."""
LEGEND_OVER_LINES: dict[str, Any] = {
    "labelcolor": MUTED, "fontsize": 9, "frameon": True, "facecolor": "white", "edgecolor": "none", "framealpha": 1,
}  # fmt: skip
"""A legend that hides the lines below it."""
SIZE_INCHES = (9.6, 5.6)
_DOTS_PER_INCH = 160
_HASH_SHOWN = 8
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.08, 0.97, 0.83, 0.17  # place of the axes, shares of the figure
_LOOK: dict[Any, Any] = {
    **sns.axes_style("whitegrid"),
    "font.size": 10.5,
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that a figure is the same everywhere
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": "#e6eaed",
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "svg.hashsalt": "detour",
}


class FigureError(InputError):
    """A result lacks what a figure needs."""


@contextmanager
def styled() -> Iterator[None]:
    """Detour's look for the figures made inside; serves as a decorator too."""
    with mpl.rc_context(_LOOK):
        yield


def rows_of(result: Result, table: str, figure: str, need: str) -> pd.DataFrame:
    """A table with at least one row. Raises FigureError saying what the figure needs."""
    frame = result.frames.get(table)
    if frame is None or frame.empty:
        raise FigureError(f"figure {figure} needs {need}; table {table} of {result.manifest.name} has no row of it")
    return frame


def canvas(title: str, subtitle: str, height_inches: float = SIZE_INCHES[1]) -> Figure:
    """A figure with a title and a line below it, without axes; the margins are shares of its height."""
    figure = Figure(figsize=(SIZE_INCHES[0], height_inches), dpi=_DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    figure.subplots_adjust(_LEFT, _BOTTOM, _RIGHT, _TOP, wspace=0.08)
    shrunk = SIZE_INCHES[1] / height_inches
    figure.text(0.015, 1 - 0.055 * shrunk, title, size=15, weight="bold")
    figure.text(0.015, 1 - 0.105 * shrunk, subtitle, size=10.5, color=MUTED)
    return figure


def bare(ax: Axes) -> Axes:
    """Axes without ticks and without lines that run up."""
    ax.grid(visible=False, axis="x")
    ax.tick_params(length=0)
    return ax


def blank(title: str, subtitle: str, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure with a title, a line below it and axes side by side that share the y axis."""
    figure = canvas(title, subtitle)
    axes = figure.subplots(1, columns, sharey=True, squeeze=False)[0]
    return figure, [bare(ax) for ax in axes]


def caption(figure: Figure, manifest: Manifest, note: str) -> None:
    """Two lines at the foot: what ``note`` says of n and units, and which run this is."""
    run = (
        f"Scenario {manifest.name} (parameters {manifest.parameters_sha256[:_HASH_SHOWN]}), seed {manifest.seed}, "
        f"{manifest.population}, results {manifest.results_sha256[:_HASH_SHOWN]}, "
        f"Detour {manifest.versions['battery-detour']}."
    )
    figure.text(0.015, 0.025, f"{note}\n{run}", size=7.6, color=MUTED, linespacing=1.5)


def years_of(labels: pd.Series) -> pd.Series:
    """Middle of quarters as years, such as 2017.125 for 2017Q1."""
    middle = 0.5
    return quarters.FIRST_YEAR + (labels.map(quarters.index) + middle) / quarters.QUARTERS_PER_YEAR


def edges_of(labels: pd.Series) -> list[float]:
    """Bounds of consecutive quarters as years: one more than there are quarters."""
    half = 0.5 / quarters.QUARTERS_PER_YEAR
    middle = years_of(labels)
    return [float(middle.iloc[0]) - half, *(middle + half)]


def mark_origin(ax: Axes, origin: str, *, labelled: bool = True) -> float:
    """A vertical line at the end of the origin's quarter; returns its place in years."""
    place = quarters.FIRST_YEAR + (quarters.index(origin) + 1) / quarters.QUARTERS_PER_YEAR
    ax.axvline(place, color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    if labelled:
        ax.text(
            place, 1.015, f"origin {origin}", transform=ax.get_xaxis_transform(), ha="center", size=8.5, color=MUTED
        )
    return place


def percent(share: float, _place: float = 0.0) -> str:
    """A share in percent without idle zeros; serves as a formatter of ticks."""
    return f"{100 * share:g}%"


def whole_years(national: pd.DataFrame) -> pd.DataFrame:
    """Rows of the years that have all four quarters, with a column ``year``."""
    frame = national.assign(year=national["quarter"].map(quarters.index).map(quarters.year))
    return frame[frame.groupby("year")["quarter"].transform("size") == quarters.QUARTERS_PER_YEAR]


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write ``stem.png`` and ``stem.svg``, the same bytes for the same figure; each appears whole."""
    paths = []
    for ending, metadata in (("png", {"Software": None}), ("svg", {"Date": None})):
        path = stem.with_name(f"{stem.name}.{ending}")
        unfinished = stem.with_name(f".{stem.name}.unfinished.{ending}")
        try:
            with styled():
                figure.savefig(unfinished, format=ending, metadata=metadata)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        paths.append(path)
    return paths
