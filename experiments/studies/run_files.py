"""One run of a study in one file, or in a container: a line with schema version and checksum, then the run as JSON.

A file appears whole or not at all, and counts only if it verifies: checksum, schema, and that the parameters, model and
seed inside are those its name stands for.
"""

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from experiments.errors import InputError
from experiments.parameter_list import Value
from experiments.studies.container import Container, containers_in
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
    """The runs in a folder, by identity. ``container``: where new ones are kept; None: each in a file of its own."""

    folder: Path
    container: Container | None = None

    @cached_property
    def _contained(self) -> dict[str, list[Container]]:
        """Which containers have a run, as it was at the first look."""
        return containers_in(self.folder)

    def path(self, identity: str) -> Path:
        """Where a run is kept."""
        return self.folder / f"{identity}{_ENDING}"

    def write(self, job: Job, made: Made) -> RunRecord:
        """Keep a run: temporary name, flush, rename. Raises OSError if the disk refuses; then nothing is left."""
        record = _record(job, made)
        body = json.dumps(record.model_dump(mode="json"), allow_nan=False, sort_keys=True).encode()
        content = _head(body) + body
        if self.container is None:
            write_whole(self.path(job.identity), content)
        else:
            self.container.write(job.identity, content)
        return record

    def read(self, identity: str) -> RunRecord | None:
        """A run, None if there is none. Raises DamagedRunError unless it verifies, ContainerError.

        Of several, in a file and in containers, one that came off counts.
        """
        failed: RunRecord | None = None
        damaged: DamagedRunError | None = None
        for path, content in self._kept(identity):
            try:
                record = _verified(path, identity, content)
            except DamagedRunError as error:
                damaged = error
                continue
            if not record.failed:
                return record
            failed = record
        if failed is None and damaged is not None:
            raise damaged
        return failed

    def _kept(self, identity: str) -> Iterator[tuple[Path, bytes]]:
        """What is kept of a run, and where."""
        path = self.path(identity)
        try:
            yield path, path.read_bytes()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise DamagedRunError(f"{path} cannot be read ({error.strerror})") from error
        for container in self._contained.get(identity, []):
            yield container.path / identity, container.read(identity) or b""

    def identities(self) -> Iterator[str]:
        """The runs that are kept, in no order, some perhaps twice."""
        yield from (path.name.removesuffix(_ENDING) for path in self.folder.glob(f"*{_ENDING}"))
        yield from self._contained

    def remove_unfinished(self) -> None:
        """Remove what a killed runner left half-written."""
        for path in self.folder.glob(f"*{_UNFINISHED}"):
            path.unlink(missing_ok=True)


def _verified(path: Path, identity: str, content: bytes) -> RunRecord:
    """The run if it is what its name says. Raises DamagedRunError."""
    head, _, body = content.partition(b"\n")
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
