"""The data dictionary: an entry for every table and column, and what a unit alone would leave open is said."""

import pytest

from experiments.documents.tables_page import PAGE, tables_page
from experiments.runs.store import Result
from market.recorder import ROWS, TABLES

COLUMNS = [(table, column) for table, columns in TABLES.items() for column in columns]
BARE = {
    "name",
    "share",
    "1",
    "number",
    "log-odds",
    "0 or 1",
    "yes or no",
    "used good",
    "effective model",
    "postal code",
}
"""Units that do not say what is counted, of what, or which values there are."""
A_YEAR = "ate per year"


def _section(page: str, table: str) -> str:
    return page.partition(f"\n## {table}\n")[2].partition("\n## ")[0]


def test_every_table_says_what_a_row_is() -> None:
    assert list(ROWS) == list(TABLES)
    assert [table for table, row in ROWS.items() if not row.startswith("One row ") or not row.endswith(".")] == []


def test_every_column_has_an_entry_on_the_page() -> None:
    page = tables_page()
    for table, column in COLUMNS:
        series = TABLES[table][column]
        assert series.unit, (table, column)
        assert series.label, (table, column)
        assert f"| `{column}` | {series.unit} | {series.entry} |\n" in _section(page, table)


def test_an_entry_says_more_than_the_label_where_the_unit_leaves_it_open() -> None:
    entries = {name: TABLES[name[0]][name[1]] for name in COLUMNS}
    assert [name for name, series in entries.items() if series.unit in BARE and not series.meaning] == []
    assert [name for name, series in entries.items() if series.meaning and not series.meaning.endswith(".")] == []
    assert [name for name, series in entries.items() if series.label.endswith(".")] == []


def test_flows_per_year_and_per_quarter_are_told_apart() -> None:
    rates = {
        (table, column) for table, column in COLUMNS if TABLES[table][column].unit.endswith(("GWh/year", "car/year"))
    }
    assert [name for name in sorted(rates) if A_YEAR not in TABLES[name[0]][name[1]].meaning] == []
    told = {name for name in COLUMNS if TABLES[name[0]][name[1]].meaning.startswith("A rate per year")}
    assert told - rates == set()
    assert "In the quarter" in TABLES["cell_flows"]["gwh"].meaning


def test_cells_of_the_nation_are_four_times_the_flows_of_a_quarter(small_result: Result) -> None:
    flows, national = small_result.frames["cell_flows"], small_result.frames["national"].set_index("quarter")
    cars = flows[flows["use"] == "vehicles"]
    imported = cars["seller"] == "imports for cars"
    for column, rows in (
        ("cells_to_vehicles_gwh", cars[~imported]),
        ("cells_imported_for_vehicles_gwh", cars[imported]),
    ):
        in_quarter = rows.groupby("quarter")["gwh"].sum()
        assert in_quarter.size > 30
        assert national.loc[in_quarter.index, column].to_numpy() == pytest.approx(4.0 * in_quarter.to_numpy(), rel=1e-9)


def test_the_page_of_tables_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == tables_page(), "run make docs"
