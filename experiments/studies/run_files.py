"""One run of a study in one file, or in a container: a line with schema version and checksum, then the run as JSON.

A file appears whole or not at all, and counts only if it verifies: checksum, schema, and that the parameters, model and
seed inside are those its name stands for.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.errors import InputError
from experiments.inputs.parameter_list import Value
from experiments.runs.provenance import Code, Provenance, here
from experiments.runs.whole_files import UNFINISHED, write_whole
from experiments.studies.container import Container, containers_in
from experiments.studies.job import Job, Made
from market.base.regular_files import read_bytes

SCHEMA_VERSION = 2
_READ = ("1", str(SCHEMA_VERSION))  # runs of version 1 do not tell what code made them
_ENDING = ".run"
_MARK = "detour-run"


class DamagedRunError(InputError):
    """A file of a run is damaged, foreign or not of this version."""


class RunRecord(BaseModel):
    """What became of a run; ``numbers`` and ``quarters`` hold None where there is no number (NaN).

    ``code``, ``versions``: of the process that made the run; None and empty in schema version 1. ``outcomes``: those
    asked for besides the usual ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    parameters: dict[str, Value]
    seed: int
    error: str
    numbers: dict[str, float | None]
    quarters: dict[str, list[float | str | None]]
    wall_s: float
    peak_rss_mib: float | None
    model_version: str = ""
    code: Code | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    outcomes: list[str] = Field(default_factory=list)

    @property
    def job(self) -> Job:
        """What was asked for."""
        return Job(self.model, self.parameters, self.seed, outcomes=tuple(self.outcomes))

    @property
    def provenance(self) -> Provenance | None:
        """What made the run; None if it is from before this was recorded."""
        return None if self.code is None else Provenance(code=self.code, versions=self.versions)

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
        record = record_of(job, made)
        self.keep(job.identity, record)
        return record

    def keep(self, identity: str, record: RunRecord) -> None:
        """Write a record under a name. Raises OSError as ``write`` does."""
        left_out = None if record.outcomes else {"outcomes"}  # so that other runs are the bytes they were
        body = json.dumps(record.model_dump(mode="json", exclude=left_out), allow_nan=False, sort_keys=True).encode()
        content = _head(body) + body
        if self.container is None:
            write_whole(self.path(identity), content)
        else:
            self.container.write(identity, content)

    def read(self, identity: str) -> RunRecord | None:
        """A run, None if there is none. Raises DamagedRunError unless it verifies, ContainerError.

        Of several, in a file and in containers, one that succeeded counts.
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
            yield path, read_bytes(path)
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
        for path in self.folder.glob(f"*{UNFINISHED}"):
            path.unlink(missing_ok=True)


def _head(body: bytes, version: str = _READ[-1]) -> bytes:
    return f"{_MARK} {version} {hashlib.sha256(body).hexdigest()}\n".encode()


def _verified(path: Path, identity: str, content: bytes) -> RunRecord:
    """The run if it is what its name says. Raises DamagedRunError."""
    head, _, body = content.partition(b"\n")
    mark, version, _ = [*head.decode("ascii", "replace").split(" "), "", ""][:3]
    if mark == _MARK and version.isdecimal() and version not in _READ:
        raise DamagedRunError(f"{path} has schema version {version}; this Detour reads {' and '.join(_READ)}")
    if head + b"\n" != _head(body, version):
        raise DamagedRunError(f"{path} is damaged: its checksum is not that of its content")
    try:
        record = RunRecord.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise DamagedRunError(f"{path} is no run of this version") from error
    if record.job.identity != identity:
        raise DamagedRunError(f"{path} is another run than its name says")
    return record


def record_of(job: Job, made: Made) -> RunRecord:
    """What is kept of a run that was tried."""
    numbers: Mapping[str, float] = made.outcome.numbers if made.outcome else {}
    columns: Mapping[str, Sequence[float | str]] = made.outcome.quarters if made.outcome else {}
    made_by = made.provenance or here()  # a worker that ended without a word was looked at before
    return RunRecord(
        model=job.model,
        parameters=dict(job.content),
        seed=job.seed,
        error=made.error,
        numbers={name: _number(value) for name, value in numbers.items()},
        quarters={name: [_number(value) for value in column] for name, column in columns.items()},
        wall_s=made.wall_s,
        peak_rss_mib=made.peak_rss_mib,
        model_version=job.version,
        code=made_by.code,
        versions=made_by.versions,
        outcomes=list(job.outcomes),
    )


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
