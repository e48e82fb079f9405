"""Runs in processes of this machine, started afresh (spawn); a worker that hangs or dies is replaced."""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from experiments.errors import RunFailedError
from experiments.runs.provenance import check_worker, here
from experiments.studies.engine import attempt, died, hung
from experiments.studies.job import Content, Job, Made, RunFunction, own_modules

_SPAWN = multiprocessing.get_context("spawn")


def _work(jobs: Connection, function: RunFunction) -> None:
    """A worker: say what it has, then make what comes. Ctrl-C is its parent's to answer; it ends when that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    jobs.send(here(own_modules(function)).model_dump())
    while True:
        content, seed = jobs.recv()
        jobs.send(attempt(function, content, seed))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """A process begun inside never hears of Ctrl-C, not even while it still imports; it reaches this one after."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """A process and the job it has, if any; ``spent`` once it can take no other."""

    def __init__(self, function: RunFunction, *, mixed: bool) -> None:
        self._mixed, self._modules = mixed, own_modules(function)
        self.pipe, theirs = _SPAWN.Pipe()
        self.process: SpawnProcess = _SPAWN.Process(target=_work, args=(theirs, function), daemon=True)
        with _without_ctrl_c():
            self.process.start()
        theirs.close()
        self.ready = False
        self.spent = False
        self.job: Job | None = None
        self.since = time.monotonic()

    def give(self, job: Job) -> None:
        """Let it make a job."""
        content: Content = dict(job.content)
        self.job, self.since = job, time.monotonic()
        with suppress(OSError):  # it has just died: `answer` will tell
            self.pipe.send((content, job.seed))

    def end(self) -> None:
        """End the process whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def answer(self, limit_s: float | None) -> Made | None:
        """What became of its job, None if there is nothing new. Raises RunFailedError if it cannot even start.

        Raises InputError if it is none of ours (``check_worker``).
        """
        gone = time.monotonic() - self.since
        ended = not self.process.is_alive()  # asked before the pipe is read, so that a last word counts
        if self.pipe.poll():
            try:
                told = self.pipe.recv()
            except (EOFError, OSError):
                return self._lost(gone)
            if isinstance(told, Made):
                return told
            check_worker(f"worker process {self.process.pid}", told, self._modules, mixed=self._mixed)
            self.ready = True
        elif ended:
            return self._lost(gone)
        elif self.job is not None and limit_s is not None and gone > limit_s:
            self.spent = True
            return hung(limit_s)
        return None

    def _lost(self, gone_s: float) -> Made:
        self.spent = True
        self.process.join()
        code = self.process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if not self.ready:
            raise RunFailedError(
                f"a worker process cannot start ({how}); run one scenario with `detour run` to see why"
            )
        return died(how, gone_s)


class LocalEngine:
    """Engine of this machine's processes. ``mixed``: they may have other versions of libraries than this one."""

    def __init__(self, workers: int, *, mixed: bool = False) -> None:
        self.workers, self._mixed = workers, mixed

    def run(self, jobs: Sequence[Job], function: RunFunction, limit_s: float | None) -> Iterator[tuple[Job, Made]]:
        """Every job once, as it gets ready. Raises InputError if a worker has other code than this process."""
        here(own_modules(function))  # reckoned before any worker is there, whose files may have been changed since
        waiting, crew = deque(jobs), list[_Worker]()
        try:
            while waiting or any(worker.job is not None for worker in crew):
                while len(crew) < min(self.workers, len(waiting) + sum(worker.job is not None for worker in crew)):
                    crew.append(_Worker(function, mixed=self._mixed))
                for worker in crew:
                    if worker.ready and worker.job is None and waiting:
                        worker.give(waiting.popleft())
                _wait(crew, limit_s)
                for worker in list(crew):
                    made, job = worker.answer(limit_s), worker.job
                    if worker.spent:
                        worker.end()
                        crew.remove(worker)
                    if made is not None and job is not None:
                        worker.job = None
                        yield job, made
        finally:
            for worker in crew:
                worker.end()


def _wait(crew: Sequence[_Worker], limit_s: float | None) -> None:
    """Sleep until a worker speaks, ends or is past its limit."""
    heard = [each for worker in crew for each in (worker.pipe, worker.process.sentinel)]
    now = time.monotonic()
    left = [limit_s - (now - worker.since) for worker in crew if worker.job is not None] if limit_s is not None else []
    wait(heard, timeout=max(min(left), 0.0) if left else None)
