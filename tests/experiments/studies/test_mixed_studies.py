"""A study that is taken up with other code says so and stops, keeps the old runs or makes them again, as it is told."""

import json
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

import experiments.studies.market_runs
from experiments.cli import app
from experiments.errors import InputError, RunFailedError
from experiments.runs import provenance
from experiments.studies import rerun
from experiments.studies.earlier_runs import Asked
from experiments.studies.engine import Shard
from experiments.studies.job import Content, Job, Model, Outcome
from experiments.studies.plan import make_plan
from experiments.studies.rerun import chosen, rerun_agrees
from experiments.studies.run_files import SCHEMA_VERSION, _head
from experiments.studies.study import Counts, carry_out
from experiments.studies.study_files import read_manifest, read_tables, run_files, write_manifest
from experiments.studies.verify import verified
from tests.experiments.study_makers import HereEngine, carried_out, unheard
from tests.experiments.toy_model import TOY, design

RUNNER = CliRunner()
X = [0.5, 1.0, 1.5, 2.0]
SMALL = design(factors={"toy.x": X}, replications=2)
LARGER = design(factors={"toy.x": X}, replications=3)
AGAIN, MIXED = Asked(again=True), Asked(mixed=True)


def table_bytes(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "runs.parquet").read_bytes(), (folder / "quarters.parquet").read_bytes()


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


