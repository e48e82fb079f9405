"""What figures need where they stand in a paper: the typeface that journals ask for, and units beside the axes."""

from functools import cache
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.font_manager import fontManager

from experiments.figures.media import medium


@cache
def know_our_fonts() -> None:
    """Tell matplotlib of the typefaces in the folder ``fonts``."""
    for path in sorted((Path(__file__).parent / "fonts").glob("*.ttf")):
        fontManager.addfont(path)


def tell_unit(ax: Axes, unit: str) -> None:
    """Write the unit at the vertical axis, where no line below a title tells it."""
    if medium().captioned:
        ax.set_ylabel(unit)
