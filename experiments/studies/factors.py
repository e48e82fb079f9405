"""Factors of a design: a parameter varied over a range or a list of values, checked against its declaration."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from experiments.errors import InputError
from experiments.parameter_list import ParameterInfo, Value, nearest


class DesignError(InputError):
    """A design or its file is wrong."""


class Range(BaseModel):
    """All values from ``low`` to ``high``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    low: float
    high: float


@dataclass(frozen=True)
class Factor:
    """A parameter and what it is varied over: a range, or a list of values if ``levels`` is not empty."""

    known: ParameterInfo
    levels: tuple[Value, ...]
    low: float = math.nan
    high: float = math.nan

    @property
    def name(self) -> str:
        """The parameter's dotted name."""
        return self.known.name

    def at(self, share: float) -> Value:
        """The value at a share of one of the way from the lowest to the highest, or through the list."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        value = min(max(self.low + share * (self.high - self.low), self.low), self.high)  # rounding may step outside
        return round(value) if self.known.kind is int else float(value)

    @property
    def ends(self) -> tuple[Value, ...]:
        """The two ends of the range, or every value of the list."""
        return self.levels or (self.at(0.0), self.at(1.0))


def checked_factor(
    label: str, name: str, given: Sequence[Value] | Range, declared: Mapping[str, ParameterInfo]
) -> Factor:
    """The factor if its parameter exists and every value is allowed. Raises DesignError with ``label`` in front."""
    known = known_parameter(label, name, declared)
    if isinstance(given, Range):
        if known.kind in (bool, str):
            raise DesignError(f"{label}: {name} has no range, it is {known.allowed}; give a list of values")
        if not given.low < given.high:
            raise DesignError(f"{label}: {name} goes from {given.low:g} to {given.high:g}; low must be below high")
        low, high = (float(checked_value(label, known, end)) for end in (given.low, given.high))
        return Factor(known, (), low, high)
    if not given:
        raise DesignError(f"{label}: {name} has an empty list of values; give at least one")
    levels = tuple(checked_value(label, known, value) for value in given)
    if len(set(levels)) < len(levels):
        raise DesignError(f"{label}: {name} has the same value twice; name each once")
    return Factor(known, levels)


def around_default(known: ParameterInfo, within: float) -> Factor:
    """The parameter from its default a share ``within`` of the way to either bound; on and off if it is a switch."""
    if known.low is None or known.high is None:
        return Factor(known, (False, True))
    default = float(known.default)
    return Factor(known, (), default - within * (default - known.low), default + within * (known.high - default))


def known_parameter(label: str, name: str, declared: Mapping[str, ParameterInfo]) -> ParameterInfo:
    """Declaration of a parameter. Raises DesignError."""
    if name not in declared:
        hint = nearest(name, declared) or "; `detour list` shows all"
        raise DesignError(f"{label}: {name} is not a parameter{hint}")
    return declared[name]


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
