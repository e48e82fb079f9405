"""Figure 1: BEV share of new light-vehicle sales, modeled and observed."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from agents.calendar import QUARTERS_PER_YEAR
from experiments.figures.fan import End, FanLine, draw_fan, draw_this_run, fan_ends, fan_note, label_ends
from experiments.figures.printed import tell_unit
from experiments.figures.style import (
    INK,
    POWERTRAIN_COLORS,
    blank,
    caption,
    edges_of,
    key,
    mark_origin,
    percent,
    rows_of,
    styled,
    years_of,
)
from experiments.figures.titles import grown
from experiments.runs.manifest import Manifest
from experiments.runs.spread import streams_of
from experiments.runs.store import Result

_SHARE, _RECORDED = "bev_share_new", "bev_share_recorded"
_NOT_AT_ENDS = 2  # the run itself and the record: what the labels at the ends of a fan do not tell in full
_COLOR = POWERTRAIN_COLORS["BEV"]


def _draw_observed(ax: Axes, national: pd.DataFrame) -> None:
    recorded = national[_RECORDED]
    ax.plot(
        years_of(national["quarter"])[recorded.notna()], recorded.dropna(), "o", color=INK, markersize=4,
        markeredgecolor="white", markeredgewidth=0.6, label="Observed", zorder=3,
    )  # fmt: skip


def _draw_line(ax: Axes, national: pd.DataFrame, place: float) -> None:
    """The run alone: thin where it is fitted, up to the end of observed data at ``place``."""
    years, share = years_of(national["quarter"]), national[_SHARE]
    fitted, projected = years <= place, years >= place - 1 / QUARTERS_PER_YEAR
    ax.plot(years[fitted], share[fitted], color=_COLOR, linewidth=1.3, alpha=0.7, label="Model, fitted")
    ax.plot(years[projected], share[projected], color=_COLOR, linewidth=2.4, label="Model, projected")


def _draw_streams(ax: Axes, streams: pd.DataFrame, national: pd.DataFrame, manifest: Manifest) -> list[End]:
    """The fan and the run itself; what is to be said at their ends."""
    found = draw_fan(ax, streams, _SHARE, FanLine(_COLOR))
    draw_this_run(ax, manifest, national["quarter"], national[_SHARE])
    ax.set_xlim(right=edges_of(national["quarter"])[-1])
    return fan_ends(found, _COLOR, lambda share: f"{share:.0%}", float(national[_SHARE].iloc[-1]))


@styled()
def bev_share(result: Result) -> Figure:
    """Quarterly share: fitted through the end of observed data, projected after it, over random streams; observed."""
    national, streams = rows_of(result, "national", "bev_share", "at least one quarter"), streams_of(result)
    figure, (ax,) = blank(
        grown(result, "bev_share_new", "BEV share of new sales"),
        "Quarterly share; demand constants are fitted through the end of observed data and predicted after it",
        narrow=True,
    )
    place = mark_origin(ax, result.manifest.origin)
    ends: list[End] = []
    if streams is None:
        _draw_line(ax, national, place)
    else:
        ends = _draw_streams(ax, streams, national, result.manifest)
    _draw_observed(ax, national)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(percent)
    tell_unit(ax, "BEVs among new vehicles")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    handles, labels = ax.get_legend_handles_labels()
    first = 0 if streams is None else -_NOT_AT_ENDS
    key(figure, handles[first:], labels[first:])
    run = f"n = {len(national)} quarters, one seed. Line: expected sales."
    caption(figure, result.manifest, run if streams is None else fan_note(result.manifest, streams, len(national)))
    label_ends(ax, ends)
    return figure
