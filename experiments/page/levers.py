"""Levers of the page, made from the declarations of parameters whose role is ``lever``."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.display_names import quarter_at, quarter_name
from experiments.inputs.parameter_list import ParameterInfo, Value, every_parameter, value_of
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
    """One lever: ``low``, ``high`` and ``step`` are None for a switch or a quarter; ``choices`` those of a quarter."""

    name: str
    group: str
    label: str
    unit: str
    default: Value
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[str, ...]

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


def _lever(known: ParameterInfo) -> Lever:
    numeric = known.low is not None and known.high is not None
    first, last = quarters.index(_FIRST_QUARTER), quarters.index(_LAST_QUARTER)
    choices = tuple(quarters.label(quarter) for quarter in range(first, last + 1)) if known.kind is str else ()
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
    )


def every_lever() -> dict[str, list[Lever]]:
    """Levers by group, groups in the order of the page."""
    found: dict[str, list[Lever]] = {group: [] for group in TITLES}
    for known in every_parameter().values():
        if known.role == "lever":
            lever = _lever(known)
            found.setdefault(lever.group, []).append(lever)
    return {group: levers for group, levers in found.items() if levers}


def value_shown(lever: Lever, scenario: Scenario, changed: Mapping[str, Value]) -> Value:
    """The value a lever stands at: what was changed, else the scenario's."""
    return changed.get(lever.name, value_of(scenario, lever.name))


def moved(changed: Mapping[str, Value], lever: Lever, value: Value, scenario: Scenario) -> dict[str, Value]:
    """What is changed after a lever was moved; a lever put back to its scenario's value is no change."""
    others = {name: old for name, old in changed.items() if name != lever.name}
    before = value_of(scenario, lever.name)
    if lever.step is not None:
        value = round(float(value), 10)  # sliders add steps up in binary, and round values to their steps
        stays = abs(value - float(before)) < lever.step / 2.0
    else:
        stays = value == before
    return others if stays else {**others, lever.name: value}
