"""Which engine the options of a command ask for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from experiments.errors import InputError
from experiments.studies.dask_engine import DaskEngine
from experiments.studies.engine import Engine
from experiments.studies.local_engine import LocalEngine


@contextmanager
def engine_named(
    name: str, workers: int | None, scheduler: str | None, shard: str | None, *, mixed: bool
) -> Iterator[Engine]:
    """The engine that the options of a command ask for. Raises InputError."""
    if name == "local":
        if scheduler is not None:
            raise InputError("--scheduler belongs to --engine dask; add it or leave the scheduler out")
        yield LocalEngine(workers or os.cpu_count() or 1, mixed=mixed)
    elif name == "dask":
        if scheduler is None or workers is not None or shard is not None:
            raise InputError(
                "--engine dask takes --scheduler ADDRESS, such as tcp://host:8786, and no --workers or --shard"
            )
        with DaskEngine(scheduler, mixed=mixed) as engine:
            yield engine
    else:
        raise InputError(f"--engine is {name}; it must be local or dask")
