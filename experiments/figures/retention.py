"""Figure 7: what used cars are worth, by age, battery cars against petrol."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from experiments.figures.style import MUTED, blank, caption, mark_origin, rows_of, styled, years_of
from experiments.store import Result
from market.vocabulary import AGE_BUCKETS, LONG_RANGE_MILES

_LINES = {
    "BEV_long": (f"Battery car, {LONG_RANGE_MILES:.0f} miles of range and more", "#0173b2", "-", 2.2),
    "BEV_short": ("Battery car, less range", "#56b4e9", (0, (4, 1.5)), 1.8),
    "ICE": ("Petrol car", "#5f6b76", "-", 1.6),
}  # label, colour (seaborn's palette colorblind), line, width in points
_LEAST_ROWS = 20  # cars of the population below which a price rests on too few and is not drawn: judgement


@styled()
def retention(result: Result) -> Figure:
    """One panel an age bucket: price of a used car over that of a new one of its kind."""
    used = rows_of(result, "used", "retention", "one quarter at least")
    national = rows_of(result, "national", "retention", "one quarter at least")
    cars_a_row = float(national["cars_stock"].iloc[-1]) / result.manifest.consumers
    shown = used["retention"].where(used["on_road"] >= _LEAST_ROWS * cars_a_row)
    used = used.assign(retention=shown)
    figure, axes = blank(
        "What used cars are worth, by age",
        "Price as a share of that of a new car of the kind",
        columns=len(AGE_BUCKETS),
    )
    for ax, bucket in zip(axes, AGE_BUCKETS, strict=True):
        for kind, (label, colour, line, width) in _LINES.items():
            rows = used[(used["kind"] == kind) & (used["age_bucket"] == bucket)]
            ax.plot(
                years_of(rows["quarter"]), rows["retention"], color=colour, linestyle=line, linewidth=width, label=label
            )
        mark_origin(ax, result.manifest.origin, labelled=False)
        ax.set_title(f"{bucket} years", loc="left", size=10.5)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, steps=[1, 2, 5, 10]))
    axes[0].set_ylim(bottom=0)
    axes[0].yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="lower left", bbox_to_anchor=(0.06, 0.085), ncols=3, labelcolor=MUTED
    )
    figure.subplots_adjust(bottom=0.235, top=0.8)
    quarters_shown = used["quarter"].nunique()
    caption(
        figure, result.manifest,
        f"n = {quarters_shown} quarters, one seed. Broken line: origin {result.manifest.origin}. Prices of 2017 "
        f"are taken from records. A line is drawn where at least {_LEAST_ROWS} consumers own such a car.",
    )  # fmt: skip
    return figure
