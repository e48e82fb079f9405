"""One runner a folder: a lock that the system releases when its holder ends, however it ends."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from experiments.errors import InputError
from experiments.studies.engine import Shard

_LOCK = ".lock"


@contextmanager
def study_lock(folder: Path, shard: Shard | None) -> Iterator[None]:
    """Hold a folder alone or, as a shard, beside other shards. Raises InputError if another runner is there.

    Where the system has no such locks (Windows) the folder is not guarded.
    """
    with ExitStack() as held:
        held.enter_context(_locked(folder / _LOCK, alone=shard is None))
        if shard is not None:
            held.enter_context(_locked(folder / f"{_LOCK}-{shard.index}-of-{shard.count}", alone=True))
        yield


@contextmanager
def _locked(path: Path, *, alone: bool) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415 - Windows has no such module

    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise InputError(
                f"{path.parent} is in use by {holder}; wait for it to end, choose another --out, "
                "or share the work with --shard"
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield
