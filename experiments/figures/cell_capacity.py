"""Figure 3: how US battery-cell capacity is used: in total, storage and conversion enlarged, and by automaker."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import MaxNLocator

from experiments.figures.fan import HALO, End, FanLine, draw_fan, draw_this_run, fan_ends, fan_note, label_ends
from experiments.figures.media import medium
from experiments.figures.printed import tell_unit
from experiments.figures.style import (
    CELL_COLORS,
    INK,
    LEGEND_OVER_LINES,
    MUTED,
    bare,
    canvas,
    caption,
    edges_of,
    halves,
    mark_origin,
    rows_of,
    styled,
    years_of,
)
from experiments.figures.titles import cell_lines
from experiments.runs.manifest import Manifest
from experiments.runs.spread import streams_of
from experiments.runs.store import Result
from market.base import quarters

LAYERS = {
    "storage": "Storage cells, converted lines",
    "built": "Storage cells, lines built for it",
    "converting": "Offline for conversion",
    "vehicles": "Vehicle cells",
    "idle": "Idle",
    "building": "Under construction",
}
"""What lines do, from the foot of figure 3 up: labels."""
_MAKER_ROWS, _MAKER_COLUMNS = 2, 4
_BEFORE_ENLARGED, _BEFORE_MAKERS = 1.25, 3.25  # years of observed data shown where the change after it is the subject
_HEADROOM, _LEAST_SCALE_GWH = 1.2, 1.0  # of the enlarged panel: place for its legend, a scale if there is no storage
_UPPER_SHARE = 0.5  # of the height, which the upper panels have
_HEIGHT_INCHES = 8.4


def capacity_of(plants: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Capacity by quarter and layer, GWh a year; construction only after the origin, when the plans were known."""
    columns = ["converted", "storage", "converting", "vehicles", "idle", "building"]
    table = plants.groupby("quarter")[[f"capacity_{use}_gwh" for use in columns]].sum()
    table.columns = pd.Index(LAYERS)
    table["built"] -= table["storage"]
    after = table.index.map(quarters.index) > quarters.index(origin)
    return table.assign(building=table["building"].where(after, 0.0))


def capacity_by_maker(plants: pd.DataFrame, origin: str) -> dict[str, pd.DataFrame]:
    """Capacity of each of the largest companies, largest first, and of the others together."""
    tables = {str(maker): capacity_of(rows, origin) for maker, rows in plants.groupby("maker")}
    ranked = sorted(tables, key=lambda maker: (-tables[maker].sum(axis=1).max(), maker))
    most = _MAKER_ROWS * _MAKER_COLUMNS
    shown = ranked if len(ranked) <= most else ranked[: most - 1]
    chosen = {maker: tables[maker] for maker in shown}
    if len(shown) < len(ranked):
        chosen[f"{len(ranked) - len(shown)} others"] = capacity_of(plants[~plants["maker"].isin(shown)], origin)
    return chosen


def _stack(ax: Axes, capacity: pd.DataFrame, uses: Sequence[str]) -> None:
    """Capacity by quarter as a staircase, one layer per use."""
    edges = edges_of(capacity.index.to_series())
    foot = np.zeros(len(capacity))
    for use in uses:
        top = foot + capacity[use].to_numpy()
        ax.stairs(top, edges, baseline=foot, fill=True, color=CELL_COLORS[use], label=LAYERS[use])
        foot = top
    ax.set_xlim(edges[0], edges[-1])


def _draw_made(ax: Axes, quarter: pd.Series, gwh: pd.Series, label: str) -> None:
    ax.plot(years_of(quarter), gwh, color=INK, linewidth=1.5, label=label, path_effects=HALO)


def _finish(ax: Axes, title: str, origin: str, years_before: float | None = None) -> None:
    """Title, end of observed data and scales of a panel; it begins some years before that end if they are given."""
    late = years_before is not None
    place = mark_origin(ax, origin, labeled=not late)
    if years_before is not None:
        ax.set_xlim(left=max(ax.get_xlim()[0], place - years_before))
    ax.set_ylim(bottom=0)
    ax.set_title(title, loc="left", size="medium")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4 if late else 6, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))


