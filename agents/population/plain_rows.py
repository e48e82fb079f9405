"""Population kernels in NumPy, for small populations and as the reference for ``compiled_rows``.

Functions get the columns of one piece of rows; ``first`` is the number of its first row.
"""

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.population.row_codes import (
    BRANCH_ACQUIRE,
    BRANCH_MARKET,
    BRANCH_NEST,
    BRANCH_PRODUCT,
    BRANCH_SEGMENT,
    BRANCH_USED,
    LESSEE,
    NEW,
    NO_CAR,
    OLDEST_QUARTERS,
    SLEEPING,
    USED,
    WAITING,
    Bytes,
    Coding,
    Odds,
    Opened,
    Rows,
    Seats,
)
from agents.population.row_work import RowWork
from agents.random.streams import agent_bits, branch_uniforms, exponentials, uniforms

__all__ = [
    "choose", "count_waiting", "due", "give_car", "grow_older", "kinds", "match", "open_quarter", "steps_below",
    "strata", "tally", "uniforms", "without_car",
]  # fmt: skip

_AGES = OLDEST_QUARTERS + 1


def open_quarter(first: int, seats: Seats, quarter: int, probability: Floats, key: np.uint64, coding: Coding) -> Opened:
    """Let rows enter whose quarter has come, scrap cars by ``probability``, (256, 256), and find who is due.

    Rows that are due stop waiting.
    """
    entered, lost = _entered(seats, quarter), _scrapped(first, seats, probability, key)
    _, by_zone = _counts(seats, lost, coding)
    codes = seats.car[lost] * np.uint16(_AGES) + seats.age_quarters[lost]
    seats.car[lost], seats.age_quarters[lost] = NO_CAR, 0
    seats.flags[lost] &= np.uint8(~LESSEE & 0xFF)
    seats.flags[entered] &= np.uint8(~SLEEPING & 0xFF)
    now = due(first, seats.car, seats.next_decision, -1, quarter)
    seats.flags[now - first] &= np.uint8(~WAITING & 0xFF)
    emptied = np.sort(np.concatenate([entered, lost]) + first, kind="stable").astype(np.int32)
    return Opened(now, kinds(seats, now - first, coding), emptied, codes, -by_zone)


def _entered(seats: Seats, quarter: int) -> Ints:
    return np.flatnonzero(((seats.flags & SLEEPING) != 0) & (seats.next_decision <= quarter))


def _scrapped(first: int, seats: Seats, probability: Floats, key: np.uint64) -> Ints:
    draws = uniforms(key, np.arange(first, first + seats.car.size))
    return np.flatnonzero(draws < probability[seats.car, seats.age_quarters])


def kinds(seats: Seats, rows: NDArray[np.integer], coding: Coding) -> Rows:
    """Place of rows with a car in (zones x classes x goods), same shape."""
    good = coding.good_of[seats.car[rows], seats.age_quarters[rows]]
    return np.asarray(strata(seats, rows, coding) * coding.goods + good, dtype=np.int32)


def strata(seats: Seats, rows: NDArray[np.integer], coding: Coding) -> Rows:
    """Place of rows in (zones x classes), same shape."""
    return np.asarray(seats.zone[rows].astype(np.int32) * np.int32(coding.classes) + seats.buyer_class[rows])


def grow_older(car: Bytes, age: Bytes) -> None:
    """Age cars by a quarter."""
    np.add(age, 1, out=age, where=(car != NO_CAR) & (age < OLDEST_QUARTERS))


def due(first: int, car: Bytes, next_decision: Bytes, after: int, until: int) -> Rows:
    """Rows with a car whose next decision comes after one quarter and until another."""
    there = (car != NO_CAR) & (next_decision <= until)
    return (np.flatnonzero(there & (next_decision > after) if after >= 0 else there) + first).astype(np.int32)


def without_car(first: int, car: Bytes, flags: Bytes) -> Rows:
    """Rows awake without a car."""
    return (np.flatnonzero((car == NO_CAR) & ((flags & SLEEPING) == 0)) + first).astype(np.int32)


def count_waiting(flags: Bytes, next_decision: Bytes, quarter: int) -> int:
    """Number of rows that wait for a better BEV and have not come back."""
    return int((((flags & WAITING) != 0) & (next_decision > quarter)).sum())


def give_car(
    seats: Seats, rows: NDArray[np.integer], car: Bytes, age: Bytes, next_decision: Bytes, lessee: NDArray[np.bool_],
    coding: Coding,
) -> tuple[Ints, Ints, int]:  # fmt: skip
    """Put cars on rows; all shape (rows,). Returns the change of what ``tally`` counts."""
    cars_before, by_zone_before = _counts(seats, rows, coding)
    seats.car[rows], seats.age_quarters[rows], seats.next_decision[rows] = car, age, next_decision
    asleep = int(((seats.flags[rows] & SLEEPING) != 0).sum())
    seats.flags[rows] &= np.uint8(~(LESSEE | WAITING) & 0xFF)
    seats.flags[rows] |= np.where(lessee, LESSEE, 0).astype(np.uint8)
    cars, by_zone = _counts(seats, rows, coding)
    return cars - cars_before, by_zone - by_zone_before, asleep


