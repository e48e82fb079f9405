"""Figure 14: perceived and actual trouble with chargers and batteries, in one panel and one sentence."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.printed import tell_unit
from experiments.figures.style import (
    CELL_COLORS,
    INK,
    blank,
    caption,
    key,
    mark_origin,
    percent,
    rows_of,
    styled,
    years_of,
)
from experiments.findings.finding import listed
from experiments.runs.store import Result
from market.trust.outputs import CHARGERS
from market.trust.parameters import BRAND_GROUPS

_ACTUAL_DASHES = (0, (2.2, 1.6))
_COLORS = {"Chargers": INK, "Batteries": CELL_COLORS["storage"]}
_BATTERIES = ("battery_trouble_believed", "battery_trouble_true")  # means over BEVs of all brands
_OF = {"Chargers": "charges", "Batteries": "BEV batteries"}
_HEADROOM, _LEAST_SCALE = 1.1, 0.01


def _title(lines: dict[str, pd.DataFrame], last: str) -> str:
    """What buyers think at the end, beside what is."""
    ends = {name: rows.iloc[-1] for name, rows in lines.items()}
    told = [f"{row['believed']:.1%} of {_OF[name]} (actual {row['true']:.1%})" for name, row in ends.items()]
    return f"Buyers expect trouble with {listed(told)} in {last}"


def _draw(ax: Axes, lines: dict[str, pd.DataFrame], brands: pd.DataFrame) -> None:
    """Perceived trouble as lines, actual as dashes; a band holds what is perceived of the brands."""
    for name, rows in lines.items():
        years, color = years_of(rows["quarter"]), _COLORS[name]
        ax.plot(years, rows["believed"], color=color, linewidth=2.2, label=f"{name}, perceived")
        ax.plot(
            years, rows["true"], color=color, linestyle=_ACTUAL_DASHES, linewidth=1.8, label=f"{name}, actual"
        )  # fmt: skip
    span = brands.groupby("quarter", sort=False)["believed"].agg(["min", "max"])
    ax.fill_between(
        years_of(span.index.to_series()), span["min"], span["max"], color=_COLORS["Batteries"], alpha=0.18,
        linewidth=0, label="Batteries, perceived of brands",
    )  # fmt: skip
    most = max(float(span["max"].max()), *(float(rows[["believed", "true"]].max().max()) for rows in lines.values()))
    ax.set_ylim(0, _HEADROOM * max(most, _LEAST_SCALE))
    ax.yaxis.set_major_formatter(percent)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))


@styled()
def trust(result: Result) -> Figure:
    """Perceived and actual trouble with chargers, and with batteries over all BEVs with the range of brands."""
    table = rows_of(result, "trust", "trust", "at least one quarter")
    national = rows_of(result, "national", "trust", "at least one quarter")
    batteries = national[["quarter", *_BATTERIES]].set_axis(["quarter", "believed", "true"], axis=1)
    lines = {"Chargers": table[table["subject"] == CHARGERS], "Batteries": batteries}
    figure, (ax,) = blank(
        _title(lines, str(table["quarter"].iloc[-1])),
        "Share of charges that fail, and of BEVs with serious battery trouble",
        narrow=True,
    )
    _draw(ax, lines, table[table["subject"].isin(BRAND_GROUPS)])
    mark_origin(ax, result.manifest.origin)
    tell_unit(ax, "share with trouble")
    key(figure, *ax.get_legend_handles_labels())
    caption(
        figure, result.manifest,
        f"n = {table['quarter'].nunique()} quarters, one seed. Dashed vertical line: end of observed data "
        f"({result.manifest.origin}). Band: from the most to the least trusted brand group. Automakers are calibrated "
        "archetypes, not forecasts of any company. Table trust has every brand group and where buyers' news comes "
        "from.",
    )  # fmt: skip
    return figure
