"""Posterior draws of a problem with a known answer, and ranks that tell a right method from a wrong one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from agents.arrays import Floats, Ints
from experiments.calibration.emulators import FOLDS, Emulator
from experiments.calibration.posterior import Imagined, posterior_scores
from experiments.calibration.priors import CARRIED, FITTED, names
from experiments.calibration.ranks import DRAWS, ranks, uniformity
from experiments.calibration.tables import draws_table, parameters_table
from experiments.calibration.targets import Target

SD = 0.5
WANTED = {"score": Target("score", 0.0, SD, 0.0, "", "")}


@dataclass(frozen=True)
class _Score:
    """Stands for a Gaussian process that knows the statistic: the first parameter's normal score."""

    def predict(self, cube: Floats, *, return_std: bool) -> tuple[Floats, Floats]:
        assert return_std
        return norm.ppf(cube[:, 0]), np.zeros(len(cube))


KNOWN = Emulator("score", 0.0, 1.0, _Score())


def _imagined(rows: int) -> Imagined:
    rng = np.random.default_rng(1)
    cube = rng.random((rows, 2))
    data = norm.ppf(cube[:, :1]) + SD * rng.standard_normal((rows, 1))
    return Imagined(cube, data, data.std(axis=0))


def test_a_normal_posterior_is_found() -> None:
    draws = posterior_scores(_imagined(40_000), np.array([1.0]), accepted=4_000, draws=4_000, seed=2)
    error = 4.0 * np.sqrt(0.2 / 1_000)  # of a mean of weighted draws, chance of a miss below 1e-4
    assert draws[:, 0].mean() == pytest.approx(0.8, abs=error)  # 1 / (1 + SD^2)
    assert draws[:, 0].std() == pytest.approx(np.sqrt(0.2), abs=0.05)
    assert draws[:, 1].mean() == pytest.approx(0.0, abs=4.0 / np.sqrt(1_000))
    assert draws[:, 1].std() == pytest.approx(1.0, abs=0.1)


def _ranks(noise: float) -> Ints:
    rng = np.random.default_rng(4)
    cube, table = rng.random((300, 2)), rng.random((6_000, 2))
    seen = pd.DataFrame({"score": norm.ppf(cube[:, 0]) + noise * rng.standard_normal(300)})
    return ranks(cube, seen, [[KNOWN]] * FOLDS, WANTED, table, accepted=400, seed=1)


def test_ranks_of_truths_are_uniform_if_the_method_is_right() -> None:
    found = _ranks(0.0)
    assert found.min() >= 0
    assert found.max() <= DRAWS
    assert (uniformity(found) > 0.001).all()  # a right method fails once in 500 seeds


def test_ranks_find_noise_that_the_method_does_not_know_of() -> None:
    assert uniformity(_ranks(2.0))[0] < 1e-4


def test_a_parameter_whose_posterior_is_its_prior_is_not_identified() -> None:
    rng = np.random.default_rng(6)
    scores = rng.standard_normal((2_000, len(FITTED)))
    scores[:, 0] *= 0.3
    rank = rng.integers(0, DRAWS + 1, (500, len(FITTED)))
    rank[:, 2] = 0
    scores[:, 3] += 0.8
    found = parameters_table(scores, rank).set_index("parameter")["identified"]
    assert found[names()[0]] == "yes"
    assert found[names()[1]] == "no"
    assert found[names()[2]] == "not trusted"
    assert found[names()[3]] == "yes"
    assert set(found[list(names(CARRIED))]) == {"no target"}


def test_draws_hold_every_parameter_and_the_same_seed_gives_them_again() -> None:
    scores = np.zeros((3, len(FITTED)))
    found = draws_table(scores, seed=1)
    assert list(found) == ["draw", *names(), *names(CARRIED)]
    assert found.equals(draws_table(scores, seed=1))
    assert len(set(found["charging.network_weight"])) == 1
    assert len(set(found["cells.hurdle"])) == len(scores)
