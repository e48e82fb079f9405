"""The tables of a run or a study as they are exported: dates beside quarters, codes beside places, a dictionary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.errors import InputError
from experiments.exports.place_codes import CODES, Places, codes_beside, places_of, shipped_places
from experiments.inputs.parameter_list import nearest
from experiments.runs.result_tables import KEPT, columns_of
from experiments.runs.store import MANIFEST, read_result, units_of
from experiments.studies import by_place
from experiments.studies.market_runs import NUMBERS
from experiments.studies.study_files import RUNS_TABLE, STUDY, read_tables
from market.base.column import Series
from market.base.regular_files import is_regular

DICTIONARY = "dictionary"
_QUARTER, _YEAR, _DATE = "quarter", "year", "date"
_FIRST_DAY = "First day of the {unit} in column {column}"


@dataclass(frozen=True)
class ExportedTable:
    """A table with its columns: ``series`` says what each is, in the order of ``frame``."""

    name: str
    frame: pd.DataFrame
    series: Mapping[str, Series]


def exported_tables(folder: Path, names: Sequence[str]) -> list[ExportedTable]:
    """Tables of the run or study in a folder, all of them if no name is given. Raises InputError."""
    if is_regular(folder / STUDY):
        manifest, frames = read_tables(folder)
        units = {name: _of_study(columns) for name, columns in manifest.units.items()}
        placed = by_place.by_place(manifest, frames[RUNS_TABLE])
        if not placed.empty:
            frames, units = {**frames, by_place.NAME: placed}, {**units, by_place.NAME: by_place.COLUMNS}
        places = shipped_places()
    elif is_regular(folder / MANIFEST):
        result = read_result(folder)
        frames, places = dict(result.frames), places_of(result.manifest)
        units = {name: _of_run(folder, name) for name in frames}
    else:
        raise InputError(f"{folder} holds neither {MANIFEST} nor {STUDY}; give the folder of a run or of a study")
    unknown = next((name for name in names if name not in frames), None)
    if unknown is not None:
        hint = nearest(unknown, frames) or f"; there are {', '.join(frames)}"
        raise InputError(f"--table {unknown} is no table of {folder}{hint}")
    asked = [name for name in frames if not names or name in names]
    return [_placed(_dated(name, frames[name], units[name]), places) for name in asked]


def dictionary_of(tables: Sequence[ExportedTable]) -> ExportedTable:
    """A row a table and column of the export: unit and meaning."""
    rows = [(table.name, name, each.unit, each.entry) for table in tables for name, each in table.series.items()]
    series = {
        "table": Series("name", "Table"),
        "column": Series("name", "Column"),
        "unit": Series("text", "Unit"),
        "meaning": Series("text", "Meaning"),
    }
    return ExportedTable(DICTIONARY, pd.DataFrame(rows, columns=list(series), dtype="str"), series)


def _of_run(folder: Path, name: str) -> dict[str, Series]:
    """Columns as the file gives them, with the meaning they have in this Detour."""
    known = columns_of(name)
    return {column: known.get(column, series) for column, series in units_of(folder, name).items()}


def _of_study(columns: Mapping[str, tuple[str, str]]) -> dict[str, Series]:
    """Columns as the study gives them, with the meaning they have in this Detour."""
    known = {**KEPT, **NUMBERS}
    found = {}
    for name, (unit, label) in columns.items():
        same = name in known and (known[name].unit, known[name].label) == (unit, label)
        found[name] = Series(unit, label, known[name].meaning if same else "")
    return found


def _dated(name: str, frame: pd.DataFrame, series: Mapping[str, Series]) -> ExportedTable:
    """The table with a date after each column of quarters or years; dates are first days, missing where that is."""
    columns: dict[str, pd.Series] = {}
    told: dict[str, Series] = {}
    for column in map(str, frame):
        columns[column], told[column] = frame[column], series[column]
        unit, dated = series[column].unit, _DATE if column in (_QUARTER, _YEAR) else f"{column}_{_DATE}"
        if unit in (_QUARTER, _YEAR) and _are_periods(frame[column]) and dated not in frame:
            columns[dated] = _first_days(frame[column])
            told[dated] = Series(_DATE, _FIRST_DAY.format(unit=unit, column=column))
    return ExportedTable(name, pd.DataFrame(columns), told)


def _placed(table: ExportedTable, places: Places) -> ExportedTable:
    """The table with codes and coordinates after each column that names a place, where it has none of that name."""
    columns: dict[str, pd.Series] = {}
    told: dict[str, Series] = {}
    for column in map(str, table.frame):
        columns[column], told[column] = table.frame[column], table.series[column]
        new = {name: series for name, series in CODES.get(column, {}).items() if name not in table.frame}
        if new:
            found = codes_beside(column, table.frame[column], places)
            columns |= {name: found[name] for name in new}
            told |= new
    return ExportedTable(table.name, pd.DataFrame(columns), told)


def _are_periods(column: pd.Series) -> bool:
    """Whether all values are years or quarters such as 2017Q1, or missing: an age in years is none."""
    return bool(column.astype("str").str.fullmatch(r"\d{4}(Q[1-4])?|").all())


def _first_days(column: pd.Series) -> pd.Series:
    """First days of years or quarters, as dates."""
    text = column.astype("str")
    quarter = pd.to_numeric(text.str.partition("Q")[2], errors="coerce").fillna(1.0)
    month = (3 * (quarter - 1) + 1).astype("int64").astype("str").str.zfill(2)
    return pd.to_datetime(text.str[:4] + "-" + month + "-01", format="%Y-%m-%d", errors="coerce")
