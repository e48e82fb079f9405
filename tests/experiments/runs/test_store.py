"""A result on disk appears whole or not at all, and reads back as it was written."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from experiments.runs.manifest import Manifest, results_sha256
from experiments.runs.store import Result, ResultError, read_result, result_folder, units_of, write_result
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


def test_every_column_carries_its_unit_and_label(stored: Path) -> None:
    for name, columns in TABLES.items():
        assert units_of(stored, name) == columns


def test_a_makers_column_says_that_makers_are_archetypes(stored: Path) -> None:
    assert "calibrated archetype, no forecast of the company" in units_of(stored, "automakers")["maker"].label


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


class Broken(BaseException):
    """Stands for Ctrl-C, which is no Exception either."""


@pytest.mark.parametrize("already", [True, False])
def test_a_write_that_is_interrupted_leaves_the_old_result_and_nothing_else(
    already: bool,  # noqa: FBT001 - a case of the test
    small_result: Result,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = result_folder(tmp_path, "reference", 1)
    if already:
        write_result(folder, small_result)
    written = pq.write_table

    def third_breaks(table: Any, path: Path) -> None:
        if path.stem == "automakers":
            raise Broken
        written(table, path)

    monkeypatch.setattr(pq, "write_table", third_breaks)
    with pytest.raises(Broken):
        write_result(folder, small_result)
    assert names_in(folder.parent) == ({"seed=1"} if already else set())
    if already:
        assert read_result(folder).manifest.results_sha256 == small_result.manifest.results_sha256


def test_a_result_that_cannot_take_its_place_leaves_the_old_one(
    small_result: Result, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed = Path.rename

    def new_one_fails(path: Path, target: Path) -> Path:
        if path.name.endswith(".unfinished"):
            raise OSError(5, "Input/output error")
        return renamed(path, target)

    monkeypatch.setattr(Path, "rename", new_one_fails)
    with pytest.raises(OSError, match="Input/output"):
        write_result(stored, small_result)
    assert names_in(stored.parent) == {"seed=1"}
    assert read_result(stored).manifest.seed == 1


KILLED = """
import os, signal, sys
from pathlib import Path
import pyarrow.parquet as pq
from experiments.runs.store import read_result, write_result
folder = Path(sys.argv[1])
result = read_result(folder)
written = pq.write_table
def third_kills(table, path):
    if path.stem == "automakers":
        os.kill(os.getpid(), signal.SIGKILL)
    written(table, path)
pq.write_table = third_kills
write_result(folder, result)
"""


def test_a_process_killed_in_the_middle_of_a_write_leaves_the_old_result_and_it_goes_after_a_day(
    small_result: Result, stored: Path
) -> None:
    root = Path(__file__).parents[3]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(stored)], cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    half_written = names_in(stored.parent) - {"seed=1"}
    assert len(half_written) == 1
    assert read_result(stored).manifest.results_sha256 == small_result.manifest.results_sha256
    write_result(stored, small_result)
    assert names_in(stored.parent) == {"seed=1", *half_written}  # it might be a living writer's
    long_ago = time.time() - 2 * 86_400
    os.utime(stored.parent / half_written.pop(), (long_ago, long_ago))
    write_result(stored, small_result)
    assert names_in(stored.parent) == {"seed=1"}


def test_a_result_killed_between_its_two_renames_is_found_again(small_result: Result, stored: Path) -> None:
    stored.rename(stored.with_name(".seed=1.0123456789abcdef.old"))
    write_result(stored, small_result)
    assert names_in(stored.parent) == {"seed=1"}


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


def test_writers_of_one_result_at_the_same_time_lose_nothing(small_result: Result, tmp_path: Path) -> None:
    folder = result_folder(tmp_path, "reference", 1)
    with ThreadPoolExecutor(8) as writers:
        written = list(writers.map(lambda _: write_result(folder, small_result), range(48)))
    assert len(written) == 48
    assert names_in(folder.parent) == {"seed=1"}
    assert read_result(folder).manifest == written[0]


def test_the_manifest_holds_no_path_or_time_of_the_machine(stored: Path) -> None:
    text = (stored / "run.json").read_text(encoding="utf-8")
    assert str(Path.home()) not in text
    assert str(stored.parents[2]) not in text
    assert not {name for name in Manifest.model_fields if "time" in name or "date" in name}
