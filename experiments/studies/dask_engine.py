"""Runs on the workers of a Dask cluster; what fails there is handed back as on this machine."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from experiments.errors import InputError, RunFailedError
from experiments.runs.provenance import check_worker, here
from experiments.studies.engine import attempt, died, hung
from experiments.studies.job import Content, Job, Made, RunFunction, own_modules

_LOOK_SECONDS = 0.2  # between two looks at which workers there are
_NOTICED_SECONDS = 0.5  # ten times the interval at which a nanny looks at a worker it has started
_CONNECT_SECONDS = 20
_WORKERS_SECONDS = 3600  # to wait for workers of a cluster that is being scheduled: assumption
_LOST_AT_START_MOST = 10  # workers that die while they load Detour before the study is given up


def _load(function: RunFunction) -> dict[str, Any]:
    """Sent to a new worker: it has loaded the model when this comes back, and says what it is made of.

    Its nanny has then noticed that it is up; one that dies before that is never started again.
    """
    time.sleep(_NOTICED_SECONDS)
    return here(own_modules(function)).model_dump()


def _attempt_in_time(function: RunFunction, content: Content, seed: int, limit_s: float | None) -> Made:
    """Run the model; past its limit the worker's process ends itself, the only way to end a run that hangs."""
    if limit_s is None:
        return attempt(function, content, seed)
    timer = threading.Timer(limit_s, os._exit, args=(1,))
    timer.daemon = True
    timer.start()
    try:
        return attempt(function, content, seed)
    finally:
        timer.cancel()


@dataclass
class _Slot:
    """A worker's process and what it has: nothing, the loading of the model (no job), or a job.

    ``admitted``: it has loaded the model and is made of what this process is made of.
    """

    future: Any = None
    job: Job | None = None
    since: float = 0.0
    admitted: bool = False


class DaskEngine:
    """Engine of a Dask cluster: one run at a time on each worker, so that it is known whose run a dead worker had.

    ``mixed``: workers may have other versions of libraries than this process.
    """

    def __init__(self, scheduler: str, *, mixed: bool = False) -> None:
        self._mixed, self._modules = mixed, tuple[str, ...]()
        try:
            from distributed import Client  # noqa: PLC0415 - an optional package
        except ImportError as error:
            raise InputError(
                "--engine dask needs the package distributed; install it with pip install 'battery-detour[dask]'"
            ) from error
        try:
            self._client: Any = Client(scheduler, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise InputError(f"no Dask scheduler answers at {scheduler}; start one or correct --scheduler") from error
        self._scheduler = scheduler

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._client.close()

    def run(self, jobs: Sequence[Job], function: RunFunction, limit_s: float | None) -> Iterator[tuple[Job, Made]]:
        """Every job once, as it gets ready; the first when all workers that are there then were found to be ours.

        Raises RunFailedError if no worker comes or none can load the model, InputError if one has other code.
        """
        self._modules = own_modules(function)
        here(self._modules)  # reckoned before the study goes on for hours
        waiting, slots, lost_at_start, begun = deque(jobs), dict[str, _Slot](), 0, False
        try:
            while waiting or any(slot.job is not None for slot in slots.values()):
                begun = begun or (bool(slots) and all(slot.admitted for slot in slots.values()))
                self._give(slots, waiting if begun else deque(), function, limit_s)
                self._wait(slots)
                alive = set(self._client.nthreads())
                for address, slot in list(slots.items()):
                    gone = address not in alive and not (slot.future is not None and slot.future.status == "finished")
                    job, made = slot.job, self._answer(address, slot, limit_s, gone=gone)
                    lost_at_start += gone and job is None
                    if gone:
                        del slots[address]
                    if job is not None and made is not None:
                        yield job, made
                if lost_at_start > _LOST_AT_START_MOST:
                    raise RunFailedError(f"the workers at {self._scheduler} die while they load Detour; see their logs")
        finally:
            self._client.cancel([slot.future for slot in slots.values() if slot.future is not None], force=True)

    def _give(self, slots: dict[str, _Slot], waiting: deque[Job], function: RunFunction, limit_s: float | None) -> None:
        """New workers load the model, idle ones get a job. Raises RunFailedError if no worker comes."""
        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        except TimeoutError as error:
            raise RunFailedError(f"the Dask scheduler at {self._scheduler} has no worker; start some") from error
        for address in self._client.nthreads():
            if address not in slots:
                slots[address] = _Slot(self._send(address, _load, function), None, time.monotonic())
            elif slots[address].future is None and waiting:
                job = waiting.popleft()
                future = self._send(address, _attempt_in_time, function, dict(job.content), job.seed, limit_s)
                slots[address] = _Slot(future, job, time.monotonic(), admitted=True)

    def _send(self, address: str, *call: Any) -> Any:
        return self._client.submit(*call, workers=[address], allow_other_workers=False, pure=False)

    @staticmethod
    def _wait(slots: dict[str, _Slot]) -> None:
        """Sleep until a worker has an answer, or it is time to look which workers there are."""
        from distributed import wait  # noqa: PLC0415 - an optional package

        futures = [slot.future for slot in slots.values() if slot.future is not None]
        try:
            wait(futures, timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return

    def _answer(self, address: str, slot: _Slot, limit_s: float | None, *, gone: bool) -> Made | None:
        """What became of a worker's job, None if nothing is new; the slot is free then.

        Raises RunFailedError, or InputError if a worker that has loaded the model is none of ours.
        """
        future, job, wall_s = slot.future, slot.job, time.monotonic() - slot.since
        status = None if future is None else future.status
        if not gone and status in (None, "pending"):
            return None
        slot.future, slot.job = None, None
        if status == "finished":
            return self._admitted(address, slot, future.result())
        if job is None:
            if gone:
                return None
            raise RunFailedError(
                f"a Dask worker cannot load Detour ({future.exception()}); install the same version there"
            )
        if limit_s is not None and wall_s >= limit_s:
            return hung(limit_s)
        return died("its Dask worker went away", wall_s)

    def _admitted(self, address: str, slot: _Slot, told: Made | dict[str, Any]) -> Made | None:
        """What a worker made; one that has just loaded the model is looked at instead. Raises InputError."""
        if isinstance(told, Made):
            return told
        check_worker(f"Dask worker {address}", told, self._modules, mixed=self._mixed)
        slot.admitted = True
        return None
