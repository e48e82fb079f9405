"""Studies kept in ``results`` open without their runs; folders that cannot are refused in a sentence that says why."""

import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

import experiments.studies.engine_choice
import experiments.studies.market_runs
from experiments.cli import app
from experiments.documents import kept_study
from experiments.documents.kept_study import command_elsewhere, keep
from experiments.errors import InputError
from experiments.studies.study_files import (
    AGAIN,
    QUARTERS_TABLE,
    outcomes_of,
    parameters_of,
    read_manifest,
    read_tables,
)
from experiments.studies.study_report import outcomes_shown
from tests.experiments.nasty_text import TOY, engine_here

RUNNER = CliRunner()
RESULTS = Path(kept_study.__file__).parents[2] / "results"


def kept_in_git(name: str) -> list[Path]:
    """Files of this name that git keeps in folders of ``results``: studies of a user may lie beside them."""
    command = ["git", "ls-files", "-z", "--", f"results/*/{name}"]
    listed = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True, check=True).stdout
    return sorted(RESULTS.parent / path for path in listed.split("\0") if path)


STUDIES = [path.parent.name for path in kept_in_git("study.json")]
PICTURES_ONLY = [
    path.parent.name
    for path in kept_in_git("README.md")
    if AGAIN in path.read_text(encoding="utf-8") and path.parent.name not in STUDIES
]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A study of the toy model with two factors and two scenarios, in ``out/mine``."""
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: TOY)
    monkeypatch.setattr(experiments.studies.engine_choice, "engine_of", engine_here)
    monkeypatch.chdir(tmp_path)
    text = (
        'question = "?"\nscenarios = ["reference", "higher"]\n[factors]\n"toy.x" = [1, 2]\n"toy.on" = [true, false]\n'
    )
    Path("mine.toml").write_text(text, encoding="utf-8")
    done = RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--out", "out"])
    assert done.exit_code == 0, done.output
    return Path("out/mine")


def test_a_study_that_is_kept_opens_without_its_runs(made: Path) -> None:
    into = Path("kept/mine")
    assert {path.name for path in keep(made, into)} == {"means.csv", "grid_total_last.png"}
    whole, small = read_manifest(made), read_manifest(into)
    assert not (into / "runs").exists()
    contents = [parameters_of(into, small, point) for point in range(len(small.points))]
    assert contents == [parameters_of(made, whole, point) for point in range(len(whole.points))]
    assert len({content["toy.x"] for content in contents}) == 2
    assert outcomes_shown(into, small) == ["total_last"]
    assert read_tables(into)[1]["runs"].equals(read_tables(made)[1]["runs"])
    shutil.rmtree("out")
    for words in (["figures", "kept/mine"], ["report", "kept/mine"]):
        done = RUNNER.invoke(app, words)
        assert done.exit_code == 0, done.output
    checked = RUNNER.invoke(app, ["verify", "kept/mine"])
    assert checked.stdout.strip().endswith("the runs behind them are not kept here.")
    (into / "runs.parquet").write_bytes(b"")
    assert "is damaged" in RUNNER.invoke(app, ["verify", "kept/mine"]).output


def test_runs_of_a_kept_study_cannot_be_compared(made: Path) -> None:
    keep(made, Path("kept"))
    done = RUNNER.invoke(app, ["verify", "kept", "--rerun", "1"])
    assert done.exit_code == 2
    assert "its runs are not kept here, so none can be compared; repeat" in done.stderr


def test_series_that_nobody_shows_and_places_of_one_computer_are_left_out(made: Path) -> None:
    Path("kept").mkdir()
    Path("kept/README.md").write_text("# By hand\n", encoding="utf-8")
    keep(made, Path("kept"))
    keep(made, Path("new"))
    assert outcomes_of(read_manifest(made), QUARTERS_TABLE) == ["quarter", "total"]
    assert "total" in read_tables(Path("kept"))[1][QUARTERS_TABLE]
    assert Path("kept/README.md").read_text(encoding="utf-8") == "# By hand\n"
    assert f"{AGAIN} `" in Path("new/README.md").read_text(encoding="utf-8")
    assert "--out" not in Path("new/README.md").read_text(encoding="utf-8")
    assert "--out" not in read_manifest(Path("new")).command
    assert (
        command_elsewhere("detour sweep 'a b' --out=/x --workers 2 --seed 3 --out /y") == "detour sweep 'a b' --seed 3"
    )


def test_series_of_outcomes_that_are_not_shown_are_left_out(made: Path) -> None:
    (made / "means.csv").write_text("noise_last\n1.0\n", encoding="utf-8")
    keep(made, Path("kept"))
    assert outcomes_of(read_manifest(Path("kept")), QUARTERS_TABLE) == ["quarter"]
    assert "total" not in read_tables(Path("kept"))[1][QUARTERS_TABLE]


def test_a_study_too_large_or_with_failed_runs_is_not_kept(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_study, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match=r"at most 0 are kept: make fewer runs"):
        keep(made, Path("kept"))
    Path("mine.toml").write_text('question = "?"\n[factors]\n"toy.word" = ["calm", "raises"]\n', encoding="utf-8")
    RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last", "--out", "failing"])
    with pytest.raises(InputError, match=r"runs failed, so it is not kept"):
        keep(Path("failing/mine"), Path("other"))
    assert not Path("other").exists()


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_that_is_kept_has_a_report_and_figures(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(RESULTS / name, folder)
    before = {path.name for path in folder.glob("*.png")}
    assert all(path.stat().st_size <= kept_study.MOST_BYTES for path in folder.glob("*.parquet"))
    report = RUNNER.invoke(app, ["report", str(folder)])
    assert report.exit_code == 0, report.output
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<img") == len(before) > 0
    assert "cannot be drawn" not in page
    drawn = RUNNER.invoke(app, ["figures", str(folder), "--for", "paper"])
    assert drawn.exit_code == 0, drawn.output
    assert {path.name for path in (folder / "paper").glob("*.png")} == before
    assert RUNNER.invoke(app, ["verify", str(folder)]).exit_code == 0
    assert "/tmp/" not in (folder / "study.json").read_text(encoding="utf-8")  # noqa: S108 - a place of one computer


@pytest.mark.parametrize("command", ["report", "figures"])
@pytest.mark.parametrize("name", PICTURES_ONLY)
def test_pictures_of_an_older_version_are_told_to_be_that(name: str, command: str) -> None:
    done = RUNNER.invoke(app, [command, str(RESULTS / name)])
    assert done.exit_code == 2
    (sentence,) = done.stderr.splitlines()
    assert "keeps pictures and tables alone, of an older version or of no study, and no study.json" in sentence
    assert "README.md has the command that makes it again" in sentence


def test_the_page_of_results_names_every_study_that_is_kept() -> None:
    page = (RESULTS / "README.md").read_text(encoding="utf-8")
    assert STUDIES
    assert PICTURES_ONLY
    assert all(f"`{name}`" in page for name in (*STUDIES, *PICTURES_ONLY))
