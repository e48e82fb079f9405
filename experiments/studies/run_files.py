"""One run of a study in one file: a first line with schema version and checksum, then the run as JSON.

A file appears whole or not at all, and counts only if it verifies: checksum, schema, and that the parameters, model and
seed inside are those its name stands for.
"""

import hashlib
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from experiments.errors import InputError
from experiments.inputs.regular_files import read_bytes
from experiments.parameter_list import Value
from experiments.studies.job import Job, Made

SCHEMA_VERSION = 1
_ENDING = ".run"
_MARK = "detour-run"
_UNFINISHED = ".unfinished"


class DamagedRunError(InputError):
    """A file of a run is damaged, foreign or not of this version."""


class RunRecord(BaseModel):
    """What became of a run; ``numbers`` and ``quarters`` hold None where there is no number (NaN)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    parameters: dict[str, Value]
    seed: int
    error: str
    numbers: dict[str, float | None]
    quarters: dict[str, list[float | str | None]]
    wall_s: float
    peak_rss_mib: float | None

    @property
    def failed(self) -> bool:
        """Whether there is an error instead of an outcome."""
        return bool(self.error)


@dataclass(frozen=True)
class RunFiles:
    """The runs in a folder, by identity."""

    folder: Path

    def path(self, identity: str) -> Path:
        """Where a run is kept."""
        return self.folder / f"{identity}{_ENDING}"

    def write(self, job: Job, made: Made) -> RunRecord:
        """Keep a run: temporary name, flush, rename. Raises OSError if the disk refuses; then nothing is left."""
        record = _record(job, made)
        body = json.dumps(record.model_dump(mode="json"), allow_nan=False, sort_keys=True).encode()
        write_whole(self.path(job.identity), _head(body) + body)
        return record

    def read(self, identity: str) -> RunRecord | None:
        """A run, None if there is none. Raises DamagedRunError unless it verifies."""
        path = self.path(identity)
        try:
            head, _, body = read_bytes(path).partition(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DamagedRunError(f"{path} cannot be read ({error.strerror})") from error
        mark, version, _ = [*head.decode("ascii", "replace").split(" "), "", ""][:3]
        if mark == _MARK and version.isdecimal() and version != str(SCHEMA_VERSION):
            raise DamagedRunError(f"{path} has schema version {version}; this Detour reads {SCHEMA_VERSION}")
        if head + b"\n" != _head(body):
            raise DamagedRunError(f"{path} is damaged: its checksum is not that of its content")
        try:
            record = RunRecord.model_validate_json(body, strict=True)
        except ValidationError as error:
            raise DamagedRunError(f"{path} is no run of this version") from error
        if Job(record.model, record.parameters, record.seed).identity != identity:
            raise DamagedRunError(f"{path} is another run than its name says")
        return record

    def remove_unfinished(self) -> None:
        """Remove what a killed runner left half-written."""
        for path in self.folder.glob(f"*{_UNFINISHED}"):
            path.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, whatever stops. Raises OSError; then nothing is left."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _head(body: bytes) -> bytes:
    return f"{_MARK} {SCHEMA_VERSION} {hashlib.sha256(body).hexdigest()}\n".encode()


def _record(job: Job, made: Made) -> RunRecord:
    numbers: Mapping[str, float] = made.outcome.numbers if made.outcome else {}
    columns: Mapping[str, Sequence[float | str]] = made.outcome.quarters if made.outcome else {}
    return RunRecord(
        model=job.model,
        parameters=dict(job.content),
        seed=job.seed,
        error=made.error,
        numbers={name: _number(value) for name, value in numbers.items()},
        quarters={name: [_number(value) for value in column] for name, column in columns.items()},
        wall_s=made.wall_s,
        peak_rss_mib=made.peak_rss_mib,
    )


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
