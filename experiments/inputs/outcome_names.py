"""Outcomes by place and firm by name: ``regions.installed_gw:ERCOT@2030Q4``, ``plants.capacity_storage_gwh:*@2030``.

``TABLE.COLUMN:PLACE@WHEN``. The place is a value of the table's first key (a region, a plant, a state; an automaker of
``automakers``) or ``column=value`` of another, several joined by ``&``; ``*`` stands for every value. Rows that fit
are summed, which shares and prices do not allow. When is a quarter, a year or ``last``, as without it; flows of a year
are summed over its quarters, anything else is their mean. The table ``national`` has no places.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from agents.calendar import QUARTERS_PER_YEAR
from experiments.errors import InputError
from experiments.inputs.parameter_list import nearest
from market.base import quarters
from market.base.categories import MAKERS
from market.base.column import Series
from market.recorder import TABLES

LAST, EVERY = "last", "*"
_QUARTER, _MAKER = "quarter", "maker"
_NATIONAL = "national"
_NOT_BY_QUARTER_AND_PLACE = ("line_changes", "storage_contracts", "explanation", "cell_flows")
_FIRST_KEYS = {"automakers": _MAKER}  # products come and go, so none of them can be counted on
_WORDS = {"name", "text", "quarter", "postal code", "yes or no", "number", "year"}
_NOT_SUMMED = re.compile(r"share|1$|0 or 1|.*\$/|thousand 2025 \$|base year|log-odds|mile|minute|hours|kWh$|g CO2")
_FORM = re.compile(
    r"(?P<table>[^.:@]+)\.(?P<column>[^.:@]+)(?::(?P<where>[^@]*))?(?:@(?P<when>[^@]*))?", re.ASCII
)  # fmt: skip
_YEAR = re.compile(r"\d{4}", re.ASCII)
_EXAMPLE = "write it like regions.installed_gw:ERCOT@2030Q4"

Frames = Mapping[str, pd.DataFrame]
"""The tables of a run."""
Places = Callable[[Sequence[str]], Frames]
"""Rows of tables by name, those of one quarter, which has every place."""


class OutcomeError(InputError):
    """An outcome names a table, column, place or time that is not there."""


@dataclass(frozen=True)
class PlacedOutcome:
    """A number of a run. ``where``: values by column, in the order written; empty for the whole country.

    ``when``: a quarter, a year, or ``last``.
    """

    table: str
    column: str
    where: tuple[tuple[str, str], ...]
    when: str

    @property
    def series_name(self) -> str:
        """Its name without the time."""
        first = first_key(self.table)
        parts = [value if column == first else f"{column}={value}" for column, value in self.where]
        return f"{self.table}.{self.column}" + (f":{'&'.join(parts)}" if parts else "")

    @property
    def name(self) -> str:
        """Its full name, the same for the same number."""
        return f"{self.series_name}@{self.when}"

    @property
    def group(self) -> str:
        """What it has in common with the same outcome elsewhere."""
        others = [column for column, _ in self.where if column != first_key(self.table)]
        return f"{self.table}.{self.column}{''.join(f' by {column}' for column in others)}@{self.when}"

    @property
    def place(self) -> str:
        """Where, in words; empty for the whole country."""
        return ", ".join(
            value if column == first_key(self.table) else f"{column} {value}" for column, value in self.where
        )

    @property
    def _is_flow_of_a_year(self) -> bool:
        return _YEAR.fullmatch(self.when) is not None and TABLES[self.table][self.column].unit.endswith("/quarter")

    @property
    def series(self) -> Series:
        """Unit and label of the number."""
        known = TABLES[self.table][self.column]
        unit = f"{known.unit.removesuffix('/quarter')}/year" if self._is_flow_of_a_year else known.unit
        when = "last quarter" if self.when == LAST else self.when
        return Series(unit, ", ".join(filter(None, (known.label, self.place, when))), known.meaning)

    def by_quarter(self, frames: Frames) -> pd.Series:
        """Its values by quarter of the run; 0 of what is summed and NaN of what is not where the place has no row."""
        rows = frames[self.table]
        for column, value in self.where:
            rows = rows[rows[column].astype(str) == value]
        found = rows.groupby(_QUARTER, sort=False)[self.column].sum(min_count=1)
        is_summed = _NOT_SUMMED.match(TABLES[self.table][self.column].unit) is None
        return found.reindex(frames[_NATIONAL][_QUARTER], fill_value=0.0 if is_summed else np.nan)

    def value(self, frames: Frames) -> float:
        """The number; NaN where the run does not reach it, or where a share or a price has no row."""
        found = self.by_quarter(frames)
        if self.when == LAST:
            return float(found.iloc[-1])
        if _YEAR.fullmatch(self.when) is None:
            return float(found.get(self.when, np.nan))
        year = found[found.index.astype(str).str[:4] == self.when]
        if len(year) < QUARTERS_PER_YEAR:
            return float("nan")
        return float(year.sum() if self._is_flow_of_a_year else year.mean())


def first_key(table: str) -> str:
    """The column whose values are the places of a table; empty if it has none."""
    if table == _NATIONAL:
        return ""
    return _FIRST_KEYS.get(table) or next(name for name in TABLES[table] if name != _QUARTER)


def _keys(table: str) -> list[str]:
    """Columns that tell the rows of a quarter apart."""
    own = [name for name, series in TABLES[table].items() if name != _QUARTER and series.meaning.startswith("Key")]
    return own or [first_key(table)]


def parsed(name: str) -> PlacedOutcome:
    """The outcome of a name, its places not looked at. Raises OutcomeError."""
    form = _FORM.fullmatch(name)
    if form is None:
        raise OutcomeError(f"outcome {name}: {_EXAMPLE}")
    table, column = form["table"], form["column"]
    _check_column(name, table, column)
    when = _checked_when(name, form["when"])
    if table == _NATIONAL:
        if form["where"] is not None:
            raise OutcomeError(f"outcome {name}: table national has no places; leave out :{form['where']}")
        return PlacedOutcome(table, column, (), when)
    if not form["where"]:
        raise OutcomeError(
            f"outcome {name}: name a {first_key(table)} after a colon, or * for every {first_key(table)}"
        )
    where = tuple(_selected(name, table, part) for part in form["where"].split("&"))
    found = PlacedOutcome(table, column, where, when)
    _check_rows(name, found)
    return found


def _check_column(name: str, table: str, column: str) -> None:
    by_place = [each for each in TABLES if each not in _NOT_BY_QUARTER_AND_PLACE]
    if table not in by_place:
        hint = nearest(table, by_place) or f"; tables are {', '.join(by_place)}"
        raise OutcomeError(f"outcome {name}: {table} is no table by quarter and place{hint}")
    numbers = [each for each, series in TABLES[table].items() if series.unit not in _WORDS]
    if column not in numbers:
        hint = nearest(column, numbers) or f"; detour show {table} lists them"
        raise OutcomeError(f"outcome {name}: table {table} has no column of numbers {column}{hint}")


def _checked_when(name: str, when: str | None) -> str:
    if when is None or when == LAST:
        return LAST
    if _YEAR.fullmatch(when):
        index = quarters.index(f"{when}Q1")
    else:
        try:
            index = quarters.index(when)
        except ValueError:
            raise OutcomeError(f"outcome {name}: {when!r} is no time; write 2030Q4, 2030 or {LAST}") from None
    if not 0 <= index <= quarters.LAST_SIMULATED:
        first, last = quarters.label(0), quarters.label(quarters.LAST_SIMULATED)
        raise OutcomeError(f"outcome {name}: {when} is outside of what runs reach, {first} to {last}")
    return when


def _selected(name: str, table: str, part: str) -> tuple[str, str]:
    column, is_given, value = part.partition("=")
    if not is_given:
        return first_key(table), part
    words = [each for each, series in TABLES[table].items() if series.unit in _WORDS - {_QUARTER}]
    if column not in words:
        hint = nearest(column, words) or f"; choose by {', '.join(words)}"
        raise OutcomeError(f"outcome {name}: rows of {table} are not told apart by {column}{hint}")
    return column, value


def _check_rows(name: str, found: PlacedOutcome) -> None:
    """Raise OutcomeError if several rows would be summed that have no sum."""
    open_ = [key for key in _keys(found.table) if key not in {column for column, _ in found.where}]
    series = TABLES[found.table][found.column]
    if open_ and _NOT_SUMMED.match(series.unit):
        raise OutcomeError(
            f"outcome {name}: {series.label} ({series.unit}) cannot be summed over rows; add &{open_[0]}=VALUE or "
            f"&{open_[0]}={EVERY}"
        )


def expanded(names: Sequence[str], places: Places, last_quarter: str) -> tuple[PlacedOutcome, ...]:
    """The outcomes of names, each once, with every place where a name has ``*``. Raises OutcomeError.

    ``last_quarter``: of the runs.
    """
    asked = {name: parsed(name) for name in names}
    for name, each in asked.items():
        _check_reached(name, each.when, last_quarter)
    frames = places(tuple(dict.fromkeys(each.table for each in asked.values() if each.where)))
    found = [one for name, each in asked.items() for one in _at_places(name, each, frames)]
    return tuple({each.name: each for each in found}.values())


def _check_reached(name: str, when: str, last_quarter: str) -> None:
    if when == LAST:
        return
    asked = f"{when}Q4" if _YEAR.fullmatch(when) else when
    if quarters.index(asked) > quarters.index(last_quarter):
        raise OutcomeError(f"outcome {name}: runs end with {last_quarter}; ask for that or an earlier time")


def _at_places(name: str, asked: PlacedOutcome, frames: Frames) -> list[PlacedOutcome]:
    if not asked.where:
        return [asked]
    rows = frames[asked.table]
    chosen: list[list[tuple[str, str]]] = []
    for column, value in asked.where:
        known = _values(rows, column)
        if value != EVERY and value not in known:
            hint = nearest(value, known) or f"; it has {', '.join(known)}"
            raise OutcomeError(f"outcome {name}: table {asked.table} has no {column} {value}{hint}")
        chosen.append([(column, each) for each in (known if value == EVERY else [value])])
    combined = [tuple(each) for each in product(*chosen) if asked.table in _FIRST_KEYS or _has_rows(rows, each)]
    if not combined:
        raise OutcomeError(f"outcome {name}: table {asked.table} has no row with all of {asked.place}")
    return [PlacedOutcome(asked.table, asked.column, where, asked.when) for where in combined]


def _has_rows(rows: pd.DataFrame, where: Sequence[tuple[str, str]]) -> bool:
    if len(where) == 1:
        return True  # among the values that were looked at
    fits = [rows[column].astype(str) == value for column, value in where]
    return bool(np.logical_and.reduce(fits).any())


def _values(rows: pd.DataFrame, column: str) -> list[str]:
    """Values of a column in the order of its rows; makers also those that come later."""
    later = MAKERS if column == _MAKER else ()
    return list(dict.fromkeys([*rows[column].astype(str), *later]))


def is_placed(name: str) -> bool:
    """Whether a name is one of an outcome by place, rather than a column of the national table with its quarter."""
    return "." in name
