"""The kinds of arrays that every sector uses, and sums over groups."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def group_sum(values: Floats, group: Ints, groups: int) -> Floats:
    """Sum of ``values``, shape (members,), within each of ``groups`` groups, shape (groups,)."""
    return np.asarray(np.bincount(group, values, minlength=groups), dtype=np.float64)
