"""Files and folders appear whole however many write them; a finished run whose disk is full goes to another place."""

import errno
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import experiments.runs.run
from experiments.cli import app
from experiments.runs import whole_files
from experiments.runs.store import Result, read_result
from experiments.runs.whole_files import appearing_whole, kept_elsewhere, tried, write_whole

RUNNER = CliRunner()
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_of_96_writes_of_one_file_by_eight_at_a_time_none_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    contents = [bytes([place]) * 10_000 for place in range(96)]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda content: write_whole(path, content), contents))
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def write_folder(folder: Path, number: int) -> None:
    with appearing_whole(folder) as unfinished:
        for name in ("a", "b", "c"):
            (unfinished / name).write_text(str(number), encoding="utf-8")


def test_of_96_writes_of_one_folder_by_eight_at_a_time_none_fails_and_one_is_there_whole(tmp_path: Path) -> None:
    folder = tmp_path / "seed=1"
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda number: write_folder(folder, number), range(96)))
    assert len({path.read_text(encoding="utf-8") for path in folder.iterdir()}) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "c"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_is_tried_and_what_is_new_of_it_goes_again_if_what_follows_fails(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with tried(tmp_path / "out" / "runs" / "reference"):
        pass
    assert list((tmp_path / "out" / "runs" / "reference").iterdir()) == []
    with pytest.raises(KeyError), tried(tmp_path / "out" / "more" / "reference"):
        raise KeyError
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["runs"]


def test_a_disk_that_is_full_is_told_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> Result:
        raise AssertionError

    def full(_number: int) -> None:
        raise FULL

    monkeypatch.setattr(experiments.runs.run, "simulate", never)
    monkeypatch.setattr(os, "fsync", full)
    done = RUNNER.invoke(app, ["run", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    folder = tmp_path / "out" / "runs" / "reference" / "seed=1"
    assert done.stderr == f"{folder} cannot be written (No space left on device); choose another --out\n"
    assert list(tmp_path.iterdir()) == []


def disk_full_below(refused: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No table fits below a folder any more; said as pyarrow says it."""
    real = pq.write_table

    def write(table: Any, path: Path) -> None:
        if path.is_relative_to(refused):
            raise OSError(errno.ENOSPC, "Error writing bytes to file. Detail: [errno 28] No space left on device")
        real(table, path)

    monkeypatch.setattr(pq, "write_table", write)


def test_a_finished_run_whose_disk_is_full_is_kept_where_the_sentence_says(
    tmp_path: Path, small_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments.runs.run, "simulate", lambda *_, **__: small_result)
    out, second = tmp_path / "out", tmp_path / "second"
    second.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(second))
    disk_full_below(out, monkeypatch)
    done = RUNNER.invoke(app, ["run", "--no-figures", "--streams", "0", "--out", str(out)])
    assert done.exit_code == 1
    (kept,) = second.glob("detour-*/runs/reference/seed=1")
    assert done.stderr == (
        f"{out / 'runs/reference/seed=1'} cannot be written (No space left on device); the run is kept in {kept}; "
        "make room or choose another --out\n"
    )
    assert read_result(kept).manifest.results_sha256 == small_result.manifest.results_sha256
    assert not out.exists()


def test_places_that_refuse_are_passed_over_and_nothing_is_left_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "first"))
    monkeypatch.chdir(tmp_path / "second")

    def write(folder: Path) -> None:
        (folder / "half").write_bytes(b"half")
        if folder.is_relative_to(tmp_path / "first"):
            raise FULL

    kept = kept_elsewhere(write)
    assert kept is not None
    assert kept.parent == tmp_path / "second"
    assert list((tmp_path / "first").iterdir()) == []

    def refuses(_folder: Path) -> None:
        raise FULL

    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    assert kept_elsewhere(refuses) is None
    assert [path.name for path in (tmp_path / "second").iterdir()] == [kept.name]


def test_a_refusal_is_told_in_the_words_of_the_system() -> None:
    assert whole_files.reason(OSError(28, "Error writing bytes to file. Detail: ...")) == "No space left on device"
    assert whole_files.reason(OSError("odd")) == "odd"
