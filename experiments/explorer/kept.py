"""The runs and the emulator that come with the explorer, and how they are made of finished studies."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from agents.arrays import Floats
from experiments.explorer.emulator import Emulator
from experiments.runs.whole_files import write_whole

SCHEMA_VERSION: Literal[1] = 1
KEPT = Path(__file__).with_name("kept.json")
"""Where they lie."""


class Score(BaseModel):
    """What the emulator missed of an indicator in runs it was not fitted to: ``fitting.scored`` says what each is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    median: float
    most: float
    last: float
    inside: float
    spread: float


class Made(BaseModel):
    """What made a file that comes with the explorer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1]
    command: str
    version: str
    results_version: int
    code: str


class Kept(Made):
    """Paths of every scenario by quarter and what made them.

    ``decimals``: of each column; paths are whole numbers of its last decimal. ``history``: observed quarters, the same
    in every run; ``paths``: later ones by scenario and column, first the expected path, then the random streams, each
    with the same seed in all scenarios; None where a run has no number.
    """

    streams: int
    first_quarter: str
    origin: str
    decimals: dict[str, int]
    history: dict[str, list[int | None]]
    paths: dict[str, dict[str, list[list[int | None]]]]
    emulator: Emulator
    scores: list[Score]
    fitted_runs: int
    held_out_runs: int

    def expected(self, scenario: str, column: str) -> Floats:
        """The expected path after the observed quarters, (quarters,), in the unit of the column."""
        return self._numbers(self.paths[scenario][column][0], column)

    def drawn(self, scenario: str, column: str) -> Floats:
        """Random streams, (streams, quarters), in the unit of the column."""
        return np.array([self._numbers(each, column) for each in self.paths[scenario][column][1:]])

    def _numbers(self, whole: list[int | None], column: str) -> Floats:
        return np.array(whole, dtype=np.float64) / 10.0 ** self.decimals[column]


def whole(path: Floats, decimals: int) -> list[int | None]:
    """A path as whole numbers of a last decimal."""
    return [round(float(value) * 10**decimals) if np.isfinite(value) else None for value in path]


@cache
def kept(path: Path = KEPT) -> Kept:
    """What comes with Detour. Raises FileNotFoundError, ValueError if it is of another version."""
    return Kept.model_validate_json(path.read_bytes())


def write(found: Kept, path: Path = KEPT) -> None:
    """Write it, one scenario a line. Raises OSError."""
    content: Mapping[str, object] = found.model_dump(mode="json")
    parts = [f"{json.dumps(name)}:{_text(name, value)}" for name, value in content.items()]
    write_whole(path, ("{" + ",\n".join(parts) + "}\n").encode())


def _text(name: str, value: object) -> str:
    if name != "paths" or not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    lines = [f"{json.dumps(each)}:{json.dumps(paths, separators=(',', ':'))}" for each, paths in value.items()]
    return "{\n" + ",\n".join(lines) + "}"
