"""Figure 4: charging over the map of the United States, coverage and reliability, one column a year."""

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

from experiments.figures.style import INK, MUTED, SIZE_INCHES, canvas, caption, percent, rows_of, styled
from experiments.store import Result
from market import quarters, tables

_QUARTERS = ("2018Q4", "2024Q4", "2030Q4", "2035Q4")
_LEAST_COLUMNS = 3  # so that a short run has no giant maps
_LEFT, _MAPS_RIGHT, _GAP, _BAR_LEFT, _BAR_WIDTH = 0.015, 0.895, 0.014, 0.917, 0.013  # shares of the width
_HEAD_INCHES, _FOOT_INCHES, _ROW_HEAD_INCHES = 1.28, 0.72, 0.52
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
    colours: str
    decimals: int


_ROWS = (
    _Row("trip_coverage", "Long trips covered by chargers that work, at 250 miles of range", "viridis_r", 1),
    _Row("local_adequacy", "Fast plugs near home against what local drivers need", "flare", 0),
    _Row(
        "charging_success",
        "Reliability: charging attempts that succeed, as the drivers of a zone meet them",
        "crest",
        1,
    ),
)


@dataclass(frozen=True)
class _Layout:
    """Places of the maps, rows from the top."""

    rows: tuple[_Row, ...]
    columns: int

    @property
    def _width(self) -> float:
        return (_MAPS_RIGHT - _LEFT + _GAP) / self.columns - _GAP

    @property
    def _map_inches(self) -> float:
        return SIZE_INCHES[0] * self._width * _HEIGHT / _WIDTH

    @property
    def height_inches(self) -> float:
        """Height of the figure."""
        between = (len(self.rows) - 1) * _ROW_HEAD_INCHES
        return _HEAD_INCHES + len(self.rows) * self._map_inches + between + _FOOT_INCHES

    def box(self, row: int, column: int) -> _Box:
        """Place of a map as shares of the figure."""
        top_inches = _HEAD_INCHES + row * (self._map_inches + _ROW_HEAD_INCHES)
        foot = 1 - (top_inches + self._map_inches) / self.height_inches
        return _LEFT + column * (self._width + _GAP), foot, self._width, self._map_inches / self.height_inches


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


def circle_points2(cars: pd.Series) -> pd.Series:
    """Area of the circles of zones, points squared."""
    return (cars / 1e6 * _POINTS2_PER_MILLION_CARS).clip(lower=_LEAST_POINTS2)


def _scale(row: _Row, values: pd.Series) -> tuple[Normalize, Colormap]:
    """One scale for all maps of a row; values outside take the colours of its ends."""
    colours = sns.color_palette(row.colours, as_cmap=True).with_extremes(bad=_UNKNOWN)
    if row.column == "trip_coverage":
        return BoundaryNorm(_COVERAGE_BOUNDS, colours.N), colours
    if row.column == "charging_success":
        low = float(np.floor(values.quantile(0.02) / _STEP) * _STEP) if values.notna().any() else 0.0
        high = float(np.ceil(values.max() / _STEP) * _STEP) if values.notna().any() else 1.0
        return Normalize(max(0.0, min(low, high - _LEAST_SPAN)), high, clip=True), colours
    return Normalize(0.0, 1.0, clip=True), colours


def _draw_land(ax: Axes) -> None:
    ax.add_patch(PathPatch(outline(), facecolor=_LAND, edgecolor=_BORDER, linewidth=0.4, zorder=1))
    ax.add_patch(PathPatch(roads(), fill=False, edgecolor=_ROAD, linewidth=0.35, zorder=2))
    ax.set_xlim(0, _WIDTH)
    ax.set_ylim(_HEIGHT, 0)
    ax.set_aspect("equal")
    ax.set_axis_off()


