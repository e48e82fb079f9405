"""Rules and policies from a user's own modules: which are named, and what they add. Nothing is loaded unasked."""

import importlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from pydantic import field_validator

from market.base.names import nearest
from market.base.parameter import Group, rule_field
from market.policies.instrument import PurchaseCredit
from market.policies.registry import POLICIES
from market.rules import RULES


class PluginNames(Group):
    """Modules that hold a user's own rules and policies."""

    modules: str = rule_field("", "modules with rules and policies of your own, with commas; loaded only where allowed")

    @field_validator("modules", mode="before")
    @classmethod
    def _joined(cls, value: object) -> object:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    @property
    def names(self) -> tuple[str, ...]:
        """The modules one by one."""
        return tuple(name.strip() for name in self.modules.split(",") if name.strip())


@dataclass(frozen=True)
class Plugins:
    """What loaded modules add: rules by kind and name, and purchase credits by name."""

    modules: tuple[ModuleType, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policies: Mapping[str, type[PurchaseCredit]] = field(default_factory=dict)


def load_plugins(names: PluginNames, allowed: Collection[str] = ()) -> Plugins:
    """Import the modules named and collect their ``RULES`` and ``POLICIES``.

    Raises PermissionError, before anything is imported, if a module is not among the ``allowed``, ImportError if one
    cannot be imported, and ValueError if what it adds is of no known kind or takes a name that is taken.
    """
    refused = [name for name in names.names if name not in allowed]
    if refused:
        raise PermissionError(
            f"plugins.modules names {refused[0]!r}, and a file makes no code run by itself; allow it with "
            f"--allow-plugins {refused[0]}, or allow_plugins=({refused[0]!r},) from Python"
        )
    rules: dict[str, dict[str, Any]] = {}
    policies: dict[str, type[PurchaseCredit]] = {}
    loaded = tuple(_imported(name) for name in names.names)
    for module in loaded:
        for kind, added in getattr(module, "RULES", {}).items():
            if kind not in RULES:
                raise ValueError(f"{module.__name__}.RULES has a kind {kind!r}; {nearest(kind, RULES)}")
            _join(rules.setdefault(kind, {}), added, RULES[kind], f"{module.__name__}.RULES[{kind!r}]")
        _join(policies, getattr(module, "POLICIES", {}), POLICIES, f"{module.__name__}.POLICIES")
    return Plugins(loaded, rules, policies)


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"plugins.modules names {name!r}, which cannot be imported ({error}); run where it is, or put its folder "
            "on PYTHONPATH"
        ) from error


def _join(into: dict[str, Any], added: Mapping[str, Any], shipped: Mapping[str, Any], where: str) -> None:
    for name, what in added.items():
        if name in into or name in shipped:
            raise ValueError(f"{where} holds {name!r}, which is taken; give it a name of its own")
        into[name] = what
