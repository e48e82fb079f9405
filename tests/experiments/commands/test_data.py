"""Commands with data packs: written, checked, compared, run, reported; refused where they cannot be used."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import detour
from experiments.cli import app
from experiments.inputs.data_packs import PackNote
from experiments.packs.writing import Author, write_tables
from experiments.runs.store import read_result
from experiments.studies import study
from experiments.studies.study_files import read_tables
from tests.experiments.nasty_text import NASTY, acting
from tests.experiments.packs.own_packs import changed, ercot, ercot_pack
from tests.test_howto import code_of, files_of, page_text

RUNNER = CliRunner()
SHORT = ("run.fast_graph=true", "run.last_quarter=2018Q1", "run.origin=2017Q4", "run.recorded_until=2017Q4")
TINY = {
    "mean_field": True,
    "fast_graph": True,
    "last_quarter": "2018Q1",
    "origin": "2017Q4",
    "recorded_until": "2017Q4",
}
SETS = [part for each in SHORT for part in ("--set", each)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which commands run, with a pack in it."""
    monkeypatch.chdir(tmp_path)
    ercot_pack(tmp_path / "ercot")
    return tmp_path


def test_a_template_is_written_checked_and_compared(here: Path) -> None:
    assert RUNNER.invoke(app, ["data", "template", "net_cone"]).exit_code == 0
    checked = RUNNER.invoke(app, ["data", "check", "my-data"])
    assert checked.exit_code == 0, checked.stderr
    assert "net_cone: 10 rows; 0 cells changed, 0 rows added, 0 gone" in checked.stdout
    assert "A market can be built with these tables" in checked.stdout
    compared = RUNNER.invoke(app, ["data", "diff", "ercot"]).stdout
    assert "region ERCOT: usd_per_kw_year_2025 144.0 -> 175.0" in compared
    assert "region ERCOT: basis not paid -> published" in compared
    assert "sum of usd_per_kw_year_2025: 1,148 shipped, 1,179 here" in compared
    assert (here / "my-data/pack.toml").is_file()


def test_a_run_with_a_pack_says_whose_data_it_has_and_is_made_again(here: Path) -> None:
    """The pack's words are those of a user, so none of them is markup in the report."""
    write_tables(here / "nasty", {"net_cone": ercot()}, Author(NASTY, "<b>none</b>", ""))
    call = ["run", "--data", "nasty", "--mean-field", "--streams", "0", "--no-figures", *SETS]
    done = RUNNER.invoke(app, call)
    assert done.exit_code == 0, done.stderr
    (folder,) = (here / "results/runs").glob("*/seed=1")
    assert folder.parent.name.startswith("reference+")
    manifest = read_result(folder).manifest
    assert [pack.name for pack in manifest.data_packs] == ["nasty"]
    assert manifest.parameters["data"]["packs"] == str(here / "nasty")
    report = RUNNER.invoke(app, ["report", str(folder)])
    assert report.exit_code == 0, report.stderr
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;none&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert acting(page) <= {"\n"}
    again = RUNNER.invoke(app, ["verify", str(folder), "--rerun", "1"])
    assert "rerun, its tables are the same" in again.stdout, again.stderr
    changed(here / "nasty", 150.0)
    told = RUNNER.invoke(app, ["verify", str(folder), "--rerun", "1"])
    assert told.exit_code == 2
    assert f"its data pack {here / 'nasty'} is not what it was made with (" in told.stderr
    assert told.stderr.endswith("; restore it\n")


