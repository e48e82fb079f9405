"""Forecasts from data up to the last quarter (M18)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats

QUARTERLY_DAMPING = 0.9
QUARTERLY_GAINS = (0.5, 0.2, QUARTERLY_DAMPING)
"""Of forecasts made each quarter, level and trend: damped trend 0.9 (M18); gains are judgment."""


def adapted(previous: Floats, observed: Floats, gain: float) -> Floats:
    """Adaptive expectation: previous + gain (observed - previous); a value never seen before (NaN) is taken whole."""
    return np.where(np.isnan(previous), observed, previous + gain * (observed - previous))


@dataclass(frozen=True)
class HoltForecast:
    """Level and damped trend of a series; arrays of one shape (Gardner and McKenzie 1985)."""

    level: Floats
    trend: Floats

    def updated(self, observed: Floats, level_gain: float, trend_gain: float, damping: float) -> "HoltForecast":
        """The forecast after one more observation."""
        expected = self.level + damping * self.trend
        level = expected + level_gain * (observed - expected)
        trend = damping * self.trend + trend_gain * (level - self.level - damping * self.trend)
        return HoltForecast(level, trend)

    def ahead(self, steps: int, damping: float) -> Floats:
        """Value expected ``steps`` periods from now."""
        return self.level + self.trend * sum(damping**step for step in range(1, steps + 1))
