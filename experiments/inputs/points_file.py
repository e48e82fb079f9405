"""Points of a design from a CSV file, as scripts and spreadsheets of any country write it."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.inputs.content_bounds import LONGEST_NAME
from experiments.inputs.factors import DesignError, checked_value, known_parameter
from experiments.inputs.parameter_list import ParameterInfo, Value
from experiments.inputs.regular_files import ForeignFileError, read_text
from market.base.regular_files import MIB

MOST_BYTES = 64 * MIB
_SEPARATORS = ";\t,"  # the first of them in the line of names separates; no name of a parameter holds one
_NAMES_OF_AN_INDEX = ("", "Unnamed: 0")  # pandas writes the first, and the second once it has read the first
_SWITCH = {"true": True, "1": True, "false": False, "0": False}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")

Cells = tuple[str, ...]


@dataclass(frozen=True)
class PointsFile:
    """Points in the order of the lines; ``notes``: sentences on what was left out."""

    points: list[dict[str, Value]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Table:
    """Names and, by the number of their last line, cells without blanks around them."""

    names: Cells
    rows: list[tuple[int, Cells]]
    separator: str


def read_points(path: Path, declared: Mapping[str, ParameterInfo]) -> PointsFile:
    """Points of a CSV file whose first line names parameters. Raises DesignError naming the line.

    Semicolon, tab or comma separates; beside a semicolon or a tab numbers may have decimal commas, all of them then.
    A first column without a name is left out, and so are empty last lines.
    """
    try:
        text = read_text(path, MOST_BYTES, "a CSV file")
    except ForeignFileError as error:
        raise DesignError(str(error)) from error
    table, notes = _without_index(path.name, _table(path.name, text))
    _refuse_names(path.name, table.names)
    known = [known_parameter(path.name, name, declared) for name in table.names]
    _refuse_two_marks(path.name, known, table)
    points = [
        {
            each.name: _value(f"{path.name}, line {line}", each, cell, table.separator)
            for each, cell in zip(known, cells, strict=True)
        }
        for line, cells in table.rows
    ]
    return PointsFile(points, notes)


def _table(label: str, text: str) -> _Table:
    """Names and rows, all of one length. Raises DesignError."""
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]
    separator = next((each for each in _SEPARATORS if each in head), ",")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    rows: list[tuple[int, Cells]] = []
    try:
        for row in lines:
            rows.append((lines.line_num, tuple(cell.strip() for cell in row)))  # noqa: PERF401 - the number must be read when the row is
    except csv.Error as error:
        raise DesignError(f"{label}, line {lines.line_num}: it is no line of a CSV file ({error}); fix it") from error
    while rows and not any(rows[-1][1]):
        rows.pop()
    if len(rows) < 2:  # noqa: PLR2004 - the names and a line of values
        raise DesignError(f"{label}: give at least a line of names and a line of values")
    (_, names), *rows = rows
    for line, cells in rows:
        if not any(cells):
            raise DesignError(f"{label}, line {line}: the line is empty; fill it or remove it")
        if len(cells) != len(names):
            raise DesignError(
                f"{label}, line {line}: {len(cells)} values for {len(names)} parameters; give one for each"
                f"{', and write numbers with a point' if separator == ',' else ''}"
            )
    return _Table(names, rows, separator)


def _without_index(label: str, table: _Table) -> tuple[_Table, tuple[str, ...]]:
    """The table without the column that pandas puts in front of all others, and the note that tells of it."""
    if table.names[0] not in _NAMES_OF_AN_INDEX or len(table.names) == 1:
        return table, ()
    note = f"{label}: the first column has no name, as an index that pandas writes, and is left out"
    rows = [(line, cells[1:]) for line, cells in table.rows]
    return _Table(table.names[1:], rows, table.separator), (note,)


def _refuse_names(label: str, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if not name:
            raise DesignError(f"{label}: a column has no name in the first line; name it or remove it")
        if len(name) > LONGEST_NAME:
            raise DesignError(f"{label}: a name of {len(name):,} characters stands in the first line; name parameters")
        if name in names[:place]:
            raise DesignError(f"{label}: {name} has two columns; give each parameter once")


def _refuse_two_marks(label: str, known: Sequence[ParameterInfo], table: _Table) -> None:
    """Where commas and points both stand in numbers, one of them may group thousands: nobody can tell."""
    seen: dict[str, int] = {}
    numeric = [place for place, each in enumerate(known) if each.kind in (int, float)]
    for line, cells in table.rows if table.separator != "," else ():
        for mark in ",.":
            if any(mark in cells[place] for place in numeric):
                seen.setdefault(mark, line)
    if len(seen) > 1:
        raise DesignError(
            f"{label}: line {seen[',']} has a decimal comma and line {seen['.']} a decimal point; write all alike"
        )


def _value(label: str, known: ParameterInfo, cell: str, separator: str) -> Value:
    """The value of a cell in the parameter's type. Raises DesignError."""
    if not cell or (known.kind is str and len(cell) > LONGEST_NAME):
        what = f"a text of {len(cell):,} characters" if cell else "no value"
        raise DesignError(f"{label}: {known.name} has {what}; allowed are {known.allowed}")
    value: Value = cell
    if known.kind is bool:
        value = _SWITCH.get(cell.lower(), cell)
    elif known.kind is not str and _NUMBER.fullmatch(cell) and (separator != "," or "," not in cell):
        value = float(cell.replace(",", "."))
    checked: Value = checked_value(label, known, value)
    return checked
