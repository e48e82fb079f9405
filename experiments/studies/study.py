"""A plan is carried out: what is there is kept, what is missing or damaged is made, tables appear when all is there."""

import math
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from experiments.errors import InputError, RunFailedError
from experiments.runs.provenance import check_worker
from experiments.runs.whole_files import kept_elsewhere, probe, reason
from experiments.studies.earlier_runs import AS_IT_IS, Asked, EarlierRuns
from experiments.studies.engine import Engine, Shard, made_at_last
from experiments.studies.job import Job, Made, Model, own_modules
from experiments.studies.plan import Plan
from experiments.studies.run_files import DamagedRunError, RunFiles, RunRecord
from experiments.studies.stop_rule import enough
from experiments.studies.study_files import (
    QUARTERS_TABLE,
    RUNS_TABLE,
    StudyManifest,
    contained_run_files,
    manifest_of,
    run_files,
    write_manifest,
    write_tables,
)
from experiments.studies.study_lock import study_lock


@dataclass
class Counts:
    """How far a study is: runs by what became of them; ``damaged`` ones are rerun."""

    in_all: int
    done: int = 0
    failed: int = 0
    cached: int = 0
    damaged: int = 0

    @property
    def left(self) -> int:
        """Runs still to be made."""
        return self.in_all - self.done - self.failed - self.cached


Told = Callable[[Counts], None]
"""Told how far a study is after every run."""


@dataclass(frozen=True)
class Finished:
    """A study that was carried out as far as it goes; ``complete``: tables are there."""

    folder: Path
    manifest: StudyManifest
    counts: Counts
    complete: bool
    failures: list[tuple[str, int, str]]
    """Scenario, seed and error of the failed runs in the plan."""


