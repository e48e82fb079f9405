"""Small faults in the source of agents and market, by sector: where they can stand, and a seeded sample of them."""

import ast
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEED = 24
PER_SECTOR = 60
SECTORS: dict[str, tuple[str, ...]] = {
    "accounts": ("market/audit", "market/accounts.py", "market/base/ledger.py"),
    "buyers": ("agents/buyers", "market/buyers"),
    "cells": ("agents/cells", "market/cells"),
    "charging": ("agents/charging", "market/charging"),
    "conversion": ("market/conversion",),
    "exogenous": ("market/exogenous", "agents/expectations.py"),
    "fleet": ("market/fleet",),
    "makers": ("agents/makers", "market/makers"),
    "outcomes": ("market/outcomes",),
    "policies": ("market/policies",),
    "population": ("agents/population",),
    "power": ("agents/power", "market/power"),
    "trust": ("agents/trust", "market/trust"),
    "vehicles": ("market/vehicles",),
}
"""Folders and files of each sector; accounts of sectors stand with their sector."""
_SKIPPED = ("parameters.py", "outputs.py", "__init__.py")  # declarations and labels, not mechanisms
_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="),
    ast.And: ("and", "or"), ast.Or: ("or", "and"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"),
}  # fmt: skip
_NAMES = {"minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "any": "all", "all": "any"}
_Span = tuple[int, int]
_At = Callable[[int, int, str], "Mutant"]
_LARGEST_TELLING = 1e6  # constants above it are sentinels


@dataclass(frozen=True, order=True)
class Mutant:
    """One fault: in ``path`` the bytes ``start`` to ``end``, which read ``old``, read ``new``; ``line`` for people."""

    path: str
    start: int
    end: int
    line: int
    old: str
    new: str

    @property
    def name(self) -> str:
        """How it is told from others, in words."""
        return f"{self.path}:{self.line}: {self.old} -> {self.new} at byte {self.start}"

    def applied(self, source: bytes) -> bytes:
        """The source of its file with the fault. Raises ValueError if the file has changed since."""
        if source[self.start : self.end] != self.old.encode():
            raise ValueError(f"{self.name}: the file has changed; draw the sample again")
        return source[: self.start] + self.new.encode() + source[self.end :]


def files_of(sector: str) -> list[Path]:
    """Source files of a sector, in order."""
    places = [ROOT / place for place in SECTORS[sector]]
    found = [file for place in places for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]
    return [file for file in found if file.name not in _SKIPPED]


def every_mutant(sector: str) -> list[Mutant]:
    """All faults of a sector, in order."""
    return sorted(mutant for file in files_of(sector) for mutant in of_source(file.read_bytes(), _name(file)))


def sample(sector: str, size: int = PER_SECTOR) -> list[Mutant]:
    """The first of a sector's faults in a seeded order: a larger sample begins with a smaller one."""
    found = every_mutant(sector)
    random.Random(f"{SEED} {sector}").shuffle(found)  # noqa: S311 - no secret
    return found[:size]


def of_source(source: bytes, path: str) -> Iterator[Mutant]:
    """Faults of one file: another operator, bound, constant, or the opposite of a smallest, largest, any or all."""
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    for node in _mechanisms(ast.parse(source)):
        yield from _of_node(node, source, lines, path)


def _mechanisms(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but annotations, decorators and texts."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr | ast.Raise):
                yield child
                yield from _mechanisms(child)


def _of_node(node: ast.AST, source: bytes, lines: list[int], path: str) -> Iterator[Mutant]:
    def at(start: int, end: int, new: str) -> Mutant:
        line = source[:start].count(b"\n") + 1
        return Mutant(path, start, end, line, source[start:end].decode(), new)

    def span(part: ast.expr) -> tuple[int, int]:
        end_line, end_column = part.end_lineno or part.lineno, part.end_col_offset or 0
        return lines[part.lineno - 1] + part.col_offset, lines[end_line - 1] + end_column

    if isinstance(node, ast.BinOp):
        yield from _between([(span(node.left), node.op, span(node.right))], source, at)
    elif isinstance(node, ast.Compare):
        sides = [span(each) for each in (node.left, *node.comparators)]
        yield from _between(list(zip(sides, node.ops, sides[1:], strict=False)), source, at)
    elif isinstance(node, ast.BoolOp):
        sides = [span(each) for each in node.values]
        yield from _between([(left, node.op, right) for left, right in pairwise(sides)], source, at)
    elif isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST_TELLING:
            yield at(*span(node), repr(value + 1 if isinstance(value, int) else (2.0 * value if value else 1.0)))
    elif isinstance(node, ast.Attribute) and node.attr in _NAMES:
        end = span(node)[1]
        yield at(end - len(node.attr), end, _NAMES[node.attr])
    elif isinstance(node, ast.Name) and node.id in _NAMES:
        yield at(*span(node), _NAMES[node.id])


def _between(parts: Sequence[tuple[_Span, ast.AST, _Span]], source: bytes, at: _At) -> Iterator[Mutant]:
    for (_, left_end), operator, (right_start, _) in parts:
        if type(operator) not in _OPERATORS:
            continue
        old, new = _OPERATORS[type(operator)]
        place = source.find(old.encode(), left_end, right_start)
        if place >= 0:
            yield at(place, place + len(old), new)


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
