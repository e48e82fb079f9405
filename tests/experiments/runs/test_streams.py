"""Random streams of a run: the same as runs made one by one, whatever the workers; stored, checked and made again."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import experiments.runs.streams as streams_module
import experiments.states.key as keys
from experiments.api import run
from experiments.cli import app
from experiments.errors import RunFailedError
from experiments.exports.export import write_export
from experiments.inputs.parameter_list import counted
from experiments.inputs.scenario_files import load_scenario
from experiments.runs.manifest import results_sha256
from experiments.runs.own_code import NO_OWN_CODE
from experiments.runs.result_tables import KEPT, STREAM_SEED, STREAMS, columns_of
from experiments.runs.spread import MEDIAN, NARROW, WIDE, by_quarter, quantiles
from experiments.runs.store import Result, ResultError, read_result, units_of, write_result
from experiments.runs.streams import (
    NO_STREAMS,
    StreamsWanted,
    check_all_made,
    made_streams,
    scenario_of_streams,
    stream_table,
    with_streams,
)
from experiments.states.key import state_key
from experiments.states.store import SETTING
from experiments.studies import rerun
from experiments.studies.job import Job, Made, Outcome
from experiments.studies.market_runs import MarketRuns
from experiments.studies.rerun import rerun_agrees
from experiments.studies.verify import verified
from market.base.column import Series
from market.model import Market
from market.recorder import NATIONAL_ONLY
from market.scenario import Scenario

ROOT = Path(__file__).parents[3]
CALL = "import sys; from experiments.cli import main; sys.argv = ['detour', *sys.argv[1:]]; main()"
RUNNER = CliRunner()
SHORT = (
    "run.consumers=500",
    "run.fast_graph=true",
    "run.origin=2018Q2",
    "run.recorded_until=2018Q2",
    "run.last_quarter=2018Q4",
)
SETS = [part for override in SHORT for part in ("--set", override)]
SEEDS = (3, 4)


@pytest.fixture(scope="module")
def short() -> Scenario:
    """Two quarters after an early origin."""
    return load_scenario("reference", SHORT).scenario


@pytest.fixture(scope="module")
def one_by_one(short: Scenario) -> pd.DataFrame:
    """The national tables of mean-field runs on the fast graph that draw the world, made here without workers."""
    frames = []
    for seed in SEEDS:
        run_alone = {"mean_field": True, "fast_graph": True, "consumers": 100_000}
        market = Market(short.with_(run=run_alone, world={"shocks": True}), rng=seed, record=NATIONAL_ONLY)
        market.run()
        frame = market.recorder.frame("national")[list(KEPT)]
        market.release()
        frames.append(pd.concat([pd.Series(seed, frame.index, name=STREAM_SEED), frame], axis=1))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_streams_are_to_the_bit_the_runs_made_one_by_one_whatever_the_workers(
    workers: int, short: Scenario, one_by_one: pd.DataFrame
) -> None:
    told: list[tuple[int, int]] = []
    wanted = StreamsWanted(workers=workers, told=lambda *facts: told.append(facts))
    outcomes, failed = made_streams(short, SEEDS, wanted)
    table = stream_table(outcomes)
    assert failed == {}
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert results_sha256({STREAMS: table}) == results_sha256({STREAMS: one_by_one})
    late = one_by_one[one_by_one["quarter"] == "2018Q4"]["bev_share_new"]
    early = one_by_one[one_by_one["quarter"] == "2018Q2"]["bev_share_new"]
    assert (len(set(late)), len(set(early))) == (len(SEEDS), 1)


def test_streams_do_not_depend_on_how_the_run_itself_counts_its_consumers(short: Scenario) -> None:
    other = short.with_(run={"consumers": 7_000, "mean_field": True, "fast_graph": True})
    assert scenario_of_streams(other) == scenario_of_streams(short)


def test_a_stream_takes_drawn_parameters_where_the_scenario_has_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Job] = []

    def made(_engine: object, jobs: Sequence[Job], *_more: object) -> Iterator[tuple[Job, Made]]:
        asked.extend(jobs)
        return iter(())

    monkeypatch.setattr(streams_module, "made_at_last", made)
    drawn = {1: {"charging.network_weight": 1.5, "cells.hurdle": 1.4}, 2: {"charging.network_weight": 3.0}}
    chosen = Scenario().with_(cells={"hurdle": 2.0})
    made_streams(chosen, [1, 2, 3], StreamsWanted(parameters=drawn))
    weights = [job.content["charging.network_weight"] for job in asked]
    assert weights == [1.5, 3.0, Scenario().charging.network_weight]
    assert {job.content["cells.hurdle"] for job in asked} == {2.0}


def test_all_streams_begin_from_one_state(tmp_path: Path, short: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = scenario_of_streams(Scenario())
    assert len({state_key(reference, seed, NO_OWN_CODE, NATIONAL_ONLY) for seed in range(16)}) == 1
    monkeypatch.setenv(SETTING, str(tmp_path / "cache"))
    monkeypatch.setattr(keys, "ORIGIN", "2018Q2")
    content = counted(scenario_of_streams(short))
    from_states = [MarketRuns(rare=False)(content, seed) for seed in SEEDS]
    assert len(list((tmp_path / "cache").glob("*.npz"))) == 1
    without = [MarketRuns(saved_states=False)(content, seed) for seed in SEEDS]
    assert str(from_states) == str(without)


def outcome(share: float) -> Outcome:
    return Outcome({}, {name: ["2018Q4"] if name == "quarter" else [share] for name in KEPT})


@pytest.fixture
def third_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams get ready last seed first, and the third fails."""

    def made(_engine: object, jobs: Sequence[Job], *_more: object) -> Iterator[tuple[Job, Made]]:
        for job in reversed(jobs):
            failed = job.seed == jobs[2].seed
            yield job, Made(None if failed else outcome(job.seed / 100), "ValueError: no" if failed else "", 1.0, None)

    monkeypatch.setattr(streams_module, "made_at_last", made)


