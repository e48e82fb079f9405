"""The import rule: agents <- market <- experiments, absolute, without cycles."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("agents", "market", "experiments")
WHOLE = {"Market", "Sectors"}  # types that hold everything
SEE_THE_WHOLE = {"market.model", "market.sectors", "market.outputs", "market.accounts"}


def _sources(root: Path) -> dict[str, ast.Module]:
    """Parsed files of the three packages, by module name (``market.base.tables``; a package by its own name)."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8"), filename=str(path)
        )
        for layer in LAYERS
        for path in sorted((root / layer).rglob("*.py"))
    }


def _imports(tree: ast.Module) -> Iterator[str]:
    """Names a module may load, at the top or inside functions; ``from a import b`` gives ``a.b``.

    What only a type checker reads (``if TYPE_CHECKING:``) is never loaded and does not count.
    """
    unread = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _layer_faults(sources: dict[str, ast.Module]) -> list[str]:
    return [
        f"{module} imports {name}"
        for module, tree in sources.items()
        for name in _imports(tree)
        if name.split(".")[0] in LAYERS[LAYERS.index(module.split(".")[0]) + 1 :]
    ]


def _relative_faults(sources: dict[str, ast.Module]) -> list[str]:
    return [
        f"{module}, line {node.lineno}: write the import in full"
        for module, tree in sources.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]


def _cycle_faults(sources: dict[str, ast.Module]) -> list[str]:
    loads: dict[str, set[str]] = {}
    for module, tree in sources.items():
        targets = {name if name in sources else name.rpartition(".")[0] for name in _imports(tree)}
        loads[module] = targets & sources.keys()
    try:
        TopologicalSorter(loads).prepare()
    except CycleError as error:
        return [" is imported by ".join(error.args[1])]
    return []


def _blackboard_faults(sources: dict[str, ast.Module]) -> list[str]:
    """Where agents or sectors are handed the whole market, or read a type that they may not import."""
    faults = []
    for module, tree in sources.items():
        if module.split(".")[0] == "experiments" or module in SEE_THE_WHOLE:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING":
                faults.append(f"{module}, line {node.lineno}: a type that cannot be imported is not to be used")
            if isinstance(node, ast.arg) and node.annotation is not None:
                named = set(ast.unparse(node.annotation).strip("'").split("."))
                if named & WHOLE:
                    faults.append(f"{module}, line {node.lineno}: {node.arg} is the whole market; take what is read")
    return faults


def _package_faults(root: Path) -> list[str]:
    """Packages whose ``__init__.py`` is missing or holds more than a docstring and public names."""
    faults = []
    for folder in sorted({path.parent for layer in LAYERS for path in (root / layer).rglob("*.py")}):
        init, where = folder / "__init__.py", folder.relative_to(root)
        body = ast.parse(init.read_text(encoding="utf-8")).body if init.exists() else []
        if not body or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Constant):
            faults.append(f"{where} needs an __init__.py that opens with a docstring")
        faults.extend(
            f"{where}/__init__.py, line {statement.lineno}: only a docstring and public names belong here"
            for statement in body[1:]
            if not (isinstance(statement, ast.ImportFrom) or _is_public_names(statement))
        )
    return faults


def _is_public_names(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"


def _lay(root: Path, files: dict[str, str]) -> Path:
    """Write a small house of three packages under ``root``, with ``files`` (path: source) in it."""
    for name, source in ({f"{layer}/__init__.py": '"""Layer."""\n' for layer in LAYERS} | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return root


def test_the_three_packages_hold_code() -> None:
    assert {module.split(".")[0] for module in _sources(ROOT)} == set(LAYERS)


def test_no_layer_imports_one_above_it() -> None:
    assert _layer_faults(_sources(ROOT)) == []


def test_imports_are_absolute() -> None:
    assert _relative_faults(_sources(ROOT)) == []


def test_no_modules_import_each_other_in_a_ring() -> None:
    assert _cycle_faults(_sources(ROOT)) == []


def test_no_sector_is_handed_the_whole_market() -> None:
    assert _blackboard_faults(_sources(ROOT)) == []


def test_packages_open_with_a_docstring_and_hold_no_code() -> None:
    assert _package_faults(ROOT) == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"agents/a.py": "import market.tables\n"}, "agents.a imports market.tables"),
        ({"agents/a.py": "from market import tables\n"}, "agents.a imports market.tables"),
        (
            {"market/m.py": "def f():\n    from experiments.run import go\n"},
            "market.m imports experiments.run.go",
        ),
    ],
)
def test_an_import_of_a_higher_layer_is_caught(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    assert _layer_faults(_sources(_lay(tmp_path, files))) == [fault]


@pytest.mark.parametrize(
    "source",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mesa\n",
        "def pay(market: 'Market') -> None: ...\n",
        "def pay(*, market: model.Market) -> None: ...\n",
    ],
)
def test_a_sector_that_takes_the_whole_market_is_caught(tmp_path: Path, source: str) -> None:
    assert len(_blackboard_faults(_sources(_lay(tmp_path, {"market/m.py": source})))) == 1


@pytest.mark.parametrize("statement", ["from . import b\n", "from .b import c\n"])
def test_a_relative_import_is_caught(tmp_path: Path, statement: str) -> None:
    house = _lay(tmp_path, {"agents/a.py": statement})
    assert _relative_faults(_sources(house)) == ["agents.a, line 1: write the import in full"]


def test_a_ring_of_imports_is_caught(tmp_path: Path) -> None:
    house = _lay(
        tmp_path,
        {
            "market/a.py": "from market import b\n",
            "market/b.py": "from market.c import d\n",
            "market/c.py": "import market.a\n",
        },
    )
    (fault,) = _cycle_faults(_sources(house))
    assert all(name in fault for name in ("market.a", "market.b", "market.c"))


@pytest.mark.parametrize("source", ["", "import os\n", '"""Text."""\nSTATE = 1\n'])
def test_a_package_without_docstring_or_with_code_is_caught(tmp_path: Path, source: str) -> None:
    assert len(_package_faults(_lay(tmp_path, {"market/__init__.py": source}))) == 1
