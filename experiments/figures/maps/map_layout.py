"""Where maps of several outcomes and quarters stand in a figure, with the scales of their colors."""

from dataclasses import dataclass
from typing import TypeAlias

from experiments.figures.maps.us_map import HEIGHT, WIDTH
from experiments.figures.media import medium
from experiments.figures.style import POINTS_PER_INCH, points_of

Box: TypeAlias = tuple[float, float, float, float]
"""Left, foot, width and height as shares of the figure."""
ROW_LINES = 3.5
"""Room for the titles of a row of maps, lines of plain text."""
_TITLE_LINES, _MAP_LINES = 2.9, 1.6  # room for titles of columns and of maps
_LEFT, _MAPS_RIGHT, _GAP, _BAR_LEFT, _BAR_WIDTH = 0.015, 0.895, 0.014, 0.917, 0.013  # shares of the width


@dataclass(frozen=True)
class MapLayout:
    """Places of the maps between ``foot`` and ``top`` (shares), as large as fit.

    Outcomes stand in rows and quarters in columns, on a low and wide medium the other way round.
    """

    outcomes: int
    quarters: int
    size_inches: tuple[float, float]
    foot: float
    top: float

    @property
    def _rows(self) -> int:
        return self.quarters if medium().landscape else self.outcomes

    @property
    def _columns(self) -> int:
        return self.outcomes if medium().landscape else self.quarters

    @property
    def _heads(self) -> tuple[float, float]:
        """Room above the maps of the first row and of the others."""
        lines = (_TITLE_LINES + _MAP_LINES, _MAP_LINES) if medium().landscape else (ROW_LINES, ROW_LINES)
        first, other = (count * points_of("medium") / POINTS_PER_INCH / self.size_inches[1] for count in lines)
        return first, other

    @property
    def map_inches(self) -> float:
        """Width of a map."""
        first, other = self._heads
        scales = 2 * other if medium().landscape else 0.0
        rooms = first + (self._rows - 1) * other + scales
        height = (self.top - self.foot - rooms) / self._rows * self.size_inches[1]
        return min(width_of_maps(self._columns, self.size_inches[0]), height * WIDTH / HEIGHT)

    @property
    def step(self) -> float:
        """From the left of a map to that of the next, as a share of the width."""
        if medium().landscape:
            return (1 - 2 * _LEFT) / self._columns
        return (_MAPS_RIGHT - _LEFT - self.map_inches / self.size_inches[0]) / max(self._columns - 1, 1)

    def box(self, outcome: int, quarter: int) -> Box:
        """Place of a map as shares of the figure."""
        row, column = (quarter, outcome) if medium().landscape else (outcome, quarter)
        width = self.map_inches / self.size_inches[0]
        height = self.map_inches * HEIGHT / WIDTH / self.size_inches[1]
        first, other = self._heads
        foot = self.top - first - row * other - (row + 1) * height
        return _LEFT + column * self.step, foot, width, height

    def bar(self, outcome: int) -> Box:
        """Place of the scale of an outcome: right of its maps, or below them."""
        left, foot, width, height = self.box(outcome, self.quarters - 1)
        if medium().landscape:
            return left + 0.04 * width, foot - 0.4 * self._heads[1], 0.92 * width, 0.3 * self._heads[1]
        return _BAR_LEFT, foot + 0.04 * height, _BAR_WIDTH, 0.92 * height


def width_of_maps(columns: int, width_inches: float) -> float:
    """Inches of a map of several that fill a width."""
    return width_inches * ((_MAPS_RIGHT - _LEFT + _GAP) / columns - _GAP)
