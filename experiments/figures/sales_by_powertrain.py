"""Figure 2: new-vehicle sales by powertrain and year, stacked."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.printed import tell_unit
from experiments.figures.style import (
    INK,
    POWERTRAIN_COLORS,
    FigureError,
    blank,
    caption,
    mark_origin,
    rows_of,
    styled,
    whole_years,
)
from experiments.runs.store import Result

_NEEDED = "at least the four quarters of one year"
_LABELS = {"BEV": "BEV", "PHEV": "Plug-in hybrid", "HEV": "Hybrid", "ICE": "Gasoline and diesel"}
_LABEL_GAP_SHARE = 0.05  # least distance of two labels as a share of the highest bar: legibility
_MOST_YEAR_LABELS = 10


def _sales_millions(national: pd.DataFrame) -> pd.DataFrame:
    """New-vehicle sales of full years in millions, shape (years, powertrains); gasoline and diesel are the rest."""
    frame = whole_years(national)
    sales = pd.DataFrame(
        {name: frame[f"{name.lower()}_share_new"] * frame["new_sales"] for name in _LABELS if name != "ICE"}
    )
    sales["ICE"] = frame["new_sales"] - sales.sum(axis=1)
    return sales.groupby(frame["year"]).sum() / 1e6


def _label_last(ax: Axes, last: pd.Series, place: float) -> None:
    """Name and share of every powertrain at the side of the last bar, kept apart."""
    total, foot, lowest = float(last.sum()), 0.0, 0.0
    for name, label in _LABELS.items():
        height = max(foot + float(last[name]) / 2, lowest)
        ax.text(place, height, f"{label} {last[name] / total:.1%}", va="center", size="small", color=INK)
        foot, lowest = foot + float(last[name]), height + _LABEL_GAP_SHARE * total


def _title(sales: pd.DataFrame) -> str:
    """How the share of BEVs changes from the first year to the last."""
    shares = sales["BEV"] / sales.sum(axis=1)
    told = [f"{shares[year]:.1%} in {year}" for year in dict.fromkeys((shares.index[0], shares.index[-1]))]
    return f"BEVs among new vehicles: {', '.join(told)}"


@styled()
def sales_by_powertrain(result: Result) -> Figure:
    """Bars by year, BEVs at the bottom; shares of the last year at its side."""
    sales = _sales_millions(rows_of(result, "national", "sales_by_powertrain", _NEEDED))
    if sales.empty:
        raise FigureError(f"figure sales_by_powertrain needs {_NEEDED}; {result.manifest.name} has none")
    figure, (ax,) = blank(_title(sales), "New vehicles by powertrain, million a year, United States")
    foot = pd.Series(0.0, index=sales.index)
    middle = sales.index + 0.5
    for name, label in _LABELS.items():
        ax.bar(middle, sales[name], 0.82, bottom=foot, color=POWERTRAIN_COLORS[name], linewidth=0, label=label)
        foot = foot + sales[name]
    right = float(middle[-1]) + 0.5
    _label_last(ax, sales.iloc[-1], right + 0.1)
    ax.set_xlim(float(middle[0]) - 0.6, right)
    mark_origin(ax, result.manifest.origin)
    step = 2 if len(middle) > _MOST_YEAR_LABELS else 1
    ax.set_xticks(middle[::step], [f"{year}" for year in sales.index[::step]])
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6))
    tell_unit(ax, "million vehicles a year")
    caption(
        figure, result.manifest,
        f"n = {len(sales)} full years, one seed. Expected sales. Shares at right are for {sales.index[-1]}.",
    )  # fmt: skip
    return figure
