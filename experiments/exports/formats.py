"""The files of an export: CSV, Excel workbook, DuckDB database; each appears whole or not at all.

What a user wrote is never a formula: a spreadsheet runs text that begins with = + - or @, so in CSV such text gets an
apostrophe before it, and in a workbook its cell is marked as text.
"""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.errors import InputError
from experiments.exports.exported_tables import ExportedTable
from experiments.runs.whole_files import appearing_whole, beside, write_whole
from experiments.shown_text import plain_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_RUNS = ("=", "+", "-", "@")  # with which a formula may begin
_MOST_ROWS = 1_048_576  # of a sheet of Excel
_DAY = "yyyy-mm-dd"


def write_csv(tables: Sequence[ExportedTable], folder: Path) -> None:
    """A file a table, UTF-8, in a new folder. Raises OSError."""
    with appearing_whole(folder) as unfinished:
        for table in tables:
            shown = pd.DataFrame({_harmless(name): _for_csv(table.frame[name]) for name in map(str, table.frame)})
            text = shown.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n")
            (unfinished / f"{table.name}.csv").write_bytes(text.encode())


def _for_csv(column: pd.Series) -> pd.Series:
    return column.map(_harmless, na_action="ignore") if _is_text(column) else column


def _harmless(text: object) -> str:
    """Text that no spreadsheet runs."""
    shown = plain_text(text)
    return f"'{shown}" if shown.lstrip().startswith(_RUNS) else shown


def _is_text(column: pd.Series) -> bool:
    return column.dtype.kind not in "fibuM"


def write_xlsx(tables: Sequence[ExportedTable], path: Path) -> None:
    """A sheet a table. Raises InputError for a table of too many rows, OSError."""
    from openpyxl import Workbook  # noqa: PLC0415 - optional

    long = next((table for table in tables if len(table.frame) >= _MOST_ROWS), None)
    if long is not None:
        raise InputError(
            f"table {long.name} has {len(long.frame):,} rows, more than a sheet holds; choose --to csv or duckdb"
        )
    book = Workbook(write_only=True)
    for table in tables:
        _fill(book.create_sheet(table.name), table)
    content = io.BytesIO()
    book.save(content)
    write_whole(path, content.getvalue())


def _fill(sheet: "Worksheet", table: ExportedTable) -> None:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - optional

    def text(value: object) -> "Cell":
        cell = WriteOnlyCell(sheet, plain_text(value))
        cell.data_type = "s"
        cell.quotePrefix = True  # it stays text when somebody edits it
        return cell

    def date(value: Any) -> "Cell":
        cell = WriteOnlyCell(sheet, value.to_pydatetime())
        cell.number_format = _DAY
        return cell

    def cells(column: pd.Series) -> Iterator[Any]:
        made = text if _is_text(column) else date if column.dtype.kind == "M" else None
        missing = column.isna() | (column.isin([np.inf, -np.inf]) if column.dtype.kind == "f" else False)
        values = column.tolist()
        return (None if gone else made(each) if made else each for each, gone in zip(values, missing, strict=True))

    sheet.freeze_panes = "A2"
    sheet.append([text(name) for name in map(str, table.frame)])
    for row in zip(*(cells(table.frame[name]) for name in table.frame), strict=True):
        sheet.append(row)


def write_duckdb(tables: Sequence[ExportedTable], path: Path) -> None:
    """A database with a table each. Raises OSError."""
    import duckdb  # noqa: PLC0415 - optional

    unfinished = beside(path)
    try:
        with duckdb.connect(str(unfinished)) as database:
            for table in tables:
                database.register("given", _arrow(table.frame))
                database.execute(f"CREATE TABLE {_quoted(table.name)} AS SELECT * FROM given")  # noqa: S608 - quoted
                database.unregister("given")
        unfinished.replace(path)
    except duckdb.Error as error:
        raise OSError(str(error).splitlines()[0]) from error
    finally:
        for left in (unfinished, unfinished.with_name(f"{unfinished.name}.wal")):
            left.unlink(missing_ok=True)


def _arrow(frame: pd.DataFrame) -> pa.Table:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [pa.field(each.name, pa.date32()) if pa.types.is_timestamp(each.type) else each for each in table.schema]
    return table.cast(pa.schema(fields))


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
