"""Engines: processes of this machine, shards and a real Dask cluster make the same tables; failures stay apart."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import dask
import pytest
from distributed import LocalCluster

from experiments.errors import InputError, RunFailedError
from experiments.studies.dask_engine import DaskEngine
from experiments.studies.engine import Engine, Shard
from experiments.studies.job import Content, Model, Outcome
from experiments.studies.local_engine import LocalEngine
from experiments.studies.plan import make_plan
from experiments.studies.study import Counts, carry_out
from experiments.studies.study_files import read_manifest, read_tables, run_files
from tests.experiments.study_makers import HereEngine, carried_out, sweep_in_this_process, unheard
from tests.experiments.toy_model import TOY, content, design, run_lost_twice

ROOT = Path(__file__).parents[3]
EIGHT = design(factors={"toy.x": [0.0, 0.25, 0.5, 0.75]}, replications=2)
FAILING = design(factors={"toy.word": ["dies", "raises", "hangs", "calm"]}, limit_s=2.0)
ERRORS = {
    "calm": "",
    "raises": "ValueError: the word is raises",
    "hangs": "the run took longer than its limit of 2 s and was ended",
}


def table_bytes(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "runs.parquet").read_bytes(), (folder / "quarters.parquet").read_bytes()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    carried_out(folder, EIGHT)
    return table_bytes(folder)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Address of a cluster of two worker processes."""
    settings: Mapping[str, object] = {
        "distributed.admin.system-monitor.gil.enabled": False, "distributed.comm.timeouts.connect": "60s",
    }  # fmt: skip
    with (
        dask.config.set(settings),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
    ):
        yield cluster.scheduler_address


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_workers_makes_the_same_tables(
    workers: int, tmp_path: Path, undisturbed: tuple[bytes, bytes]
) -> None:
    assert carried_out(tmp_path, EIGHT, LocalEngine(workers)).counts == Counts(8, done=8)
    assert table_bytes(tmp_path) == undisturbed


def test_a_dask_cluster_makes_the_same_tables(tmp_path: Path, undisturbed: tuple[bytes, bytes], scheduler: str) -> None:
    with DaskEngine(scheduler) as engine:
        assert carried_out(tmp_path, EIGHT, engine).counts == Counts(8, done=8)
    assert table_bytes(tmp_path) == undisturbed


def test_shards_with_workers_of_their_own_make_the_same_tables(
    tmp_path: Path, undisturbed: tuple[bytes, bytes]
) -> None:
    plan = make_plan("study", EIGHT, TOY)
    for index in (2, 1):
        carry_out(plan, tmp_path, LocalEngine(1), unheard, shard=Shard(index, 2))
    assert table_bytes(tmp_path) == undisturbed


def check_failures(folder: Path, engine: Engine, of_the_dead: str) -> None:
    assert carried_out(folder, FAILING, engine).counts == Counts(4, done=1, failed=3)
    runs = read_tables(folder)[1]["runs"]
    expected = {**ERRORS, "dies": of_the_dead}
    assert list(runs["error"]) == [expected[word] for word in runs["toy.word"]]
    assert list(runs["seed"]) == [1] * 4


def test_a_run_that_raises_dies_or_hangs_is_a_row_and_the_others_go_on(tmp_path: Path) -> None:
    check_failures(tmp_path, LocalEngine(2), "the process of the run died (SIGKILL), at each of 3 tries")


def test_a_run_that_raises_dies_or_hangs_on_dask_is_a_row_and_the_others_go_on(tmp_path: Path, scheduler: str) -> None:
    with DaskEngine(scheduler) as engine:
        check_failures(tmp_path, engine, "the process of the run died (its Dask worker went away), at each of 3 tries")


@pytest.mark.parametrize("kind", ["local", "dask"])
def test_a_run_that_is_lost_with_its_worker_is_tried_again_by_itself(kind: str, tmp_path: Path, scheduler: str) -> None:
    (tmp_path / "tries").mkdir()
    losing = Model("toy", "1", TOY.declared, content, run_lost_twice, TOY.numbers, TOY.quarters)
    asked = design(factors={"toy.word": [str(tmp_path / "tries")]})
    if kind == "local":
        done = carried_out(tmp_path / "study", asked, LocalEngine(1), losing)
    else:
        with DaskEngine(scheduler) as engine:
            done = carried_out(tmp_path / "study", asked, engine, losing)
    assert done.counts == Counts(1, done=1)
    assert len(list((tmp_path / "tries").iterdir())) == 2


def test_a_run_that_raises_is_not_tried_again(tmp_path: Path) -> None:
    engine = HereEngine()
    carried_out(tmp_path, design(factors={"toy.word": ["raises"]}), engine)
    assert len(engine.made) == 1


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.studies.dask_engine._CONNECT_SECONDS", 0.2)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9; start one"):
        DaskEngine("tcp://127.0.0.1:9")


