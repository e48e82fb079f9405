"""What each world does to adoption, prices, factories and storage: effects with their intervals, from the findings."""

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import CELL_COLORS, INK, MUTED, POWERTRAIN_COLORS, bare, canvas, foot, key, styled
from experiments.findings.detour import CONTRASTS, DETOUR, QUESTIONS, YEARS, Contrast
from experiments.findings.finding import Finding
from experiments.findings.kept import Kept
from experiments.studies.comparison import CONFIDENCE

_HEIGHT_INCHES = 5.2
_APART = 0.17  # of the dots of two years from the middle of their row
_COLORS = (POWERTRAIN_COLORS["BEV"], CELL_COLORS["storage"])
_MARKS = ("o", "s")
_ROOM = 1.15  # of an axis beyond the widest interval
_PERCENT = 100.0
_WIDEST = 34  # characters of a label in a line


@styled()
def effects_figure(found: Kept) -> Figure:
    """A panel a contrast, a row an outcome, a dot a year; effects in percent of the other world's level."""
    figure = canvas(
        f"The detour {found.reach}",
        f"Effect in % of the other world's level; dot: mean of {found.note.streams} paired streams, bar: "
        f"{CONFIDENCE:.0%} interval",
        _HEIGHT_INCHES,
    )
    axes = figure.subplots(1, len(CONTRASTS), sharey=True)
    for ax, contrast in zip(axes, CONTRASTS, strict=True):
        _draw(bare(ax), found, contrast)
    key(figure, *axes[0].get_legend_handles_labels())
    foot(
        figure,
        "Left of zero: lower. Each panel has its own scale. Intervals are of chance alone, over streams that both "
        "worlds share.", found.source,
    )  # fmt: skip
    return figure


_NOT_IN_PERCENT = ("converted_gwh_cumulative", "capacity_idle_gwh")  # of which a world has nothing, or next to it


def _rows(found: Kept) -> list[str]:
    """Outcomes in the order of the questions."""
    rows = [each.outcome for question in QUESTIONS for each in found.of(DETOUR, YEARS[0], question)]
    return [each for each in dict.fromkeys(rows) if each not in _NOT_IN_PERCENT]


def _draw(ax: Axes, found: Kept, contrast: Contrast) -> None:
    rows = _rows(found)
    widest = 0.0
    for number, year in enumerate(YEARS):
        own = {each.outcome: each for each in found.of(contrast.key, year)}
        shares = np.array([[_PERCENT * value / own[row].before for value in _ends(own[row])] for row in rows])
        places = np.arange(len(rows)) + (2 * number - 1) * _APART
        ax.errorbar(
            shares[:, 1], places, xerr=[shares[:, 1] - shares[:, 0], shares[:, 2] - shares[:, 1]], fmt=_MARKS[number],
            color=_COLORS[number], markersize=4.5, elinewidth=1.4, label=f"{year}",
        )  # fmt: skip
        widest = max(widest, float(np.abs(shares).max()))
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
    ax.set_xlim(-_ROOM * widest, _ROOM * widest)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    labels = {each.outcome: each.label for each in found.of(DETOUR, YEARS[0])}
    ax.set_yticks(np.arange(len(rows)), [_wrapped(labels[row]) for row in rows])
    ax.set_title(f"{contrast.world} less {contrast.against}", loc="left", size="small", color=MUTED)
    ax.set_xlabel("%", color=MUTED)


def _ends(found: Finding) -> tuple[float, float, float]:
    low, high = (found.low, found.high) if found.has_interval else (found.effect, found.effect)
    return low, found.effect, high


def _wrapped(label: str) -> str:
    return textwrap.fill(label, _WIDEST)
