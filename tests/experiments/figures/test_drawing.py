"""Drawing never harms what was made: neither settings of matplotlib nor a fault in a figure cost a result."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from typer.testing import CliRunner

import experiments.runs.run
import experiments.studies.engine_choice
import experiments.studies.market_runs
from experiments.cli import app
from experiments.figures import registry, saving
from experiments.figures.bev_share import bev_share
from experiments.figures.formats import FORMATS
from experiments.figures.of_studies.policy_wedge import policy_wedge
from experiments.figures.saving import save
from experiments.runs.store import Result, read_result
from experiments.studies import study_report
from experiments.studies.plan import make_plan
from experiments.studies.study import carry_out
from experiments.studies.study_files import read_tables
from tests.experiments.figures.study_samples import manifest_of_a_study
from tests.experiments.nasty_text import TOY, engine_here
from tests.experiments.study_makers import HereEngine, unheard
from tests.experiments.test_cli import CALL, ROOT
from tests.experiments.toy_model import design

RUNNER = CliRunner()
HOSTILE = """
text.usetex: True
text.color: red
font.family: No Such Font
font.size: 40
axes.facecolor: black
axes.formatter.use_mathtext: True
lines.linewidth: 9
savefig.format: pdf
savefig.bbox: tight
savefig.dpi: 10
savefig.transparent: True
svg.fonttype: none
figure.dpi: 10
figure.constrained_layout.use: False
image.cmap: gray
path.sketch: 1, 100, 2
"""


def small_wedge() -> Figure:
    rows = [("b", "2017Q1", 0.0, 0.0, 0.0), ("b", "2017Q2", 1.0, 0.5, 1.5)]
    table = pd.DataFrame(rows, columns=["scenario", "quarter", "difference", "low", "high"])
    return policy_wedge(table, manifest_of_a_study(), "$/kWh", "Price in $ a kWh")


def checksums(folder: Path) -> str:
    paths = save(small_wedge(), folder / "wedge", FORMATS)
    return " ".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)


DRAW = "import sys; from pathlib import Path; from tests.experiments.figures import test_drawing as t; "
DRAW += "print(t.checksums(Path(sys.argv[1])))"


def test_figures_are_the_same_bytes_whatever_matplotlibrc_says(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text(HOSTILE, encoding="utf-8")
    hostile = {**os.environ, "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", DRAW, str(tmp_path)], cwd=tmp_path, env=hostile, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == checksums(tmp_path)


def test_settings_of_the_process_are_as_before_after_a_figure(tmp_path: Path) -> None:
    with mpl.rc_context({"text.usetex": True, "font.size": 40.0}):
        save(small_wedge(), tmp_path / "wedge")
        assert (mpl.rcParams["text.usetex"], mpl.rcParams["font.size"]) == (True, 40.0)


def test_settings_that_matplotlib_cannot_read_are_told_in_a_sentence_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes("font.size: 9  # größer\n".encode("latin-1"))
    hostile = {**os.environ, "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", CALL, "run", "--out", str(tmp_path / "out")], cwd=tmp_path, env=hostile,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "fix or remove matplotlibrc" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def faulty(*_arguments: object) -> Figure:
    raise ZeroDivisionError("no\nroom")


TOLD = "figure faulty cannot be drawn (ZeroDivisionError: no room); the tables are complete"


@pytest.fixture
def simulated(small_result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the shared small result in the place of a simulation; of two figures one is faulty."""
    monkeypatch.setattr(experiments.runs.run, "simulate", lambda *_, **__: small_result)
    monkeypatch.setattr(registry, "FIGURES", {"faulty": faulty, "bev_share": bev_share})


