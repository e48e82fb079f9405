"""What the next Reset will run: chosen scenario, seed, size and moved levers."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.errors import InputError
from experiments.inputs.parameter_list import Value, path_of
from experiments.inputs.scenario_files import ScenarioError, given_values, shipped_names
from experiments.page.levers import Lever, moved
from experiments.page.start import Start, labels, settled, shown, written
from market.scenario import Scenario

_DIGITS = re.compile(r"-?[0-9]{1,20}")


_MOST_STEPS = 100


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
        """A lever moved. Raises ScenarioError, and InputError for one that changes at dates in the scenario."""
        if path_of(self.base(), lever.name):
            raise InputError(f"{lever.label}: the scenario changes it at dates; edit its file to change them")
        if isinstance(value, list):
            raise ScenarioError(f"{lever.name} is {shown(value)}; give one value (steps by date: in a file)")
        checked = given_values([f"{lever.name}={written(value)}"])[lever.name]
        return replace(self, changed=moved(self.changed, lever, checked, self.base()))

    def without_changes(self) -> "Draft":
        """All levers put back."""
        return replace(self, changed={})

    def without(self, lever: Lever) -> "Draft":
        """One lever put back."""
        return replace(self, changed={name: value for name, value in self.changed.items() if name != lever.name})


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
