"""Rows that lie far from each other, chosen among many."""

import numpy as np

from agents.arrays import Floats, Ints


def spread_out(candidates: Floats, points: int) -> Ints:
    """Places of rows chosen one by one, the first in the middle, each other farthest from those before; (points,)."""
    chosen = [int(np.argmin(((candidates - candidates.mean(axis=0)) ** 2).sum(axis=1)))]
    nearest = np.full(len(candidates), np.inf)
    while len(chosen) < min(points, len(candidates)):
        nearest = np.minimum(nearest, ((candidates - candidates[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(np.argmax(nearest)))
    return np.array(chosen)
