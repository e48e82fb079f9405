"""Runs of a study in one SQLite file, for disks that bear few files; a run is the bytes its own file would have."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from experiments.errors import InputError
from experiments.studies.engine import Shard

ENDING = ".sqlite"
_LOCK_SECONDS = 60.0  # to wait for another process that reads or writes the file: assumption
_TABLE = "CREATE TABLE IF NOT EXISTS runs (identity TEXT PRIMARY KEY, content BLOB NOT NULL)"


class ContainerError(InputError):
    """A file that should hold runs holds none that can be read."""


@dataclass(frozen=True)
class Container:
    """One file of runs. SQLite writes a run whole or not at all, whatever stops; one writer, any number of readers."""

    path: Path

    def write(self, identity: str, content: bytes) -> None:
        """Keep a run, in place of one of this identity. Raises OSError if the disk refuses, ContainerError."""
        with self._open(OSError) as database, database:
            database.execute(_TABLE)
            database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?)", (identity, content))

    def read(self, identity: str) -> bytes | None:
        """A run, None if there is none. Raises ContainerError."""
        with self._open(ContainerError) as database:
            row = database.execute("SELECT content FROM runs WHERE identity = ?", (identity,)).fetchone()
        return None if row is None else bytes(row[0])

    def identities(self) -> list[str]:
        """The runs in it. Raises ContainerError."""
        with self._open(ContainerError) as database:
            if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchone() is None:
                return []  # its writer was stopped before the first run
            return [str(row[0]) for row in database.execute("SELECT identity FROM runs")]

    @contextmanager
    def _open(self, raised_as: type[OSError] | type[ContainerError]) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=_LOCK_SECONDS)) as database:
                yield database
        except sqlite3.OperationalError as error:
            if raised_as is OSError:
                raise OSError(errno.EIO, f"{self.path.name}: {error}") from error
            raise ContainerError(f"{self.path} cannot be read ({error}); repeat the command when it can") from error
        except sqlite3.DatabaseError as error:
            raise ContainerError(
                f"{self.path} is damaged ({error}); move it away and repeat the study's command to rerun its runs"
            ) from error


def container_of(folder: Path, shard: Shard | None) -> Container:
    """The file in which a shard, or a study made in one place, keeps its runs."""
    index, count = (1, 1) if shard is None else (shard.index, shard.count)
    return Container(folder / f"{index}-of-{count}{ENDING}")


def containers_in(folder: Path) -> dict[str, list[Container]]:
    """Where the runs in a folder are kept, by identity. Raises ContainerError."""
    where: dict[str, list[Container]] = {}
    for path in sorted(folder.glob(f"*{ENDING}")):
        container = Container(path)
        for identity in container.identities():
            where.setdefault(identity, []).append(container)
    return where