def _draw_makers(figure: Figure, place: SubplotSpec, plants: pd.DataFrame, origin: str) -> None:
    """One small panel per company, all on the scale of the largest."""
    rows, columns = (_MAKER_COLUMNS, _MAKER_ROWS) if medium().landscape else (_MAKER_ROWS, _MAKER_COLUMNS)
    grid = place.subgridspec(rows, columns)
    makers = capacity_by_maker(plants, origin)
    first: Axes | None = None
    for number, (maker, capacity) in enumerate(makers.items()):
        row, column = divmod(number, columns)
        ax = bare(figure.add_subplot(grid[row, column], sharex=first, sharey=first))
        first = first or ax
        _stack(ax, capacity, list(LAYERS))
        _finish(ax, maker[:1].upper() + maker[1:], origin, _BEFORE_MAKERS)
        below = number + columns < len(makers)
        ax.tick_params(labelsize="small", labelleft=column == 0, labelbottom=not below)


def _draw_produced(ax: Axes, national: pd.DataFrame, streams: pd.DataFrame | None, manifest: Manifest) -> list[End]:
    """Storage cells produced, over random streams if there are any; what is to be said at the ends of their fan."""
    column, label = "cells_to_storage_gwh", "Storage cells produced"
    if streams is None:
        _draw_made(ax, national["quarter"], national[column], label)
        return []
    found = draw_fan(ax, streams, column, FanLine(INK, 1.8, label=f"{label}, median", halo=True))
    draw_this_run(ax, manifest, national["quarter"], national[column])
    return fan_ends(found, INK, lambda gwh: f"{gwh:.0f}", float(national[column].iloc[-1]))


@styled()
def cell_capacity(result: Result) -> Figure:
    """All lines and the cells they produce; storage and conversion enlarged, over streams too; panels by company."""
    need = "a run with cell plants"
    plants = rows_of(result, "plants", "cell_capacity", need)
    national = rows_of(result, "national", "cell_capacity", need)
    origin = result.manifest.origin
    figure = canvas(
        cell_lines(result), "GWh per year: line capacity by use, and cells produced; United States", _HEIGHT_INCHES
    )
    upper, lower = halves(figure, 1, 1)
    top = upper.subgridspec(2, 1) if medium().landscape else upper.subgridspec(1, 2, width_ratios=(1.75, 1))
    whole, enlarged = (bare(figure.add_subplot(top[place])) for place in range(2))
    capacity = capacity_of(plants, origin)
    _stack(whole, capacity, list(LAYERS))
    made = national["cells_to_vehicles_gwh"] + national["cells_to_storage_gwh"]
    _draw_made(whole, national["quarter"], made, "Cells produced")
    _finish(whole, "All plants", origin)
    tell_unit(whole, "GWh a year")
    handles, labels = whole.get_legend_handles_labels()
    whole.legend(handles[::-1], labels[::-1], loc="upper left", labelcolor=MUTED, fontsize="x-small", handlelength=1.3)
    _stack(enlarged, capacity, ["storage", "built", "converting"])
    streams = streams_of(result)
    ends = _draw_produced(enlarged, national, streams, result.manifest)
    _finish(enlarged, "Storage and conversion (enlarged)", origin, _BEFORE_ENLARGED)
    enlarged.set_ylim(top=max(_LEAST_SCALE_GWH, _HEADROOM * enlarged.get_ylim()[1]))
    enlarged.legend(handles=enlarged.lines[:1], loc="upper right", **LEGEND_OVER_LINES)
    n = f"n = {len(capacity)} quarters, {plants['plant'].nunique()} plants, one seed."
    if streams is not None:
        own = f"Thin line and stacks ({plants['plant'].nunique()} plants)"
        n = fan_note(result.manifest, streams, len(capacity), own)
    _draw_makers(figure, lower, plants, origin)
    caption(
        figure, result.manifest,
        f"{n} Automakers and plants are "
        "calibrated archetypes, not forecasts of any company. Panels by company share one scale. Dashed line: end of "
        f"observed data ({origin}). Plants open as recorded through then; capacity under construction is from plans "
        "known at that time. Closed lines drop out of the stack.",
    )  # fmt: skip
    label_ends(enlarged, ends, "x-small", _UPPER_SHARE)
    return figure
