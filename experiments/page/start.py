"""What the page begins with; the command settles it before the server loads the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.errors import InputError
from experiments.inputs.parameter_list import Value
from experiments.inputs.scenario_files import REFERENCE, ScenarioFile, load_scenario, shipped_names
from experiments.shown_text import plain_text

FEWEST, MOST = 500, 200_000
"""Consumers a page may have: above this a step is no longer felt as live."""
LARGEST_SEED = 2**32 - 1
_LONGEST_SHOWN = 40  # characters of a wrong value


@dataclass(frozen=True)
class Start:
    """Scenario (a shipped name or a file), seed and number of consumers of a new tab.

    Raises InputError if a number is not one a page may run, whatever widget or message it came from.
    """

    scenario: str = REFERENCE
    seed: int = 1
    consumers: int = 10_000

    def __post_init__(self) -> None:
        _check("Consumers", self.consumers, FEWEST, MOST)
        _check("Seed", self.seed, 0, LARGEST_SEED)

    def load(self, scenario: str | None = None, levers: dict[str, Value] | None = None) -> ScenarioFile:
        """A scenario on the fast graph with this number of drawn consumers and changed levers. Raises ScenarioError."""
        sets = {"run.consumers": self.consumers, "run.fast_graph": True, "run.mean_field": False, **(levers or {})}
        overrides = [f"{name}={written(value)}" for name, value in sets.items()]
        return load_scenario(self.scenario if scenario is None else scenario, overrides)


def shown(value: object) -> str:
    """A wrong value in few characters."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _check(what: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise InputError(f"{what}: {shown(value)} is not allowed; give a whole number, {low:,} to {high:,}")


def written(value: object) -> str:
    """A value as the text of an override."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def labels(scenarios: Sequence[str]) -> dict[str, str]:
    """What a chooser calls scenarios: shipped ones by their names, files by theirs, with as many folders as tell apart.

    The scenario by its label, in the order given; a file given twice has one label.
    """
    shipped = set(shipped_names())
    places = {each: Path(each).resolve().parts for each in scenarios if each not in shipped}
    found = {}
    for each in scenarios:
        if each in shipped:
            found[each] = each
            continue
        own = places[each]
        others = {place for place in places.values() if place != own}
        fewest = next(n for n in range(1, len(own) + 1) if all(own[-n:] != other[-n:] for other in others))
        found.setdefault(plain_text("/".join(own[-fewest:])), each)
    return found


_settled: list[Start] = []


def settle(start: Start) -> None:
    """Fix what new tabs of this process begin with."""
    _settled[:] = [start]


def settled() -> Start:
    """What a new tab begins with."""
    return _settled[0] if _settled else Start()
