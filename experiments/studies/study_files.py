"""What belongs to a whole study on disk: ``study.json``, the tables of all runs, a page that says how to remake it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from experiments.errors import InputError
from experiments.inputs.dated_names import overlaid
from experiments.inputs.design import Design
from experiments.inputs.factors import known_parameter
from experiments.inputs.json_files import read_json
from experiments.inputs.parameter_list import Value
from experiments.inputs.parquet_files import parquet_table
from experiments.inputs.regular_files import ForeignFileError
from experiments.runs.manifest import git_commit
from experiments.runs.provenance import content_sha256, here
from experiments.runs.whole_files import write_whole
from experiments.shown_text import markdown_code, markdown_text
from experiments.studies.container import container_of
from experiments.studies.engine import Shard
from experiments.studies.plan import Plan
from experiments.studies.run_files import DamagedRunError, RunFiles, RunRecord
from market.base.regular_files import is_regular, read_bytes

SCHEMA_VERSION = 1
STUDY = "study.json"
RUNS_TABLE, QUARTERS_TABLE = "runs", "quarters"
_RUNS_FOLDER = "runs"
PAGE, AGAIN = "README.md", "Make it again:"
_INDEX = ("point", "scenario", "replication", "seed", "status", "error", "identity")
INDEX_UNITS = {
    "point": ("number", "Place of the point in the design"),
    "scenario": ("name", "Scenario"),
    "replication": ("number", "Replication"),
    "seed": ("number", "Seed"),
    "status": ("done or failed", "What became of the run"),
    "error": ("sentence", "Why the run failed"),
    "identity": ("sha256", "Hash of model, parameters and seed"),
}


class StudyError(InputError):
    """A study folder is missing, unreadable, damaged or not of this version."""


class PointRecord(BaseModel):
    """A point of the design: scenario and values of the factors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: str
    factors: dict[str, Value]


class StudyManifest(BaseModel):
    """The content of ``study.json``.

    ``runs``: (point, replication, seed, identity) in the order of the tables. ``tables``: SHA-256 of the files of the
    tables; empty as long as runs are missing. ``units``: unit and label of every column. ``parameters``: by scenario,
    of a study that is kept without its runs; empty where these lie beside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int
    name: str
    command: str
    model: str
    model_version: str
    plan_sha256: str
    design: dict[str, Any]
    factor_units: dict[str, str]
    points: list[PointRecord]
    runs: list[tuple[int, int, int, str]]
    units: dict[str, dict[str, tuple[str, str]]]
    tables: dict[str, str]
    versions: dict[str, str]
    git_commit: str | None
    parameters: dict[str, dict[str, Value]] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Readers take for granted that the parts fit together. Raises ValueError if they do not."""
        Design.model_validate(self.design)
        places = {run[0] for run in self.runs}
        fits = (
            bool(self.points) and places == set(range(len(self.points))),
            len({run[:2] for run in self.runs}) == len(self.runs),
            all(point.factors.keys() == self.factor_units.keys() for point in self.points),
            {RUNS_TABLE, QUARTERS_TABLE} == self.units.keys() >= self.tables.keys(),
            not self.tables or RUNS_TABLE in self.tables,
            "battery-detour" in self.versions,
            not self.parameters or self.parameters.keys() == {point.scenario for point in self.points},
        )
        if not all(fits):
            raise ValueError("its parts do not fit together")
        return self


def run_files(folder: Path) -> RunFiles:
    """The runs of the study in a folder, however they are kept; new ones get files of their own."""
    return RunFiles(folder / _RUNS_FOLDER)


def contained_run_files(folder: Path, shard: Shard | None) -> RunFiles:
    """The same, new runs of a shard in one container."""
    return RunFiles(folder / _RUNS_FOLDER, container_of(folder / _RUNS_FOLDER, shard))


