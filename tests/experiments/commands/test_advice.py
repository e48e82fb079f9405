"""Advice fits what was made, and every command it gives is one that works."""

import shlex
import subprocess
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import typer.main

from experiments.cli import app
from experiments.commands.advice import after_run, after_study, file_of, lines
from experiments.inputs.parameter_list import Value
from experiments.inputs.scenario_files import load_scenario, shipped_names
from experiments.runs.manifest import StreamsRecord
from experiments.runs.store import Result
from experiments.studies.study_files import StudyManifest, read_tables
from market.scenario import Scenario
from tests.experiments.study_makers import carried_out
from tests.experiments.toy_model import design

COMMAND = "detour compare reference higher --replications 4 --seed 3"


def named(result: Result, name: str, streams: int = 16) -> Result:
    """The same result under another name, with some random streams."""
    record = StreamsRecord(
        seeds=list(range(1, streams + 1)), failed={}, parameters_sha256="", drawn_parameters={}, results_sha256="",
        wall_s=0.0,
    )  # fmt: skip
    update = {"name": name, "streams": record if streams else None}
    return Result(result.manifest.model_copy(update=update), result.frames)


def commands_after(result: Result, name: str, scenario: Scenario | None = None, streams: int = 16) -> list[str]:
    return [command for command, _ in after_run(named(result, name, streams).manifest, scenario)]


def is_understood(command: str) -> bool:
    """Whether the command line takes it; raises what it would say."""
    words = shlex.split(command)
    assert words[0] == "detour"
    group = typer.main.get_command(app)
    found = group.commands[words[1]]  # type: ignore[attr-defined]  # a group has commands
    return found.make_context(words[1], words[2:]) is not None


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("ending", ["", "+1a2b3c4d"])
def test_no_advice_is_to_run_what_was_just_run(small_result: Result, name: str, ending: str) -> None:
    commands = commands_after(small_result, name + ending)
    assert commands
    assert f"detour run {name}" not in commands
    assert all(is_understood(command) for command in commands)


def test_after_a_scenario_the_first_advice_is_to_compare_it_with_the_reference(small_result: Result) -> None:
    assert commands_after(small_result, "no-detour")[0] == "detour compare reference no-detour"
    assert commands_after(small_result, "mine")[0] == "detour compare reference mine.toml"
    assert not any("compare" in command for command in commands_after(small_result, "reference"))


@pytest.mark.parametrize("base", ["reference", "no-detour"])
def test_after_values_that_were_set_the_advice_makes_a_file_of_them_and_compares_it(
    small_result: Result, base: str, tmp_path: Path
) -> None:
    how = ("run.last_quarter=2025Q4", "run.fast_graph=true")
    scenario = load_scenario(base, ("storage.data_center_factor=3", *how)).scenario
    command = commands_after(small_result, f"{base}+1a2b3c4d", scenario)[0]
    made, _, compared = command.partition(" && ")
    assert shlex.split(compared)[:4] == ["detour", "compare", base, "mine.toml"]
    assert shlex.split(compared)[4::2] == ["--set"] * 2
    assert sorted(shlex.split(compared)[5::2]) == sorted(how)
    assert is_understood(compared)
    subprocess.run(["sh", "-c", made], cwd=tmp_path, check=True)
    assert "run" not in tomllib.loads((tmp_path / "mine.toml").read_text("utf-8"))
    assert load_scenario(str(tmp_path / "mine.toml"), how).scenario == scenario.model_copy(
        update={"question": "What does it change?"}
    )


def test_after_a_run_that_was_only_made_another_way_there_is_nothing_to_compare(small_result: Result) -> None:
    scenario = load_scenario("reference", ("run.last_quarter=2025Q4", "run.fast_graph=true")).scenario
    assert not any("compare" in each for each in commands_after(small_result, "reference+1a2b3c4d", scenario))


