"""When a study has replications enough: the interval of an outcome is narrow at every point."""

import math

import numpy as np
from scipy.special import stdtrit

from agents.arrays import Floats
from experiments.inputs.design import Stop


def students_quantile(confidence: float, degrees: int) -> float:
    """How many standard errors half of Student's interval spans."""
    return float(stdtrit(degrees, 0.5 * (1.0 + confidence)))


def half_width(values: Floats, confidence: float) -> Floats:
    """Half of Student's interval of the mean over the last axis; infinite for fewer than two values."""
    n = values.shape[-1]
    if n < 2:  # noqa: PLR2004 - a spread needs two values
        return np.full(values.shape[:-1], math.inf)
    quantile = students_quantile(confidence, n - 1)
    return np.asarray(quantile * values.std(axis=-1, ddof=1) / math.sqrt(n))


def enough(values: Floats, rule: Stop) -> bool:
    """Whether to stop; ``values``: the outcome, shape (points, replications), NaN where a run failed.

    A point with a failed run never has enough: its interval is not known.
    """
    if values.shape[1] < rule.at_least:
        return False
    shown = values[1:] - values[0] if rule.difference else values
    return bool((half_width(shown, rule.confidence) <= rule.half_width).all())
