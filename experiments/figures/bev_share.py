"""Figure 1: BEV share of new light-vehicle sales, modeled and observed."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from agents.calendar import QUARTERS_PER_YEAR
from experiments.figures.style import (
    INK,
    POWERTRAIN_COLORS,
    blank,
    caption,
    key,
    mark_origin,
    percent,
    rows_of,
    styled,
    years_of,
)
from experiments.runs.store import Result

_BAND_SDS = 2  # half-width of the band in standard deviations: about 95 %


@styled()
def bev_share(result: Result) -> Figure:
    """Quarterly share: modeled, fitted through the end of observed data and projected after it; and observed."""
    national = rows_of(result, "national", "bev_share", "at least one quarter")
    origin = result.manifest.origin
    figure, (ax,) = blank(
        "BEV share of new light-vehicle sales, United States",
        "Quarterly share; demand constants are fitted through the end of observed data and predicted after it",
        narrow=True,
    )
    years, color = years_of(national["quarter"]), POWERTRAIN_COLORS["BEV"]
    share, margin = national["bev_share_new"], _BAND_SDS * national["bev_share_sd"]
    place = mark_origin(ax, origin)
    fitted, projected = years <= place, years >= place - 1 / QUARTERS_PER_YEAR
    ax.fill_between(
        years, (share - margin).clip(lower=0), share + margin, color=color, alpha=0.15, linewidth=0,
        label=f"±{_BAND_SDS} SD sampling error",
    )  # fmt: skip
    ax.plot(years[fitted], share[fitted], color=color, linewidth=1.3, alpha=0.7, label="Model, fitted")
    ax.plot(years[projected], share[projected], color=color, linewidth=2.4, label="Model, projected")
    recorded = national["bev_share_recorded"]
    ax.plot(
        years[recorded.notna()], recorded.dropna(), "o", color=INK, markersize=4, markeredgecolor="white",
        markeredgewidth=0.6, label="Observed", zorder=3,
    )  # fmt: skip
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(percent)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    key(figure, *ax.get_legend_handles_labels())
    caption(
        figure, result.manifest,
        f"n = {len(national)} quarters, one seed. Line: expected sales. Band: sampling error at this population size, "
        "not forecast uncertainty.",
    )  # fmt: skip
    return figure
