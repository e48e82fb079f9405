"""Fast ports that operators choose to build, against observed ports, state by state (M9)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import INK, MUTED, POWERTRAIN_COLORS, blank, foot, styled

_NOTE = (
    "Operators decide from 2017 on instead of following the record; everything else is endogenous from 2018. Before "
    "calibration; budgets were set to the 2024 build-out, so this is not an out-of-sample test. Observed: AFDC. "
    "Error: mean absolute log ratio of modeled to observed ports over states."
)
_NAMED = 3  # states named at either end of a panel


@styled()
def ports_by_state(states: pd.DataFrame, quarters: tuple[str, ...] = ("2018Q4", "2021Q4", "2024Q4")) -> Figure:
    """A panel for each quarter, a dot for each state, on log axes; ``states``: table ``charging_states``."""
    figure, axes = blank(
        "Fast ports when operators decide from 2017 on",
        "Fast ports by state, modeled against observed; on the line they are equal",
        len(quarters),
    )
    limits = (0.7 * states["recorded_fast_ports"].replace(0, np.nan).min(), 2.0 * states["fast_ports"].max())
    for ax, quarter in zip(axes, quarters, strict=True):
        _panel(ax, states[states["quarter"] == quarter], limits)
        ax.set_xlabel("observed ports")
        for label in (*ax.get_xticklabels(which="both"), *ax.get_yticklabels(which="both")):
            label.set_parse_math(True)  # powers of ten, which matplotlib writes itself
    axes[0].set_ylabel("modeled ports")
    foot(figure, _NOTE)
    return figure


def _panel(ax: Axes, rows: pd.DataFrame, limits: tuple[float, float]) -> None:
    both = rows[(rows["fast_ports"] > 0) & (rows["recorded_fast_ports"] > 0)]
    recorded, built = both["recorded_fast_ports"].to_numpy(np.float64), both["fast_ports"].to_numpy(np.float64)
    ax.plot(limits, limits, color=INK, linewidth=1)
    ax.plot(recorded, built, "o", markersize=5, alpha=0.75, color=POWERTRAIN_COLORS["BEV"], label="states")
    ax.set(xscale="log", yscale="log", xlim=limits, ylim=limits)
    off = np.log(built / recorded)
    order = np.argsort(off, kind="stable")
    ends = {"highest ratio": order[::-1][:_NAMED], "lowest ratio": order[:_NAMED]}
    named = "\n".join(f"{what}: {', '.join(both['state'].iloc[places])}" for what, places in ends.items())
    ax.text(0.04, 0.96, named, transform=ax.transAxes, va="top", size="small", color=MUTED)
    ratio, error = built.sum() / recorded.sum(), np.abs(off).mean()
    ax.set_title(f"{rows['quarter'].iloc[0]}: {ratio:.2f} of observed, error {error:.2f}", size="small", loc="left")
