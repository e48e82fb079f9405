"""Points of a design: a grid, a sample of the unit cube carried to the factors, or one factor at a time."""

import itertools
from collections.abc import Sequence

import numpy as np

from agents.arrays import Floats
from experiments.parameter_list import Value
from experiments.studies.factors import Factor

Point = dict[str, Value]
MORRIS_LEVELS = 4  # of each factor's range: Morris 1991's own choice


def unit_problem(factors: Sequence[Factor]) -> dict[str, object]:
    """The factors as SALib wants them, each from 0 to 1."""
    return {"num_vars": len(factors), "names": [f.name for f in factors], "bounds": [[0.0, 1.0]] * len(factors)}


def unit_sample(kind: str, factors: Sequence[Factor], points: int, seed: int) -> Floats:
    """Rows of the unit cube, shape (rows, factors), the same for the same seed.

    ``points``: rows of a Latin hypercube, base samples of Sobol (Saltelli's scheme: factors + 2 rows each),
    trajectories of Morris (factors + 1 rows each).
    """
    from SALib.sample import morris, sobol  # noqa: PLC0415 - takes seconds to load, and grids need none of it
    from scipy.stats import qmc  # noqa: PLC0415 - as above

    if kind == "latin-hypercube":
        return np.asarray(qmc.LatinHypercube(len(factors), rng=np.random.default_rng(seed)).random(points))
    problem, rng = unit_problem(factors), np.random.default_rng(seed)
    if kind == "sobol":
        return np.asarray(sobol.sample(problem, points, calc_second_order=False, seed=rng))
    return np.asarray(morris.sample(problem, points, num_levels=MORRIS_LEVELS, seed=rng))


def carried(sample: Floats, factors: Sequence[Factor]) -> list[Point]:
    """Points of the factors at the rows of a sample."""
    return [
        {factor.name: factor.at(float(share)) for factor, share in zip(factors, row, strict=True)} for row in sample
    ]


def grid(factors: Sequence[Factor]) -> list[Point]:
    """All combinations, the last factor fastest; one empty point without factors."""
    combinations = itertools.product(*(factor.levels for factor in factors))
    return [dict(zip((factor.name for factor in factors), values, strict=True)) for values in combinations]


def one_at_a_time(factors: Sequence[Factor]) -> list[Point]:
    """The scenario itself, then each factor at its ends with all others left alone."""
    return [{}, *({factor.name: value} for factor in factors for value in factor.ends)]
