"""Peer effects: the value of neighbors' BEVs to a buyer, and the fixed points of that feedback (M7)."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from agents.arrays import Floats

_QUARTERS_SEEN = 4
_LEAST_FOLDED = 4.0  # above it s = sigmoid(V + kappa s) can have three solutions: s (1 - s) is at most 1/4


def neighbor_value_kusd(bev_share: Floats, weight: float, alpha_powertrain: float) -> Floats:
    """S: (kappa_s / alpha_2) x mean share of BEVs in the zone's last four quarters, k$; shape (zones,) (M7).

    ``bev_share``: (quarters, zones), share of new sales, oldest first. Raises ValueError without any quarter.
    """
    if bev_share.shape[0] == 0:
        raise ValueError("peer effects need at least one quarter of sales")
    return np.asarray(weight / alpha_powertrain * bev_share[-_QUARTERS_SEEN:].mean(axis=0))


@dataclass(frozen=True)
class FixedPoints:
    """Equilibrium BEV shares of a zone, increasing, and whether each is stable; one shape."""

    share: Floats
    is_stable: NDArray[np.bool_]


def fixed_points(value: float, weight: float) -> FixedPoints:
    """All s with s = sigmoid(value + weight s), in log-odds; stable where weight s (1 - s) < 1 (M7).

    One for a weight up to 4, at most three above (Brock and Durlauf 2001). Raises ValueError for a negative weight.
    """
    if weight < 0.0:
        raise ValueError(f"the weight of peer effects must not be negative; got {weight}")

    def excess(share: float) -> float:
        return float(expit(value + weight * share)) - share

    fold = np.sqrt(1.0 - _LEAST_FOLDED / weight) if weight > _LEAST_FOLDED else 0.0
    turning_points = [0.5 - fold / 2.0, 0.5 + fold / 2.0] if fold > 0.0 else []
    pieces = pairwise([0.0, *turning_points, 1.0])
    found = {float(brentq(excess, low, high)) for low, high in pieces if excess(low) * excess(high) <= 0.0}
    share = np.array(sorted(found))
    return FixedPoints(share, weight * share * (1.0 - share) < 1.0)
