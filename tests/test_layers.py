"""The import rule: agents <- market <- experiments <- detour, in a layer one way along its sectors; all absolute.

An import counts wherever it stands: at the top, in a function, or for a type checker alone.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.house import LAYERS, ROOT, lay, sources

AGENTS = (
    "arrays", "calendar", "expectations", "random", "charging", "trust", "buyers", "population", "cells", "power",
    "makers",
)  # fmt: skip
"""Parts of ``agents`` in the order in which they may import each other."""
MARKET = (
    "base", "exogenous", "vehicles", "policies", "charging", "trust", "buyers", "fleet", "cells", "power", "makers",
    "conversion", "audit", "outcomes", "version", "rules", "plugins", "packs", "scenario", "state", "recorder",
    "sectors", "accounts", "outputs", "model",
)  # fmt: skip
"""Parts of ``market`` in the order in which they may import each other."""
ORDER = {"agents": AGENTS, "market": MARKET}
WHOLE = {"Market", "Sectors"}  # types that hold everything
SEE_THE_WHOLE = {"market.model", "market.sectors", "market.outputs", "market.accounts"}
SEE_THE_SCENARIO = {"market.model", "market.sectors", "market.scenario"}


def _imports(tree: ast.Module) -> Iterator[str]:
    """Names a module loads; ``from a import b`` gives ``a.b``, ``import_module("a.b")`` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "import_module":
            texts = (each for argument in node.args for each in ast.walk(argument))
            yield from (each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _layer_faults(modules: dict[str, ast.Module]) -> list[str]:
    return [
        f"{module} imports {name}"
        for module, tree in modules.items()
        for name in _imports(tree)
        if name.split(".")[0] in LAYERS[LAYERS.index(module.split(".")[0]) + 1 :]
    ]


def _sector_faults(modules: dict[str, ast.Module]) -> list[str]:
    """Imports against the order of a layer's parts, and parts that have no place in it."""
    faults = []
    for module, tree in modules.items():
        layer, _, rest = module.partition(".")
        order, part = ORDER.get(layer, ()), rest.partition(".")[0]
        if not (order and part):
            continue
        if part not in order:
            faults.append(f"{layer}.{part} has no place in the order of {layer}; give it one")
            continue
        for name in _imports(tree):
            first, _, other = name.partition(".")
            other = other.partition(".")[0]
            if first == layer and (other not in order or order.index(other) > order.index(part)):
                faults.append(f"{module} imports {name}, which comes after it")
    return faults


def _relative_faults(modules: dict[str, ast.Module]) -> list[str]:
    return [
        f"{module}, line {node.lineno}: write the import in full"
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]


def _cycle_faults(modules: dict[str, ast.Module]) -> list[str]:
    loads: dict[str, set[str]] = {}
    for module, tree in modules.items():
        targets = {name if name in modules else name.rpartition(".")[0] for name in _imports(tree)}
        loads[module] = targets & modules.keys()
    try:
        TopologicalSorter(loads).prepare()
    except CycleError as error:
        return [" is imported by ".join(error.args[1])]
    return []


def _named(annotation: ast.expr) -> set[str]:
    """Names in an annotation, also in one that is written as text."""
    names = set()
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names |= _named(ast.parse(node.value, mode="eval").body)
    return names


def _blackboard_faults(modules: dict[str, ast.Module]) -> list[str]:
    """Where agents or sectors are handed the whole market, or all parameters."""
    faults = []
    for module, tree in modules.items():
        if module.split(".")[0] not in ORDER:
            continue
        if module not in SEE_THE_SCENARIO and any(name.startswith("market.scenario") for name in _imports(tree)):
            faults.append(f"{module} sees all parameters; take the group or the numbers it reads")
        for node in ast.walk(tree):
            if not isinstance(node, ast.arg) or node.annotation is None or module in SEE_THE_WHOLE:
                continue
            if _named(node.annotation) & WHOLE:
                faults.append(f"{module}, line {node.lineno}: {node.arg} is the whole market; take what is read")
    return faults


def _package_faults(root: Path) -> list[str]:
    """Packages whose ``__init__.py`` is missing or holds more than a docstring; that of ``detour`` is the door."""
    faults = []
    for folder in sorted({path.parent for layer in LAYERS[:-1] for path in (root / layer).rglob("*.py")}):
        init, where = folder / "__init__.py", folder.relative_to(root)
        body = ast.parse(init.read_text(encoding="utf-8")).body if init.exists() else []
        if not body or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Constant):
            faults.append(f"{where} needs an __init__.py that opens with a docstring")
        faults.extend(f"{where}/__init__.py, line {each.lineno}: only a docstring belongs here" for each in body[1:])
    return faults


def test_the_packages_hold_code() -> None:
    assert {module.split(".")[0] for module in sources(ROOT)} == set(LAYERS)


