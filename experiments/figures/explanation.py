"""Figure 16: what moved the BEV share, year by year, in log-odds: before and after the end of observed data."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.style import INK, MUTED, bare, canvas, caption, key, rows_of, styled
from experiments.figures.titles import movers
from experiments.runs.store import Result
from market.buyers.decomposition import CHARGING, COSTS, MARKET, PRODUCTS, TRUST, UNEXPLAINED

COLORS = {
    COSTS: "#d55e00",
    PRODUCTS: "#08457e",
    CHARGING: "#f0e442",
    TRUST: "#22303c",
    MARKET: "#56b4e9",
    UNEXPLAINED: "#ffffff",
}
"""Groups in the order of the figure; neighbors differ in gray too, and what no mechanism explains is hatched."""
_HATCH = "//////"
_OTHER = "#949494"
_BESIDE = 0.1  # of a year, beside the first and the last bar


def growth_by_group(table: pd.DataFrame) -> pd.DataFrame:
    """Growth in log-odds, shape (years, groups), groups in the figure's order; ones not known to it come last."""
    wide = table.pivot_table(index="year", columns="group", values="log_odds", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=[*COLORS, *wide.columns.difference(list(COLORS))], fill_value=0.0)


def _stack(ax: Axes, growth: pd.DataFrame) -> None:
    """Bars of growth above zero and of decline below it."""
    middle = growth.index.to_numpy() + 0.5
    top, foot = np.zeros(len(growth)), np.zeros(len(growth))
    for group, column in growth.items():
        label, color = str(group).capitalize(), COLORS.get(str(group), _OTHER)
        values = column.to_numpy()
        start = np.where(values >= 0, top, foot)
        hatch, edge = (_HATCH, _OTHER) if group == UNEXPLAINED else ("", "white")
        ax.bar(middle, values, 0.74, bottom=start, color=color, linewidth=0.4, label=label, hatch=hatch, edgecolor=edge)
        top, foot = top + np.maximum(values, 0), foot + np.minimum(values, 0)
    ax.plot(
        middle, growth.sum(axis=1), "D", color=INK, markersize=5, markeredgecolor="white", markeredgewidth=0.7,
        linestyle="none", label="Total",
    )  # fmt: skip


def _panel(ax: Axes, growth: pd.DataFrame, title: str) -> None:
    """The bars of some years on their own scale."""
    _stack(bare(ax), growth)
    ax.axhline(0, color=MUTED, linewidth=0.9)
    ax.set_title(title, loc="left", size="medium")
    ax.set_xlim(growth.index[0] - _BESIDE, growth.index[-1] + 1 + _BESIDE)
    ax.set_xticks(growth.index[::2] + 0.5, [f"{year}" for year in growth.index[::2]])
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))


@styled()
def explanation(result: Result) -> Figure:
    """Stacked bars by year with a marker for the total: observed years, and those after on a scale of their own."""
    growth = growth_by_group(rows_of(result, "explanation", "explanation", "a run to 2018Q4 or later"))
    origin = result.manifest.origin
    until = int(origin[:4])
    parts = {f"Data through {origin}": growth.loc[:until], "After it, on its own scale": growth.loc[until + 1 :]}
    parts = {title: years for title, years in parts.items() if not years.empty}
    figure = canvas(
        movers(result, growth),
        "Change in log-odds between fourth quarters; +0.1 log-odds is roughly 10% more BEVs per non-BEV",
    )
    axes = figure.subplots(1, len(parts), squeeze=False, width_ratios=[len(years) + 1 for years in parts.values()])[0]
    for ax, (title, years) in zip(axes, parts.items(), strict=True):
        _panel(ax, years, title)
    axes[0].set_ylabel("change in log-odds")
    key(figure, *axes[0].get_legend_handles_labels())
    caption(
        figure, result.manifest,
        f"n = {len(growth)} years, one seed. The growth is shared exactly among its causes, by their slopes on the "
        "straight path from one year to the next; table explanation has every cause. Unexplained: change in the demand "
        "constants, fitted up to the end of observed data and predicted after it.",
    )  # fmt: skip
    return figure
