"""Figure 18: BEV share of new light-vehicle sales by state, at the end of observed data and of the run."""

import pandas as pd
import seaborn as sns
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from agents.calendar import QUARTERS_PER_YEAR
from experiments.figures.maps.us_map import draw_states
from experiments.figures.media import medium
from experiments.figures.style import FigureError, canvas, caption, percent, rows_of, styled
from experiments.runs.store import Result
from market.base import quarters

COLORS = "crest"
"""Of states by a level: darker is more, in gray too."""
_HEIGHT_INCHES, _HEAD_INCHES = 4.7, 0.8  # of the figure on a screen, and of its title
_STEP = 0.05  # to a multiple of which the scale goes


def shares_by_state(states: pd.DataFrame) -> pd.DataFrame:
    """BEV share of new sales by year and state, shape (full years, states)."""
    sums = states.assign(year=states["quarter"].map(quarters.index).map(quarters.year))
    whole = sums.groupby("year")["quarter"].transform("nunique") == QUARTERS_PER_YEAR
    sums = sums[whole].groupby(["year", "state"])[["bev_sales", "new_sales"]].sum()
    shares: pd.DataFrame = (sums["bev_sales"] / sums["new_sales"]).unstack()
    return shares


def _title(last: pd.Series, year: int) -> str:
    """Where the share is highest and lowest."""
    most, least = str(last.idxmax()), str(last.idxmin())
    return f"BEV share in {year}: highest in {most} ({last[most]:.0%}), lowest in {least} ({last[least]:.0%})"


@styled()
def bev_share_by_state(result: Result) -> Figure:
    """A map of the last observed year and one of the last year, with one scale."""
    states = rows_of(result, "states", "bev_share_by_state", "at least the four quarters of one year")
    shares = shares_by_state(states)
    if shares.empty:
        raise FigureError(f"figure bev_share_by_state needs a whole year; {result.manifest.name} has none")
    by_year = {int(year): shares.loc[[year]].iloc[0] for year in shares.index}
    last = max(by_year)
    years = sorted({min(int(result.manifest.origin[:4]), last), last})
    height_inches = _HEIGHT_INCHES - (_HEAD_INCHES if medium().captioned else 0.0)
    figure = canvas(_title(by_year[last], last), "BEVs among new vehicles sold in a year", height_inches)
    axes = figure.subplots(1, len(years), squeeze=False)[0]
    top = _STEP * (1 + float(shares.loc[years].max().max()) // _STEP)
    for ax, year in zip(axes, years, strict=True):
        drawn = draw_states(ax, by_year[year], Normalize(0.0, top), sns.color_palette(COLORS, as_cmap=True))
        ax.set_title(f"{year}: median state {by_year[year].median():.1%}", loc="left", size="medium")
    bar = figure.colorbar(drawn, ax=list(axes), orientation="horizontal", shrink=0.5, aspect=40, format=percent)
    bar.outline.set_visible(False)
    caption(
        figure, result.manifest,
        f"n = {shares.shape[1]} states, one seed. Expected sales. Shares are of new vehicles, whose number is very "
        "different from state to state. Outline: us-atlas, US Census.",
    )  # fmt: skip
    return figure
