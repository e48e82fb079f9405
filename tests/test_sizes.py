"""Small enough to be read: files a folder, lines a file, statements a function."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import ROOT, lay

FOLDERS = ("agents", "market", "experiments", "detour", "benchmarks", "tests")
MOST_FILES = 25
MOST_LINES = 300
MOST_STATEMENTS = 30
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _files(root: Path) -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))]


def _folder_faults(root: Path) -> list[str]:
    held = Counter(path.parent.relative_to(root) for path in _files(root) if path.name != "__init__.py")
    return [f"{folder} holds {number} Python files" for folder, number in held.items() if number > MOST_FILES]


def _line_faults(root: Path) -> list[str]:
    lengths = {path.relative_to(root): len(path.read_text(encoding="utf-8").splitlines()) for path in _files(root)}
    return [f"{path} has {lines} lines" for path, lines in lengths.items() if lines > MOST_LINES]


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Statements of a block and of the blocks in it; what an inner function or class holds is its own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, Function | ast.ClassDef):
            yield from _statements(child)


def _function_faults(root: Path) -> list[str]:
    faults = []
    for path in _files(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                number = len(list(_statements(node))) - (ast.get_docstring(node) is not None)
                if number > MOST_STATEMENTS:
                    faults.append(f"{path.relative_to(root)}: {node.name} has {number} statements")
    return faults


def test_no_folder_holds_more_than_25_python_files() -> None:
    assert _folder_faults(ROOT) == []


def test_no_file_has_more_than_300_lines() -> None:
    assert _line_faults(ROOT) == []


def test_no_function_has_more_than_30_statements() -> None:
    assert _function_faults(ROOT) == []


def test_a_26th_file_is_caught_and_an_init_does_not_count(tmp_path: Path) -> None:
    house = lay(tmp_path, {f"market/base/m{place}.py": "" for place in range(25)} | {"market/base/__init__.py": ""})
    assert _folder_faults(house) == []
    (house / "market/base/one_more.py").touch()
    assert _folder_faults(house) == ["market/base holds 26 Python files"]


def test_a_301st_line_is_caught(tmp_path: Path) -> None:
    assert _line_faults(lay(tmp_path, {"market/a.py": "\n" * 300, "tests/b.py": "\n" * 301})) == [
        "tests/b.py has 301 lines"
    ]


@pytest.mark.parametrize(
    ("thirty", "one_more"),
    [
        ("    x = 1\n" * 30, "    x = 1\n"),
        ("    if x:\n" + "        x = 1\n" * 29, "        x = 1\n"),
        ("    for y in x:\n        while y:\n" + "            y = 1\n" * 28, "    return 1\n"),
        ("    def inner():\n" + "        x = 1\n" * 30 + "    x = 2\n" * 29, "    x = 3\n"),
    ],
)
def test_a_31st_statement_is_caught(tmp_path: Path, thirty: str, one_more: str) -> None:
    top = 'def long(x):\n    """Text."""\n'
    assert _function_faults(lay(tmp_path, {"market/a.py": top + thirty})) == []
    assert _function_faults(lay(tmp_path, {"market/a.py": top + thirty + one_more})) == [
        "market/a.py: long has 31 statements"
    ]
