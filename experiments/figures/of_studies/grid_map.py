"""An outcome over a grid of two factors, in shades with its value in each cell."""

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.figures.of_studies.factor_names import factor_name
from experiments.figures.of_studies.study_style import study_caption
from experiments.figures.style import CELL_COLORS, INK, MUTED, blank, styled
from experiments.shown_text import plain_text
from experiments.studies.study_files import StudyManifest


@styled()
def grid_map(runs: pd.DataFrame, manifest: StudyManifest, outcome: str) -> Figure:
    """Mean of the outcome over replications and scenarios; the first factor across, the second up."""
    across, up = manifest.factor_units
    unit, label = manifest.units["runs"][outcome]
    scale, shown = (100.0, f"% {unit.removeprefix('share ')}") if unit.startswith("share") else (1.0, unit)
    cells = scale * runs.groupby([up, across])[outcome].mean().unstack()
    figure, (ax,) = blank(str(manifest.design["question"]), f"{label}, {shown}: mean over replications")
    shades = LinearSegmentedColormap.from_list("outcome", ["white", CELL_COLORS["storage"]])
    values = cells.to_numpy(np.float64)
    mesh = ax.pcolormesh(
        np.arange(cells.shape[1]),
        np.arange(cells.shape[0]),
        values,
        cmap=shades,
        shading="nearest",
    )
    for (row, column), value in np.ndenumerate(values):
        ax.text(column, row, f"{value:.3g}", ha="center", va="center", size="small", color=INK)
    for axis, levels in (("x", cells.columns), ("y", cells.index)):
        getattr(ax, f"set_{axis}ticks")(
            range(len(levels)), [f"{level:g}" if isinstance(level, float) else plain_text(level) for level in levels]
        )
    ax.grid(visible=False)
    ax.set_xlabel(factor_name(across))
    ax.set_ylabel(factor_name(up))
    bar = figure.colorbar(mesh, ax=ax, pad=0.015, aspect=30)
    bar.outline.set_visible(False)
    bar.set_label(shown, color=MUTED)
    study_caption(
        figure,
        manifest,
        "Shades run from the lowest cell to the highest. "
        "Archetypes calibrated to public data, not forecasts of any company.",
    )
    return figure
