"""Car buyers as columns of seats, and a view of one of them.

A seat is one car of a household, or the place of one; every row represents the same number of real seats. Rows are
ordered by zone and never reordered. A row that enters later sleeps, without a car, until its entry quarter, stored in
``next_decision``.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.columnar import ColumnarSet, RowAgent, Rows, columnwise
from agents.population.row_codes import LATEST_QUARTER, LESSEE, NO_CAR, OLDEST_QUARTERS, SLEEPING, WAITING, Counts
from agents.population.row_work import RowWork

__all__ = [
    "COLUMN_TYPES", "LATEST_QUARTER", "LESSEE", "NO_CAR", "OLDEST_QUARTERS", "SLEEPING", "WAITING", "Consumer",
    "Consumers", "Tally",
]  # fmt: skip

COLUMN_TYPES: dict[str, type[np.unsignedinteger[Any]]] = {
    "zone": np.uint16,
    "buyer_class": np.uint8,
    "car": np.uint8,
    "age_quarters": np.uint8,
    "next_decision": np.uint8,
    "flags": np.uint8,
}


class Consumer(RowAgent):
    """One row of the population: a car-owning seat, as a Mesa agent created on demand."""

    @property
    def has_car(self) -> bool:
        """Whether the seat has a car now."""
        return bool(self.car != NO_CAR)

    @property
    def is_asleep(self) -> bool:
        """Whether the seat has not entered the market yet."""
        return bool(self.flags & SLEEPING)

    def describe(self) -> str:
        """One line about this seat: its place, its car and its next decision."""
        if self.is_asleep:
            return f"seat {self.row} in zone {self.zone}: enters in quarter {self.next_decision}"
        years = self.age_quarters / QUARTERS_PER_YEAR
        car = f"car type {self.car}, {years:.2f} years old" if self.has_car else "no car"
        place = f"seat {self.row} in zone {self.zone}, class {self.buyer_class}"
        return f"{place}: {car}, looks in quarter {self.next_decision}"

    @columnwise
    def grow_older(self: Any) -> None:
        """Age every car of the set by a quarter."""
        car, age = self.columns["car"], self.columns["age_quarters"]
        self.work.over(self.size, lambda piece: self.work.engine.grow_older(car[piece], age[piece]))


@dataclass(frozen=True)
class Tally:
    """Cars on seats, counted.

    ``cars``: by type and age in quarters, (256, 256); ``by_zone``: by zone, part of the classes and part of the
    types, (zones, 2, 2); ``of_sleepers``: on seats that sleep, which is none.
    """

    cars: Counts
    by_zone: Counts
    of_sleepers: int

    def a_quarter_older(self) -> "Tally":
        """The same when every car is a quarter older."""
        older = np.zeros_like(self.cars)
        older[:NO_CAR, 1:] = self.cars[:NO_CAR, :-1]
        older[:NO_CAR, -1] += self.cars[:NO_CAR, -1]
        older[NO_CAR] = self.cars[NO_CAR]
        return replace(self, cars=older)


class Consumers(ColumnarSet):
    """The population. Columns and their writers are listed in docs/architecture.md.

    ``work``: the kernels that process its rows; by default the faster ones for their number.
    """

    view = Consumer

    def __init__(
        self, model: Any, columns: dict[str, NDArray[Any]], rows: Rows | None = None, work: RowWork | None = None
    ) -> None:
        super().__init__(model, columns, rows)
        self.work = work or RowWork.for_rows(self.size)

    def wake(self, quarter: int) -> None:
        """Let the rows enter whose entry quarter has come."""
        flags, decision = self.columns["flags"], self.columns["next_decision"]
        self.work.over(self.size, lambda piece: self.work.engine.wake(flags[piece], decision[piece], quarter))

    def owners(self) -> Ints:
        """Rows with a car, shape (owners,)."""
        return np.flatnonzero(self.columns["car"] != NO_CAR)

    def due(self, quarter: int) -> Ints:
        """Rows with a car whose next decision has come, shape (due,)."""
        return np.concatenate(self.work.over(self.size, lambda piece: self.due_of(piece, -1, quarter)))

    def due_of(self, piece: slice, after: int, until: int) -> Ints:
        """Rows of a piece with a car whose next decision comes after one quarter and until another, (rows,)."""
        columns = self.columns
        found: Ints = self.work.engine.due(
            piece.start, columns["car"][piece], columns["next_decision"][piece], after, until
        )
        return found

    def without_car(self) -> Ints:
        """Rows awake without a car, which must acquire one, shape (rows,)."""
        car, flags = self.columns["car"], self.columns["flags"]

        def found(piece: slice) -> Ints:
            rows: Ints = self.work.engine.without_car(piece.start, car[piece], flags[piece])
            return rows

        return np.concatenate(self.work.over(self.size, found))

    def tally(self, part_of_car: NDArray[np.uint8], part_of_class: NDArray[np.uint8], zones: int) -> Tally:
        """Count cars; ``part_of_car`` and ``part_of_class``, (256,): 0 or 1 for every type and class."""
        names = ("zone", "buyer_class", "car", "age_quarters", "flags")

        def counted(piece: slice) -> tuple[Ints, Ints, int]:
            part = (self.columns[name][piece] for name in names)
            counts: tuple[Ints, Ints, int] = self.work.engine.tally(*part, part_of_car, part_of_class, zones)
            return counts

        cars, by_zone, of_sleepers = zip(*self.work.over(self.size, counted), strict=True)
        return Tally(np.sum(cars, axis=0), np.sum(by_zone, axis=0), sum(of_sleepers))

    def scrap(self, probability: Floats, key: np.uint64) -> Ints:
        """Scrap cars by ``probability``, shape (car types, ages in quarters); rows that lost theirs are returned."""
        car, age, flags = (self.columns[name] for name in ("car", "age_quarters", "flags"))
        table = np.zeros((NO_CAR + 1, OLDEST_QUARTERS + 1))
        table[: len(probability)] = probability
        table[NO_CAR] = 0.0

        def scrapped(piece: slice) -> Ints:
            part = (car[piece], age[piece], flags[piece])
            lost: Ints = self.work.engine.scrap(piece.start, *part, table, key)
            return lost

        return np.concatenate(self.work.over(self.size, scrapped))

    def give_car(
        self, rows: Ints, car: Ints, age_quarters: Ints, next_decision: Ints, lessee: NDArray[np.bool_]
    ) -> None:
        """Put cars on seats: type, age, quarter of the next decision and whether it is leased, each shape (rows,)."""
        self.columns["car"][rows] = car
        self.columns["age_quarters"][rows] = age_quarters
        self.columns["next_decision"][rows] = np.minimum(next_decision, LATEST_QUARTER)
        flags = self.columns["flags"][rows] & np.uint8(~(LESSEE | WAITING) & 0xFF)
        self.columns["flags"][rows] = flags | np.where(lessee, LESSEE, 0).astype(np.uint8)

    def waiting(self, quarter: int) -> Ints:
        """Rows that wait for a better BEV and have not come back, shape (rows,)."""
        flags, decision = self.columns["flags"], self.columns["next_decision"]

        def waits(piece: slice) -> Ints:
            waiting = ((flags[piece] & WAITING) != 0) & (decision[piece] > quarter)
            return np.asarray(np.flatnonzero(waiting) + piece.start)

        return np.concatenate(self.work.over(self.size, waits))

    def start_waiting(self, rows: Ints, next_decision: Ints) -> None:
        """Rows wait with the car they have and return in these quarters, shape (rows,)."""
        self.postpone(rows, next_decision)
        self.columns["flags"][rows] |= np.uint8(WAITING)

    def stop_waiting(self, rows: Ints) -> None:
        """Rows stop waiting, shape (rows,)."""
        flags = self.columns["flags"]

        def stop(piece: slice) -> None:
            flags[rows[piece]] &= np.uint8(~WAITING & 0xFF)

        self.work.over(rows.size, stop)

    def postpone(self, rows: Ints, next_decision: Ints) -> None:
        """Set the next decision of rows, a quarter each, shape (rows,)."""
        self.columns["next_decision"][rows] = np.minimum(next_decision, LATEST_QUARTER)
