"""What the next Reset will run: chosen scenario, seed, size and moved levers."""

from dataclasses import dataclass, field, replace
from typing import Any

from experiments.page.levers import Lever, moved
from experiments.page.start import Start
from experiments.parameter_list import Value
from market.scenario import Scenario


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

    def with_scenario(self, name: str) -> "Draft":
        """Another scenario; levers go back to its values."""
        return Draft(replace(self.start, scenario=name))

    def with_seed(self, seed: int) -> "Draft":
        """Another seed."""
        return replace(self, start=replace(self.start, seed=seed))

    def with_consumers(self, consumers: int) -> "Draft":
        """Another size."""
        return replace(self, start=replace(self.start, consumers=consumers))

    def with_lever(self, lever: Lever, value: Value) -> "Draft":
        """A lever moved."""
        return replace(self, changed=moved(self.changed, lever, value, self.base()))

    def without_changes(self) -> "Draft":
        """All levers put back."""
        return replace(self, changed={})