@pytest.mark.usefixtures("simulated")
def test_a_run_with_a_faulty_figure_is_a_run_and_only_figures_ends_with_1(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["run", "--streams", "0", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines()[-1] == TOLD
    folder = tmp_path / "runs" / "reference" / "seed=1"
    assert read_result(folder).manifest.name == "reference"
    assert {path.name for path in (folder / "figures").iterdir()} == {"bev_share.png"}
    (folder / "figures" / "bev_share.png").unlink()
    again = RUNNER.invoke(app, ["figures", str(folder)])
    assert again.exit_code == 1
    assert again.stderr.splitlines() == [TOLD]
    assert (folder / "figures" / "bev_share.png").is_file()
    report = RUNNER.invoke(app, ["report", str(folder)])
    assert report.exit_code == 0
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "figure faulty cannot be drawn" in html
    assert html.count("<img") == 1


def test_a_run_whose_figures_the_disk_refuses_is_a_run(
    small_result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments.runs.run, "simulate", lambda *_, **__: small_result)
    monkeypatch.setattr(registry, "FIGURES", {"bev_share": bev_share})

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "write_whole", full)
    done = RUNNER.invoke(app, ["run", "--streams", "0", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "Figures: none" in done.stdout
    assert "figure bev_share cannot be drawn (No space left on device)" in done.stderr
    assert list((tmp_path / "runs/reference/seed=1/figures").iterdir()) == []


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The commands run the toy model in this process."""
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: TOY)
    monkeypatch.setattr(experiments.studies.engine_choice, "engine_of", engine_here)
    monkeypatch.chdir(tmp_path)
    return tmp_path


FACTORS = 'question = "?"\n[factors]\n"toy.x" = [1, 2]\n"toy.on" = [true, false]\n'
ENDS = 'question = "?"\n[design]\nkind = "one-at-a-time"\n[factors]\n"toy.x" = {low = 0, high = 4}\n'
Breaking = Callable[[pytest.MonkeyPatch], None]
STUDIES: list[tuple[str, str, Breaking]] = [
    ("sweep mine.toml", FACTORS, lambda patch: patch.setattr(study_report, "grid_map", faulty)),
    ("sensitivity mine.toml", ENDS,
     lambda patch: patch.setitem(study_report._SENSITIVITY_FIGURES, "one-at-a-time", faulty)),
    ("compare reference other --replications 2", "", lambda patch: patch.setattr(study_report, "policy_wedge", faulty)),
]  # fmt: skip


@pytest.mark.parametrize(("words", "text", "break_figure"), STUDIES, ids=[words for words, _, _ in STUDIES])
def test_a_study_with_a_faulty_figure_ends_as_its_runs_did(
    words: str, text: str, break_figure: Breaking, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (toy / "mine.toml").write_text(text, encoding="utf-8")
    break_figure(monkeypatch)
    done = RUNNER.invoke(app, [*words.split(), "--outcome", "total_last"])
    assert done.exit_code == 0, done.output
    assert "cannot be drawn (ZeroDivisionError: no room)" in done.stderr.splitlines()[-1]
    (folder,) = (toy / "results").iterdir()
    assert str(folder.relative_to(toy)) in done.stdout
    read_tables(folder)
    assert RUNNER.invoke(app, ["verify", str(folder)]).exit_code == 0
    again = RUNNER.invoke(app, ["figures", str(folder)])
    assert again.exit_code == 1
    assert len(again.stderr.splitlines()) == 1
    monkeypatch.undo()
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: TOY)
    assert RUNNER.invoke(app, ["figures", str(folder)]).exit_code == 0


def test_scenarios_named_twice_are_refused_before_anything_runs(toy: Path) -> None:
    (toy / "mine.toml").write_text('question = "?"\nscenarios = ["a", "b", "a"]\n', encoding="utf-8")
    for words in (["sweep", "mine.toml"], ["compare", "b", "a", "a"], ["compare", "a", "a"]):
        done = RUNNER.invoke(app, [*words, "--outcome", "total_last"])
        assert done.exit_code == 2, done.output
        assert "scenario a is named twice; name each once" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in toy.iterdir()] == ["mine.toml"]


def test_an_older_study_of_a_scenario_named_twice_is_refused_in_a_sentence(toy: Path) -> None:
    plan = make_plan("study", design(scenarios=["a", "b"], replications=2), TOY)
    twice = design(scenarios=["a", "a"], replications=2)
    older = replace(plan, design=twice, points=(plan.points[0], plan.points[0]))
    carry_out(older, toy / "older", HereEngine(), unheard)
    done = RUNNER.invoke(app, ["figures", "older"])
    assert done.exit_code == 2
    assert "there is no figure for this kind of design" in done.stderr
