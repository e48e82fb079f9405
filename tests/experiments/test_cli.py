"""The detour command: what it prints, its exit codes, and that nothing is half-written."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

import experiments.runs.run
from experiments.cli import app
from experiments.errors import RunFailedError
from experiments.reports.report import command_of
from experiments.runs.store import STUDY, Result, read_result, scenario_of

ROOT = Path(__file__).parents[2]
CALL = "import sys; from experiments.cli import main; sys.argv = ['detour', *sys.argv[1:]]; main()"
RUNNER = CliRunner()


def detour(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", CALL, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def simulated(small_result: Result, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Puts the shared small result in the place of a simulation."""
    monkeypatch.setattr(experiments.runs.run, "simulate", lambda *_, **__: small_result)
    return small_result


def test_a_run_in_a_process_of_its_own_prints_milestones_and_stores_what_python_gets(
    small: Sequence[str], small_result: Result, tmp_path: Path
) -> None:
    sets = [part for override in small for part in ("--set", override)]
    done = detour("run", *sets, "--out", str(tmp_path), "--threads", "1", "--streams", "0")
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "runs").glob("reference+*/seed=1")
    assert read_result(folder).manifest.results_sha256 == small_result.manifest.results_sha256
    assert {path.suffix for path in (folder / "figures").iterdir()} == {".png"}
    for word in ("2017", "2024", "2025", "BEVs, % of new sales", "Sampling error", str(folder), "bev_share"):
        assert word in done.stdout
    assert "2030" not in done.stdout.split("Shares are fitted")[0]
    assert "2017Q4 done" in done.stderr
    assert len(done.stderr.splitlines()) == 10  # 2017 to 2025 and the last quarter, 2026Q1


