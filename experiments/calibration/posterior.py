"""Posterior draws by regression-adjusted approximate Bayesian computation (Beaumont, Zhang and Balding 2002).

Parameters are handled as normal scores of their priors: quantiles carried to a standard normal, so that a score has
mean 0 and standard deviation 1 before anything is seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from agents.arrays import Floats
from experiments.calibration.emulators import Emulator
from experiments.calibration.targets import Target

_EDGE = 1e-6  # of the unit cube, where a normal score would be infinite
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Imagined:
    """What could have been observed: rows of the unit cube, (rows, priors), and data drawn there, (rows, statistics).

    ``spread``: (statistics,) standard deviation of the data over all rows.
    """

    cube: Floats
    data: Floats
    spread: Floats


def imagined(emulators: Sequence[Emulator], wanted: Mapping[str, Target], cube: Floats, seed: int) -> Imagined:
    """Data at rows of the unit cube: emulated, with the emulator's error, the record's and that of a good model."""
    rng = np.random.default_rng(seed)
    columns = []
    for emulator in emulators:
        parts = [emulator.at(cube[at : at + _ROWS_AT_ONCE]) for at in range(0, len(cube), _ROWS_AT_ONCE)]
        mean, sd = (np.concatenate(each) for each in zip(*parts, strict=True))
        off = np.sqrt(sd**2 + wanted[emulator.statistic].variance)
        columns.append(mean + off * rng.standard_normal(len(cube)))
    data = np.stack(columns, axis=1)
    return Imagined(cube, data, data.std(axis=0))


def posterior_scores(seen: Imagined, observed: Floats, accepted: int, draws: int, seed: int) -> Floats:
    """Draws of normal scores given what was observed, (statistics,); shape (draws, priors).

    The ``accepted`` rows whose data lie nearest are moved to where a weighted linear regression of scores on data puts
    them at the data observed, and drawn from with Epanechnikov's weights.
    """
    off = (seen.data - observed) / seen.spread
    distance = np.sqrt((off**2).sum(axis=1))
    near = np.argsort(distance, kind="stable")[:accepted]
    reach = distance[near[-1]]
    weight = np.maximum(1.0 - (distance[near] / reach) ** 2, 1e-12)
    scores = norm.ppf(np.clip(seen.cube[near], _EDGE, 1.0 - _EDGE))
    factors = np.column_stack([np.ones(len(near)), off[near]])
    root = np.sqrt(weight)[:, None]
    slope, *_ = np.linalg.lstsq(factors * root, scores * root, rcond=None)
    adjusted = scores - off[near] @ slope[1:]
    chosen = np.random.default_rng(seed).choice(len(near), size=draws, p=weight / weight.sum())
    return np.asarray(adjusted[chosen])


def cube_of(scores: Floats) -> Floats:
    """Quantiles of normal scores, any shape."""
    return np.asarray(norm.cdf(scores))
