"""Figure 7: used-vehicle values by age, BEV against gasoline, and by perceived battery trouble."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, SubplotSpec
from matplotlib.ticker import MaxNLocator

from agents.calendar import QUARTERS_PER_YEAR
from experiments.figures.printed import tell_unit
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
from market.base import quarters
from market.base.categories import AGE_BUCKETS, LONG_RANGE_MILES

_LINES = {
    "BEV_Tesla": ("Tesla BEV", "#d55e00", (0, (7, 1.2, 1.5, 1.2)), 2.0),
    "BEV_long": (f"Other BEV, range of {LONG_RANGE_MILES:.0f} miles or more", "#0173b2", "-", 2.2),
    "BEV_short": ("Other BEV, shorter range", "#56b4e9", (0, (4, 1.5)), 1.8),
    "ICE": ("Gasoline", "#5f6b76", (0, (1.2, 1)), 1.8),
}  # label, color (seaborn's palette colorblind), line, width in points
_LEAST_ROWS = 20  # cars of the population below which a price rests on too few and is not drawn: judgment
_BY_BELIEF = "BEV_long"  # the kind shown against belief: of short range are too few, and Tesla is a brand of its own
_AGE_LOOKS = dict(zip(AGE_BUCKETS, zip(("#8cc5e3", "#3a93c3", "#0a5f96", "#06304d"), "os^D", strict=True), strict=True))
_TROUBLE = {
    "battery_trouble_believed": ("Perceived by buyers", "#d55e00", "-"),
    "battery_trouble_true": ("Actual", INK, (0, (2.2, 1.6))),
}
_HEIGHT_INCHES = 7.8
_HEADROOM, _LEAST_TROUBLE = 1.25, 0.01
_STEP = 0.2  # to a multiple of which the axis of retention goes
_MARGIN, _LEAST_BELIEF_SPAN = 1.6, 0.01  # of the axis of belief: a belief that hardly moves is not blown up


def drawable(used: pd.DataFrame, cars_a_consumer: float) -> pd.DataFrame:
    """Used cars with no retention where too few consumers own such a car or it has no price of its own."""
    enough = used["on_road"] >= _LEAST_ROWS * cars_a_consumer
    if "thin" in used:
        enough &= used["thin"] == 0
    return used.assign(retention=used["retention"].where(enough))


def _draw_ages(figure: Figure, place: SubplotSpec, used: pd.DataFrame, origin: str) -> None:
    """One panel an age bucket, all on one scale."""
    grid = place.subgridspec(1, len(AGE_BUCKETS))
    first: Axes | None = None
    for number, bucket in enumerate(AGE_BUCKETS):
        ax = bare(figure.add_subplot(grid[0, number], sharey=first))
        first = first or ax
        for kind, (label, color, line, width) in _LINES.items():
            rows = used[(used["kind"] == kind) & (used["age_bucket"] == bucket)]
            ax.plot(
                years_of(rows["quarter"]), rows["retention"], color=color, linestyle=line, linewidth=width, label=label
            )
        mark_origin(ax, origin, labeled=False)
        ax.set_title(f"{bucket} years", loc="left", size="medium")
        ax.tick_params(labelsize="small", labelleft=number == 0)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_formatter(percent)
    figure.axes[0].set_ylim(0, _axis_end(used["retention"]))
    tell_unit(figure.axes[0], "share of price when new")
    key(figure, *figure.axes[0].get_legend_handles_labels())


def _axis_end(retention: pd.Series) -> float:
    """The multiple of a step that holds all that is drawn."""
    most = float(retention.max()) if retention.notna().any() else 1.0
    return _STEP * math.ceil(most / _STEP)


def _draw_belief(ax: Axes, national: pd.DataFrame, origin: str) -> None:
    """Battery trouble, perceived and actual."""
    years, most = years_of(national["quarter"]), _LEAST_TROUBLE
    for column, (label, color, dashes) in _TROUBLE.items():
        ax.plot(years, national[column], color=color, linestyle=dashes, linewidth=2.0, label=label)
        most = max(most, float(national[column].max()))
    mark_origin(ax, origin, labeled=False)
    ax.set_ylim(0, _HEADROOM * most)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(percent)
    ax.legend(loc="upper right", ncols=2, borderaxespad=0, **LEGEND_OVER_LINES)


def by_belief(used: pd.DataFrame, national: pd.DataFrame, origin: str) -> dict[str, pd.DataFrame]:
    """Perceived trouble and retention at year ends after the origin, by age bucket; only what is known."""
    place = national["quarter"].map(quarters.index)
    chosen = (place > quarters.index(origin)) & (place % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1)
    chosen |= place == place.max()
    belief = national.loc[chosen, ["quarter", "battery_trouble_believed"]]
    rows = used[(used["kind"] == _BY_BELIEF) & used["retention"].notna()].merge(belief, on="quarter")
    return {bucket: rows[rows["age_bucket"] == bucket] for bucket in AGE_BUCKETS}


def _name_ends(ax: Axes, rows: pd.DataFrame) -> None:
    """The first and the last quarter over their marks on the uppermost path."""
    for place in dict.fromkeys((0, len(rows) - 1)):
        row = rows.iloc[place]
        ax.annotate(
            str(row["quarter"]), (row["battery_trouble_believed"], row["retention"]), (0, 7),
            textcoords="offset points", ha="center", size="small", color=MUTED,
        )  # fmt: skip


def _draw_by_belief(ax: Axes, ages: dict[str, pd.DataFrame]) -> None:
    """Retention against perceived trouble, one mark per year, ages named where the years begin."""
    for bucket, rows in ages.items():
        color, marker = _AGE_LOOKS[bucket]
        ax.plot(
            rows["battery_trouble_believed"], rows["retention"], color=color, marker=marker, markersize=5,
            linewidth=1.1, label=f"Age {bucket}",
        )  # fmt: skip
        if not rows.empty:
            first = rows.iloc[0]
            ax.annotate(
                f"Age {bucket}", (first["battery_trouble_believed"], first["retention"]), (8, 0),
                textcoords="offset points", va="center", size="small", color=INK,
            )  # fmt: skip
    shown = pd.concat(list(ages.values()))
    ax.set_xlabel("Perceived share of BEVs with battery trouble", size="small")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(percent)
    if shown.empty:
        ax.set_xticks([])
        ax.text(0.5, 0.5, "Too few such vehicles in this run", transform=ax.transAxes, ha="center", color=MUTED)
        return
    believed = shown["battery_trouble_believed"]
    half = max(float(believed.max() - believed.min()) * _MARGIN, _LEAST_BELIEF_SPAN) / 2
    middle = float(believed.max() + believed.min()) / 2
    ax.set_xlim(middle - half, middle + half)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    ax.set_ylim(0, _axis_end(shown["retention"]))
    _name_ends(ax, next(rows for rows in ages.values() if not rows.empty))


@styled()
def retention(result: Result) -> Figure:
    """Top: used price over the same vehicles' price when new, by age. Bottom: perceived trouble and retention."""
    used = rows_of(result, "used", "retention", "at least one quarter")
    national = rows_of(result, "national", "retention", "at least one quarter")
    used = drawable(used, float(national["cars_stock"].iloc[-1]) / result.manifest.consumers)
    origin = result.manifest.origin
    figure = canvas(
        "Used-vehicle values by age and by trust in batteries",
        "Used price as a share of what the same vehicles cost when new",
        _HEIGHT_INCHES,
    )
    parts = GridSpec(2, 1, figure)
    _draw_ages(figure, parts[0], used, origin)
    foot = parts[1].subgridspec(1, 2)
    axes = [bare(figure.add_subplot(foot[column])) for column in range(2)]
    _draw_belief(axes[0], national, origin)
    _draw_by_belief(axes[1], by_belief(used, national, origin))
    tell_unit(axes[0], "share of BEVs")
    tell_unit(axes[1], "share of price when new")
    for ax, title in zip(
        axes,
        ("BEVs with serious battery trouble", "Long-range BEVs except Tesla, by trust"),
        strict=True,
    ):
        ax.set_title(title, loc="left", size="medium")
        ax.tick_params(labelsize="small")
    caption(
        figure, result.manifest,
        f"n = {used['quarter'].nunique()} quarters, one seed. Dashed line: end of observed data ({origin}), to "
        "which prices are recorded. Lines are drawn where such vehicles are many enough for a price of their own and "
        f"at least {_LEAST_ROWS} simulated consumers own one. "
        "Lower right: year ends after the end of observed data. Trust and fleet age both change over time, so the path "
        "does not show causation.",
    )  # fmt: skip
    return figure
