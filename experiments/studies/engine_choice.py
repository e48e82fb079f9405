"""Which engine the options of a command ask for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from experiments.studies.dask_engine import DaskEngine
from experiments.studies.engine import Engine
from experiments.studies.local_engine import LocalEngine


@contextmanager
def engine_of(workers: int | None, scheduler: str | None, *, mixed: bool) -> Iterator[Engine]:
    """Processes of this machine, or Dask's where a scheduler is given. Raises InputError."""
    if scheduler is None:
        yield LocalEngine(workers or os.cpu_count() or 1, mixed=mixed)
    else:
        with DaskEngine(scheduler, mixed=mixed) as engine:
            yield engine
