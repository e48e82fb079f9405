"""Figure 9: when a cell line converts, by storage price and line utilization, with closed-form frontiers (M14)."""

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.figures.style import CELL_COLORS, INK, MUTED, blank, foot, percent, styled

_FRONTIERS = {
    "same cell": "same cell, other rack\n1 quarter",
    "other chemistry": "other chemistry\n4 quarters, 2 offline",
    "other format": "other format\n7 quarters, 3 offline",
}
_TICKS = np.arange(-0.2, 0.61, 0.2)
_NOTE = (
    "Automakers' vehicle-cell lines running in 2027Q2, each evaluated alone, with no 45X credit, upkeep cost or random "
    "decision error, facing storage demand it never fills. Lines: prices at which the gain equals the hurdle times the "
    "cost, in closed form. Archetypes calibrated to public data, not forecasts of any company."
)


@styled()
def conversion_frontier(table: pd.DataFrame) -> Figure:
    """Share of vehicle-cell capacity that converts, by premium and utilization, and each type's closed-form frontier.

    ``table``: as ``experiments.studies.conversion_frontier.frontier`` gives it.
    """
    figure, (ax,) = blank(
        "Higher storage prices and idler vehicle lines mean more conversion",
        "Share of automakers' vehicle-cell capacity that would convert to storage; lines: closed-form frontiers",
    )
    by_cell = table.groupby(["car_line_use", "storage_premium"])
    grid = (by_cell["converting_gwh_per_year"].sum() / by_cell["capacity_gwh_per_year"].sum()).unstack()
    premium, use = grid.columns.to_numpy(np.float64), grid.index.to_numpy(np.float64)
    shades = LinearSegmentedColormap.from_list("converted", ["white", CELL_COLORS["storage"]])
    mesh = ax.pcolormesh(premium, use, grid.to_numpy(), cmap=shades, vmin=0, vmax=1, shading="nearest")
    for kind, label in _FRONTIERS.items():
        formula = table[table["kind"] == kind].groupby("car_line_use")["formula_premium"].mean()
        ax.plot(formula, formula.index, color=INK, linewidth=2, label=kind)
        ax.text(formula.iloc[-1], 1.02, label, transform=ax.get_xaxis_transform(), size="small", ha="center", color=INK)
    prices = table.groupby("storage_premium")["storage_price_usd_per_kwh"].mean()
    ticks = np.interp(_TICKS, prices.index, prices)
    ax.set_xticks(
        _TICKS, [f"{percent(round(at, 2))}\n{price:.0f} $/kWh" for at, price in zip(_TICKS, ticks, strict=True)]
    )
    ax.set_xlim(premium[0], premium[-1])
    ax.set_ylim(use[0], use[-1])
    ax.grid(visible=False)
    ax.yaxis.set_major_formatter(percent)
    ax.set_xlabel(
        "storage-cell price premium over imports and third countries; below: US cell price in a balanced market"
    )
    ax.set_ylabel("utilization: share of vehicle-cell capacity sold")
    bar = figure.colorbar(mesh, ax=ax, pad=0.015, aspect=30, format=percent)
    bar.outline.set_visible(False)
    bar.set_label("share of capacity that converts", color=MUTED)
    foot(figure, _NOTE)
    return figure
