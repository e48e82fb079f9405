"""A result on disk appears whole or not at all, and reads back as it was written."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.runs.manifest import Manifest, results_sha256
from experiments.runs.provenance import content_sha256
from experiments.runs.store import Result, ResultError, read_result, result_folder, units_of, write_result
from market.base.column import Series
from market.recorder import TABLES

RUNNER = CliRunner()


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_tables_and_manifest_read_back_as_they_were_written(small_result: Result, stored: Path) -> None:
    read = read_result(stored)
    assert list(read.frames) == list(TABLES)
    for name, frame in small_result.frames.items():
        pd.testing.assert_frame_equal(read.frames[name], frame)
    assert read.manifest.model_copy(update={"tables": {}}) == small_result.manifest
    assert names_in(stored) == {"run.json", *(f"{name}.parquet" for name in TABLES)}


def test_a_folder_may_be_given_as_text(small_result: Result, stored: Path, tmp_path: Path) -> None:
    assert read_result(str(stored)).manifest == read_result(stored).manifest
    assert units_of(str(stored), "national") == units_of(stored, "national")
    folder = result_folder(str(tmp_path), "copy", 1)
    write_result(str(folder), small_result)
    assert read_result(folder).manifest.results_sha256 == small_result.manifest.results_sha256


def test_every_column_carries_its_unit_and_label(stored: Path) -> None:
    for name, columns in TABLES.items():
        assert units_of(stored, name) == {name: Series(each.unit, each.label) for name, each in columns.items()}


def test_the_column_of_automakers_says_that_they_are_archetypes(stored: Path) -> None:
    assert "calibrated archetype, not a forecast of the company" in units_of(stored, "automakers")["maker"].label


def test_the_manifest_tells_what_is_needed_to_make_the_run_again(small_result: Result) -> None:
    manifest = small_result.manifest
    assert manifest.parameters["run"]["consumers"] == manifest.consumers == 500
    assert manifest.seed == 1
    assert manifest.versions.keys() == {"python", "battery-detour", "mesa", "numpy", "numba", "scipy"}
    assert manifest.ledger_checks > 0
    assert manifest.free_run_mae_points is None


def test_the_results_hash_is_of_the_contents_and_not_of_their_encoding(stored: Path, small_result: Result) -> None:
    path = stored / "national.parquet"
    pq.write_table(pq.read_table(path), path, compression="none", row_group_size=3)
    again = {**small_result.frames, "national": pd.read_parquet(path)}
    assert results_sha256(again) == small_result.manifest.results_sha256


def test_the_results_hash_sees_one_changed_value_a_renamed_column_and_another_order() -> None:
    frame = pd.DataFrame({"quarter": ["2017Q1", "2017Q2"], "share": [0.1, np.nan]})
    hashes = [
        results_sha256({"a": frame}),
        results_sha256({"b": frame}),
        results_sha256({"a": frame.iloc[::-1]}),
        results_sha256({"a": frame.rename(columns={"share": "part"})}),
        results_sha256({"a": frame.assign(share=[np.nextafter(0.1, 1.0), np.nan])}),
        results_sha256({"a": frame.assign(quarter=["2017Q1", "2017Q3"])}),
    ]
    assert len(set(hashes)) == len(hashes)
    assert results_sha256({"a": frame.assign(share=[0.1, -np.nan])}) == hashes[0]


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"holds no run.json; give the folder of a run"):
        read_result(tmp_path / "nothing")


def test_a_missing_and_a_damaged_table_are_told_apart(stored: Path) -> None:
    path = stored / "used.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ResultError, match=r"used.parquet is damaged: its checksum is not that in run.json"):
        read_result(stored)
    path.unlink()
    with pytest.raises(ResultError, match="table used is missing"):
        read_result(stored)


EDITS: dict[str, Any] = {
    "seed": 7, "question": "Another?", "ledger_checks": 999_999, "git_commit": "deadbeef", "name": "../../../elsewhere",
    "parameters_sha256": "0" * 64, "wall_s": 0.0, "mood": "good", "code": None, "schema_version": 1,
}  # fmt: skip


def test_the_manifest_holds_no_path_or_time_of_the_machine(stored: Path) -> None:
    text = (stored / "run.json").read_text(encoding="utf-8")
    assert str(Path.home()) not in text
    assert str(stored.parents[2]) not in text
    assert not {name for name in Manifest.model_fields if "time" in name or "date" in name}


@pytest.fixture
def of_earlier_code(small_result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run like those of results version 1: a table, a column and a group of parameters are not there yet."""
    frames = {name: frame for name, frame in small_result.frames.items() if name != "cell_flows"}
    frames["plants"] = frames["plants"].drop(columns="capacity_converted_gwh")
    parameters = {name: group for name, group in small_result.manifest.parameters.items() if name != "constants"}
    manifest = small_result.manifest.model_copy(
        update={
            "results_version": 1, "results_sha256": results_sha256(frames), "parameters": parameters,
            "parameters_sha256": content_sha256(parameters),
        }
    )  # fmt: skip
    folder = tmp_path / "earlier"
    had = {name: series for name, series in TABLES["plants"].items() if name != "capacity_converted_gwh"}
    with monkeypatch.context() as earlier:
        earlier.setitem(TABLES, "plants", had)
        write_result(folder, Result(manifest, frames))
    return folder


def test_a_run_of_earlier_code_is_read_drawn_and_reported_as_far_as_it_goes(of_earlier_code: Path) -> None:
    assert set(TABLES) - set(read_result(of_earlier_code).frames) == {"cell_flows"}
    drawn = RUNNER.invoke(app, ["figures", str(of_earlier_code)])
    assert drawn.exit_code == 0, drawn.output
    assert "figure cell_capacity shows what results of Detour" in drawn.output
    assert (of_earlier_code / "figures" / "prices.png").is_file()
    assert RUNNER.invoke(app, ["report", str(of_earlier_code)]).exit_code == 0
    report = (of_earlier_code / "report.html").read_text(encoding="utf-8")
    assert "whose results are not those of this one" in report


def test_a_run_of_this_version_must_have_every_table_and_group(small_result: Result, tmp_path: Path) -> None:
    frames = {name: frame for name, frame in small_result.frames.items() if name != "cell_flows"}
    lacking = small_result.manifest.model_copy(update={"results_sha256": results_sha256(frames)})
    write_result(tmp_path / "lacking", Result(lacking, frames))
    with pytest.raises(ResultError, match="its tables or parameters are not those of this Detour"):
        read_result(tmp_path / "lacking")
