"""Colors that a legend tells apart differ for the color-blind too, or in gray, on the pixels that are drawn."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from agents.arrays import Floats
from experiments.figures.explanation import COLORS
from experiments.figures.style import CELL_COLORS, POWERTRAIN_COLORS, styled

DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)  # Machado, Oliveira and Fernandes 2009, severity 1, for linear light
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
TOLD_APART = 12.0  # distance in CIELAB, five times a just noticeable one


@styled()
def drawn(color: str) -> Floats:
    """Linear light of the middle of a patch of that color, as it is rendered."""
    figure = Figure(figsize=(1, 1), dpi=40)
    canvas = FigureCanvasAgg(figure)
    figure.add_axes((0, 0, 1, 1)).bar([0], [1], color=color, linewidth=0)
    canvas.draw()  # type: ignore[no-untyped-call]
    share = np.asarray(canvas.buffer_rgba())[20, 20, :3] / 255.0  # type: ignore[no-untyped-call]
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(linear: Floats) -> Floats:
    scaled = XYZ @ np.clip(linear, 0.0, 1.0) / WHITE
    root = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("sight", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["usual", "deuteranopia", "protanopia"])
@pytest.mark.parametrize(
    "palette", [POWERTRAIN_COLORS, CELL_COLORS, COLORS], ids=["powertrains", "cells", "explanation"]
)
def test_colors_of_one_figure_are_told_apart(palette: dict[str, str], sight: Floats) -> None:
    seen = {name: lab(sight @ drawn(color)) for name, color in palette.items()}
    near = {
        (one, other): float(np.linalg.norm(seen[one] - seen[other]))
        for one, other in combinations(palette, 2)
        if np.linalg.norm(seen[one] - seen[other]) < TOLD_APART
    }
    assert near == {}


def test_neighbors_in_the_stack_of_cells_differ_in_gray() -> None:
    stack = [name for name in ("storage", "built", "converting", "vehicles", "idle", "building") if name in CELL_COLORS]
    lightness = [lab(drawn(CELL_COLORS[name]))[0] for name in stack]
    assert np.abs(np.diff(lightness)).min() > 8.0


def test_neighbors_in_the_stack_of_the_explanation_differ_in_gray() -> None:
    lightness = [lab(drawn(color))[0] for color in COLORS.values()]
    assert np.abs(np.diff(lightness)).min() > 8.0