@pytest.mark.usefixtures("third_fails")
def test_a_stream_that_fails_is_left_out_and_told_and_the_others_stand_in_order(small_result: Result) -> None:
    result = with_streams(small_result, Scenario(), StreamsWanted(4))
    assert result.frames[STREAMS][STREAM_SEED].tolist() == [1, 2, 4]
    assert result.frames[STREAMS]["bev_share_new"].tolist() == [0.01, 0.02, 0.04]
    assert result.manifest.streams is not None
    assert (result.manifest.streams.seeds, result.manifest.streams.failed) == ([1, 2, 4], {3: "ValueError: no"})
    with pytest.raises(RunFailedError, match=r"^1 of 4 random streams failed and are left out, .* seed 3: ValueError"):
        check_all_made(result)


@pytest.mark.usefixtures("third_fails")
def test_the_command_keeps_the_run_and_ends_with_1_if_a_stream_fails(
    small_result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.runs.run.simulate", lambda *_, **__: small_result)
    done = RUNNER.invoke(app, ["run", "--streams", "3", "--no-figures", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("1 of 3 random streams failed and are left out")
    kept = read_result(tmp_path / "runs" / "reference" / "seed=1").manifest.streams
    assert kept is not None
    assert kept.seeds == [1, 2]


def test_a_run_without_streams_is_as_it_was(small_result: Result) -> None:
    assert with_streams(small_result, Scenario(), NO_STREAMS) is small_result


def test_streams_change_no_hash_of_the_run_and_are_checked_exported_and_read(streamed: Result, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write_result(folder, streamed)
    read = read_result(folder)
    own = {name: frame for name, frame in read.frames.items() if name != STREAMS}
    assert read.manifest.results_sha256 == results_sha256(own)
    pd.testing.assert_frame_equal(read.frames[STREAMS], streamed.frames[STREAMS])
    assert units_of(folder, STREAMS)[STREAM_SEED] == Series("number", "Seed of the stream")
    assert f"{len(own) + 1} tables are complete" in verified(folder)
    exported = pd.read_csv(write_export(folder, "csv", None, [STREAMS]) / "streams.csv")
    assert list(exported)[:3] == [STREAM_SEED, "quarter", "date"]
    assert set(exported) - {"date"} == set(columns_of(STREAMS))
    np.testing.assert_array_equal(exported["bev_share_new"], streamed.frames[STREAMS]["bev_share_new"])


def test_a_table_of_streams_that_is_not_the_one_described_is_refused(streamed: Result, tmp_path: Path) -> None:
    table = streamed.frames[STREAMS].assign(bev_stock=0.0)
    write_result(tmp_path / "run", Result(streamed.manifest, {**streamed.frames, STREAMS: table}))
    with pytest.raises(ResultError, match="the tables are not those"):
        read_result(tmp_path / "run")
    without = Result(streamed.manifest.model_copy(update={"streams": None}), streamed.frames)
    write_result(tmp_path / "run", without)
    with pytest.raises(ResultError, match="its tables or parameters are not those of this Detour"):
        read_result(tmp_path / "run")


def test_quantiles_by_hand() -> None:
    eleven = pd.DataFrame([[10.0, *range(10)], [np.nan, *range(9, -1, -1)]])
    found = quantiles(eleven)
    assert list(found.loc[0]) == pytest.approx([1.0, 2.5, 5.0, 7.5, 9.0])
    assert list(found.loc[1]) == pytest.approx([0.9, 2.25, 4.5, 6.75, 8.1])
    assert list(found) == [WIDE[0], NARROW[0], MEDIAN, NARROW[1], WIDE[1]]


def test_quantiles_of_a_column_are_over_streams_quarter_by_quarter() -> None:
    rows = [(seed, f"2025Q{n}", seed * n) for seed in (1, 2, 5) for n in (2, 1)]
    found = by_quarter(pd.DataFrame(rows, columns=[STREAM_SEED, "quarter", "x"]), "x")
    assert found.index.tolist() == ["2025Q1", "2025Q2"]
    assert found[MEDIAN].tolist() == [2.0, 4.0]
    assert found[WIDE[0]].tolist() == pytest.approx([1.2, 2.4])


def test_python_and_the_command_make_the_same_streams_and_verify_makes_them_again(
    short: Scenario, one_by_one: pd.DataFrame, tmp_path: Path
) -> None:
    asked = [*SETS, "--seed", "3", "--streams", "2", "--no-figures", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", CALL, "run", *asked],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 of 2 random streams done" in done.stderr.splitlines()[-1]
    (folder,) = (tmp_path / "runs").glob("reference+*/seed=3")
    result = read_result(folder)
    assert results_sha256({STREAMS: result.frames[STREAMS]}) == results_sha256({STREAMS: one_by_one})
    assert ", and 1 of its random streams" in rerun_agrees(folder, 1)
    table = run(short, seed=4, streams=1, workers=1).table(STREAMS)
    assert set(table[STREAM_SEED]) == {4}
    assert table.attrs["units"][STREAM_SEED] == "number"
    same = one_by_one[one_by_one[STREAM_SEED] == 4]
    np.testing.assert_array_equal(table["bev_share_new"], same["bev_share_new"])


def test_a_stream_that_is_not_made_again_as_it_was_is_told(
    streamed: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_result(tmp_path / "run", streamed)
    monkeypatch.setattr(rerun, "simulate", lambda *_, **__: streamed)
    monkeypatch.setattr(
        rerun, "made_streams", lambda _, seeds, *__, **___: ({seed: outcome(0.5) for seed in seeds}, {})
    )
    with pytest.raises(RunFailedError, match="3 of 3 random streams differ when they are rerun, the first with seed 1"):
        rerun_agrees(tmp_path / "run", 9)


def test_a_run_stopped_among_its_streams_leaves_nothing(tmp_path: Path) -> None:
    arguments = ["run", *SETS, "--streams", "40", "--threads", "1", "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        [sys.executable, "-c", CALL, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while "1 of 40 random streams done" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert told.splitlines()[-1] == "Stopped; nothing half-written is left and earlier results are untouched."
    assert not (tmp_path / "out").exists()


def test_streams_need_seeds_of_their_own(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["run", "--seed", str(2**32 - 1), "--streams", "2", "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "leaves no seeds for 2 streams" in done.stderr
