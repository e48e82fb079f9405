"""Population kernels as compiled loops, for large populations: the same functions and bits as ``plain_rows``.

No fast math: sums and products are evaluated in the order written, as in NumPy. Loops release the interpreter lock, so
pieces of rows run on threads.
"""

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.population.compiled_choice import choose
from agents.population.compiled_match import match
from agents.population.row_codes import (
    LESSEE,
    NO_CAR,
    OLDEST_QUARTERS,
    SLEEPING,
    WAITING,
    Bytes,
    Change,
    Coding,
    Opened,
    Rows,
    Seats,
)
from agents.random.compiled_streams import agent_bits, branch_bits, compiled, uniform

__all__ = [
    "choose", "count_waiting", "due", "give_car", "grow_older", "kinds", "match", "open_quarter", "steps_below",
    "strata", "tally", "uniforms", "without_car",
]  # fmt: skip

_LANES = 4  # counts kept apart
_TILE_ROWS = 4096  # rows whose random numbers are computed together, with vector instructions


@compiled()
def uniforms(key: np.uint64, agents: Ints, branch: int = 0) -> Floats:
    """See ``agents.random.streams.uniforms``."""
    out = np.empty(agents.size)
    for row in range(agents.size):
        out[row] = uniform(agent_bits(key, agents[row]), branch)
    return out


@compiled()
def grow_older(car: Bytes, age: Bytes) -> None:
    """See ``plain_rows.grow_older``."""
    for row in range(car.size):
        age[row] += np.uint8((car[row] != NO_CAR) & (age[row] < OLDEST_QUARTERS))


@compiled()
def open_quarter(first: int, seats: Seats, quarter: int, probability: Floats, key: np.uint64, coding: Coding) -> Opened:
    """See ``plain_rows.open_quarter``: most rows are passed by for their date and the lead of their random number."""
    size = seats.car.size
    due_rows, kind, emptied = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int32)
    lost, by_zone = np.empty(size, np.uint16), np.zeros((coding.zones, 2, 2), np.int64)
    lead, events = np.empty(_TILE_ROWS, dtype=np.uint32), np.empty(_TILE_ROWS + 1, dtype=np.int32)
    bound = np.uint32(min(probability.max() * 2.0**32, 2.0**32 - 1.0))
    number_due = number_emptied = number_lost = 0
    for start in range(0, size, _TILE_ROWS):
        dates = seats.next_decision[start : start + _TILE_ROWS]
        for event in range(_events(first + start, dates, quarter, bound, key, lead, events)):
            place = events[event]
            row, its_time = start + place, dates[place] <= quarter
            car, agent = seats.car[row], first + row
            if car == NO_CAR:
                emptied[number_emptied] = agent
                number_emptied += its_time and _wakes(seats, row)
            elif (
                lead[place] <= bound and uniform(agent_bits(key, agent), 0) < probability[car, seats.age_quarters[row]]
            ):
                lost[number_lost] = _lose_car(seats, row, coding, by_zone)
                emptied[number_emptied] = agent
                number_emptied += 1
                number_lost += 1
            elif its_time:
                seats.flags[row] &= 0xFF ^ WAITING
                due_rows[number_due], kind[number_due] = agent, _kind(seats, row, coding)
                number_due += 1
    found = due_rows[:number_due].copy(), kind[:number_due].copy(), emptied[:number_emptied].copy()
    return Opened(found[0], found[1], found[2], lost[:number_lost].copy(), by_zone)


@compiled()
def _events(
    first: int, dates: Bytes, quarter: int, bound: np.uint32, key: np.uint64, lead: NDArray[np.uint32],
    events: NDArray[np.int32],
) -> int:  # fmt: skip
    """Find rows whose date has come or whose random number does not exceed the bound in its first 32 bits, ``lead``."""
    for place in range(dates.size):
        lead[place] = branch_bits(agent_bits(key, first + place), 0) >> np.uint64(32)
    count = 0
    for place in range(dates.size):
        events[count] = place
        count += (lead[place] <= bound) | (dates[place] <= quarter)
    return count


@compiled()
def _wakes(seats: Seats, row: int) -> bool:
    asleep: bool = (seats.flags[row] & SLEEPING) != 0
    seats.flags[row] &= 0xFF ^ SLEEPING
    return asleep


@compiled()
def _lose_car(seats: Seats, row: int, coding: Coding, by_zone: Ints) -> int:
    """Take the car of a row; returns its type times 256 and its age."""
    car, part = seats.car[row], coding.part_of_class[seats.buyer_class[row]]
    code: int = int(car) * (OLDEST_QUARTERS + 1) + seats.age_quarters[row]
    by_zone[seats.zone[row], part, coding.part_of_car[car]] -= 1
    seats.car[row], seats.age_quarters[row] = NO_CAR, 0
    seats.flags[row] &= 0xFF ^ LESSEE
    return code


