"""Figure 8: installed storage by region and buyer, annual additions, and what one more kW is worth."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator

from experiments.display_names import region_name
from experiments.figures.fan import End, FanLine, draw_fan, fan_ends, fan_note, label_ends
from experiments.figures.media import medium
from experiments.figures.style import (
    CELL_COLORS,
    FAINT,
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
_MIDDLE_YEAR = 2030
_MARKS = ((MUTED, "o", "white"), (CELL_COLORS["vehicles"], "D", CELL_COLORS["vehicles"]), (INK, "s", INK))
"""Of the years in which one more kW is valued, the last one's last: color, mark and its face."""
_LEGEND_ROOM = 20.0  # points between the title of a panel and its top, where its legend stands


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


def value_to_cost(regions: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Value over cost of one more kW by region and year, means of quarters: the last observed year, 2030, the last.

    Whole years of the run alone, regions in the order of the stack from the top down.
    """
    ratio = regions["value_usd_per_kw_year"] / regions["cost_usd_per_kw_year"]
    wide = regions.assign(ratio=ratio).pivot(index="quarter", columns="region", values="ratio").reset_index()
    by_year = whole_years(wide).drop(columns="quarter").groupby("year").mean()
    years = [year for year in (int(origin[:4]), _MIDDLE_YEAR) if year in by_year.index and year < by_year.index[-1]]
    return by_year.loc[[*years, *by_year.index[-1:]], [name for name in list(_REGIONS)[::-1] if name in by_year]].T


def _draw_value(ax: Axes, ratios: pd.DataFrame) -> None:
    """A row a region, a mark a year; right of 1, another kW pays for itself."""
    places = np.arange(len(ratios))
    ax.hlines(places, ratios.min(axis=1), ratios.max(axis=1), color=FAINT, linewidth=1.2, zorder=1)
    for year, (color, mark, face) in zip(ratios.columns, _MARKS[-ratios.shape[1] :], strict=True):
        ax.plot(
            ratios[year], places, mark, color=color, markerfacecolor=face, markersize=5.5, linestyle="none", zorder=3,
            label=str(year), clip_on=False,
        )  # fmt: skip
    ax.axvline(1, color=INK, linewidth=0.9, zorder=2)
    ax.set_yticks(places, [_REGIONS[str(region)][0] for region in ratios.index])
    ax.set_ylim(len(ratios) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.margins(x=0.05)
    ax.tick_params(labelsize="small", length=0)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, labelcolor=MUTED, fontsize="small", handletextpad=0.2,
        columnspacing=1.0, borderaxespad=0.0,
    )  # fmt: skip


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
    mark_origin(axes[0], origin, labeled=streams is None and not medium().captioned)  # else there is less room
    ends: list[End] = []
    if streams is not None:
        ends = _draw_total(axes[0], streams, rows_of(result, "national", "storage_by_region", _NEED))
    _draw_added(axes[1], added_gw(regions), streams, origin)
    _draw_value(axes[2], value_to_cost(regions, origin))
    axes[2].set_title("Value-to-cost ratio of one more kW", loc="left", size="medium", pad=_LEGEND_ROOM)
    for ax, title in zip(axes[:2], ("Installed (GW)", "Annual additions (GW)"), strict=True):
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
        "following year. Ratios are means of a year; above 1, another kW pays for itself.",
    )  # fmt: skip
    label_ends(axes[0], ends, "x-small")
    return figure
