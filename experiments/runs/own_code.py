"""Code of a user's own that runs are made with: plugins that may be loaded, and rules given as objects from Python."""

import hashlib
import pickle
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from market.model import Market
from market.plugins import Plugins, load_plugins
from market.recorder import TABLES
from market.rules import chosen_rules
from market.scenario import Scenario

_HASH_SHOWN = 8  # characters of a hash that tell objects of one class apart


@dataclass(frozen=True)
class OwnCode:
    """``allowed``: modules a scenario may name as plugins; ``rules``: objects in place of the rules named, by kind."""

    allowed: tuple[str, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of the modules whose source is part of what made a run, sorted."""
        return tuple(sorted({*self.allowed, *(_home(rule) for rule in self.rules.values())}))

    @property
    def labels(self) -> dict[str, str]:
        """What a run's identity says of each object by ``rules.kind``: where it is from, a hash of what it holds."""
        return {f"rules.{kind}": _label(rule) for kind, rule in self.rules.items()}

    def check_sendable(self) -> None:
        """Raise InputError for an object that another process could not load by the name of its module."""
        for kind, rule in self.rules.items():
            if not callable(rule):
                raise InputError(
                    f"the rule given for {kind} is {rule!r}; give what can be called, or its name in a scenario"
                )
            what = f"the rule given for {kind}, {_name(rule)},"
            way_out = "put it into a module of its own and import it from there"
            if _home(rule) == "__main__":
                raise InputError(f"{what} is defined in __main__, which workers cannot import; {way_out}")
            if _pickled(rule) is None:
                raise InputError(f"{what} cannot be sent to workers; {way_out}")

    def plugins(self, scenario: Scenario) -> Plugins:
        """The plugins a scenario names, loaded. Raises InputError if one is not allowed or not what it should be."""
        try:
            added = load_plugins(scenario.plugins, self.allowed)
            chosen_rules(scenario.rules, added.rules, self.rules)
        except (OSError, ImportError, ValueError, TypeError) as error:
            raise InputError(str(error)) from error
        return added

    def market(self, scenario: Scenario, seed: int, record: Collection[str] = tuple(TABLES)) -> Market:
        """A market that decides by these rules and keeps these tables. Raises InputError as ``plugins`` does."""
        return Market(scenario, rng=seed, rules=self.rules, plugins=self.plugins(scenario), record=record)


NO_OWN_CODE = OwnCode()
"""Only what is shipped."""


def allowed_here(modules: Sequence[str]) -> OwnCode:
    """Plugins that the user of a command allows; they may lie in the folder where it is started."""
    if modules and "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    return OwnCode(tuple(modules))


def _home(rule: Any) -> str:
    return str(getattr(rule, "__module__", type(rule).__module__))


def _name(rule: Any) -> str:
    return str(getattr(rule, "__qualname__", type(rule).__qualname__))


def _pickled(rule: Any) -> bytes | None:
    """The object as bytes; None if it cannot be sent, as a function within a function cannot."""
    try:
        return pickle.dumps(rule)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None


def _label(rule: Any) -> str:
    name = f"{_home(rule)}.{_name(rule)}"
    return f"{name} {hashlib.sha256(_pickled(rule) or name.encode()).hexdigest()[:_HASH_SHOWN]}"
