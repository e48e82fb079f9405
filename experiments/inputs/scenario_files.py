"""Scenario files: TOML that says only what differs from the reference, with one level of ``extends``.

A file begins with ``question = "..."``, may name another scenario with ``extends = "no-credits"`` and gives
parameters in tables by group. Everything wrong with a file is told in one sentence that names the file, the key
and what is allowed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.errors import InputError
from experiments.inputs.data_packs import joined, packs_in, with_packs
from experiments.inputs.dated_names import declared_as, nested, overlaid
from experiments.inputs.parameter_list import (
    PACKS,
    ParameterInfo,
    Value,
    every_parameter,
    groups,
    nearest,
    nearest_parameter,
    steps_by_name,
)
from experiments.inputs.regular_files import ForeignFileError
from experiments.inputs.toml_files import parse_toml, read_toml
from market.base import quarters
from market.base.lever_path import LeverPath
from market.scenario import Scenario

REFERENCE = "reference"
SHIPPED = Path(str(files("experiments"))) / "scenarios"
_ENDING = ".toml"
_SET = "--set"
_EXAMPLE = "write it like --set buyers.taste_sd_kusd=8"
_LONGEST_PATH = 255  # characters of a file named in a file: what file systems allow a name
_LONGEST_SHOWN = 60  # characters, or bits of a whole number, of a wrong value that are shown


class ScenarioError(InputError):
    """A scenario, its file or an override is wrong."""


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario and the name of its results; ``changed`` tells that overrides or a private file made it."""

    name: str
    scenario: Scenario
    changed: bool


@dataclass(frozen=True)
class _Given:
    """A value somebody gave: ``label`` says where, such as ``no-credits.toml`` or ``--set``."""

    value: Value
    label: str


def shipped_names() -> list[str]:
    """Names of the scenarios that come with Detour, the reference first."""
    names = sorted(path.stem for path in SHIPPED.glob(f"*{_ENDING}"))
    return sorted(names, key=lambda name: name != REFERENCE)


def is_file_name(scenario: str) -> bool:
    """Whether a scenario is given as a file and not by a shipped name."""
    return scenario.endswith(_ENDING) or "/" in scenario or "\\" in scenario


def find(scenario: str) -> Path:
    """File of a scenario given by a shipped name or a path to a ``.toml`` file. Raises ScenarioError."""
    if is_file_name(scenario):
        return Path(scenario)
    names = shipped_names()
    if scenario not in names:
        hint = nearest(scenario, names) or f"; give one of {', '.join(names)} or a {_ENDING} file"
        raise ScenarioError(f"{scenario} is not a scenario{hint}")
    return SHIPPED / f"{scenario}{_ENDING}"


def load_scenario(scenario: str, overrides: Sequence[str] = (), data: Sequence[Path | str] = ()) -> ScenarioFile:
    """The scenario of a shipped name or a ``.toml`` file with ``group.key=value`` overrides. Raises ScenarioError.

    ``data``: folders of data packs, which count before those the scenario names.
    """
    path = find(scenario)
    question, given = _read(path, may_extend=True)
    for text in overrides:
        given = overlaid(given, _override(text))
    label = _SET if overrides else path.name
    try:
        values = with_packs({name: what.value for name, what in given.items()}, data)
    except InputError as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    private = path.parent != SHIPPED and path.stem in shipped_names()
    return ScenarioFile(path.stem, _validated(question, values, label), changed=bool(overrides or data) or private)


def _read(path: Path, *, may_extend: bool) -> tuple[str, dict[str, _Given]]:
    """Question and checked values of a file, those of the scenario it extends first. Raises ScenarioError."""
    content = _parsed(path)
    question, base = content.pop("question", None), content.pop("extends", None)
    if not isinstance(question, str) or not question.strip():
        raise ScenarioError(f'{path.name}: question is missing; begin the file with question = "What if ...?"')
    given: dict[str, _Given] = {}
    if base is not None:
        if not isinstance(base, str) or len(base) > _LONGEST_PATH:
            raise ScenarioError(f"{path.name}: extends must be the name of a scenario or of a {_ENDING} file")
        if not may_extend:
            raise ScenarioError(f"{path.name}: extends {base}, but another file extends it; one level is allowed")
        _, given = _read(_base_path(path, base), may_extend=False)
    for group, content_of_group in content.items():
        given = overlaid(given, _group(path.name, group, content_of_group))
    return question.strip(), _packs_beside(path, given)


def _packs_beside(path: Path, given: dict[str, _Given]) -> dict[str, _Given]:
    """Values of a file, data packs looked for from its folder. Raises ScenarioError."""
    if PACKS not in given:
        return given
    try:
        found = joined(packs_in(str(given[PACKS].value)), path.parent)
    except InputError as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    return {**given, PACKS: _Given(found, given[PACKS].label)}


def _base_path(path: Path, base: str) -> Path:
    try:
        found = find(base)
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: extends: {error}") from error
    return found if found.is_absolute() else path.parent / found


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path)
    except ForeignFileError as error:
        raise ScenarioError(str(error)) from error


