"""Figure 1: share of battery cars among new cars, model and record."""

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
    """Quarterly share in the model, fitted to the origin and free after it, over the recorded share."""
    national = rows_of(result, "national", "bev_share", "one quarter at least")
    origin = result.manifest.origin
    figure, (ax,) = blank(
        "Battery cars among new cars sold in the United States",
        "Share of a quarter's new light vehicles; the demand constants are fitted up to the origin and held after it",
        narrow=True,
    )
    years, color = years_of(national["quarter"]), POWERTRAIN_COLORS["BEV"]
    share, margin = national["bev_share_new"], _BAND_SDS * national["bev_share_sd"]
    place = mark_origin(ax, origin)
    fitted, free = years <= place, years >= place - 1 / QUARTERS_PER_YEAR
    ax.fill_between(
        years, (share - margin).clip(lower=0), share + margin, color=color, alpha=0.15, linewidth=0,
        label=f"±{_BAND_SDS} standard deviations of the draw",
    )  # fmt: skip
    ax.plot(years[fitted], share[fitted], color=color, linewidth=1.3, alpha=0.7, label="Model, fitted")
    ax.plot(years[free], share[free], color=color, linewidth=2.4, label="Model, free")
    recorded = national["bev_share_recorded"]
    ax.plot(
        years[recorded.notna()], recorded.dropna(), "o", color=INK, markersize=4, markeredgecolor="white",
        markeredgewidth=0.6, label="Recorded", zorder=3,
    )  # fmt: skip
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(percent)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    key(figure, *ax.get_legend_handles_labels())
    caption(
        figure, result.manifest,
        f"n = {len(national)} quarters, one seed. The line is expected sales; the band is the sampling error of the "
        "drawn share, not uncertainty about the future.",
    )  # fmt: skip
    return figure