def manifest_of(plan: Plan, command: str) -> StudyManifest:
    """What a plan says about itself, without tables."""
    model = plan.model
    factors = {name: known_parameter(plan.name, name, model.declared) for name in plan.points[0].factors}
    given = {name: (known.unit, known.meaning) for name, known in factors.items()}
    numbers, quarters = (
        {name: (s.unit, s.label) for name, s in kept.items()} for kept in (model.numbers, model.quarters)
    )
    return StudyManifest(
        schema_version=SCHEMA_VERSION,
        name=plan.name,
        command=command,
        model=model.name,
        model_version=model.version,
        plan_sha256=plan.sha256,
        design=plan.design.model_dump(mode="json"),
        factor_units={name: known.unit for name, known in factors.items()},
        points=[PointRecord(scenario=point.scenario, factors=dict(point.factors)) for point in plan.points],
        runs=[(point, k, plan.seed(k), plan.job(point, k).identity) for point, k in plan.rows()],
        units={RUNS_TABLE: {**INDEX_UNITS, **given, **numbers}, QUARTERS_TABLE: {**INDEX_UNITS, **given, **quarters}},
        tables={},
        versions=here().versions,
        git_commit=git_commit(),
    )


def write_manifest(folder: Path, manifest: StudyManifest) -> None:
    """Write ``study.json``. Raises OSError if the disk refuses."""
    content = manifest.model_dump(mode="json")
    text = json.dumps({"sha256": content_sha256(content), **content}, indent=1, allow_nan=False)
    write_whole(folder / STUDY, f"{text}\n".encode())


def read_manifest(folder: Path) -> StudyManifest:
    """What ``study.json`` says. Raises StudyError."""
    path = folder / STUDY
    if not is_regular(path):
        raise StudyError(f"{folder} holds no {STUDY}; give the folder of a study, such as results/policy-wedge")
    try:
        content = read_json(path)
    except ForeignFileError as error:
        raise StudyError(f"{error}; repeat the study's command to rerun it") from error
    recorded = content.pop("sha256", None)
    if content.get("schema_version") != SCHEMA_VERSION:
        found = content.get("schema_version")
        raise StudyError(f"{path}: schema version is {found}; this Detour reads {SCHEMA_VERSION}; rerun the study")
    if recorded != content_sha256(content):
        raise StudyError(f"{path} is damaged: its checksum is not that of its content; repeat the study's command")
    try:
        return StudyManifest.model_validate(content)
    except ValidationError as error:
        raise StudyError(f"{path} is not of this version; repeat the study's command to rerun it") from error


def tables_of(manifest: StudyManifest, files: RunFiles) -> dict[str, pd.DataFrame]:
    """Tables ``runs`` and ``quarters`` in the order of the plan. Raises StudyError if a run is missing or damaged."""
    rows: list[dict[str, Any]] = []
    blocks: list[pd.DataFrame] = []
    for point, replication, seed, identity in manifest.runs:
        record = _record(files, identity)
        where = manifest.points[point]
        index: dict[str, Any] = {"point": point, "scenario": where.scenario, "replication": replication, "seed": seed}
        rows.append({
            **index, **where.factors, "status": "failed" if record.failed else "done", "error": record.error,
            "identity": identity, **record.numbers,
        })  # fmt: skip
        if record.quarters:
            blocks.append(pd.DataFrame({**record.quarters, **index, **where.factors}))
    tables = {RUNS_TABLE: _ordered(pd.DataFrame(rows), manifest, RUNS_TABLE, _INDEX)}
    if blocks:
        tables[QUARTERS_TABLE] = _ordered(pd.concat(blocks, ignore_index=True), manifest, QUARTERS_TABLE, _INDEX[:4])
    return tables


def parameters_of(folder: Path, manifest: StudyManifest, point: int) -> Mapping[str, Value]:
    """Every parameter of a point's runs. Raises StudyError if its first run is missing or damaged."""
    if manifest.parameters:
        where = manifest.points[point]
        return overlaid(manifest.parameters[where.scenario], where.factors)
    identity = next(run[3] for run in manifest.runs if run[0] == point)
    return _record(run_files(folder), identity).parameters


def _record(files: RunFiles, identity: str) -> RunRecord:
    try:
        record = files.read(identity)
    except DamagedRunError as error:
        raise StudyError(f"{error}; repeat the study's command to rerun it") from error
    if record is None:
        raise StudyError(f"{files.path(identity)} is missing; repeat the study's command to make it")
    return record


def outcomes_of(manifest: StudyManifest, table: str) -> list[str]:
    """Columns of a table that are outcomes."""
    return [name for name in manifest.units[table] if name not in {*INDEX_UNITS, *manifest.factor_units}]


