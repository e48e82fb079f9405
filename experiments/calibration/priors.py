"""What is believed of each parameter before calibration, as a distribution within the parameter's bounds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from scipy import stats

from agents.arrays import Floats
from experiments.inputs.parameter_list import every_parameter

Shape = Literal["lognormal", "normal", "beta", "uniform"]


@dataclass(frozen=True)
class Prior:
    """A parameter's distribution, cut at its bounds.

    ``shape`` and its two numbers: ``lognormal`` median and standard deviation of the logarithm, ``normal`` mean and
    standard deviation, ``beta`` mean and the sum of its two shapes, ``uniform`` ends. ``source``: where it is from.
    """

    parameter: str
    shape: Shape
    first: float
    second: float
    source: str

    def at(self, share: Floats) -> Floats:
        """Values at quantiles, any shape; the same as ``share``, between 0 and 1."""
        law, (low, high) = self._law(), self.bounds
        below, above = law.cdf(low), law.cdf(high)
        return np.asarray(np.clip(law.ppf(below + (above - below) * share), low, high))

    def share_of(self, value: Floats) -> Floats:
        """Quantiles of values within the bounds: the inverse of ``at``."""
        law, (low, high) = self._law(), self.bounds
        below, above = law.cdf(low), law.cdf(high)
        return np.asarray((law.cdf(value) - below) / (above - below))

    @property
    def bounds(self) -> tuple[float, float]:
        """The parameter's own bounds, narrower where parameters must stay in order."""
        info = every_parameter()[self.parameter]
        if info.low is None or info.high is None:
            raise ValueError(f"{self.parameter} has no bounds, so no prior")
        low, high = _IN_ORDER.get(self.parameter, (info.low, info.high))
        return max(low, info.low), min(high, info.high)

    def _law(self) -> Any:
        return _LAWS[self.shape](self.first, self.second)


_LAWS: Mapping[Shape, Callable[[float, float], Any]] = {
    "lognormal": lambda median, sd: stats.lognorm(sd, scale=median),
    "normal": stats.norm,
    "beta": lambda mean, total: stats.beta(mean * total, (1.0 - mean) * total),
    "uniform": lambda low, high: stats.uniform(low, high - low),
}
_IN_ORDER = {"buyers.alpha_powertrain": (0.06, 0.12)}
"""Price coefficients rise from the top of the choice tree to its foot: this one between its neighbors' defaults."""

FITTED: tuple[Prior, ...] = (
    Prior("buyers.alpha_powertrain", "lognormal", 0.077, 0.2, "Allcott et al. 2024; Muehlegger and Rapson 2022"),
    Prior("buyers.resale_weight", "beta", 0.7, 10.0, "judgment: weak evidence"),
    Prior("charging.network_weight", "lognormal", 2.3, 0.5, "Greene et al. 2020; Singh et al. 2025"),
    Prior("trust.neighbour_effect", "normal", 1.2, 0.5, "Tebbe; design (M7)"),
    Prior("trust.waiting_sensitivity", "normal", 0.5, 0.3, "design (M3)"),
    Prior("trust.prior_strength", "lognormal", 10.0, 0.41, "fit to surveys of 2018-22"),
    Prior("trust.event_salience", "lognormal", 3.2, 0.5, "fit to surveys of 2018-22 and published spillovers"),
    Prior("ownership.obsolescence", "uniform", 0.5, 1.0, "design (M20)"),
    Prior("operators.discount_rate", "normal", 0.13, 0.03, "design (M9)"),
    Prior("storage.catch_up_per_year", "lognormal", 0.27, 0.4, "design (M16)"),
)
"""Parameters that runs are held against targets for."""

CARRIED: tuple[Prior, ...] = (
    Prior("cells.hurdle", "uniform", 1.0, 1.6, "Dixit and Pindyck 1994; no conversion before 2023 at any value"),
    Prior("cells.credit_pass_through", "uniform", 0.4, 1.0, "design (R5); 45X began in 2023"),
    Prior("cells.sourcing_spread", "lognormal", 15.0, 0.4, "judgment; no duty moved before 2023"),
    Prior("plans.trend_gain", "beta", 0.3, 10.0, "judgment; products are recorded to the origin"),
)
"""Parameters that nothing known by the end of 2022 tells anything of: drawn from their priors."""


@cache
def names(priors: Sequence[Prior] = FITTED) -> tuple[str, ...]:
    """The parameters of priors, in order."""
    return tuple(prior.parameter for prior in priors)


def values(share: Floats, priors: Sequence[Prior] = FITTED) -> Floats:
    """Parameters at rows of the unit cube, (rows, priors)."""
    return np.stack([prior.at(column) for prior, column in zip(priors, share.T, strict=True)], axis=1)


def shares(points: Floats, priors: Sequence[Prior] = FITTED) -> Floats:
    """The unit cube's rows of parameters, (rows, priors): the inverse of ``values``."""
    return np.stack([prior.share_of(column) for prior, column in zip(priors, points.T, strict=True)], axis=1)
