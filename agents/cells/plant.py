"""Cell plants: their lines of 5 to 10 GWh/year, and the status of each line (M12, M14)."""

from dataclasses import dataclass, field
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.cells.line_conversion import LineKind
from agents.cells.line_decision import LineAction, LineRule, LineSensing, LineStatus, Use, decide_line

CHEMISTRIES = ("LFP", "NMC", "NCA")
IRON, NICKEL_POUCH, NICKEL_CYLINDER = range(3)
LARGEST_LINE_GWH = 10.0  # lines of 5-10 GWh a year
SHRUNK = 0.5
"""Part of a line that is built if it shrinks."""
NEVER = 10_000  # a quarter later than any run


KIND_OF_CHEMISTRY = np.array([LineKind.SAME_CELL, LineKind.OTHER_CHEMISTRY, LineKind.OTHER_FORMAT])
"""Kind of conversion by a line's vehicle chemistry: LFP needs other racks, NMC another chemistry in the same format,
NCA another cell format."""


@dataclass
class Lines:
    """Lines as columns, all of shape (lines,); only the methods here write them.

    ``plant``: place of the plant; ``maker``: place of the seller (last: open market); ``gwh_per_year``: capacity;
    ``chemistry``: present place in ``CHEMISTRIES``, ``car_chemistry``: that for cars; ``status``; ``use``: present
    use, of a line in conversion the coming one; ``ready``: quarter in which output begins; ``offline_from``: quarter
    from which a line in conversion is offline; ``since``: quarter in which the present output began; ``waiting_since``:
    in which it was announced or idled; ``credited``: made in the United States (45X); ``for_cars``: planned for cars;
    ``as_is``: sells storage the cells it made for cars.
    """

    plant: Ints
    maker: Ints
    gwh_per_year: Floats
    chemistry: Ints
    car_chemistry: Ints
    status: Ints
    use: Ints
    ready: Ints
    offline_from: Ints
    since: Ints
    waiting_since: Ints
    credited: NDArray[np.bool_]
    for_cars: NDArray[np.bool_]
    as_is: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.as_is = np.zeros(self.plant.size, dtype=np.bool_)

    @property
    def size(self) -> int:
        """Number of lines."""
        return int(self.plant.size)

    @property
    def kind(self) -> Ints:
        """Kind of conversion each line would need, see ``LineKind``."""
        return np.asarray(KIND_OF_CHEMISTRY[self.car_chemistry])

    def running(self, quarter: int) -> NDArray[np.bool_]:
        """Lines that can make cells: operating, or in conversion and not yet offline."""
        before_dark = (self.status == LineStatus.CONVERTING) & (quarter < self.offline_from)
        return np.asarray((self.status == LineStatus.OPERATING) | before_dark)

    def making(self, use: Use, quarter: int) -> NDArray[np.bool_]:
        """Running lines that make cells for a use; a line in conversion keeps its old use until it goes offline."""
        old = np.where(self.status == LineStatus.CONVERTING, 1 - self.use, self.use)
        return np.asarray(self.running(quarter) & (old == use))

    def meant_for(self, use: Use, by_quarter: int) -> NDArray[np.bool_]:
        """Lines that will be making cells for a use in a quarter if nothing more is decided."""
        coming = (self.status == LineStatus.BUILDING) | (self.status == LineStatus.CONVERTING)
        there = (self.status == LineStatus.OPERATING) | (coming & (self.ready <= by_quarter))
        return np.asarray(there & (self.use == use))

    def meant_for_each(self, use: Use, by_quarters: Ints) -> NDArray[np.bool_]:
        """As ``meant_for`` for each of some quarters, (quarters, lines)."""
        of_use = self.use == use
        coming = of_use & ((self.status == LineStatus.BUILDING) | (self.status == LineStatus.CONVERTING))
        operates = of_use & (self.status == LineStatus.OPERATING)
        return np.asarray(operates | (coming & (self.ready <= by_quarters[:, None])))

    def stands_for(self, use: Use) -> NDArray[np.bool_]:
        """Lines of a use that operate, are under construction, in conversion or idle: capacity now or later."""
        there = (self.status != LineStatus.ANNOUNCED) & (self.status != LineStatus.CLOSED)
        return np.asarray(there & (self.use == use))

    @property
    def converted(self) -> NDArray[np.bool_]:
        """Lines planned for vehicles that make, or are being converted to make, storage cells."""
        return np.asarray(self.for_cars & (self.use == Use.STORAGE) & (self.status != LineStatus.CLOSED))

    def quarters_running(self, quarter: int) -> Floats:
        """Quarters since the present output began, for the yield ramp."""
        return np.maximum(0, quarter - self.since).astype(np.float64)

    def complete(self, quarter: int) -> None:
        """Lines whose time has come begin their output."""
        coming = (self.status == LineStatus.BUILDING) | (self.status == LineStatus.CONVERTING)
        done = coming & (self.ready <= quarter)
        other = (self.use[done] == Use.STORAGE) & ~self.as_is[done]
        self.chemistry[done] = np.where(other, IRON, self.car_chemistry[done])
        self.status[done] = LineStatus.OPERATING
        self.since[done] = self.ready[done]

    def change(self, line: int, action: LineAction, quarter: int, lag: int, offline: int) -> None:
        """Put a decision into effect; ``lag`` and ``offline`` in quarters are those of the decision.

        Building that is delayed rests for ``lag`` quarters; a line that shrinks keeps half of its capacity.
        """
        if action in (LineAction.START, LineAction.START_STORAGE):
            self.status[line] = LineStatus.BUILDING
            self.use[line] = Use.STORAGE if action == LineAction.START_STORAGE else self.use[line]
            self.ready[line] = max(quarter + lag, int(self.ready[line]) if self.ready[line] < NEVER else 0)
        elif action in (LineAction.CONVERT, LineAction.CONVERT_BACK, LineAction.SELL_AS_IS):
            was_running = self.status[line] == LineStatus.OPERATING
            self.status[line] = LineStatus.CONVERTING
            self.use[line] = 1 - self.use[line]
            self.as_is[line] = action == LineAction.SELL_AS_IS
            self.ready[line] = quarter + lag
            self.offline_from[line] = quarter + lag - offline if was_running else quarter
        elif action == LineAction.RESTART:
            self.status[line] = LineStatus.OPERATING
        elif action == LineAction.IDLE:
            self.status[line] = LineStatus.IDLE
            self.waiting_since[line] = quarter
        elif action == LineAction.DELAY:
            self.ready[line] += lag
        elif action == LineAction.SHRINK:
            self.gwh_per_year[line] *= SHRUNK
        elif action == LineAction.CLOSE:
            self.status[line] = LineStatus.CLOSED

    def sell(self, line: int, buyer: int, quarter: int) -> None:
        """Transfer a line to another seller."""
        self.maker[line] = buyer
        self.waiting_since[line] = quarter


