"""Reading numbers back from drawn figures."""

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

from agents.arrays import Floats
from experiments.runs.store import Result


def texts(figure: Figure) -> str:
    """All that stands outside the axes, without breaks of lines."""
    return " ".join(" ".join(text.get_text() for text in figure.texts).split())


def layers(ax: Axes) -> dict[str, StepPatch]:
    """Layers of a stack by their label."""
    return {str(patch.get_label()): patch for patch in ax.patches if isinstance(patch, StepPatch)}


def top(layer: StepPatch) -> Floats:
    return np.asarray(layer.get_data()[0], dtype=np.float64)


def foot(layer: StepPatch) -> Floats:
    return np.asarray(layer.get_data()[2], dtype=np.float64)


def heights(layer: StepPatch) -> Floats:
    return top(layer) - foot(layer)


def line(ax: Axes, label: str) -> Floats:
    """What a line of that label is drawn at."""
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return np.asarray(found.get_ydata(), dtype=np.float64)


def panel(figure: Figure, title: str) -> Axes:
    (found,) = [ax for ax in figure.axes if ax.get_title(loc="left") == title]
    return found


def changed(result: Result, **frames: pd.DataFrame) -> Result:
    """A result with other tables in place of its own."""
    return replace(result, frames={**result.frames, **frames})


def circles(figure: Figure, label: str) -> PathCollection:
    """Zones on the map of that label."""
    (ax,) = [ax for ax in figure.axes if ax.get_label() == label]
    (found,) = [each for each in ax.collections if isinstance(each, PathCollection)]
    return found


def bars(ax: Axes) -> list[float]:
    """Lengths of horizontal bars, in the order they were drawn."""
    return [patch.get_width() for patch in ax.patches if isinstance(patch, Rectangle)]
