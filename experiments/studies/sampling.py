"""Points of a design: a grid, a sample of the unit cube carried to the factors, one factor at a time, or a CSV file."""

import csv
import itertools
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from agents.arrays import Floats
from experiments.parameter_list import ParameterInfo, Value
from experiments.studies.factors import DesignError, Factor, checked_value, known_parameter

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


def from_csv(path: Path, declared: Mapping[str, ParameterInfo]) -> list[Point]:
    """Points of a CSV file whose first line names parameters. Raises DesignError naming the line."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            header, *rows = list(csv.reader(lines))
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "no line of names, or no text"
        raise DesignError(f"{path}: the points cannot be read ({reason}); give a CSV file") from error
    known = [known_parameter(path.name, name.strip(), declared) for name in header]
    if not rows or len(set(header)) < len(header):
        raise DesignError(f"{path.name}: give each parameter once and at least one line of values")
    return [_csv_point(f"{path.name}, line {number}", known, row) for number, row in enumerate(rows, start=2)]


def _csv_point(label: str, known: Sequence[ParameterInfo], row: Sequence[str]) -> Point:
    if len(row) != len(known):
        raise DesignError(f"{label}: {len(row)} values for {len(known)} parameters; give one for each")
    return {each.name: checked_value(label, each, _read(written)) for each, written in zip(known, row, strict=True)}


def _read(written: str) -> Value:
    """A value as TOML writes it; anything else is a text."""
    try:
        value: Value = tomllib.loads(f"value = {written.strip()}")["value"]
    except ValueError:
        return written.strip()
    return value
