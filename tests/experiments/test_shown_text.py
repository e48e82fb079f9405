"""What a user wrote is never markup: one nasty string through every door."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text
from rich.console import Console
from typer.testing import CliRunner

import experiments.runs.run
import experiments.studies.engine_choice
import experiments.studies.market_runs
from experiments.cli import app
from experiments.commands.progress import shown_on
from experiments.commands.study_progress import study_shown_on
from experiments.figures import registry
from experiments.figures.bev_share import bev_share
from experiments.figures.of_studies.grid_map import grid_map
from experiments.figures.saving import save
from experiments.page.inspections.inspection_text import Bar, Fact, Inspection
from experiments.page.page_html import head_html, inspection_html
from experiments.page.snapshot import empty_snapshot
from experiments.page.start import labels
from experiments.runs.store import Result
from experiments.shown_text import html_text, html_verbatim, markdown_code, markdown_text, one_line, plain_text
from experiments.studies.study import Counts
from experiments.studies.study_files import read_tables
from market.scenario import Scenario
from tests.experiments.nasty_text import NAME, NASTY, TOY, acting, engine_here, missing, unfolded, written_file
from tests.experiments.test_cli import CALL, ROOT

RUNNER = CliRunner()


class _Page(HTMLParser):
    """Tags and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def page(html: str) -> _Page:
    reader = _Page()
    reader.feed(html)
    reader.close()
    return reader


@given(st.text())
def test_shown_text_holds_nothing_that_acts_unseen_but_joiners(text: str) -> None:
    assert acting(plain_text(text)) <= {"\u200c", "\u200d"}
    assert "\n" not in plain_text(text) + one_line(text)


@given(st.text())
def test_html_gives_a_reader_the_text_back_and_no_tag(text: str) -> None:
    for html, told in ((html_text(text), one_line(text)), (html_verbatim(text), plain_text(text))):
        reader = page(f"<p>{html}</p>")
        assert (reader.tags, reader.text) == ({"p"}, told)
        assert '"' not in html


@given(st.text(alphabet="a`* \n"))
def test_a_markdown_code_span_is_fenced_by_more_backticks_than_it_holds(text: str) -> None:
    fence = re.match("`+", markdown_code(text))
    assert fence is not None
    inside = markdown_code(text)[len(fence[0]) : -len(fence[0])]
    assert all(len(run) < len(fence[0]) for run in re.findall("`+", inside))
    assert inside.strip() == plain_text(text).strip()


def test_plain_words_are_shown_as_they_are() -> None:
    for text in ("What if buyers wait?", "résumé e\u0301", "\u0628\u200c\u0647", "👩\u200d🔧 🔋", "C:\\results\\a  b"):
        assert plain_text(text) == text


@pytest.mark.parametrize("command", ["validate", "show"])
def test_a_scenario_is_told_with_its_question_as_written(command: str, tmp_path: Path) -> None:
    path = written_file(tmp_path / f"{NAME}.toml", "[policy]\ntariff_factor = 2.5\n")
    done = RUNNER.invoke(app, [command, str(path)])
    assert done.exit_code == 0, done.output
    assert "policy.tariff_factor" in done.stdout
    assert not acting(done.stdout)
    name, _, question = unfolded(done.stdout).partition("-->: ")
    assert missing(name) == missing(question) == []
    assert "[/policy]" in question


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", NASTY], ["show", NASTY], ["run", NASTY], ["run", "--set", NASTY],
        ["run", "--set", f"policy.federal_credit_end={NASTY}"], ["run", "--consumers", NASTY], ["sweep", NASTY],
        ["figures", NASTY], ["report", NASTY], ["verify", NASTY], ["compare", "reference", NASTY],
        ["sweep", "policy-wedge", "--engine", NASTY], ["sweep", "policy-wedge", "--shard", NASTY],
    ],
    ids=lambda arguments: " ".join(word if word.isascii() else "NASTY" for word in arguments),
)  # fmt: skip
def test_an_error_that_quotes_the_user_is_one_line_of_text(arguments: list[str]) -> None:
    done = RUNNER.invoke(app, arguments)
    assert done.exit_code == 2, done.output
    assert len(done.stderr.splitlines()) == 1
    assert not acting(done.stderr)
    assert "$5 to $10" in done.stderr
    assert "[bold]b" in done.stderr


def test_wrong_usage_and_a_terminal_that_knows_only_ascii_are_no_traceback(tmp_path: Path) -> None:
    path = written_file(tmp_path / f"{NAME}.toml")
    poor = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done, wrong = (
        subprocess.run([sys.executable, "-c", CALL, *words], cwd=ROOT, env=poor, capture_output=True, check=False)
        for words in (["validate", str(path)], ["run", NASTY, NASTY])
    )
    assert done.returncode == 0, done.stderr
    assert b"\\U0001f50b" in done.stdout
    assert wrong.returncode == 2
    assert not acting(wrong.stderr.decode())
    assert len(wrong.stderr.splitlines()) == 1


