"""Figure 6: prices of packs, vehicles, storage cells, lithium, electricity and gasoline."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.fan import (
    MEDIAN_OF_STREAMS,
    Dashes,
    FanLine,
    draw_fan,
    draw_this_run,
    draws_the_world,
    fan_key,
    fan_note,
)
from experiments.figures.style import (
    CELL_COLORS,
    INK,
    LEGEND_OVER_LINES,
    MUTED,
    POWERTRAIN_COLORS,
    FigureError,
    bare,
    canvas,
    caption,
    mark_origin,
    points_of,
    rows_of,
    styled,
    years_of,
)
from experiments.figures.titles import grown
from experiments.runs.manifest import Manifest
from experiments.runs.spread import streams_of
from experiments.runs.store import Result
from market.recorder import NATIONAL

_ROWS, _COLUMNS = 2, 3
_HEIGHT_INCHES = 6.6
_HEADROOM, _ABOVE_LINES = 1.1, 1.4  # of an axis over the highest value, and where names of two lines stand there
_NEED = "at least one quarter"
_FAN_WIDTH = 2.1
_DASHED = (0, (2.2, 1.6))


@dataclass(frozen=True)
class _Line:
    column: str
    color: str
    label: str = ""
    dashes: Dashes = "-"


_PANELS: dict[str, tuple[_Line, ...]] = {
    "Battery pack": (_Line("pack_price_usd_per_kwh", POWERTRAIN_COLORS["BEV"]),),
    "New vehicles": (
        _Line("bev_price_kusd", POWERTRAIN_COLORS["BEV"], "BEV"),
        _Line("petrol_price_kusd", MUTED, "Gasoline"),
    ),
    "Storage cells": (
        _Line("storage_price_usd_per_kwh", CELL_COLORS["storage"], "US, compliant"),
        _Line("storage_import_price_usd_per_kwh", INK, "Imported", _DASHED),
    ),
    "Lithium carbonate": (_Line("lithium_usd_per_kg", "#029e73"),),
    "Residential electricity": (_Line("electricity_usd_per_kwh", "#cc78bc"),),
    "Gasoline": (_Line("gasoline_usd_per_gallon", MUTED),),
}  # by title


def _draw(ax: Axes, national: pd.DataFrame, streams: pd.DataFrame | None, title: str, manifest: Manifest) -> None:
    """One price or two of a kind over time, or over random streams with the run itself; unit below the title."""
    lines = _PANELS[title]
    highest = max(float(national[line.column].max()) for line in lines)
    for line in lines:
        if streams is None:
            ax.plot(
                years_of(national["quarter"]), national[line.column], color=line.color, linestyle=line.dashes,
                linewidth=2.1, label=line.label,
            )  # fmt: skip
        else:
            found = draw_fan(
                ax, streams, line.column, FanLine(line.color, _FAN_WIDTH, line.dashes, line.label or MEDIAN_OF_STREAMS)
            )
            draw_this_run(ax, manifest, national["quarter"], national[line.column])
            highest = max(highest, float(found.max().max()))
    ax.set_title(title, loc="left", size="medium", pad=2 * points_of("small"))
    ax.annotate(
        NATIONAL[lines[0].column].unit, (0, 1), xytext=(0, 0.5 * points_of("small")), xycoords="axes fraction",
        textcoords="offset points", size="small", color=MUTED,
    )  # fmt: skip
    mark_origin(ax, manifest.origin, labeled=False)
    ax.set_ylim(0, (_HEADROOM if len(lines) == 1 else _ABOVE_LINES) * highest)
    ax.tick_params(labelsize="small")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    if len(lines) > 1:
        names = [line.label for line in lines]
        ax.legend(
            handles=[each for each in ax.lines if each.get_label() in names], loc="upper right", borderaxespad=0,
            borderpad=0.2, handlelength=1.8, **LEGEND_OVER_LINES,
        )  # fmt: skip


@styled()
def prices(result: Result) -> Figure:
    """One panel per price with its own axis; a price the run did not produce has none."""
    national, streams, manifest = rows_of(result, "national", "prices", _NEED), streams_of(result), result.manifest
    known = [title for title, lines in _PANELS.items() if all(national[line.column].notna().any() for line in lines)]
    if not known:
        raise FigureError(f"figure prices needs {_NEED} with prices; {result.manifest.name} has none")
    figure = canvas(
        grown(result, "pack_price_usd_per_kwh", "Battery packs"),
        "Battery, vehicle, lithium and energy prices; each panel has its own scale, starting at zero",
        _HEIGHT_INCHES,
    )
    if streams is not None:
        fan_key(figure, manifest)
    for place, title in enumerate(known):
        _draw(bare(figure.add_subplot(_ROWS, _COLUMNS, place + 1)), national, streams, title, manifest)
    n = f"n = {len(national)} quarters, one seed." if streams is None else fan_note(manifest, streams, len(national))
    path = "drawn by seed" if streams is not None or draws_the_world(manifest) else "on their expected path"
    caption(
        figure, manifest,
        f"{n} Dashed line: end of observed data ({manifest.origin}). Compliant cells meet the foreign-content rule; "
        f"import prices include duty. Lithium and gasoline are inputs: recorded prices, then {path}. Electricity: the "
        "last recorded price plus the effect of EV charging.",
    )  # fmt: skip
    return figure
