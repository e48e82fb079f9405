"""Figure 4: maps of US public charging, coverage and reliability, one column per year."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import cast

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path

from experiments.figures.maps.map_layout import ROW_LINES, Box, MapLayout, width_of_maps
from experiments.figures.maps.us_map import HEIGHT, UNKNOWN, WIDTH, draw_land, places_of
from experiments.figures.media import SCREEN, medium
from experiments.figures.printed import LETTER_WIDTH
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
from market.base import quarters

_QUARTERS = ("2018Q4", "2024Q4", "2030Q4", "2035Q4")
_LEAST_COLUMNS = 3  # so that a short run has no giant maps
_SLIDE_QUARTERS = 2  # the last ones: more rows would make maps small
_FRAME_INCHES = 1.5  # title and note on the screen
_POINTS2_PER_MILLION_CARS, _LEAST_POINTS2 = 13.0, 3.0  # area of a circle
_KEY_MILLIONS = (0.5, 2, 8)
_COVERAGE_BOUNDS = (0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1)  # of classes: most are close to 1
_RARE = 0.02  # share of values at either end for which a scale is not stretched
_LEAST_SPAN, _STEP = 0.1, 0.05  # of the other scales
_LABELED = 6  # bounds of classes that have room for a label each on paper and slides
_SEEN = 0.02  # of a scale, mean over vehicles: less is not drawn a second time


@dataclass(frozen=True)
class _Row:
    column: str
    title: str
    colors: str
    decimals: int
    from_zero: bool = False


_ROWS = (
    _Row("trip_coverage", "Share of long trips covered by working chargers (250-mile range)", "viridis_r", 1),
    _Row("local_adequacy", "Fast plugs near home relative to local need", "flare", 0, from_zero=True),
    _Row(
        "charging_success",
        "Share of charging attempts that succeed, where drivers live",
        "crest",
        1,
    ),
)


def quarters_shown(labels: pd.Series) -> list[str]:
    """The years of the figure that a result reaches, and its last quarter."""
    last = max(labels.unique(), key=quarters.index)
    return [label for label in _QUARTERS if label in set(labels) and label != last] + [last]


def circle_points2(cars: pd.Series, scale: float = 1.0) -> pd.Series:
    """Area of the circles of zones, points squared; ``scale``: of the map over that on the screen."""
    return scale**2 * (cars / 1e6 * _POINTS2_PER_MILLION_CARS).clip(lower=_LEAST_POINTS2)


def _scale(row: _Row, values: pd.Series) -> tuple[Normalize, Colormap]:
    """One scale for all maps of a row, over what is there; values outside take the colors of its ends."""
    colors = sns.color_palette(row.colors, as_cmap=True).with_extremes(bad=UNKNOWN)
    known = values.dropna() if values.notna().any() else pd.Series([0.0, 1.0])
    low, high = (float(known.quantile(share)) for share in (_RARE, 1.0 - _RARE))
    if row.column == "trip_coverage":
        bounds = np.array(_COVERAGE_BOUNDS)
        first = min(int(np.searchsorted(bounds, low, "right")) - 1, bounds.size - 2)
        last = max(int(np.searchsorted(bounds, high)), first + 1)
        return BoundaryNorm(bounds[max(first, 0) : last + 1], colors.N, clip=True), colors
    high = min(_STEP * np.ceil(high / _STEP), 1.0)
    low = 0.0 if row.from_zero else max(0.0, min(_STEP * np.floor(low / _STEP), high - _LEAST_SPAN))
    return Normalize(low, max(high, low + _LEAST_SPAN), clip=True), colors


def _differs(before: pd.DataFrame, after: pd.DataFrame, column: str, scale: Normalize) -> bool:
    """Whether the colors of two quarters of a row differ enough to be seen."""
    pair = before.merge(after, on="zone", suffixes=("", "_after")).dropna(subset=[column, f"{column}_after"])
    if pair.empty:
        return True
    levels = 1.0 if not isinstance(scale, BoundaryNorm) else float(scale.Ncmap)
    first, second = (np.asarray(scale(pair[name]), np.float64) / levels for name in (column, f"{column}_after"))
    return float(np.average(np.abs(second - first), weights=pair["cars_stock"])) >= _SEEN


def _draw_map(
    ax: Axes, zones: pd.DataFrame, row: _Row, scale: tuple[Normalize, Colormap], enlarged: float, corridors: Path
) -> None:
    """Zones in the color of an outcome, small ones over large ones."""
    draw_land(ax, corridors)
    ax.scatter(
        zones["x_albers"], zones["y_albers"], s=circle_points2(zones["cars_stock"], enlarged), c=zones[row.column],
        norm=scale[0], cmap=scale[1], plotnonfinite=True, edgecolors="white", linewidths=0.25, zorder=3,
    )  # fmt: skip


def _title_map(ax: Axes, zones: pd.DataFrame, row: _Row) -> None:
    """The quarter and, at the right, the mean over vehicles."""
    known = zones[row.column].notna()
    ax.set_title(str(zones["quarter"].iloc[0]), loc="left", size="small", pad=2)
    if known.any():
        mean = float(np.average(zones[row.column][known], weights=zones["cars_stock"][known]))
        ax.set_title(f"mean {mean:.{row.decimals}%}", loc="right", size="small", pad=2, color=MUTED)


def _say_alike(ax: Axes, quarter: str) -> None:
    """In place of a map that would look like the last one drawn."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, f"looks as in {quarter}", transform=ax.transAxes, ha="center", size="small", color=MUTED)