def test_a_study_whose_pack_is_gone_or_another_is_not_made_again_and_says_so(here: Path) -> None:
    sets = "".join(f'"{name}" = {value if value == "true" else json.dumps(value)}\n'
                   for name, _, value in (each.partition("=") for each in SHORT))  # fmt: skip
    text = f'question = "?"\nmean_field = true\n[data]\npacks = ["ercot"]\n[set]\n{sets}'
    (here / "study.toml").write_text(text, encoding="utf-8")
    assert RUNNER.invoke(app, ["sweep", "study.toml", "--workers", "1"]).exit_code == 0
    verify = ["verify", "results/study", "--rerun", "1"]
    again = RUNNER.invoke(app, verify)
    assert again.exit_code == 0, again.stderr
    changed(here / "ercot", 150.0)
    other = RUNNER.invoke(app, verify)
    (here / "ercot").rename(here / "moved")
    for told, why in ((other, "they hold tables"), (RUNNER.invoke(app, verify), "cannot be read (No such file")):
        assert told.exit_code == 2
        assert f"results/study: its data pack {here / 'ercot'} is not what it was made with (" in told.stderr
        assert why in told.stderr
        assert told.stderr.endswith("; restore it\n")


LONG = "x" * 300


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["data", "template", "net_cone", "--out", LONG], "cannot be written (File name too long)"),
        (["data", "check", LONG], "is no folder"),
        (["data", "diff", LONG], "is no folder"),
        (["import", "peaks", "peaks.csv", "--out", LONG], "cannot be written (File name too long)"),
        (["import", "peaks", LONG], "cannot be read (File name too long)"),
        (["run", "--data", LONG], "is no folder"),
    ],
    ids=["template", "check", "diff", "import", "a file", "run"],
)
def test_a_name_that_no_folder_can_have_is_told_in_one_sentence(here: Path, call: list[str], words: str) -> None:
    (here / "peaks.csv").write_text("region,year,gw\nERCOT,2024,86\n", encoding="utf-8")
    done = RUNNER.invoke(app, call)
    assert done.exit_code == 2, done.exception
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_folders_with_blanks_are_quoted_in_what_is_advised(here: Path) -> None:
    (here / "peaks.csv").write_text("region,year,gw\nERCOT,2024,86\n", encoding="utf-8")
    made = RUNNER.invoke(app, ["import", "peaks", "peaks.csv", "--out", "my data"]).stdout
    assert "look at it with detour data diff 'my data', use it with --data 'my data'" in made
    assert (
        "then detour data check 'my data'"
        in RUNNER.invoke(app, ["data", "template", "net_cone", "--out", "my data"]).stdout
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "B"], "--by is 'B', but mine/pack.toml has 'A'; leave it out, or choose another --out"),
        (["--license", "MIT"], "--license is 'MIT', but mine/pack.toml has 'CC0'; leave it out"),
        (["--license", ""], "--license is empty; say under which license, or leave it out"),
        (["--by", " "], "--by is empty; say who made this"),
        (["--by", LONG * 2], "--by has 600 characters; give at most 500"),
    ],
    ids=["another author", "another license", "no license", "no author", "too long"],
)
def test_an_author_and_a_license_are_kept_or_refused(here: Path, options: list[str], words: str) -> None:
    (here / "peaks.csv").write_text("region,year,gw\nERCOT,2024,86\n", encoding="utf-8")
    (here / "sales.csv").write_text("quarter,BEV\n2024Q4,300000\n", encoding="utf-8")
    who = ["--out", "mine", "--by", "A", "--license", "CC0"]
    assert RUNNER.invoke(app, ["import", "peaks", "peaks.csv", *who]).exit_code == 0
    held = sorted((here / "mine").iterdir())
    refused = RUNNER.invoke(app, ["import", "sales", "sales.csv", "--out", "mine", *options])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert words in refused.stderr
    assert sorted((here / "mine").iterdir()) == held
    assert RUNNER.invoke(app, ["import", "sales", "sales.csv", *who]).exit_code == 0
    assert RUNNER.invoke(app, ["data", "check", "mine"]).exit_code == 0


def test_draws_of_calibration_refuse_a_pack(here: Path) -> None:
    done = RUNNER.invoke(app, ["run", "--data", "ercot", "--parameters", "--out", "out"])
    assert done.exit_code == 2
    assert done.stderr == "the posterior draws are of the shipped tables; leave --parameters or the data packs out\n"
    assert not (here / "out").exists()


