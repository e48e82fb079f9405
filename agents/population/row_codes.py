"""Codes and records shared by the population kernels: columns, branches of random streams, choice odds."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Column = NDArray[np.unsignedinteger[Any]]
Rows = NDArray[np.int32]
Counts = NDArray[np.int64] | NDArray[np.float64]  # as drawn, or as expected
Change = tuple[Counts, Counts, int]  # of the counts of a ``consumers.Tally``

NO_CAR = 255  # in the column ``car``
OLDEST_QUARTERS = 255  # ages are counted up to here
LATEST_QUARTER = 255  # later decisions are stored as this one
LESSEE, SLEEPING, WAITING = 1, 2, 4  # bits of the column ``flags``

KEEP, NEW, USED = 0, 1, 2

# Branches of the choice stream: the same branch gets the same draw in every scenario.
BRANCH_ACQUIRE, BRANCH_MARKET, BRANCH_SEGMENT, BRANCH_NEST, BRANCH_USED, BRANCH_PRODUCT = 0, 2, 4, 8, 32, 64


class Seats(NamedTuple):
    """Columns of some rows, each (rows,), in the order of ``consumers.COLUMN_TYPES``."""

    zone: Column
    buyer_class: Bytes
    car: Bytes
    age_quarters: Bytes
    next_decision: Bytes
    flags: Bytes


class Coding(NamedTuple):
    """How rows are counted: by zone, class and good owned, and by parts, 0 or 1, of classes and types.

    ``good_of``: (256, 256) good of a car by type and age in quarters; ``part_of_car``, ``part_of_class``: (256,).
    """

    zones: int
    classes: int
    goods: int
    good_of: NDArray[np.int16]
    part_of_car: Bytes
    part_of_class: Bytes


class Opened(NamedTuple):
    """Rows in the market at the opening of a quarter, in order, and the change of counts.

    ``due``: rows with a car whose time has come, and ``kind``: their place in (zones x classes x goods), both (due,);
    ``emptied``: rows that have entered or lost their car; ``lost``: type times 256 and age of the cars lost, (cars,);
    ``by_zone``: change of that count of a ``consumers.Tally``.
    """

    due: Rows
    kind: Rows
    emptied: Rows
    lost: NDArray[np.uint16]
    by_zone: Counts

    def change(self) -> Change:
        """Change of the counts of a ``consumers.Tally``."""
        cars = -np.bincount(self.lost, minlength=256 * (OLDEST_QUARTERS + 1)).reshape(256, -1)
        cars[NO_CAR, 0] += self.lost.size
        return cars, self.by_zone, 0


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
