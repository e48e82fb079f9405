"""Car buyers: columns of seats, and a view on one of them.

A seat is one car-owning seat of a household; a row stands for the same number of real seats. Rows are
ordered by zone and never re-ordered. A row whose time has not come sleeps, without a car, until its
entry quarter, which stands in ``next_decision``.
"""

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from agents.choice import Floats, Ints
from agents.columnar import ColumnarSet, RowAgent, columnwise
from agents.luck import uniform

NO_CAR = 255  # in the column ``car``
OLDEST_QUARTERS = 255  # ages are counted up to here
LATEST_QUARTER = 255  # decisions further off than this wait here
LESSEE, SLEEPING, WAITING = 1, 2, 4  # bits of the column ``flags``

COLUMN_TYPES: dict[str, type[np.unsignedinteger[Any]]] = {
    "zone": np.uint16,
    "buyer_class": np.uint8,
    "car": np.uint8,
    "age_quarters": np.uint8,
    "next_decision": np.uint8,
    "flags": np.uint8,
}


class Consumer(RowAgent):
    """One row of the population: a car-owning seat, a Mesa agent when somebody looks at it."""

    @property
    def has_car(self) -> bool:
        """Whether the seat has a car now."""
        return bool(self.car != NO_CAR)

    @property
    def is_asleep(self) -> bool:
        """Whether the seat has not entered the market yet."""
        return bool(self.flags & SLEEPING)

    def describe(self) -> str:
        """One line about this seat: where it is, what it drives, when it looks next."""
        if self.is_asleep:
            return f"seat {self.row} in zone {self.zone}: enters in quarter {self.next_decision}"
        car = f"car type {self.car}, {self.age_quarters / 4:.2f} years old" if self.has_car else "no car"
        place = f"seat {self.row} in zone {self.zone}, class {self.buyer_class}"
        return f"{place}: {car}, looks in quarter {self.next_decision}"

    @columnwise
    def grow_older(self: Any) -> None:
        """Age every car of the set by a quarter."""
        owned = self.columns["car"] != NO_CAR
        age = self.columns["age_quarters"]
        np.add(age, 1, out=age, where=owned & (age < OLDEST_QUARTERS))


class Consumers(ColumnarSet):
    """The population. Columns and their writers are listed in docs/architecture.md."""

    view = Consumer

    def wake(self, quarter: int) -> None:
        """Let the rows enter whose entry quarter has come."""
        flags = self.columns["flags"]
        due = ((flags & SLEEPING) != 0) & (self.columns["next_decision"] <= quarter)
        flags[due] &= np.uint8(~SLEEPING & 0xFF)

    def owners(self) -> Ints:
        """Rows with a car, shape (owners,)."""
        return np.flatnonzero(self.columns["car"] != NO_CAR)

    def due(self, quarter: int) -> Ints:
        """Rows with a car whose next decision has come, shape (due,)."""
        return np.flatnonzero((self.columns["car"] != NO_CAR) & (self.columns["next_decision"] <= quarter))

    def without_car(self) -> Ints:
        """Rows awake without a car, which must acquire one, shape (rows,)."""
        asleep = (self.columns["flags"] & SLEEPING) != 0
        return np.flatnonzero((self.columns["car"] == NO_CAR) & ~asleep)

    def cars(self) -> Ints:
        """Cars by type and age in quarters, shape (256, 256)."""
        return count_cars(self.columns["car"], self.columns["age_quarters"])

    def scrap(self, probability: Floats, key: np.uint64) -> Ints:
        """Scrap cars by ``probability``, shape (car types, ages in quarters); rows that lost theirs are returned."""
        lost = _draw_scrap(self.columns["car"], self.columns["age_quarters"], probability, key)
        rows = np.flatnonzero(lost)
        self.columns["car"][rows] = NO_CAR
        self.columns["age_quarters"][rows] = 0
        self.columns["flags"][rows] &= np.uint8(~LESSEE & 0xFF)
        return rows

    def give_car(
        self, rows: Ints, car: Ints, age_quarters: Ints, next_decision: Ints, lessee: NDArray[np.bool_]
    ) -> None:
        """Put cars on seats: type, age, quarter of the next decision and whether it is leased, each shape (rows,)."""
        self.columns["car"][rows] = car
        self.columns["age_quarters"][rows] = age_quarters
        self.columns["next_decision"][rows] = np.minimum(next_decision, LATEST_QUARTER)
        flags = self.columns["flags"][rows] & np.uint8(~(LESSEE | WAITING) & 0xFF)
        self.columns["flags"][rows] = flags | np.where(lessee, LESSEE, 0).astype(np.uint8)

    def due_within(self, quarter: int, ahead: int) -> Ints:
        """Rows with a car whose next decision comes in the quarters after this one, up to ``ahead``; shape (rows,)."""
        decision = self.columns["next_decision"]
        soon = (decision > quarter) & (decision <= quarter + ahead)
        return np.flatnonzero((self.columns["car"] != NO_CAR) & soon)

    def waiting(self, quarter: int) -> Ints:
        """Rows that wait for a better battery car and have not come back, shape (rows,)."""
        waits = (self.columns["flags"] & WAITING) != 0
        return np.flatnonzero(waits & (self.columns["next_decision"] > quarter))

    def start_waiting(self, rows: Ints, next_decision: Ints) -> None:
        """Rows wait with the car they have and look again in these quarters, shape (rows,)."""
        self.postpone(rows, next_decision)
        self.columns["flags"][rows] |= np.uint8(WAITING)

    def stop_waiting(self, rows: Ints) -> None:
        """Rows look again, shape (rows,)."""
        self.columns["flags"][rows] &= np.uint8(~WAITING & 0xFF)

    def postpone(self, rows: Ints, next_decision: Ints) -> None:
        """Set the quarter in which rows look again, shape (rows,)."""
        self.columns["next_decision"][rows] = np.minimum(next_decision, LATEST_QUARTER)


def count_cars(car: NDArray[np.uint8], age_quarters: NDArray[np.uint8]) -> Ints:
    """Number of cars by type and age in quarters, shape (256, 256); seats without a car stand under ``NO_CAR``."""
    code = car.astype(np.int64) * (OLDEST_QUARTERS + 1) + age_quarters
    size = (OLDEST_QUARTERS + 1) ** 2
    return np.bincount(code, minlength=size).reshape(OLDEST_QUARTERS + 1, OLDEST_QUARTERS + 1)


@njit(parallel=True, cache=True)
def _draw_scrap(
    car: NDArray[np.uint8], age: NDArray[np.uint8], probability: NDArray[np.float64], key: np.uint64
) -> NDArray[np.bool_]:
    lost = np.zeros(car.size, dtype=np.bool_)
    for row in prange(car.size):
        if car[row] != NO_CAR:
            lost[row] = uniform(key, row, 0) < probability[car[row], age[row]]
    return lost
