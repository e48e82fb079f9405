"""Figure 5: what each scenario changes, quarter by quarter, against the first under common random numbers."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agents.calendar import QUARTERS_PER_YEAR
from experiments.figures.of_studies.ranked_effects import ranked_effects
from experiments.figures.of_studies.study_style import difference_scale, panels, study_caption
from experiments.figures.style import CELL_COLORS, INK, POWERTRAIN_COLORS, styled, years_of
from experiments.figures.titles import wedges
from experiments.shown_text import plain_text
from experiments.studies.study_files import StudyManifest
from market.base import quarters

_MOST_PANELS = 6  # more cannot be compared with one another


@styled()
def policy_wedge(wedge: pd.DataFrame, manifest: StudyManifest, unit: str, label: str) -> Figure:
    """Small panels, one per scenario: mean paired difference and its 90% band; many scenarios are ranked instead.

    ``wedge``: as ``experiments.studies.comparison.wedge`` gives it. ``unit``, ``label``: of the outcome.
    """
    wedge = _since_they_differ(wedge)
    scenarios = list(dict.fromkeys(wedge["scenario"]))
    if len(scenarios) > _MOST_PANELS:
        return ranked_effects(wedges(wedge, unit, label), wedge, manifest, unit)
    reference = manifest.points[0].scenario
    scale, shown = difference_scale(unit)
    figure, axes = panels(
        wedges(wedge, unit, label),
        f"Scenario minus {reference}, {shown}; line: mean under common random numbers, band: 90% interval",
        len(scenarios),
    )
    color = POWERTRAIN_COLORS["BEV"] if unit.startswith("share") else CELL_COLORS["storage"]
    for ax, scenario in zip(axes, scenarios, strict=True):
        rows = wedge[wedge["scenario"] == scenario]
        years = years_of(rows["quarter"])
        ax.axhline(0.0, color=INK, linewidth=0.8, zorder=1)
        if np.isfinite(rows["low"]).all():  # one replication has no band
            ax.fill_between(years, scale * rows["low"], scale * rows["high"], color=color, alpha=0.25, linewidth=0)
        ax.plot(years, scale * rows["difference"], color=color, linewidth=1.6, label=scenario)
        ax.set_title(plain_text(scenario), loc="left", size="small", color=INK)
    replications = len({run[1] for run in manifest.runs})
    note = (
        f"n = {replications} replications, paired by seed. Vertical axis: {shown}; horizontal axis: years, from "
        "one year before scenarios first differ."
    )
    study_caption(figure, manifest, note)
    return figure


def _since_they_differ(wedge: pd.DataFrame) -> pd.DataFrame:
    """The rows from a year before the first quarter with a difference; all of them if there is none."""
    differ = wedge.loc[wedge["difference"] != 0.0, "quarter"]
    if differ.empty:
        return wedge
    start = quarters.label(quarters.index(differ.min()) - QUARTERS_PER_YEAR)
    return wedge[wedge["quarter"] >= start]
