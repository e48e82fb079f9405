"""Saved states on disk: the user's cache folder, one plain file a state, never too many, never in the way."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from experiments.runs.whole_files import beside, reason
from market.base.object_edits import state_sha256
from market.base.object_pairs import Array
from market.base.regular_files import is_regular

SETTING = "DETOUR_CACHE"
"""The environment variable that names another folder; empty, no states are kept."""
MOST_BYTES = 2 * 2**30
"""Size of all states together; the one used longest ago makes room."""
_LARGEST_SHARE = 0.5  # of that size that one state may take
_SEAL = "sha256"
_ENDING = ".npz"
_ASKED = "asked"
_ASKED_BYTES = 65_536
_LEFTOVER_S = 86_400.0
_WAIT_S = 0.2

Tell = Callable[[str], None]
State = Mapping[str, Array]


def cache_folder() -> Path | None:
    """Where states are kept: as ``DETOUR_CACHE`` says or the system's habit is; None if there is none."""
    setting = os.environ.get(SETTING)
    if setting is not None:
        return Path(setting) if setting else None
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(base).expanduser() / "detour"
    except RuntimeError:
        return None  # nobody's home


@dataclass(frozen=True)
class Store:
    """States by key in a folder. What cannot be read or written is told in one line and costs no run."""

    folder: Path
    tell: Tell
    most_bytes: int = MOST_BYTES
    _told: set[str] = field(default_factory=set)

    def path(self, key: str) -> Path:
        """The file of a state."""
        return self.folder / f"{key}{_ENDING}"

    def read(self, key: str) -> dict[str, Array] | None:
        """A state; None if there is none, or none that can be used."""
        path = self.path(key)
        if not is_regular(path):
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
                state = {name: content[name] for name in content.files}
            os.utime(path)
        except (OSError, ValueError, TypeError, LookupError, EOFError, BadZipFile, RuntimeError, MemoryError) as error:
            self._say(f"the saved state {path} cannot be read ({_why(error)}); it is made again")
            return None
        if bytes(state.pop(_SEAL, np.empty(0, np.uint8))).decode("ascii", "replace") != state_sha256(state):
            self._say(f"the saved state {path} is damaged; it is made again")
            return None
        return state

    def write(self, key: str, state: State) -> None:
        """Keep a state, unless it is too large; older ones make room."""
        size = sum(array.nbytes for array in state.values())
        if size > _LARGEST_SHARE * self.most_bytes:
            return
        seal = np.frombuffer(state_sha256(state).encode(), np.uint8)
        unfinished = beside(self.path(key))
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                np.savez(file, allow_pickle=False, **{**state, _SEAL: seal})
            unfinished.replace(self.path(key))
            self._make_room(key)
        except OSError as error:
            self._say(f"no state is saved: {self.folder} cannot be written ({reason(error)})")
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def forget(self, key: str, why: str) -> None:
        """Remove a state that does not fit."""
        self._say(f"the saved state {self.path(key)} is not used ({why}); it is made again")
        with suppress(OSError):
            self.path(key).unlink(missing_ok=True)

    def was_asked(self, key: str) -> bool:
        """Whether a state has been asked for before; from now on it has."""
        path = self.folder / _ASKED
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            known = path.read_bytes() if is_regular(path) else b""
            if key.encode() in known:
                return True
            with path.open("ab" if len(known) < _ASKED_BYTES else "wb") as file:
                file.write(f"{key}\n".encode())
        except OSError as error:
            self._say(f"no state is saved: {self.folder} cannot be written ({reason(error)})")
        return False

    @contextmanager
    def making(self, key: str) -> Iterator[None]:
        """Make a state alone: others that want it wait until it is there. Without locks of the system nobody waits."""
        if sys.platform == "win32":
            yield
            return
        import fcntl  # noqa: PLC0415 - Windows has no such module

        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = (self.folder / f"{key[:2]}.lock").open("ab")
        except OSError as error:
            self._say(f"no state is saved: {self.folder} cannot be written ({reason(error)})")
            yield
            return
        with file:
            while not _locked(lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)):
                time.sleep(_WAIT_S)
            yield

    def _make_room(self, key: str) -> None:
        """Remove what killed writers left, and the states used longest ago if there are too many; not the one named."""
        now = time.time()
        for path in self.folder.glob(f".*{_ENDING}.*"):
            if now - path.stat().st_mtime > _LEFTOVER_S:
                path.unlink(missing_ok=True)
        files = [(path.stat(), path) for path in self.folder.glob(f"*{_ENDING}")]
        total = sum(about.st_size for about, _ in files)
        for about, path in sorted(files, key=lambda each: each[0].st_mtime):
            if total > self.most_bytes and path != self.path(key):
                path.unlink(missing_ok=True)
                total -= about.st_size

    def _say(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self.tell(line)


def _locked(lock: Callable[[], None]) -> bool:
    try:
        lock()
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks
    return True


def _why(error: BaseException) -> str:
    return reason(error) if isinstance(error, OSError) else str(error) or type(error).__name__
