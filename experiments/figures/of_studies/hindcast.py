"""Figure 12: BEV shares predicted from every forecast origin, the observed shares, and errors against simple rules."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.of_studies.study_style import study_caption
from experiments.figures.style import INK, POWERTRAIN_COLORS, bare, canvas, foot, key, percent, styled, years_of
from experiments.hindcast.scores import HORIZONS, MODEL, MOST_QUARTERS, RULES, errors
from experiments.studies.study_files import StudyManifest

_WIDTHS = (1.5, 1.0)
_ROOM_YEARS = 0.35  # left of the first dot, so that labels of the axes do not meet
_RULE_LOOKS = {
    "last_value": ("#d55e00", (0, (5, 2))),
    "same_season": ("#949494", (0, (1.5, 1.5))),
    "damped_trend": ("#029e73", "-."),
}  # fmt: skip
"""Color, from seaborn's palette ``colorblind``, and line of each rule."""


@styled()
def hindcast_figure(table: pd.DataFrame, manifest: StudyManifest) -> Figure:
    """Left: predicted paths from every origin, with bands over seeds. Right: mean absolute error by horizon."""
    figure = _drawn(table)
    study_caption(figure, manifest, _note(table))
    return figure


@styled()
def hindcast_of_history(table: pd.DataFrame, version: str) -> Figure:
    """The same for a hindcast from copies of one history; ``version`` says in words what was fitted when."""
    figure = _drawn(table)
    foot(figure, _note(table), f"{version[:1].upper()}{version[1:]}. Expected flows, fast graph, seed 1.")
    return figure


def _drawn(table: pd.DataFrame) -> Figure:
    figure = canvas(
        "Hindcast: BEV share after the end of observed data",
        f"Each line runs {MOST_QUARTERS} quarters from the last share the model was fitted to; other inputs as "
        "recorded",
    )
    left, right = (bare(ax) for ax in figure.subplots(1, 2, width_ratios=_WIDTHS))
    color, found = POWERTRAIN_COLORS["BEV"], errors(table)
    for number, (_, path) in enumerate(table.groupby("origin")):
        years = years_of(path["quarter"])
        left.fill_between(years, path["low"], path["high"], color=color, alpha=0.12, linewidth=0)
        left.plot(years, path[MODEL], color=color, linewidth=1.2, alpha=0.8, label="" if number else "Model")
    recorded = table.drop_duplicates("quarter").sort_values("quarter", kind="stable")
    left.plot(
        years_of(recorded["quarter"]), recorded["recorded"], "o", color=INK, markersize=4, markeredgecolor="white",
        markeredgewidth=0.6, label="Observed", zorder=3,
    )  # fmt: skip
    left.set_ylim(bottom=0)
    left.yaxis.set_major_formatter(percent)
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.set_xlim(left=years_of(recorded["quarter"]).min() - _ROOM_YEARS)
    for name, label in {MODEL: "", **RULES}.items():
        own = found[found["method"] == name]
        shade, line = _RULE_LOOKS.get(name, (color, "-"))
        right.plot(
            own["horizon"], own["mae_points"], color=shade, linestyle=line, marker="o", markersize=4, label=label
        )
    right.set_xticks(HORIZONS)
    right.set_xlabel("quarters after the end of observed data")
    right.set_title("Mean absolute error, percentage points", loc="left", size="medium")
    right.set_ylim(bottom=0)
    (shown, words), (rules, names) = left.get_legend_handles_labels(), right.get_legend_handles_labels()
    key(figure, [*shown, *rules], [*words, *names])
    return figure


def _note(table: pd.DataFrame) -> str:
    found = errors(table)
    skill = found[found["method"] == MODEL].set_index("horizon")["skill"]
    skills = ", ".join(f"{skill[horizon]:.2f} at {horizon}" for horizon in HORIZONS)
    return (
        f"n = {table['origin'].nunique()} forecast origins. Model skill relative to the last value, in log-odds: "
        f"{skills} quarters (1 = perfect, 0 = no better, negative = worse). Inputs after an origin are the recorded "
        "ones, so this is not a forecast."
    )
