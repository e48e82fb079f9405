"""The only reader of ``market/data``: one CSV file a table, checked against its section in ``sources.toml``.

A section names the publisher, the quality and every column with its unit and bounds; a file that breaks its
section is refused with one sentence naming the table, the column, the line and what is allowed. Empty cells,
where a section allows them, are NaN in numeric columns and the empty string in text columns.
"""

import csv
import tomllib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import ValidationError

from market.base.names import nearest
from market.base.table_sections import Column, Source, Total

DATA: Traversable = files("market") / "data"
MONEY_YEAR = 2025
"""Year whose dollars the model counts in."""
_SOURCES = "sources.toml"
_ASSETS = "assets"  # section for files that are not tables, such as the map outline
_FIRST_LINE = 2  # line of the first row in a file, after the header
_LONGEST_SHOWN = 40  # characters of a wrong name
_REPEATS = "repeats an earlier one; it must be unique"
_Held: TypeAlias = list[str] | NDArray[np.float64] | NDArray[np.int64]  # a column: text or numbers
Edit: TypeAlias = Callable[[str, pd.DataFrame], pd.DataFrame]
"""What a table of that name is read as; it is given a copy."""
_edits: ContextVar[tuple[Edit, ...]] = ContextVar("edits", default=())


class TableError(ValueError):
    """A table, or the section that describes it, is not what it should be."""


def sources_from(folder: Traversable) -> dict[str, Source]:
    """Sections of the ``sources.toml`` in a folder, by table name. Raises TableError."""
    try:
        sections = tomllib.loads((folder / _SOURCES).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise TableError(f"{_SOURCES} in {folder} cannot be read: {error}; mend or restore it") from error
    sections.pop(_ASSETS, None)
    found: dict[str, Source] = {}
    for name, section in sections.items():
        try:
            found[name] = Source.model_validate(section)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join([name, *(str(part) for part in first["loc"])])
            raise TableError(f"{_SOURCES} [{place}] is wrong: {first['msg']}; mend it") from error
    return found


def load_from(folder: Traversable, name: str) -> pd.DataFrame:
    """Read ``NAME.csv`` of a folder and check it against its section there. Raises TableError."""
    return _table(folder, name, sources_from(folder))


def _table(folder: Traversable, name: str, known: dict[str, Source]) -> pd.DataFrame:
    source = _section(name, known)
    try:
        with (folder / f"{name}.csv").open("r", encoding="utf-8") as lines:
            header, rows = _cells(lines)
    except (OSError, ValueError) as error:
        raise TableError(f"table {name}: {name}.csv cannot be read ({error}); restore the file") from error
    if header != list(source.columns):
        found, allowed = ", ".join(header), ", ".join(source.columns)
        raise TableError(f"table {name} has columns {found}; allowed are exactly {allowed}")
    held = _held(name, header, rows, source)
    for total in source.totals:
        _check_total(name, held, total)
    return pd.DataFrame(held)


def from_text(name: str, text: str) -> pd.DataFrame:
    """A user's own table of that name from the text of a CSV file, its columns in any order. Raises TableError.

    Columns, types, bounds and keys are checked as of the shipped table; its totals are not.
    """
    source = _section(name, _known())
    try:
        header, rows = _cells(StringIO(text, newline=""))
    except ValueError as error:
        raise TableError(f"table {name}: it is no CSV table ({error}); save it as CSV UTF-8") from error
    wrong = next((label for label in header if label not in source.columns), None)
    if wrong is not None:
        shown = wrong if len(wrong) <= _LONGEST_SHOWN else f"{wrong[:_LONGEST_SHOWN]}..."
        raise TableError(f"table {name} has a column {shown!r}; {nearest(shown, list(source.columns))}")
    lacking = next((label for label in source.columns if label not in header), None)
    if lacking is not None:
        raise TableError(f"table {name} has no column {lacking}; add it, in {source.columns[lacking].unit}")
    if len(set(header)) < len(header):
        raise TableError(f"table {name} has a column twice; give each once")
    return pd.DataFrame(_held(name, header, rows, source))[list(source.columns)]


def _section(name: str, known: dict[str, Source]) -> Source:
    if name not in known:
        raise TableError(f"table {name} has no section in {_SOURCES}; there are {', '.join(known) or 'none'}")
    return known[name]


def _held(name: str, header: list[str], rows: list[list[str]], source: Source) -> dict[str, _Held]:
    """Columns as checked, keys included."""
    texts = dict(zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True))
    held = {label: _checked(name, label, texts[label], rule) for label, rule in source.columns.items()}
    if source.key:
        keys = list(zip(*(_listed(held[label]) for label in source.key), strict=True))
        _refuse(name, ", ".join(source.key), _repeated(keys), _REPEATS)
    return held