def test_no_figures_means_none(simulated: Result, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["run", "--no-figures", "--streams", "0", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "runs" / "reference" / "seed=1" / "figures").exists()
    assert "Figures: none" in done.stdout
    assert simulated.manifest.name in done.stdout


def test_figures_are_drawn_again(stored: Path, two_figures: set[str]) -> None:
    done = RUNNER.invoke(app, ["figures", str(stored)])
    assert done.exit_code == 0, done.output
    assert (stored / "figures" / "bev_share.png").is_file()
    assert len(done.stdout.splitlines()) == len(two_figures)


def test_errors_of_a_free_run_are_printed(simulated: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = {"BEV": 1.25, "PHEV": 0.5, "HEV": 0.75, "ICE": 2.0}
    manifest = simulated.manifest.model_copy(
        update={"free_run_mae_points": 1.25, "free_run_mae_points_by_powertrain": errors}
    )
    monkeypatch.setattr(experiments.runs.run, "simulate", lambda *_, **__: Result(manifest, simulated.frames))
    done = RUNNER.invoke(app, ["run", "free-run", "--no-figures", "--streams", "0", "--out", str(tmp_path)])
    assert "points: BEV 1.25, PHEV 0.50, HEV 0.75, ICE 2.00." in done.stdout


def test_list_names_every_scenario_and_parameter() -> None:
    done = RUNNER.invoke(app, ["list"])
    assert done.exit_code == 0
    for word in ("reference", "no-credits", "credit-restored", "free-run", "buyers.alpha_keep", "run.consumers"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no-credits", ("policy.federal_credit_factor", "policy.state_rebate_factor", "reference")),
        ("reference", ("Nothing differs",)),
        ("buyers.alpha_keep", ("0.02", "1/thousand $", "0.01 to 0.03", "uncertain", "EPA-420-R-21-019")),
        ("policy", ("policy.federal_credit_end", "2025Q3")),
        ("run.fast_graph", ("false", "true or false")),
        ("45x-ends-early", ("policy.production_credit_factor@2029Q1", "2027Q1")),
        ("cells.may_convert", ("may change at dates",)),
        ("operators.queues", ("one value; it says how the model works",)),
    ],
)
def test_show_tells_a_scenario_a_parameter_or_a_group(name: str, words: tuple[str, ...]) -> None:
    done = RUNNER.invoke(app, ["show", name])
    assert done.exit_code == 0
    for word in words:
        assert word in done.stdout


def test_validate_prints_what_a_good_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('question = "Why?"\n[buyers]\ntaste_sd_kusd = 8\n', encoding="utf-8")
    done = RUNNER.invoke(app, ["validate", str(path)])
    assert done.exit_code == 0
    assert "buyers.taste_sd_kusd" in done.stdout


WRONG = [
    ["run", "freerun"],
    ["run", "nothing.toml"],
    ["run", "--set", "buyers.alpha_kep=0.02"],
    ["run", "--set", "buyers.alpha_keep=9"],
    ["run", "--set", "run.last_quarter=2030Q9"],
    ["run", "--set", "buyers.alpha_keep=nan"],
    ["run", "--set", "buyers.alpha_product=0.09", "--set", "buyers.alpha_powertrain=0.12"],
    ["run", "--consumers", "5"],
    ["run", "--consumers", "many"],
    ["run", "--mean-field", "--consumers", "2000"],
    ["run", "--threads", "0"],
    ["run", "--threads", "100000"],
    ["show", "buyers.alpha_kep"],
    ["validate", "nothing.toml"],
    ["figures", "nothing"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=[" ".join(arguments) for arguments in WRONG])
def test_wrong_input_is_one_line_on_standard_error_exit_code_2_and_writes_nothing(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = RUNNER.invoke(app, arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_results_cannot_go_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = RUNNER.invoke(app, ["run", "--out", str(tmp_path / "taken" / "deeper")])
    assert done.exit_code == 2
    assert "is not a writable folder" in done.stderr


@pytest.mark.parametrize("arguments", [["run", "--seed", "x"], ["run", "--seed", "-1"], ["fly"], ["run", "--fly"]])
def test_wrong_usage_is_one_line_and_exit_code_2(arguments: list[str]) -> None:
    done = detour(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_a_failed_run_is_one_line_and_exit_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object, **_options: object) -> Result:
        raise RunFailedError("reference, seed 1: the run failed in 2017Q1: money")

    monkeypatch.setattr(experiments.runs.run, "simulate", fails)
    done = RUNNER.invoke(app, ["run", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == "reference, seed 1: the run failed in 2017Q1: money\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_stopped_by_a_signal_leaves_nothing(sent: signal.Signals, code: int, tmp_path: Path) -> None:
    arguments = ["run", "--consumers", "500", "--set", "run.fast_graph=true", "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        [sys.executable, "-c", CALL, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        assert "2017Q4 done" in run.stderr.readline()
        time.sleep(0.1)
        run.send_signal(sent)
        out, told = run.communicate(timeout=30)
    assert run.returncode == code
    assert out == ""
    assert not (tmp_path / "out").exists()
    if sent == signal.SIGINT:
        assert told.splitlines()[-1] == "Stopped; nothing half-written is left and earlier results are untouched."


def test_help_imports_nothing_heavy() -> None:
    code = CALL.replace("main()", "\ntry:\n    main()\nexcept SystemExit:\n    print(*sys.modules)")
    done = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Commands" in done.stdout
    loaded = set(done.stdout.split())
    assert not loaded & {"numpy", "numba", "mesa", "pandas", "matplotlib", "pyarrow", "pydantic", "scipy", "seaborn"}


def test_a_mean_field_run_tells_that_nobody_was_drawn_and_how_to_repeat_it(tmp_path: Path) -> None:
    arguments = ["run", "--mean-field", "--set", "run.fast_graph=true", "--set", "run.last_quarter=2025Q1"]
    done = RUNNER.invoke(app, [*arguments, "--no-figures", "--streams", "0", "--out", str(tmp_path)])
    assert done.exit_code == 0
    assert "mean field of all seats" in done.stdout
    assert "no sampling error" in " ".join(done.stdout.split())
    (folder,) = (tmp_path / STUDY).glob("*/seed=1")
    manifest = read_result(folder).manifest
    command = command_of(manifest, scenario_of(manifest)).split()
    assert "--mean-field" in command
    assert "--consumers" not in command
    assert "run.mean_field=true" not in command
