"""Exports hold what the result holds, with dates and a dictionary; nothing in them runs, and nothing is lost."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.errors import InputError, RunFailedError
from experiments.exports.export import write_export
from experiments.exports.exported_tables import ExportedTable
from experiments.exports.formats import write_csv, write_duckdb, write_xlsx
from experiments.exports.place_codes import codes_beside, shipped_places
from experiments.inputs.data_packs import scenario_with_packs
from experiments.packs.writing import write_tables
from experiments.runs.manifest import identified
from experiments.runs.provenance import content_sha256
from experiments.runs.store import Result, write_result
from market.base import tables
from market.base.column import Series
from market.recorder import TABLES
from market.scenario import Scenario
from tests.experiments.packs.own_packs import AUTHOR

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "plain", "a\x1bb", "\t=2"]
NAME = "=HYPERLINK(A1)"


@pytest.fixture
def hostile() -> list[ExportedTable]:
    frame = pd.DataFrame({NAME: HOSTILE, "number": [-1.5, *[float("nan")] * 7]})
    return [ExportedTable("t", frame, {NAME: Series("name", "x"), "number": Series("1", "y")})]


def test_csv_has_a_file_a_table_with_the_numbers_bit_for_bit(stored: Path, small_result: Result) -> None:
    folder = write_export(stored, "csv", None)
    assert folder == stored / "csv"
    assert {path.stem for path in folder.iterdir()} == {*TABLES, "dictionary"}
    for name, frame in small_result.frames.items():
        written = pd.read_csv(folder / f"{name}.csv", dtype="str")
        for column, values in frame.select_dtypes("number").items():
            back = [float(text) for text in written[column].fillna("nan")]
            np.testing.assert_array_equal(back, values.to_numpy(dtype="float64"))


def test_a_quarter_has_its_first_day_beside_it(stored: Path) -> None:
    folder = write_export(stored, "csv", None, ["national", "storage_contracts", "explanation", "used", "line_changes"])
    national = pd.read_csv(folder / "national.csv")
    assert list(national)[:2] == ["quarter", "date"]
    assert national["date"][:5].tolist() == ["2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01", "2018-01-01"]
    contracts = pd.read_csv(folder / "storage_contracts.csv")
    assert {"signed_date", "start_date", "end_date"} <= set(contracts)
    assert "date" not in contracts
    assert set(pd.read_csv(folder / "explanation.csv")["date"].str[4:]) == {"-01-01"}
    assert "age_bucket_date" not in pd.read_csv(folder / "used.csv")
    changes = pd.read_csv(folder / "line_changes.csv", keep_default_na=False)
    assert ((changes["output_from"] == "") == (changes["output_from_date"] == "")).all()


def test_a_place_has_its_codes_and_coordinates_beside_it(stored: Path) -> None:
    folder = write_export(stored, "csv", None, ["zones", "plants", "emissions", "states", "national"])
    zones = pd.read_csv(folder / "zones.csv", dtype={"cbsa": "str"}).drop_duplicates("zone").set_index("zone")
    assert list(zones)[2:5] == ["cbsa", "latitude", "longitude"]
    assert zones.loc["New York, NY", "cbsa"] == "35620"
    assert zones.loc["New York, NY", "latitude"] == pytest.approx(40.7, abs=0.1)
    assert not zones[["cbsa", "latitude", "longitude"]].isna().any(axis=None)
    plants = pd.read_csv(folder / "plants.csv").drop_duplicates("plant").set_index("plant")
    assert plants.loc["panasonic_nevada", "plant_state"] == "NV"
    assert plants.loc["panasonic_nevada", "longitude"] == -119.44
    assert not plants["latitude"].isna().any()
    for table in ("emissions", "states"):
        rows = pd.read_csv(folder / f"{table}.csv", dtype={"fips": "str"}).drop_duplicates("state").set_index("state")
        assert rows.loc[["CA", "TX", "NY", "AK"], "fips"].tolist() == ["06", "48", "36", "02"]
    assert "fips" not in pd.read_csv(folder / "national.csv")


def test_a_place_that_is_not_known_has_no_code() -> None:
    found = codes_beside("state", pd.Series(["CA", "XX"], index=[7, 9]), shipped_places())
    assert found["fips"].fillna("").tolist() == ["06", ""]
    assert found["fips"].index.tolist() == [7, 9]


def test_plants_of_a_pack_stand_where_the_pack_has_them_and_nowhere_if_it_is_gone(
    small_result: Result, tmp_path: Path
) -> None:
    plants, towns = tables.load("plants").astype(object), tables.load("plant_towns")
    here = plants["plant"] == "panasonic_nevada"
    moved = plants.assign(site=plants["site"].mask(here, "Abilene"), state=plants["state"].mask(here, "TX"))
    own = pd.concat([towns, towns[:1].assign(site="Abilene", state="TX", latitude=32.45, longitude=-99.73)])
    write_tables(tmp_path / "own", {"plants": moved, "plant_towns": own}, AUTHOR)
    data = scenario_with_packs(Scenario(), [tmp_path / "own"]).data.model_dump()
    parameters = {**small_result.manifest.parameters, "data": data}
    told = {"parameters": parameters, "parameters_sha256": content_sha256(identified(parameters))}
    manifest = small_result.manifest.model_copy(update=told)
    write_result(tmp_path / "run", replace(small_result, manifest=manifest))

    def placed(folder: str) -> pd.DataFrame:
        path = write_export(tmp_path / "run", "csv", tmp_path / folder, ["plants", "states"])
        assert "fips" in pd.read_csv(path / "states.csv")
        rows = pd.read_csv(path / "plants.csv").drop_duplicates("plant").set_index("plant")
        return rows[["plant_state", "latitude", "longitude"]]

    found = placed("with")
    assert [found[column]["panasonic_nevada"] for column in found] == ["TX", 32.45, -99.73]
    assert not found.isna().any(axis=None)
    towns.assign(latitude=1.0).to_csv(tmp_path / "own/plant_towns.csv", index=False)
    assert placed("changed").isna().all(axis=None)
    (tmp_path / "own").rename(tmp_path / "elsewhere")
    assert placed("without").isna().all(axis=None)
    assert write_export(tmp_path / "run", "duckdb", None).exists()


def test_the_dictionary_has_a_row_for_every_column_exported(stored: Path) -> None:
    folder = write_export(stored, "csv", None)
    dictionary = pd.read_csv(folder / "dictionary.csv", keep_default_na=False)
    assert list(dictionary) == ["table", "column", "unit", "meaning"]
    for name in TABLES:
        listed = dictionary.loc[dictionary["table"] == name, "column"].tolist()
        assert listed == list(pd.read_csv(folder / f"{name}.csv", nrows=0))
    rows = dictionary.set_index(["table", "column"])["meaning"]
    assert rows["cell_flows", "gwh"] == TABLES["cell_flows"]["gwh"].entry
    assert (dictionary["meaning"] != "").all()


def test_a_workbook_has_a_sheet_a_table_with_real_dates(stored: Path, small_result: Result) -> None:
    path = write_export(stored, "xlsx", stored / "mine.xlsx", ["national", "used"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["national", "used", "dictionary"]
    header, first, *_ = book["national"].iter_rows()
    assert [cell.value for cell in header][:3] == ["quarter", "date", "bev_share_new"]
    day = first[1].value
    assert isinstance(day, datetime)
    assert day.isoformat() == "2017-01-01T00:00:00"
    share = small_result.frames["national"]["bev_share_new"][0]
    assert first[2].value == pytest.approx(share, rel=1e-15)  # a workbook keeps 16 digits
    assert book["national"].max_row == len(small_result.frames["national"]) + 1


def test_a_database_has_the_tables_with_types(stored: Path, small_result: Result) -> None:
    path = write_export(stored, "duckdb", None)
    with duckdb.connect(str(path), read_only=True) as database:
        names = {row[0] for row in database.execute("SHOW TABLES").fetchall()}
        assert names == {*TABLES, "dictionary"}
        kinds = dict(database.execute("SELECT column_name, data_type FROM information_schema.columns "
                                      "WHERE table_name = 'national'").fetchall())  # fmt: skip
        assert (kinds["quarter"], kinds["date"], kinds["bev_stock"]) == ("VARCHAR", "DATE", "DOUBLE")
        stock = database.execute("SELECT bev_stock FROM national ORDER BY date").fetchall()
    assert [row[0] for row in stock] == small_result.frames["national"]["bev_stock"].tolist()
    assert not list(path.parent.glob("*.wal"))


@pytest.mark.parametrize("to", ["csv", "xlsx", "duckdb"])
def test_an_export_is_replaced_only_by_force(stored: Path, to: str) -> None:
    path = write_export(stored, to, None, ["national"])
    with pytest.raises(InputError, match="is there already; --force replaces it"):
        write_export(stored, to, None, ["national"])
    assert write_export(stored, to, None, ["national"], force=True) == path
    assert not list(stored.glob(".*"))


def test_force_never_takes_the_place_of_a_folder_that_is_no_export(stored: Path) -> None:
    for out in (stored, stored.parent):
        with pytest.raises(InputError, match="is no earlier export"):
            write_export(stored, "csv", out, force=True)
    with pytest.raises(InputError, match="is no file"):
        write_export(stored, "xlsx", stored, force=True)
    folder = write_export(stored, "csv", None, ["national"])
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is no earlier export"):
        write_export(stored, "csv", None, force=True)
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("to", "library"), [("xlsx", "openpyxl"), ("duckdb", "duckdb")])
def test_a_missing_library_is_told_with_the_command_that_installs_it(
    stored: Path, to: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    done = CliRunner().invoke(app, ["export", str(stored), "--to", to])
    assert done.exit_code == 2
    assert done.stderr == f"--to {to} needs {library}; get it with pip install 'battery-detour[export]'\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "parquet"], "--to is parquet; it must be csv, xlsx, duckdb"),
        (["--to", "csv", "--table", "nationl"], "did you mean national?"),
        (["--to", "csv", "--table", "elephant"], "there are national, zones"),
    ],
)
def test_wrong_input_is_one_line_and_writes_nothing(stored: Path, arguments: list[str], words: str) -> None:
    held = sorted(stored.iterdir())
    done = CliRunner().invoke(app, ["export", str(stored), *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert sorted(stored.iterdir()) == held


def test_a_folder_without_a_result_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds neither run\.json nor study\.json"):
        write_export(tmp_path, "csv", None)


@pytest.mark.parametrize("to", ["csv", "xlsx", "duckdb"])
def test_a_place_that_cannot_be_written_is_a_failure_in_one_sentence(stored: Path, to: str) -> None:
    (stored / "taken").write_text("", encoding="utf-8")
    with pytest.raises(RunFailedError, match="cannot be written"):
        write_export(stored, to, stored / "taken" / "x", ["national"])
    with pytest.raises(RunFailedError, match="cannot be written"):
        write_export(stored, to, stored / ("x" * 300), ["national"])


def test_a_writer_that_fails_leaves_the_earlier_export(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_export(stored, "duckdb", None, ["national"])
    before = path.read_bytes()

    def fails(*_: object) -> None:
        raise duckdb.IOException("disk full")

    monkeypatch.setattr("experiments.exports.formats._arrow", fails)
    with pytest.raises(RunFailedError, match="disk full"):
        write_export(stored, "duckdb", None, ["national"], force=True)
    assert path.read_bytes() == before
    assert not list(stored.glob(".*"))


def test_text_is_no_formula_in_csv(hostile: list[ExportedTable], tmp_path: Path) -> None:
    write_csv(hostile, tmp_path / "out")
    back = pd.read_csv(tmp_path / "out" / "t.csv")
    assert next(iter(back)) == f"'{NAME}"
    assert back.iloc[:, 0].tolist() == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "' =1", "plain", "a\\x1bb", "\\t=2"]
    assert back["number"][0] == -1.5


def test_text_is_no_formula_in_a_workbook(hostile: list[ExportedTable], tmp_path: Path) -> None:
    write_xlsx(hostile, tmp_path / "t.xlsx")
    header, *rows = openpyxl.load_workbook(tmp_path / "t.xlsx")["t"].iter_rows()
    for cell in (header[0], *(row[0] for row in rows)):
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert [row[0].value for row in rows][:4] == HOSTILE[:4]
    assert [row[1].value for row in rows] == [-1.5, *[None] * 7]


def test_a_database_keeps_text_as_it_is(hostile: list[ExportedTable], tmp_path: Path) -> None:
    write_duckdb(hostile, tmp_path / "t.duckdb")
    with duckdb.connect(str(tmp_path / "t.duckdb"), read_only=True) as database:
        assert [row[0] for row in database.execute("SELECT * FROM t").fetchall()] == HOSTILE


def test_a_table_too_long_for_a_sheet_is_told(
    hostile: list[ExportedTable], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.exports.formats._MOST_ROWS", len(HOSTILE))
    with pytest.raises(InputError, match="more than a sheet holds; choose --to csv or duckdb"):
        write_xlsx(hostile, tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_study_is_exported_with_its_factors(toy: Path) -> None:
    done = CliRunner().invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"])
    assert done.exit_code == 0, done.output
    study = toy / "results" / "mine"
    for to in ("csv", "xlsx", "duckdb"):
        assert write_export(study, to, None).exists()
    runs = pd.read_csv(study / "csv" / "runs.csv")
    assert len(runs) == 8
    assert {"toy.x", "toy.on", "total_last"} <= set(runs)
    assert list(pd.read_csv(study / "csv" / "quarters.csv"))[-3:] == ["quarter", "date", "total"]
    dictionary = pd.read_csv(study / "csv" / "dictionary.csv").set_index(["table", "column"])
    assert dictionary.loc[("runs", "seed"), "meaning"] == "Seed"
    assert dictionary["unit"].notna().all()
