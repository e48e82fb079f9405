"""The emulator as it is kept: what twelve levers do to each indicator by quarter, evaluated as the page does it.

An indicator's path is a mean path plus a few principal components, each a Gaussian process over the unit cube of the
levers: a Matern kernel of smoothness 5/2 and a quadratic one, so that trends go on between runs.
"""

from collections.abc import Mapping

import numpy as np
from pydantic import BaseModel, ConfigDict

from agents.arrays import Floats
from experiments.errors import InputError
from experiments.explorer.levers import ExplorerLever


class Component(BaseModel):
    """A principal component of an indicator: its ``shape`` by quarter, and the process its score follows.

    ``lengths``: of each lever's side of the unit cube; ``smooth``, ``trend``: variances of the two kernels; ``bias``:
    what the quadratic kernel adds to a dot product; ``weights``: of the runs it was fitted to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: list[float]
    smooth: float
    lengths: list[float]
    trend: float
    bias: float
    weights: list[float]


class Emulated(BaseModel):
    """An indicator: ``mean`` path, components, and ``band``, the half width by quarter that holds most runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: list[float]
    components: list[Component]
    band: list[float]


class Emulator(BaseModel):
    """Emulated indicators by column; ``runs``: the runs it was fitted to in the unit cube, (runs, levers)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: list[str]
    low: list[float]
    high: list[float]
    default: list[float]
    runs: list[list[float]]
    indicators: dict[str, Emulated]

    @property
    def levers(self) -> list[ExplorerLever]:
        """The levers in the order of the cube's sides."""
        return [ExplorerLever(*each) for each in zip(self.names, self.low, self.high, self.default, strict=True)]

    def in_cube(self, values: Mapping[str, float]) -> Floats:
        """Place in the unit cube, (levers,), of levers that are moved; the others stand where the reference has them.

        Raises InputError for a lever there is none of, and outside of the range of the runs.
        """
        unknown = sorted(values.keys() - set(self.names))
        if unknown:
            raise InputError(f"{unknown[0]} is not a lever of the explorer; it has {', '.join(self.names)}")
        for lever in self.levers:
            value = values.get(lever.name, lever.default)
            if not lever.low <= value <= lever.high:
                raise InputError(
                    f"{lever.name} is {value:g}; there is an estimate from {lever.low:g} to {lever.high:g} alone: "
                    f"run it with detour run --set {lever.name}={value:g}"
                )
        low: Floats = np.array(self.low)
        high: Floats = np.array(self.high)
        given: Floats = np.array([values.get(each.name, each.default) for each in self.levers])
        return (given - low) / (high - low)

    def at(self, values: Mapping[str, float]) -> dict[str, Floats]:
        """Estimated paths after the observed quarters, (quarters,), by column; none is below 0. Raises InputError."""
        place, runs = self.in_cube(values), np.array(self.runs)
        return {name: np.maximum(path_of(each, runs, place), 0.0) for name, each in self.indicators.items()}


def path_of(emulated: Emulated, runs: Floats, place: Floats) -> Floats:
    """The path of an indicator, (quarters,), at a place in the unit cube, (levers,)."""
    path: Floats = np.array(emulated.mean)
    for each in emulated.components:
        path += np.array(each.shape) * float(kernel(each, runs, place) @ np.array(each.weights))
    return path


def kernel(each: Component, runs: Floats, place: Floats) -> Floats:
    """Covariance of a place with the runs, (runs,)."""
    far = np.sqrt(5.0 * (((runs - place) / np.array(each.lengths)) ** 2).sum(axis=1))
    smooth: Floats = each.smooth * (1.0 + far + far**2 / 3.0) * np.exp(-far)
    return smooth + each.trend * (each.bias + runs @ place) ** 2
