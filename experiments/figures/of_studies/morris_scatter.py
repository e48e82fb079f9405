"""Figure 11: Morris screening: mean absolute effect of each factor against the spread of its effects."""

import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.of_studies.factor_names import factor_label
from experiments.figures.of_studies.study_style import difference_scale, study_caption
from experiments.figures.style import FAINT, INK, MUTED, POWERTRAIN_COLORS, blank, styled
from experiments.studies.study_files import StudyManifest

_NAMED = 10  # the strongest
_HEADROOM = 1.15  # over the largest spread


@styled()
def morris_scatter(table: pd.DataFrame, manifest: StudyManifest, unit: str, label: str) -> Figure:
    """``table``: as ``experiments.studies.sensitivity.sensitivity`` gives it for a design of Morris."""
    scale, shown = difference_scale(unit)
    table = table.assign(**{name: scale * table[name] for name in ("mu_star", "sigma", "half_width")})
    figure, (ax,) = blank(
        f"What matters: {label}",
        f"Elementary effects over each factor's range, {shown}. Right: stronger; up: nonlinear or interacting",
    )
    ax.errorbar(
        table["mu_star"], table["sigma"], xerr=table["half_width"], fmt="o", color=POWERTRAIN_COLORS["BEV"],
        ecolor=FAINT, elinewidth=1, markersize=5, zorder=2,
    )  # fmt: skip
    named = table.head(_NAMED)
    for rank, (x, y) in enumerate(zip(named["mu_star"], named["sigma"], strict=True), start=1):
        ax.annotate(str(rank), (x, y), xytext=(4, 3), textcoords="offset points", size="small", color=INK)
    numbered = (f"{rank}  {factor_label(name)}" for rank, name in enumerate(named["factor"], start=1))
    names = "\n".join(line.replace("\n", "\n     ") for line in numbered)
    ax.text(1.03, 1.0, names, transform=ax.transAxes, size="small", color=INK, va="top", linespacing=1.3)
    top = max(float(table["mu_star"].max()), float(table["sigma"].max())) or 1.0
    ax.plot([0, top], [0, top], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    ax.set_xlim(left=0)
    ax.set_ylim(0, _HEADROOM * float(table["sigma"].max()) or None)
    ax.margins(x=0.2)
    ax.grid(visible=True, axis="x")
    ax.set_xlabel("mean absolute effect (mu*)")
    ax.set_ylabel("standard deviation of effects (sigma)")
    study_caption(
        figure,
        manifest,
        "Bars: 90% bootstrap intervals. Dashed: spread equal to the effect. The ten strongest factors are named.",
    )
    return figure
