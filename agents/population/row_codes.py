"""Codes and records shared by the population kernels: columns, branches of random streams, choice odds."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Column = NDArray[np.unsignedinteger[Any]]
Counts = NDArray[np.int64] | NDArray[np.float64]  # as drawn, or as expected

NO_CAR = 255  # in the column ``car``
OLDEST_QUARTERS = 255  # ages are counted up to here
LATEST_QUARTER = 255  # later decisions are stored as this one
LESSEE, SLEEPING, WAITING = 1, 2, 4  # bits of the column ``flags``

KEEP, NEW, USED = 0, 1, 2

# Branches of the choice stream: the same branch gets the same draw in every scenario.
BRANCH_ACQUIRE, BRANCH_MARKET, BRANCH_SEGMENT, BRANCH_NEST, BRANCH_USED, BRANCH_PRODUCT = 0, 2, 4, 8, 32, 64


class Odds(NamedTuple):
    """Choice probabilities in the form the kernels read: ``new`` as a share, the others as 1 / share.

    With S strata and B groups: ``new`` (S,), ``segment`` (S, segments), ``nest`` (S, nests), ``used`` (S, used
    goods), ``product`` (B, products), ``group`` (S,); ``nest_edges``, ``product_edges``: first nest of each
    segment and first product of each nest, and the end.
    """

    new: NDArray[np.float64]
    segment: NDArray[np.float64]
    nest: NDArray[np.float64]
    used: NDArray[np.float64]
    product: NDArray[np.float64]
    group: NDArray[np.int64]
    nest_edges: NDArray[np.int64]
    product_edges: NDArray[np.int64]
