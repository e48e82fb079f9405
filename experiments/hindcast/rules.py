"""Simple rules that a model must beat: each sees the record up to an origin and gives a path."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.optimize import least_squares
from scipy.special import expit

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import QUARTERLY_DAMPING, QUARTERLY_GAINS, HoltForecast
from experiments.hindcast.measures import stretched, unstretched

Rule = Callable[[Floats, int, bool], Floats]
"""From what is known, (times,), a number of steps and whether it is a share: the path ahead, (steps,)."""

_LEAST_ERRORS = 4  # past errors of a rule from which a band is told
_BASS_START = (2e-4, 0.08, 20.0)  # innovation and imitation a quarter, and what is sold in all, quarters of the market
_BASS_BOUNDS = ((1e-6, 1e-3, 0.1), (0.05, 0.5, 120.0))  # 120: thirty years in which every new car is one


def last_value(known: Floats, steps: int, share: bool) -> Floats:  # noqa: ARG001, FBT001 - rules are called alike
    """The last figure for ever."""
    return np.full(steps, known[-1])


def same_season(known: Floats, steps: int, share: bool) -> Floats:  # noqa: ARG001, FBT001 - rules are called alike
    """The figure of the same quarter in the last year known."""
    return np.asarray(known[-QUARTERS_PER_YEAR + np.arange(steps) % QUARTERS_PER_YEAR])


def damped_trend(known: Floats, steps: int, share: bool) -> Floats:  # noqa: FBT001 - rules are called alike
    """Holt's damped trend on the stretched scale, with the gains and damping that automakers use."""
    scaled = stretched(known, share=share)
    trend = HoltForecast(scaled[:1], np.zeros(1))
    for each in scaled[1:]:
        trend = trend.updated(each, *QUARTERLY_GAINS)
    ahead = [float(trend.ahead(step, QUARTERLY_DAMPING)[0]) for step in range(1, steps + 1)]
    return unstretched(np.array(ahead), share=share)


def logistic(known: Floats, steps: int, share: bool) -> Floats:  # noqa: ARG001, FBT001 - rules are called alike
    """Log-odds on a straight line through all that is known, by least squares."""
    time = np.arange(known.size + steps, dtype=np.float64)
    slope, level = np.polyfit(time[: known.size], stretched(known, share=True), 1)
    return np.asarray(expit(level + slope * time[known.size :]))


def bass(known: Floats, steps: int, share: bool) -> Floats:  # noqa: ARG001, FBT001 - rules are called alike
    """The diffusion curve of Bass (1969) through shares of a market of constant size, by least squares."""
    end = np.arange(known.size + steps + 1, dtype=np.float64)

    def path(innovation: float, imitation: float, in_all: float) -> Floats:
        kept = np.exp(-(innovation + imitation) * end)
        return np.asarray(in_all * np.diff((1.0 - kept) / (1.0 + imitation / innovation * kept)))

    def off(logs: Floats) -> Floats:
        return path(*np.exp(logs))[: known.size] - known

    low, high = (np.log(edge) for edge in _BASS_BOUNDS)
    found = least_squares(off, np.log(_BASS_START), bounds=(low, high), x_scale=1.0, ftol=1e-10)
    return path(*np.exp(found.x))[known.size :]


RULES: Mapping[str, Rule] = {"last_value": last_value, "same_season": same_season, "damped_trend": damped_trend}
"""Those that hold for every quarterly series."""
YEARLY_RULES: Mapping[str, Rule] = {"last_value": last_value, "damped_trend": damped_trend}
DIFFUSION: Mapping[str, Rule] = {"logistic": logistic, "bass": bass}
"""Those for what spreads."""


def past_errors(rule: Rule, known: Floats, step: int, *, share: bool) -> Floats:
    """What a rule was off so many steps ahead, from every time at which it knew a year; on the stretched scale."""
    scaled = stretched(known, share=share)
    ends = range(QUARTERS_PER_YEAR, known.size - step + 1)
    made = [stretched(rule(known[:end], step, share)[-1:], share=share)[0] for end in ends]
    return scaled[QUARTERS_PER_YEAR + step - 1 :] - np.array(made) if made else np.zeros(0)


def members_of(value: float, errors: Floats, *, share: bool) -> Floats:
    """An ensemble around a rule's value: as far off as it has been, (errors,); the value alone where that is unknown.

    Errors are mirrored: a rule is not expected to go on missing on one side.
    """
    if errors.size < _LEAST_ERRORS:
        return np.array([value])
    center = stretched(np.array([value]), share=share)[0]
    return unstretched(center + np.concatenate([errors, -errors]), share=share)
