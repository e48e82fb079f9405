"""Folders of results that somebody forged are told in one sentence; what is read and written again is the same."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from typer.testing import CliRunner

from experiments.cli import app
from experiments.errors import InputError
from experiments.inputs.parameter_list import ParameterInfo, Value, differences, every_parameter, value_of
from experiments.inputs.scenario_files import load_scenario
from experiments.runs.provenance import content_sha256
from experiments.runs.store import read_result, write_result
from experiments.studies import market_runs
from experiments.studies.study_files import read_manifest, read_tables, write_manifest
from experiments.studies.study_report import outcomes_shown, plan_of
from tests.experiments.inputs.spoiling import run_folder, study_folder, tree
from tests.experiments.study_makers import carried_out
from tests.experiments.toy_model import TOY, design

RUNNER = CliRunner()


@pytest.mark.parametrize("command", ["validate", "sweep", "sensitivity", "show"])
def test_a_pipe_given_to_a_command_is_told_and_does_not_hang_it(command: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mine.toml")
    done = RUNNER.invoke(app, [command, str(tmp_path / "mine.toml")])
    assert done.exit_code == 2
    assert done.stderr.endswith(
        "mine.toml: the file cannot be read (it is a pipe, no regular file); give a .toml file\n"
    )


@pytest.mark.parametrize("command", ["figures", "report", "verify"])
@pytest.mark.parametrize("name", ["x" * 300, "none"])
def test_a_folder_that_cannot_be_is_told(command: str, name: str, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, [command, str(tmp_path / name)])
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1), done.exception


@pytest.mark.parametrize("content", [b"", b"PAR1 garbage PAR1", b"[]"])
def test_a_table_of_garbage_whose_checksum_was_made_to_fit_is_told(content: bytes, tmp_path: Path) -> None:
    study, run = study_folder(tmp_path / "study"), run_folder(tmp_path / "run")
    digest = hashlib.sha256(content).hexdigest()
    (study / "runs.parquet").write_bytes(content)
    manifest = read_manifest(study)
    write_manifest(study, manifest.model_copy(update={"tables": {**manifest.tables, "runs": digest}}))
    (run / "zones.parquet").write_bytes(content)
    said = json.loads((run / "run.json").read_text(encoding="utf-8"))
    said["tables"]["zones"]["file_sha256"] = digest
    said["sha256"] = content_sha256({name: value for name, value in said.items() if name != "sha256"})
    (run / "run.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(InputError, match=r"runs\.parquet cannot be read \(it is no Parquet file\)"):
        read_tables(study)
    with pytest.raises(InputError, match=r"zones\.parquet cannot be read \(it is no Parquet file\)"):
        read_result(run)


def test_a_table_with_other_rows_or_columns_than_its_study_is_told(tmp_path: Path) -> None:
    study = study_folder(tmp_path)
    frame, manifest = read_tables(study)[1]["runs"], read_manifest(study)
    for other in (frame.drop(columns="status"), frame.iloc[1:], frame.assign(total_last="x"), frame.assign(point=99)):
        other.to_parquet(study / "runs.parquet", index=False)
        digest = hashlib.sha256((study / "runs.parquet").read_bytes()).hexdigest()
        write_manifest(study, manifest.model_copy(update={"tables": {**manifest.tables, "runs": digest}}))
        with pytest.raises(InputError, match=r"runs\.parquet has other rows or columns than study\.json describes"):
            read_tables(study)


@pytest.mark.parametrize("content", [b"\xff\xfe\0", b"", b'outcome\n"'])
def test_a_headline_table_of_garbage_is_told(content: bytes, tmp_path: Path) -> None:
    study = study_folder(tmp_path)
    (study / "differences.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"differences\.csv cannot be read as a table; remove it"):
        outcomes_shown(study, read_manifest(study))


def test_what_is_written_as_it_was_read_is_the_same(tmp_path: Path) -> None:
    study, run = study_folder(tmp_path / "study"), run_folder(tmp_path / "run")
    write_manifest(tmp_path, read_manifest(study))
    assert (tmp_path / "study.json").read_bytes() == (study / "study.json").read_bytes()
    result = read_result(run)
    write_result(tmp_path / "again", result)
    assert tree(tmp_path / "again") == tree(run)


def toml_of(values: Mapping[str, Value]) -> str:
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join(['question = "What if?"', *lines, ""])


def allowed_values(known: ParameterInfo) -> st.SearchStrategy[Value]:
    if known.kind is bool:
        return st.booleans()
    assert known.low is not None
    assert known.high is not None
    if known.kind is int:
        return st.integers(int(known.low), int(known.high))
    return st.floats(known.low, known.high, allow_subnormal=False)


FREE = {name: known for name, known in every_parameter().items() if known.kind is not str and "alpha" not in name}


@given(st.data())
def test_a_scenario_read_written_and_read_is_the_same(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(FREE)), max_size=5, unique=True))
    values = {name: data.draw(allowed_values(FREE[name])) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        path.write_text(toml_of(values), encoding="utf-8")
        try:
            first = load_scenario(str(path)).scenario
        except InputError:
            reject()  # rules that join several parameters
        assert {name: value_of(first, name) for name in names} == values
        path.write_text(toml_of({name: value for name, (value, _) in differences(first).items()}), encoding="utf-8")
        assert load_scenario(str(path)).scenario == first


def test_a_study_is_drawn_again_though_the_files_of_its_scenarios_are_gone(tmp_path: Path) -> None:
    given = {"toy.x": [1.0, 2.0], "toy.on": [True, False]}
    asked = design(scenarios=["higher.toml"], design={"kind": "one-at-a-time"}, factors=given)
    there = replace(TOY, content=lambda _, values: TOY.content("higher", values))
    study = carried_out(tmp_path, asked, model=there).folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(market_runs, "market_model", lambda *_, **__: TOY)  # which has no scenario of that name
        plan = plan_of(study, read_manifest(study))
    assert [point.content["toy.x"] for point in plan.points] == [2.0, 1.0, 2.0, 2.0, 2.0]