@compiled()
def _kind(seats: Seats, row: int, coding: Coding) -> int:
    stratum = seats.zone[row] * coding.classes + seats.buyer_class[row]
    good: int = stratum * coding.goods + coding.good_of[seats.car[row], seats.age_quarters[row]]
    return good


@compiled()
def kinds(seats: Seats, rows: Rows, coding: Coding) -> Rows:
    """See ``plain_rows.kinds``."""
    kind = np.empty(rows.size, dtype=np.int32)
    for place in range(rows.size):
        kind[place] = _kind(seats, rows[place], coding)
    return kind


@compiled()
def strata(seats: Seats, rows: Rows, coding: Coding) -> Rows:
    """See ``plain_rows.strata``."""
    stratum = np.empty(rows.size, dtype=np.int32)
    for place in range(rows.size):
        stratum[place] = seats.zone[rows[place]] * coding.classes + seats.buyer_class[rows[place]]
    return stratum


@compiled()
def due(first: int, car: Bytes, next_decision: Bytes, after: int, until: int) -> Rows:
    """See ``plain_rows.due``."""
    rows = np.empty(car.size, dtype=np.int32)
    count = 0
    for row in range(car.size):
        rows[count] = row + first
        count += (next_decision[row] <= until) & (next_decision[row] > after) & (car[row] != NO_CAR)
    return rows[:count].copy()


@compiled()
def without_car(first: int, car: Bytes, flags: Bytes) -> Rows:
    """See ``plain_rows.without_car``."""
    rows = np.empty(car.size, dtype=np.int32)
    count = 0
    for row in range(car.size):
        rows[count] = row + first
        count += (car[row] == NO_CAR) & ((flags[row] & SLEEPING) == 0)
    return rows[:count].copy()


@compiled()
def count_waiting(flags: Bytes, next_decision: Bytes, quarter: int) -> int:
    """See ``plain_rows.count_waiting``."""
    count = 0
    for row in range(flags.size):
        count += ((flags[row] & WAITING) != 0) & (next_decision[row] > quarter)
    return count


@compiled()
def give_car(
    seats: Seats, rows: Rows, car: Bytes, age: Bytes, next_decision: Bytes, lessee: NDArray[np.bool_], coding: Coding
) -> Change:
    """See ``plain_rows.give_car``."""
    cars = np.zeros((256, OLDEST_QUARTERS + 1), dtype=np.int64)
    by_zone = np.zeros((coding.zones, 2, 2), dtype=np.int64)
    asleep = 0
    for place in range(rows.size):
        row = rows[place]
        old, part = seats.car[row], coding.part_of_class[seats.buyer_class[row]]
        cars[old, seats.age_quarters[row]] -= 1
        cars[car[place], age[place]] += 1
        if old != NO_CAR:
            by_zone[seats.zone[row], part, coding.part_of_car[old]] -= 1
        by_zone[seats.zone[row], part, coding.part_of_car[car[place]]] += 1
        asleep += (seats.flags[row] & SLEEPING) != 0
        seats.car[row], seats.age_quarters[row], seats.next_decision[row] = car[place], age[place], next_decision[place]
        seats.flags[row] = seats.flags[row] & (0xFF ^ (LESSEE | WAITING)) | (LESSEE if lessee[place] else 0)
    return cars, by_zone, asleep


@compiled()
def tally(seats: Seats, coding: Coding) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """See ``plain_rows.tally``; adjacent rows are counted separately, so counts do not wait for each other."""
    size = seats.car.size
    cars = np.zeros((_LANES, 256, OLDEST_QUARTERS + 1), dtype=np.int32)
    by_zone = np.zeros((_LANES, coding.zones, 2, 3), dtype=np.int32)
    part = coding.part_of_car.copy()
    part[NO_CAR] = 2
    asleep = 0
    for row in range(size):
        asleep += (seats.car[row] != NO_CAR) & ((seats.flags[row] & SLEEPING) != 0)
        car, lane = seats.car[row], row % _LANES
        cars[lane, car, seats.age_quarters[row]] += 1
        by_zone[lane, seats.zone[row], coding.part_of_class[seats.buyer_class[row]], part[car]] += 1
    return cars.sum(axis=0), by_zone.sum(axis=0)[:, :, :2].copy(), asleep


@compiled()
def steps_below(draws: Floats, edges: Floats) -> Ints:
    """See ``plain_rows.steps_below``: from a guide table on, a step or two."""
    bins = 1024
    guide = np.searchsorted(edges, np.arange(bins) / bins)
    out = np.empty(draws.size, dtype=np.int64)
    for row in range(draws.size):
        step = guide[int(draws[row] * bins)]
        while step < edges.size and edges[step] < draws[row]:
            step += 1
        out[row] = step
    return out
