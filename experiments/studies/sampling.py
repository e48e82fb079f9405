"""Points of a design: a grid, a sample of the unit cube carried to the factors, or one factor at a time."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from agents.arrays import Floats
from experiments.inputs.factors import Factor
from experiments.inputs.parameter_list import Value

Point = dict[str, Value]
MORRIS_LEVELS = 4  # of each factor's range: Morris 1991's own choice


def weighed(factors: Sequence[Factor]) -> list[str]:
    """What effects are reported for, in order: groups, and factors that have none."""
    return list(dict.fromkeys(factor.group or factor.name for factor in factors))


def unit_problem(factors: Sequence[Factor]) -> dict[str, object]:
    """The factors as SALib wants them, each from 0 to 1."""
    problem = {"num_vars": len(factors), "names": [f.name for f in factors], "bounds": [[0.0, 1.0]] * len(factors)}
    grouped = any(factor.group for factor in factors)
    return {**problem, "groups": [factor.group or factor.name for factor in factors]} if grouped else problem


def unit_sample(kind: str, factors: Sequence[Factor], points: int, seed: int) -> Floats:
    """Rows of the unit cube, shape (rows, factors), the same for the same seed.

    ``points``: rows of a Latin hypercube, base samples of Sobol (Saltelli's scheme: groups + 2 rows each),
    trajectories of Morris (groups + 1 rows each); a factor without a group is one by itself.
    """
    from SALib.sample import morris, sobol  # noqa: PLC0415 - takes seconds to load, and grids need none of it
    from scipy.stats import qmc  # noqa: PLC0415 - as above

    if kind == "latin-hypercube":
        return np.asarray(qmc.LatinHypercube(len(factors), rng=np.random.default_rng(seed)).random(points))
    problem, rng = unit_problem(factors), np.random.default_rng(seed)
    if kind == "sobol":
        return np.asarray(sobol.sample(problem, points, calc_second_order=False, seed=rng))
    return np.asarray(morris.sample(problem, points, num_levels=MORRIS_LEVELS, seed=rng))


def sampled(kind: str, factors: Sequence[Factor], points: int, seed: int) -> list[Point]:
    """Points of the factors at the rows of a sample of the unit cube."""
    sample = unit_sample(kind, factors, points, seed)
    if kind == "morris":
        sample = _on_levels(sample, factors, points, seed)
    return [
        {factor.name: factor.at(float(share)) for factor, share in zip(factors, row, strict=True)} for row in sample
    ]


def _on_levels(grid: Floats, factors: Sequence[Factor], trajectories: int, seed: int) -> Floats:
    """Rows of Morris' grid made to fit what each factor is, shape as before.

    A factor with levels stands somewhere in a quarter of the unit, the same place along a trajectory: then each of
    any number of levels is equally probable, and a step is half of the unit, so never within a level.
    """
    within = np.random.default_rng((seed, MORRIS_LEVELS)).random((trajectories, 1, len(factors)))
    places = np.rint(grid * (MORRIS_LEVELS - 1)).reshape(trajectories, -1, len(factors))
    quarters = ((places + within) / MORRIS_LEVELS).reshape(grid.shape)
    first, last = np.array([factor.shares_of_ends for factor in factors]).T
    return np.where([factor.discrete for factor in factors], quarters, first + grid * (last - first))


def points_in(kind: str, factors: Sequence[Factor], points: int) -> int:
    """How many points a design has, without making them; of every kind but csv."""
    if kind == "grid":
        return math.prod(len(factor.levels) for factor in factors)
    if kind == "one-at-a-time":
        return 1 + sum(len(factor.ends) for factor in factors)
    return (
        points * {"latin-hypercube": 1, "sobol": len(weighed(factors)) + 2, "morris": len(weighed(factors)) + 1}[kind]
    )


def grid(factors: Sequence[Factor]) -> list[Point]:
    """All combinations, the last factor fastest; one empty point without factors."""
    combinations = itertools.product(*(factor.levels for factor in factors))
    return [dict(zip((factor.name for factor in factors), values, strict=True)) for values in combinations]


def one_at_a_time(factors: Sequence[Factor]) -> list[Point]:
    """The scenario itself, then each factor at its ends with all others left alone."""
    return [{}, *({factor.name: value} for factor in factors for value in factor.ends)]
