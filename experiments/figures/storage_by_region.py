"""Figure 8: installed storage by region and buyer, annual additions, and what one more kW is worth."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator

from experiments.display_names import region_name
from experiments.figures.fan import End, FanLine, draw_fan, fan_ends, fan_note, label_ends
from experiments.figures.style import (
    CELL_COLORS,
    INK,
    LEGEND_OVER_LINES,
    MUTED,
    bare,
    canvas,
    caption,
    edges_of,
    mark_origin,
    rows_of,
    styled,
    whole_years,
    years_of,
)
from experiments.figures.titles import storage_places
from experiments.runs.spread import MEDIAN, WIDE, by_stream, quantiles, streams_of
from experiments.runs.store import Result

_COLORS = {
    "ERCOT": "#0173b2",
    "CAISO": "#de8f05",
    "West-nonISO": "#33404b",
    "Southeast": "#029e73",
    "PJM": "#cc78bc",
    "MISO": "#56b4e9",
    "SPP": "#ca9161",
}  # of regions from the bottom of the stack up: seaborn's palette colorblind and a dark gray
_REGIONS = {region: (region_name(region), color) for region, color in _COLORS.items()}
_REST_COLOR = "#b8bfc6"
_REST = frozenset({"NYISO", "ISO-NE", "AK/HI"})
_CENTERS = "Data centers, all regions"
_HEIGHT_INCHES = 6.4
_NEED = "a run with a power sector"
_TOTAL = "storage_installed_gw"
_BAR = 0.8  # of a year


def installed_gw(regions: pd.DataFrame) -> pd.DataFrame:
    """Installed storage by quarter, GW: utilities by region, then other regions, then data centers everywhere."""
    rows = regions.assign(own=regions["installed_gw"] - regions["data_center_gw"])
    wide = rows.pivot(index="quarter", columns="region", values="own")
    table = wide.reindex(columns=list(_REGIONS), fill_value=0.0)
    rest = wide[wide.columns.difference(list(_REGIONS))].sum(axis=1)
    return table.assign(rest=rest, centers=rows.groupby("quarter")["data_center_gw"].sum())


def added_gw(regions: pd.DataFrame) -> pd.DataFrame:
    """Annual storage additions, modeled and observed, GW; NaN where nothing was observed."""
    columns = ["added_gw", "recorded_added_gw"]
    frame = whole_years(regions.groupby("quarter")[columns].sum(min_count=1).reset_index())
    return frame.groupby("year")[columns].sum(min_count=1)


def rest_name(regions: pd.DataFrame) -> str:
    """What regions without a color of their own are called together; a data pack may have others."""
    return "Northeast, AK, HI" if set(regions["region"]) <= _REST | set(_REGIONS) else "Other regions"


def _draw_installed(ax: Axes, installed: pd.DataFrame, rest: str) -> None:
    """Regions in colors, data centers hatched on top, legend in the order of the stack."""
    edges = edges_of(installed.index.to_series())
    foot = np.zeros(len(installed))
    for name in installed.columns:
        top = foot + installed[name].to_numpy()
        if name == "centers":
            ax.stairs(
                np.where(top > foot, top, np.nan), edges, baseline=foot, fill=True, facecolor="white", edgecolor=INK,
                linewidth=0.6, hatch="//////", label=_CENTERS,
            )  # fmt: skip
        else:
            label, color = _REGIONS.get(str(name), (rest, _REST_COLOR))
            ax.stairs(top, edges, baseline=foot, fill=True, color=color, label=label)
        foot = top
    ax.set_xlim(edges[0], edges[-1])
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[::-1], labels[::-1], loc="upper left", handlelength=1.4, **LEGEND_OVER_LINES)


def _draw_total(ax: Axes, streams: pd.DataFrame, national: pd.DataFrame) -> list[End]:
    """Total over random streams, on the stack of the run itself; what is to be said at its ends."""
    found = draw_fan(ax, streams, _TOTAL, FanLine(INK, 1.8, halo=True))
    return fan_ends(found, INK, lambda gw: f"{gw:.0f}", float(national[_TOTAL].iloc[-1]))


def added_by_stream(streams: pd.DataFrame) -> pd.DataFrame:
    """Quantiles of annual additions over random streams, GW, shape (full years, quantiles)."""
    added = whole_years(by_stream(streams, "storage_added_gw").reset_index())
    return quantiles(added.drop(columns="quarter").groupby("year").sum())


def _draw_added(ax: Axes, added: pd.DataFrame, streams: pd.DataFrame | None, origin: str) -> None:
    """Bars: the run, or the median of random streams with their interval and the run as dashes; dots: observed."""
    middle = added.index.to_numpy() + 0.5
    if streams is None:
        ax.bar(middle, added["added_gw"], _BAR, color=CELL_COLORS["storage"], linewidth=0, label="Model")
    else:
        found = added_by_stream(streams)
        middle_of_streams = found.index.to_numpy() + 0.5
        ax.bar(middle_of_streams, found[MEDIAN], _BAR, color=CELL_COLORS["storage"], linewidth=0, label="Median")
        ax.vlines(middle_of_streams, found[WIDE[0]], found[WIDE[1]], color=INK, linewidth=1.4, label="80% of streams")
        ax.plot(middle, added["added_gw"], "_", color=INK, markersize=7, label="This run")
    ax.plot(
        middle, added["recorded_added_gw"], "o", color=INK, markersize=4, markeredgecolor="white", markeredgewidth=0.6,
        clip_on=False, label="Observed",
    )  # fmt: skip
    mark_origin(ax, origin, labeled=False)
    ax.legend(loc="upper left", labelcolor=MUTED, fontsize="small", handlelength=1.2)


def _draw_value(ax: Axes, regions: pd.DataFrame, origin: str) -> None:
    """Value over cost by region in the colors of the stack; above 1, another kW pays for itself."""
    for name, (label, color) in _REGIONS.items():
        rows = regions[regions["region"] == name]
        ratio = rows["value_usd_per_kw_year"] / rows["cost_usd_per_kw_year"]
        ax.plot(years_of(rows["quarter"]), ratio, color=color, linewidth=1.6, label=label)
    ax.axhline(1, color=MUTED, linewidth=0.9)
    mark_origin(ax, origin, labeled=False)


@styled()
def storage_by_region(result: Result) -> Figure:
    """The stack at the left; additions and value over cost at the right; total and additions over random streams."""
    streams, regions = streams_of(result), rows_of(result, "regions", "storage_by_region", _NEED)
    origin = result.manifest.origin
    figure = canvas(
        storage_places(result),
        "Grid storage by power region and its value, United States; one color per region, data-center storage hatched",
        _HEIGHT_INCHES,
    )
    grid = GridSpec(2, 2, figure, width_ratios=(1.35, 1))
    axes = [bare(figure.add_subplot(place)) for place in (grid[:, 0], grid[0, 1], grid[1, 1])]
    _draw_installed(axes[0], installed_gw(regions), rest_name(regions))
    mark_origin(axes[0], origin, labeled=streams is None)  # labels of the fan leave less room
    ends: list[End] = []
    if streams is not None:
        ends = _draw_total(axes[0], streams, rows_of(result, "national", "storage_by_region", _NEED))
    _draw_added(axes[1], added_gw(regions), streams, origin)
    _draw_value(axes[2], regions, origin)
    for ax, title in zip(
        axes, ("Installed (GW)", "Annual additions (GW)", "Value-to-cost ratio of one more kW"), strict=True
    ):
        ax.set_title(title, loc="left", size="medium")
        ax.set_ylim(bottom=0)
        ax.tick_params(labelsize="small")
        ax.set_xlim(*axes[0].get_xlim())
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8 if ax is axes[0] else 6, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    count = regions["quarter"].nunique()
    n = f"n = {count} quarters, {regions['region'].nunique()} regions, one seed."
    if streams is not None:
        n = fan_note(result.manifest, streams, count, "Stack, dashes and ratios")
    caption(
        figure, result.manifest,
        f"{n} Dashed line: "
        f"end of observed data ({origin}). Additions are recorded through then, and committed projects in the "
        "following year. Above 1, another kW pays for itself.",
    )  # fmt: skip
    label_ends(axes[0], ends, "x-small")
    return figure