def _agrees(frame: pd.DataFrame, manifest: StudyManifest, table: str) -> bool:
    """Whether a table has the columns of its study, numbers where they belong, and, if it has a row a run, its runs."""
    index = _INDEX if table == RUNS_TABLE else _INDEX[:4]
    if list(frame) != _columns(manifest, table, index):
        return False
    if any(frame[name].dtype.kind not in "fi" for name in outcomes_of(manifest, table) if name != "quarter"):
        return False
    runs = frame[["point", "replication", "seed", "identity"]] if table == RUNS_TABLE else None
    return runs is None or list(runs.itertuples(index=False, name=None)) == manifest.runs


def _columns(manifest: StudyManifest, table: str, index: Sequence[str]) -> list[str]:
    """Names in a fixed order: index, factors, outcomes."""
    front = [name for name in index if name not in ("status", "error", "identity")]
    return [*front[:2], *manifest.factor_units, *front[2:], *index[4:], *outcomes_of(manifest, table)]


def _ordered(frame: pd.DataFrame, manifest: StudyManifest, table: str, index: Sequence[str]) -> pd.DataFrame:
    """Columns in their order; outcomes as numbers, missing if all runs failed."""
    frame = frame.reindex(columns=_columns(manifest, table, index))
    numeric = [name for name in outcomes_of(manifest, table) if name != "quarter"]
    return frame.astype(dict.fromkeys(numeric, "float64"))


def write_tables(folder: Path, manifest: StudyManifest) -> StudyManifest:
    """Make the tables of a complete study, and the page that says how. Raises StudyError, OSError."""
    tables = tables_of(manifest, run_files(folder))
    write_whole(folder / PAGE, _page(manifest).encode())
    return file_tables(folder, manifest, tables)


def file_tables(folder: Path, manifest: StudyManifest, tables: Mapping[str, pd.DataFrame]) -> StudyManifest:
    """Write tables and the manifest with their checksums, which is returned. Raises OSError."""
    checksums = {}
    for name, frame in tables.items():
        sink = pa.BufferOutputStream()
        pq.write_table(_arrow(frame, manifest.units[name]), sink)
        content = sink.getvalue().to_pybytes()
        write_whole(folder / f"{name}.parquet", content)
        checksums[name] = hashlib.sha256(content).hexdigest()
    complete = manifest.model_copy(update={"tables": checksums})
    write_manifest(folder, complete)
    return complete


def _arrow(frame: pd.DataFrame, units: Mapping[str, tuple[str, str]]) -> pa.Table:
    kinds, told = {"f": pa.float64(), "i": pa.int64(), "b": pa.bool_()}, ("unit", "label")
    fields = [
        pa.field(
            name, kinds.get(frame[name].dtype.kind, pa.string()), metadata=dict(zip(told, units[name], strict=True))
        )
        for name in map(str, frame)
    ]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False).replace_schema_metadata(None)


def _page(manifest: StudyManifest) -> str:
    return (
        f"# {markdown_text(manifest.name)}\n\n{markdown_text(manifest.design['question'])}\n\n"
        f"{AGAIN} {markdown_code(manifest.command)} "
        f"({manifest.model} {manifest.model_version}).\n\n`runs.parquet` has one row a run, in the order of "
        f"the design; `{STUDY}` says what the columns are. `detour verify` on this folder checks everything.\n"
    )


def read_tables(folder: Path) -> tuple[StudyManifest, dict[str, pd.DataFrame]]:
    """Manifest and tables of a complete study, their checksums checked. Raises StudyError."""
    manifest = read_manifest(folder)
    if not manifest.tables:
        raise StudyError(f"{folder}: the study is not complete; repeat its command: {manifest.command}")
    tables = {}
    for name, recorded in manifest.tables.items():
        path = folder / f"{name}.parquet"
        try:
            content = read_bytes(path)
        except OSError as error:
            raise StudyError(f"{path} cannot be read ({error.strerror}); repeat the study's command") from error
        if hashlib.sha256(content).hexdigest() != recorded:
            raise StudyError(f"{path} is damaged: its checksum is not that in {STUDY}; repeat the study's command")
        try:
            tables[name] = parquet_table(content)
        except ValueError as error:
            raise StudyError(f"{path} cannot be read ({error}); repeat the study's command") from error
        if not _agrees(tables[name], manifest, name):
            raise StudyError(f"{path} has other rows or columns than {STUDY} describes; repeat the study's command")
    return manifest, tables
