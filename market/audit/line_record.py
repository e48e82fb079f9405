"""Lines as they stood when the last quarter closed: what their status and dates let them do in the next one."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_decision import LineStatus, Use
from agents.cells.plant import IRON, Lines
from market.cells.parameters import Cells


@dataclass(frozen=True)
class LineRecord:
    """Columns of lines, (lines,), as the opening of a quarter finds them; see ``Lines``.

    What follows from them is worked out here from status and dates alone, not by the methods of ``Lines``.
    """

    maker: Ints
    gwh_per_year: Floats
    chemistry: Ints
    car_chemistry: Ints
    status: Ints
    use: Ints
    ready: Ints
    offline_from: Ints
    since: Ints
    as_is: Bools

    @classmethod
    def of(cls, lines: Lines) -> "LineRecord":
        """A copy of the columns as they stand."""
        return cls(**{name: getattr(lines, name).copy() for name in cls.__dataclass_fields__})

    def begun(self, quarter: int) -> Bools:
        """Lines whose output, new or converted, begins in the quarter."""
        waits = (self.status == LineStatus.BUILDING) | (self.status == LineStatus.CONVERTING)
        return np.asarray(waits & (quarter >= self.ready))

    def is_dark(self, quarter: int) -> Bools:
        """Lines that can make nothing in a quarter: not built, idle, closed, or offline for conversion."""
        converts = (self.status == LineStatus.CONVERTING) & (quarter < self.offline_from)
        return np.asarray(~((self.status == LineStatus.OPERATING) | converts | self.begun(quarter)))

    def stands(self, quarter: int) -> Bools:
        """Lines that cost their fixed cost: running, idle or in conversion."""
        there = np.isin(self.status, (LineStatus.OPERATING, LineStatus.IDLE, LineStatus.CONVERTING))
        return np.asarray(there | self.begun(quarter))

    def is_idle(self) -> Bools:
        """Lines that stand idle."""
        return np.asarray(self.status == LineStatus.IDLE)

    def makes(self, quarter: int) -> Ints:
        """Use that each line makes cells for; one that converts keeps the old one until its new output begins."""
        keeps_old = (self.status == LineStatus.CONVERTING) & ~self.begun(quarter)
        return np.where(keeps_old, 1 - self.use, self.use)

    def chemistry_in(self, quarter: int) -> Ints:
        """Chemistry of each line's cells: storage gets iron phosphate, but from lines that sell theirs as they are."""
        iron = (self.use == Use.STORAGE) & ~self.as_is
        return np.where(self.begun(quarter), np.where(iron, IRON, self.car_chemistry), self.chemistry)

    def cell_yield(self, cells: Cells, quarter: int) -> Floats:
        """Yield by the quarters since output began: from the first to the last in equal steps."""
        began = np.where(self.begun(quarter), self.ready, self.since)
        steps = np.minimum(np.maximum(quarter - began, 0) / cells.ramp_quarters, 1.0)
        return np.asarray(cells.first_yield * (1.0 - steps) + cells.last_yield * steps)

    def most_gwh(self, cells: Cells, quarter: int) -> Floats:
        """Good cells each line can make in a quarter, GWh."""
        a_quarter = self.gwh_per_year / QUARTERS_PER_YEAR
        return np.where(self.is_dark(quarter), 0.0, a_quarter * self.cell_yield(cells, quarter))
