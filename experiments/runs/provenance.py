"""What made a run: one hash of the code and data it came from, and the versions of the libraries that decide numbers.

It is reckoned in the process that makes the run, so a worker tells what it has and not what it was sent.

Joining. Whatever else may move the numbers of every run joins by one entry of ``PARTS``: a name that a sentence can
use, and a function without arguments that returns the SHA-256 of the part as this process has it. A user's own modules
join run by run, by name; data packs are parameters of a run. The hash of a run is over the names and hashes of all
parts, so a part cannot be left out, doubled or moved unnoticed.
"""

import hashlib
import importlib
import json
import platform
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

import agents
import market
from experiments.errors import InputError

_PACKAGES = ("battery-detour", "mesa", "numpy", "numba", "scipy")
_HASH_SHOWN = 12  # characters of a hash in a sentence
_AGENTS, _MARKET = (Path(str(package.__file__)).parent for package in (agents, market))
_RUNNER = ("runs/run.py", "runs/result_tables.py", "runs/streams.py", "inputs/**/*.py", "states/*", "studies/**/*.py")


def content_sha256(content: Any) -> str:
    """SHA-256 of what JSON can hold, the same for the same values whatever the order of keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def files_sha256(root: Path, *patterns: str) -> str:
    """SHA-256 of the files below a folder that fit a pattern: their paths below it, sorted, and their bytes."""
    digest = hashlib.sha256()
    found = {path.relative_to(root).as_posix(): path for pattern in patterns for path in root.glob(pattern)}
    for name, path in sorted(found.items()):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{name} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


PARTS: Mapping[str, Callable[[], str]] = {
    "agents": partial(files_sha256, _AGENTS, "**/*.py"),
    "market": partial(files_sha256, _MARKET, "**/*.py"),
    "data tables": partial(files_sha256, _MARKET / "data", "**/*"),
    "study runner": partial(files_sha256, Path(__file__).parents[1], *_RUNNER),
}


class Code(BaseModel):
    """Code and data of a run: one hash, and the hash of each named part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    parts: dict[str, str]

    @property
    def short(self) -> str:
        """The start of the hash, as sentences show it."""
        return self.sha256[:_HASH_SHOWN]


class Provenance(BaseModel):
    """What made a run: code and data, and versions of Python and of the libraries that decide numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    versions: dict[str, str]

    def __str__(self) -> str:
        return f"code {self.code.short}, {', '.join(f'{name} {number}' for name, number in self.versions.items())}"


@cache
def here(modules: tuple[str, ...] = ()) -> Provenance:
    """What this process makes runs with; files are read at the first call only.

    ``modules``: a user's own that take part. Raises ImportError if one cannot be imported.
    """
    own = {f"module {name}": _source_sha256(name) for name in modules}
    parts = {name: part() for name, part in PARTS.items()} | own
    versions = {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}
    return Provenance(code=Code(sha256=content_sha256(parts), parts=parts), versions=versions)


def _source_sha256(module: str) -> str:
    """SHA-256 of the file of a module; of its name where it has no file, as in a notebook."""
    file = Path(getattr(importlib.import_module(module), "__file__", None) or "")
    return hashlib.sha256(file.read_bytes() if file.is_file() else module.encode()).hexdigest()


def told_apart(theirs: Provenance | None, ours: Provenance) -> str:
    """What differs, in words, theirs first; empty if nothing does. ``None``: a run from before this was recorded."""
    if theirs is None:
        return "code that was not recorded"
    said = []
    if theirs.code.sha256 != ours.code.sha256:
        names = [name for name in {**theirs.code.parts, **ours.code.parts} if _part(theirs, name) != _part(ours, name)]
        said.append(f"code {theirs.code.short} instead of {ours.code.short} (other: {', '.join(names)})")
    said += [
        f"{name} {theirs.versions.get(name, 'unknown')} instead of {number}"
        for name, number in ours.versions.items()
        if theirs.versions.get(name) != number
    ]
    return ", ".join(said)


def _part(of: Provenance, name: str) -> str | None:
    return of.code.parts.get(name)


def check_worker(worker: str, told: object, modules: tuple[str, ...] = (), *, mixed: bool) -> None:
    """Raise InputError if a worker has other code than this process or, unless ``mixed``, other library versions.

    ``told``: what the worker says of itself, a dump of its ``here(modules)``.
    """
    try:
        ours, theirs = here(modules), Provenance.model_validate(told)
    except ValidationError as error:
        raise InputError(
            f"{worker} has a Detour that does not tell its code, instead of {here().code.short}; "
            "install the same Detour there"
        ) from error
    if theirs == ours or (mixed and theirs.code == ours.code):
        return
    way_out = "install the same Detour there"
    if theirs.code == ours.code:
        way_out = "install the same versions there, or add --mixed"
    raise InputError(f"{worker} has {told_apart(theirs, ours)}; {way_out}")
