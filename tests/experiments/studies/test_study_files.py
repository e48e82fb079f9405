"""A study's files: damage is found and only that made again; full disks and second runners are told in words."""

import errno
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments.errors import InputError, RunFailedError
from experiments.studies.engine import Shard
from experiments.studies.job import Job, Made, Outcome
from experiments.studies.run_files import DamagedRunError, RunFiles, _head
from experiments.studies.study import Counts
from experiments.studies.study_files import StudyError, read_manifest, run_files
from experiments.studies.study_lock import study_lock
from experiments.studies.verify import verified
from tests.experiments.study_makers import HereEngine, carried_out
from tests.experiments.toy_model import design

ROOT = Path(__file__).parents[3]
X = [0.5, 1.0, 1.5, 2.0]
SMALL = design(factors={"toy.x": X}, replications=2)


def table_bytes(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "runs.parquet").read_bytes(), (folder / "quarters.parquet").read_bytes()


CORRUPTIONS = ["truncated", "flipped", "foreign", "schema", "empty"]


def corrupt(path: Path, how: str, other: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    if how == "truncated":
        path.write_bytes(content[: rng.randrange(1, len(content))])
    elif how == "flipped":
        place = rng.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :])
    elif how == "foreign":
        path.write_bytes(other.read_bytes())
    elif how == "schema":
        path.write_bytes(content.replace(b"detour-run 2 ", b"detour-run 3 ", 1))
    else:
        path.write_bytes(b"")


def test_of_thirty_corruptions_each_is_found_and_only_those_runs_are_made_again(tmp_path: Path) -> None:
    asked = design(factors={"toy.x": [place / 5 for place in range(40)]})
    carried_out(tmp_path, asked)
    before = table_bytes(tmp_path)
    files = run_files(tmp_path)
    identities = [run[3] for run in read_manifest(tmp_path).runs]
    rng = random.Random(3)  # noqa: S311 - a test's random numbers guard no secret
    spoilt = rng.sample(identities, 30)
    whole = files.path(next(each for each in identities if each not in spoilt))
    for place, identity in enumerate(spoilt):
        corrupt(files.path(identity), CORRUPTIONS[place % len(CORRUPTIONS)], whole, rng)
        with pytest.raises(DamagedRunError):
            files.read(identity)
    with pytest.raises(RunFailedError, match="30 of 40 runs are damaged"):
        verified(tmp_path)
    engine = HereEngine()
    assert carried_out(tmp_path, asked, engine).counts == Counts(40, done=30, cached=10, damaged=30)
    assert sorted(engine.made) == sorted(spoilt)
    assert table_bytes(tmp_path) == before
    assert "40 runs (0 failed) and 2 tables are complete and agree" in verified(tmp_path)


def test_every_single_flipped_bit_of_a_run_is_found(tmp_path: Path) -> None:
    carried_out(tmp_path, design())
    files, identity = run_files(tmp_path), read_manifest(tmp_path).runs[0][3]
    content = files.path(identity).read_bytes()
    for place in range(len(content)):
        files.path(identity).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(DamagedRunError):
            files.read(identity)


def test_damaged_tables_and_manifests_are_found(tmp_path: Path) -> None:
    carried_out(tmp_path, SMALL)
    table, manifest = tmp_path / "runs.parquet", tmp_path / "study.json"
    content = table.read_bytes()
    table.write_bytes(content[:-1] + b"?")
    with pytest.raises(RunFailedError, match=r"runs\.parquet is damaged"):
        verified(tmp_path)
    table.write_bytes(content)
    said = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**said, "name": "another"}), encoding="utf-8")
    with pytest.raises(RunFailedError, match=r"study\.json is damaged"):
        verified(tmp_path)
    manifest.write_text(json.dumps({**said, "schema_version": 99}), encoding="utf-8")
    with pytest.raises(StudyError, match="schema version is 99; this Detour reads 1"):
        read_manifest(tmp_path)
    with pytest.raises(InputError, match=r"holds neither run\.json nor study\.json"):
        verified(tmp_path / "runs")