@pytest.fixture
def nasty_run(small_result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the shared small result, under the nasty name, in the place of a simulation; one figure is enough."""
    named = replace(small_result, manifest=small_result.manifest.model_copy(update={"name": NAME, "question": NASTY}))
    monkeypatch.setattr(experiments.runs.run, "simulate", lambda *_, **__: named)
    monkeypatch.setattr(registry, "FIGURES", {"bev_share": bev_share})


def checked_svg(path: Path) -> str:
    """What an SVG file tells beside its paths; parsing it proves that no character breaks it."""
    content = path.read_text(encoding="utf-8")
    ET.fromstring(content)  # noqa: S314 - we have just made it
    return " ".join(re.findall("<!-- (.*?) -->", content, re.DOTALL))


@pytest.mark.usefixtures("nasty_run")
def test_a_run_its_figures_and_its_report_show_the_name_and_question_as_written(tmp_path: Path) -> None:
    path, out = written_file(tmp_path / f"{NAME}.toml"), tmp_path / NAME
    done = RUNNER.invoke(app, ["run", str(path), "--streams", "0", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert not acting(done.output)
    title, _, results = done.stdout.partition("United States")
    assert missing(title) == missing(results) == []
    (folder,) = (out / "runs").glob("*/seed=1")
    for words in (["figures", str(folder), "--format", "png,svg"], ["verify", str(folder)], ["report", str(folder)]):
        again = RUNNER.invoke(app, words)
        assert again.exit_code == 0, again.output
        assert not acting(again.output)
        assert missing(again.stdout) == []
    told = checked_svg(folder / "figures" / "bev_share.svg")
    assert "$5 to $10 a" in told
    assert "[bold]b[|bold]" in told
    html = (folder / "report.html").read_text(encoding="utf-8")
    reader = page(html)
    assert "script" not in reader.tags
    assert missing(reader.text.partition("Headline numbers")[0]) == []
    assert not acting(html)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The commands run the toy model in this process."""
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: TOY)
    monkeypatch.setattr(experiments.studies.engine_choice, "engine_of", engine_here)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_its_page_figures_and_report_show_names_and_question_as_written(toy: Path) -> None:
    more = '[factors]\n"toy.x" = [1, 2]\n"toy.on" = [true, false]\n'
    written_file(toy / f"{NAME}.toml", more)
    done = RUNNER.invoke(app, ["sweep", f"./{NAME}.toml", "--outcome", "total_last"])
    assert done.exit_code == 0, done.output
    assert not acting(done.output)
    assert missing(done.stdout) == missing(done.stderr) == []
    (folder,) = (toy / "results").iterdir()
    assert read_tables(folder)[0].name == NAME  # in files it is what it was
    assert RUNNER.invoke(app, ["figures", str(folder), "--format", "svg"]).exit_code == 0
    assert "[/policy]" in checked_svg(folder / "grid_total_last.svg")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert markdown_text(NASTY) in readme
    assert r"\<script\>" in readme
    assert "<script>" not in readme.replace(r"\<script\>", "").partition("Make it again")[0]
    assert not acting(readme)
    assert RUNNER.invoke(app, ["report", str(folder)]).exit_code == 0
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "script" not in page(html).tags
    assert "[/policy]" in page(html).text
    assert not acting(html)


@pytest.mark.usefixtures("toy")
def test_a_comparison_shows_names_of_scenarios_as_written() -> None:
    done = RUNNER.invoke(app, ["compare", "reference", NAME, "--replications", "2", "--outcome", "total_last"])
    assert done.exit_code == 0, done.output
    assert not acting(done.output)
    assert missing(done.stdout.partition("Results")[0]) == []
    (folder,) = Path("results").iterdir()
    assert RUNNER.invoke(app, ["figures", str(folder), "--format", "svg"]).exit_code == 0
    picture = folder / "policy_wedge_total.svg"
    assert missing(checked_svg(picture).replace("- ->", "-->")) == []


def test_no_text_of_a_figure_is_mathematics(toy: Path) -> None:
    more = '[factors]\n"toy.word" = ["$a$", "$"]\n"toy.on" = [true, false]\n'
    written_file(toy / "mine.toml", more)
    assert RUNNER.invoke(app, ["sweep", "mine.toml", "--outcome", "total_last"]).exit_code == 0
    manifest, tables = read_tables(toy / "results" / "mine")
    figure = grid_map(tables["runs"], manifest, "total_last")
    save(figure, toy / "grid")
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    assert {"$a$", "$"} <= {text.get_text() for text in texts}
    assert not any(text.get_parse_math() or text.get_usetex() for text in texts)


def test_the_page_shows_question_names_and_agents_as_written() -> None:
    told = Inspection(NASTY, NASTY, [Fact(NASTY, NASTY)], [], NASTY, [Bar(NASTY, 1.0)], NASTY, [NASTY])
    for html in (head_html(empty_snapshot(Scenario()), NASTY, NASTY), inspection_html(told)):
        assert "script" not in page(html).tags
        assert missing(page(html).text) == []
        assert not acting(html)
    (label,) = labels([f"/somewhere/{NAME}.toml"])
    assert not acting(label)
    assert missing(label) == []


def test_nothing_but_the_door_prints_escapes_or_makes_a_console() -> None:
    others = [path for path in (ROOT / "experiments").rglob("*.py") if path.name != "shown_text.py"]
    assert others
    for path in others:
        found = re.findall(r"typer\.echo|\bConsole\(|html import escape|rich\.print", path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: {found}; use experiments/shown_text.py"


def test_a_bar_of_progress_takes_a_name_as_text() -> None:
    console = Console(force_terminal=True, width=400, record=True, color_system=None)
    with shown_on(console, NASTY) as told:
        told.quarter("2017Q1", 1, 76)
        told.stream(0, 16)
    with study_shown_on(console, NASTY) as tell_study:
        tell_study(Counts(4, done=1))
    shown = console.export_text()
    assert "[/policy] [bold]b[/bold] :smile:" in shown
    assert "\\x07" in shown
    assert "\x07" not in shown
