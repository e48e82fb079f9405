"""Kalman filter of linear Gaussian states from single observations, exact ones or lower bounds.

Every function takes any leading axes (rows that are filtered alike and apart); ``states`` is the last one.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from agents.arrays import Floats

_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2.0 * np.pi))


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


def updated_by_bound(
    state: State, loading: Floats, noise: Floats | float, bound: Floats, outlier_sd: float = np.inf
) -> tuple[State, Floats]:
    """The states when an observation is known to be at least ``bound``, and the log probability of that, shape (...).

    The observation takes the mean and variance of a normal truncated from below (Tobin 1958), so a bound far below
    what is expected changes nothing; its mean moves ``outlier_sd`` standard deviations at most. NaN: no bound.
    """
    mean, variance = expected(state, loading, noise)
    there = ~np.isnan(bound)
    spread = np.sqrt(variance)
    height = np.where(there, bound - mean, 0.0) / spread
    log_chance = log_ndtr(-height)
    mills = np.exp(-0.5 * height**2 - _LOG_ROOT_TWO_PI - log_chance)
    certain = np.where(there, np.clip(mills * (mills - height), 0.0, 1.0), 0.0)
    rise = np.where(there, np.minimum(mills, outlier_sd), 0.0)
    return _moved(state, loading, variance, rise * spread, certain), np.where(there, log_chance, 0.0)


def _seen(state: State, loading: Floats) -> Floats:
    """Covariance of the states with ``loading`` x, shape (..., states)."""
    return (state.covariance @ loading[..., None])[..., 0]


def _moved(state: State, loading: Floats, variance: Floats, surprise: Floats, certain: Floats) -> State:
    """The states when the observation is ``surprise`` off and the share ``certain`` of its variance is gone."""
    seen = _seen(state, loading)
    gain = seen / variance[..., None]
    less = gain[..., :, None] * seen[..., None, :] * certain[..., None, None]
    return State(state.mean + gain * surprise[..., None], state.covariance - less)