def test_a_table_of_other_runs_is_found_though_its_checksum_fits(tmp_path: Path) -> None:
    carried_out(tmp_path, SMALL)
    manifest = read_manifest(tmp_path)
    record = run_files(tmp_path).read(manifest.runs[0][3])
    assert record is not None
    changed = {**record.numbers, "total_last": 99.0}
    body = record.model_copy(update={"numbers": changed}).model_dump_json().encode()
    run_files(tmp_path).path(manifest.runs[0][3]).write_bytes(_head(body) + body)
    with pytest.raises(RunFailedError, match="the tables are not those of the runs"):
        verified(tmp_path)


def test_what_a_killed_runner_left_half_written_goes(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    leftover = tmp_path / "runs" / ".abc.run.7.unfinished"
    leftover.write_bytes(b"half")
    carried_out(tmp_path, SMALL)
    assert not leftover.exists()


def test_a_full_disk_ends_the_study_with_what_to_do_and_counts_nothing_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.fsync, []

    def full(number: int) -> None:
        calls.append(number)
        if len(calls) == 6:  # a trial, study.json and three runs fit
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(number)

    monkeypatch.setattr(os, "fsync", full)
    second = tmp_path / "second"
    second.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(second))
    folder = tmp_path / "study"
    with pytest.raises(RunFailedError, match=r"No space left on device\); finished runs are kept: make room") as told:
        carried_out(folder, SMALL)
    assert len(list((folder / "runs").iterdir())) == 3
    (kept,) = second.rglob("*.run")
    assert f"move the last one from {kept} to {folder / 'runs'}, then repeat the command" in str(told.value)
    kept.rename(folder / "runs" / kept.name)
    assert carried_out(folder, SMALL).counts == Counts(8, done=4, cached=4)


def test_a_disk_that_takes_only_small_files_ends_the_study_in_words() -> None:
    call = (
        "import sys; from pathlib import Path; from tests.experiments.study_makers import carried_out; "
        "from tests.experiments.studies.test_study_files import SMALL; carried_out(Path(sys.argv[1]), SMALL)"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", call, folder], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},  # it would be cut off too, and stay
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)),
        )  # fmt: skip
        assert done.returncode == 1
        assert "cannot be written to (File too large); finished runs are kept" in done.stderr
        assert list(Path(folder).rglob("*.unfinished")) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuses)
    with pytest.raises(RunFailedError, match=r"cannot be written to \(Read-only file system\)"):
        carried_out(tmp_path / "new", SMALL)
    assert not (tmp_path / "new").exists()


def test_a_second_runner_on_a_folder_is_refused_with_who_holds_it(tmp_path: Path) -> None:
    with study_lock(tmp_path, None), pytest.raises(InputError, match=f"in use by process {os.getpid()} on "):
        carried_out(tmp_path, SMALL)
    assert list((tmp_path / "runs").iterdir()) == []
    carried_out(tmp_path, SMALL)


def test_shards_share_a_folder_but_not_with_one_who_takes_all_nor_with_themselves(tmp_path: Path) -> None:
    with study_lock(tmp_path, Shard(1, 2)):
        with study_lock(tmp_path, Shard(2, 2)):
            pass
        for other in (None, Shard(1, 2)):
            with pytest.raises(InputError, match="in use by"), study_lock(tmp_path, other):
                pass


def test_numbers_that_are_not_there_read_back_as_missing(tmp_path: Path) -> None:
    files = RunFiles(tmp_path)
    job = Job("toy 1", {"toy.x": 1.0}, 1)
    files.write(
        job, Made(Outcome({"a": float("nan"), "b": float("inf")}, {"c": [float("nan"), 1.0, "x"]}), "", 0.1, None)
    )
    record = files.read(job.identity)
    assert record is not None
    assert (record.numbers, record.quarters) == ({"a": None, "b": None}, {"c": [None, 1.0, "x"]})
    assert files.read("0" * 64) is None


def test_units_stand_in_the_metadata_of_the_table(tmp_path: Path) -> None:
    carried_out(tmp_path, SMALL)
    field = pq.read_schema(tmp_path / "runs.parquet").field("total_last")
    assert field.metadata == {b"unit": b"1", b"label": b"total_last"}
    assert pd.read_parquet(tmp_path / "runs.parquet")["toy.x"].tolist() == [x for x in X for _ in range(2)]
