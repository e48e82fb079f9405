"""What ``run.json`` says is checked on reading: its own checksum, the parameters', the version; runs made again."""

import json
import shlex
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.inputs.scenario_files import load_scenario
from experiments.reports.report import command_of, report_html
from experiments.runs.manifest import SCHEMA_VERSION, parameters_sha256
from experiments.runs.provenance import content_sha256, here
from experiments.runs.run import simulate
from experiments.runs.store import Result, ResultError, read_result, scenario_of, write_result
from experiments.studies import rerun
from experiments.studies.verify import verified
from market.recorder import TABLES

RUNNER = CliRunner()


def changed_manifest(folder: Path, *, sealed: bool = False, **changes: Any) -> None:
    """Edit ``run.json``; ``sealed``: its checksum too, as one would who means to deceive."""
    content = {**json.loads((folder / "run.json").read_text(encoding="utf-8")), **changes}
    if sealed:
        content["sha256"] = content_sha256({name: value for name, value in content.items() if name != "sha256"})
    (folder / "run.json").write_text(json.dumps(content), encoding="utf-8")


def as_of_version_1(folder: Path) -> None:
    """The folder as an earlier Detour wrote it."""
    content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    later = ("sha256", "code", "own_rules", "results_version", "from_saved_state", "streams")
    old = {name: value for name, value in content.items() if name not in later}
    (folder / "run.json").write_text(json.dumps({**old, "schema_version": 1}), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"schema_version": 99}, "schema version is 99; this Detour reads 1, 2, 3 and 4"),
        ({"seed": "one"}, "run.json: seed: "),
        ({"mood": "good"}, "run.json: mood: "),
        ({"results_sha256": "0" * 64}, "the tables are not those run.json describes"),
    ],
)
def test_a_manifest_of_another_version_or_content_is_refused(
    changes: dict[str, Any], sentence: str, stored: Path
) -> None:
    changed_manifest(stored, sealed=True, **changes)
    with pytest.raises(ResultError, match=sentence):
        read_result(stored)


EDITS: dict[str, Any] = {
    "seed": 7, "question": "Another?", "ledger_checks": 999_999, "git_commit": "deadbeef", "name": "../../../elsewhere",
    "parameters_sha256": "0" * 64, "wall_s": 0.0, "mood": "good", "code": None, "schema_version": 1,
}  # fmt: skip


@pytest.mark.parametrize("edited", EDITS)
def test_an_edit_of_the_manifest_is_found_by_verify_and_refused_by_report_and_figures(
    edited: str, stored: Path
) -> None:
    changed_manifest(stored, **{edited: EDITS[edited]})
    for command, code in (("verify", 1), ("report", 2), ("figures", 2)):
        done = RUNNER.invoke(app, [command, str(stored)])
        assert done.exit_code == code
        assert done.stderr == (
            f"{stored / 'run.json'} was edited or damaged: its checksum is not that of its content; "
            "rerun it with `detour run`\n"
        )
    assert {path.name for path in stored.iterdir()} == {"run.json", *(f"{name}.parquet" for name in TABLES)}


def with_tariffs_three_times_as_high(folder: Path) -> dict[str, Any]:
    parameters: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))["parameters"]
    return {**parameters, "policy": {**parameters["policy"], "tariff_factor": 3.0}}


def test_edited_parameters_are_found_though_the_checksum_was_made_to_fit(stored: Path) -> None:
    changed_manifest(stored, sealed=True, parameters=with_tariffs_three_times_as_high(stored))
    with pytest.raises(ResultError, match=r"the parameters are not those of parameters_sha256: it was edited"):
        read_result(stored)


def test_a_result_of_an_earlier_detour_is_read_and_verify_says_what_it_does_not_carry(
    small_result: Result, stored: Path
) -> None:
    as_of_version_1(stored)
    read = read_result(stored)
    assert read.manifest.results_sha256 == small_result.manifest.results_sha256
    assert read.manifest.provenance is None
    assert "carries no checksum of its own and does not record what made it" in verified(stored)
    changed_manifest(stored, parameters=with_tariffs_three_times_as_high(stored))
    with pytest.raises(ResultError, match="not those of parameters_sha256"):
        read_result(stored)


def test_a_manifest_made_to_look_older_is_refused(stored: Path) -> None:
    content = json.loads((stored / "run.json").read_text(encoding="utf-8"))
    bare = {name: value for name, value in content.items() if name not in ("sha256", "code")}
    (stored / "run.json").write_text(json.dumps({**bare, "schema_version": 1, "seed": 77}), encoding="utf-8")
    with pytest.raises(ResultError, match="was edited or damaged"):
        read_result(stored)


