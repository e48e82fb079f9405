"""A lever that changes at dates: a step function of the quarter, and how much of it is known in a quarter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from market.base import quarters

FROM, VALUE, KNOWN = "from", "value", "known"
_KEYS = (FROM, VALUE, KNOWN)
_EXAMPLE = 'write it like {from = "2029Q1", value = 0.5}'
_LONGEST_SHOWN = 60  # characters of a wrong step

Check = Callable[[object], float]
"""Gives a value in its parameter's type; raises ValueError that says what is allowed."""


@dataclass(frozen=True)
class Step:
    """``value`` holds from the quarter ``start`` on and can be known from the quarter ``known`` on."""

    start: int
    value: float
    known: int


@dataclass(frozen=True)
class LeverPath:
    """Values of a lever by date; ``before`` holds until the first of ``steps``, whose dates rise."""

    before: float
    steps: tuple[Step, ...]

    @classmethod
    def read(cls, written: Sequence[object], before: float, check: Check) -> Self:
        """The path of a list of steps as files have them; ``before`` unless a first step without a date says it.

        Raises ValueError, a sentence that tells the step and what to do.
        """
        if not written:
            raise ValueError(f"the list of steps is empty; give one value, or for a step {_EXAMPLE}")
        steps = [_told_step(number, each) for number, each in enumerate(written, start=1)]
        if FROM not in steps[0]:
            before = _value(1, steps[0], check)
            steps = steps[1:]
            if not steps:
                raise ValueError("no step has a date; give the value alone")
        first = len(written) - len(steps) + 1
        made = tuple(_step(number, each, check) for number, each in enumerate(steps, start=first))
        for number, (one, other) in enumerate(pairwise(made), start=first + 1):
            if one.start == other.start:
                raise ValueError(f"step {number} has the date of the step before, {_label(one)}; name each date once")
            if one.start > other.start:
                raise ValueError(f"step {number} is from {_label(other)}, after one from {_label(one)}; sort by date")
        return cls(before, made)

    def at(self, quarter: int, seen: int | None = None) -> float:
        """Value in a quarter; with ``seen`` as people expect it in that quarter, who count no step they cannot know."""
        value = self.before
        for step in self.steps:
            if step.start <= quarter and (seen is None or step.known <= seen):
                value = step.value
        return value

    def written(self) -> list[dict[str, float | str]]:
        """The list of steps as files have it; ``read`` gives the same path for it."""
        dated: list[dict[str, float | str]] = [
            {FROM: quarters.label(each.start), VALUE: each.value, KNOWN: quarters.label(each.known)}
            for each in self.steps
        ]
        return [{VALUE: self.before}, *dated]

    def __repr__(self) -> str:
        return repr(self.written())


def mean_growth(rate_at: Callable[[int], float], after: int, until: int) -> float:
    """Growth a year that comes to the same as each quarter at its own yearly rate, from ``after`` to ``until``.

    ``rate_at``: the rate of a quarter, above -1 or exactly it. Exactly the rate where it is the same in all quarters.
    """
    rates = [rate_at(quarter) for quarter in range(after + 1, until + 1)] or [rate_at(until)]
    if len(set(rates)) == 1:
        return rates[0]
    product = 1.0
    for rate in rates:
        product *= 1.0 + rate
    return float(product ** (1.0 / len(rates)) - 1.0)


def _told_step(number: int, step: object) -> Mapping[str, object]:
    if not isinstance(step, Mapping):
        shown = str(step)[:_LONGEST_SHOWN]
        raise ValueError(f"step {number} is {shown}; {_EXAMPLE}")  # noqa: TRY004 - told as any wrong value
    wrong = next((key for key in step if key not in _KEYS), None)
    if wrong is not None:
        raise ValueError(f"step {number} has {str(wrong)[:_LONGEST_SHOWN]}; a step has {', '.join(_KEYS)}")
    if FROM not in step and (number > 1 or KNOWN in step):
        raise ValueError(f"step {number} has no date; {_EXAMPLE}")
    return step


def _step(number: int, step: Mapping[str, object], check: Check) -> Step:
    value = _value(number, step, check)
    start = _quarter(number, FROM, step[FROM])
    if start > quarters.LAST_SIMULATED:
        end = quarters.label(quarters.LAST_SIMULATED)
        raise ValueError(f"step {number} is from {quarters.label(start)}; no run goes beyond {end}")
    known = _quarter(number, KNOWN, step[KNOWN]) if KNOWN in step else start
    if known > start:
        shown = f"step {number} is from {quarters.label(start)} and known from {quarters.label(known)}"
        raise ValueError(f"{shown}; it cannot be known later than it holds")
    return Step(start, value, known)


def _value(number: int, step: Mapping[str, object], check: Check) -> float:
    if VALUE not in step:
        raise ValueError(f"step {number} has no value; {_EXAMPLE}")
    try:
        return check(step[VALUE])
    except ValueError as error:
        raise ValueError(f"step {number} is {str(step[VALUE])[:_LONGEST_SHOWN]}; {error}") from error


def _quarter(number: int, key: str, name: object) -> int:
    try:
        return quarters.index(name if isinstance(name, str) else "")
    except ValueError as error:
        shown = str(name)[:_LONGEST_SHOWN]
        raise ValueError(f"step {number}: {key} is {shown}; it must be a quarter written like 2029Q1") from error


def _label(step: Step) -> str:
    return quarters.label(step.start)
