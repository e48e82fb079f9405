"""Figure 16: what moved the BEV share, year by year, in log-odds."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import INK, MUTED, blank, caption, mark_origin, rows_of, styled
from experiments.figures.titles import movers
from experiments.runs.store import Result
from market.buyers.decomposition import CHARGING, COSTS, MARKET, PRODUCTS, TRUST, UNEXPLAINED

_COLOR = {
    COSTS: "#d55e00",
    PRODUCTS: "#0173b2",
    CHARGING: "#ece133",
    TRUST: "#7f3c8d",
    MARKET: "#029e73",
    UNEXPLAINED: "#d9dee2",
}  # groups in the order of the figure: seaborn's palette colorblind, gray for what no mechanism explains
_OTHER = "#949494"
_MOST_YEAR_LABELS = 10


def growth_by_group(table: pd.DataFrame) -> pd.DataFrame:
    """Growth in log-odds, shape (years, groups), groups in the figure's order; ones not known to it come last."""
    wide = table.pivot_table(index="year", columns="group", values="log_odds", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=[*_COLOR, *wide.columns.difference(list(_COLOR))], fill_value=0.0)


def _stack(ax: Axes, growth: pd.DataFrame) -> None:
    """Bars of growth above zero and of decline below it."""
    middle = growth.index.to_numpy() + 0.5
    top, foot = np.zeros(len(growth)), np.zeros(len(growth))
    for group, column in growth.items():
        label, color = str(group).capitalize(), _COLOR.get(str(group), _OTHER)
        values = column.to_numpy()
        start = np.where(values >= 0, top, foot)
        ax.bar(middle, values, 0.74, bottom=start, color=color, edgecolor="white", linewidth=0.4, label=label)
        top, foot = top + np.maximum(values, 0), foot + np.minimum(values, 0)
    ax.plot(
        middle, growth.sum(axis=1), "D", color=INK, markersize=5, markeredgecolor="white", markeredgewidth=0.7,
        linestyle="none", label="Total",
    )  # fmt: skip


@styled()
def explanation(result: Result) -> Figure:
    """Stacked bars by year, a marker for the total, a line at the end of observed data."""
    growth = growth_by_group(rows_of(result, "explanation", "explanation", "a run to 2018Q4 or later"))
    figure, (ax,) = blank(
        movers(result, growth),
        "Change in log-odds between fourth quarters; +0.1 log-odds is roughly 10% more BEVs per non-BEV",
    )
    _stack(ax, growth)
    ax.axhline(0, color=MUTED, linewidth=0.9)
    ax.set_ylabel("change in log-odds")
    step = 2 if len(growth) > _MOST_YEAR_LABELS else 1
    ax.set_xticks(growth.index[::step] + 0.5, [f"{year}" for year in growth.index[::step]])
    ax.set_xlim(growth.index[0] - 0.1, growth.index[-1] + 1.1)
    mark_origin(ax, result.manifest.origin)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(1.02, 1.0), labelcolor=MUTED, fontsize="small",
        handlelength=1.1,
    )  # fmt: skip
    caption(
        figure, result.manifest,
        f"n = {len(growth)} years, one seed. The growth is shared exactly among its causes, by their slopes on the "
        "straight path from one year to the next; table explanation has every cause. Unexplained: change in the demand "
        "constants, fitted up to the end of observed data and predicted after it.",
    )  # fmt: skip
    return figure