@pytest.mark.parametrize("field", ["seed", "consumers", "ledger_checks", "results_version"])
def test_a_count_below_zero_is_refused(field: str, stored: Path) -> None:
    changed_manifest(stored, sealed=True, **{field: -1})
    with pytest.raises(ResultError, match=f"run.json: {field}: "):
        read_result(stored)


def test_a_table_outside_the_folder_is_not_looked_at(stored: Path) -> None:
    content = json.loads((stored / "run.json").read_text(encoding="utf-8"))
    changed_manifest(stored, sealed=True, tables={**content["tables"], "../x": {"rows": 1, "file_sha256": "0" * 64}})
    with pytest.raises(ResultError, match="its tables or parameters are not those of this Detour"):
        read_result(stored)


def test_a_manifest_tells_what_made_the_run_and_verify_repeats_it(stored: Path) -> None:
    manifest = read_result(stored).manifest
    assert manifest.code == here().code
    assert manifest.code is not None
    assert f"made with code {manifest.code.short}, python " in verified(stored)


def test_a_run_made_again_is_compared_and_a_difference_told_with_what_may_be_the_cause(
    stored: Path, small: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = RUNNER.invoke(app, ["verify", str(stored), "--rerun", "1"])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.endswith(f"{stored}: rerun, its tables are the same.\n")
    other_seed = simulate(load_scenario("reference", small).scenario, "reference", 2, lambda *_: None)
    monkeypatch.setattr(rerun, "simulate", lambda *_, **__: other_seed)
    done = RUNNER.invoke(app, ["verify", str(stored), "--rerun", "1"])
    assert done.exit_code == 1
    assert f"rerun, its tables differ: results {other_seed.manifest.results_sha256[:12]} instead of " in done.stderr
    assert "code and libraries are the same" in done.stderr


def test_a_manifest_that_is_no_json_is_refused(stored: Path) -> None:
    for text in ("{", "[" * 100_000):
        (stored / "run.json").write_text(text, encoding="utf-8")
        with pytest.raises(ResultError, match=r"run\.json cannot be read"):
            read_result(stored)


@pytest.mark.parametrize("version", [2, 3])
def test_a_manifest_from_before_levers_had_dates_or_runs_had_streams_is_still_read(version: int, stored: Path) -> None:
    as_now = read_result(stored)
    content = json.loads((stored / "run.json").read_text(encoding="utf-8"))
    assert content.pop("streams") is None
    (stored / "run.json").write_text(json.dumps(content), encoding="utf-8")
    changed_manifest(stored, sealed=True, schema_version=version)
    before = read_result(stored)
    assert before.manifest.schema_version == version
    assert before.manifest.streams is None
    assert before.manifest.parameters == as_now.manifest.parameters
    assert scenario_of(before.manifest) == scenario_of(as_now.manifest)
    assert f"{len(TABLES)} tables are complete" in verified(stored)


@pytest.mark.usefixtures("two_figures")
def test_a_lever_that_changes_at_dates_is_kept_whole_and_made_again(small: Sequence[str], tmp_path: Path) -> None:
    steps = "policy.tariff_factor=[{value = 0.5}, {from = '2025Q3', value = 2, known = '2025Q1'}]"
    result = simulate(load_scenario("reference", [*small, steps]).scenario, "reference+dated", 1)
    write_result(tmp_path, result)
    manifest = read_result(tmp_path).manifest
    assert manifest.schema_version == SCHEMA_VERSION
    assert manifest.parameters["policy"]["tariff_factor"] == [
        {"value": 0.5}, {"from": "2025Q3", "value": 2.0, "known": "2025Q1"},
    ]  # fmt: skip
    kept = scenario_of(manifest)
    assert kept == load_scenario("reference", [*small, steps]).scenario
    assert parameters_sha256(kept) == manifest.parameters_sha256
    words = shlex.split(command_of(manifest, kept))
    sets = [word for flag, word in pairwise(words) if flag == "--set"]
    assert {word for word in sets if "@" in word} == {
        "policy.tariff_factor@2025Q3=2", "policy.tariff_factor@2025Q3.known=2025Q1",
    }  # fmt: skip
    again = load_scenario("reference", ["run.consumers=500", *sets]).scenario
    assert again == kept
    assert "policy.tariff_factor@2025Q3.known" in report_html(result, None)


def test_the_command_undoes_the_dates_of_a_shipped_scenario(small_result: Result) -> None:
    chosen = load_scenario("45x-ends-early", ["policy.production_credit_factor=1"]).scenario
    manifest = small_result.manifest.model_copy(update={"name": "45x-ends-early+1a2b3c4d"})
    words = shlex.split(command_of(manifest, chosen))
    assert words[-2:] == ["--set", "policy.production_credit_factor=1"]