def _cells(lines: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, as text; empty lines are passed over. Raises ValueError."""
    try:
        header, *rows = [cells for cells in csv.reader(lines, strict=True) if cells] or [[]]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    for line, cells in enumerate(rows, _FIRST_LINE):
        if len(cells) != len(header):
            raise ValueError(f"line {line} has {len(cells)} cells instead of {len(header)}")
    return header, rows


@cache
def _loaded(name: str) -> pd.DataFrame:
    return _table(DATA, name, _known())


@cache
def _known() -> dict[str, Source]:
    return sources_from(DATA)


@cache
def _price_level() -> "pd.Series[float]":
    """The CPI-U by year."""
    return _loaded("consumer_prices").set_index("year")["index"].astype(np.float64)


def load(name: str) -> pd.DataFrame:
    """The table ``name``, checked; a fresh copy each time, as ``edited`` where that is open. Raises TableError."""
    frame = _loaded(name).copy()
    for edit in _edits.get():
        frame = edit(name, frame)
    return frame


@contextmanager
def edited(edit: Edit) -> Iterator[None]:
    """While this is open, ``load`` gives every table as ``edit`` makes it: a hindcast reads what was known by then.

    Of several, the one opened first edits first. What was loaded before, and the CPI-U, stays as it is.
    """
    before = _edits.set((*_edits.get(), edit))
    try:
        yield
    finally:
        _edits.reset(before)


def sources() -> dict[str, Source]:
    """Every table's section, by table name. Raises TableError."""
    return dict(_known())


def names() -> list[str]:
    """Names of all tables, in the order of ``sources.toml``."""
    return list(sources())


def _refuse(table: str, column: str, faulty: ArrayLike, what: str) -> None:
    """Raise TableError for the first faulty row, if any; ``what`` says the fault and what is allowed."""
    if np.any(faulty):
        line = int(np.argmax(faulty)) + _FIRST_LINE
        raise TableError(f"table {table}, column {column}, line {line}: the value {what}")


def _repeated(values: Sequence[Hashable]) -> list[bool]:
    """Whether each value repeats an earlier one."""
    first: dict[Hashable, int] = {}
    return [first.setdefault(value, place) != place for place, value in enumerate(values)]


def _checked(table: str, label: str, text: tuple[str, ...], rule: Column) -> _Held:
    """One column of text converted to its type, every rule checked. Raises TableError."""
    empty = np.array([not cell for cell in text], dtype=np.bool_)
    if not rule.missing:
        _refuse(table, label, empty, f"is missing; give it in {rule.unit}")
    found = list(text) if rule.type == "str" else _numbers(table, label, text, empty, rule)
    if rule.values is not None:
        allowed = ", ".join(str(value) for value in rule.values)
        unknown = np.array([value not in rule.values for value in _listed(found)], dtype=np.bool_)
        _refuse(table, label, unknown & ~empty, f"is unknown; allowed are {allowed}")
    if rule.unique:
        _refuse(table, label, _repeated(_listed(found)), _REPEATS)
    return found


def _listed(held: _Held) -> list[Any]:
    """A column as a list of Python's own values; None for NaN, so that it equals another."""
    if isinstance(held, list):
        return held
    listed: list[Any] = held.tolist()
    for place in np.flatnonzero(np.isnan(held)):
        listed[place] = None
    return listed


def _numbers(
    table: str, label: str, text: tuple[str, ...], empty: NDArray[np.bool_], rule: Column
) -> NDArray[np.float64] | NDArray[np.int64]:
    """Text as numbers within the bounds, NaN where empty; whole columns of int become int64."""
    found = np.array([_number(cell) for cell in text], dtype=np.float64)
    wrong = ~np.isfinite(found) | ((rule.type == "int") & (found != np.round(found)))
    kind = "a whole number" if rule.type == "int" else "a number"
    _refuse(table, label, wrong & ~empty, f"is not {kind}; give one in {rule.unit}")
    if rule.min is not None:
        _refuse(table, label, found < rule.min, f"is below {rule.min:g}, the least allowed ({rule.unit})")
    if rule.max is not None:
        _refuse(table, label, found > rule.max, f"is above {rule.max:g}, the most allowed ({rule.unit})")
    return found.astype(np.int64) if rule.type == "int" and not empty.any() else found


def _number(text: str) -> float:
    """The number nearest to the text; NaN if it is none (Python's own digits with underscores are none)."""
    try:
        return float(text) if "_" not in text else np.nan
    except ValueError:
        return np.nan


def _check_total(table: str, held: dict[str, _Held], total: Total) -> None:
    """Raise TableError if the rows chosen by ``total.where`` do not add up to ``total.sum``."""
    numbers = np.asarray(held[total.column], dtype=np.float64)
    chosen = np.ones(numbers.size, dtype=np.bool_)
    for column, value in total.where.items():
        chosen &= np.array([each == value for each in _listed(held[column])], dtype=np.bool_)
    found = float(np.nansum(numbers[chosen]))
    if abs(found - total.sum) > total.tolerance * abs(total.sum):
        where = "".join(f", {column} = {value}" for column, value in total.where.items())
        allowed = f"{total.sum:.9g} within a share of {total.tolerance:g}"
        raise TableError(f"table {table}, column {total.column}{where}: the sum is {found:.9g}; allowed is {allowed}")


def real_2025(nominal: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """US$ of ``years`` in 2025 US$ by the CPI-U; the two broadcast. Raises TableError on a year not held."""
    prices = _price_level()
    wanted = np.asarray(years, dtype=np.int64)
    level = prices.reindex(wanted.ravel()).to_numpy().reshape(wanted.shape)
    if np.isnan(level).any():
        allowed = f"{prices.index.min()} to {prices.index.max()}"
        unknown = wanted[np.isnan(level)][0]
        raise TableError(f"table consumer_prices, column year: no {unknown}; allowed are {allowed}")
    return np.asarray(nominal, dtype=np.float64) * (prices.loc[MONEY_YEAR] / level)
