"""The report: one file, no network, the numbers of the tables, a command that makes the run again."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.commands.summary import outcomes_of_year, spread_of_year
from experiments.figures.registry import FIGURES
from experiments.findings.kept import kept
from experiments.inputs.scenario_files import load_scenario
from experiments.reports.report import command_of, paired_reference, report_html
from experiments.runs.manifest import parameters_of, parameters_sha256
from experiments.runs.store import Result, scenario_of, write_result
from tests.experiments.conftest import SMALL

RUNNER = CliRunner()


class _Reader(HTMLParser):
    """Text of a page and everything it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def renamed(result: Result, name: str, *overrides: str) -> Result:
    """A result that says it was made with another scenario."""
    scenario = load_scenario(name, [*SMALL, *overrides]).scenario
    update = {
        "name": f"{name}+12345678",
        "question": scenario.question,
        "parameters": parameters_of(scenario),
        "parameters_sha256": parameters_sha256(scenario),
    }
    return Result(result.manifest.model_copy(update=update), result.frames)


def test_a_report_is_one_file_that_fetches_nothing(stored: Path) -> None:
    done = RUNNER.invoke(app, ["report", str(stored)])
    assert done.exit_code == 0, done.output
    path = stored / "report.html"
    assert done.stdout.strip() == str(path)
    assert [each.name for each in stored.iterdir() if "unfinished" in each.name] == []
    html = path.read_text(encoding="utf-8")
    reader = read(html)
    assert len(reader.fetched) == len(FIGURES)
    assert all(each.startswith("data:image/png;base64,") for each in reader.fetched)
    assert not re.search(r"@import|url\(|<script", html)


@pytest.mark.usefixtures("two_figures")
def test_a_report_tells_question_numbers_limits_and_how_to_cite(small_result: Result) -> None:
    text = " ".join(read(report_html(small_result, None)).text)
    manifest = small_result.manifest
    year = outcomes_of_year(small_result.frames["national"], 2024)
    for words in (manifest.question, f"{year['bev']:.1f}", f"{year['storage_gw']:,.0f}", "not forecasts of any company",
                 "simple rules were nearer", manifest.results_sha256, "run.fast_graph",
                 "The Detour contributors", "Sampling error"):  # fmt: skip
        assert words in text, words


def sections(html: str) -> dict[str, str]:
    """Text of a page by section, in their order."""
    found = re.findall(r"<section><h2>(.*?)</h2>(.*?)</section>", html, re.DOTALL)
    return {title: " ".join(" ".join(read(body).text).split()) for title, body in found}


@pytest.mark.usefixtures("two_figures")
def test_page_one_tells_numbers_with_intervals_one_figure_and_how_sure(streamed: Result) -> None:
    html = report_html(streamed, None)
    title, first = next(iter(sections(html).items()))
    assert title == "In short"
    spread = spread_of_year(streamed.frames["streams"], 2025)
    low, middle, high = (f"{spread[at]['storage_gw']:,.0f}" for at in (0.1, 0.5, 0.9))
    assert f"Installed storage, GW {outcomes_of_year(streamed.frames['national'], 2024)['storage_gw']:.0f} " in first
    assert f"{middle} ({low} to {high})" in first
    assert "US cell lines in" in first
    assert "So few streams give a rough interval" in first
    assert kept().note.hindcast.sentence in first
    assert html.index('id="bev_share"') < html.index("<h2>What the detour does</h2>") < html.index('id="prices"')
    assert html.count('id="bev_share"') == 1


@pytest.mark.usefixtures("two_figures")
def test_page_one_of_a_single_path_says_that_it_has_no_interval(small_result: Result) -> None:
    first = sections(report_html(small_result, None))["In short"]
    assert "its numbers have no interval" in first
    assert "80% of streams" not in first


@pytest.mark.usefixtures("two_figures")
def test_a_mean_field_run_tells_no_sampling_error(small_result: Result) -> None:
    parameters = {
        **small_result.manifest.parameters,
        "run": {**small_result.manifest.parameters["run"], "mean_field": True},
    }
    expected = Result(small_result.manifest.model_copy(update={"parameters": parameters}), small_result.frames)
    assert "Sampling error" not in report_html(expected, None)


@pytest.mark.usefixtures("two_figures")
def test_a_report_says_in_words_what_the_accounts_checked(small_result: Result) -> None:
    text = " ".join(read(report_html(small_result, None)).text)
    checked = small_result.manifest.accounts_checked
    assert sum(checked.values()) == small_result.manifest.ledger_checks
    assert any("none produces while dark" in what for what in checked)
    for what, count in checked.items():
        assert f"{what} {count:,}" in text


@pytest.mark.usefixtures("two_figures")
def test_what_differs_from_the_reference_is_listed(small_result: Result) -> None:
    text = " ".join(read(report_html(renamed(small_result, "no-detour"), None)).text)
    assert "cells.may_convert" in text
    assert "run.consumers" in text


@pytest.mark.parametrize(("name", "more"), [("reference", ()), ("no-detour", ("policy.tariff_factor=2.5",))])
def test_the_command_makes_the_same_scenario_again(small_result: Result, name: str, more: tuple[str, ...]) -> None:
    manifest = renamed(small_result, name, *more).manifest
    words = command_of(manifest, scenario_of(manifest)).split()
    assert words[:3] == ["detour", "run", name]
    sets = [words[place + 1] for place, word in enumerate(words) if word == "--set"]
    again = load_scenario(name, [*sets, f"run.consumers={words[words.index('--consumers') + 1]}"]).scenario
    assert parameters_sha256(again) == manifest.parameters_sha256


@pytest.mark.usefixtures("two_figures")
def test_a_reference_beside_the_run_gives_differences(small_result: Result, tmp_path: Path) -> None:
    other = renamed(small_result, "no-detour")
    folder = tmp_path / "runs" / other.manifest.name / "seed=1"
    write_result(folder, other)
    assert paired_reference(folder, other) is None
    write_result(tmp_path / "runs" / "reference" / "seed=1", small_result)
    paired = paired_reference(folder, other)
    assert paired is not None
    text = " ".join(read(report_html(other, paired)).text)
    assert "Difference from reference" in text
    assert "a single pair" in text


def test_a_reference_of_another_size_is_not_paired(small_result: Result, tmp_path: Path) -> None:
    other = renamed(small_result, "no-detour", "run.consumers=600")
    folder = tmp_path / "runs" / other.manifest.name / "seed=1"
    write_result(tmp_path / "runs" / "reference" / "seed=1", small_result)
    assert paired_reference(folder, other) is None


def test_a_folder_without_a_run_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["report", str(tmp_path)])
    assert done.exit_code == 2
    assert "holds no run.json" in done.output


@pytest.mark.usefixtures("two_figures")
def test_a_report_that_cannot_be_written_is_told_in_a_sentence(stored: Path, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["report", str(stored), "--out", str(tmp_path / "no" / "where.html")])
    assert done.exit_code == 1
    assert "choose another --out" in done.output