def test_dask_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="needs the package distributed; install it"):
        DaskEngine("tcp://127.0.0.1:9")


class CannotBeLoaded:
    """Stands for a function whose module cannot be loaded in a worker."""

    def __call__(self, _given: Content, _seed: int) -> Outcome:  # noqa: D102 - never called
        raise AssertionError

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def test_workers_that_cannot_start_end_the_study_instead_of_being_started_for_ever(tmp_path: Path) -> None:
    broken = Model("toy", "1", TOY.declared, content, CannotBeLoaded(), TOY.numbers, TOY.quarters)
    with pytest.raises(RunFailedError, match=r"a worker process cannot start \(exit code 3\)"):
        carried_out(tmp_path, EIGHT, LocalEngine(1), broken)


def workers_alive() -> int:
    """Workers of the local engine, not those of a Dask cluster."""
    return sum(process.name.startswith("SpawnProcess") for process in multiprocessing.active_children())


def test_an_engine_whose_study_is_stopped_leaves_no_process(tmp_path: Path) -> None:
    plan = make_plan("study", design(factors={"toy.x": [1.0, 2.0]}, set={"toy.sleep_s": 500.0}), TOY)
    running = LocalEngine(2).run([plan.job(0, 0), plan.job(1, 0), plan.job(1, 1)], TOY.run, 1.0)
    next(running)
    assert workers_alive() > 0
    running.close()  # type: ignore[attr-defined]  # a generator, as the engine is written
    assert workers_alive() == 0
    assert list(tmp_path.iterdir()) == []


def kill_and_resume(folder: Path, kills: int, runs: int, sleep_s: float) -> int:
    """Sweep, killed with its process group at random moments, then left to end; returns how often it was alive."""
    rng = random.Random(kills)  # noqa: S311 - a test's random numbers guard no secret
    call = (
        "import sys; from tests.experiments.study_makers import sweep_in_this_process as go\n"
        "if __name__ == '__main__': go(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), 2)"
    )
    killed = 0
    for last in [*[False] * kills, True]:
        with subprocess.Popen(
            [sys.executable, "-c", call, str(folder), str(runs), str(sleep_s)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True,
        ) as sweep:  # fmt: skip
            assert sweep.stdout is not None
            if last:
                sweep.communicate()
                assert sweep.returncode == 0
                continue
            sweep.stdout.readline()  # it has looked at what is there
            for _ in range(rng.randrange(runs // kills)):
                sweep.stdout.readline()  # and made some runs, unless there are no more
            time.sleep(rng.uniform(0.0, 2 * sleep_s))
            os.killpg(sweep.pid, signal.SIGKILL)
            killed += sweep.wait() == -signal.SIGKILL
    return killed


def test_a_sweep_killed_again_and_again_ends_with_the_same_bytes(tmp_path: Path) -> None:
    assert kill_and_resume(tmp_path / "killed", kills=3, runs=8, sleep_s=0.1) == 3
    sweep_in_this_process(str(tmp_path / "undisturbed"), 8, 0.1, 2)
    assert table_bytes(tmp_path / "killed") == table_bytes(tmp_path / "undisturbed")


@pytest.mark.long
def test_a_sweep_of_60_runs_killed_20_times_ends_with_the_same_bytes(tmp_path: Path) -> None:
    assert kill_and_resume(tmp_path / "killed", kills=20, runs=60, sleep_s=0.3) >= 15
    sweep_in_this_process(str(tmp_path / "undisturbed"), 60, 0.3, 2)
    assert table_bytes(tmp_path / "killed") == table_bytes(tmp_path / "undisturbed")


@pytest.mark.long
def test_a_thousand_runs_in_one_worker_take_little_more_memory_than_a_hundred(tmp_path: Path) -> None:
    x = [place / 100.0 for place in range(1000)]
    carried_out(tmp_path, design(factors={"toy.x": x}), LocalEngine(1))
    files = run_files(tmp_path)
    records = [files.read(run[3]) for run in read_manifest(tmp_path).runs]
    peak_mib = [record.peak_rss_mib for record in records if record is not None and record.peak_rss_mib is not None]
    assert len(peak_mib) == 1000
    assert peak_mib[-1] < 1.1 * peak_mib[99]


def test_an_engine_of_ones_own_needs_one_method(tmp_path: Path, undisturbed: tuple[bytes, bytes]) -> None:
    engine: Engine = HereEngine(backwards=True)
    carried_out(tmp_path, EIGHT, engine)
    assert table_bytes(tmp_path) == undisturbed
