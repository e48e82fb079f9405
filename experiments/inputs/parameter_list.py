"""Every parameter by the name files and commands use, read from its declaration in ``market.scenario``."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from pydantic.fields import FieldInfo

from market.base.parameter import Group
from market.rules import RULES
from market.scenario import Scenario

Value = float | int | bool | str

OUTSIDE_THE_HASH = ("rules", "plugins")
"""Groups that a run's hashes leave out while they are at their defaults, so that older hashes stand."""


@dataclass(frozen=True)
class ParameterInfo:
    """One parameter: ``name`` is ``group.key``; ``low`` and ``high`` are None where there are no bounds."""

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

    @property
    def allowed(self) -> str:
        """What values are allowed, in words."""
        if self.kind is bool:
            return "true or false"
        if self.choices:
            return " or ".join(self.choices)
        if self.unit == "quarter":
            return "a quarter written like 2024Q4"
        if self.name.startswith("rules."):
            return f"{', '.join(RULES[self.name.removeprefix('rules.')])}, or a rule of a plugin"
        if self.low is None or self.high is None:
            return "any text"
        return f"{self.low:.10g} to {self.high:.10g} ({self.unit})"


def _bound(field: FieldInfo, which: str) -> float | None:
    return next((getattr(rule, which) for rule in field.metadata if hasattr(rule, which)), None)


@cache
def every_parameter() -> dict[str, ParameterInfo]:
    """All parameters by ``group.key``, in the order of their declaration."""
    found: dict[str, ParameterInfo] = {}
    for group_name, group_type in groups().items():
        for key, field in group_type.model_fields.items():
            extra = field.json_schema_extra
            if not isinstance(extra, dict) or not isinstance(field.annotation, type):
                raise TypeError(f"parameter {group_name}.{key} is declared without unit, role and source")
            found[f"{group_name}.{key}"] = ParameterInfo(
                name=f"{group_name}.{key}",
                kind=field.annotation,
                default=field.default,
                unit=str(extra["unit"]),
                role=str(extra["role"]),
                source=str(extra["source"]),
                meaning=str(field.description),
                low=_bound(field, "ge"),
                high=_bound(field, "le"),
                choices=tuple(map(str, chosen)) if isinstance(chosen := extra.get("choices", ()), list) else (),
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
    found = get_close_matches(name, list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""


def value_of(scenario: Scenario, name: str) -> Value:
    """The value a scenario gives to the parameter ``group.key``."""
    group, key = name.split(".")
    value: Value = getattr(getattr(scenario, group), key)
    return value


def differences(scenario: Scenario) -> dict[str, tuple[Value, Value]]:
    """What differs from the reference: (value, reference value) by ``group.key``."""
    pairs = {name: (value_of(scenario, name), known.default) for name, known in every_parameter().items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def counted(scenario: Scenario) -> dict[str, Value]:
    """Every parameter that counts for a run's identity, by ``group.key``: all but ``OUTSIDE_THE_HASH`` at defaults."""
    return {
        name: value_of(scenario, name)
        for name, known in every_parameter().items()
        if name.partition(".")[0] not in OUTSIDE_THE_HASH or value_of(scenario, name) != known.default
    }
