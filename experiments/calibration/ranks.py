"""Simulation-based calibration: known truths among posterior draws made from what the model gave for them.

If the method is right, the rank of a truth among its draws is uniform (Talts et al. 2018).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import chisquare, norm

from agents.arrays import Floats, Ints
from experiments.calibration.emulators import Emulator, fold_of
from experiments.calibration.posterior import imagined, posterior_scores
from experiments.calibration.targets import Target

DRAWS = 99
BINS = 10
LEVEL = 0.05
"""Chance of calling at least one of all parameters not uniform if all are (Bonferroni)."""


def ranks(
    cube: Floats, seen: pd.DataFrame, by_fold: Sequence[Sequence[Emulator]], wanted: Mapping[str, Target],
    table: Floats, accepted: int, seed: int,
) -> Ints:  # fmt: skip
    """How many of ``DRAWS`` posterior draws lie below each truth, (rows, priors).

    ``cube``: the truths, drawn from the priors; ``seen``: statistics the model gave for them; ``by_fold``: emulators
    fitted without them; ``table``: (n, priors) rows of the unit cube that stand for the priors.
    """
    fold = fold_of(len(cube))
    found = np.empty(cube.shape, dtype=np.int64)
    sd = np.sqrt([wanted[name].variance for name in map(str, seen)])
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(seen.shape) * sd
    for each, emulators in enumerate(by_fold):
        could = imagined(emulators, wanted, table, seed + 1 + each)
        for row in np.flatnonzero(fold == each):
            data = seen.to_numpy()[row] + noise[row]
            draws = posterior_scores(could, data, accepted, DRAWS, int(seed + 100 + row))
            found[row] = (norm.cdf(draws) < cube[row]).sum(axis=0)
    return found


def uniformity(rank: Ints) -> Floats:
    """Chance of ranks as uneven as these if they are uniform, by Pearson's test over ``BINS`` bins; (priors,)."""
    edges = np.linspace(0, DRAWS + 1, BINS + 1)
    return np.array([float(chisquare(np.histogram(column, edges)[0]).pvalue) for column in rank.T])
