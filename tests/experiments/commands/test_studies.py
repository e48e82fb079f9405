"""The commands of studies: what they write and print, wrong input, failed runs, Ctrl-C, and the market itself."""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from detour.version import __version__
from experiments.cli import app
from experiments.commands import studies
from experiments.commands.study_asked import check_options
from experiments.errors import InputError
from experiments.inputs.design import Design
from experiments.inputs.parameter_list import Value
from experiments.studies.comparison import what_intervals_are
from experiments.studies.market_runs import MarketRuns, market_model, model_version
from experiments.studies.plan import Plan, make_plan
from experiments.studies.study_files import read_manifest, read_tables
from market.model import Market

ROOT = Path(__file__).parents[3]
RUNNER = CliRunner()
SHORT = ("run.fast_graph=true", "run.last_quarter=2019Q4", "run.origin=2018Q4", "run.recorded_until=2018Q4")


def test_a_sweep_writes_its_study_and_again_makes_nothing_new(toy: Path) -> None:
    call = ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"]
    first = RUNNER.invoke(app, call)
    assert first.exit_code == 0, first.stderr
    assert "8 of 8 runs: 8 done, 0 failed, 0 cached" in first.stderr
    assert "Results: results/mine" in first.stdout
    assert (toy / "results/mine/grid_total_last.png").is_file()
    before = (toy / "results/mine/runs.parquet").read_bytes()
    again = RUNNER.invoke(app, call)
    assert "8 of 8 runs: 0 done, 0 failed, 8 cached" in again.stderr
    assert (toy / "results/mine/runs.parquet").read_bytes() == before
    checked = RUNNER.invoke(app, ["verify", "results/mine"])
    assert checked.stdout.startswith(
        "results/mine: 8 runs (0 failed) and 2 tables are complete and agree; all were made "
    )


def test_a_column_that_is_left_out_of_the_points_is_told_before_the_runs(toy: Path) -> None:
    (toy / "mine.toml").write_text('question = "Q?"\n[design]\nkind = "csv"\nfile = "p.csv"\n', encoding="utf-8")
    (toy / "p.csv").write_text(";toy.x;toy.on\r\n0;1,5;TRUE\r\n1;,5;FALSE\r\n", encoding="utf-8-sig")
    done = RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"])
    assert done.exit_code == 0, done.stderr
    assert done.stderr.splitlines()[1].startswith(
        "p.csv: the first column has no name, as an index that pandas writes, and is left"
    )
    assert read_tables(toy / "results/mine")[1]["runs"]["toy.x"].tolist() == [1.5, 0.5]


def test_a_changed_design_has_a_folder_of_its_own(toy: Path) -> None:
    call = ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1", "--replications", "1"]
    assert RUNNER.invoke(app, call).exit_code == 0
    (folder,) = (toy / "results").iterdir()
    assert folder.name.startswith("mine+")
    assert len(read_manifest(folder).runs) == 4


def test_failed_runs_are_told_with_their_seeds_and_exit_code_1(toy: Path) -> None:
    (toy / "mine.toml").write_text('question = "?"\n[factors]\n"toy.word" = ["calm", "raises"]\n', encoding="utf-8")
    done = RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1"])
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        "1 of 2 runs failed and are rows of runs.parquet (reference, seed 1: ValueError: the word is raises); "
        "--retry-failed reruns them"
    )
    assert "figures need every run" in done.stdout
    assert list(read_tables(toy / "results/mine")[1]["runs"]["status"]) == ["done", "failed"]


def test_shards_of_a_sweep_say_what_is_still_to_do(toy: Path) -> None:
    call = ["sweep", "mine.toml", "--outcome", "total_last", "--workers", "1", "--shard"]
    first, second = (RUNNER.invoke(app, [*call, shard]) for shard in ("1/2", "2/2"))
    assert "This shard is done" in first.stdout
    assert "Results: results/mine" in second.stdout
    assert len(pd.read_parquet(toy / "results/mine/runs.parquet")) == 8


