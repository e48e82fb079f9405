"""An outcome by state as maps: the mean of the first scenario, and the difference that each other makes to it."""

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from experiments.figures.maps.bev_share_by_state import COLORS
from experiments.figures.maps.us_map import draw_states, state_outlines
from experiments.figures.of_studies.by_place import title_of
from experiments.figures.of_studies.study_style import study_caption
from experiments.figures.style import canvas, styled
from experiments.findings.amounts import Amount, amount
from experiments.shown_text import plain_text
from experiments.studies.study_files import StudyManifest

_MOST_MAPS, _COLUMNS = 4, 2
_MAP_INCHES, _FRAME_INCHES = 3.6, 1.5
_APART = "vlag"  # blue below zero, red above it, white between
_LEAST = 1e-12  # half of a scale


def is_by_state(table: pd.DataFrame) -> bool:
    """Whether the places of an outcome are states."""
    return set(table["place"]) <= state_outlines().keys()


@styled()
def state_map(table: pd.DataFrame, manifest: StudyManifest) -> Figure:
    """A map a scenario; ``table``: rows of ``by_place`` of one outcome whose places are states."""
    scenarios, kind = list(dict.fromkeys(table["scenario"]))[:_MOST_MAPS], amount(str(table["unit"].iloc[0]))
    rows = -(-len(scenarios) // _COLUMNS)
    others = "; other maps: mean difference, run by run" if len(scenarios) > 1 else ""
    figure = canvas(title_of(table), f"{kind.unit}: mean over runs{others}", rows * _MAP_INCHES + _FRAME_INCHES)
    grid = figure.subplots(rows, min(len(scenarios), _COLUMNS), squeeze=False)
    axes = list(grid.flat)
    for spare in axes[len(scenarios) :]:
        spare.remove()
    values = {name: table[table["scenario"] == name].set_index("place") for name in scenarios}
    reach = max((float(values[name]["difference"].abs().max()) for name in scenarios[1:]), default=0.0)
    for ax, name in zip(axes, scenarios, strict=False):
        _draw(figure, ax, values[name], name == scenarios[0], kind, reach)
        ax.set_title(plain_text(name if name == scenarios[0] else f"{name} less {scenarios[0]}"), loc="left")
    study_caption(
        figure, manifest, f"n = {int(table['runs'].max())} runs a scenario. Outline: us-atlas, US Census."
    )  # fmt: skip
    return figure


def _draw(figure: Figure, ax: Axes, rows: pd.DataFrame, is_level: bool, kind: Amount, reach: float) -> None:  # noqa: FBT001 - a level or a difference
    values = kind.factor * rows["mean" if is_level else "difference"]
    half = max(kind.factor * reach, _LEAST)
    level = Normalize(min(0.0, float(values.min())), max(float(values.max()), _LEAST))
    colors = sns.color_palette(COLORS if is_level else _APART, as_cmap=True)
    drawn = draw_states(ax, values, level if is_level else Normalize(-half, half), colors)
    bar = figure.colorbar(drawn, ax=ax, shrink=0.7, aspect=24, format="{x:,g}")
    bar.outline.set_visible(False)
