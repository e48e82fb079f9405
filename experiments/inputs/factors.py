"""Factors of a design: a parameter varied over a range or a list of values, checked against its declaration."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from experiments.errors import InputError
from experiments.inputs.dated_names import declared_as
from experiments.inputs.parameter_list import ParameterInfo, Value, nearest

Distribution = Literal["uniform", "log", "normal"]
DISTRIBUTIONS: tuple[str, ...] = get_args(Distribution)
_TAIL = 0.025  # of a normal distribution, beyond either end that Morris and one at a time step to
_HALF = 0.5


class DesignError(InputError):
    """A design or its file is wrong."""


class Spread(BaseModel):
    """What a factor is varied over, as a table of a design file: numbers of a distribution, or ``values``.

    ``uniform`` and ``log`` (the logarithm is uniform): from ``low`` to ``high``. ``normal``: ``mean`` and ``sd``, cut
    off at the parameter's bounds or at ``low`` and ``high``. Factors of one ``group`` are weighed together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    distribution: Distribution = "uniform"
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    values: list[Value] | None = None
    group: str | None = Field(None, min_length=1, pattern=r"^[^.]*$")

    @model_validator(mode="after")
    def _told_whole(self) -> Self:
        given = {name for name in ("low", "high", "mean", "sd", "values") if getattr(self, name) is not None}
        if self.values is not None:
            fits = given == {"values"} and self.distribution == "uniform"
        elif self.distribution == "normal":
            fits = {"mean", "sd"} <= given
        else:
            fits = given == {"low", "high"}
        if not fits:
            raise ValueError(f"{self.distribution} with {', '.join(sorted(given)) or 'nothing'} says no spread")
        return self

    @model_serializer(mode="wrap")
    def _as_given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if name in self.model_fields_set}


