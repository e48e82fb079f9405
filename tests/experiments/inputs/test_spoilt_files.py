"""Hundreds of spoilt files: each is read or told in one sentence, and nothing on the disk changes."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.errors import InputError
from experiments.inputs.design import read_design
from experiments.inputs.scenario_files import load_scenario
from experiments.reports.report import command_of
from experiments.runs.store import read_result, scenario_of
from experiments.studies.market_runs import market_model
from experiments.studies.plan import make_plan, with_files_of
from experiments.studies.study_files import read_tables, run_files, tables_of
from experiments.studies.study_report import outcomes_shown
from tests.experiments.inputs.spoiling import (
    DESIGN,
    POINTS,
    POINTS_DESIGN,
    SCENARIO,
    run_folder,
    spoilt,
    spoilt_json,
    study_folder,
    tree,
)

CASES = 110  # of each of the seven pairs of a kind and a way to spoil it
LONGEST_SENTENCE = 1_000
ROOT = Path(__file__).parents[3]
CALL = "import sys; from experiments.cli import main; sys.argv = ['detour', *sys.argv[1:]]; main()"
RUNNER = CliRunner()


def read_scenario(folder: Path) -> None:
    load_scenario(str(folder / "mine.toml"))


def plan_design(folder: Path) -> None:
    make_plan("mine", read_design(folder / "mine.toml"), with_files_of(folder, market_model()), folder)


def read_study(folder: Path) -> None:
    manifest, _ = read_tables(folder)
    tables_of(manifest, run_files(folder))
    outcomes_shown(folder, manifest)


def read_run(folder: Path) -> None:
    manifest = read_result(folder).manifest
    command_of(manifest, scenario_of(manifest))


def made(folder: Path, name: str) -> bytes:
    """Fills a folder with good files of a kind; hands back the one to spoil."""
    if name == "study.json":
        study_folder(folder)
        (folder / "differences.csv").write_text("outcome,mean\ntotal_last,1\n", encoding="utf-8")
    elif name == "run.json":
        run_folder(folder)
    elif name == "points.csv":
        (folder / "mine.toml").write_bytes(POINTS_DESIGN)
        return POINTS
    else:
        return SCENARIO if name == "scenario" else DESIGN
    return (folder / name).read_bytes()


KINDS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "scenario": ("mine.toml", read_scenario),
    "design": ("mine.toml", plan_design),
    "points.csv": ("points.csv", plan_design),
    "study.json": ("study.json", read_study),
    "run.json": ("run.json", read_run),
}


def sentence_of(read: Callable[[Path], None], folder: Path) -> str | None:
    """What is told; None if all is read. Any other exception than that of wrong input passes."""
    try:
        read(folder)
    except InputError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [*((kind, spoilt) for kind in KINDS), ("study.json", spoilt_json), ("run.json", spoilt_json)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_spoilt_file_is_read_or_told_in_one_sentence_and_nothing_changes(
    kind: str, spoil: Callable[[bytes, random.Random], bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "held"
    folder.mkdir()
    good = made(folder, kind)
    name, read = KINDS[kind]
    (folder / name).write_bytes(good)
    read(folder)  # what is spoilt below was good
    told = 0
    for case in range(CASES):
        (folder / name).write_bytes(spoil(good, random.Random(f"{kind} {case}")))  # noqa: S311 - a test's random numbers guard no secret
        before = tree(tmp_path)
        sentence = sentence_of(read, folder)
        assert sentence is None or 0 < len(sentence) < LONGEST_SENTENCE, (case, sentence)
        assert tree(tmp_path) == before, case
        told += sentence is not None
    assert told > CASES / 2


def commands(folder: Path, in_all: int) -> Iterator[list[str]]:
    """Commands that read spoilt files; those of good ones end in an error too, before anything is made or drawn."""
    study, run = study_folder(folder / "study"), run_folder(folder / "run")
    (run / "zones.parquet").unlink()
    good = {path: path.read_bytes() for path in (study / "study.json", run / "run.json")}
    (folder / "csv.toml").write_bytes(POINTS_DESIGN)
    files = {
        folder / "scenario.toml": (SCENARIO, ["validate", "{}"]),
        folder / "shown.toml": (SCENARIO, ["show", "{}"]),
        folder / "design.toml": (DESIGN, ["sweep", "{}", "--outcome", "none"]),
        folder / "points.csv": (POINTS, ["sweep", str(folder / "csv.toml"), "--outcome", "none"]),
        study / "study.json": (good[study / "study.json"], ["figures", str(study)]),
        run / "run.json": (good[run / "run.json"], ["report", str(run)]),
    }
    for case in range(in_all):
        path, (content, command) = list(files.items())[case % len(files)]
        rng = random.Random(f"command {case}")  # noqa: S311 - a test's random numbers guard no secret
        path.write_bytes((spoilt_json if path in good and rng.random() < 0.5 else spoilt)(content, rng))
        yield [part.format(path) for part in command]


def test_commands_on_spoilt_files_end_in_one_line_and_exit_code_2_or_in_success(tmp_path: Path) -> None:
    codes = []
    for arguments in commands(tmp_path, 48):
        before = tree(tmp_path)
        done = RUNNER.invoke(app, arguments)
        codes.append(done.exit_code)
        assert done.exit_code in (0, 2), (arguments, done.exception)
        assert len(done.stderr.splitlines()) == (done.exit_code == 2), done.stderr
        assert tree(tmp_path) == before
    assert codes.count(2) > len(codes) / 2


@pytest.mark.long
def test_sixty_processes_on_spoilt_files_end_in_one_line_and_exit_code_2_or_in_success(tmp_path: Path) -> None:
    for arguments in commands(tmp_path, 60):
        before = tree(tmp_path)
        done = subprocess.run(
            [sys.executable, "-c", CALL, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode in (0, 2), (arguments, done.stderr)
        assert len(done.stderr.splitlines()) == (done.returncode == 2), done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        assert tree(tmp_path) == before
