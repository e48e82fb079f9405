"""Matching of used cars to buyers in compiled loops: the same matches as ``plain_rows.match``.

Cars are put into heaps by good and draw, small enough to be sorted in cache. Pieces of cars and buyers know from counts
where theirs go, so threads write to disjoint places.
"""

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.population.row_codes import Rows
from agents.population.row_work import RowWork
from agents.random.compiled_streams import agent_bits, compiled, uniform
from agents.random.streams import GRAIN

_HEAP_CARS = 1 << 14  # cars of a good sorted at a time


def match(
    wanted: NDArray[np.integer], good: NDArray[np.integer], goods: int, key: np.uint64, work: RowWork
) -> tuple[Rows, Ints]:
    """See ``plain_rows.match``."""
    parts = 1 + good.size // (goods * _HEAP_CARS)
    heaps = goods * parts
    counts = work.over(good.size, lambda piece: _cars_by_heap(piece.start, good[piece], parts, heaps, key))
    edges = np.append(0, np.cumsum(np.sum(counts, axis=0)))
    starts = _starts(edges[:-1], counts)
    cars, draws = np.empty(good.size, dtype=np.int32), np.empty(good.size)
    work.over(
        good.size,
        lambda piece: _fill(piece.start, good[piece], parts, key, starts[piece.start // work.piece_rows], cars, draws),
    )
    work.over(good.size, lambda piece: _sort_heaps(edges, piece.start, piece.stop, cars, draws))
    wanting = work.over(wanted.size, lambda piece: np.bincount(wanted[piece], minlength=goods))
    ahead = _starts(edges[:-1:parts], wanting)
    taken, given = np.zeros(good.size, dtype=np.bool_), np.empty(wanted.size, dtype=np.int32)
    work.over(
        wanted.size,
        lambda piece: _give(wanted[piece], ahead[piece.start // work.piece_rows], cars, taken, given[piece]),
    )
    return given, np.flatnonzero(~taken)


def _starts(first: Ints, counts: list[Ints]) -> list[Ints]:
    """Where each piece begins in every heap, (heaps,), if the first piece begins at ``first``; ``counts``: by piece."""
    return list(first + np.cumsum([np.zeros_like(first), *counts[:-1]], axis=0))


@compiled(inline="always")
def _heap_of(good: int, draw: float, parts: int) -> int:
    return good * parts + int(draw * parts)


@compiled()
def _cars_by_heap(first: int, good: NDArray[np.integer], parts: int, heaps: int, key: np.uint64) -> Ints:
    """Number of cars of a piece that go into each heap, shape (heaps,)."""
    counts = np.zeros(heaps, dtype=np.int64)
    for car in range(good.size):
        counts[_heap_of(good[car], uniform(agent_bits(key, first + car), 0), parts)] += 1
    return counts


@compiled()
def _fill(
    first: int,
    good: NDArray[np.integer],
    parts: int,
    key: np.uint64,
    starts: Ints,
    cars: NDArray[np.int32],
    draws: Floats,
) -> None:
    """Put the cars of a piece and their draws into their heaps."""
    for car in range(good.size):
        draw = uniform(agent_bits(key, first + car), 0)
        heap = _heap_of(good[car], draw, parts)
        cars[starts[heap]], draws[starts[heap]] = first + car, draw
        starts[heap] += 1


@compiled()
def _give(
    wanted: NDArray[np.integer], ahead: Ints, cars: NDArray[np.int32], taken: NDArray[np.bool_], given: Rows
) -> None:
    """Give the buyers of a piece the next cars of the good they want."""
    for buyer in range(wanted.size):
        given[buyer] = cars[ahead[wanted[buyer]]]
        ahead[wanted[buyer]] += 1
        taken[given[buyer]] = True


@compiled()
def _sort_heaps(edges: Ints, first: int, last: int, cars: NDArray[np.int32], draws: Floats) -> None:
    """Sort the heaps that begin among some of the places."""
    for heap in range(np.searchsorted(edges, first), edges.size - 1):
        if edges[heap] >= last:
            break
        _sort_by_draw(cars[edges[heap] : edges[heap + 1]], draws[edges[heap] : edges[heap + 1]])


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
