"""Allocation of cell output to uses: one linear program over lines and uses (M13)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from agents.arrays import Floats


class AllocationError(RuntimeError):
    """The linear program of the cell allocation has no solution."""


@dataclass(frozen=True)
class Allocation:
    """Output by line and use, GWh, shape (lines, uses); total margin, M$; dual prices, $/kWh.

    ``capacity_dual``: (lines,) worth of more capacity; ``demand_dual``: (uses,) worth of more demand.
    """

    gwh: Floats
    margin_musd: float
    capacity_dual: Floats
    demand_dual: Floats


def allocate_cells(
    margin_usd_per_kwh: Floats, can_make: NDArray[np.bool_], capacity_gwh: Floats, demand_gwh: Floats
) -> Allocation:
    """Output that earns most: each line within its capacity, each use within its demand (M13).

    ``margin_usd_per_kwh`` and ``can_make``: (lines, uses); ``capacity_gwh``: (lines,); ``demand_gwh``: (uses,).
    What earns nothing is not made. Raises AllocationError if the solver fails.
    """
    lines, uses = margin_usd_per_kwh.shape
    line, use = np.nonzero(can_make & (margin_usd_per_kwh > 0.0))
    gain = margin_usd_per_kwh[line, use]
    made = np.zeros((lines, uses))
    if gain.size == 0:
        return Allocation(made, 0.0, np.zeros(lines), np.zeros(uses))
    pair = np.arange(gain.size)
    limits = np.concatenate([capacity_gwh, demand_gwh])
    takes = np.zeros((limits.size, gain.size))
    takes[line, pair] = takes[lines + use, pair] = 1.0
    solved = linprog(-gain, A_ub=takes, b_ub=limits, method="highs")
    if not solved.success:
        raise AllocationError(f"cells could not be allocated: {solved.message}")
    made[line, use] = solved.x
    dual = -np.asarray(solved.ineqlin.marginals)
    return Allocation(made, float((gain * made[line, use]).sum()), dual[:lines], dual[lines:])
