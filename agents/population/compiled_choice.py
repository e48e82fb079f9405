"""Drawing choices down the nest in compiled loops: the same bits as ``plain_rows.choose``."""

from typing import NamedTuple

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
    NEW,
    USED,
    Odds,
    Rows,
)
from agents.random.compiled_streams import agent_bits, compiled, exponential, uniform

_TILE_ROWS = 8192  # rows whose random numbers are computed together, with vector instructions


class _Offered(NamedTuple):
    """Members of each choice that are on offer to somebody, each (members,)."""

    segment: NDArray[np.bool_]
    nest: NDArray[np.bool_]
    used: NDArray[np.bool_]
    product: NDArray[np.bool_]


@compiled()
def choose(
    key: np.uint64, agents: Rows, acquire: Floats, stratum: Ints, odds: Odds
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """See ``plain_rows.choose``; tile by tile, with random numbers only for branches that somebody may still take."""
    kind = np.full(agents.size, KEEP, dtype=np.int8)
    item = np.full(agents.size, -1, dtype=np.int16)
    offered = _Offered(_on_offer(odds.segment), _on_offer(odds.nest), _on_offer(odds.used), _on_offer(odds.product))
    for start in range(0, agents.size, _TILE_ROWS):
        tile = slice(start, min(start + _TILE_ROWS, agents.size))
        _choose_tile(key, agents[tile], acquire[tile], stratum[tile], odds, offered, kind[tile], item[tile])
    return kind, item


@compiled()
def _on_offer(inverse_share: Floats) -> NDArray[np.bool_]:
    """Which members somebody can take, shape (members,)."""
    offered = np.zeros(inverse_share.shape[1], dtype=np.bool_)
    for row in range(inverse_share.shape[0]):
        for member in range(inverse_share.shape[1]):
            offered[member] |= inverse_share[row, member] < np.inf
    return offered


@compiled()
def _choose_tile(
    key: np.uint64, agents: Rows, acquire: Floats, stratum: Ints, odds: Odds, offered: _Offered,
    kind: NDArray[np.int8], item: NDArray[np.int16],
) -> None:  # fmt: skip
    bits = np.empty(agents.size, dtype=np.uint64)
    for row in range(agents.size):
        bits[row] = agent_bits(key, agents[row])
    buyers, _ = _first_of_two(bits, acquire, BRANCH_ACQUIRE)
    to_new, to_used = _first_of_two(bits[buyers], odds.new[stratum[buyers]], BRANCH_MARKET)
    new, used = buyers[to_new], buyers[to_used]
    kind[new], kind[used] = NEW, USED
    item[used] = _race(bits[used], odds.used, stratum[used], 0, odds.used.shape[1], BRANCH_USED, offered.used)
    new_bits, new_stratum = bits[new], stratum[new]
    segments = odds.segment.shape[1]
    segment = _race(new_bits, odds.segment, new_stratum, 0, segments, BRANCH_SEGMENT, offered.segment)
    for s in range(segments):
        there = np.flatnonzero(segment == s)
        item[new[there]] = _product_of(new_bits[there], new_stratum[there], odds, offered, s)


@compiled()
def _product_of(
    bits: NDArray[np.uint64], stratum: Ints, odds: Odds, offered: _Offered, segment: int
) -> NDArray[np.int64]:
    """Product of buyers of new cars in a segment, by row."""
    product = np.full(bits.size, -1)
    first, last = odds.nest_edges[segment], odds.nest_edges[segment + 1]
    nest = _race(bits, odds.nest, stratum, first, last, BRANCH_NEST, offered.nest)
    for m in range(first, last):
        there = np.flatnonzero(nest == m)
        start, stop = odds.product_edges[m], odds.product_edges[m + 1]
        group = odds.group[stratum[there]]
        product[there] = _race(bits[there], odds.product, group, start, stop, BRANCH_PRODUCT, offered.product)
    return product


@compiled()
def _first_of_two(bits: NDArray[np.uint64], share: Floats, branch: int) -> tuple[Ints, Ints]:
    """Rows that take the first of two branches and rows that take the second; ``share``: of the first, (rows,)."""
    first, second = np.empty(bits.size), np.empty(bits.size)
    for row in range(bits.size):
        first[row] = exponential(uniform(bits[row], branch))
    for row in range(bits.size):
        second[row] = exponential(uniform(bits[row], branch + 1))
    winners, losers = np.empty(bits.size + 1, dtype=np.int64), np.empty(bits.size + 1, dtype=np.int64)
    won = 0
    for row in range(bits.size):
        winners[won], losers[row - won] = row, row
        races = (share[row] > 0.0) & (share[row] < 1.0)
        ahead = first[row] * (1.0 - share[row]) < second[row] * share[row]
        won += (races & ahead) | (share[row] >= 1.0)
    return winners[:won], losers[: bits.size - won]


@compiled()
def _race(
    bits: NDArray[np.uint64], inverse_share: Floats, stratum: Ints, start: int, stop: int, branch: int,
    offered: NDArray[np.bool_],
) -> Ints:  # fmt: skip
    """Member with the least exponential time over its share, by row; -1 if none is on offer.

    Without branches, so that members are compared with vector instructions; an infinite time wins no race.
    """
    best, best_time = np.full(bits.size, -1), np.full(bits.size, np.inf)
    draws, inverse = np.empty(bits.size), np.empty(bits.size)
    for member in range(start, stop):
        if not offered[member]:
            continue
        for row in range(bits.size):
            draws[row] = exponential(uniform(bits[row], branch + member))
        for row in range(bits.size):
            inverse[row] = inverse_share[stratum[row], member]
        for row in range(bits.size):
            time = draws[row] * inverse[row]
            is_better = time < best_time[row]
            best_time[row] = time if is_better else best_time[row]
            best[row] = member if is_better else best[row]
    return best
