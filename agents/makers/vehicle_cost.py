"""Cost of cars without their battery pack after the observed data: learning, or a trend (M12)."""

import numpy as np

from agents.arrays import Floats
from agents.cells.cost import learning_factor


def learned_cost_kusd(cost_kusd: Floats, learning_kusd: float, output_ratio: float, learning_rate: float) -> Floats:
    """Cost when cumulative output is ``output_ratio`` times that at which it was ``cost_kusd``, k$, same shape.

    The part that learns, at most ``learning_kusd``, falls by ``learning_rate`` with every doubling (Wright's law); the
    rest stays.
    """
    learns = np.minimum(np.maximum(cost_kusd, 0.0), learning_kusd)
    return np.asarray(cost_kusd - learns * (1.0 - learning_factor(np.array(output_ratio), learning_rate)))


def trending_cost_kusd(cost_kusd: Floats, rate_per_year: float, years: float) -> Floats:
    """Cost after so many years at a rate of change a year, k$, same shape."""
    return np.asarray(cost_kusd * (1.0 + rate_per_year) ** years)
