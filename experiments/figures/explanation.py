"""Figure 16: what moved the BEV share, year by year, in log-odds."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import INK, MUTED, blank, caption, mark_origin, rows_of, styled
from experiments.runs.store import Result

_TERMS = {
    "price": ("Price", "#0173b2"),
    "variety": ("Model variety", "#56b4e9"),
    "range": ("Range", "#029e73"),
    "charging": ("Charging", "#ece133"),
    "fuel": ("Fuel and electricity prices", "#de8f05"),
    "credit": ("Purchase credits", "#d55e00"),
    "trust": ("Trust in batteries", "#7f3c8d"),
    "neighbours": ("Neighbors", "#3969ac"),
    "resale": ("Resale value", "#cc78bc"),
    "supply": ("Supply limits", "#ca9161"),
    "availability": ("Availability", "#fbafe4"),
    "buyers and interaction": ("Buyer mix, interactions", "#7c8894"),
    "unexplained": ("Unexplained", "#d9dee2"),
}  # label and color: seaborn's palette colorblind, grays for what no mechanism explains
_MOST_YEAR_LABELS = 10
_OTHER = ("Other terms", "#949494")


def growth_by_term(table: pd.DataFrame) -> pd.DataFrame:
    """Growth in log-odds, shape (years, terms), terms in the figure's order; unknown ones that move are last."""
    wide = table.pivot_table(index="year", columns="term", values="log_odds", aggfunc="sum", fill_value=0.0)
    known = wide.reindex(columns=list(_TERMS), fill_value=0.0)
    unknown = wide.columns.difference(list(_TERMS))
    unknown = unknown[wide[unknown].any().to_numpy()]
    return known if unknown.empty else known.assign(other=wide[unknown].sum(axis=1))


def _stack(ax: Axes, growth: pd.DataFrame) -> None:
    """Bars of growth above zero and of decline below it."""
    middle = growth.index.to_numpy() + 0.5
    top, foot = np.zeros(len(growth)), np.zeros(len(growth))
    for term, column in growth.items():
        label, color = _TERMS.get(str(term), _OTHER)
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
    growth = growth_by_term(rows_of(result, "explanation", "explanation", "a run to 2018Q4 or later"))
    figure, (ax,) = blank(
        "What moved the BEV share",
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
        f"n = {len(growth)} years, one seed. Each term: effect of resetting it alone to its value a year earlier. "
        "Unexplained: change in the fitted demand constants, which are held fixed after the end of observed data.",
    )  # fmt: skip
    return figure
