"""Population kernels as compiled loops, for large populations: the same functions and bits as ``plain_rows``.

No fast math: sums and products are evaluated in the order written, as in NumPy. Loops release the interpreter lock, so
pieces of rows run on threads.
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
    KEEP,
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
from agents.random.compiled_streams import agent_bits, compiled, exponential, uniform
from agents.random.streams import GRAIN

_LANES = 4  # counts kept apart
_HEAP_CARS = 1 << 14  # cars of a good sorted at a time
_TOP_BRANCHES = 4  # acquire or keep, new or used
_TILE_ROWS = 4096  # rows whose random numbers are computed together, with vector instructions
_MOST_MEMBERS = 256  # of a nest
_SURELY_LESS = 1.0 - 1e-9  # rounding of a logarithm cannot bridge this


@compiled()
def uniforms(key: np.uint64, agents: Ints, branch: int = 0) -> Floats:
    """See ``agents.random.streams.uniforms``."""
    out = np.empty(agents.size)
    for row in range(agents.size):
        out[row] = uniform(agent_bits(key, agents[row]), branch)
    return out


@compiled()
def wake(flags: Bytes, next_decision: Bytes, quarter: int) -> None:
    """See ``plain_rows.wake``."""
    for row in range(flags.size):
        if flags[row] & SLEEPING and next_decision[row] <= quarter:
            flags[row] &= 0xFF ^ SLEEPING


@compiled()
def grow_older(car: Bytes, age: Bytes) -> None:
    """See ``plain_rows.grow_older``."""
    for row in range(car.size):
        age[row] += np.uint8((car[row] != NO_CAR) & (age[row] < OLDEST_QUARTERS))


@compiled()
def scrap(first: int, car: Bytes, age: Bytes, flags: Bytes, probability: Floats, key: np.uint64) -> Ints:
    """See ``plain_rows.scrap``."""
    lost = np.empty(car.size, dtype=np.int64)
    draws = np.empty(_TILE_ROWS)
    count = 0
    for start in range(0, car.size, _TILE_ROWS):
        rows = min(_TILE_ROWS, car.size - start)
        for row in range(rows):
            draws[row] = uniform(agent_bits(key, first + start + row), 0)
        for row in range(rows):
            lost[count] = start + row
            count += draws[row] < probability[car[start + row], age[start + row]]
    for place in range(count):
        row = lost[place]
        car[row], age[row] = NO_CAR, 0
        flags[row] &= 0xFF ^ LESSEE
        lost[place] = row + first
    return lost[:count].copy()


@compiled()
def due(first: int, car: Bytes, next_decision: Bytes, after: int, until: int) -> Ints:
    """See ``plain_rows.due``."""
    rows = np.empty(car.size, dtype=np.int64)
    count = 0
    for row in range(car.size):
        rows[count] = row + first
        count += (next_decision[row] <= until) & (next_decision[row] > after) & (car[row] != NO_CAR)
    return rows[:count].copy()


@compiled()
def without_car(first: int, car: Bytes, flags: Bytes) -> Ints:
    """See ``plain_rows.without_car``."""
    rows = np.empty(car.size, dtype=np.int64)
    count = 0
    for row in range(car.size):
        rows[count] = row + first
        count += (car[row] == NO_CAR) & ((flags[row] & SLEEPING) == 0)
    return rows[:count].copy()


@compiled()
def tally(
    zone: Column, buyer_class: Bytes, car: Bytes, age: Bytes, flags: Bytes, part_of_car: Bytes, part_of_class: Bytes,
    zones: int,
) -> tuple[Ints, Ints, int]:  # fmt: skip
    """See ``plain_rows.tally``; adjacent rows are counted separately, so counts do not wait for each other."""
    cars = np.zeros((_LANES, 256, OLDEST_QUARTERS + 1), dtype=np.int32)
    by_zone = np.zeros((_LANES, zones, 2, 3), dtype=np.int32)
    part = part_of_car.copy()
    part[NO_CAR] = 2
    asleep = 0
    for row in range(car.size):
        asleep += (car[row] != NO_CAR) & ((flags[row] & SLEEPING) != 0)
    whole = car.size - car.size % _LANES
    for start in range(0, whole, _LANES):
        for lane in range(_LANES):
            row = start + lane
            cars[lane, car[row], age[row]] += 1
            by_zone[lane, zone[row], part_of_class[buyer_class[row]], part[car[row]]] += 1
    for row in range(whole, car.size):
        cars[0, car[row], age[row]] += 1
        by_zone[0, zone[row], part_of_class[buyer_class[row]], part[car[row]]] += 1
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


@compiled()
def match(wanted: Ints, good: Ints, goods: int, key: np.uint64) -> tuple[Ints, Ints]:
    """See ``plain_rows.match``: cars are put into heaps by good and draw, small enough to be sorted in cache."""
    draws = np.empty(good.size)
    for car in range(good.size):
        draws[car] = uniform(agent_bits(key, car), 0)
    parts = 1 + good.size // (goods * _HEAP_CARS)
    ends = np.zeros(goods * parts + 1, dtype=np.int64)
    for car in range(good.size):
        ends[good[car] * parts + int(draws[car] * parts) + 1] += 1
    ends = np.cumsum(ends)
    seen = ends[: goods * parts : parts].copy()
    heaped, heaped_draws = np.empty(good.size, dtype=np.int32), np.empty(good.size)
    for car in range(good.size):
        heap = good[car] * parts + int(draws[car] * parts)
        heaped[ends[heap]], heaped_draws[ends[heap]] = car, draws[car]
        ends[heap] += 1  # becomes the end of the heap
    start = 0
    for heap in range(goods * parts):
        _sort_by_draw(heaped[start : ends[heap]], heaped_draws[start : ends[heap]])
        start = ends[heap]
    taken = np.zeros(good.size, dtype=np.bool_)
    given = np.empty(wanted.size, dtype=np.int64)
    for buyer in range(wanted.size):
        given[buyer] = heaped[seen[wanted[buyer]]]
        seen[wanted[buyer]] += 1
        taken[given[buyer]] = True
    return given, np.flatnonzero(~taken)


@compiled()
def _sort_by_draw(cars: NDArray[np.int32], draws: Floats) -> None:
    """Sort a heap in place, ties by place: spread over as many slots as cars, then step by step."""
    if cars.size == 0:
        return
    low = draws.min()
    scale = (cars.size - 1) / max(draws.max() - low, GRAIN)
    ends = np.zeros(cars.size + 1, dtype=np.int64)
    for place in range(cars.size):
        ends[int((draws[place] - low) * scale) + 1] += 1
    ends = np.cumsum(ends)
    spread, spread_draws = np.empty_like(cars), np.empty_like(draws)
    for place in range(cars.size):
        slot = int((draws[place] - low) * scale)
        spread[ends[slot]], spread_draws[ends[slot]] = cars[place], draws[place]
        ends[slot] += 1
    for place in range(cars.size):
        car, own, back = spread[place], spread_draws[place], place - 1
        while back >= 0 and draws[back] > own:
            cars[back + 1], draws[back + 1] = cars[back], draws[back]
            back -= 1
        cars[back + 1], draws[back + 1] = car, own


@compiled()
def choose(
    key: np.uint64, agents: Ints, acquire: Floats, stratum: Ints, odds: Odds
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """See ``plain_rows.choose``; tile by tile, so that random numbers are computed with vector instructions."""
    kind = np.full(agents.size, KEEP, dtype=np.int8)
    item = np.full(agents.size, -1, dtype=np.int16)
    for start in range(0, agents.size, _TILE_ROWS):
        tile = slice(start, min(start + _TILE_ROWS, agents.size))
        _choose_tile(key, agents[tile], acquire[tile], stratum[tile], odds, kind[tile], item[tile])
    return kind, item


@compiled()
def _choose_tile(
    key: np.uint64, agents: Ints, acquire: Floats, stratum: Ints, odds: Odds, kind: NDArray[np.int8],
    item: NDArray[np.int16],
) -> None:  # fmt: skip
    rows = agents.size
    bits = np.empty(rows, dtype=np.uint64)
    for row in range(rows):
        bits[row] = agent_bits(key, agents[row])
    acquires, buys_new = np.empty(rows, dtype=np.bool_), np.empty(rows, dtype=np.bool_)
    _first_of_two(bits, acquire, BRANCH_ACQUIRE, acquires)
    _first_of_two(bits, odds.new[stratum], BRANCH_MARKET, buys_new)
    for row in range(rows):
        if acquires[row]:
            kind[row] = NEW if buys_new[row] else USED
    used, new = np.flatnonzero(kind == USED), np.flatnonzero(kind == NEW)
    item[used] = _race(bits[used], odds.used, stratum[used], 0, odds.used.shape[1], BRANCH_USED)
    segment = _race(bits[new], odds.segment, stratum[new], 0, odds.segment.shape[1], BRANCH_SEGMENT)
    for s in range(odds.segment.shape[1]):
        there = new[segment == s]
        first, last = odds.nest_edges[s], odds.nest_edges[s + 1]
        nest = _race(bits[there], odds.nest, stratum[there], first, last, BRANCH_NEST)
        for m in range(first, last):
            buyers = there[nest == m]
            edges = odds.product_edges[m], odds.product_edges[m + 1]
            item[buyers] = _race(
                bits[buyers], odds.product, odds.group[stratum[buyers]], edges[0], edges[1], BRANCH_PRODUCT
            )


@compiled()
def _first_of_two(bits: NDArray[np.uint64], share: Floats, branch: int, wins: NDArray[np.bool_]) -> None:
    first, second = np.empty(bits.size), np.empty(bits.size)
    for row in range(bits.size):
        first[row] = exponential(uniform(bits[row], branch))
    for row in range(bits.size):
        second[row] = exponential(uniform(bits[row], branch + 1))
    for row in range(bits.size):
        races = (share[row] > 0.0) & (share[row] < 1.0)
        wins[row] = first[row] * (1.0 - share[row]) < second[row] * share[row] if races else share[row] >= 1.0


@compiled()
def _race(bits: NDArray[np.uint64], inverse_share: Floats, stratum: Ints, start: int, stop: int, branch: int) -> Ints:
    """Member with the least exponential time over its share, by row; -1 if none is on offer."""
    best, best_time = np.full(bits.size, -1), np.full(bits.size, np.inf)
    draws = np.empty(bits.size)
    for member in range(start, stop):
        for row in range(bits.size):
            draws[row] = exponential(uniform(bits[row], branch + member))
        for row in range(bits.size):
            inverse = inverse_share[stratum[row], member]
            time = draws[row] * inverse
            if inverse < np.inf and time < best_time[row]:
                best[row], best_time[row] = member, time
    return best
