"""Figure 1 of a study: BEV share of new light-vehicle sales over all its runs, against the observed share."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.of_studies.study_style import study_caption
from experiments.figures.style import INK, POWERTRAIN_COLORS, blank, key, mark_origin, percent, styled, years_of
from experiments.studies.study_files import StudyManifest
from market.base import tables

SERIES = "bev_share_new"
_BANDS = ((0.05, 0.95, 0.18), (0.25, 0.75, 0.35))  # from quantile to quantile, with its opacity
_MANY_RUNS = 20  # from which one run in twenty lies outside the wide band on either side
_QUANTILES = sorted({0.5, *(bound for low, high, _ in _BANDS for bound in (low, high))})


def recorded_share() -> pd.Series:
    """Observed BEV share of new sales by quarter."""
    sales = tables.load("sales_by_powertrain").pivot_table(index="quarter", columns="powertrain", values="sales")
    return sales["BEV"] / sales.sum(axis=1)


def spread(quarters: pd.DataFrame) -> pd.DataFrame:
    """Quantiles of the share over runs, shape (quarters, quantiles); failed runs are left out."""
    return quarters.groupby("quarter")[SERIES].quantile(np.array(_QUANTILES)).unstack()


@styled()
def bev_share_fan(quarters: pd.DataFrame, manifest: StudyManifest, origin: str) -> Figure:
    """Median and bands over runs by quarter. ``quarters``: rows of one scenario in the table of quarters."""
    runs = quarters.groupby(["point", "replication"]).ngroups
    varied = "seeds" if len(set(quarters["point"])) == 1 else "design runs"
    figure, (ax,) = blank(
        "BEV share of new light-vehicle sales, United States",
        f"Quarterly share in scenario {quarters['scenario'].iloc[0]}: spread over {runs} {varied}",
        narrow=True,
    )
    table, color = spread(quarters), POWERTRAIN_COLORS["BEV"]
    years = years_of(table.index.to_series())
    for low, high, opacity in _BANDS:
        ax.fill_between(
            years, table[low], table[high], color=color, alpha=opacity, linewidth=0, label=f"{high - low:.0%} of runs"
        )
    ax.plot(years, table[0.5], color=color, linewidth=2.2, label="Median run")
    recorded = recorded_share()
    recorded = recorded[recorded.index.isin(table.index)]
    ax.plot(
        years_of(recorded.index.to_series()), recorded, "o", color=INK, markersize=4, markeredgecolor="white",
        markeredgewidth=0.6, label="Observed", zorder=3,
    )  # fmt: skip
    mark_origin(ax, origin)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(percent)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    key(figure, *ax.get_legend_handles_labels())
    few = "" if runs >= _MANY_RUNS else " With this few runs, band edges are interpolated."
    study_caption(
        figure, manifest,
        f"n = {runs} runs, {len(table)} quarters. Expected sales. Bands are quantiles over runs and reflect only what "
        f"was varied. Shares are fitted through the end of observed data.{few}",
    )  # fmt: skip
    return figure