def command_line() -> str:
    """The command this process was started with."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


def carry_out(
    plan: Plan,
    folder: Path,
    engine: Engine,
    tell: Told,
    *,
    shard: Shard | None = None,
    asked: Asked = AS_IT_IS,
    container: bool = False,
) -> Finished:
    """Make what is missing of a plan; what was made before stays as asked. Raises InputError, RunFailedError.

    ``container``: new runs are kept in one file, of the shard if it is one, instead of one file each.
    Ended at any moment, by whatever, it can be called again and goes on from there.
    """
    if shard is not None and plan.design.stop is not None:
        raise InputError(f"{plan.name}: a stop rule needs all runs in one place; leave out --shard or [stop]")
    try:
        (folder / "runs").mkdir(parents=True, exist_ok=True)
        with study_lock(folder, shard):
            probe(folder)
            files = contained_run_files(folder, shard) if container else run_files(folder)
            return _Study(plan, folder, engine, tell, shard, asked, files).carry_out()
    except OSError as error:
        raise _refused(folder, error, "make room or choose another --out") from error


def _refused(folder: Path, error: OSError, way_out: str) -> RunFailedError:
    return RunFailedError(
        f"{folder} cannot be written to ({reason(error)}); finished runs are kept: {way_out}, then repeat the command"
    )


class _Study:
    def __init__(
        self, plan: Plan, folder: Path, engine: Engine, tell: Told, shard: Shard | None, asked: Asked, files: RunFiles
    ) -> None:
        self._plan, self._folder, self._engine, self._tell, self._shard = plan, folder, engine, tell, shard
        self._files, self._asked = files, asked
        self._earlier = EarlierRuns(folder, files, plan.model, asked)
        self._announced = False
        self._errors: dict[str, str] = {}
        self._watched: dict[str, float] = {}
        self._counts = Counts(0)

    def carry_out(self) -> Finished:
        if self._shard is None:
            self._files.remove_unfinished()
        stop, rounds = self._plan.design.stop, self._plan.replications
        replications = rounds if stop is None else min(stop.at_least, rounds)
        self._make(range(replications))
        while stop is not None and replications < rounds and not enough(self._outcomes(replications), stop):
            self._make([replications])
            replications += 1
        return self._finish(self._plan.cut(replications))

    def _announce(self, plan: Plan) -> None:
        """Before anything is written, say what is being made; tables that may no longer be true go."""
        if self._announced:
            return
        self._announced = True
        write_manifest(self._folder, manifest_of(plan, command_line()))
        for table in (RUNS_TABLE, QUARTERS_TABLE):
            (self._folder / f"{table}.parquet").unlink(missing_ok=True)

    def _make(self, replications: Sequence[int]) -> None:
        """Make the runs of some replications, all points of one before the next."""
        points = range(len(self._plan.points))
        jobs = {job.identity: job for k in replications for point in points for job in [self._plan.job(point, k)]}
        mine = {
            identity: job
            for place, (identity, job) in enumerate(jobs.items())
            if self._shard is None or self._shard.takes(place)
        }
        self._counts.in_all += len(mine)
        missing = [job for job in mine.values() if not self._kept(job)]
        self._earlier.check()
        self._tell(self._counts)
        if not missing:
            return
        for job, made in made_at_last(self._engine, missing, self._plan.model.run, self._plan.design.limit_s):
            self._announce(self._plan.cut(max(replications) + 1))
            record = self._filed(job, checked(made, self._plan.model))
            self._remember(job.identity, record)
            self._counts.failed += record.failed
            self._counts.done += not record.failed
            self._tell(self._counts)

    def _filed(self, job: Job, made: Made) -> RunRecord:
        """Keep a run; in another place if the disk refuses. Raises RunFailedError, InputError if other code made it."""
        if made.provenance is not None:
            modules = own_modules(self._plan.model.run)
            check_worker("a worker of the engine", made.provenance, modules, mixed=self._asked.mixed)
        try:
            return self._files.write(job, made)
        except OSError as error:
            place = kept_elsewhere(lambda folder: RunFiles(folder).write(job, made))
            if place is None:
                raise
            name = self._files.path(job.identity)
            way_out = f"make room and move the last one from {place / name.name} to {name.parent}"
            raise _refused(self._folder, error, way_out) from error

    def _kept(self, job: Job) -> bool:
        """Whether a run is there and good, or failed and to be left so."""
        try:
            record = self._earlier.kept(job)
        except DamagedRunError:
            self._counts.damaged += 1
            return False
        if record is None:
            return False
        self._remember(job.identity, record)
        self._counts.cached += 1
        return True

    def _remember(self, identity: str, record: RunRecord) -> None:
        if record.failed:
            self._errors[identity] = record.error
        stop = self._plan.design.stop
        if stop is not None:
            value = record.numbers.get(stop.outcome)
            self._watched[identity] = math.nan if value is None else value

    def _outcomes(self, replications: int) -> np.ndarray:
        """The watched outcome, (points, replications)."""
        points = range(len(self._plan.points))
        return np.array(
            [[self._watched[self._plan.job(point, k).identity] for k in range(replications)] for point in points]
        )

    def _finish(self, plan: Plan) -> Finished:
        manifest = manifest_of(plan, command_line())
        self._earlier.look_again()  # at what other shards have put into their containers
        complete = self._shard is None or all(self._earlier.stays(run[3]) for run in manifest.runs)
        self._earlier.check()
        self._announce(plan)
        if complete:
            manifest = write_tables(self._folder, manifest)
        failures = [
            (manifest.points[point].scenario, seed, self._errors[identity])
            for point, _, seed, identity in manifest.runs
            if identity in self._errors
        ]
        return Finished(self._folder, manifest, self._counts, complete, failures)


def checked(made: Made, model: Model) -> Made:
    """The same, or a failure if the outcomes are not those the model declares."""
    outcome = made.outcome
    if outcome is None or (set(outcome.numbers) == set(model.numbers) and set(outcome.quarters) == set(model.quarters)):
        return made
    wrong = (set(outcome.numbers) ^ set(model.numbers)) | (set(outcome.quarters) ^ set(model.quarters))
    return replace(made, outcome=None, error=f"outcomes too many or missing: {', '.join(sorted(wrong))}")
