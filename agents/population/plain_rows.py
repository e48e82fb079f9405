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
    Bytes,
    Column,
    Odds,
)
from agents.random.streams import agent_bits, branch_uniforms, exponentials, uniforms

__all__ = ["choose", "due", "grow_older", "match", "scrap", "steps_below", "tally", "uniforms", "wake", "without_car"]

_AGES = OLDEST_QUARTERS + 1


def wake(flags: Bytes, next_decision: Bytes, quarter: int) -> None:
    """Clear the sleeping flag of rows whose entry quarter has come."""
    due_now = ((flags & SLEEPING) != 0) & (next_decision <= quarter)
    flags[due_now] &= np.uint8(~SLEEPING & 0xFF)


def grow_older(car: Bytes, age: Bytes) -> None:
    """Age cars by a quarter."""
    np.add(age, 1, out=age, where=(car != NO_CAR) & (age < OLDEST_QUARTERS))


def scrap(first: int, car: Bytes, age: Bytes, flags: Bytes, probability: Floats, key: np.uint64) -> Ints:
    """Scrap cars by ``probability``, (256, 256), 0 for no car; returns the rows that lost theirs."""
    draws = uniforms(key, np.arange(first, first + car.size))
    lost = np.flatnonzero(draws < probability[car, age])
    car[lost], age[lost] = NO_CAR, 0
    flags[lost] &= np.uint8(~LESSEE & 0xFF)
    return lost + first


def due(first: int, car: Bytes, next_decision: Bytes, after: int, until: int) -> Ints:
    """Rows with a car whose next decision comes after one quarter and until another."""
    there = (car != NO_CAR) & (next_decision <= until)
    return np.flatnonzero(there & (next_decision > after) if after >= 0 else there) + first


def without_car(first: int, car: Bytes, flags: Bytes) -> Ints:
    """Rows awake without a car."""
    return np.flatnonzero((car == NO_CAR) & ((flags & SLEEPING) == 0)) + first


def tally(
    zone: Column, buyer_class: Bytes, car: Bytes, age: Bytes, flags: Bytes, part_of_car: Bytes, part_of_class: Bytes,
    zones: int,
) -> tuple[Ints, Ints, int]:  # fmt: skip
    """Cars by type and age (256, 256); by zone, part of the classes and part of the cars (zones, 2, 2); of sleepers."""
    cars = np.bincount(car.astype(np.int64) * _AGES + age, minlength=256 * _AGES).reshape(256, _AGES)
    owned = car != NO_CAR
    code = zone[owned].astype(np.int64) * 4 + part_of_class[buyer_class[owned]] * 2 + part_of_car[car[owned]]
    by_zone = np.bincount(code, minlength=4 * zones).reshape(zones, 2, 2)
    return cars, by_zone, int((owned & ((flags & SLEEPING) != 0)).sum())


def steps_below(draws: Floats, edges: Floats) -> Ints:
    """How many of the ascending ``edges`` lie below each number, same shape as ``draws``."""
    return np.searchsorted(edges, draws)


def match(wanted: Ints, good: Ints, goods: int, key: np.uint64) -> tuple[Ints, Ints]:
    """Give cars to buyers by a keyed permutation within each good; see ``market.fleet.dealers.match_cars``."""
    for_sale = np.lexsort((uniforms(key, np.arange(good.size)), good))
    buyers = np.argsort(wanted, kind="stable")
    first_of_good = np.searchsorted(good[for_sale], np.arange(goods))
    rank = np.arange(buyers.size) - np.searchsorted(wanted[buyers], wanted[buyers])
    place = np.empty(wanted.size, dtype=np.int64)
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
    first, second = (exponentials(branch_uniforms(bits, branch + member)) for member in (0, 1))
    races = (share > 0.0) & (share < 1.0)
    return np.where(races, first * (1.0 - share) < second * share, share >= 1.0)


def _pick(bits: NDArray[np.uint64], inverse_share: Floats, start: int, branch: int) -> Ints:
    """Member with the least exponential time over its share, by row; -1 if none is on offer."""
    if inverse_share.size == 0:
        return np.full(bits.size, -1, dtype=np.int64)
    branches = branch + start + np.arange(inverse_share.shape[1])
    draws = exponentials(branch_uniforms(bits[:, None], branches))
    with np.errstate(invalid="ignore"):
        time = np.where(inverse_share < np.inf, draws * inverse_share, np.inf)
    best = time.argmin(axis=1)
    return np.where(np.isinf(time[np.arange(best.size), best]), -1, start + best)