@pytest.fixture
def change_code(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """From when it is called, this process has other code in market."""

    def change() -> None:
        monkeypatch.setitem(provenance.PARTS, "market", lambda: "0" * 64)
        provenance.here.cache_clear()

    yield change
    monkeypatch.undo()
    provenance.here.cache_clear()


def test_a_study_taken_up_after_a_change_of_code_says_so_and_nothing_is_touched(
    tmp_path: Path, change_code: Callable[[], None]
) -> None:
    carried_out(tmp_path, SMALL)
    before, was = all_bytes(tmp_path), provenance.here().code.short
    change_code()
    engine = HereEngine()
    said = rf"8 of its runs were made with code {was} instead of \w{{12}} \(other: market\); --mixed keeps them"
    for asked in (SMALL, LARGER):
        with pytest.raises(InputError, match=said):
            carried_out(tmp_path, asked, engine)
    assert engine.made == []
    assert all_bytes(tmp_path) == before


def test_mixed_keeps_the_old_runs_and_verify_tells_of_both(tmp_path: Path, change_code: Callable[[], None]) -> None:
    carried_out(tmp_path, SMALL)
    assert "all were made with code " in verified(tmp_path)
    was = provenance.here().code.short
    change_code()
    assert carried_out(tmp_path, LARGER, asked=MIXED).counts == Counts(12, done=4, cached=8)
    now = provenance.here().code.short
    told = verified(tmp_path)
    assert "versions are mixed: 8 with code " + was in told
    assert "; 4 with code " + now in told


def test_again_makes_the_runs_of_other_code_again_and_goes_on_after_a_stop(
    tmp_path: Path, change_code: Callable[[], None]
) -> None:
    carried_out(tmp_path, SMALL)
    before = table_bytes(tmp_path)
    change_code()

    def stop(counts: Counts) -> None:
        if counts.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(make_plan("study", SMALL, TOY), tmp_path, HereEngine(), stop, asked=AGAIN)
    with pytest.raises(InputError, match="5 of its runs were made with code"):
        carried_out(tmp_path, SMALL)
    assert carried_out(tmp_path, SMALL, asked=AGAIN).counts == Counts(8, done=5, cached=3)
    assert table_bytes(tmp_path) == before
    assert carried_out(tmp_path, SMALL).counts == Counts(8, cached=8)
    with pytest.raises(InputError, match="choose one"):
        carried_out(tmp_path, SMALL, asked=Asked(mixed=True, again=True))


@pytest.mark.usefixtures("change_code")  # it forgets afterwards what this process was made of
def test_other_library_versions_stop_a_study_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carried_out(tmp_path, SMALL)
    monkeypatch.setattr(provenance, "version", lambda name: "9.9.9" if name == "numpy" else version(name))
    provenance.here.cache_clear()
    with pytest.raises(InputError, match=r"8 of its runs were made with numpy \S+ instead of 9\.9\.9; --mixed keeps"):
        carried_out(tmp_path, SMALL)
    assert carried_out(tmp_path, SMALL, asked=MIXED).counts == Counts(8, cached=8)


def test_another_version_of_a_model_of_ones_own_stops_a_study_too(tmp_path: Path) -> None:
    carried_out(tmp_path, SMALL)
    newer = Model("toy", "2", TOY.declared, TOY.content, TOY.run, TOY.numbers, TOY.quarters)
    with pytest.raises(InputError, match="8 of its runs were made with version 1 of the model instead of 2"):
        carried_out(tmp_path, SMALL, None, newer)
    assert carried_out(tmp_path, SMALL, None, newer, AGAIN).counts == Counts(8, done=8)


def test_shards_with_different_code_do_not_make_one_table(tmp_path: Path, change_code: Callable[[], None]) -> None:
    plan = make_plan("study", SMALL, TOY)
    carry_out(plan, tmp_path, HereEngine(), unheard, shard=Shard(1, 2))
    change_code()
    with pytest.raises(InputError, match="4 of its runs were made with code"):
        carry_out(plan, tmp_path, HereEngine(), unheard, shard=Shard(2, 2))
    assert not (tmp_path / "runs.parquet").exists()
    assert carry_out(plan, tmp_path, HereEngine(), unheard, shard=Shard(2, 2), asked=MIXED).complete


def as_of_version_1(folder: Path, model: Model) -> None:
    """The folder of a study as an earlier Detour wrote it: names hold the model's version, runs tell no code."""
    manifest, files = read_manifest(folder), run_files(folder)
    runs = []
    for point, replication, seed, identity in manifest.runs:
        old = json.loads(files.path(identity).read_bytes().partition(b"\n")[2])
        for name in ("code", "versions", "model_version"):
            del old[name]
        old["model"] = f"{model.name} {model.version}"
        body = json.dumps(old, sort_keys=True).encode()
        files.path(identity).unlink()
        name = Job(old["model"], old["parameters"], seed).identity
        files.path(name).write_bytes(_head(body, "1") + body)
        runs.append((point, replication, seed, name))
    write_manifest(folder, manifest.model_copy(update={"runs": runs}))


def test_a_study_of_an_earlier_detour_is_read_told_of_and_kept_if_mixed(tmp_path: Path) -> None:
    assert SCHEMA_VERSION == 2
    for folder in (tmp_path / "kept", tmp_path / "again"):
        carried_out(folder, SMALL)
        before = table_bytes(folder)
        as_of_version_1(folder, TOY)
        assert read_manifest(folder).schema_version == 1
        with pytest.raises(InputError, match="8 of its runs were made with code that was not recorded"):
            carried_out(folder, SMALL)
    assert carried_out(tmp_path / "again", SMALL, asked=AGAIN).counts == Counts(8, done=8)
    assert carried_out(tmp_path / "kept", LARGER, asked=MIXED).counts == Counts(12, done=4, cached=8)
    assert "8 with code that was not recorded; 4 with code " in verified(tmp_path / "kept")
    assert table_bytes(tmp_path / "again") == before


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The commands run the toy model, in a folder with a design ``mine.toml``."""
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: TOY)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('question = "?"\n[factors]\n"toy.x" = [1, 2]\n', encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("toy")
def test_a_sweep_taken_up_with_other_code_ends_with_one_sentence_and_exit_code_2(
    change_code: Callable[[], None],
) -> None:
    call = ["sweep", "mine.toml", "--replications", "2", "--outcome", "total_last", "--workers", "1"]
    assert RUNNER.invoke(app, call).exit_code == 0
    change_code()
    refused = RUNNER.invoke(app, call)
    assert refused.exit_code == 2
    _size, sentence = refused.stderr.splitlines()
    assert sentence.endswith("(other: market); --mixed keeps them and goes on, --again reruns them")
    kept = RUNNER.invoke(app, [*call, "--mixed"])
    assert kept.exit_code == 0
    assert "4 cached" in kept.stderr


def test_runs_made_again_are_the_same_and_the_choice_too(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerun, "LocalEngine", lambda _workers: HereEngine())
    folder = toy / "study"
    carried_out(folder, design(factors={"toy.word": ["calm", "raises", "quiet", "still"]}, replications=2))
    told = rerun_agrees(folder, 3)
    assert told.startswith(f"{folder}: 3 of its runs, rerun, are the same: ")
    assert rerun_agrees(folder, 3) == told
    manifest = read_manifest(folder)
    assert list(chosen(folder, manifest, 2)) == list(chosen(folder, manifest, 3))[:2]
    assert len(chosen(folder, manifest, 100)) == 6  # those that failed are not rerun


def shifted(given: Content, seed: int) -> Outcome:
    """The toy model in which one point has moved by the least that a number can."""
    made = TOY.run(given, seed)
    return made if given["toy.x"] != 2.0 else Outcome({**made.numbers, "total_last": 9.0}, made.quarters)


def test_runs_that_differ_when_made_again_are_named_with_what_may_be_the_cause(
    toy: Path, monkeypatch: pytest.MonkeyPatch, change_code: Callable[[], None]
) -> None:
    monkeypatch.setattr(rerun, "LocalEngine", lambda _workers: HereEngine())
    folder = toy / "study"
    carried_out(folder, SMALL)
    identity = read_tables(folder)[1]["runs"].query("`toy.x` == 2.0")["identity"].iloc[0]
    moved = Model("toy", "1", TOY.declared, TOY.content, shifted, TOY.numbers, TOY.quarters)
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: moved)
    with pytest.raises(RunFailedError, match=r"2 of 8 runs differ .*code and libraries are the same, so") as told:
        rerun_agrees(folder, 8)
    assert identity[:12] in str(told.value)
    change_code()
    with pytest.raises(RunFailedError, match=r"it was made with code \w+ instead of \w+ \(other: market\)"):
        rerun_agrees(folder, 8)


@pytest.mark.usefixtures("toy")
def test_verify_makes_runs_again_in_processes_of_their_own() -> None:
    RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"])
    done = RUNNER.invoke(app, ["verify", "results/mine", "--rerun", "1"])
    assert done.exit_code == 0, done.stderr
    assert "results/mine: 1 of its runs, rerun, are the same: " in done.stdout
