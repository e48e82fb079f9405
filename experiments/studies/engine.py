"""What an engine is: something that makes jobs, in any order, and hands each back with what became of it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from experiments.errors import InputError
from experiments.runs.memory import peak_rss_mib
from experiments.runs.provenance import here
from experiments.studies.job import Content, Job, Made, Outcome, RunFunction, own_modules

_MOST_TRIES = 3  # of a run whose process dies: once, and twice again


class Engine(Protocol):
    """Makes jobs. A run that raises, hangs or dies is handed back as failed; the others go on.

    A worker that has other code than this process is refused before it makes its first run (``provenance``).
    ``limit_s``: seconds after which a run counts as hung; None: never.
    """

    def run(self, jobs: Sequence[Job], function: RunFunction, limit_s: float | None) -> Iterator[tuple[Job, Made]]:
        """Every job once, as it gets ready."""


def attempt(function: RunFunction, content: Content, seed: int) -> Made:
    """Run the model; whatever it raises becomes a sentence."""
    start = time.perf_counter()
    outcome: Outcome | None = None
    error = ""
    try:
        outcome = function(content, seed)
    except (Exception, SystemExit) as raised:  # noqa: BLE001 - a run may fail in any way; the study must go on
        error = " ".join(f"{type(raised).__name__}: {raised}".split())
    return Made(outcome, error, time.perf_counter() - start, peak_rss_mib(), here(own_modules(function)))


def hung(limit_s: float) -> Made:
    """A run that was ended because it took longer than its limit."""
    return Made(None, f"the run took longer than its limit of {limit_s:g} s and was ended", limit_s, None)


def died(how: str, wall_s: float) -> Made:
    """A run whose process ended without a word."""
    return Made(None, f"the process of the run died ({how})", wall_s, None, lost=True)


def made_at_last(
    engine: Engine, jobs: Sequence[Job], function: RunFunction, limit_s: float | None
) -> Iterator[tuple[Job, Made]]:
    """Every job once, as it gets ready; what is lost with its process is tried again, twice at most."""
    for tries in range(1, _MOST_TRIES + 1):
        lost = []
        for job, made in engine.run(jobs, function, limit_s):
            if not made.lost:
                yield job, made
            elif tries < _MOST_TRIES:
                lost.append(job)
            else:
                yield job, replace(made, error=f"{made.error}, at each of {tries} tries")
        if not lost:
            return
        jobs = lost


@dataclass(frozen=True)
class Shard:
    """One of several runners that share a folder: number ``index`` of ``count``, from 1."""

    index: int
    count: int

    @classmethod
    def read(cls, written: str) -> "Shard":
        """``2/8`` as the second of eight. Raises InputError."""
        index, slash, count = written.partition("/")
        if not (slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
            raise InputError(f"--shard is {written}; write it like 2/8, the second of eight")
        return cls(int(index), int(count))

    def takes(self, place: int) -> bool:
        """Whether the run at this place of the whole plan is this shard's."""
        return place % self.count == self.index - 1
