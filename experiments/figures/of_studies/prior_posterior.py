"""What calibration learned: every fitted parameter before and after, in steps of its own prior."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import norm

from experiments.calibration.priors import FITTED
from experiments.figures.of_studies.factor_names import factor_label
from experiments.figures.style import INK, MUTED, POWERTRAIN_COLORS, bare, canvas, foot, styled

_HALF = 0.5
_END = float(norm.ppf(0.9))  # the intervals hold 80 %
_EDGE = 1e-4  # of quantiles
_ROOM = 1.15  # of the axis beside the widest interval


@styled()
def prior_posterior_figure(parameters: pd.DataFrame) -> Figure:
    """A row a parameter, the best known first; the table is ``parameters`` of a calibration."""
    rows = parameters[parameters["sd_ratio"].notna()].sort_values("sd_ratio", kind="stable")
    known = int((rows["identified"] == "yes").sum())
    figure = canvas(
        f"What was known at the end of 2022 tells something of {known} of {len(rows)} parameters",
        "80 % intervals: gray before, blue after if identified, else hollow; in standard deviations of the prior",
    )
    ax = bare(figure.subplots())
    ax.axvspan(-_END, _END, color="#e6eaed", linewidth=0)
    priors = {prior.parameter: prior for prior in FITTED}
    for place, row in enumerate(rows.to_dict("records")):
        ends = np.array([row[f"posterior_p{share}"] for share in (10, 50, 90)], dtype=np.float64)
        low, middle, high = norm.ppf(np.clip(priors[row["parameter"]].share_of(ends), _EDGE, 1.0 - _EDGE))
        color = POWERTRAIN_COLORS["BEV"]
        ax.plot([low, high], [place, place], color=color, linewidth=2.0, solid_capstyle="round")
        face = color if row["identified"] == "yes" else "white"
        ax.plot([middle], [place], "o", color=color, markerfacecolor=face, markersize=7)
        ax.annotate(
            f"{ends[1]:.3g}  ({ends[0]:.3g} to {ends[2]:.3g})", (1.0, place), xycoords=("axes fraction", "data"),
            xytext=(6, 0), textcoords="offset points", va="center", color=INK, fontsize="small",
        )  # fmt: skip
    ax.set_yticks(range(len(rows)), [factor_label(name) for name in rows["parameter"]], color=INK)
    ax.set_ylim(len(rows) - _HALF, -_HALF)
    reach = _ROOM * max(_END, *(abs(end) for end in ax.dataLim.intervalx))
    ax.set_xlim(-reach, reach)
    ax.axvline(0.0, color=MUTED, linewidth=0.8)
    ax.set_xlabel("standard deviations of the prior from its median")
    foot(figure, "At right the median and 80 % interval after, in the parameter's own unit. Targets end 2022Q4.")
    return figure
