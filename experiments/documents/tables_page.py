"""Write docs/tables.md, the data dictionary of results: ``python -m experiments.documents.tables_page``."""

from collections.abc import Mapping
from pathlib import Path

from experiments.documents.evidence_tables import markdown
from experiments.runs.result_tables import STREAM_SEED, STREAMS, columns_of, result_tables
from experiments.studies.market_runs import NUMBERS
from experiments.studies.study_files import INDEX_UNITS
from market.base.column import Series
from market.recorder import ROWS, TABLES

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
_OWN = (STREAM_SEED, "quarter")
_OPENING = """# Tables of results

Generated from the declarations of columns by `python -m experiments.documents.tables_page`; do not edit it by hand.
A run stores one Parquet file a table in its folder. `detour show TABLE` or `detour show TABLE.COLUMN` says the same in
a terminal, `detour export RESULT --to csv` (or xlsx, duckdb) writes the tables with this dictionary for other programs.

Units tell stocks from flows. A unit without a time, such as GWh, is a stock or a count. A unit that ends in /quarter
is what happened in the quarter: add four quarters for a year. A unit that ends in /year is a rate per year: average
four quarters, and never add them. `cells_to_vehicles_gwh` of `national` is such a rate, `gwh` of `cell_flows` is not.

Money is in 2025 dollars. *Expected* is the mean over choice probabilities, *drawn* what the simulated consumers did.
*Recorded* is what was observed, empty after the end of the record. An empty cell is a number that does not exist.
"""
_STREAMS = """## {table}

{rows} A run has it if it was asked for random streams (`--streams`); `results_sha256` leaves it out. After the columns
below it has those of `national` but the recorded ones; *drawn* and *expected* are the same in it.
"""
_STUDY = """## Tables of a study

`runs` has one row a run, `quarters` one row a run and quarter. Both begin with the columns below, a column for each
factor under the parameter's name ([parameters](parameters.md)) among them; only `runs` has the last three. `quarters`
then has columns of `national`; `runs` has each twice, in the last quarter with the ending `_last` and in 2030Q4 with
the ending `_{ending}` (empty in a run that ends before).
"""


def tables_page() -> str:
    """The page: a section a table, columns in their order."""
    parts = [_OPENING, *(_section(name, columns) for name, columns in TABLES.items()), _streams()]
    index = [(f"`{name}`", unit, label) for name, (unit, label) in INDEX_UNITS.items()]
    ending = next(reversed(NUMBERS)).rpartition("_")[2]
    return "\n".join([*parts, f"{_STUDY.format(ending=ending)}\n{markdown(('column', 'unit', 'meaning'), index)}\n"])


def _streams() -> str:
    """The section of the table that is no table of the market, with its own columns."""
    rows = [(f"`{column}`", columns_of(STREAMS)[column].unit, columns_of(STREAMS)[column].entry) for column in _OWN]
    about = _STREAMS.format(table=STREAMS, rows=result_tables()[STREAMS])
    return f"{about}\n{markdown(('column', 'unit', 'meaning'), rows)}\n"


def _section(name: str, columns: Mapping[str, Series]) -> str:
    rows = [(f"`{column}`", series.unit, series.entry) for column, series in columns.items()]
    return f"## {name}\n\n{ROWS[name]}\n\n{markdown(('column', 'unit', 'meaning'), rows)}\n"


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(tables_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
