"""Every command's help ends with an example, and each example works.

A run is made of the shared small result in place of a simulation, without random streams; studies, which take minutes,
get ``--dry-run``; the page is loaded with its scenario and not served. Everything else is run as it is written.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

import experiments.page.serve
import experiments.runs.run
from experiments.cli import app
from experiments.packs.writing import write_template
from experiments.page.start import Start
from experiments.runs.store import Result
from tests.experiments.importers.station_files import stations
from tests.experiments.importers.storage_files import pudl

RUNNER = CliRunner()


def _commands(group: Any, *above: str) -> Iterator[str]:
    """Every command by its words, those of groups too."""
    for name, command in group.commands.items():
        yield " ".join([*above, name])
        if hasattr(command, "commands"):
            yield from _commands(command, *above, name)


COMMANDS = sorted(_commands(typer.main.get_command(app)))
PLANTS = "plant,owner,site,state,gwh_per_year,announced\nours,We,Sparks,NV,5,2024Q1\n"
STUDIES = ("sweep", "compare", "sensitivity", "hindcast", "calibrate")
EXAMPLE = re.compile(r"^  Example: detour (.+)$", re.MULTILINE)


@pytest.fixture
def somewhere(
    stored: Path, small_result: Result, two_figures: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder in which examples run: with a result and a scenario file."""
    (tmp_path / "results").mkdir()
    stored.parents[1].rename(tmp_path / "results" / "runs")
    write_template("net_cone", tmp_path / "my-data")
    (tmp_path / "stations.csv").write_text(stations(200).text(), encoding="utf-8")
    pudl(tmp_path / "storage.csv")
    (tmp_path / "plants.csv").write_text(PLANTS, encoding="utf-8")
    (tmp_path / "sales.csv").write_text("quarter,BEV\n2024Q4,1\n", encoding="utf-8")
    (tmp_path / "peaks.csv").write_text("region,2024\nERCOT,85.5\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text('question = "Why?"\n[buyers]\ntaste_sd_kusd = 8\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(experiments.runs.run, "simulate", lambda *_, **__: small_result)
    monkeypatch.setattr(experiments.runs.run, "with_streams", lambda result, *_, **__: result)
    assert two_figures
    return tmp_path


def _examples(command: str) -> list[str]:
    return EXAMPLE.findall(RUNNER.invoke(app, [*command.split(), "--help"]).stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_a_help_text_runs(command: str, somewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Start] = []
    monkeypatch.setattr(experiments.page.serve, "serve", lambda start, _door: served.append(start))
    (example,) = _examples(command)
    words = shlex.split(example)
    assert words[: len(command.split())] == command.split()
    done = RUNNER.invoke(app, [*words, *(["--dry-run"] if command in STUDIES else [])])
    assert done.exit_code == 0, done.output
    assert done.output
    assert len(served) == (command == "app")
    if command == "export":
        assert (somewhere / "results/runs/reference/seed=1/csv/national.csv").is_file()


def test_an_example_fits_a_line_of_a_terminal() -> None:
    assert {command: len(each) for command in COMMANDS for each in _examples(command) if len(each) > 72} == {}
