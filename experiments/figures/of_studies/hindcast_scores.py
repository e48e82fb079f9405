"""Scores of a hindcast: scaled errors by horizon beside simple rules, and what bands hold."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.figures.style import INK, POWERTRAIN_COLORS, bare, canvas, foot, key, styled
from experiments.hindcast.scores import HORIZONS

_LINES = {
    ("strict", "forecast", "model"): ("Model, inputs forecast", POWERTRAIN_COLORS["BEV"], "-"),
    ("strict", "realized", "model"): ("Model, inputs realized", POWERTRAIN_COLORS["BEV"], ":"),
    ("record", "record", "last_value"): ("Last value", "#d55e00", (0, (5, 2))),
    ("record", "record", "damped_trend"): ("Damped trend", "#029e73", "-."),
    ("record", "record", "logistic"): ("Logistic", "#949494", (0, (1.5, 1.5))),
}
"""Label, color, from seaborn's palette ``colorblind``, and line by version, inputs and method."""
_POOL = "shares of powertrains"


@styled()
def scores_figure(scores: pd.DataFrame, coverage: pd.DataFrame) -> Figure:
    """Left: MASE of the national BEV share by horizon. Right: outcomes within bands against what bands promise.

    ``scores``, ``coverage``: tables of ``experiments.hindcast.tables``.
    """
    figure = canvas(
        "Hindcast scores: national BEV share and bands",
        "Errors over the mean change in a year before the origin (MASE); shares of outcomes within bands of streams",
    )
    left, right = (bare(ax) for ax in figure.subplots(1, 2, width_ratios=(1.3, 1.0)))
    own = scores[(scores["series"] == "bev_share") & (scores["targets"] == "all")]
    for (version, inputs, method), (label, color, line) in _LINES.items():
        path = own[(own["version"] == version) & (own["inputs"] == inputs) & (own["method"] == method)]
        path = path.sort_values("horizon", kind="stable")
        left.plot(path["horizon"], path["mase"], color=color, linestyle=line, marker="o", markersize=4, label=label)
    left.set_xticks(HORIZONS)
    left.set_xlabel("quarters after the origin")
    left.set_ylim(bottom=0)
    right.plot([0.4, 1.0], [0.4, 1.0], color=INK, linewidth=0.8, linestyle="--")
    pool = coverage[coverage["pool"] == _POOL]
    ends = [pool["share"] - pool["low"], pool["high"] - pool["share"]]
    color = POWERTRAIN_COLORS["BEV"]
    right.errorbar(pool["band"], pool["share"], yerr=ends, fmt="o", color=color, capsize=3, label="Bands of the model")
    right.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    right.set_xlabel("share of outcomes that a band promises")
    right.set_title("Outcomes within it", loc="left", size="medium")
    (lines, words), (bars, names) = left.get_legend_handles_labels(), right.get_legend_handles_labels()
    key(figure, [*lines, *bars], [*words, *names])
    note = "Intervals are exact for independent trials; these forecasts overlap, so they are too narrow."
    foot(figure, f"Pool: {_POOL}, all origins and horizons. {note}", "Strict. Expected flows, fast graph.")
    return figure
