"""Figure 8: installed storage by region and buyer, annual additions, and what one more kW is worth."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator

from experiments.figures.style import (
    CELL_COLORS,
    INK,
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
from experiments.runs.store import Result

_REGIONS = {
    "ERCOT": ("ERCOT (Texas)", "#0173b2"),
    "CAISO": ("CAISO (California)", "#de8f05"),
    "West-nonISO": ("West outside CAISO", "#33404b"),
    "Southeast": ("Southeast", "#029e73"),
    "PJM": ("PJM (Mid-Atlantic)", "#cc78bc"),
    "MISO": ("MISO (Midwest)", "#56b4e9"),
    "SPP": ("SPP (Plains)", "#ca9161"),
}  # from the bottom of the stack up; label and color: seaborn's palette colorblind and a dark gray
_REST = ("Northeast, AK, HI", "#b8bfc6")
_CENTERS = "Data centers, all regions"
_HEIGHT_INCHES = 6.4


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


def _draw_installed(ax: Axes, installed: pd.DataFrame, origin: str) -> None:
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
            label, color = _REGIONS.get(str(name), _REST)
            ax.stairs(top, edges, baseline=foot, fill=True, color=color, label=label)
        foot = top
    ax.set_xlim(edges[0], edges[-1])
    mark_origin(ax, origin)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[::-1], labels[::-1], loc="upper left", labelcolor=MUTED, fontsize="small", handlelength=1.4)


def _draw_added(ax: Axes, added: pd.DataFrame, origin: str) -> None:
    """Bars: modeled; dots: observed."""
    middle = added.index.to_numpy() + 0.5
    ax.bar(middle, added["added_gw"], 0.8, color=CELL_COLORS["storage"], linewidth=0, label="Model")
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
    """The stack at the left; additions and value over cost at the right."""
    regions = rows_of(result, "regions", "storage_by_region", "a run with a power sector")
    origin = result.manifest.origin
    figure = canvas(
        "Grid storage by power region and its value",
        "United States; one color per region, data-center storage hatched",
        _HEIGHT_INCHES,
    )
    grid = GridSpec(2, 2, figure, width_ratios=(1.35, 1))
    axes = [bare(figure.add_subplot(place)) for place in (grid[:, 0], grid[0, 1], grid[1, 1])]
    _draw_installed(axes[0], installed_gw(regions), origin)
    _draw_added(axes[1], added_gw(regions), origin)
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
    caption(
        figure, result.manifest,
        f"n = {regions['quarter'].nunique()} quarters, {regions['region'].nunique()} regions, one seed. Dashed line: "
        f"end of observed data ({origin}). Additions are recorded through then, and committed projects in the "
        "following year. Above 1, another kW pays for itself.",
    )  # fmt: skip
    return figure
