"""Faults planted into the model by editing the source of one function in memory."""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest


class Mutant(NamedTuple):
    """A fault: in ``where`` (``module:function`` or ``module:Class.method``) ``old`` reads ``new``."""

    fault: str
    where: str
    old: str
    new: str


def plant(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a fault in place until the test ends, wherever the function has been imported by name."""
    module_name, _, path = mutant.where.partition(":")
    module = importlib.import_module(module_name)
    owner: Any = module
    *outer, name = path.split(".")
    for each in outer:
        owner = getattr(owner, each)
    original = inspect.getattr_static(owner, name)
    source = textwrap.dedent(inspect.getsource(original))
    assert source.count(mutant.old) == 1, f"{mutant.where} holds {mutant.old!r} {source.count(mutant.old)} times"
    made: dict[str, Any] = {}
    exec(source.replace(mutant.old, mutant.new), vars(module), made)  # noqa: S102 - our own source, edited above
    if outer:
        monkeypatch.setattr(owner, name, made[name])
        return
    for held in holders(original):
        monkeypatch.setattr(held, name, made[name])


def holders(function: Callable[..., Any]) -> list[Any]:
    """Modules of ours in which a function stands under its name."""
    ours = [module for key, module in sys.modules.items() if key.partition(".")[0] in ("agents", "market")]
    return [module for module in ours if vars(module).get(function.__name__) is function]