def _counts(seats: Seats, rows: NDArray[np.integer], coding: Coding) -> tuple[Ints, Ints]:
    chosen = Seats(*(column[rows] for column in seats))
    cars, by_zone, _ = tally(chosen, coding)
    return cars, by_zone


def tally(seats: Seats, coding: Coding) -> tuple[Ints, Ints, int]:
    """Cars by type and age (256, 256); by zone, part of the classes and part of the cars (zones, 2, 2); of sleepers."""
    car = seats.car
    cars = np.bincount(car.astype(np.int64) * _AGES + seats.age_quarters, minlength=256 * _AGES).reshape(256, _AGES)
    owned = car != NO_CAR
    class_part, car_part = coding.part_of_class[seats.buyer_class[owned]], coding.part_of_car[car[owned]]
    code = seats.zone[owned].astype(np.int64) * 4 + class_part * 2 + car_part
    by_zone = np.bincount(code, minlength=4 * coding.zones).reshape(coding.zones, 2, 2)
    return cars, by_zone, int((owned & ((seats.flags & SLEEPING) != 0)).sum())


def steps_below(draws: Floats, edges: Floats) -> Ints:
    """How many of the ascending ``edges`` lie below each number, same shape as ``draws``."""
    return np.searchsorted(edges, draws)


def match(
    wanted: NDArray[np.integer], good: NDArray[np.integer], goods: int, key: np.uint64, work: RowWork,  # noqa: ARG001
) -> tuple[Rows, Ints]:  # fmt: skip
    """Give cars to buyers by a keyed permutation within each good; see ``market.fleet.dealers.match_cars``."""
    for_sale = np.lexsort((uniforms(key, np.arange(good.size)), good))
    buyers = np.argsort(wanted, kind="stable")
    first_of_good = np.searchsorted(good[for_sale], np.arange(goods))
    rank = np.arange(buyers.size) - np.searchsorted(wanted[buyers], wanted[buyers])
    place = np.empty(wanted.size, dtype=np.int32)
    place[buyers] = for_sale[first_of_good[wanted[buyers]] + rank]
    left = np.ones(good.size, dtype=np.bool_)
    left[place] = False
    return place, np.flatnonzero(left)


def choose(
    key: np.uint64, agents: Ints, acquire: Floats, stratum: Ints, odds: Odds
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """What buyers do and which product or used good they take; see ``agents.population.draws``."""
    kind = np.zeros(agents.size, dtype=np.int8)
    item = np.full(agents.size, -1, dtype=np.int16)
    bits = agent_bits(key, agents)
    acquires = _first_of_two(bits, acquire, BRANCH_ACQUIRE)
    new = acquires.copy()
    new[acquires] = _first_of_two(bits[acquires], odds.new[stratum[acquires]], BRANCH_MARKET)
    used = np.flatnonzero(acquires & ~new)
    kind[new], kind[used] = NEW, USED
    item[used] = _pick(bits[used], odds.used[stratum[used]], 0, BRANCH_USED)
    segments = odds.segment.shape[1]
    segment = np.full(agents.size, -1, dtype=np.int64)
    segment[new] = _pick(bits[new], odds.segment[stratum[new]], 0, BRANCH_SEGMENT)
    nest = np.full(agents.size, -1, dtype=np.int64)
    for s in range(segments):
        there = np.flatnonzero(segment == s)
        members = slice(odds.nest_edges[s], odds.nest_edges[s + 1])
        nest[there] = _pick(bits[there], odds.nest[stratum[there], members], members.start, BRANCH_NEST)
    for m in np.unique(nest[new]):
        there = np.flatnonzero(nest == m)
        members = slice(odds.product_edges[m], odds.product_edges[m + 1])
        share = odds.product[odds.group[stratum[there]], members]
        item[there] = _pick(bits[there], share, members.start, BRANCH_PRODUCT)
    return kind, item


def _first_of_two(bits: NDArray[np.uint64], share: Floats, branch: int) -> NDArray[np.bool_]:
    wins = share >= 1.0
    races = np.flatnonzero((share > 0.0) & ~wins)
    first, second = (exponentials(branch_uniforms(bits[races], branch + member)) for member in (0, 1))
    wins[races] = first * (1.0 - share[races]) < second * share[races]
    return wins


def _pick(bits: NDArray[np.uint64], inverse_share: Floats, start: int, branch: int) -> Ints:
    """Member with the least exponential time over its share, by row; -1 if none is on offer."""
    offered = np.flatnonzero((inverse_share < np.inf).any(axis=0))
    if offered.size == 0:
        return np.full(bits.size, -1, dtype=np.int64)
    inverse = inverse_share[:, offered]
    draws = exponentials(branch_uniforms(bits[:, None], branch + start + offered))
    with np.errstate(invalid="ignore"):
        time = np.where(inverse < np.inf, draws * inverse, np.inf)
    best = time.argmin(axis=1)
    return np.where(np.isinf(time[np.arange(best.size), best]), -1, start + offered[best])
