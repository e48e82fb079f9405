"""Designs are spread out."""

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import qmc

from experiments.calibration.spreading import spread_out
from experiments.calibration.waves import maximin


def test_a_hypercube_has_one_row_in_every_part_of_every_side() -> None:
    found = maximin(20, 4, seed=1)
    assert all(sorted((20 * column).astype(int)) == list(range(20)) for column in found.T)


def test_rows_lie_farther_apart_than_those_of_usual_hypercubes() -> None:
    usual = [pdist(qmc.LatinHypercube(3, rng=np.random.default_rng(seed)).random(15)).min() for seed in range(40)]
    assert float(pdist(maximin(15, 3, seed=2)).min()) > np.quantile(usual, 0.95)


def test_the_same_seed_gives_the_same_design() -> None:
    assert (maximin(10, 3, seed=5) == maximin(10, 3, seed=5)).all()
    assert (maximin(10, 3, seed=5) != maximin(10, 3, seed=6)).any()


def test_rows_are_chosen_each_farthest_from_those_before() -> None:
    line = np.array([[0.0], [0.1], [0.5], [0.55], [1.0]])
    assert spread_out(line, 3).tolist() == [2, 0, 4]
    assert len(spread_out(line, 9)) == len(line)