def _group(label: str, group: str, content: Any) -> dict[str, _Given]:
    """Checked values of one table of a file. Raises ScenarioError."""
    if group not in groups():
        hint = nearest(group, [*groups(), "question", "extends", *every_parameter()])
        there_are = f"; there are {', '.join(groups())}"
        raise ScenarioError(f"{label}: {group} is not a group of parameters{hint or there_are}")
    if not isinstance(content, Mapping):
        raise ScenarioError(f"{label}: {group} is a group; write [{group}] and its parameters below")
    found: dict[str, _Given] = {}
    for key, value in content.items():
        found |= _named(label, f"{group}.{key}", value)
    return found


def _named(label: str, name: str, value: Any) -> dict[str, _Given]:
    """Checked value of a parameter, or of a lever each step of a list by its date. Raises ScenarioError."""
    known = _known(label, name)
    dated = isinstance(value, list) and (not known.one_value or any(isinstance(each, Mapping) for each in value))
    if not dated:
        return {name: _Given(_checked(label, known, _names_joined(value)), label)}
    if known.one_value or isinstance(known.default, str):
        raise ScenarioError(f"{label}: {name} takes one value; {known.one_value}")
    try:
        path = LeverPath.read(value, known.default, lambda each: _step_value(known, each))
    except ValueError as error:
        raise ScenarioError(f"{label}: {name}: {error}") from error
    return {each: _Given(one, label) for each, one in {name: path.before, **steps_by_name(name, path)}.items()}


def _step_value(known: ParameterInfo, value: object) -> Any:
    """The value of a step in the type of its lever. Raises ValueError that tells what is allowed."""
    try:
        return _checked("", known, value)
    except ScenarioError:
        raise ValueError(f"allowed are {known.allowed}") from None


def _names_joined(value: Any) -> Any:
    """A list of names as one text with commas; anything else as it is."""
    names = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return ", ".join(value) if names else value


def _known(label: str, name: str) -> ParameterInfo:
    try:
        known = declared_as(name, every_parameter())
    except ValueError as error:
        raise ScenarioError(f"{label}: {name} {error}") from error
    if known is None:
        hint = nearest_parameter(name) or "; `detour list` shows all"
        raise ScenarioError(f"{label}: {name} is not a parameter{hint}")
    return known


def _override(text: str) -> dict[str, _Given]:
    """Checked values of ``group.key=value`` by name. Raises ScenarioError."""
    name, sign, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not sign or not written:
        raise ScenarioError(f"{_SET} {text}: {name or 'the parameter'} has no value; {_EXAMPLE}")
    return _named(_SET, name, _toml_value(written))


def given_values(overrides: Sequence[str]) -> dict[str, Value]:
    """Checked values of ``group.key=value`` texts, by name. Raises ScenarioError."""
    found: dict[str, _Given] = {}
    for text in overrides:
        found = overlaid(found, _override(text))
    return {name: given.value for name, given in found.items()}


def _toml_value(written: str) -> Any:
    """A TOML value; a bare word is a string."""
    try:
        parsed = parse_toml(f"value = {written}")
    except ValueError:
        return written
    return parsed["value"] if parsed.keys() == {"value"} else written


def _checked(label: str, known: ParameterInfo, value: Any) -> Value:
    """The value if it has the type of the parameter and lies in its bounds. Raises ScenarioError."""
    wrong = f"{label}: {known.name} is {_shown(value)}"
    if known.kind in (bool, str):
        if type(value) is not known.kind:
            raise ScenarioError(f"{wrong}; it must be {known.allowed}")
        return _quarter(wrong, value) if isinstance(value, str) and known.unit == "quarter" else value
    if isinstance(value, bool) or not isinstance(value, int if known.kind is int else int | float):
        what = "a whole number" if known.kind is int else "a number"
        raise ScenarioError(f"{wrong}; it must be {what}, {known.allowed}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ScenarioError(f"{wrong}; it must be a finite number, {known.allowed}")
    if (known.low is not None and value < known.low) or (known.high is not None and value > known.high):
        raise ScenarioError(f"{wrong}; allowed are {known.allowed}")
    return int(value) if known.kind is int else float(value)


def _shown(value: Any) -> str:
    """A wrong value in few characters."""
    if isinstance(value, int) and value.bit_length() > _LONGEST_SHOWN:
        return "a very large number"
    shown = str(value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."


def _quarter(wrong: str, value: str) -> str:
    try:
        quarters.index(value)
    except ValueError as error:
        raise ScenarioError(f"{wrong}; it must be a quarter written like 2024Q4") from error
    return value


def _validated(question: str, values: Mapping[str, Value], label: str) -> Scenario:
    """The scenario, the rules that join several parameters checked. Raises ScenarioError."""
    content = {"question": question, **nested(values)}
    try:
        return Scenario.model_validate(content, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = str(first.get("ctx", {}).get("error", first["msg"]))
        raise ScenarioError(f"{label}: {place + ': ' if place else ''}{reason}") from error
