"""Results on disk: ``<out>/<study>/<name>/seed=<n>/`` with ``run.json`` and one Parquet file a table.

A result appears whole or not at all: it is written into a sibling folder that then takes its name. An existing
result is replaced only by a complete new one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from experiments.errors import InputError
from experiments.inputs.json_files import read_json
from experiments.inputs.parameter_list import OUTSIDE_THE_HASH, groups
from experiments.inputs.parquet_files import parquet_table
from experiments.inputs.regular_files import ForeignFileError
from experiments.runs.manifest import (
    EARLIER_VERSIONS,
    SCHEMA_VERSION,
    UNSEALED_VERSION,
    Manifest,
    TableRecord,
    identified,
    results_sha256,
)
from experiments.runs.provenance import content_sha256
from experiments.runs.result_tables import STREAMS, columns_of
from experiments.runs.whole_files import appearing_whole
from market.base.column import Series
from market.base.regular_files import is_regular, read_bytes
from market.recorder import TABLES
from market.scenario import Scenario

STUDY = "runs"
MANIFEST = "run.json"
FIGURES_FOLDER = "figures"
"""Folder of the figures that a run draws, below its own."""
_SEAL = "sha256"
# no manifest of schema version 1 has them
_LATER_FIELDS = {"code", "own_rules", "results_version", "from_saved_state", "streams"}
_REDO = "rerun it with `detour run`"


class ResultError(InputError):
    """A result folder is missing, unreadable, damaged or not of this version."""


@dataclass(frozen=True)
class Result:
    """A run: what ``run.json`` says and the tables by name."""

    manifest: Manifest
    frames: Mapping[str, pd.DataFrame]


def result_folder(out: str | Path, name: str, seed: int, study: str = STUDY) -> Path:
    """Folder of a run below ``out``."""
    return Path(out) / study / name / f"seed={seed}"


def write_result(folder: str | Path, result: Result) -> Manifest:
    """Write a result; returns its manifest with the checksums of the files. Raises OSError if the disk refuses.

    ``result.manifest.tables`` is not read: it is made here. A result that was there stays beside this one if it holds
    what a run does not write, such as a report or an export, or more random streams.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with appearing_whole(folder, partial(_holds_more, result)) as unfinished:
        records = {name: _write_table(unfinished, name, frame) for name, frame in result.frames.items()}
        manifest = result.manifest.model_copy(update={"tables": records})
        content = manifest.model_dump(mode="json")
        text = json.dumps({_SEAL: content_sha256(content), **content}, indent=2, allow_nan=False)
        (unfinished / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return manifest


def _holds_more(result: Result, old: Path) -> bool:
    """Whether a folder of an earlier run holds what would be lost with it."""
    runs = {MANIFEST, *(f"{name}.parquet" for name in (*TABLES, STREAMS))}
    files = [path.relative_to(old) for path in old.rglob("*") if not path.is_dir()]
    if any(path.name not in runs if len(path.parts) == 1 else path.parent != Path(FIGURES_FOLDER) for path in files):
        return True
    return _rows(old / f"{STREAMS}.parquet") > len(result.frames.get(STREAMS, ()))


def _rows(path: Path) -> int:
    """Rows of a table; none where it cannot be read."""
    try:
        return int(pq.read_metadata(path).num_rows) if is_regular(path) else 0
    except (OSError, pa.ArrowException):
        return 0


def _arrow_type(values: pd.Series) -> pa.DataType:
    return {"f": pa.float64(), "i": pa.int64(), "b": pa.bool_()}.get(values.dtype.kind, pa.string())


def _field(label: str, values: pd.Series, series: Series) -> pa.Field:
    return pa.field(label, _arrow_type(values), metadata={"unit": series.unit, "label": series.label})


def _write_table(folder: Path, name: str, frame: pd.DataFrame) -> TableRecord:
    """Write a table with the unit and label of every column in the metadata of its field."""
    schema = pa.schema([_field(label, frame[label], series) for label, series in columns_of(name).items()])
    path = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None), path)
    return TableRecord(rows=len(frame), file_sha256=_sha256(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_result(folder: str | Path) -> Result:
    """Read a result folder and check it against its checksums. Raises ResultError."""
    folder = Path(folder)
    manifest = _read_manifest(folder)
    frames = {name: _read_table(folder, name, record) for name, record in manifest.tables.items()}
    if manifest.is_of_this_version:
        _check_columns(folder, frames)
    _check_contents(folder, manifest, frames)
    return Result(manifest, frames)


def _check_contents(folder: Path, manifest: Manifest, frames: Mapping[str, pd.DataFrame]) -> None:
    own = {name: frame for name, frame in frames.items() if name != STREAMS}
    streams = manifest.streams
    if results_sha256(own) != manifest.results_sha256 or (
        streams is not None and results_sha256({STREAMS: frames[STREAMS]}) != streams.results_sha256
    ):
        raise ResultError(f"{folder}: the tables are not those {MANIFEST} describes; {_REDO}")


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not is_regular(path):
        raise ResultError(
            f"{folder} holds no {MANIFEST}; give the folder of a run, such as results/runs/reference/seed=1"
        )
    try:
        content = read_json(path)
    except ForeignFileError as error:
        raise ResultError(f"{error}; {_REDO}") from error
    found = content.get("schema_version")
    if found not in (*EARLIER_VERSIONS, SCHEMA_VERSION):
        read = f"{', '.join(map(str, EARLIER_VERSIONS))} and {SCHEMA_VERSION}"
        raise ResultError(f"{path}: schema version is {found}; this Detour reads {read}; {_REDO}")
    try:
        manifest = Manifest.model_validate(_unsealed(path, content))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ResultError(f"{path}: {place}: {first['msg']}; {_REDO}") from error
    if content_sha256(identified(content["parameters"])) != manifest.parameters_sha256:
        raise ResultError(f"{path}: the parameters are not those of parameters_sha256: it was edited; {_REDO}")
    if not _fits(manifest):
        raise ResultError(f"{path}: its tables or parameters are not those of this Detour; {_REDO}")
    return manifest


def _fits(manifest: Manifest) -> bool:
    """Whether a run has the tables and parameter groups of this Detour; one of other results may lack some."""
    tables, parameters = manifest.tables.keys() - {STREAMS}, manifest.parameters.keys()
    if (STREAMS in manifest.tables) != (manifest.streams is not None):
        return False
    if not manifest.is_of_this_version:
        return tables <= TABLES.keys() and parameters <= groups().keys()
    return tables == TABLES.keys() and groups().keys() - set(OUTSIDE_THE_HASH) <= parameters <= groups().keys()


def _unsealed(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """The content without its checksum, which must fit. Schema version 1 has none. Raises ResultError."""
    if content["schema_version"] == UNSEALED_VERSION and not content.keys() & _LATER_FIELDS:
        return content
    bare = {name: value for name, value in content.items() if name != _SEAL}
    if content.get(_SEAL) != content_sha256(bare):
        raise ResultError(f"{path} was edited or damaged: its checksum is not that of its content; {_REDO}")
    return bare


def scenario_of(manifest: Manifest) -> Scenario:
    """The scenario a run was made with. Raises ResultError if this Detour has other parameters."""
    try:
        return Scenario.model_validate({"question": manifest.question, **manifest.parameters})
    except ValueError as error:
        raise ResultError(f"{manifest.name}: its parameters are not those of this Detour; rerun it") from error


def _read_table(folder: Path, name: str, record: TableRecord) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    if not is_regular(path):
        raise ResultError(f"{folder}: table {name} is missing; {_REDO}")
    try:
        content = read_bytes(path)
    except OSError as error:
        raise ResultError(f"{path} cannot be read ({error.strerror}); {_REDO}") from error
    if hashlib.sha256(content).hexdigest() != record.file_sha256:
        raise ResultError(f"{path} is damaged: its checksum is not that in {MANIFEST}; {_REDO}")
    try:
        frame = parquet_table(content)
    except ValueError as error:
        raise ResultError(f"{path} cannot be read ({error}); {_REDO}") from error
    return frame


def _check_columns(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    for name, frame in frames.items():
        if not set(columns_of(name)) <= set(frame):
            raise ResultError(f"{folder / name}.parquet lacks columns of this Detour; {_REDO}")


def units_of(folder: str | Path, name: str) -> dict[str, Series]:
    """Unit and label of every column of a table as its file gives them. Raises ResultError."""
    path = Path(folder) / f"{name}.parquet"
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise ResultError(f"{path} cannot be read ({error}); {_REDO}") from error
    return {field.name: Series(field.metadata[b"unit"].decode(), field.metadata[b"label"].decode()) for field in schema}
