"""How large a study is before it begins: runs, core hours and disk, computed from its design without making a point."""

import itertools
import json
import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from experiments.errors import InputError
from experiments.inputs.design import Design
from experiments.inputs.factors import DesignError, Factor
from experiments.inputs.points_file import read_points
from experiments.studies import sampling
from experiments.studies.job import Content, Model
from experiments.studies.plan import asked_model, factors_of, first_content, fixed_values
from experiments.studies.run_files import DamagedRunError, RunRecord
from experiments.studies.study_files import run_files

MOST_UNASKED = 100_000
"""Runs of a study that is begun without being told to."""
_LOOKED_AT = 20  # kept runs that tell what the others will take
_NUMBER_BYTES = 17  # of a number and what stands around it, as JSON: measured on runs of the market
_PLANNED_BYTES = 1_500  # of memory a run takes while a study is planned: identity, job, line of study.json, measured
_PARAMETERS_HELD = 2  # memory of a point, in tables of all parameters: measured
_HOUR, _MINUTE = 3600.0, 60.0
_KIB = 1024.0


@dataclass(frozen=True)
class Size:
    """What a study takes.

    ``core_s``: seconds of one core for all runs, None if nothing tells; ``measured``: what does. ``memory_bytes``: of
    the list of runs in each process that plans it.
    """

    name: str
    points: int
    runs: int
    at_most: bool
    core_s: float | None
    measured: str
    disk_bytes: float
    free_bytes: int
    memory_bytes: int

    @property
    def sentence(self) -> str:
        """Runs, core hours and disk in words."""
        runs = f"{'at most ' if self.at_most else ''}{self.runs:,} runs of {self.points:,} points"
        time = "core hours not known before the first runs"
        if self.core_s is not None:
            time = f"about {_hours(self.core_s)} of one core (measured on {self.measured})"
        disk = f"about {_bytes(self.disk_bytes)} on disk, where {_bytes(self.free_bytes)} are free"
        return f"{self.name}: {runs}, {time}, {disk}"


def size_of(name: str, design: Design, model: Model, beside: Path, folder: Path, *, kept_there: bool) -> Size:
    """The size of a study that will lie in ``folder``, which ``kept_there`` may have some of its runs already.

    Raises DesignError. Times a run for a few seconds if no kept ones tell.
    """
    factors = factors_of(name, design, model)
    model = asked_model(design, model, partial(first_content, name, design, model))
    points = len(design.scenarios) * _points_in(design, factors, model, beside)
    runs = points * design.replications
    content = _typical(design, model, fixed_values(name, design, model))
    kept = _kept(folder, model) if kept_there else []
    timing = None if kept or content is None or model.timed is None else model.timed(content)
    core_s, measured = None, ""
    if kept:
        core_s, measured = runs * statistics.median(record.wall_s for record in kept), f"{len(kept)} runs kept there"
        a_run = statistics.mean(len(record.model_dump_json()) for record in kept)
    else:
        a_run = _bytes_of_a_run(content or {}, model, 0 if timing is None else timing.quarters)
    if timing is not None:
        core_s, measured = runs * timing.wall_s, timing.measured
    memory = points * _PARAMETERS_HELD * sys.getsizeof(content or {}) + runs * _PLANNED_BYTES
    free = shutil.disk_usage(next(each for each in (folder, *folder.absolute().parents) if each.exists())).free
    return Size(name, points, runs, design.stop is not None, core_s, measured, runs * a_run, free, memory)


def _points_in(design: Design, factors: Sequence[Factor], model: Model, beside: Path) -> int:
    if design.design.kind == "csv":
        return len(read_points(beside / (design.design.file or ""), model.declared).points)
    return sampling.points_in(design.design.kind, factors, design.design.points or 0)


def check_size(size: Size, *, agreed: bool) -> None:
    """Raises DesignError if a study is large and nobody has agreed to it, or if no machine like this can plan it."""
    if size.runs > MOST_UNASKED and not agreed:
        raise DesignError(
            f"{size.sentence}: more than {MOST_UNASKED:,} runs; add --yes to make them, or make the design smaller"
        )
    has = _memory_of_this_machine()
    if has is not None and size.memory_bytes > has:
        raise DesignError(
            f"{size.sentence}: the list of its runs takes about {_bytes(size.memory_bytes)} of memory and this machine "
            f"has {_bytes(has)}; split the design into several"
        )


def _typical(design: Design, model: Model, fixed: Content) -> Content | None:
    """Parameters of the first scenario with what is fixed; None if they are none without the factors."""
    try:
        return model.content(design.scenarios[0], fixed)
    except InputError:
        return None


def _kept(folder: Path, model: Model) -> list[RunRecord]:
    """Some runs of this model that are kept in a folder and succeeded."""
    files, kept = run_files(folder), []
    for identity in itertools.islice(files.identities(), _LOOKED_AT):
        try:
            record = files.read(identity)
        except DamagedRunError:
            continue
        same = record is not None and (record.model, record.model_version) == (model.name, model.version)
        if record is not None and same and not record.failed:
            kept.append(record)
    return kept


def _bytes_of_a_run(content: Content, model: Model, quarters: int) -> float:
    """What a run takes on disk: its parameters, its numbers with their names, a number a column and quarter."""
    names = sum(len(name) for name in (*model.numbers, *model.quarters))
    values = len(model.numbers) + len(model.quarters) * quarters
    return len(json.dumps(dict(content))) + names + values * _NUMBER_BYTES


def _memory_of_this_machine() -> int | None:
    """Bytes; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _hours(seconds: float) -> str:
    if seconds < _HOUR:
        return f"{max(seconds / _MINUTE, 0.1):.2g} minutes"
    return f"{seconds / _HOUR:,.1f} hours"


def _bytes(count: float) -> str:
    for unit in ("KiB", "MiB", "GiB"):
        count /= _KIB
        if count < _KIB:
            return f"{max(count, 0.1):.3g} {unit}"
    return f"{count / _KIB:,.1f} TiB"