@pytest.mark.usefixtures("toy")
def test_what_a_comparison_sets_must_be_a_parameter() -> None:
    done = RUNNER.invoke(app, ["compare", "reference", "higher", "--outcome", "total_last"])
    assert done.exit_code == 2
    assert done.stderr.startswith("higher-against-reference: run.mean_field is not a parameter")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (True, True, True, 100_000)),
        (["--set", "world.shocks=false"], (True, True, False, 100_000)),
        (["--consumers", "700"], (False, False, False, 700)),
    ],
    ids=["streams", "set", "drawn"],
)
def test_scenarios_are_compared_in_random_streams_unless_consumers_are_drawn(
    words: list[str], expected: tuple[bool, bool, bool, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[Plan] = []
    monkeypatch.setattr(studies, "_study", lambda plan, *_rest, **_options: plans.append(plan))
    done = RUNNER.invoke(app, ["compare", "reference", "no-detour", *words])
    assert done.exit_code == 0, done.stderr
    names = ("run.mean_field", "run.fast_graph", "world.shocks", "run.consumers")
    assert [tuple(point.content[name] for name in names) for point in plans[0].points] == [expected, expected]


def test_sensitivity_ranks_factors(toy: Path) -> None:
    text = 'question = "?"\n[design]\nkind = "one-at-a-time"\n[factors]\n"toy.x" = {low = 0, high = 4}\n'
    text += '"toy.on" = [false]\n'
    (toy / "mine.toml").write_text(text, encoding="utf-8")
    done = RUNNER.invoke(app, ["sensitivity", "mine.toml", "--outcome", "total_last", "--workers", "1"])
    assert done.exit_code == 0, done.stderr
    table = pd.read_csv(toy / "results/mine/sensitivity.csv")
    assert list(table["factor"]) == ["toy.x", "toy.x", "toy.on"]
    assert list(table["difference"]) == pytest.approx([-2.0, 6.0, -1.0])
    assert "toy.x" in done.stdout


WRONG = [
    (["sweep", "policy-wedg"], "did you mean policy-wedge?"),
    (["sweep", "none.toml"], "none.toml: the file cannot be read"),
    (["sweep", "mine.toml", "--engine", "slurm"], "--engine is slurm; it must be local or dask"),
    (["sweep", "mine.toml", "--engine", "dask"], "--engine dask takes --scheduler ADDRESS"),
    (["sweep", "mine.toml", "--scheduler", "tcp://here:1"], "--scheduler belongs to --engine dask"),
    (["sweep", "mine.toml", "--shard", "3/2"], "--shard is 3/2; write it like 2/8"),
    (["sweep", "mine.toml", "--outcome", "totl_last"], "did you mean total_last?"),
    (["sweep", "mine.toml", "--outcome", "noise"], "did you mean noise_last?"),
    (["sweep", "mine.toml", "--set", "buyers.alpha_kep=1"], "did you mean buyers.alpha_keep?"),
    (["compare", "reference"], "reference alone is no comparison"),
    (["sensitivity", "mine.toml"], "mine.toml is of kind grid; sensitivity needs one-at-a-time, morris, sobol"),
    (["verify", "."], "holds neither run.json nor study.json"),
]


def test_the_first_outcome_that_begins_with_what_was_asked_is_meant() -> None:
    with pytest.raises(
        InputError, match=r"--outcome bev_share is no outcome of a run; did you mean bev_share_new_last\?"
    ):
        check_options("local", None, None, None, ["bev_share"])


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_input_is_one_line_exit_code_2_and_writes_nothing(arguments: list[str], words: str, toy: Path) -> None:
    if arguments[0] == "sweep" and "--outcome" not in arguments:
        arguments = [*arguments, "--outcome", "total_last"]
    done = RUNNER.invoke(app, arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in toy.iterdir()] == ["mine.toml"]


CALL = """
import sys, typer
from tests.experiments.study_makers import command_of_the_toy
if __name__ == "__main__":
    try:
        command_of_the_toy(sys.argv[1], 8, 0.2)
    except typer.Exit as ended:
        sys.exit(ended.exit_code)
"""


def sweep_in_a_process(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CALL, str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def stopped_by(sent: signal.Signals, folder: Path) -> tuple[int, str]:
    """Exit code and last line of a sweep that is sent a signal, as a terminal does: to all its processes."""
    with sweep_in_a_process(folder) as stopped:
        assert stopped.stderr is not None
        assert "0 of 8 runs" in stopped.stderr.readline()
        while not list((folder / "runs").glob("*.run")):
            assert stopped.poll() is None
            time.sleep(0.01)
        os.killpg(stopped.pid, sent)
        _, told = stopped.communicate(timeout=60)
    assert not (folder / "runs.parquet").exists()
    return stopped.returncode, (told.splitlines() or [""])[-1]


def test_a_sweep_stopped_by_ctrl_c_goes_on_from_there(tmp_path: Path) -> None:
    sentence = "Stopped; finished runs are kept, and the same command resumes from there."
    assert stopped_by(signal.SIGINT, tmp_path) == (130, sentence)
    kept = len(list((tmp_path / "runs").glob("*.run")))
    assert 1 <= kept < 8
    with sweep_in_a_process(tmp_path) as resumed:
        _, told = resumed.communicate(timeout=120)
    assert resumed.returncode == 0
    assert f"{kept} cached" in told
    assert len(pd.read_parquet(tmp_path / "runs.parquet")) == 8


def test_a_sweep_that_is_told_to_end_counts_no_run_as_failed(tmp_path: Path) -> None:
    assert stopped_by(signal.SIGTERM, tmp_path)[0] == 143
    kept = [path.read_text(encoding="utf-8") for path in (tmp_path / "runs").glob("*.run")]
    assert kept
    assert all('"error": ""' in content for content in kept)


def markets_alive() -> int:
    gc.collect()
    return sum(isinstance(each, Market) for each in gc.get_objects())


def test_a_comparison_of_the_market_is_bit_for_bit_that_of_its_runs_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    overrides = [each for pair in SHORT for each in ("--set", pair)]
    call = ["compare", "reference", "no-credits", "--replications", "1", "--consumers", "500", "--workers", "1"]
    done = RUNNER.invoke(app, [*call, *overrides, "--outcome", "bev_share_new_last"])
    assert done.exit_code == 0, done.stderr
    (folder,) = (tmp_path / "results").iterdir()
    manifest, tables = read_tables(folder)
    assert manifest.model_version == model_version()
    assert [path.name for path in folder.glob("*.png")] == ["policy_wedge_bev_share_new.png"]
    values: dict[str, Value] = {"run.fast_graph": True, "run.last_quarter": "2019Q4", "run.origin": "2018Q4"}
    content = MarketRuns().content("no-credits", {**values, "run.recorded_until": "2018Q4", "run.consumers": 500})
    before = markets_alive()
    alone = MarketRuns()(content, 1)
    assert markets_alive() == before  # thousands of runs share a worker: nothing may hold a finished one
    row = tables["runs"].iloc[1]
    assert (row["scenario"], row["seed"]) == ("no-credits", 1)
    for name, number in alone.numbers.items():
        assert number == row[name] or (number != number and row[name] != row[name]), name  # noqa: PLR0124 - NaN
    quarters = tables["quarters"][tables["quarters"]["scenario"] == "no-credits"]
    assert quarters["bev_share_new"].tolist() == alone.quarters["bev_share_new"]
    assert quarters["quarter"].tolist() == alone.quarters["quarter"]


def test_the_version_of_the_model_is_that_of_its_code_and_data() -> None:
    assert model_version() == model_version()
    number, _, code = model_version().partition("+")
    assert number == __version__
    assert len(code) == 12


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "consumers are drawn by seed, prices and demand are on their expected path. They"),
        ({"world.shocks": True}, "prices, demand, consumers and events are drawn by seed. They"),
        ({"world.shocks": True, "run.mean_field": True}, "prices, demand and events are drawn by seed. They"),
        ({"run.mean_field": True}, "what converting a line costs is drawn by seed, prices and demand are on their"),
    ],
)
def test_a_comparison_says_that_its_intervals_are_of_chance_alone_and_what_is_drawn(
    values: dict[str, Value], words: str
) -> None:
    design = Design(question="?", scenarios=("reference", "no-credits"), set=values)
    told = what_intervals_are([point.content for point in make_plan("x", design, market_model()).points])
    assert words in told
    assert told.startswith("Intervals hold 90%")
    assert told.endswith("They are of chance alone, not of uncertain parameters or errors of the model.")


def test_intervals_over_parameters_too_say_so() -> None:
    told = what_intervals_are([{"run.mean_field": True, "world.shocks": True}], parameters=True)
    assert "Each seed has a posterior draw of the calibrated parameters too" in told
    assert told.endswith("They are of chance and these parameters, not of errors of the model.")
    assert "chance alone" not in told


def test_a_comparison_of_few_drawn_consumers_says_that_a_few_decide() -> None:
    few, many, expected = (
        what_intervals_are([{"run.consumers": count, "run.mean_field": mean_field}])
        for count, mean_field in ((500, False), (20_000, False), (500, True))
    )
    assert "With 500 drawn consumers a few of them decide: draw more." in few
    assert "decide" not in many + expected
