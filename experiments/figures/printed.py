"""What figures need where they stand in a paper: the typeface that journals ask for, units, letters of panels."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import ascii_lowercase
from typing import cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from experiments.figures.media import medium

LETTER_WIDTH = 1.2
"""Room of a panel's letter, over its size."""
_SEVERAL, _NO_PANELS = 2, ("key", "<colorbar>")
_POINTS_PER_INCH = 72


@cache
def know_our_fonts() -> None:
    """Tell matplotlib of the typefaces in the folder ``fonts``."""
    for path in sorted((Path(__file__).parent / "fonts").glob("*.ttf")):
        fontManager.addfont(path)


def tell_unit(ax: Axes, unit: str) -> None:
    """Write the unit at the vertical axis, where no line below a title tells it."""
    if medium().captioned:
        ax.set_ylabel(unit)


def letter(panels: Sequence[Axes]) -> str:
    """Give panels bold letters before their titles, if there are several; which is which, for the caption."""
    shown = [ax for ax in panels if ax.get_label() not in _NO_PANELS]
    if len(shown) < _SEVERAL:
        return ""
    told = []
    for each, ax in zip(ascii_lowercase, shown, strict=False):
        told.append(f"{each}: {_before_title(ax, each)}".removesuffix(": "))
    return f"Panels: {'; '.join(told)}."


def _before_title(ax: Axes, sign: str) -> str:
    """Write a letter where the left title begins, which moves to the right; its words are returned."""
    words, place = ax.get_title(loc="left"), ax.title.get_transform()
    titles = [part for part in ax.get_children() if isinstance(part, Text) and words and part.get_text() == words]
    points = float(titles[0].get_fontsize()) if titles else medium().points
    ax.text(0.0, 1.0, sign, transform=place, size=points, weight="bold", va="baseline")
    for title in titles:
        inches = cast("Figure", ax.figure).dpi_scale_trans
        title.set_transform(place + ScaledTranslation(LETTER_WIDTH * points / _POINTS_PER_INCH, 0.0, inches))
    return words
