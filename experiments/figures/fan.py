"""What figures of runs with random streams share: median and bands over them, and words that say what these are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from experiments.figures.style import INK, MUTED, POINTS_PER_INCH, body, key, points_of, years_of
from experiments.runs.manifest import Manifest
from experiments.runs.result_tables import STREAM_SEED
from experiments.runs.spread import MEDIAN, NARROW, WIDE, by_quarter, streams_in

Dashes: TypeAlias = str | tuple[float, tuple[float, ...]]
"""A line's style as matplotlib takes it."""
_OPACITY = {WIDE: 0.16, NARROW: 0.26}
MEDIAN_OF_STREAMS = "Median of streams"
HALO = (withStroke(linewidth=3.2, foreground="white"),)
"""A white edge of a line that is drawn over other colors."""
_RUN_WIDTH = 1.3
_ENOUGH = 20  # streams from which two lie outside the wide band on either side
_FEW_PLACES, _ALL_PLACES = 127, 260  # of the fast and of the full graph
_LINE, _AROUND_PANEL = 1.15, 3.0  # height of a label over its size; room of title and ticks in sizes of plain text
_ON_TOP = 2.5  # order in which a median is drawn: over other lines, below the dots of a record


@dataclass(frozen=True)
class FanLine:
    """How a median is drawn; its bands have its color. ``halo``: with a white edge, over what is not white."""

    color: str
    width: float = 2.4
    dashes: Dashes = "-"
    label: str = MEDIAN_OF_STREAMS
    halo: bool = False


@dataclass(frozen=True)
class End:
    """A label at the right end of a line: where it stands, what it says and its color."""

    value: float
    text: str
    color: str = MUTED


def share_inside(bounds: tuple[float, float]) -> str:
    """The share of streams between two quantiles, in words."""
    return f"{bounds[1] - bounds[0]:.0%}"


def draw_fan(ax: Axes, streams: pd.DataFrame, column: str, line: FanLine) -> pd.DataFrame:
    """Bands and median of a column over all quarters; returns its quantiles by quarter."""
    found = by_quarter(streams, column)
    years = years_of(found.index.to_series())
    for bounds, opacity in _OPACITY.items():
        ax.fill_between(
            years, found[bounds[0]], found[bounds[1]], color=line.color, alpha=opacity, linewidth=0,
            label=f"{share_inside(bounds)} of streams",
        )  # fmt: skip
    ax.plot(
        years, found[MEDIAN], color=line.color, linewidth=line.width, linestyle=line.dashes, label=line.label,
        zorder=_ON_TOP, path_effects=HALO if line.halo else None,
    )  # fmt: skip
    return found


def fan_key(figure: Figure, manifest: Manifest) -> None:
    """A legend for the whole figure of what its fans are drawn with, in gray: each panel has its own color."""
    handles: dict[str, Artist] = {
        f"{share_inside(bounds)} of streams": Patch(color=MUTED, alpha=opacity, linewidth=0)
        for bounds, opacity in _OPACITY.items()
    }
    handles[MEDIAN_OF_STREAMS] = Line2D([], [], color=MUTED, linewidth=2.1)
    handles[this_run(manifest)] = Line2D([], [], color=INK, linewidth=_RUN_WIDTH)
    key(figure, list(handles.values()), list(handles))


def draw_this_run(ax: Axes, manifest: Manifest, quarter: pd.Series, values: pd.Series) -> None:
    """The run itself beside the fan: a dark line below the median, thinner than that."""
    ax.plot(years_of(quarter), values, color=INK, linewidth=_RUN_WIDTH, label=this_run(manifest))


def this_run(manifest: Manifest) -> str:
    """What the run itself is, in a few words."""
    who = "Mean field" if manifest.is_mean_field else f"{manifest.consumers:,} drawn consumers"
    return f"{who}, {'one drawn path' if draws_the_world(manifest) else 'expected path'}"


def fan_ends(found: pd.DataFrame, color: str, shown: Callable[[float], str], run_end: float) -> list[End]:
    """Labels for bands, median and the run at the last quarter; ``shown``: how a value is written."""
    last = found.iloc[-1]
    return [
        End(float(last[WIDE[1]]), f"{share_inside(WIDE)} of streams"),
        End(float(last[NARROW[1]]), share_inside(NARROW)),
        End(float(last[MEDIAN]), f"Median {shown(float(last[MEDIAN]))}", color),
        End(run_end, f"This run {shown(run_end)}", INK),
    ]


def label_ends(ax: Axes, ends: Sequence[End], size: str = "small", share: float = 1.0) -> None:
    """Labels right of the panel at the heights of their lines, kept apart; the scale and the foot must stand.

    ``share``: of the height between head and foot of the figure that is the panel's.
    """
    figure = cast("Figure", ax.figure)
    points = float(figure.get_figheight()) * POINTS_PER_INCH * body(figure)[3] * share
    gap_share = _LINE * points_of(size) / max(points - _AROUND_PANEL * points_of("medium"), points_of(size))
    low, high = ax.get_ylim()
    ranked = sorted(ends, key=lambda each: each.value)
    heights = spaced([each.value for each in ranked], gap_share * (high - low), high)
    for end, height in zip(ranked, heights, strict=True):
        ax.annotate(
            end.text, (1, height), xytext=(5, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", size=size, color=end.color, annotation_clip=False,
        )  # fmt: skip


def spaced(values: Sequence[float], gap: float, top: float) -> list[float]:
    """Rising values moved apart, no two nearer than ``gap``: upward, and down again where they would pass ``top``."""
    heights: list[float] = []
    for value in values:
        heights.append(max(value, heights[-1] + gap) if heights else value)
    for number in range(len(heights) - 1, -1, -1):
        heights[number] = min(heights[number], top - gap * (len(heights) - 1 - number))
    return heights


def fan_note(manifest: Manifest, streams: pd.DataFrame, count: int, own: str = "Thin line") -> str:
    """What the bands of a figure of ``count`` quarters are, for its caption; ``own``: what shows the run itself."""
    number, seeds = streams_in(streams), streams[STREAM_SEED]
    few = "" if number >= _ENOUGH else "; their edges are interpolated"
    path = "one drawn path" if draws_the_world(manifest) else "the expected path"
    return (
        f"n = {count} quarters, {number} random streams (seeds {seeds.min()} to {seeds.max()}; mean field, "
        f"{_FEW_PLACES} places) that draw prices of gasoline and lithium, scarce power, recalls, the appeal of cars "
        f"and how many look for one. Bands: 50 and 80% of them, {spread_of(manifest)}{few}. "
        f"{own}: this run, on {path}, {places_of(manifest)} places."
    )


def spread_of(manifest: Manifest) -> str:
    """What makes streams differ, and what does not."""
    if manifest.streams is not None and manifest.streams.drawn_parameters:
        return "chance and parameters that calibration leaves open, not errors of the model"
    return "chance alone, not uncertain parameters or errors of the model"


def places_of(manifest: Manifest) -> int:
    """Zones of the graph a run is made on."""
    return _FEW_PLACES if manifest.parameters["run"]["fast_graph"] else _ALL_PLACES


def draws_the_world(manifest: Manifest) -> bool:
    """Whether prices and the appeal of cars are drawn, not the expected ones."""
    return bool(manifest.parameters["world"]["shocks"])
