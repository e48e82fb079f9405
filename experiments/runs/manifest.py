"""What ``run.json`` says of a run: the scenario in full, hashes, versions, cost and how well a free run did."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from experiments.inputs.data_packs import PackSaid
from experiments.inputs.parameter_list import OUTSIDE_THE_HASH, PACKS, Value
from experiments.runs.provenance import Code, Provenance, content_sha256
from market.base import quarters
from market.scenario import Scenario
from market.version import RESULTS_VERSION

SCHEMA_VERSION = 4
EARLIER_VERSIONS = (1, 2, 3)
"""Schema versions that are still read: 3 had no random streams, in 2 no lever could change at dates either, 1 had no
checksum of its own."""
UNSEALED_VERSION = 1
"""The schema version before a manifest had a checksum of its own and told what code made the run."""
_HERE = Path(__file__).parent
_POINTS = 100.0  # percentage points in a share of one
_SHARES = ("bev", "phev", "hev")  # powertrains whose share the national table holds; ICE is the rest
_GIT_SECONDS = 10  # after which git is given up: assumption


Parameters = dict[str, dict[str, Value | list[dict[str, Value]]]]
"""All parameters by group and key; a lever that changes at dates as its list of steps."""


class TableRecord(BaseModel):
    """One table of a result: its rows and the SHA-256 of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    file_sha256: str


class StreamsRecord(BaseModel):
    """Random streams made beside a run: runs in mean field on the fast graph that draw the world by their seed.

    ``seeds``: of those in the table ``streams``. ``failed``: sentences by the seeds of the others.
    ``parameters_sha256``: of the scenario as streams run it. ``drawn_parameters``: by seed, those that calibration
    leaves open, if they were drawn too. ``results_sha256``: of the table's contents.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seeds: list[int]
    failed: dict[int, str] = {}
    parameters_sha256: str
    drawn_parameters: dict[int, dict[str, Value]] = {}
    results_sha256: str
    wall_s: float

    @property
    def in_all(self) -> int:
        """How many were to be made."""
        return len(self.seeds) + len(self.failed)


class Manifest(BaseModel):
    """The content of ``run.json``.

    ``parameters``: the scenario in full, by group. ``results_sha256``: of the contents of all tables but ``streams``,
    whatever the machine, the time or the encoding of the files. ``streams``: those made beside the run, if any.
    ``free_run_mae_points``: mean absolute error of the BEV share in percentage points over the quarters after the
    origin that have a record; None without such quarters.
    ``outside_validity``: used prices stayed above those of comparable new cars so long that the model does not stand
    for them.
    ``accounts_checked``: how many of the ``ledger_checks`` held by what they were about, in words.
    ``peak_rss_mib``: most memory the process has held so far; None where the system does not tell. ``own_rules``: rules
    given as objects from Python, by ``rules.kind``, in place of those the parameters name. ``data_packs``: what
    packs with tables in place of shipped ones say of themselves. ``code``: of the
    process that made the run; None in schema version 1. ``results_version``: of that code; 0 before there was one.
    ``from_saved_state``: whether the run began at its origin, from the state an earlier one had left there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int
    study: str
    name: str
    question: str
    seed: int = Field(ge=0)
    consumers: int = Field(ge=1)
    origin: str
    parameters: Parameters
    parameters_sha256: str
    own_rules: dict[str, str] = {}
    data_packs: list[PackSaid] = []
    results_version: int = Field(0, ge=0)
    from_saved_state: bool = False
    results_sha256: str
    free_run_mae_points: float | None
    free_run_mae_points_by_powertrain: dict[str, float] | None
    outside_validity: bool = False
    ledger_checks: int = Field(ge=0)
    accounts_checked: dict[str, int] = {}
    wall_s: float
    peak_rss_mib: float | None
    code: Code | None = None
    versions: dict[str, str]
    git_commit: str | None
    tables: dict[str, TableRecord]
    streams: StreamsRecord | None = None

    @property
    def provenance(self) -> Provenance | None:
        """What made the run; None if it is from before this was recorded."""
        return None if self.code is None else Provenance(code=self.code, versions=self.versions)

    @property
    def is_of_this_version(self) -> bool:
        """Whether the code that made the run gives the same results as this one."""
        return self.results_version == RESULTS_VERSION

    @property
    def is_mean_field(self) -> bool:
        """Whether expected seats were counted instead of rows drawn; ``consumers`` is then every seat."""
        return bool(self.parameters["run"].get("mean_field", False))

    @property
    def population(self) -> str:
        """Who the buyers were, in words."""
        return "mean field of all seats" if self.is_mean_field else f"{self.consumers:,} consumers"


def parameters_of(scenario: Scenario) -> Parameters:
    """All parameters by group; groups that older runs did not have are left out while they are at their defaults."""
    content: Parameters = scenario.model_dump(mode="json", exclude={"question"})
    defaults = Scenario().model_dump(mode="json", include=set(OUTSIDE_THE_HASH))
    return {group: values for group, values in content.items() if values != defaults.get(group)}


def parameters_sha256(scenario: Scenario) -> str:
    """SHA-256 of all parameters (not of the question), the same for the same values.

    Of data packs it holds what is in them and not where they lie.
    """
    return content_sha256(identified(parameters_of(scenario)))


def identified(parameters: Parameters) -> Parameters:
    """Parameters by group without the folders that data packs lie in."""
    return {
        group: {key: value for key, value in values.items() if f"{group}.{key}" != PACKS}
        for group, values in parameters.items()
    }


def results_sha256(frames: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 of the contents of tables in the given order: names, columns and values, nothing of their encoding."""
    digest = hashlib.sha256()
    for name, frame in frames.items():
        digest.update(f"table {name} {len(frame)}\n".encode())
        for label, column in frame.items():
            values = column.to_numpy()
            kind = "number" if values.dtype.kind in "iufb" else "text"
            digest.update(f"column {label} {kind}\n".encode())
            digest.update(_number_bytes(values) if kind == "number" else _text_bytes(column))
    return digest.hexdigest()


def _number_bytes(values: Any) -> bytes:
    """Little-endian doubles, every NaN and both zeros alike."""
    doubles = np.asarray(values, dtype="<f8") + 0.0
    doubles[np.isnan(doubles)] = np.nan
    return doubles.tobytes()


def _text_bytes(column: pd.Series) -> bytes:
    return json.dumps([str(value) for value in column]).encode()


def free_run_errors_points(national: pd.DataFrame, origin: str) -> dict[str, float]:
    """Mean absolute error of shares by powertrain, percentage points, after the origin; empty without records there."""
    after = national["quarter"].map(quarters.index) > quarters.index(origin)
    rows = national[after & national["bev_share_recorded"].notna()]
    if rows.empty:
        return {}
    gaps = {name.upper(): rows[f"{name}_share_new"] - rows[f"{name}_share_recorded"] for name in _SHARES}
    gaps["ICE"] = -sum(gaps.values(), start=pd.Series(0.0, index=rows.index))
    return {name: float(gap.abs().mean() * _POINTS) for name, gap in gaps.items()}


def git_commit() -> str | None:
    """Commit of the code, ending in ``-dirty`` if tracked files were changed; None if git does not hold it."""
    git = shutil.which("git")
    if git is None:
        return None
    held = _asked(git, "ls-files", "--error-unmatch", "__init__.py")
    return _asked(git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*") if held else None


def _asked(git: str, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(  # noqa: S603 - git, found on PATH, with the fixed arguments above
            [git, "-C", str(_HERE), *arguments], capture_output=True, text=True, timeout=_GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
