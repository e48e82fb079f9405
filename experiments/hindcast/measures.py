"""How good forecasts were: scaled errors, continuous ranked probability, coverage, and tests of differences."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from agents.arrays import Floats

BANDS = (0.50, 0.80, 0.95)
"""Shares of outcomes that central bands should hold."""
_LEAST_SHARE, _LEAST_AMOUNT = 1e-6, 1e-9  # below them logarithms are taken of these
_LEAST_FOR_A_SPREAD = 2


def crps(members: Floats, outcome: float) -> float:
    """Continuous ranked probability score of an ensemble, (members,), in its unit; of one member the absolute error.

    Mean distance to the outcome less half the mean distance between two different members: the fair form, whose
    expectation does not depend on their number (Ferro 2014).
    """
    ordered = np.sort(np.asarray(members, dtype=np.float64), kind="stable")
    number = ordered.size
    off = float(np.abs(ordered - outcome).mean())
    if number < _LEAST_FOR_A_SPREAD:
        return off
    weights = 2.0 * np.arange(number) - number + 1.0
    return off - float(weights @ ordered) / (number * (number - 1.0))


def seasonal_scale(known: Floats, season: int) -> float:
    """Mean absolute change over a season of what was known at an origin, (times,): what MASE divides errors by.

    Hyndman and Koehler 2006. NaN with fewer than two changes, or if nothing ever changed.
    """
    changes = np.abs(known[season:] - known[:-season])
    return float(changes.mean()) if changes.size >= _LEAST_FOR_A_SPREAD and changes.any() else float("nan")


def clopper_pearson(hits: int, number: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a share from independent trials (Clopper and Pearson 1934). Raises ValueError without trials.

    Forecasts that overlap in time are not independent: for them it is too narrow.
    """
    if not 0 <= hits <= number or number == 0:
        raise ValueError(f"{hits} hits of {number} are no share; give at least one trial")
    tail = (1.0 - level) / 2.0
    low = 0.0 if hits == 0 else float(stats.beta.ppf(tail, hits, number - hits + 1))
    high = 1.0 if hits == number else float(stats.beta.ppf(1.0 - tail, hits + 1, number - hits))
    return low, high


@dataclass(frozen=True)
class Difference:
    """Mean difference of losses, its standard error, the test's statistic and two-sided p; NaN if none can be had."""

    mean: float
    error: float
    statistic: float
    p_value: float


def diebold_mariano(losses: Floats, horizon: int) -> Difference:
    """Test that two forecasts are as good, from differences of their losses in order of time, (forecasts,).

    Diebold and Mariano 1995 with autocovariances to ``horizon`` - 1, corrected for few forecasts and compared with
    Student's t by Harvey, Leybourne and Newbold 1997. Where the variance comes out negative, that of Bartlett's weights
    is taken. ``horizon`` counts forecasts a step apart.
    """
    number, mean = losses.size, float(losses.mean())
    correction = (number + 1.0 - 2.0 * horizon + horizon * (horizon - 1.0) / number) / number
    if number <= horizon or correction <= 0.0:
        return Difference(mean, np.nan, np.nan, np.nan)
    off = losses - mean
    covariances = np.array([float(off[lag:] @ off[: number - lag]) / number for lag in range(horizon)])
    doubled = np.where(np.arange(horizon) > 0, 2.0, 1.0)
    variance = float(doubled @ covariances)
    if variance <= 0.0:
        variance = float((doubled * (1.0 - np.arange(horizon) / horizon)) @ covariances)
    if variance <= 0.0:
        return Difference(mean, 0.0, np.nan, np.nan)
    error = float(np.sqrt(variance / number / correction))
    return Difference(mean, error, mean / error, float(2.0 * stats.t.sf(abs(mean / error), number - 1)))


def stretched(values: Floats, *, share: bool) -> Floats:
    """Log-odds of shares, logarithms of amounts: the scale on which bands are even."""
    if share:
        return np.asarray(logit(np.clip(values, _LEAST_SHARE, 1.0 - _LEAST_SHARE)))
    return np.log(np.maximum(values, _LEAST_AMOUNT))


def unstretched(values: Floats, *, share: bool) -> Floats:
    """The inverse of ``stretched``."""
    return np.asarray(expit(values) if share else np.exp(values))


def band_edges(members: Floats, *, share: bool) -> Floats:
    """Lower and upper edge of each of ``BANDS``, (bands, 2), from few members, (members,); NaN of fewer than two.

    Student's t around their mean on the stretched scale, for a new draw: eight streams by themselves cannot tell what
    one outcome in twenty leaves out. Members that agree are their own edges.
    """
    if members.size < _LEAST_FOR_A_SPREAD:
        return np.full((len(BANDS), 2), np.nan)
    if not np.ptp(members):
        return np.full((len(BANDS), 2), members[0])
    scaled = stretched(members, share=share)
    spread = scaled.std(ddof=1) * np.sqrt(1.0 + 1.0 / members.size)
    reach = stats.t.ppf((1.0 + np.array(BANDS)) / 2.0, members.size - 1) * spread
    return unstretched(scaled.mean() + np.stack([-reach, reach], axis=1), share=share)
