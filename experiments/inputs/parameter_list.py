"""Every parameter by the name files and commands use, read from its declaration in ``market.scenario``."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from market.base import quarters
from market.base.lever_path import LeverPath
from market.base.names import closest, likeness
from market.base.parameter import Group, bounds, why_one_value
from market.rules import RULES
from market.scenario import Scenario

Value = float | int | bool | str
_NEAR_WORD = 0.8  # ratio of difflib from which a word is taken for a slip of another
_MOST_TOLD = 5  # parameters of one meaning that an error names

OUTSIDE_THE_HASH = ("rules", "plugins", "data")
"""Groups that a run's hashes leave out while they are at their defaults, so that older hashes stand."""
PACKS, PACKS_SHA256 = "data.packs", "data.sha256"
"""Folders of data packs, which is where they lie and no part of what a run is, and the hash of what they hold."""


@dataclass(frozen=True)
class ParameterInfo:
    """One parameter: ``name`` is ``group.key``; ``low`` and ``high`` are None where there are no bounds.

    ``one_value``: why it cannot change at dates; nothing for a lever that can.
    """

    name: str
    kind: type
    default: Value
    unit: str
    role: str
    source: str
    meaning: str
    low: float | None
    high: float | None
    choices: tuple[str, ...] = ()
    one_value: str = "only levers change at dates"

    @property
    def allowed(self) -> str:
        """What values are allowed, in words."""
        if self.kind is bool:
            return "true or false"
        if self.unit == "quarter":
            return "a quarter written like 2024Q4"
        if self.choices:
            return ", ".join(self.choices)
        if self.name.startswith("rules."):
            return f"{', '.join(RULES[self.name.removeprefix('rules.')])}, or a rule of a plugin"
        if self.low is None or self.high is None:
            return "any text"
        return f"{self.low:.10g} to {self.high:.10g} ({self.unit})"


@cache
def every_parameter() -> dict[str, ParameterInfo]:
    """All parameters by ``group.key``, in the order of their declaration."""
    found: dict[str, ParameterInfo] = {}
    for group_name, group_type in groups().items():
        for key, field in group_type.model_fields.items():
            extra = field.json_schema_extra
            if not isinstance(extra, dict) or not isinstance(field.annotation, type):
                raise TypeError(f"parameter {group_name}.{key} is declared without unit, role and source")
            low, high = bounds(field)
            found[f"{group_name}.{key}"] = ParameterInfo(
                name=f"{group_name}.{key}",
                kind=field.annotation,
                default=field.default,
                unit=str(extra["unit"]),
                role=str(extra["role"]),
                source=str(extra["source"]),
                meaning=str(field.description),
                low=low,
                high=high,
                one_value=why_one_value(field),
                choices=tuple(map(str, chosen)) if isinstance(chosen := extra.get("choices"), list) else (),
            )
    return found


@cache
def groups() -> dict[str, type[Group]]:
    """The groups of parameters by name."""
    return {
        name: field.annotation
        for name, field in Scenario.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group)
    }


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean NAME?`` for the nearest known name, or nothing if none is near."""
    found = closest(name, list(known))
    return f"; did you mean {found}?" if found else ""


def nearest_parameter(name: str) -> str:
    """The same for a parameter; where no name is near, those whose meaning has the words of the name."""
    near = nearest(name, every_parameter())
    if near:
        return near
    group, _, key = name.rpartition(".")
    words = re.findall(r"[a-z]{4,}", key.lower())
    found = [each for each, known in every_parameter().items() if words and _means(known, group, words)]
    if not 1 <= len(found) <= _MOST_TOLD:
        return ""
    return f"; did you mean {' or '.join(filter(None, (', '.join(found[:-1]), found[-1])))}?"


def _means(known: ParameterInfo, group: str, words: Sequence[str]) -> bool:
    """Whether a parameter, of the group if there is such a group, has all these words, or slips of them, as meaning."""
    if group in groups() and not known.name.startswith(f"{group}."):
        return False
    told = re.findall(r"[a-z]+", f"{known.name} {known.meaning}".lower())
    return all(any(likeness(word, each) >= _NEAR_WORD for each in told) for word in words)


def path_of(scenario: Scenario, name: str) -> LeverPath | None:
    """How a scenario lets the lever ``group.key`` change at dates; None if it gives one value."""
    group, key = name.split(".")
    value = getattr(getattr(scenario, group), key)
    return value if isinstance(value, LeverPath) else None


def value_of(scenario: Scenario, name: str) -> Value:
    """The value a scenario gives to the parameter ``group.key``: until the first date if it changes at dates."""
    group, key = name.split(".")
    value: Value | LeverPath = getattr(getattr(scenario, group), key)
    return value.before if isinstance(value, LeverPath) else value


def steps_by_name(name: str, path: LeverPath) -> dict[str, Value]:
    """The dated values of a lever by ``group.key@quarter``, and when they are known if that is before they hold."""
    found: dict[str, Value] = {}
    for step in path.steps:
        dated = f"{name}@{quarters.label(step.start)}"
        found[dated] = step.value
        if step.known < step.start:
            found[f"{dated}.known"] = quarters.label(step.known)
    return found


def steps_of(scenario: Scenario, name: str) -> dict[str, Value]:
    """The dated values a scenario gives to a lever (``steps_by_name``); none to one with one value."""
    path = path_of(scenario, name)
    return steps_by_name(name, path) if path else {}


def values_of(scenario: Scenario) -> dict[str, Value]:
    """Every parameter by ``group.key``, each lever followed by its dated values (``steps_of``)."""
    found: dict[str, Value] = {}
    for name in every_parameter():
        found[name] = value_of(scenario, name)
        found |= steps_of(scenario, name)
    return found


def differences(scenario: Scenario) -> dict[str, tuple[Value, Value]]:
    """What differs from the reference: (value, reference value) by ``group.key``, and what changes at dates."""
    found: dict[str, tuple[Value, Value]] = {}
    for name, known in every_parameter().items():
        value, steps = value_of(scenario, name), steps_of(scenario, name)
        if value != known.default:
            found[name] = (value, known.default)
        found |= {dated: (each, "-" if dated.endswith(".known") else known.default) for dated, each in steps.items()}
    return found


def counted(scenario: Scenario) -> dict[str, Value]:
    """Every parameter that counts for a run's identity, by ``group.key``: all but ``OUTSIDE_THE_HASH`` at defaults."""
    known = every_parameter()
    return {
        name: value
        for name, value in values_of(scenario).items()
        if name.partition(".")[0] not in OUTSIDE_THE_HASH or value != known[name].default
    }


def identifying(content: Mapping[str, Value]) -> dict[str, Value]:
    """What of parameters by ``group.key`` says which run it is: all but the folders that data packs lie in."""
    return {name: value for name, value in content.items() if name != PACKS}
