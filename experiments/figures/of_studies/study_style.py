"""What figures of studies share: panels by scenario, and a caption that names the study."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.media import medium
from experiments.figures.style import bare, canvas, foot
from experiments.studies.study_files import StudyManifest

_HASH_SHOWN = 8
_COLUMNS, _WIDE_COLUMNS = 4, 5
_PANEL_INCHES = 1.9
_FRAME_INCHES = 1.75  # title and caption


def study_caption(figure: Figure, manifest: StudyManifest, note: str) -> None:
    """The footer: what ``note`` says, and which study this is."""
    seeds = sorted({run[2] for run in manifest.runs})
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    points, runs = _count(len(manifest.points), "point"), _count(len(manifest.runs), "run")
    study = (
        f"Study {manifest.name} (plan {manifest.plan_sha256[:_HASH_SHOWN]}), {points}, {seed}, {runs}, "
        f"{manifest.model} {manifest.model_version}."
    )
    foot(figure, note, study)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def difference_scale(unit: str) -> tuple[float, str]:
    """Factor and unit in which differences of an outcome are shown: shares in percentage points."""
    return (100.0, "percentage points") if unit.startswith("share") else (1.0, unit)


def panels(title: str, subtitle: str, count: int) -> tuple[Figure, list[Axes]]:
    """A figure with ``count`` small axes that share both scales, in rows."""
    rows = math.ceil(count / (_WIDE_COLUMNS if medium().landscape else _COLUMNS))
    columns = math.ceil(count / rows)
    height = max(rows * _PANEL_INCHES + _FRAME_INCHES, 4.0)
    figure = canvas(title, subtitle, height)
    axes = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    for spare in axes[count:]:
        spare.remove()
    for ax in axes[max(count - columns, 0) : count]:
        ax.tick_params(labelbottom=True)  # also above a place that is empty
    return figure, [bare(ax) for ax in axes[:count]]