class CellPlant(mesa.Agent):
    """A plant under its automaker: decides for its lines, one at a time.

    ``maker`` is the automaker's agent, None for a plant that sells on the open market; ``rule``: how it decides.
    """

    def __init__(
        self, model: Any, name: str, owner: str, maker: Any, lines: Lines, place: int, rule: LineRule = decide_line
    ) -> None:
        super().__init__(model)
        self.rule = rule
        self.name = name
        self.owner = owner
        self.maker = maker
        self._lines = lines
        self._own = np.flatnonzero(lines.plant == place)

    @property
    def lines(self) -> Ints:
        """Numbers of its lines."""
        return self._own

    def decide(self, seen: LineSensing) -> LineAction:
        """What to do with one of its lines (M14). Raises ValueError if its rule gives no LineAction."""
        action = self.rule(seen)
        if not isinstance(action, LineAction):
            raise ValueError(f"the rule for lines gave {action!r}; it must give a LineAction")  # noqa: TRY004 - a run fails on it
        return action

    def capacity_gwh_per_year(self, status: LineStatus, use: Use | None = None) -> float:
        """Capacity of its lines of a status, and of a use if one is given."""
        hit = self._lines.status[self._own] == status
        if use is not None:
            hit &= self._lines.use[self._own] == use
        return float(self._lines.gwh_per_year[self._own][hit].sum())