def _draw_bar(figure: Figure, box: Box, scale: tuple[Normalize, Colormap], lowest: float) -> None:
    """The scale of a row, pointed where values lie below it."""
    cut = scale[0].vmin is not None and lowest < scale[0].vmin
    bar = figure.colorbar(
        ScalarMappable(*scale), cax=figure.add_axes(box), spacing="uniform", extend="min" if cut else "neither",
        orientation="horizontal" if medium().landscape else "vertical",
    )  # fmt: skip
    cast("Patch", bar.outline).set_visible(False)
    if isinstance(scale[0], BoundaryNorm):
        few = medium() is SCREEN or len(scale[0].boundaries) <= _LABELED
        bounds = list(scale[0].boundaries)[:: 1 if few else 2]
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


def _draw_rows(figure: Figure, zones: pd.DataFrame, layout: MapLayout, rows: Sequence[_Row], corridors: Path) -> None:
    enlarged = layout.map_inches / width_of_maps(max(layout.quarters, _LEAST_COLUMNS), SCREEN.width_inches)
    shown = sorted(set(zones["quarter"]), key=quarters.index)
    _draw_key(figure, enlarged, *_key_line(figure, layout.top))
    for number, row in enumerate(rows):
        scale = _scale(row, zones[row.column])
        drawn: pd.DataFrame | None = None
        for place, label in enumerate(shown):
            ax = figure.add_axes(layout.box(number, place), label=f"{row.column} {label}")
            own = zones[zones["quarter"] == label]
            _title_map(ax, own, row)
            if drawn is not None and not _differs(drawn, own, row.column, scale[0]):
                _say_alike(ax, str(drawn["quarter"].iloc[0]))
                continue
            _draw_map(ax, own, row, scale, enlarged, corridors)
            drawn = own
        _title_row(figure, layout, number, row)
        _draw_bar(figure, layout.bar(number), scale, zones[row.column].min())


def _title_row(figure: Figure, layout: MapLayout, number: int, row: _Row) -> None:
    """The title over the maps of an outcome; in a paper after a letter."""
    left, foot, _, height = layout.box(number, 0)
    lift = foot + height + 2 * points_of("small") / POINTS_PER_INCH / layout.size_inches[1]
    title = wrapped(figure, row.title, "medium", share=layout.step) if medium().landscape else row.title
    if medium().captioned:
        figure.text(left, lift, ascii_lowercase[number], size="medium", weight="bold", va="bottom")
        left += LETTER_WIDTH * points_of("medium") / POINTS_PER_INCH / layout.size_inches[0]
    figure.text(left, lift, title, size="medium", va="bottom")


def _title(zones: pd.DataFrame, shown: Sequence[str]) -> str:
    """How plugs near home change from the first quarter shown to the last."""
    said = []
    for label in dict.fromkeys((shown[0], shown[-1])):
        own = zones[zones["quarter"] == label].dropna(subset=["local_adequacy"])
        if not own.empty:
            said.append(f"{np.average(own['local_adequacy'], weights=own['cars_stock']):.0%} in {label}")
    return f"Fast plugs near home, share of local need: {', '.join(said)}" if said else "Public fast charging"


@styled()
def charging_map(result: Result) -> Figure:
    """Rows: trips covered, plugs near home, and actual charging success if the result has it; columns: years."""
    zones = rows_of(result, "zones", "charging_map", "at least one quarter")
    shown = quarters_shown(zones["quarter"])
    shown = shown[-_SLIDE_QUARTERS:] if medium().landscape else shown
    places, corridors = places_of(result, "charging_map")
    zones = zones[zones["quarter"].isin(shown)].merge(places, on="zone")
    zones = zones.sort_values("cars_stock", ascending=False, kind="stable")
    rows = [row for row in _ROWS if row.column in zones.columns]
    columns = len(shown) if medium().landscape else max(len(shown), _LEAST_COLUMNS)
    map_inches = width_of_maps(columns, SCREEN.width_inches) * HEIGHT / WIDTH
    figure = canvas(
        _title(zones, shown),
        f"Circle area = vehicles in the zone; each {'column' if medium().landscape else 'row'} has its own color scale",
        (0.0 if medium().captioned else _FRAME_INCHES)
        + len(rows) * (map_inches + ROW_LINES * SCREEN.points / POINTS_PER_INCH),
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
    layout = MapLayout(len(rows), columns, (float(width_inches), float(height_inches)), foot, top)
    _draw_rows(figure, zones, layout, rows, corridors)
    return figure