@dataclass(frozen=True)
class Factor:
    """A parameter and what it is varied over: a list of values if ``levels`` is not empty, else a distribution.

    ``low``, ``high``: the ends of its range; of a normal distribution what holds its central 95 %. ``cut``: where a
    normal distribution ends. Factors of one ``group`` are moved and weighed together; None: by itself.
    """

    known: ParameterInfo
    levels: tuple[Value, ...]
    low: float = math.nan
    high: float = math.nan
    normal: NormalDist | None = None
    cut: tuple[float, float] = (math.nan, math.nan)
    log: bool = False
    group: str | None = None

    @property
    def name(self) -> str:
        """The parameter's dotted name."""
        return self.known.name

    @property
    def discrete(self) -> bool:
        """Whether it has levels: whole numbers or a list."""
        return bool(self.levels) or self.known.kind is int

    def at(self, share: float) -> Value:
        """The value below which a share of one lies; levels take equal parts of a uniform range or of a list."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        low, high = (self.low, self.high) if self.normal is None else self.cut
        around = _HALF if self.known.kind is int else 0.0  # a whole number stands for what is rounded to it
        value = self._quantile(share, low - around, high + around)
        if self.known.kind is int:
            value = math.floor(value + _HALF)
        value = min(max(value, low), high)  # rounding may step outside
        return int(value) if self.known.kind is int else float(value)

    def _quantile(self, share: float, low: float, high: float) -> float:
        if self.log:
            return low * math.exp(share * math.log(high / low))
        if self.normal is None:
            return low + share * (high - low)
        below, above = self.normal.cdf(low), self.normal.cdf(high)
        wanted = below + share * (above - below)
        if not 0.0 < wanted < 1.0:
            return low if wanted <= 0.0 else high
        return self.normal.inv_cdf(wanted)

    def scaled(self, value: Value) -> float:
        """Where a value stands on the factor's own scale: 0 at its lowest end, 1 at its highest.

        Switches and words stand at equal distances in the order of their list.
        """
        if self.levels and self.known.kind in (bool, str):
            return self.levels.index(value) / max(len(self.levels) - 1, 1)
        numbers = [float(level) for level in self.levels] or [self.low, self.high]
        return (float(value) - min(numbers)) / (max(numbers) - min(numbers))

    @property
    def ends(self) -> tuple[Value, ...]:
        """The two ends of the range, or every value of the list."""
        return self.levels or tuple(self.at(share) for share in self.shares_of_ends)

    @property
    def shares_of_ends(self) -> tuple[float, float]:
        """The shares at which the ends lie: those of a normal distribution hold its central 95 %."""
        return (0.0, 1.0) if self.normal is None else (_TAIL, 1.0 - _TAIL)


def checked_factor(
    label: str, name: str, given: Sequence[Value] | Spread, declared: Mapping[str, ParameterInfo]
) -> Factor:
    """The factor if its parameter exists and every value is allowed. Raises DesignError with ``label`` in front."""
    known = known_parameter(label, name, declared)
    if not isinstance(given, Spread):
        return Factor(known, _checked_levels(label, known, given))
    if given.values is not None:
        return Factor(known, _checked_levels(label, known, given.values), group=given.group)
    if known.kind in (bool, str):
        raise DesignError(f"{label}: {name} has no range, it is {known.allowed}; give a list of values")
    bounds = zip((given.low, given.high), (known.low, known.high), strict=True)
    low, high = (float(checked_value(label, known, bound if end is None else end)) for end, bound in bounds)
    if not low < high:
        raise DesignError(f"{label}: {name} goes from {low:g} to {high:g}; low must be below high")
    if given.distribution == "normal":
        return _normal_factor(label, known, given, (low, high))
    if given.distribution == "log" and low <= 0.0:
        raise DesignError(f"{label}: {name} has a log range from {low:g}; its low must be above 0")
    return Factor(known, (), low, high, log=given.distribution == "log", group=given.group)


def _checked_levels(label: str, known: ParameterInfo, given: Sequence[Value]) -> tuple[Value, ...]:
    if not given:
        raise DesignError(f"{label}: {known.name} has an empty list of values; give at least one")
    levels = tuple(checked_value(label, known, value) for value in given)
    if len(set(levels)) < len(levels):
        raise DesignError(f"{label}: {known.name} has the same value twice; name each once")
    return levels


def _normal_factor(label: str, known: ParameterInfo, given: Spread, cut: tuple[float, float]) -> Factor:
    mean, sd = given.mean or 0.0, given.sd or 0.0
    if not cut[0] <= mean <= cut[1]:
        raise DesignError(f"{label}: {known.name} has mean {mean:g}; it must lie from {cut[0]:g} to {cut[1]:g}")
    if not 0.0 < sd < math.inf:
        raise DesignError(f"{label}: {known.name} has sd {sd:g}; it must be above 0")
    whole = Factor(known, (), normal=NormalDist(mean, sd), cut=cut, group=given.group)
    low, high = (float(end) for end in whole.ends)
    if not low < high:
        raise DesignError(f"{label}: {known.name} with sd {sd:g} has one value only; give a larger sd")
    return replace(whole, low=low, high=high)


def around_default(known: ParameterInfo, within: float) -> Factor:
    """The parameter from its default a share ``within`` of the way to either bound; on and off if it is a switch.

    Ends between two whole numbers are moved outward, to the next whole number within bounds.
    """
    if known.low is None or known.high is None:
        return Factor(known, (False, True))
    default = float(known.default)
    low, high = default - within * (default - known.low), default + within * (known.high - default)
    if known.kind is int:
        low, high = math.floor(low), math.ceil(high)
    return Factor(known, (), float(max(low, known.low)), float(min(high, known.high)))


def known_parameter(label: str, name: str, declared: Mapping[str, ParameterInfo]) -> ParameterInfo:
    """Declaration of a parameter, or of a lever from a date on. Raises DesignError."""
    try:
        known = declared_as(name, declared)
    except ValueError as error:
        raise DesignError(f"{label}: {name} {error}") from error
    if known is None:
        hint = nearest(name, declared) or "; `detour list` shows all"
        raise DesignError(f"{label}: {name} is not a parameter{hint}")
    return known


def checked_value(label: str, known: ParameterInfo, value: Any) -> Any:
    """The value in the parameter's type. Raises DesignError if it is of another type or out of bounds."""
    wrong = f"{label}: {known.name} is {str(value)[:60]}; allowed are {known.allowed}"
    if known.kind in (bool, str):
        if type(value) is not known.kind:
            raise DesignError(wrong)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DesignError(wrong)
    if known.kind is int and value != int(value):
        raise DesignError(f"{label}: {known.name} is {value}; it must be a whole number")
    if (known.low is not None and value < known.low) or (known.high is not None and value > known.high):
        raise DesignError(wrong)
    return int(value) if known.kind is int else float(value)
