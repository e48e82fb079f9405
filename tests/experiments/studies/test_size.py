"""How large a study is before it begins, what is refused, and runs that are kept in one file."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import experiments.studies.sampling
import experiments.studies.size
from experiments.cli import app
from experiments.errors import InputError, RunFailedError
from experiments.studies.container import Container, ContainerError
from experiments.studies.engine import Shard
from experiments.studies.plan import make_plan
from experiments.studies.size import size_of
from experiments.studies.study import Counts, carry_out
from experiments.studies.study_files import contained_run_files, read_manifest, run_files
from experiments.studies.verify import verified
from tests.experiments.study_makers import HereEngine, carried_out, unheard
from tests.experiments.toy_model import TOY, design

ROOT = Path(__file__).parents[3]
RUNNER = CliRunner()
SHORT = ("run.fast_graph=true", "run.last_quarter=2019Q4", "run.origin=2018Q4", "run.recorded_until=2018Q4")
HUGE = 'question = "?"\nreplications = 1\n[design]\nkind = "latin-hypercube"\npoints = {points}\n[factors]\n'
HUGE += '"toy.x" = {{low = 0, high = 1}}\n'


@pytest.mark.parametrize("points", [100_001, 10_000_000, 2_000_000_000])
def test_a_study_of_more_than_100000_runs_is_refused_without_making_its_list(
    points: int, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (toy / "mine.toml").write_text(HUGE.format(points=points), encoding="utf-8")
    monkeypatch.setattr(experiments.studies.sampling, "unit_sample", None)  # nothing may ask for the points
    call = ["sweep", "mine.toml", "--outcome", "total_last"]
    refused = RUNNER.invoke(app, call)
    assert refused.exit_code == 2
    assert f"mine: {points:,} runs of {points:,} points" in refused.stderr
    assert "more than 100,000 runs; add --yes to make them" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    told = RUNNER.invoke(app, [*call, "--dry-run"])
    assert (told.exit_code, told.stdout) == (0, refused.stderr)
    assert [path.name for path in toy.iterdir()] == ["mine.toml"]


def test_a_study_whose_list_no_memory_holds_is_refused_whatever_is_agreed(toy: Path) -> None:
    (toy / "mine.toml").write_text(HUGE.format(points=2_000_000_000), encoding="utf-8")
    refused = RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--yes"])
    assert refused.exit_code == 2
    assert "split the design into several" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_study_of_more_than_100000_runs_is_begun_if_it_is_agreed(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.studies.size, "MOST_UNASKED", 7)
    call = ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"]
    assert RUNNER.invoke(app, call).exit_code == 2
    assert not (toy / "results").exists()
    assert RUNNER.invoke(app, [*call, "--yes"]).exit_code == 0


def test_the_first_line_of_a_study_says_how_large_it_is(toy: Path) -> None:
    call = ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"]
    first = RUNNER.invoke(app, call).stderr.splitlines()[0]
    assert first.startswith("mine: 8 runs of 4 points, core hours not known before the first runs, about ")
    assert " KiB on disk, where " in first
    again = RUNNER.invoke(app, call).stderr.splitlines()[0]
    assert "of one core (measured on 8 runs kept there)" in again
    assert (toy / "results/mine/runs.parquet").is_file()


def test_a_dry_run_says_how_large_a_study_is_and_makes_nothing(toy: Path) -> None:
    done = RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--dry-run"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("mine: 8 runs of 4 points")
    assert [path.name for path in toy.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize(
    ("lines", "options", "sentence"),
    [
        ('scenarios = ["reference", "reference"]', [], "scenario reference is named twice"),
        ("limit_s = 1e308", [], "limit_s"),
        ("", ["--mixed", "--again"], "choose one"),
        ('set = {"toy.x" = 1}', [], "is a factor and fixed too"),
        ("", ["--replications", "10001"], "less than or equal to 10000"),
    ],
)
def test_a_dry_run_refuses_what_the_study_would_and_makes_nothing(
    lines: str, options: list[str], sentence: str, toy: Path
) -> None:
    given = (toy / "mine.toml").read_text(encoding="utf-8")
    (toy / "mine.toml").write_text(given.replace("\n", f"\n{lines}\n", 1), encoding="utf-8")
    done = RUNNER.invoke(app, ["sweep", "mine.toml", "--dry-run", "--outcome", "total_last", *options])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert [path.name for path in toy.iterdir()] == ["mine.toml"]


def test_a_container_keeps_the_runs_of_a_shard_in_one_file_and_everything_reads_it(toy: Path) -> None:
    call = ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"]
    for shard in ("1/2", "2/2"):
        done = RUNNER.invoke(app, [*call, "--shard", shard, "--container"])
        assert done.exit_code == 0, done.stderr
    assert sorted(path.name for path in (toy / "results/mine/runs").iterdir()) == ["1-of-2.sqlite", "2-of-2.sqlite"]
    checked = RUNNER.invoke(app, ["verify", "results/mine"])
    assert checked.stdout.startswith("results/mine: 8 runs (0 failed) and 2 tables are complete and agree; ")
    before = (toy / "results/mine/runs.parquet").read_bytes()
    again = RUNNER.invoke(app, call)
    assert "8 of 8 runs: 0 done, 0 failed, 8 cached" in again.stderr
    assert (toy / "results/mine/runs.parquet").read_bytes() == before
    assert RUNNER.invoke(app, [*call, "--out", "apart"]).exit_code == 0
    assert (toy / "apart/mine/runs.parquet").read_bytes() == before


def test_the_size_of_a_study_of_the_market_is_measured_on_the_first_quarters_of_a_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    overrides = [each for pair in SHORT for each in ("--set", pair)]
    call = ["sweep", "policy-wedge", "--consumers", "500", "--replications", "2", "--dry-run"]
    done = RUNNER.invoke(app, [*call, *overrides])
    assert done.exit_code == 0, done.stderr
    assert "policy-wedge: 50 runs of 25 points, about " in done.stdout
    assert " of 12 quarters of a run), about " in done.stdout
    assert list(tmp_path.iterdir()) == []


COUNTED = [
    ({"factors": {"toy.x": [1, 2, 3], "toy.on": [True, False]}, "scenarios": ["reference", "higher"]}, 12),
    ({"design": {"kind": "latin-hypercube", "points": 7}, "factors": {"toy.x": {"low": 0.0, "high": 1.0}}}, 7),
    ({"design": {"kind": "one-at-a-time"}, "factors": {"toy.x": {"low": 0.0, "high": 1.0}, "toy.on": [False]}}, 4),
    *(
        (
            {"design": {"kind": kind, "points": 4}, "factors": {
                "toy.x": {"low": 0.0, "high": 1.0, "group": "a"}, "toy.count": {"low": 1, "high": 3, "group": "a"},
                "toy.on": [True, False],
            }},
            points,
        )
        for kind, points in (("sobol", 16), ("morris", 12))
    ),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "points"), COUNTED)
def test_points_are_counted_as_they_are_made(asked: dict[str, object], points: int, tmp_path: Path) -> None:
    read = design(**asked, replications=3)
    size = size_of("d", read, TOY, Path(), tmp_path, kept_there=False)
    assert (size.points, size.runs) == (points, 3 * points)
    assert len(make_plan("d", read, TOY).points) == points


def test_lines_of_a_csv_file_are_counted(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("toy.x\n1\n2\n3\n", encoding="utf-8")
    read = design(design={"kind": "csv", "file": "points.csv"})
    assert size_of("d", read, TOY, tmp_path, tmp_path, kept_there=False).runs == 3


SMALL = design(factors={"toy.x": [0.5, 1.0, 1.5, 2.0]}, replications=2)


def contained(folder: Path, engine: HereEngine | None = None) -> Counts:
    return carry_out(make_plan("study", SMALL, TOY), folder, engine or HereEngine(), unheard, container=True).counts


def test_a_damaged_run_in_a_container_is_found_and_only_it_made_again(tmp_path: Path) -> None:
    contained(tmp_path)
    before = (tmp_path / "runs.parquet").read_bytes()
    spoilt = read_manifest(tmp_path).runs[3][3]
    container = Container(tmp_path / "runs/1-of-1.sqlite")
    content = container.read(spoilt)
    assert content is not None
    container.write(spoilt, content[:-9] + b"!" + content[-8:])
    with pytest.raises(RunFailedError, match=f"1 of 8 runs are damaged: .*1-of-1.sqlite/{spoilt} is damaged"):
        verified(tmp_path)
    engine = HereEngine()
    assert contained(tmp_path, engine) == Counts(8, done=1, cached=7, damaged=1)
    assert engine.made == [spoilt]
    assert (tmp_path / "runs.parquet").read_bytes() == before


def test_a_container_that_is_none_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    contained(tmp_path)
    path = tmp_path / "runs/1-of-1.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(InputError, match=r"1-of-1.sqlite is damaged \(file is not a database\); move it away"):
        contained(tmp_path)
    with pytest.raises(RunFailedError, match=r"1-of-1.sqlite is damaged"):
        verified(tmp_path)
    assert path.read_bytes().startswith(b"not a database")
    with pytest.raises(ContainerError):
        Container(path).identities()


def test_of_a_failed_and_a_good_run_the_good_one_counts_wherever_they_are(tmp_path: Path) -> None:
    failing = design(factors={"toy.word": ["calm", "raises"]})
    carried_out(tmp_path, failing)
    plan = make_plan("study", failing, TOY)
    files = contained_run_files(tmp_path, Shard(1, 2))
    record = run_files(tmp_path).read(plan.job(0, 0).identity)
    assert record is not None
    made = next(HereEngine().run([plan.job(0, 0)], TOY.run, None))[1]
    files.write(plan.job(1, 0), made)
    kept = run_files(tmp_path).read(plan.job(1, 0).identity)
    assert kept is not None
    assert not kept.failed
    assert carried_out(tmp_path, failing).counts == Counts(2, cached=2)


def test_a_writer_killed_at_any_moment_leaves_a_container_of_whole_runs(tmp_path: Path) -> None:
    call = (
        "import sys, os; from pathlib import Path; from experiments.studies.container import Container\n"
        "box = Container(Path(sys.argv[1]))\n"
        "for k in range(10**6): box.write(f'{k:07}', f'{k:07}'.encode() * 20_000); print(k, flush=True)"
    )
    path = tmp_path / "1-of-1.sqlite"
    told = -1
    for last in (5, 11):
        with subprocess.Popen(
            [sys.executable, "-c", call, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as w:
            assert w.stdout is not None
            while told < last:
                told = int(w.stdout.readline())
            os.kill(w.pid, signal.SIGKILL)
    box = Container(path)
    kept = box.identities()
    assert len(kept) >= 12
    assert all(box.read(identity) == identity.encode() * 20_000 for identity in kept)


def test_a_container_waits_for_another_reader_and_tells_what_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.studies.container._LOCK_SECONDS", 0.01)
    contained(tmp_path)
    holder = sqlite3.connect(tmp_path / "runs/1-of-1.sqlite")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(InputError, match=r"1-of-1.sqlite cannot be read \(database is locked\)"):
        contained(tmp_path)
    with pytest.raises(OSError, match="database is locked"):
        Container(tmp_path / "runs/1-of-1.sqlite").write("a", b"b")
    holder.close()
    assert contained(tmp_path) == Counts(8, cached=8)
