"""No order of the code hangs on the processor: sorts are stable, and nothing is put in the order of a set."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("agents", "market", "experiments", "tests", "benchmarks")
SORTS = {"argsort", "sort_values", "sort_index"}
"""Calls of NumPy and pandas that break ties as the processor's instructions have it, unless told otherwise."""
PARTS = {"partition", "argpartition"}
SETS = {"set", "frozenset"}
KEEP_ORDER = {"list", "tuple", "enumerate", "array", "asarray", "fromkeys", "join", "fromiter"}
"""Calls that make an order of what they are given."""


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_stable(call: ast.Call) -> bool:
    told = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    return told.get("kind") == "'stable'" or told.get("stable") == "True"


def _parts_text(call: ast.Call) -> bool:
    """Whether a ``partition`` is that of a text: by a text, written out."""
    return len(call.args) == 1 and isinstance(call.args[0], (ast.Constant, ast.JoinedStr)) and not call.keywords


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.Sub, ast.BitXor)):
        return _is_set(node.left) or _is_set(node.right)
    return isinstance(node, (ast.Set, ast.SetComp)) or (isinstance(node, ast.Call) and _name(node) in SETS)


def _ordered(node: ast.AST) -> Iterator[ast.expr]:
    """What a node goes through in order."""
    if isinstance(node, ast.For):
        yield node.iter
    elif isinstance(node, (ast.ListComp, ast.DictComp)):
        yield from (each.iter for each in node.generators)
    elif isinstance(node, ast.Call) and _name(node) in KEEP_ORDER:
        yield from node.args


def _faults(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            unstable = isinstance(node.func, ast.Attribute) and _name(node) in SORTS and not _is_stable(node)
            if unstable or (_name(node) in PARTS and not _parts_text(node)):
                yield f'line {node.lineno}: {_name(node)} leaves ties to the processor; sort with kind="stable"'
        if any(_is_set(each) for each in _ordered(node)):
            yield f"line {getattr(node, 'lineno', 0)}: a set has no order; sort it first"


def _files() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_order_of_the_code_hangs_on_the_processor() -> None:
    faults = {
        str(path.relative_to(ROOT)): found
        for path in _files()
        if (found := list(_faults(path.read_text(encoding="utf-8"))))
    }
    assert faults == {}


@pytest.mark.parametrize(
    "unsafe",
    [
        "np.argsort(a)",
        "a.argsort(kind='quicksort')",
        "frame.sort_values('cars_stock', ascending=False)",
        "frame.sort_index()",
        "np.partition(a, 3)",
        "a.argpartition(k)",
        "[x for x in {1, 2}]",
        "list(set(a) - b)",
        "dict.fromkeys({x for x in a})",
    ],
)
def test_an_order_left_to_the_processor_is_found(unsafe: str) -> None:
    assert len(list(_faults(unsafe))) == 1


@pytest.mark.parametrize(
    "safe",
    [
        "np.argsort(a, kind='stable')",
        "np.argsort(a, stable=True)",
        "sorted({1, 2})",
        "np.sort(numbers)",
        "name.partition('=')",
        "{x for x in set(a)}",
        "[x for x in a if x in {1, 2}]",
    ],
)
def test_a_settled_order_passes(safe: str) -> None:
    assert list(_faults(safe)) == []
