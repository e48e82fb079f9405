"""What converting each line costs: drawn once a run around the median of its kind (M14)."""

import numpy as np
from scipy.special import ndtri

from agents.arrays import Floats
from agents.cells.line_conversion import LAG_AND_OFFLINE_QUARTERS, ChangeKind, LineKind
from agents.cells.plant import Lines
from agents.random.streams import Purpose, stream_key, uniforms
from market.cells.parameters import Cells


def median_kinds(cells: Cells) -> list[ChangeKind]:
    """The kinds of conversion at their median cost, by ``LineKind``."""
    cost = {
        LineKind.SAME_CELL: cells.same_cell_musd,
        LineKind.OTHER_CHEMISTRY: cells.other_chemistry_musd,
        LineKind.OTHER_FORMAT: cells.other_format_musd,
    }
    return [ChangeKind(*LAG_AND_OFFLINE_QUARTERS[kind], cost[kind]) for kind in LineKind]


def cost_factors(lines: Lines, spread: float, seed: int) -> Floats:
    """Cost of converting each line over the median of its kind: log-normal, one line in each quantile, (lines,).

    ``spread``: standard deviation of the logarithm. Which line has which quantile is drawn by line.
    """
    drawn = uniforms(stream_key(seed, Purpose.LINE_COST, 0), np.arange(lines.size))
    factors = np.ones(lines.size)
    for kind in LineKind:
        of_kind = np.flatnonzero(lines.kind == kind)
        rank = np.argsort(np.argsort(drawn[of_kind], kind="stable"), kind="stable")
        factors[of_kind] = np.exp(spread * ndtri((rank + 0.5) / max(of_kind.size, 1)))
    return factors
