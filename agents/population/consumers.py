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
from agents.population.columnar import ColumnarSet, RowAgent, columnwise
from agents.population.columnar import Rows as Selected
from agents.population.row_codes import (
    LATEST_QUARTER,
    LESSEE,
    NO_CAR,
    OLDEST_QUARTERS,
    SLEEPING,
    WAITING,
    Bytes,
    Change,
    Coding,
    Counts,
    Opened,
    Rows,
    Seats,
)
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

    def changed(self, *changes: Change) -> "Tally":
        """The same after changes of the three counts."""
        cars, by_zone, of_sleepers = zip((self.cars, self.by_zone, self.of_sleepers), *changes, strict=True)
        return Tally(sum(cars), sum(by_zone), sum(of_sleepers))

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
        self, model: Any, columns: dict[str, NDArray[Any]], coding: Coding, rows: Selected | None = None,
        work: RowWork | None = None,
    ) -> None:  # fmt: skip
        super().__init__(model, columns, rows)
        self.coding = coding
        self.work = work or RowWork.for_rows(self.size)

    def _of(self, rows: Selected) -> "Consumers":
        return type(self)(self.model, self.columns, self.coding, rows, self.work)

    def seats(self, piece: slice = slice(None)) -> Seats:
        """Columns of a piece of the rows as kernels read them."""
        return Seats(*(self.columns[name][piece] for name in COLUMN_TYPES))

    def open_quarter(self, quarter: int, probability: Floats, key: np.uint64) -> Opened:
        """Let rows enter whose quarter has come, scrap cars and find rows with a car whose next decision has come.

        ``probability``: of scrappage, (car types, ages in quarters). Rows that are due stop waiting.
        """
        table = np.zeros((NO_CAR + 1, OLDEST_QUARTERS + 1))
        table[: len(probability)] = probability
        table[NO_CAR] = 0.0

        def opened(piece: slice) -> Opened:
            found: Opened = self.work.engine.open_quarter(
                piece.start, self.seats(piece), quarter, table, key, self.coding
            )
            return found

        due, kind, emptied, lost, by_zone = zip(*self.work.over(self.size, opened), strict=True)
        return Opened(
            np.concatenate(due), np.concatenate(kind), np.concatenate(emptied), np.concatenate(lost),
            np.sum(by_zone, axis=0),
        )  # fmt: skip

    def entries(self) -> Ints:
        """Rows still asleep by the quarter in which they enter, shape (256,)."""
        flags, decision = self.columns["flags"], self.columns["next_decision"]

        def counted(piece: slice) -> Ints:
            return np.bincount(decision[piece][(flags[piece] & SLEEPING) != 0], minlength=LATEST_QUARTER + 1)

        return np.asarray(np.sum(self.work.over(self.size, counted), axis=0))

    def owners(self) -> Ints:
        """Rows with a car, shape (owners,)."""
        return np.flatnonzero(self.columns["car"] != NO_CAR)

    def due_of(self, piece: slice, after: int, until: int) -> Rows:
        """Rows of a piece with a car whose next decision comes after one quarter and until another, (rows,)."""
        columns = self.columns
        found: Rows = self.work.engine.due(
            piece.start, columns["car"][piece], columns["next_decision"][piece], after, until
        )
        return found

    def without_car(self) -> Rows:
        """Rows awake without a car, which must acquire one, shape (rows,)."""
        car, flags = self.columns["car"], self.columns["flags"]

        def found(piece: slice) -> Rows:
            rows: Rows = self.work.engine.without_car(piece.start, car[piece], flags[piece])
            return rows

        return np.concatenate(self.work.over(self.size, found))

    def still_without_car(self, rows: Rows) -> Rows:
        """Those of rows that have no car, in order."""
        car = self.columns["car"]
        pieces = self.work.over(rows.size, lambda piece: rows[piece][car[rows[piece]] == NO_CAR])
        return np.concatenate(pieces)

    def kind_of(self, rows: Rows) -> Rows:
        """Place of rows with a car in (zones x classes x goods), same shape."""
        kind: Rows = self.work.engine.kinds(self.seats(), rows, self.coding)
        return kind

    def stratum_of(self, rows: Rows) -> Rows:
        """Place of rows in (zones x classes), same shape."""
        seats = self.seats()
        pieces = self.work.over(rows.size, lambda piece: self.work.engine.strata(seats, rows[piece], self.coding))
        return np.concatenate(pieces)

    def tally(self) -> Tally:
        """Count cars of all rows."""
        counted = self.work.over(self.size, lambda piece: self.work.engine.tally(self.seats(piece), self.coding))
        cars, by_zone, of_sleepers = zip(*counted, strict=True)
        return Tally(np.sum(cars, axis=0), np.sum(by_zone, axis=0), sum(of_sleepers))

    def give_car(
        self, rows: Rows, car: Bytes, age_quarters: Bytes, next_decision: Ints, lessee: NDArray[np.bool_]
    ) -> Change:
        """Put cars on seats: type, age, quarter of the next decision and whether it is leased, each shape (rows,).

        Returns the change of what ``tally`` counts.
        """
        decision = np.minimum(next_decision, LATEST_QUARTER).astype(np.uint8)
        change: Change = self.work.engine.give_car(self.seats(), rows, car, age_quarters, decision, lessee, self.coding)
        return change

    def waiting(self, quarter: int) -> int:
        """Number of rows that wait for a better BEV and have not come back."""
        flags, decision, engine = self.columns["flags"], self.columns["next_decision"], self.work.engine
        counts = self.work.over(self.size, lambda piece: engine.count_waiting(flags[piece], decision[piece], quarter))
        return int(sum(counts))

    def start_waiting(self, rows: Rows, next_decision: Ints) -> None:
        """Rows wait with the car they have and return in these quarters, shape (rows,)."""
        self.postpone(rows, next_decision)
        self.columns["flags"][rows] |= np.uint8(WAITING)

    def postpone(self, rows: Rows, next_decision: Ints) -> None:
        """Set the next decision of rows, a quarter each, shape (rows,)."""
        self.columns["next_decision"][rows] = np.minimum(next_decision, LATEST_QUARTER)
