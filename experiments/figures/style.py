"""What all figures share: look, colors, captions (never pyplot)."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import GridSpec, SubplotSpec
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from agents.calendar import QUARTERS_PER_YEAR
from experiments.errors import InputError
from experiments.figures.media import medium
from experiments.figures.printed import know_our_fonts, letter
from experiments.runs.manifest import Manifest
from experiments.runs.store import Result
from experiments.shown_text import one_line
from market.base import quarters

INK, MUTED, FAINT = "#22303c", "#5f6b76", "#c9d0d6"
POWERTRAIN_COLORS = {"BEV": "#0173b2", "PHEV": "#029e73", "HEV": "#de8f05", "ICE": "#b8bfc6"}
"""From seaborn's palette ``colorblind``; gasoline in gray."""
CELL_COLORS = {
    "vehicles": POWERTRAIN_COLORS["BEV"],
    "storage": "#d55e00",
    "built": "#f2b37e",
    "converting": INK,
    "idle": "#b8bfc6",
    "building": "#e3e8ec",
}
"""Uses of cells and of the lines that make them, lines built for storage paler; blue and vermilion differ for all."""
LEGEND_OVER_LINES: dict[str, Any] = {
    "labelcolor": MUTED, "fontsize": "small", "frameon": True, "facecolor": "white", "edgecolor": "none",
    "framealpha": 1,
}  # fmt: skip
"""A legend that hides the lines below it."""
_HEIGHT_INCHES = 5.6  # of a plain figure on the screen
_EDGE = 0.015  # margin of text at the sides, share of the width
_LINE = 1.35  # height of a line of text over its size
_ABOVE_HEAD, _BELOW_FOOT, _AROUND_BODY, _PAD = 0.5, 0.8, 0.6, 0.4  # gaps in sizes of the text beside them
_BETWEEN_ROWS = 1.5  # of the pad: titles and labels of panels meet there
_HASH_SHOWN = 8
POINTS_PER_INCH = 72
_LOOK: dict[Any, Any] = {
    **sns.axes_style("whitegrid"),
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titley": 1.0,  # where titles stand anyway; left open, the place is looked for whenever a panel is drawn
    "grid.color": "#e6eaed",
    "text.color": INK,
    "text.parse_math": False,  # a dollar is a dollar
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "svg.hashsalt": "detour",
    "pdf.fonttype": 42,  # letters as TrueType, which journals ask for
}
_BOX_FOR_GLYPH = r"Glyph \d+ .*missing from"  # a character the font lacks is drawn as a box: no need to warn


class FigureError(InputError):
    """A result lacks what a figure needs."""


