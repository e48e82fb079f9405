"""The folder of a hindcast: its tables, what made them, and a page that says how to make it again."""

import hashlib
import json
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from experiments.errors import RunFailedError
from experiments.hindcast.study import Asked, Scored
from experiments.hindcast.verdicts import sentences
from experiments.inputs.json_files import read_json
from experiments.inputs.regular_files import ForeignFileError
from experiments.runs.manifest import git_commit
from experiments.runs.provenance import content_sha256, here
from experiments.runs.whole_files import write_whole
from experiments.shown_text import markdown_code, markdown_text
from market.base.regular_files import is_regular, read_bytes
from market.version import RESULTS_VERSION

SCHEMA_VERSION = 1
MANIFEST = "hindcast.json"
TABLES = ("forecasts", "scores", "coverage", "comparisons", "published")
_PAGE = "README.md"
_HASH_SHOWN = 8  # characters of a hash that tell hindcasts apart in a folder's name


class HindcastManifest(BaseModel):
    """The content of ``hindcast.json``: what was asked, SHA-256 of the files of its tables, and what made it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int
    command: str
    results_version: int
    origins: list[str]
    streams: int
    seed: int
    feedbacks: list[str]
    tables: dict[str, str]
    code_sha256: str
    versions: dict[str, str]
    git_commit: str | None


def folder_of(out: Path, asked: Asked) -> Path:
    """Where a hindcast goes: ``hindcast``, with a hash of what was asked if that is not the default."""
    if asked == Asked():
        return out / "hindcast"
    content = [list(asked.origins), asked.streams, asked.seed, list(asked.feedbacks)]
    return out / f"hindcast+{content_sha256(content)[:_HASH_SHOWN]}"


def write_hindcast(folder: Path, made: Scored, asked: Asked, command: str) -> list[Path]:
    """Write the tables and then what tells of them; every file appears whole. Raises OSError if the disk refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {name: _csv(getattr(made, name)) for name in TABLES}
    manifest = HindcastManifest(
        schema_version=SCHEMA_VERSION, command=command, results_version=RESULTS_VERSION, origins=list(asked.origins),
        streams=asked.streams, seed=asked.seed, feedbacks=list(asked.feedbacks),
        tables={name: hashlib.sha256(table).hexdigest() for name, table in content.items()},
        code_sha256=here().code.sha256, versions=here().versions, git_commit=git_commit(),
    )  # fmt: skip
    content |= {_PAGE: _page(made, command).encode(), MANIFEST: _sealed(manifest)}
    paths = []
    for name, text in content.items():
        paths.append(folder / (f"{name}.csv" if name in TABLES else name))
        write_whole(paths[-1], text)
    return paths


def verified_hindcast(folder: Path) -> str:
    """A sentence of what was checked in the folder of a hindcast. Raises RunFailedError if anything is wrong."""
    try:
        content = read_json(folder / MANIFEST)
        recorded = content.pop("sha256", None)
        manifest = HindcastManifest.model_validate(content)
    except (ForeignFileError, ValidationError) as error:
        raise RunFailedError(f"{folder / MANIFEST} cannot be read; repeat `detour hindcast`") from error
    if recorded != content_sha256(content):
        raise RunFailedError(f"{folder / MANIFEST} is damaged: its checksum is not that of its content")
    for name, digest in manifest.tables.items():
        path = folder / f"{name}.csv"
        if not is_regular(path):
            raise RunFailedError(f"{path} is missing; repeat `{manifest.command}`")
        if hashlib.sha256(read_bytes(path)).hexdigest() != digest:
            raise RunFailedError(f"{path} is not the table that {MANIFEST} tells of; repeat `{manifest.command}`")
    return (
        f"{folder}: {len(manifest.tables)} tables of a hindcast from {len(manifest.origins)} origins are complete and "
        f"match {MANIFEST}; made by code {manifest.code_sha256[:_HASH_SHOWN]}."
    )


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()


def _sealed(manifest: HindcastManifest) -> bytes:
    content = manifest.model_dump(mode="json")
    text = json.dumps({"sha256": content_sha256(content), **content}, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def _page(made: Scored, command: str) -> str:
    """What the folder holds, in words."""
    found = "\n".join(f"* {markdown_text(each)}" for each in sentences(made))
    return (
        f"# Hindcast\n\nMade by {markdown_code(command)}. Protocol, causes and log of looks: `docs/hindcast.md`.\n\n"
        f"{found}\n\n## Tables\n\n"
        "* `forecasts.csv`: a row a forecast: version, inputs, method, origin, horizon (quarters), target quarter, "
        "series, place, value, recorded, CRPS, scale of MASE and edges of 50, 80 and 95 % bands, in units of the "
        "series.\n* `scores.csv`: means by version, inputs, series, method, horizon and span of targets.\n"
        "* `coverage.csv`: outcomes within bands.\n* `comparisons.csv`: losses less a rival's, with tests.\n"
        "* `published.csv`: published forecasts beside the model.\n"
    )
