"""Emulators: statistics as smooth functions of parameters, with the error they make on evaluations they never saw."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel

from agents.arrays import Floats, Ints
from experiments.calibration.targets import Target

FOLDS = 5
_SMOOTH = 2.5  # Matern's nu: twice differentiable
_LENGTHS = (0.1, 20.0)  # of the unit cube's sides
_NOISE = (1e-6, 1.0)
_RESTARTS = 1
CUT = 3.0
"""Implausibility above which parameters are ruled out (Pukelsheim 1994: 95 % of any distribution with one peak)."""


@dataclass(frozen=True)
class Emulator:
    """A Gaussian process for one statistic over the unit cube of the priors."""

    statistic: str
    center: float
    spread: float
    process: Any

    def at(self, cube: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the statistic at rows of the unit cube, each (rows,)."""
        mean, sd = self.process.predict(cube, return_std=True)
        return self.center + self.spread * mean, self.spread * sd


def fitted(statistic: str, cube: Floats, seen: Floats) -> Emulator:
    """The emulator of a statistic ``seen``, (rows,), at rows of the unit cube: a trend and what is left of it."""
    center, spread = float(seen.mean()), float(seen.std()) or 1.0
    sides = np.ones(cube.shape[1])
    kernel = (
        ConstantKernel(1.0, (1e-3, 1e3)) * Matern(sides, _LENGTHS, nu=_SMOOTH)
        + ConstantKernel(1.0, (1e-3, 1e3)) * DotProduct(1.0, (1e-2, 1e2))
        + WhiteKernel(1e-3, _NOISE)
    )
    process = GaussianProcessRegressor(kernel, n_restarts_optimizer=_RESTARTS, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound: that side does not matter
        process.fit(cube, (seen - center) / spread)
    return Emulator(statistic, center, spread, process)


def fold_of(rows: int) -> Ints:
    """Which of ``FOLDS`` parts each row is held out in, (rows,)."""
    return np.arange(rows) % FOLDS


@dataclass(frozen=True)
class HeldOut:
    """What emulators fitted without a row say of it: mean and standard deviation, (rows, statistics)."""

    mean: Floats
    sd: Floats
    by_fold: tuple[tuple[Emulator, ...], ...]


def held_out(cube: Floats, seen: pd.DataFrame) -> HeldOut:
    """Emulators of every column of ``seen`` fitted ``FOLDS`` times, each without a part of the rows."""
    fold = fold_of(len(seen))
    mean, sd = (np.empty(seen.shape) for _ in range(2))
    by_fold = []
    for each in range(FOLDS):
        without, within = fold != each, fold == each
        own = tuple(fitted(name, cube[without], seen.loc[without, name].to_numpy()) for name in map(str, seen))
        for place, emulator in enumerate(own):
            mean[within, place], sd[within, place] = emulator.at(cube[within])
        by_fold.append(own)
    return HeldOut(mean, sd, tuple(by_fold))


def quality(seen: pd.DataFrame, out: HeldOut, wanted: Mapping[str, Target]) -> pd.DataFrame:
    """A row a statistic: how well emulators know rows they never saw.

    Columns: ``statistic``; ``spread``, standard deviation over the design; ``held_out_rmse``; ``explained_share``, of
    the variance; ``within_two_sd``, share of rows within two standard deviations of the emulator's; ``target_sd``, what
    a miss of the target is measured by.
    """
    off = seen.to_numpy() - out.mean
    return pd.DataFrame(
        {
            "statistic": list(seen),
            "spread": seen.std().to_numpy(),
            "held_out_rmse": np.sqrt((off**2).mean(axis=0)),
            "explained_share": 1.0 - (off**2).mean(axis=0) / seen.var(ddof=0).to_numpy(),
            "within_two_sd": (np.abs(off) <= 2.0 * out.sd).mean(axis=0),
            "target_sd": [np.sqrt(wanted[name].variance) for name in map(str, seen)],
        }
    )


def implausibility(mean: Floats, sd: Floats, wanted: Mapping[str, Target], statistics: list[str]) -> Floats:
    """Distance of emulated statistics from targets in standard deviations, (rows, statistics) (Vernon et al. 2010)."""
    target = np.array([wanted[name].target for name in statistics])
    variance = np.array([wanted[name].variance for name in statistics])
    return np.asarray(np.abs(mean - target) / np.sqrt(variance + sd**2))