@contextmanager
def styled() -> Iterator[None]:
    """Detour's look for the figures made inside, with the type of their medium; serves as a decorator too.

    It begins from matplotlib's own defaults, whatever a ``matplotlibrc`` or a style says.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_BOX_FOR_GLYPH)
        mpl.rcdefaults()
        know_our_fonts()
        mpl.rcParams.update({**_LOOK, "font.size": medium().points, "font.family": list(medium().fonts)})
        yield


def rows_of(result: Result, table: str, figure: str, need: str) -> pd.DataFrame:
    """A table with at least one row. Raises FigureError saying what the figure needs."""
    frame = result.frames.get(table)
    if frame is None or frame.empty:
        raise FigureError(f"figure {figure} needs {need}; table {table} of {result.manifest.name} has no such rows")
    return frame


def canvas(title: str, subtitle: str, height_inches: float = _HEIGHT_INCHES, *, narrow: bool = False) -> Figure:
    """A figure with a title and a line below it, without axes.

    ``height_inches``: on the screen; other media have their own. ``narrow``: one column of a paper is enough.
    ``foot`` must be called when all else is drawn.
    """
    figure = Figure(
        figsize=medium().size_inches(height_inches, narrow=narrow), dpi=medium().dots_per_inch, layout="constrained"
    )
    FigureCanvasAgg(figure)
    if medium().captioned:
        figure.set_label(f"{one_line(title)}\n{one_line(subtitle)}")
        return figure
    _below(figure, wrapped(figure, title, "x-large", weight="bold"), "x-large", INK, weight="bold")
    _below(figure, wrapped(figure, subtitle, "medium"), "medium", MUTED)
    return figure


def _engine(figure: Figure) -> ConstrainedLayoutEngine:
    return cast("ConstrainedLayoutEngine", figure.get_layout_engine())


def body(figure: Figure) -> tuple[float, float, float, float]:
    """Left, foot, width, height of the room between head and foot, as shares of a figure that has its foot."""
    return cast("tuple[float, float, float, float]", _engine(figure).get()["rect"])


def points_of(size: str) -> float:
    """Points of a named size of text in the look at hand."""
    return FontProperties(size=size).get_size_in_points()


def wrapped(figure: Figure, text: str, size: str, *, share: float = 1.0, weight: str = "normal") -> str:
    """Text in lines that fit a share of the figure's width."""
    renderer, font = _renderer(figure), FontProperties(family=list(medium().fonts), size=size, weight=weight)
    room = (share - 2 * _EDGE) * figure.bbox.width
    lines: list[str] = []
    for word in one_line(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        width = renderer.get_text_width_height_descent(longer, font, ismath=False)[0]  # type: ignore[no-untyped-call]
        if lines and width <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def _renderer(figure: Figure) -> RendererAgg:
    canvas = cast("FigureCanvasAgg", figure.canvas)
    return cast("RendererAgg", canvas.get_renderer())  # type: ignore[no-untyped-call]  # matplotlib gives it no type


def _below(figure: Figure, text: str, size: str, color: str, *, weight: str = "normal") -> None:
    """A line of the head, under those that are there."""
    top = _head_bottom(figure) - _ABOVE_HEAD * _share_of_height(figure, points_of(size))
    figure.text(
        _EDGE, top, text, size=size, weight=weight, color=color, va="top", linespacing=_LINE, in_layout=False
    )  # fmt: skip


def _share_of_height(figure: Figure, points: float) -> float:
    return points / POINTS_PER_INCH / float(figure.get_figheight())


def _head_bottom(figure: Figure) -> float:
    """Lower edge of title, line below it and key, as a share of the height."""
    head: list[Artist] = [text for text in figure.texts if text.get_verticalalignment() == "top"] + list(figure.legends)
    renderer = _renderer(figure)
    return min((each.get_window_extent(renderer).y0 / figure.bbox.height for each in head), default=1.0)


def key(figure: Figure, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """A legend for the whole figure below its subtitle, in as few rows as fit."""
    for columns in range(len(labels), 0, -1):
        legend = figure.legend(
            handles, labels, loc="upper left", ncols=columns, labelcolor=MUTED, fontsize="small", handlelength=1.6,
            bbox_to_anchor=(0.5 * _EDGE, _head_bottom(figure)), borderaxespad=0.3,
        )  # fmt: skip
        legend.set_in_layout(False)
        if columns == 1 or legend.get_window_extent(_renderer(figure)).x1 <= figure.bbox.width:
            return
        legend.remove()


def foot(figure: Figure, *lines: str) -> None:
    """Notes at the foot, each from a new line; gives the axes the room between head and foot.

    In a medium with captions the notes join the figure's label, which ``saving.save`` writes beside the picture, and
    panels get letters.
    """
    gap = _AROUND_BODY * _share_of_height(figure, points_of("medium"))
    floor = gap
    if medium().captioned:
        panels = letter(figure.axes)
        figure.set_label("\n".join(filter(None, (str(figure.get_label()), panels, *map(one_line, lines)))))
    else:
        floor += _draw_notes(figure, lines)
    _give_room(figure, floor, _head_bottom(figure) - gap)


def _draw_notes(figure: Figure, lines: Sequence[str]) -> float:
    """Notes at the foot; their upper edge as a share of the height."""
    note = "\n".join(wrapped(figure, line, "x-small") for line in lines)
    shown = figure.text(
        _EDGE, _BELOW_FOOT * _share_of_height(figure, points_of("x-small")), note, size="x-small", color=MUTED,
        linespacing=_LINE, va="bottom", in_layout=False,
    )  # fmt: skip
    return float(shown.get_window_extent(_renderer(figure)).y1 / figure.bbox.height)


def _give_room(figure: Figure, floor: float, top: float) -> None:
    """Axes lie between two heights; lines get the weight of the medium."""
    pad = _PAD * medium().points / POINTS_PER_INCH
    _engine(figure).set(
        rect=(0.5 * _EDGE, floor, 1 - _EDGE, top - floor), w_pad=pad, h_pad=_BETWEEN_ROWS * pad,
        wspace=0.02, hspace=0.02,
    )  # fmt: skip
    if medium().strokes == 1.0:
        return
    for line in figure.findobj(Line2D):
        line.set_linewidth(medium().strokes * line.get_linewidth())
        line.set_markersize(medium().strokes * line.get_markersize())


def halves(figure: Figure, upper: float, lower: float) -> tuple[SubplotSpec, SubplotSpec]:
    """Places of the two parts of a tall figure by their heights; side by side where the medium is low and wide."""
    if medium().landscape:
        grid = GridSpec(1, 2, figure)
        return grid[0, 0], grid[0, 1]
    grid = GridSpec(2, 1, figure, height_ratios=(upper, lower))
    return grid[0, 0], grid[1, 0]


def bare(ax: Axes) -> Axes:
    """Axes without ticks and without lines that run up."""
    ax.grid(visible=False, axis="x")
    ax.tick_params(length=0)
    return ax


def blank(title: str, subtitle: str, columns: int = 1, *, narrow: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure with a title, a line below it and axes side by side that share the y axis."""
    figure = canvas(title, subtitle, narrow=narrow)
    axes = figure.subplots(1, columns, sharey=True, squeeze=False)[0]
    return figure, [bare(ax) for ax in axes]


def caption(figure: Figure, manifest: Manifest, note: str) -> None:
    """The footer: what ``note`` says of n and units, and which run this is."""
    run = (
        f"Scenario {manifest.name} (parameters {manifest.parameters_sha256[:_HASH_SHOWN]}), seed {manifest.seed}, "
        f"{manifest.population}, results {manifest.results_sha256[:_HASH_SHOWN]}, "
        f"Detour {manifest.versions['battery-detour']}."
    )
    foot(figure, note, run)


def years_of(labels: pd.Series) -> pd.Series:
    """Middle of quarters as years, such as 2017.125 for 2017Q1."""
    middle = 0.5
    return quarters.FIRST_YEAR + (labels.map(quarters.index) + middle) / QUARTERS_PER_YEAR


def edges_of(labels: pd.Series) -> list[float]:
    """Bounds of consecutive quarters as years: one more than there are quarters."""
    half = 0.5 / QUARTERS_PER_YEAR
    middle = years_of(labels)
    return [float(middle.iloc[0]) - half, *(middle + half)]


def mark_origin(ax: Axes, origin: str, *, labeled: bool = True) -> float:
    """A vertical line at the end of observed data; returns its place in years."""
    place = quarters.FIRST_YEAR + (quarters.index(origin) + 1) / QUARTERS_PER_YEAR
    ax.axvline(place, color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    if labeled:
        ax.text(
            place,
            1.015,
            f"data through {origin}",
            transform=ax.get_xaxis_transform(),
            ha="center",
            size="small",
            color=MUTED,
        )
    return place


def percent(share: float, _place: float = 0.0) -> str:
    """A share in percent without trailing zeros; serves as a formatter of ticks."""
    return f"{100 * share:g}%"


def whole_years(national: pd.DataFrame) -> pd.DataFrame:
    """Rows of the years that have all four quarters, with a column ``year``."""
    frame = national.assign(year=national["quarter"].map(quarters.index).map(quarters.year))
    return frame[frame.groupby("year")["quarter"].transform("size") == QUARTERS_PER_YEAR]
