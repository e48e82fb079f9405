"""Figure 4: maps of US public charging, coverage and reliability, one column per year."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias, cast

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from experiments.figures.media import SCREEN, medium
from experiments.figures.style import (
    INK,
    MUTED,
    POINTS_PER_INCH,
    body,
    canvas,
    caption,
    percent,
    points_of,
    rows_of,
    styled,
    wrapped,
)
from experiments.runs.store import Result
from market.base import quarters, tables

_QUARTERS = ("2018Q4", "2024Q4", "2030Q4", "2035Q4")
_LEAST_COLUMNS = 3  # so that a short run has no giant maps
_SLIDE_QUARTERS = 2  # the last ones: more rows would make maps small
_LEFT, _MAPS_RIGHT, _GAP, _BAR_LEFT, _BAR_WIDTH = 0.015, 0.895, 0.014, 0.917, 0.013  # shares of the width
_FRAME_INCHES = 1.5  # title and note on the screen
_ROW_LINES, _TITLE_LINES, _MAP_LINES = 3.5, 2.9, 1.6  # room for titles of rows, columns and maps, lines of plain text
_WIDTH, _HEIGHT = 975.0, 610.0  # map units of the outline
_FINEST = 2.0  # map units that borders are rounded to: a third of a point
_POINTS2_PER_MILLION_CARS, _LEAST_POINTS2 = 13.0, 3.0  # area of a circle
_KEY_MILLIONS = (0.5, 2, 8)
_COVERAGE_BOUNDS = (0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1)  # classes: most zones lie close to 1
_LEAST_SPAN, _STEP = 0.1, 0.05  # of the scale of plug success
_LAND, _BORDER, _ROAD, _UNKNOWN = "#e6eaed", "#ffffff", "#b3bcc4", "#ffffff"

_Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Row:
    column: str
    title: str
    colors: str
    decimals: int


_ROWS = (
    _Row("trip_coverage", "Share of long trips covered by working chargers (250-mile range)", "viridis_r", 1),
    _Row("local_adequacy", "Fast plugs near home relative to local need", "flare", 0),
    _Row(
        "charging_success",
        "Share of charging attempts that succeed, where drivers live",
        "crest",
        1,
    ),
)


@dataclass(frozen=True)
class _Layout:
    """Places of the maps between ``foot`` and ``top`` (shares), as large as fit.

    Outcomes stand in rows and quarters in columns, on a low and wide medium the other way round.
    """

    outcomes: int
    quarters: int
    size_inches: tuple[float, float]
    foot: float
    top: float

    @property
    def _rows(self) -> int:
        return self.quarters if medium().landscape else self.outcomes

    @property
    def _columns(self) -> int:
        return self.outcomes if medium().landscape else self.quarters

    @property
    def _heads(self) -> tuple[float, float]:
        """Room above the maps of the first row and of the others."""
        lines = (_TITLE_LINES + _MAP_LINES, _MAP_LINES) if medium().landscape else (_ROW_LINES, _ROW_LINES)
        first, other = (count * points_of("medium") / POINTS_PER_INCH / self.size_inches[1] for count in lines)
        return first, other

    @property
    def map_inches(self) -> float:
        """Width of a map."""
        first, other = self._heads
        scales = 2 * other if medium().landscape else 0.0
        rooms = first + (self._rows - 1) * other + scales
        height = (self.top - self.foot - rooms) / self._rows * self.size_inches[1]
        return min(_map_inches(self._columns, self.size_inches[0]), height * _WIDTH / _HEIGHT)

    @property
    def step(self) -> float:
        """From the left of a map to that of the next, as a share of the width."""
        if medium().landscape:
            return (1 - 2 * _LEFT) / self._columns
        return (_MAPS_RIGHT - _LEFT - self.map_inches / self.size_inches[0]) / max(self._columns - 1, 1)

    def box(self, outcome: int, quarter: int) -> _Box:
        """Place of a map as shares of the figure."""
        row, column = (quarter, outcome) if medium().landscape else (outcome, quarter)
        width = self.map_inches / self.size_inches[0]
        height = self.map_inches * _HEIGHT / _WIDTH / self.size_inches[1]
        first, other = self._heads
        foot = self.top - first - row * other - (row + 1) * height
        return _LEFT + column * self.step, foot, width, height

    def bar(self, outcome: int) -> _Box:
        """Place of the scale of an outcome: right of its maps, or below them."""
        left, foot, width, height = self.box(outcome, self.quarters - 1)
        if medium().landscape:
            return left + 0.04 * width, foot - 0.4 * self._heads[1], 0.92 * width, 0.3 * self._heads[1]
        return _BAR_LEFT, foot + 0.04 * height, _BAR_WIDTH, 0.92 * height


def _map_inches(columns: int, width_inches: float) -> float:
    """Width of maps that fill the width."""
    return width_inches * ((_MAPS_RIGHT - _LEFT + _GAP) / columns - _GAP)


@cache
def outline() -> Path:
    """Borders of all states in map units, without the detail that small maps cannot show."""
    states = json.loads((tables.DATA / "us_outline.json").read_text(encoding="utf-8"))["states"]
    rings = []
    for ring in (ring for state in states.values() for ring in state["rings"]):
        points = np.round(np.array(ring) / _FINEST) * _FINEST
        moved = np.any(np.diff(points, axis=0) != 0, axis=1)
        rings.append(Path(points[np.append(True, moved)]))
    return Path.make_compound_path(*rings)


@cache
def roads() -> Path:
    """Corridors as straight lines between their zones, map units."""
    place = tables.load("zones").set_index("zone")[["x_albers", "y_albers"]]
    corridors = tables.load("corridors")
    ends = [place.loc[corridors[end]].to_numpy(dtype=np.float64) for end in ("zone_a", "zone_b")]
    return Path.make_compound_path(*(Path(line) for line in np.stack(ends, axis=1)))


def quarters_shown(labels: pd.Series) -> list[str]:
    """The years of the figure that a result reaches, and its last quarter."""
    last = max(labels.unique(), key=quarters.index)
    return [label for label in _QUARTERS if label in set(labels) and label != last] + [last]


def circle_points2(cars: pd.Series, scale: float = 1.0) -> pd.Series:
    """Area of the circles of zones, points squared; ``scale``: of the map over that on the screen."""
    return scale**2 * (cars / 1e6 * _POINTS2_PER_MILLION_CARS).clip(lower=_LEAST_POINTS2)


def _scale(row: _Row, values: pd.Series) -> tuple[Normalize, Colormap]:
    """One scale for all maps of a row; values outside take the colors of its ends."""
    colors = sns.color_palette(row.colors, as_cmap=True).with_extremes(bad=_UNKNOWN)
    if row.column == "trip_coverage":
        return BoundaryNorm(_COVERAGE_BOUNDS, colors.N), colors
    if row.column == "charging_success":
        low = float(np.floor(values.quantile(0.02) / _STEP) * _STEP) if values.notna().any() else 0.0
        high = float(np.ceil(values.max() / _STEP) * _STEP) if values.notna().any() else 1.0
        return Normalize(max(0.0, min(low, high - _LEAST_SPAN)), high, clip=True), colors
    return Normalize(0.0, 1.0, clip=True), colors


def _draw_land(ax: Axes) -> None:
    for patch in (
        PathPatch(outline(), facecolor=_LAND, edgecolor=_BORDER, linewidth=0.4, zorder=1),
        PathPatch(roads(), fill=False, edgecolor=_ROAD, linewidth=0.35, zorder=2),
    ):
        ax.add_artist(patch)  # as a patch, every point of it would be looked at for limits, which are given below
    ax.set_xlim(0, _WIDTH)
    ax.set_ylim(_HEIGHT, 0)
    ax.set_aspect("equal")
    ax.set_axis_off()


def _draw_map(ax: Axes, zones: pd.DataFrame, row: _Row, scale: tuple[Normalize, Colormap], enlarged: float) -> None:
    """Zones in the color of an outcome, small ones over large ones; their mean at the right of the title."""
    _draw_land(ax)
    known = zones[row.column].notna()
    ax.scatter(
        zones["x_albers"], zones["y_albers"], s=circle_points2(zones["cars_stock"], enlarged), c=zones[row.column],
        norm=scale[0], cmap=scale[1], plotnonfinite=True, edgecolors="white", linewidths=0.25, zorder=3,
    )  # fmt: skip
    ax.set_title(str(zones["quarter"].iloc[0]), loc="left", size="small", pad=2)
    if known.any():
        mean = float(np.average(zones[row.column][known], weights=zones["cars_stock"][known]))
        ax.set_title(f"mean {mean:.{row.decimals}%}", loc="right", size="small", pad=2, color=MUTED)


def _draw_bar(figure: Figure, box: _Box, row: _Row, scale: tuple[Normalize, Colormap], lowest: float) -> None:
    """The scale of a row, pointed where values lie below it."""
    cut = scale[0].vmin is not None and lowest < scale[0].vmin
    bar = figure.colorbar(
        ScalarMappable(*scale), cax=figure.add_axes(box), spacing="uniform", extend="min" if cut else "neither",
        orientation="horizontal" if medium().landscape else "vertical",
    )  # fmt: skip
    cast("Patch", bar.outline).set_visible(False)
    if row.column == "trip_coverage":
        bounds = _COVERAGE_BOUNDS[:: 2 if medium().landscape else 1]
        bar.set_ticks(bounds, labels=[percent(bound) for bound in bounds])
    else:
        (bar.ax.xaxis if medium().landscape else bar.ax.yaxis).set_major_formatter(percent)
    bar.ax.tick_params(length=0, labelsize="x-small", pad=2)
    bar.ax.grid(visible=False)


def _draw_key(figure: Figure, enlarged: float, foot: float, height: float) -> None:
    """Circles of known numbers of vehicles at the right, between two heights."""
    ax = figure.add_axes((0.7, foot, 0.29, height), label="key")
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.text(0.0, 0.5, "Million vehicles", va="center", size="small", color=MUTED)
    for place, millions in zip((0.42, 0.6, 0.8), _KEY_MILLIONS, strict=True):
        points2 = circle_points2(pd.Series([millions * 1e6]), enlarged)
        ax.scatter([place], [0.5], s=points2, facecolors="none", edgecolors=INK, linewidths=0.7, clip_on=False)
        ax.text(place + 0.03 + 0.02 * millions**0.5, 0.5, f"{millions:g}", va="center", size="small", color=MUTED)


def _key_line(figure: Figure, top: float) -> tuple[float, float]:
    """Foot and height of the line of the key: that of the subtitle, or above the maps where there is none."""
    if medium().captioned:
        return top, _line_share(figure)
    line = figure.texts[1].get_window_extent().transformed(figure.transFigure.inverted())
    return float(line.y0), float(line.height)


def _line_share(figure: Figure) -> float:
    """Height of a line of plain text as a share of that of the figure."""
    return points_of("medium") / POINTS_PER_INCH / float(figure.get_figheight())


def _draw_rows(
    figure: Figure, zones: pd.DataFrame, layout: _Layout, rows: Sequence[_Row], shown: Sequence[str]
) -> None:
    enlarged = layout.map_inches / _map_inches(max(layout.quarters, _LEAST_COLUMNS), SCREEN.width_inches)
    _draw_key(figure, enlarged, *_key_line(figure, layout.top))
    for number, row in enumerate(rows):
        scale = _scale(row, zones[row.column])
        for place, label in enumerate(shown):
            ax = figure.add_axes(layout.box(number, place), label=f"{row.column} {label}")
            _draw_map(ax, zones[zones["quarter"] == label], row, scale, enlarged)
        left, foot, _, height = layout.box(number, 0)
        above = 2 * points_of("small") / POINTS_PER_INCH / layout.size_inches[1]
        title = wrapped(figure, row.title, "medium", share=layout.step) if medium().landscape else row.title
        figure.text(left, foot + height + above, title, size="medium", va="bottom")
        _draw_bar(figure, layout.bar(number), row, scale, zones[row.column].min())


@styled()
def charging_map(result: Result) -> Figure:
    """Rows: trips covered, plugs near home, and actual charging success if the result has it; columns: years."""
    zones = rows_of(result, "zones", "charging_map", "at least one quarter")
    shown = quarters_shown(zones["quarter"])
    shown = shown[-_SLIDE_QUARTERS:] if medium().landscape else shown
    place = tables.load("zones")[["zone", "x_albers", "y_albers"]]
    zones = zones[zones["quarter"].isin(shown)].merge(place, on="zone")
    zones = zones.sort_values("cars_stock", ascending=False, kind="stable")
    rows = [row for row in _ROWS if row.column in zones.columns]
    columns = len(shown) if medium().landscape else max(len(shown), _LEAST_COLUMNS)
    map_inches = _map_inches(columns, SCREEN.width_inches) * _HEIGHT / _WIDTH
    figure = canvas(
        "Public fast charging in the United States",
        f"Circle area = vehicles in the zone; each {'column' if medium().landscape else 'row'} has its own color scale",
        (0.0 if medium().captioned else _FRAME_INCHES)
        + len(rows) * (map_inches + _ROW_LINES * SCREEN.points / POINTS_PER_INCH),
    )
    caption(
        figure, result.manifest,
        f"n = {zones['zone'].nunique()} zones, {len(shown)} quarters, one seed. Means are weighted by vehicles. "
        "Coverage and plugs near home count plugs at the reliability buyers perceive. Coverage classes are uneven; a "
        "zone with no long road trips, such as Honolulu, counts as covered. Lines: road corridors. Outline: us-atlas, "
        "US Census.",
    )  # fmt: skip
    _, foot, _, height = body(figure)
    width_inches, height_inches = figure.get_size_inches()
    figure.set_layout_engine("none")
    top = foot + height - (_line_share(figure) if medium().captioned else 0.0)
    layout = _Layout(len(rows), columns, (float(width_inches), float(height_inches)), foot, top)
    _draw_rows(figure, zones, layout, rows, shown)
    return figure
