"""The report of a study tells its question, differences, failures and limits, and fetches nothing."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import experiments.studies.market_runs
from experiments.cli import app
from experiments.inputs.design import Design
from experiments.reports.of_study import study_html
from experiments.studies.plan import make_plan
from experiments.studies.study_files import StudyError
from experiments.studies.study_report import report
from tests.experiments.reports.test_report import read
from tests.experiments.study_makers import carried_out
from tests.experiments.toy_model import TOY, design

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: TOY)


def made(folder: Path, asked: Design, *outcomes: str) -> str:
    """Text of the report of a study of the toy model whose tables show some outcomes."""
    carried_out(folder, asked)
    if outcomes:
        report(make_plan("study", asked, TOY), folder, outcomes)
    return " ".join(" ".join(read(study_html(folder)).text).split())


def test_a_comparison_tells_its_question_differences_with_intervals_and_how_to_make_it_again(tmp_path: Path) -> None:
    asked = design(scenarios=["reference", "higher"], replications=4, question="Is higher <higher>?")
    told = made(tmp_path, asked, "total_last")
    for words in (
        "Is higher <higher>?", "2 points, 4 replications, 8 runs, 0 failed", "higher", "+2.00", "+2.00 to +2.00",
        "90% interval", "minus reference", "None of 8.", "toy.x 2 1", "not forecasts of any company",
        "Student's t over 4",
        "plan (SHA-256)", "toy 1", "1 to 4", "The Detour contributors", "study study, plan ",
    ):  # fmt: skip
        assert words in told, words


def test_the_report_is_one_file_with_the_figures_of_the_study_and_fetches_nothing(tmp_path: Path) -> None:
    asked = design(scenarios=["reference", "higher"], replications=3)
    carried_out(tmp_path, asked)
    shown = report(make_plan("study", asked, TOY), tmp_path, ["total_last"])
    done = RUNNER.invoke(app, ["report", str(tmp_path)])
    assert done.exit_code == 0, done.output
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not list(tmp_path.glob(".*unfinished"))
    fetched = read(html).fetched
    assert len(fetched) == len([path for path in shown.paths if path.suffix == ".png"]) == 2
    assert all(each.startswith("data:image/png;base64,") for each in fetched)
    assert not re.search(r"@import|url\(|<script", html)


def test_page_one_of_a_comparison_tells_it_with_its_interval_and_how_sure_it_is(tmp_path: Path) -> None:
    told = made(tmp_path, design(scenarios=["reference", "higher"], replications=4), "total_last")
    page_one = told[told.index("In short") : told.index("Headline")]
    for words in (
        "total_last: rises by 2.0 1 (90% interval +2.0 to +2.0 1)",
        "How sure: Intervals hold 90%",
        "docs/hindcast.md",
    ):
        assert words in page_one, page_one
    assert "Findings by scenario" not in told


def test_page_one_of_other_designs_tells_which_factors_and_cells_matter(tmp_path: Path) -> None:
    given = {"toy.x": {"low": 0.5, "high": 4.0}, "toy.on": [True, False]}
    weights = made(tmp_path / "weights", design(design={"kind": "one-at-a-time"}, factors=given), "total_last")
    assert "total_last: most is moved by toy.x (at 0.5 -1.0 1, at 4 +6.0 1); then toy.on" in weights
    assert "One replication of each of 5 points: what is varied and chance are not told apart." in weights
    grid = made(tmp_path / "grid", design(factors={"toy.x": [1.0, 2.0], "toy.on": [True, False]}), "total_last")
    assert "where toy.x is 1 and toy.on is false, to" in grid


def test_failed_runs_stand_with_seed_and_error_and_there_are_no_figures(tmp_path: Path) -> None:
    asked = design(factors={"toy.word": ["calm", "raises"], "toy.x": [1.0, 2.0]}, replications=2)
    told = made(tmp_path, asked)
    assert "4 of 8; repeat the command with --retry-failed to rerun them." in told
    assert "reference 2 1 ValueError: the word is raises" in told
    assert "reference 3 2 ValueError: the word is raises" in told
    assert "Figures need every run." in told


def test_a_sensitivity_study_with_a_failed_run_says_so_in_place_of_weights(tmp_path: Path) -> None:
    told = made(tmp_path, design(design={"kind": "one-at-a-time"}, factors={"toy.word": ["raises"]}))
    assert "1 of 2; repeat the command" in told
    assert "1 runs have no total_last" in told


def test_weights_of_factors_are_those_of_the_table_and_the_factors_are_listed_with_their_ends(tmp_path: Path) -> None:
    given = {"toy.x": {"low": 0.5, "high": 4.0}, "toy.on": [True, False]}
    told = made(tmp_path, design(design={"kind": "one-at-a-time"}, factors=given, replications=2), "total_last")
    assert "toy.x 4 6" in told
    assert "toy.x 0.5 4" in told
    assert "toy.on false true 2" in told


def test_a_grid_shows_means_and_what_has_no_headline_says_so(tmp_path: Path) -> None:
    grid = design(factors={"toy.x": [1.0, 2.0], "toy.on": [True, False]}, replications=2)
    assert "scenario toy.x toy.on total_last" in made(tmp_path / "grid", grid, "total_last")
    plain = made(tmp_path / "plain", design(factors={"toy.x": [1.0, 2.0, 3.0]}))
    assert "This kind of design has no headline" in plain
    assert "One replication" in plain


def test_a_damaged_or_unfinished_study_is_told_in_a_sentence(tmp_path: Path) -> None:
    carried_out(tmp_path, design(scenarios=["reference", "higher"]))
    (tmp_path / "runs.parquet").write_bytes(b"no")
    with pytest.raises(StudyError, match="is damaged"):
        study_html(tmp_path)
    done = RUNNER.invoke(app, ["report", str(tmp_path)])
    assert done.exit_code == 2
    assert len(done.output.splitlines()) == 1


def test_the_figures_of_a_study_are_drawn_again_for_a_paper_beside_its_tables(tmp_path: Path) -> None:
    asked = design(scenarios=["reference", "higher"], replications=3)
    carried_out(tmp_path, asked)
    first = report(make_plan("study", asked, TOY), tmp_path, ["noise_last"])
    for name, place in (("screen", tmp_path), ("paper", tmp_path / "paper")):
        done = RUNNER.invoke(app, ["figures", str(tmp_path), "--for", name])
        assert done.exit_code == 0, done.output
        again = {path.name for path in place.iterdir() if path.suffix == ".png"}
        assert again == {path.name for path in first.paths if path.suffix != ".csv"}
    assert (tmp_path / "paper" / "interval_convergence_noise_last.png").is_file()


def test_figures_of_a_study_with_failed_runs_or_without_any_are_refused_in_a_sentence(tmp_path: Path) -> None:
    carried_out(tmp_path / "failed", design(factors={"toy.word": ["calm", "raises"]}))
    carried_out(tmp_path / "plain", design(factors={"toy.x": [1.0, 2.0, 3.0]}))
    for folder, words in (
        ("failed", "figures need every run"),
        ("plain", "there is no figure for this kind of design"),
    ):
        done = RUNNER.invoke(app, ["figures", str(tmp_path / folder)])
        assert done.exit_code == 2
        assert words in done.output
        assert len(done.output.splitlines()) == 1
