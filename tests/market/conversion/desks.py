"""Everything that decides about lines, without the car market: how tests make it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.cells.line_decision import LineAction, LineSensing
from market.base import quarters
from market.cells.allocation import CellMarket
from market.conversion.line_change import LineChange
from market.conversion.line_decisions import LineDecisions
from market.power.sector import PowerSide

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2028Q4")
NOW = quarters.index("2025Q2")
CHANGES = (LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK)
MUSD_OF_KIND = (20.0, 45.0, 90.0)


@dataclass
class Desk:
    """Everything that decides about lines, without the car market."""

    cells: CellMarket
    power: PowerSide
    decisions: LineDecisions

    def at(self, quarter: int) -> "Desk":
        """Lines due by a quarter have begun their output."""
        self.cells.lines.complete(quarter)
        return self

    def decide(self, quarter: int) -> list[LineChange]:
        """Changes decided in a quarter."""
        self.at(quarter).decisions.decide(quarter)
        return self.decisions.changes

    def lines_of(self, plant: str) -> list[int]:
        """Numbers of the lines of a plant."""
        names = [name for name, _, _ in self.cells.plants]
        return [int(line) for line in np.flatnonzero(self.cells.lines.plant == names.index(plant))]

    def sees(self, line: int, quarter: int, expected: Floats | None = None, draw: float = 0.0) -> LineSensing:
        """What the owner of a line sees."""
        cells_wanted = self.decisions.expected_car_cells_gwh(quarter) if expected is None else expected
        return self.decisions.sensing(line, cells_wanted, draw, quarter)


Desks = Callable[..., Desk]
