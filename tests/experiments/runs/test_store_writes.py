"""Writing a result is all or nothing, whoever writes at the same time and whatever ends the writer."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments.runs.result_tables import STREAMS, columns_of
from experiments.runs.store import Result, read_result, result_folder, write_result
from experiments.runs.whole_files import earlier_ones


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


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


def test_writers_of_one_result_at_the_same_time_lose_nothing(small_result: Result, tmp_path: Path) -> None:
    folder = result_folder(tmp_path, "reference", 1)
    with ThreadPoolExecutor(8) as writers:
        written = list(writers.map(lambda _: write_result(folder, small_result), range(48)))
    assert len(written) == 48
    assert names_in(folder.parent) == {"seed=1"}
    assert read_result(folder).manifest == written[0]


def test_a_run_made_again_takes_away_nothing_that_it_does_not_write(small_result: Result, stored: Path) -> None:
    write_result(stored, small_result)
    (stored / "figures").mkdir()
    (stored / "figures" / "trust.png").write_bytes(b"drawn by the run")
    write_result(stored, small_result)
    assert earlier_ones(stored) == []
    for name in ("report.html", "figures/paper/trust.png", "csv/national.csv"):
        (stored / name).parent.mkdir(parents=True, exist_ok=True)
        (stored / name).write_text("mine", encoding="utf-8")
        before = len(earlier_ones(stored))
        write_result(stored, small_result)
        assert not (stored / name).exists()
        assert len(earlier_ones(stored)) == before + 1
        assert (earlier_ones(stored)[-1] / name).read_text(encoding="utf-8") == "mine"
        assert read_result(earlier_ones(stored)[-1]).manifest.results_sha256 == small_result.manifest.results_sha256
    assert names_in(stored.parent) == {stored.name, *(path.name for path in earlier_ones(stored))}


def test_random_streams_that_a_run_has_no_more_stay_beside_it(small_result: Result, stored: Path) -> None:
    streams = pd.DataFrame({name: ["2018Q1"] if name == "quarter" else [1.0] for name in columns_of(STREAMS)})
    with_streams = replace(small_result, frames={**small_result.frames, STREAMS: streams})
    write_result(stored, with_streams)
    write_result(stored, with_streams)
    assert earlier_ones(stored) == []
    write_result(stored, small_result)
    assert [(path / f"{STREAMS}.parquet").is_file() for path in earlier_ones(stored)] == [True]
