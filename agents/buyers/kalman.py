"""Kalman filter of linear Gaussian states from single observations, exact ones or bounds.

Every function takes any leading axes (rows that are filtered alike and apart); ``states`` is the last one.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from agents.arrays import Floats

_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2.0 * np.pi))
_NARROW_SD = 0.01  # bounds closer than this share of a standard deviation are one observation


@dataclass(frozen=True)
class State:
    """What is known of states: ``mean``, shape (..., states), and ``covariance``, shape (..., states, states)."""

    mean: Floats
    covariance: Floats


def predicted(state: State, transition: Floats, noise: Floats) -> State:
    """The states one period on: x' = ``transition`` x + noise.

    ``transition`` and ``noise`` (a covariance) have shape (..., states, states).
    """
    mean = (transition @ state.mean[..., None])[..., 0]
    return State(mean, transition @ state.covariance @ np.swapaxes(transition, -1, -2) + noise)


def expected(state: State, loading: Floats, noise: Floats | float) -> tuple[Floats, Floats]:
    """Mean and variance of an observation ``loading`` x + noise; ``loading``: (..., states), ``noise``: a variance."""
    seen = _seen(state, loading)
    return (state.mean * loading).sum(axis=-1), (seen * loading).sum(axis=-1) + noise


def updated(
    state: State, loading: Floats, noise: Floats | float, observed: Floats, outlier_sd: float = np.inf
) -> tuple[State, Floats]:
    """The states after an observation, and its log likelihood, shape (...).

    A surprise counts as ``outlier_sd`` standard deviations at most; the likelihood beyond them falls linearly (Huber).
    NaN in ``observed`` changes nothing and has log likelihood 0.
    """
    mean, variance = expected(state, loading, noise)
    there = ~np.isnan(observed)
    spread = np.sqrt(variance)
    surprise = np.where(there, observed - mean, 0.0) / spread
    kept = np.clip(surprise, -outlier_sd, outlier_sd)
    loss = 0.5 * kept**2 + np.abs(kept) * (np.abs(surprise) - np.abs(kept))
    likelihood = np.where(there, -loss - np.log(spread) - _LOG_ROOT_TWO_PI, 0.0)
    return _moved(state, loading, variance, kept * spread, np.where(there, 1.0, 0.0)), likelihood


def truncated_normal(low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, variance and log probability of a standard normal known to lie between two bounds; broadcast shape.

    ``high`` may be infinite; ``low`` must be below ``high`` (Johnson, Kotz and Balakrishnan 1994, 13.10).
    """
    left = low > 0.0  # in the upper tail probabilities are differences of small numbers: those of the mirror image
    above = np.where(left, log_ndtr(-low), log_ndtr(high))
    below = np.where(left, log_ndtr(-high), log_ndtr(low))
    log_chance = above + np.log1p(-np.exp(below - above))
    at_low = np.exp(-0.5 * low**2 - _LOG_ROOT_TWO_PI - log_chance)
    at_high = np.exp(-0.5 * high**2 - _LOG_ROOT_TWO_PI - log_chance)
    mean = at_low - at_high
    ends = low * at_low - np.where(np.isinf(high), 0.0, high) * at_high
    return mean, np.clip(1.0 + ends - mean**2, 0.0, 1.0), log_chance


def updated_between(
    state: State, loading: Floats, noise: Floats | float, low: Floats, high: Floats, outlier_sd: float = np.inf
) -> tuple[State, Floats, Floats]:
    """The states when an observation is known to lie between two bounds; its mean, and the log probability of that.

    The observation takes the moments of a truncated normal (Tobin 1958), so a lower bound far below what is expected
    changes nothing; it moves states as ``outlier_sd`` standard deviations at most would. Bounds a hundredth of a
    standard deviation apart or less are an exact observation of their middle. NaN in ``low``: nothing is known.
    """
    mean, variance = expected(state, loading, noise)
    spread = np.sqrt(variance)
    there = ~np.isnan(low)
    wide = there & (high - np.where(there, low, 0.0) > _NARROW_SD * spread)
    start = np.where(wide, (low - mean) / spread, 0.0)
    rise, left, log_chance = truncated_normal(start, np.where(wide, (high - mean) / spread, np.inf))
    kept = np.where(wide, np.minimum(np.maximum(rise, -outlier_sd), outlier_sd), 0.0)
    between = _moved(state, loading, variance, kept * spread, np.where(wide, 1.0 - left, 0.0))
    middle = np.where(there & ~wide, 0.5 * (low + high), np.nan)
    moved, likelihood = updated(between, loading, noise, middle, outlier_sd)
    seen = np.where(wide, mean + rise * spread, middle)
    return moved, seen, np.where(wide, log_chance, likelihood)


def _seen(state: State, loading: Floats) -> Floats:
    """Covariance of the states with ``loading`` x, shape (..., states)."""
    return (state.covariance @ loading[..., None])[..., 0]


def _moved(state: State, loading: Floats, variance: Floats, surprise: Floats, certain: Floats) -> State:
    """The states when the observation is ``surprise`` off and the share ``certain`` of its variance is gone."""
    seen = _seen(state, loading)
    gain = seen / variance[..., None]
    less = gain[..., :, None] * seen[..., None, :] * certain[..., None, None]
    return State(state.mean + gain * surprise[..., None], state.covariance - less)
