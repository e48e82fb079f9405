"""Figure 15: interval width by number of replications, with common and with independent random numbers."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from experiments.figures.of_studies.study_style import difference_scale, study_caption
from experiments.figures.style import MUTED, POWERTRAIN_COLORS, blank, key, styled
from experiments.studies.study_files import StudyManifest


@styled()
def interval_convergence(table: pd.DataFrame, manifest: StudyManifest, unit: str, label: str) -> Figure:
    """Half-width of the 90% interval of every scenario's difference by number of replications; medians thick.

    ``table``: as ``experiments.studies.comparison.convergence`` gives it.
    """
    scale, shown = difference_scale(unit)
    figure, (ax,) = blank(
        "Common random numbers narrow the interval of a comparison",
        f"{label}: half-width of the 90% interval of the difference from {manifest.points[0].scenario}, {shown}",
        narrow=True,
    )
    table = table.assign(paired=scale * table["paired"], unpaired=scale * table["unpaired"])
    looks = {"paired": POWERTRAIN_COLORS["BEV"], "unpaired": MUTED}
    for kind, color in looks.items():
        for _, rows in table.groupby("scenario", sort=False):
            ax.plot(rows["replications"], rows[kind], color=color, linewidth=0.7, alpha=0.35)
        median = table.groupby("replications")[kind].median()
        name = f"{'common' if kind == 'paired' else 'independent'} random numbers ({kind})"
        ax.plot(median.index, median, color=color, linewidth=2.4, marker="o", label=name)
    if np.all(table[["paired", "unpaired"]].to_numpy() > 0):
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.yaxis.set_major_formatter(lambda value, _place: f"{value:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("replications")
    key(figure, *ax.get_legend_handles_labels())
    study_caption(
        figure,
        manifest,
        "Thin lines: one per scenario; thick: median. Unpaired: from the same runs, treated as independent.",
    )
    return figure