def test_no_layer_imports_one_above_it() -> None:
    assert _layer_faults(sources(ROOT)) == []


def test_no_sector_imports_one_after_it() -> None:
    assert _sector_faults(sources(ROOT)) == []


def test_every_place_in_the_order_is_taken_and_the_two_layers_have_their_sectors_in_one_order() -> None:
    parts = {module.split(".")[0]: set[str]() for module in sources(ROOT)}
    for module in sources(ROOT):
        parts[module.split(".")[0]] |= set(module.split(".")[1:2])
    assert parts["agents"] == set(AGENTS)
    assert parts["market"] == set(MARKET)
    assert [part for part in AGENTS if part in MARKET] == [part for part in MARKET if part in AGENTS]


def test_imports_are_absolute() -> None:
    assert _relative_faults(sources(ROOT)) == []


def test_no_modules_import_each_other_in_a_ring() -> None:
    assert _cycle_faults(sources(ROOT)) == []


def test_no_sector_is_handed_the_whole_market_or_all_parameters() -> None:
    assert _blackboard_faults(sources(ROOT)) == []


def test_packages_open_with_a_docstring_and_hold_no_code() -> None:
    assert _package_faults(ROOT) == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"agents/a.py": "import market.tables\n"}, "agents.a imports market.tables"),
        ({"agents/a.py": "from market import tables\n"}, "agents.a imports market.tables"),
        ({"market/m.py": "def f():\n    from experiments.run import go\n"}, "market.m imports experiments.run.go"),
        ({"experiments/e.py": "import detour\n"}, "experiments.e imports detour"),
        (
            {"market/m.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import experiments.run\n"},
            "market.m imports experiments.run",
        ),
        (
            {"agents/a.py": "start = import_module('market.a' if quick else 'agents.b')\n"},
            "agents.a imports market.a",
        ),
    ],
)
def test_an_import_of_a_higher_layer_is_caught(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    assert _layer_faults(sources(lay(tmp_path, files))) == [fault]


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        (
            "market/buyers/a.py",
            "from market.fleet.trades import trade\n",
            "market.buyers.a imports market.fleet.trades.trade, which comes after it",
        ),
        (
            "market/power/a.py",
            "from market import state\n",
            "market.power.a imports market.state, which comes after it",
        ),
        (
            "market/scenario.py",
            "import market.model\n",
            "market.scenario imports market.model, which comes after it",
        ),
        (
            "agents/buyers/a.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from agents.makers import automaker\n",
            "agents.buyers.a imports agents.makers.automaker, which comes after it",
        ),
        ("market/extras/a.py", "", "market.extras has no place in the order of market; give it one"),
    ],
)
def test_an_import_against_the_order_of_sectors_is_caught(tmp_path: Path, path: str, source: str, fault: str) -> None:
    assert _sector_faults(sources(lay(tmp_path, {path: source}))) == [fault]


@pytest.mark.parametrize(
    "source",
    [
        "def pay(market: 'Market') -> None: ...\n",
        "def pay(*, market: model.Market) -> None: ...\n",
        "def pay(market: 'Sectors | None' = None) -> None: ...\n",
        "class Payer:\n    def pay(self, *markets: Market) -> None: ...\n",
        "def pay(first: Callable[[Market], float]) -> None: ...\n",
        "def pay():\n    from market.scenario import Scenario\n",
        "from market import scenario\n",
    ],
)
def test_a_sector_that_takes_the_whole_market_or_all_parameters_is_caught(tmp_path: Path, source: str) -> None:
    assert len(_blackboard_faults(sources(lay(tmp_path, {"market/m.py": source})))) == 1


@pytest.mark.parametrize("statement", ["from . import b\n", "from .b import c\n"])
def test_a_relative_import_is_caught(tmp_path: Path, statement: str) -> None:
    house = lay(tmp_path, {"agents/a.py": statement})
    assert _relative_faults(sources(house)) == ["agents.a, line 1: write the import in full"]


@pytest.mark.parametrize(
    "closing",
    ["import market.a\n", "def f():\n    import market.a\n", "if TYPE_CHECKING:\n    from market.a import A\n"],
)
def test_a_ring_of_imports_is_caught(tmp_path: Path, closing: str) -> None:
    files = {"market/a.py": "from market import b\n", "market/b.py": "from market.c import d\n", "market/c.py": closing}
    (fault,) = _cycle_faults(sources(lay(tmp_path, files)))
    assert all(name in fault for name in ("market.a", "market.b", "market.c"))


@pytest.mark.parametrize("source", ["", "import os\n", '"""Text."""\nSTATE = 1\n', '"""Text."""\nimport os\n'])
def test_a_package_without_docstring_or_with_code_is_caught(tmp_path: Path, source: str) -> None:
    assert len(_package_faults(lay(tmp_path, {"market/__init__.py": source}))) == 1