def test_advice_overwrites_no_file_that_is_there(
    small_result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text("mine", encoding="utf-8")
    Path("mine-2.toml").symlink_to("nowhere")
    scenario = load_scenario("reference", ("storage.data_center_factor=3",)).scenario
    command = commands_after(small_result, "reference+1a2b3c4d", scenario)[0]
    assert command.endswith("> mine-3.toml && detour compare reference mine-3.toml")


@pytest.mark.parametrize("value", ["50% \\ of 'it'", 'a "quote"', 0.25, True])
def test_whatever_a_value_holds_the_file_holds_it(value: Value, tmp_path: Path) -> None:
    made = f"printf {shlex.quote(file_of('reference', {'rules.lines': value}))} > mine.toml"
    subprocess.run(["sh", "-c", made], cwd=tmp_path, check=True)
    assert tomllib.loads((tmp_path / "mine.toml").read_text("utf-8"))["rules"]["lines"] == value


def test_streams_are_advised_where_there_are_few(small_result: Result) -> None:
    assert "detour run reference --streams 16" in commands_after(small_result, "reference", streams=0)
    assert "detour run no-detour --streams 16" in commands_after(small_result, "no-detour", streams=4)
    assert not any("--streams" in each for each in commands_after(small_result, "reference", streams=16))


def compared(folder: Path, **changes: object) -> StudyManifest:
    carried_out(folder, design(scenarios=["reference", "higher"], replications=4, **changes))
    return read_tables(folder)[0].model_copy(update={"command": COMMAND})


def headline(low: float, high: float, replications: int = 4) -> pd.DataFrame:
    """A difference with its interval."""
    row = {"outcome": "y", "scenario": "higher", "replications": replications, "low": low, "high": high}
    return pd.DataFrame([{**row, "difference": 0.5 * (low + high), "paired_sd": 1.0}])


@pytest.mark.parametrize(
    ("low", "high", "replications", "asked"),
    [
        (-0.2, 1.2, 4, "--replications 10"),  # 1.2 x 4 x (0.7 / 0.5)^2 = 9.4
        (0.1, 1.2, 4, ""),  # clear already
        (-10.0, 10.2, 4, ""),  # ten thousands of runs would not be worth it
        (float("-inf"), float("inf"), 1, "--replications 8"),
    ],
)
def test_more_replications_are_advised_where_they_may_tell(
    tmp_path: Path, low: float, high: float, replications: int, asked: str
) -> None:
    table = headline(low, high, replications)
    steps = after_study(compared(tmp_path), tmp_path, table.fillna(0.4), [{"world.shocks": True}])
    more = [command for command, _ in steps if "--replications 4" not in command and "--replications" in command]
    assert more == ([f"detour compare reference higher --seed 3 {asked}"] if asked else [])
    assert all(is_understood(command) for command, _ in steps)


def test_shocks_and_places_are_advised_where_a_comparison_has_none(tmp_path: Path) -> None:
    manifest, table = compared(tmp_path), headline(0.1, 0.2)
    without = [command for command, _ in after_study(manifest, tmp_path, table, [{"world.shocks": False}])]
    assert f"{COMMAND} --set world.shocks=true" in without
    assert f"{COMMAND} --outcome 'regions.installed_gw:*@2030Q4'" in without
    drawn = [command for command, _ in after_study(manifest, tmp_path, table, [{"world.shocks": True}])]
    assert not any("world.shocks" in command for command in drawn)
    assert all(is_understood(command) for command in without)


def test_a_sample_is_handed_on_as_tables_and_a_grid_is_not(tmp_path: Path) -> None:
    manifest = compared(tmp_path)
    sampled = manifest.model_copy(update={"design": {**manifest.design, "design": {"kind": "latin-hypercube"}}})
    assert any("detour export" in command for command, _ in after_study(sampled, tmp_path, None, []))
    assert not any("detour export" in command for command, _ in after_study(manifest, tmp_path, None, []))


def test_steps_stand_in_columns_under_a_heading() -> None:
    assert lines([]) == []
    told = lines([("detour run", "a"), ("detour list", "b")])
    assert told[0] == "What to try next:"
    assert told[1].index("a") == told[2].rindex("b")
