"""Figure 5 for many scenarios: what each changes in two quarters, ranked, as dots with their intervals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.of_studies.study_style import difference_scale, study_caption
from experiments.figures.style import CELL_COLORS, INK, MUTED, POWERTRAIN_COLORS, bare, canvas, key, styled
from experiments.shown_text import plain_text
from experiments.studies.study_files import StudyManifest

_FIRST = "2030Q4"  # the nearer of the two quarters, where a study reaches beyond it
_LOOK = ((POWERTRAIN_COLORS["BEV"], "o", "white", -0.16), (CELL_COLORS["storage"], "D", None, 0.16))
"""Of the nearer and the last quarter: color, mark, its face (None: as its line) and distance from the row's middle."""
_ROW_INCHES, _FRAME_INCHES = 0.27, 1.9
_ROOM = 0.06  # at both sides, a share of the widest span


@styled()
def ranked_effects(title: str, wedge: pd.DataFrame, manifest: StudyManifest, unit: str) -> Figure:
    """A row a scenario, what raises the outcome most in the last quarter on top.

    ``wedge``: as ``experiments.studies.comparison.wedge`` gives it. ``unit``: of the outcome.
    """
    last = str(wedge["quarter"].max())
    shown = [quarter for quarter in dict.fromkeys((_FIRST, last)) if quarter in set(wedge["quarter"])]
    at_end = wedge[wedge["quarter"] == last].sort_values("difference", ascending=False, kind="stable")
    names = at_end["scenario"].tolist()
    scale, said = difference_scale(unit)
    reference = manifest.points[0].scenario
    figure = canvas(
        title, f"Scenario minus {reference}, {said}; dot: mean of paired runs, line: 90% interval",
        _FRAME_INCHES + _ROW_INCHES * len(names),
    )  # fmt: skip
    ax = bare(figure.subplots())
    for quarter, look in zip(shown, _LOOK[-len(shown) :], strict=True):
        _draw(ax, wedge[wedge["quarter"] == quarter].set_index("scenario").loc[names], scale, quarter, look)
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
    ax.set_yticks(range(len(names)), [plain_text(name) for name in names], color=INK)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.margins(x=_ROOM)
    ax.grid(visible=True, axis="x")
    ax.set_xlabel(said, color=MUTED)
    key(figure, *ax.get_legend_handles_labels())
    replications = len({run[1] for run in manifest.runs})
    ranked = f"Ranked by the effect in {last}. An effect whose line crosses zero may be chance."
    study_caption(figure, manifest, f"n = {replications} replications, paired by seed. {ranked}")
    return figure


def _draw(ax: Axes, rows: pd.DataFrame, scale: float, quarter: str, look: tuple[str, str, str | None, float]) -> None:
    color, mark, face, apart = look
    places = np.arange(len(rows)) + apart
    middle = scale * rows["difference"].to_numpy(np.float64)
    ends = scale * rows[["low", "high"]].to_numpy(np.float64)
    if np.isfinite(ends).all():  # one replication has no interval
        ax.hlines(places, ends[:, 0], ends[:, 1], color=color, linewidth=1.6, zorder=2)
    ax.plot(
        middle, places, mark, color=color, markerfacecolor=face or color, markersize=5, zorder=3, label=quarter,
        linestyle="none",
    )  # fmt: skip