def test_validate_checks_packs(here: Path) -> None:
    good = RUNNER.invoke(app, ["validate", "reference", "--data", "ercot"])
    assert good.exit_code == 0, good.stderr
    (here / "ercot/net_cone.csv").write_text("region\nERCOT\n", encoding="utf-8")
    bad = RUNNER.invoke(app, ["validate", "reference", "--data", "ercot"])
    assert bad.exit_code == 2
    assert "table net_cone has no column usd_per_kw_year_2025" in bad.stderr


def test_a_pack_changed_under_a_running_study_fails_its_run_in_one_sentence(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan is made, then the folder changes; workers read it anew."""
    (here / "study.toml").write_text(
        'question = "?"\nmean_field = true\n[factors]\n"data.packs" = ["", "ercot"]\n[set]\n'
        + "".join(f'"{name}" = {value if value == "true" else json.dumps(value)}\n'
                  for name, _, value in (each.partition("=") for each in SHORT)),
        encoding="utf-8",
    )  # fmt: skip
    carry_out = study.carry_out

    def spoiled(*asked: Any, **how: Any) -> study.Finished:
        changed(here / "ercot", 150.0)
        return carry_out(*asked, **how)

    monkeypatch.setattr(study, "carry_out", spoiled)
    done = RUNNER.invoke(app, ["sweep", "study.toml", "--workers", "1"])
    assert done.exit_code == 1
    assert "restore them" in done.stderr
    assert "Traceback" not in done.stderr
    assert read_tables(here / "results/study")[1]["runs"]["status"].tolist() == ["done", "failed"]


@pytest.mark.usefixtures("here")
def test_the_python_door_takes_packs() -> None:
    usual, own = detour.scenario(run=TINY), detour.scenario(data="ercot", run=TINY)
    a, b = detour.run(usual), detour.run(usual, data=["ercot"])
    assert b.scenario == own
    assert a.result.manifest.parameters_sha256 != b.result.manifest.parameters_sha256
    assert [str(pack) for pack in b.result.manifest.data_packs] == [str(PackNote.model_validate(
        {"name": "ercot", "by": "A. Planner", "date": b.result.manifest.data_packs[0].date, "license": "CC BY 4.0"}
    ))]  # fmt: skip
    with pytest.raises(detour.InputError, match="leave --parameters or the data packs out"):
        detour.run(own, streams=2, parameters=True)


@pytest.mark.long
def test_a_planners_case_is_one_study_with_intervals(here: Path) -> None:
    """The pack of docs/howto/own-data.md, made by the page's own code, against the shipped tables."""
    page = page_text("own-data")
    making, _, _ = code_of(page).partition("import detour")
    exec(compile(making, "docs/howto/own-data.md", "exec"), {"__name__": "planner"})  # noqa: S102  # our own page
    for name, text in files_of(page).items():
        (here / name).write_text(text, encoding="utf-8")
    checked = RUNNER.invoke(app, ["data", "check", "my-data"])
    assert checked.exit_code == 0, checked.stderr
    ports = pd.read_csv(here / "my-data/fast_sites.csv").query("state == 'AZ' and year == 2024")["plugs"].sum()
    assert ports == 1_500
    call = ["compare", "reference", "planner.toml", "--replications", "2"]
    for each in ("run.mean_field=true", "run.fast_graph=true", "run.last_quarter=2025Q2", "world.shocks=true"):
        call += ["--set", each]
    done = RUNNER.invoke(app, call)
    assert done.exit_code == 0, done.stderr
    (folder,) = (here / "results").iterdir()
    found = pd.read_csv(folder / "differences.csv").set_index("outcome")
    assert set(found["scenario"]) == {"planner.toml"}
    assert (found["low"] <= found["difference"]).all()
    assert (found["difference"] <= found["high"]).all()
    assert abs(found["difference"]["bev_share_new_last"]) > 0
