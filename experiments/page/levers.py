"""Levers of the page, made from the declarations of parameters whose role is ``lever``."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.display_names import quarter_at, quarter_name
from experiments.inputs.parameter_list import ParameterInfo, Value, every_parameter, steps_of, value_of
from market.base import quarters
from market.base.lever_path import LeverPath
from market.scenario import Scenario

TITLES = {
    "policy": "Credits and tariffs",
    "storage": "Storage and data centers",
    "cells": "Cell plants",
    "operators": "Charging operators",
    "charging": "Chargers",
    "trust": "Trust and verification",
    "channels": "Ways from cells to car prices",
    "ownership": "Battery aging and warranties",
    "makers": "Vehicles on offer",
    "plans": "EV programs",
    "grid": "Grid",
    "world": "Energy and material prices",
}
"""Headings of the groups of parameters that hold levers, in the order of the page."""
_STEPS = 50  # of a slider, about
_NICE = (1.0, 2.0, 5.0, 10.0)
_ROUNDING = 1e-9
_PERCENT = 100.0
_FIRST_QUARTER = "2025Q1"  # earlier quarters follow the record
_LAST_QUARTER = "2035Q4"


@dataclass(frozen=True)
class Lever:
    """One lever: ``low``, ``high`` and ``step`` are None for a switch or a quarter; ``choices`` those of a quarter.

    ``takes_dates``: whether it is a number that may change at dates.
    """

    name: str
    group: str
    label: str
    unit: str
    default: Value
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[str, ...]
    takes_dates: bool = False

    @property
    def is_switch(self) -> bool:
        """Whether it is yes or no."""
        return isinstance(self.default, bool)

    def shown(self, value: Value) -> str:
        """A value with its unit, shares in percent."""
        if self.is_switch:
            return "yes" if value else "no"
        if isinstance(value, str):
            return quarter_name(value)
        if self.unit.startswith("share"):
            return f"{_PERCENT * value:,.4g} %{self.unit.removeprefix('share')}"
        return f"{value:,.4g}" if self.unit == "1" else f"{value:,.4g} {self.unit}"

    def path_shown(self, path: LeverPath) -> str:
        """Values by date, and when each is known if that is before it holds."""
        parts = [f"{self.shown(path.before)} at first"]
        for step in path.steps:
            known = f", known from {quarter_at(step.known)}" if step.known < step.start else ""
            parts.append(f"{self.shown(step.value)} from {quarter_at(step.start)}{known}")
        return "; ".join(parts)


def nice_step(low: float, high: float, default: float) -> float:
    """Step of a slider: 1, 2 or 5 times a power of ten, about a fiftieth of the way, finer if the default asks it."""
    rough = (high - low) / _STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [nice * power for nice in _NICE if nice * power >= rough * (1.0 - _ROUNDING)]
    coarse = steps[0]
    finer = [nice * power / ten for ten in (1.0, 10.0) for nice in reversed(_NICE) if nice * power / ten < coarse]
    for step in (coarse, *finer):
        place = (default - low) / step
        if abs(place - round(place)) < _ROUNDING * _STEPS:
            return step
    return coarse


def later_quarters() -> tuple[str, ...]:
    """Quarters that are not observed."""
    first, last = quarters.index(_FIRST_QUARTER), quarters.index(_LAST_QUARTER)
    return tuple(quarters.label(quarter) for quarter in range(first, last + 1))


def _lever(known: ParameterInfo) -> Lever:
    numeric = known.low is not None and known.high is not None
    choices = later_quarters() if known.kind is str else ()
    return Lever(
        name=known.name,
        group=known.name.split(".")[0],
        label=known.meaning[:1].upper() + known.meaning[1:],
        unit=known.unit,
        default=known.default,
        low=known.low if numeric else None,
        high=known.high if numeric else None,
        step=nice_step(float(known.low or 0.0), float(known.high or 0.0), float(known.default)) if numeric else None,
        choices=choices,
        takes_dates=numeric and not known.one_value,
    )


def every_lever() -> dict[str, list[Lever]]:
    """Levers by group, groups in the order of the page."""
    found: dict[str, list[Lever]] = {group: [] for group in TITLES}
    for known in every_parameter().values():
        if known.role == "lever":
            lever = _lever(known)
            found.setdefault(lever.group, []).append(lever)
    return {group: levers for group, levers in found.items() if levers}


def told_of(lever: Lever, scenario: Scenario) -> dict[str, Value]:
    """What a scenario says of a lever: its value, and under the names of dates what changes."""
    return {lever.name: value_of(scenario, lever.name), **steps_of(scenario, lever.name)}


def is_of(lever: Lever, name: str) -> bool:
    """Whether a name is the lever's, or one of its dates'."""
    return name.partition("@")[0] == lever.name


def is_changed(lever: Lever, changed: Mapping[str, Value]) -> bool:
    """Whether a lever, or a date of it, is changed."""
    return any(is_of(lever, name) for name in changed)


def without(lever: Lever, changed: Mapping[str, Value]) -> dict[str, Value]:
    """What is changed of other levers."""
    return {name: value for name, value in changed.items() if not is_of(lever, name)}


def moved(
    changed: Mapping[str, Value], lever: Lever, told: Mapping[str, Value], scenario: Scenario
) -> dict[str, Value]:
    """What is changed after a lever was moved or its dates edited; one that is as its scenario has it is no change.

    ``told``: all that is said of the lever, as ``told_of`` gives it.
    """
    before, value = value_of(scenario, lever.name), told[lever.name]
    if lever.step is not None:
        value = round(float(value), 10)  # sliders add steps up in binary, and round values to their steps
        value = before if abs(value - float(before)) < lever.step / 2.0 else value
    told = {**told, lever.name: value}
    others = without(lever, changed)
    return others if told == told_of(lever, scenario) else {**others, **told}
