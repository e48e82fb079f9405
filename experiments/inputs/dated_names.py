"""Levers that change at dates, value by value and by name, as overrides, factors and records of studies give them.

``group.key@2029Q1`` is the value of a lever from a quarter on, ``group.key@2029Q1.known`` the quarter from which that
is known, and ``group.key`` what holds until the first date.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from experiments.inputs.parameter_list import ParameterInfo, Value, every_parameter
from market.base import quarters
from market.base.lever_path import FROM, KNOWN, VALUE

_KNOWN = f".{KNOWN}"
T = TypeVar("T")


def overlaid(content: Mapping[str, T], given: Mapping[str, T]) -> dict[str, T]:
    """Content by name with what is given on top; a lever's name alone takes the place of all its steps."""
    whole = {name for name in given if "@" not in name}
    kept = {name: value for name, value in content.items() if name in whole or name.partition("@")[0] not in whole}
    return {**kept, **given}


def nested(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Content by name as a scenario takes it: by group and key, levers that change at dates as lists of steps."""
    groups: dict[str, dict[str, Any]] = {}
    steps: dict[str, dict[str, dict[str, Any]]] = {}
    for name, value in content.items():
        lever, _, date = name.partition("@")
        if date:
            what = KNOWN if date.endswith(_KNOWN) else VALUE
            steps.setdefault(lever, {}).setdefault(date.removesuffix(_KNOWN), {})[what] = value
            continue
        group, key = name.split(".")
        groups.setdefault(group, {})[key] = value
    for lever, dated in steps.items():
        group, key = lever.split(".")
        into = groups.setdefault(group, {})
        first = [{VALUE: into[key]}] if key in into else []
        into[key] = [*first, *({FROM: date, **dated[date]} for date in sorted(dated, key=quarters.index))]
    return groups


def in_force(content: Mapping[str, Value], name: str) -> Value:
    """What content says of a name: of a date without a step the value that holds then. Raises KeyError for no lever."""
    if name in content:
        return content[name]
    lever, _, date = name.partition("@")
    if not date:
        raise KeyError(name)
    if date.endswith(_KNOWN):
        return date.removesuffix(_KNOWN)
    dates = [each.partition("@")[2] for each in content if each.startswith(f"{lever}@") and _KNOWN not in each]
    past = [each for each in dates if quarters.index(each) <= quarters.index(date)]
    return content[f"{lever}@{max(past, key=quarters.index)}" if past else lever]


def declared_as(name: str, declared: Mapping[str, ParameterInfo]) -> ParameterInfo | None:
    """Declaration of a parameter or of a lever's step by name; None if there is no such parameter.

    Raises ValueError, what to say after the name, for a date that is none or a parameter that has no dates.
    """
    lever, sign, date = name.partition("@")
    if not sign or lever not in declared:
        return declared.get(name)
    known, quarter = declared[lever], date.removesuffix(_KNOWN)
    if known.one_value:
        raise ValueError(f"has a date, but {lever} takes one value; {known.one_value}")
    _refuse_no_quarter(quarter)
    if date != quarter:
        meaning = f"quarter from which is known: {known.meaning}, from {quarter} on"
        return ParameterInfo(name, str, quarter, "quarter", known.role, "design", meaning, None, None)
    meaning = f"{known.meaning}, from {quarter} on"
    return replace(known, name=name, meaning=meaning, one_value="it is the value from one date on")


def declared_here(name: str) -> ParameterInfo:
    """Declaration of a parameter of the market, or of a lever's step, by a name that is right. Raises KeyError."""
    known = declared_as(name, every_parameter())
    if known is None:
        raise KeyError(name)
    return known


def _refuse_no_quarter(quarter: str) -> None:
    """Raise ValueError, what to say after the name, for a date that is no quarter."""
    try:
        quarters.index(quarter)
    except ValueError as error:
        raise ValueError("has a date that is no quarter; write it like policy.tariff_factor@2029Q1") from error
