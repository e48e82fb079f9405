"""Coupled draws down the nest (M1): at each level the branch with the largest log-probability plus Gumbel noise.

The noise is a pure function of stream, agent and branch, so that improving one offer draws buyers only
from its own nest's rivals or by a switch of nest (Gumbel-max coupling; Maddison, Tarlow and Minka 2014).
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from agents.choice import Floats, Ints, Nests
from agents.luck import uniform

KEEP, NEW, USED = 0, 1, 2

# Names of the branches in the stream of luck: the same branch has the same luck in every scenario.
_BRANCH_ACQUIRE, _BRANCH_MARKET, _BRANCH_SEGMENT, _BRANCH_NEST, _BRANCH_USED, _BRANCH_PRODUCT = 0, 2, 4, 8, 32, 64


@dataclass(frozen=True)
class ChoiceTables:
    """Probabilities of every level below the top, for the kinds of buyer present in a quarter.

    With C cells (kinds of buyer) and B groups of cells that share the shares of products: ``new`` (C,),
    ``segment`` (C, segments), ``nest`` (C, nests), ``used`` (C, used goods), ``product`` (B, products),
    ``group`` (C,): the group of each cell.
    """

    new: Floats
    segment: Floats
    nest: Floats
    used: Floats
    product: Floats
    group: Ints


@njit(inline="always", cache=True)
def _pick(share: NDArray[np.float64], start: int, stop: int, key: np.uint64, agent: int, branch: int) -> int:
    """Member from ``start`` to ``stop`` with the largest log-share plus Gumbel noise; -1 if none is on offer."""
    best = -1
    best_score = -np.inf
    for member in range(start, stop):
        if share[member] > 0.0:
            score = log(share[member]) - log(-log(uniform(key, agent, branch + member)))
            if score > best_score:
                best_score = score
                best = member
    return best


@njit(inline="always", cache=True)
def _first_of_two(share: float, key: np.uint64, agent: int, branch: int) -> bool:
    """Whether the first of two branches, with this share, wins its race against the second."""
    if share <= 0.0 or share >= 1.0:
        return share >= 1.0
    first = log(share) - log(-log(uniform(key, agent, branch)))
    second = log(1.0 - share) - log(-log(uniform(key, agent, branch + 1)))
    return first > second


@njit(parallel=True, cache=True)
def _draw(
    key: np.uint64,
    agents: NDArray[np.int64],
    acquire: NDArray[np.float64],
    cell: NDArray[np.int64],
    group: NDArray[np.int64],
    new: NDArray[np.float64],
    segment: NDArray[np.float64],
    nest: NDArray[np.float64],
    product: NDArray[np.float64],
    used: NDArray[np.float64],
    nest_edges: NDArray[np.int64],
    product_edges: NDArray[np.int64],
) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    kind = np.zeros(agents.size, dtype=np.int8)
    item = np.full(agents.size, -1, dtype=np.int64)
    for row in prange(agents.size):
        who, c = agents[row], cell[row]
        if not _first_of_two(acquire[row], key, who, _BRANCH_ACQUIRE):
            continue
        if _first_of_two(new[c], key, who, _BRANCH_MARKET):
            s = _pick(segment[c], 0, segment.shape[1], key, who, _BRANCH_SEGMENT)
            m = _pick(nest[c], nest_edges[s], nest_edges[s + 1], key, who, _BRANCH_NEST)
            item[row] = _pick(product[group[c]], product_edges[m], product_edges[m + 1], key, who, _BRANCH_PRODUCT)
            kind[row] = NEW
        else:
            item[row] = _pick(used[c], 0, used.shape[1], key, who, _BRANCH_USED)
            kind[row] = USED
    return kind, item


def draw_choices(
    tables: ChoiceTables, nests: Nests, key: np.uint64, agents: Ints, acquire: Floats, cell: Ints
) -> tuple[NDArray[np.int8], Ints]:
    """What each buyer does: KEEP, NEW or USED, shape (buyers,), and which product or used good (-1: keep).

    ``acquire`` is each buyer's probability of acquiring (1 without a car), ``cell`` its kind; both (buyers,).
    """
    nest_edges = np.append(nests.segment_starts, nests.nest_segment.size)
    product_edges = np.append(nests.nest_starts, nests.product_nest.size)
    kind, item = _draw(
        key, agents, acquire, cell, tables.group, tables.new, tables.segment, tables.nest, tables.product, tables.used,
        nest_edges, product_edges,
    )  # fmt: skip
    return np.asarray(kind), np.asarray(item)
