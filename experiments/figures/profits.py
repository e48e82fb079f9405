"""Figure 13: automakers' profit on vehicles, cells and EV programs, and utilization of their cell lines."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FuncFormatter, MaxNLocator

from agents.calendar import QUARTERS_PER_YEAR
from experiments.figures.media import medium
from experiments.figures.printed import tell_unit
from experiments.figures.style import (
    CELL_COLORS,
    INK,
    MUTED,
    bare,
    canvas,
    caption,
    halves,
    key,
    mark_origin,
    percent,
    rows_of,
    styled,
)
from experiments.runs.store import Result
from market.base import quarters

_PARTS = {
    "car_profit": ("Markup on vehicles delivered", CELL_COLORS["vehicles"]),
    "cell_profit": ("Cell plants", CELL_COLORS["storage"]),
    "programs": ("EV programs", CELL_COLORS["idle"]),
    "losses": ("Write-offs and write-downs", INK),
}  # label, color
_ROWS, _COLUMNS = 2, 4
_BEFORE_ORIGIN = 4  # years of observed data shown
_HEIGHT_INCHES = 8.4
_BILLION = 1e3  # M$
_SEEN = 1e-3  # billion $: smaller losses get no mark
_BAR = 0.8  # of a year


def yearly(makers: pd.DataFrame, first_year: int) -> pd.DataFrame:
    """By maker and full year: parts of profit, billion 2025 $, and utilization of its cell lines, NaN without any."""
    frame = makers.assign(year=makers["quarter"].map(quarters.index).map(quarters.year))
    frame = frame.assign(
        programs=-frame["programme_spending_musd"] - frame["paid_to_suppliers_musd"],
        losses=-frame["write_down_musd"] - frame["write_off_musd"],
    )
    columns = ["car_profit_musd", "cell_profit_musd", "programs", "losses", "output_gwh", "capacity_gwh"]
    whole = frame.groupby(["maker", "year"])["quarter"].transform("size") == QUARTERS_PER_YEAR
    sums = frame[whole & (frame["year"] >= first_year)].groupby(["maker", "year"])[columns].sum()
    able = sums["capacity_gwh"].where(sums["capacity_gwh"] > 0)
    money = sums[columns[:4]].rename(columns=lambda name: name.removesuffix("_musd")) / _BILLION
    return money.assign(utilization=sums["output_gwh"] / able)


def largest(table: pd.DataFrame, count: int) -> list[str]:
    """Automakers whose cells and programs move the most money, largest first; the open market is not one."""
    moved = table[["cell_profit", "programs", "losses"]].abs().sum(axis=1).groupby("maker").sum()
    makers = moved.drop("open market", errors="ignore")
    return [str(name) for name in makers.sort_values(ascending=False, kind="stable").index[:count]]


def _draw_parts(ax: Axes, rows: pd.DataFrame) -> None:
    """Stacked bars of gains and costs around zero; a diamond for write-offs, which are not payments."""
    above, below = np.zeros(len(rows)), np.zeros(len(rows))
    for part in ("cell_profit", "programs"):
        value = rows[part].to_numpy()
        label, color = _PARTS[part]
        foot = np.where(value >= 0, above, below)
        ax.bar(rows.index, value, _BAR, bottom=foot, color=color, label=label)
        above, below = above + np.maximum(value, 0.0), below + np.minimum(value, 0.0)
    lost = rows["losses"].where(rows["losses"] < -_SEEN)
    label, color = _PARTS["losses"]
    ax.plot(lost.index, lost, linestyle="none", marker="D", markersize=4.2, color=color, mec="white", label=label)
    ax.axhline(0.0, color=MUTED, linewidth=0.8)


def _draw_utilization(ax: Axes, table: pd.DataFrame, makers: list[str]) -> None:
    for maker in makers:
        use = table["utilization"].xs(maker)
        if use.notna().any():
            ax.plot(use.index, use, color=MUTED, linewidth=0.9, alpha=0.75)
    together = table.loc[makers].groupby("year")[["utilization"]].median()["utilization"]
    ax.plot(together.index, together, color=INK, linewidth=2.2, label="Median")
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(FuncFormatter(percent))


@styled()
def profits(result: Result) -> Figure:
    """Vehicle markup and cell profit of all automakers, line utilization, and small panels by automaker."""
    makers = rows_of(result, "makers", "profits", "a run with cell plants")
    origin = result.manifest.origin
    first = quarters.year(quarters.index(origin)) - _BEFORE_ORIGIN + 1
    table = yearly(makers, first)
    shown = largest(table, _ROWS * _COLUMNS)
    figure = canvas(
        _title(table),
        "Billion 2025 $ per year; utilization of running cell lines",
        _HEIGHT_INCHES,
    )
    upper, lower = halves(figure, 1, 1.3)
    top = upper.subgridspec(3, 1) if medium().landscape else upper.subgridspec(1, 3)
    whole, cars, use = (bare(figure.add_subplot(top[place])) for place in range(3))
    everyone = table.groupby("year")[["cell_profit", "programs", "losses", "car_profit"]].sum()
    _draw_parts(whole, everyone)
    cars.bar(everyone.index, everyone["car_profit"], _BAR, color=_PARTS["car_profit"][1])
    _draw_utilization(use, table, [str(name) for name in table.index.get_level_values("maker").unique()])
    titles = ("Cells and EV programs, all", "Markup on vehicles, all", "Cell-line utilization (bold: median)")
    for ax, title in zip((whole, cars, use), titles, strict=True):
        _finish(ax, title, origin)
    tell_unit(whole, "billion 2025 $ a year")
    key(figure, *whole.get_legend_handles_labels())
    _draw_makers(figure, lower, table, shown, origin)
    caption(
        figure, result.manifest,
        f"n = {everyone.index.size} years, {makers['maker'].nunique() - 1} automakers and the open cell market, one "
        "seed. Automakers are calibrated archetypes, not forecasts of any company. Dashed line: end of observed data "
        f"({origin}). Panels by automaker share one scale; their percentages are mean line utilization after that "
        "date. Vehicle cells are valued at the import price. Diamonds: sunk cost of canceled programs and of models on "
        "sale that will not recover their cost.",
    )  # fmt: skip
    return figure


def _title(table: pd.DataFrame) -> str:
    """What automakers together earn in the last year."""
    last = table.index.get_level_values("year").max()
    sums = table[table.index.get_level_values("year") == last].sum()
    told = (
        f"cell plants {sums['cell_profit']:+,.1f}, EV programs {sums['programs']:+,.1f}, markups on vehicles "
        f"{sums['car_profit']:+,.0f}"
    )
    return f"Automakers in {last}, billion $: {told}"


def _finish(ax: Axes, title: str, origin: str) -> None:
    ax.set_title(title, loc="left", size="medium")
    place = mark_origin(ax, origin, labeled=False)
    for line in ax.lines[-1:]:
        line.set_xdata([place - 0.5, place - 0.5])  # a year's bar stands on its number, its end half a year later
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, steps=[1, 2, 5, 10]))


def _draw_makers(figure: Figure, place: SubplotSpec, table: pd.DataFrame, shown: list[str], origin: str) -> None:
    """One small panel per automaker, all on one scale."""
    lines, columns = (_COLUMNS, _ROWS) if medium().landscape else (_ROWS, _COLUMNS)
    grid = place.subgridspec(lines, columns)
    first: Axes | None = None
    after = quarters.year(quarters.index(origin)) + 1
    for number, maker in enumerate(shown):
        row, column = divmod(number, columns)
        ax = bare(figure.add_subplot(grid[row, column], sharex=first, sharey=first))
        first = first or ax
        rows = pd.DataFrame(table.xs(maker))
        _draw_parts(ax, rows)
        if column == 0:
            tell_unit(ax, "billion 2025 $")
        use = rows["utilization"].loc[after:].mean()
        _finish(ax, maker if np.isnan(use) else f"{maker}: {use:.0%}", origin)
        ax.tick_params(labelsize="small", labelleft=column == 0, labelbottom=number + columns >= len(shown))
