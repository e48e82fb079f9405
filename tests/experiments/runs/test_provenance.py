"""What made a run: one hash of named parts and versions of libraries, told by the worker, refused if it is other."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

import experiments.runs.provenance as provenance_module
from experiments.errors import InputError
from experiments.runs.provenance import PARTS, Provenance, check_worker, content_sha256, files_sha256, here, told_apart
from experiments.studies.dask_engine import DaskEngine
from experiments.studies.local_engine import LocalEngine
from tests.experiments.study_makers import carried_out
from tests.experiments.toy_model import design

ROOT = Path(__file__).parents[3]
EIGHT = design(factors={"toy.x": [0.0, 0.25, 0.5, 0.75]}, replications=2)


def other(*, code: bool = False, **versions: str) -> Provenance:
    """What another installation says of itself."""
    ours = here()
    parts = {**ours.code.parts, "market": "0" * 64} if code else ours.code.parts
    changed = ours.code.model_copy(update={"sha256": content_sha256(parts), "parts": parts})
    return Provenance(code=changed, versions={**ours.versions, **versions})


def test_the_parts_are_code_data_and_runner_and_one_hash_is_over_all() -> None:
    code = here().code
    assert list(code.parts) == list(PARTS) == ["agents", "market", "data tables", "study runner"]
    assert code.parts == {name: part() for name, part in PARTS.items()}
    assert len(set(code.parts.values())) == len(PARTS)
    assert code.sha256 == content_sha256(code.parts)
    assert {"python", "numpy", "numba", "mesa", "scipy"} <= here().versions.keys()


def test_a_part_is_hashed_over_paths_and_bytes_of_its_files_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("a.py", "b/c.py", "note.txt"):
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    first = files_sha256(tmp_path, "**/*.py")
    (tmp_path / "note.txt").write_text("y = 1\n", encoding="utf-8")
    assert files_sha256(tmp_path, "**/*.py") == files_sha256(tmp_path, "b/*.py", "*.py", "**/*.py") == first
    (tmp_path / "b" / "c.py").write_text("x = 2\n", encoding="utf-8")
    changed = files_sha256(tmp_path, "**/*.py")
    (tmp_path / "b" / "c.py").rename(tmp_path / "b" / "d.py")
    renamed = files_sha256(tmp_path, "**/*.py")
    assert len({first, changed, renamed}) == 3


def test_what_differs_is_told_in_words() -> None:
    ours = here()
    assert told_apart(ours, ours) == ""
    assert told_apart(None, ours) == "code that was not recorded"
    there = other(code=True, numpy="1.0")
    assert told_apart(there, ours) == (
        f"code {there.code.short} instead of {ours.code.short} (other: market), "
        f"numpy 1.0 instead of {ours.versions['numpy']}"
    )


def test_other_code_is_refused_always_and_other_libraries_unless_mixed() -> None:
    check_worker("w", here().model_dump(), mixed=False)
    check_worker("w", other(numba="0.1").model_dump(), mixed=True)
    with pytest.raises(InputError, match=r"^w has numba 0\.1 instead of .*install the same versions there, or add"):
        check_worker("w", other(numba="0.1").model_dump(), mixed=False)
    for mixed in (False, True):
        with pytest.raises(InputError, match=r"^w has code \w{12} instead of \w{12} \(other: market\); install the"):
            check_worker("w", other(code=True).model_dump(), mixed=mixed)
        with pytest.raises(InputError, match=r"^w has a Detour that does not tell its code, instead of \w{12}"):
            check_worker("w", None, mixed=mixed)


def test_a_local_worker_whose_files_are_others_is_refused_before_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = other(code=True)
    monkeypatch.setattr(provenance_module, "here", lambda *_: ours)
    with pytest.raises(InputError, match=rf"worker process \d+ has code \w+ instead of {ours.code.short}"):
        carried_out(tmp_path, EIGHT, LocalEngine(1))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [".lock"]


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as made:
        yield made


def test_a_dask_worker_with_one_changed_byte_in_market_is_refused_before_the_first_run(
    tmp_path: Path, cluster: LocalCluster
) -> None:
    copy, folder = tmp_path / "copy", tmp_path / "study"
    for package in ("agents", "market", "experiments"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    changed = copy / "market" / "base" / "ledger.py"
    content = changed.read_bytes()
    changed.write_bytes(content[:3] + bytes([content[3] ^ 32]) + content[4:])  # a letter of its docstring
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address,
         "--nthreads", "1", "--no-nanny", "--no-dashboard"],
        cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with Client(cluster.scheduler_address) as client:
            right = set(client.nthreads())
            client.wait_for_workers(2, timeout=60)
            (wrong,) = set(client.nthreads()) - right
            files = ["agents", "market", "data tables", "study runner"]
            theirs = client.run(here, workers=[wrong])[wrong]
        assert [name for name in files if theirs.code.parts[name] != here().code.parts[name]] == ["market"]
        refused = rf"Dask worker {wrong} has code {theirs.code.short} instead of {here().code.short} \(other: market\)"
        with DaskEngine(cluster.scheduler_address, mixed=True) as engine, pytest.raises(InputError, match=refused):
            carried_out(folder, EIGHT, engine)
    finally:
        worker.kill()
        worker.wait()
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [".lock"]