def _draw_map(ax: Axes, zones: pd.DataFrame, row: _Row, scale: tuple[Normalize, Colormap]) -> None:
    """Zones in the colour of an outcome, small ones over large ones; their mean at the right of the title."""
    _draw_land(ax)
    known = zones[row.column].notna()
    ax.scatter(
        zones["x_albers"], zones["y_albers"], s=circle_points2(zones["cars_stock"]), c=zones[row.column],
        norm=scale[0], cmap=scale[1], plotnonfinite=True, edgecolors="white", linewidths=0.25, zorder=3,
    )  # fmt: skip
    ax.set_title(str(zones["quarter"].iloc[0]), loc="left", size=9, pad=2)
    if known.any():
        mean = float(np.average(zones[row.column][known], weights=zones["cars_stock"][known]))
        ax.set_title(f"mean {mean:.{row.decimals}%}", loc="right", size=8.5, pad=2, color=MUTED)


def _draw_bar(figure: Figure, box: _Box, row: _Row, scale: tuple[Normalize, Colormap], lowest: float) -> None:
    """The scale of a row, right of its maps, pointed where values lie below it."""
    cut = scale[0].vmin is not None and lowest < scale[0].vmin
    bar = figure.colorbar(
        ScalarMappable(*scale), cax=figure.add_axes(box), spacing="uniform", extend="min" if cut else "neither"
    )
    cast("Patch", bar.outline).set_visible(False)
    if row.column == "trip_coverage":
        bar.set_ticks(_COVERAGE_BOUNDS, labels=[percent(bound) for bound in _COVERAGE_BOUNDS])
    else:
        bar.ax.yaxis.set_major_formatter(percent)
    bar.ax.tick_params(length=0, labelsize=7.5, pad=2)
    bar.ax.grid(visible=False)


def _draw_key(figure: Figure, height_inches: float) -> None:
    """Circles of known numbers of cars, at the right of the subtitle."""
    ax = figure.add_axes((0.7, 1 - 0.74 / height_inches, 0.29, 0.3 / height_inches))
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.text(0.0, 0.5, "Million cars", va="center", size=8.5, color=MUTED)
    for place, millions in zip((0.36, 0.56, 0.78), _KEY_MILLIONS, strict=True):
        points2 = circle_points2(pd.Series([millions * 1e6]))
        ax.scatter([place], [0.5], s=points2, facecolors="none", edgecolors=INK, linewidths=0.7)
        ax.text(place + 0.03 + 0.02 * millions**0.5, 0.5, f"{millions:g}", va="center", size=8.5, color=MUTED)


def _draw_rows(figure: Figure, zones: pd.DataFrame, layout: _Layout, shown: Sequence[str]) -> None:
    for number, row in enumerate(layout.rows):
        scale = _scale(row, zones[row.column])
        for column, label in enumerate(shown):
            ax = figure.add_axes(layout.box(number, column), label=f"{row.column} {label}")
            _draw_map(ax, zones[zones["quarter"] == label], row, scale)
        _, foot, _, height = layout.box(number, 0)
        figure.text(_LEFT, foot + height + 0.26 / layout.height_inches, row.title, size=10.5)
        _draw_bar(
            figure, (_BAR_LEFT, foot + 0.04 * height, _BAR_WIDTH, 0.92 * height), row, scale, zones[row.column].min()
        )


@styled()
def charging_map(result: Result) -> Figure:
    """Rows: trips covered, plugs near home, and true success of charges if the result has it; columns: years."""
    zones = rows_of(result, "zones", "charging_map", "one quarter at least")
    shown = quarters_shown(zones["quarter"])
    place = tables.load("zones")[["zone", "x_albers", "y_albers"]]
    zones = zones[zones["quarter"].isin(shown)].merge(place, on="zone").sort_values("cars_stock", ascending=False)
    rows = [row for row in _ROWS if row.column in zones.columns]
    layout = _Layout(tuple(rows), max(len(shown), _LEAST_COLUMNS))
    figure = canvas(
        "Public charging over the United States",
        "One circle a zone, area by its cars; one colour scale a row",
        layout.height_inches,
    )
    _draw_key(figure, layout.height_inches)
    _draw_rows(figure, zones, layout, shown)
    caption(
        figure, result.manifest,
        f"n = {zones['zone'].nunique()} zones, {len(shown)} quarters, one seed. Means are over cars. Coverage and "
        "plugs near home count plugs as buyers believe they work.\n"
        "Classes of coverage are uneven; a zone without long trips by road, such as Honolulu, counts as covered. "
        "Lines: road corridors. Outline: us-atlas, US Census.",
    )  # fmt: skip
    return figure
