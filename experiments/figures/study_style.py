"""What figures of studies share: panels by scenario, and a caption that names the study."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import MUTED, bare, canvas
from experiments.studies.study_files import StudyManifest

_STATE = "Before calibration."  # of the model, on every figure until it is calibrated
_HASH_SHOWN = 8
_PANEL_INCHES = 1.9
_FRAME_INCHES = 1.75  # title and caption


def study_caption(figure: Figure, manifest: StudyManifest, note: str) -> None:
    """Two lines at the foot: what ``note`` says, and which study this is."""
    seeds = sorted({run[2] for run in manifest.runs})
    told = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    study = (
        f"Study {manifest.name} (plan {manifest.plan_sha256[:_HASH_SHOWN]}), {len(manifest.points)} points, {told}, "
        f"{len(manifest.runs):,} runs, {manifest.model} {manifest.model_version}. {_STATE}"
    )
    figure.text(0.015, 0.015, f"{note}\n{study}", size=7.6, color=MUTED, linespacing=1.5)


def panels(title: str, subtitle: str, count: int, columns: int) -> tuple[Figure, list[Axes]]:
    """A figure with ``count`` small axes that share both scales, ``columns`` in a row."""
    rows = math.ceil(count / columns)
    height = max(rows * _PANEL_INCHES + _FRAME_INCHES, 4.0)
    figure = canvas(title, subtitle, height)
    figure.subplots_adjust(top=1 - 1.0 / height, bottom=0.75 / height, hspace=0.38)
    axes = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    for spare in axes[count:]:
        spare.remove()
    return figure, [bare(ax) for ax in axes[:count]]
