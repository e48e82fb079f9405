"""Figure 10: a tornado chart of one factor at a time, and Sobol indices, both with intervals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.of_studies.factor_names import factor_label
from experiments.figures.of_studies.study_style import difference_scale, study_caption
from experiments.figures.style import CELL_COLORS, INK, POWERTRAIN_COLORS, blank, key, styled
from experiments.shown_text import plain_text
from experiments.studies.study_files import StudyManifest

_SHOWN = 15  # factors that fit the figure


def _draw_factor(ax: Axes, place: int, rows: pd.DataFrame) -> None:
    """Bars of a factor's ends with their intervals; its values stand outside, the higher difference at the right."""
    known = rows[["low", "high"]].where(np.isfinite(rows[["low", "high"]]))
    for (_, row), color in zip(rows.iterrows(), (POWERTRAIN_COLORS["BEV"], CELL_COLORS["storage"]), strict=True):
        ax.barh(place, row["difference"], color=color, height=0.7, alpha=0.85, zorder=2)
    for _, bounds in known.dropna().iterrows():
        ax.plot(bounds, [place, place], color=INK, linewidth=1.2, zorder=3)
    reached = pd.concat([known["low"], known["high"], rows["difference"], pd.Series([0.0])])
    ranked = rows.sort_values("difference", kind="stable")["value"].tolist()
    for value, at, side in ((ranked[0], reached.min(), -1), (ranked[-1], reached.max(), 1)):
        text = f"{value:.4g}" if isinstance(value, float) else plain_text(value).lower()
        ax.annotate(
            text, (at, place), xytext=(4 * side, 0), textcoords="offset points",
            ha="left" if side > 0 else "right", va="center", size="small",
        )  # fmt: skip


@styled()
def tornado(table: pd.DataFrame, manifest: StudyManifest, unit: str, label: str) -> Figure:
    """Change of an outcome with each factor at its lowest and highest value, the strongest on top."""
    scale, shown = difference_scale(unit)
    figure, (ax,) = blank(
        f"Largest single-factor effects: {label}", f"Change from {manifest.points[0].scenario}, {shown}"
    )
    table = table.assign(**{name: scale * table[name] for name in ("difference", "low", "high")})
    names = list(dict.fromkeys(table["factor"]))[:_SHOWN]
    for place, name in enumerate(names):
        _draw_factor(ax, place, table[table["factor"] == name].iloc[[0, -1]])
    ax.set_yticks(range(len(names)), [factor_label(name) for name in names], size="small", color=INK)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.axvline(0.0, color=INK, linewidth=0.8)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    study_caption(
        figure,
        manifest,
        "Bars: factor at its low (blue) and high (vermilion) value, others unchanged; black: 90% paired interval.",
    )
    return figure


@styled()
def sobol_bars(table: pd.DataFrame, manifest: StudyManifest, _unit: str, label: str) -> Figure:
    """Sobol indices: shares of the outcome's variance, each factor alone and with its interactions."""
    figure, (ax,) = blank(
        f"Sources of variance: {label}",
        "Sobol indices: share of variance from each factor alone and including its interactions",
    )
    shown = table.head(_SHOWN)
    places = np.arange(len(shown))
    for offset, kind, half, name, color in (
        (-0.2, "first_order", "first_half_width", "alone (first order)", POWERTRAIN_COLORS["BEV"]),
        (0.2, "total", "total_half_width", "with interactions (total)", CELL_COLORS["storage"]),
    ):
        ax.barh(places + offset, shown[kind], 0.38, xerr=shown[half], color=color, ecolor=INK, label=name, zorder=2)
    ax.set_yticks(places, [factor_label(name) for name in shown["factor"]], size="small", color=INK)
    ax.invert_yaxis()
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.axvline(0.0, color=INK, linewidth=0.8)
    key(figure, *ax.get_legend_handles_labels())
    study_caption(
        figure,
        manifest,
        "Black lines: 90% bootstrap intervals. Factors are sampled from their ranges or distributions.",
    )
    return figure
