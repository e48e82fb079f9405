"""What the next Reset will run: chosen scenario, seed, size and moved levers."""

import json
import math
import re
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.errors import InputError
from experiments.inputs.parameter_list import Value
from experiments.inputs.scenario_files import ScenarioError, given_values, shipped_names
from experiments.page.levers import Lever, moved, told_of, without
from experiments.page.start import Start, labels, settled, shown, written
from market.scenario import Scenario

_DIGITS = re.compile(r"-?[0-9]{1,20}")
_OPTION = re.compile(r"^--set:? ")
_MOST_STEPS = 100  # that can be undone
_MOST_DATES = 20  # of a lever
_LONGEST_TEXT = 100  # characters of a step's text


def _number(typed: Any) -> Any:
    """The whole number of typed digits; anything else as it is."""
    return int(typed) if isinstance(typed, str) and _DIGITS.fullmatch(typed.strip()) else typed


@dataclass(frozen=True)
class Draft:
    """The choices of one tab; ``changed``: levers moved away from the scenario's values."""

    start: Start
    changed: dict[str, Value] = field(default_factory=dict)

    def base(self) -> Scenario:
        """The chosen scenario without moved levers."""
        return self.start.load().scenario

    def scenario(self) -> Scenario:
        """The scenario with its levers as they stand. Raises ScenarioError."""
        return self.start.load(levers=self.changed).scenario

    def for_reset(self) -> dict[str, Any]:
        """What Mesa's controls make the next player with. Raises ScenarioError."""
        return {"parameters": self.scenario(), "rng": self.start.seed}

    def scenarios(self) -> dict[str, str]:
        """What can be chosen: scenarios by what the chooser calls them."""
        return labels([*dict.fromkeys((settled().scenario, self.start.scenario)), *shipped_names()])

    def with_scenario(self, label: object) -> "Draft":
        """Another scenario by its label; levers go back to its values. Raises InputError."""
        known = self.scenarios()
        if not isinstance(label, str) or label not in known:
            raise InputError(f"Scenario: {shown(label)} is not one of this page; choose from its list")
        return Draft(replace(self.start, scenario=known[label]))

    def with_seed(self, seed: Any) -> "Draft":
        """Another seed, a number or its digits. Raises InputError."""
        return replace(self, start=replace(self.start, seed=_number(seed)))

    def with_consumers(self, consumers: Any) -> "Draft":
        """Another size, a number or its digits. Raises InputError."""
        return replace(self, start=replace(self.start, consumers=_number(consumers)))

    def with_lever(self, lever: Lever, value: Any) -> "Draft":
        """A lever moved, until its first date if it has dates. Raises ScenarioError."""
        if isinstance(value, list):
            raise ScenarioError(f"{lever.name} is {shown(value)}; give one value")
        checked = given_values([f"{lever.name}={written(value)}"])[lever.name]
        return self._told(lever, {**told_of(lever, self.scenario()), lever.name: checked})

    def with_dates(self, lever: Lever, steps: Any) -> "Draft":
        """A lever whose dated steps are replaced: each with ``from``, ``value`` and, if it is known before, ``known``.

        Raises ScenarioError.
        """
        before = told_of(lever, self.scenario())[lever.name]
        if not isinstance(steps, list) or len(steps) > _MOST_DATES:
            raise ScenarioError(f"{lever.name}: give its dates as a list of at most {_MOST_DATES} steps")
        if not steps:
            return self._told(lever, {lever.name: before})
        first = f"{{ value = {written(before)} }}"
        return self._told(lever, given_values([f"{lever.name}=[{', '.join([first, *map(_step_text, steps)])}]"]))

    def _told(self, lever: Lever, told: dict[str, Value]) -> "Draft":
        draft = replace(self, changed=moved(self.changed, lever, told, self.base()))
        draft.scenario()  # what joins several parameters is checked too
        return draft

    def without_changes(self) -> "Draft":
        """All levers put back."""
        return replace(self, changed={})

    def without(self, lever: Lever) -> "Draft":
        """One lever put back, with its dates."""
        return replace(self, changed=without(lever, self.changed))


def said(refusal: InputError) -> str:
    """Why a choice is refused, without the option of a command that would say the same."""
    return _OPTION.sub("", str(refusal))


def _step_text(step: object) -> str:
    """A step that a browser sent as a scenario file would have it, whatever it holds."""
    if not isinstance(step, dict):
        return _text(step)
    return f"{{ {', '.join(f'{_text(key)} = {_text(value)}' for key, value in step.items())} }}"


def _text(value: object) -> str:
    """A number as it is, true or false, anything else as a TOML string."""
    if isinstance(value, bool):
        return written(value)
    number = isinstance(value, int | float) and math.isfinite(value)
    return repr(value) if number else json.dumps(str(value)[:_LONGEST_TEXT])


@dataclass(frozen=True)
class DraftSteps:
    """Drafts that were left, the last one last, and drafts that were taken back, the next to make again last."""

    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()

    def after(self, before: Draft, now: Draft) -> "DraftSteps":
        """The steps once a choice has led from one draft to another."""
        return self if before == now else DraftSteps((*self.past, before)[-_MOST_STEPS:])

    def undone(self, now: Draft) -> tuple[Draft, "DraftSteps"]:
        """The draft before and the steps there; as it is if there is none."""
        return (self.past[-1], DraftSteps(self.past[:-1], (*self.future, now))) if self.past else (now, self)

    def redone(self, now: Draft) -> tuple[Draft, "DraftSteps"]:
        """The draft that was taken back last and the steps there; as it is if there is none."""
        return (self.future[-1], DraftSteps((*self.past, now), self.future[:-1])) if self.future else (now, self)
