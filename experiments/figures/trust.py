"""Figure 14: perceived and actual reliability of chargers and batteries, and where buyers' news comes from."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import FormatStrFormatter, MaxNLocator

from experiments.figures.style import (
    INK,
    LEGEND_OVER_LINES,
    MUTED,
    bare,
    canvas,
    caption,
    key,
    mark_origin,
    percent,
    rows_of,
    styled,
    years_of,
)
from experiments.runs.store import Result
from market.trust.outputs import CHARGERS
from market.trust.parameters import BRAND_GROUPS

_GROUP_COLORS = dict(
    zip(BRAND_GROUPS, ("#0173b2", "#de8f05", "#029e73", "#cc78bc", "#d55e00", "#56b4e9", "#7c8894"), strict=True)
)  # seaborn's palette colorblind and a gray
_CHARGER_COLOR = "#0173b2"
_CHANNELS = {
    "own_news": ("Own contacts", "#0173b2", "-"),
    "neighbour_news": ("Neighboring zones", "#de8f05", (0, (5, 1.5))),
    "media_news": ("Media", "#029e73", (0, (1.5, 1.2))),
}  # label, color, line
_ACTUAL_DASHES = (0, (2.2, 1.6))
_HEIGHT_INCHES = 6.8
_HEADROOM, _LEAST_SCALE = 1.28, 0.01


def _draw_belief(ax: Axes, subjects: Mapping[str, pd.DataFrame], colors: Mapping[str, str]) -> None:
    """Perceived trouble of each subject, and each actual rate once."""
    for name, rows in subjects.items():
        ax.plot(years_of(rows["quarter"]), rows["believed"], color=colors[name], linewidth=1.8, label=name)
    actual = {tuple(rows["true"]): rows for rows in subjects.values()}
    for rows in actual.values():
        ax.plot(
            years_of(rows["quarter"]), rows["true"], color=INK, linestyle=_ACTUAL_DASHES, linewidth=1.6, label="Actual"
        )
    most = max(float(rows[["believed", "true"]].to_numpy().max()) for rows in subjects.values())
    ax.set_ylim(0, _HEADROOM * max(most, _LEAST_SCALE))
    ax.yaxis.set_major_formatter(percent)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))


def _draw_news(ax: Axes, rows: pd.DataFrame) -> None:
    """News by channel on a logarithmic scale; quarters without news are left out."""
    for column, (label, color, dashes) in _CHANNELS.items():
        news = rows[column].where(rows[column] > 0)
        ax.plot(years_of(rows["quarter"]), news, color=color, linestyle=dashes, linewidth=1.9, label=label)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(FormatStrFormatter("%g"))


def _draw_groups(ax: Axes, groups: Mapping[str, pd.DataFrame]) -> None:
    """Perceived and actual trouble in the last quarter, one line per brand group."""
    for place, (name, rows) in enumerate(groups.items()):
        last = rows.iloc[-1]
        ax.plot([last["true"], last["believed"]], [place, place], color="#c9d0d6", linewidth=2.4, zorder=1)
        ax.plot(last["believed"], place, "o", color=_GROUP_COLORS[name], markersize=7.5, label=name)
        ax.plot(last["true"], place, "D", color=INK, markersize=5, label=f"{name}, actual")
        ax.annotate(
            f"{last['believed']:.1%}", (last["believed"], place), (0, 7), textcoords="offset points", ha="center",
            size="small", color=MUTED,
        )  # fmt: skip
    ax.set_yticks(range(len(groups)), list(groups), color=INK)
    ax.set_ylim(len(groups) - 0.5, -0.7)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    most = max(float(rows[["believed", "true"]].iloc[-1].max()) for rows in groups.values())
    ax.set_xlim(0, 1.12 * max(most, _LEAST_SCALE))
    ax.xaxis.set_major_formatter(percent)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))


@styled()
def trust(result: Result) -> Figure:
    """Top: perceived and actual trouble; bottom: news by channel; right: brand groups at the end."""
    table = rows_of(result, "trust", "trust", "at least one quarter")
    by_subject = {str(name): rows for name, rows in table.groupby("subject", sort=False)}
    chargers = {"Perceived": by_subject[CHARGERS]}
    groups = {name: by_subject[name] for name in BRAND_GROUPS if name in by_subject}
    origin, last = result.manifest.origin, str(table["quarter"].iloc[-1])
    figure = canvas(
        "Trust: perceived and actual trouble with chargers and batteries",
        "Share of charges that fail; share of BEVs with serious battery trouble. Dashed black lines and diamonds: "
        "actual",
        _HEIGHT_INCHES,
    )
    grid = GridSpec(2, 3, figure)
    axes = [bare(figure.add_subplot(grid[row, column])) for row in range(2) for column in range(2)]
    _draw_belief(axes[0], chargers, {"Perceived": _CHARGER_COLOR})
    _draw_belief(axes[1], groups, _GROUP_COLORS)
    _draw_news(axes[2], by_subject[CHARGERS])
    _draw_news(axes[3], next(iter(groups.values())))
    right = bare(figure.add_subplot(grid[:, 2]))
    _draw_groups(right, groups)
    for ax, title in zip(
        [*axes, right],
        (
            "Chargers",
            "Batteries by brand group",
            "News about chargers",
            "News about batteries, all brands",
            f"Batteries, {last}",
        ),
        strict=True,
    ):
        ax.set_title(title, loc="left", size="medium")
        ax.tick_params(labelsize="small")
    for ax in axes:
        mark_origin(ax, origin, labeled=False)
        ax.set_xlim(*axes[0].get_xlim())
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, steps=[1, 2, 5, 10]))
    axes[0].legend(loc="upper right", ncols=2, borderaxespad=0, **LEGEND_OVER_LINES)
    handles, labels = axes[2].get_legend_handles_labels()
    key(figure, handles, [f"News: {label[:1].lower()}{label[1:]}" for label in labels])
    caption(
        figure, result.manifest,
        f"n = {table['quarter'].nunique()} quarters, one seed. Dashed vertical line: end of observed data ({origin}). "
        "Automakers are calibrated archetypes, not forecasts of any company. Brand-group colors as at right. News: "
        "observations per quarter, weighted by channel, averaged over buyers; log scale.",
    )  # fmt: skip
    return figure
