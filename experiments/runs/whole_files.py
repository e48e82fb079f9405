"""Files and folders that appear whole or not at all, however many write them; and where to go if a disk is full."""

import errno
import glob
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path

UNFINISHED = ".unfinished"
_OLD = ".old"
_EARLIER = "earlier"
_LEFTOVER_S = 86_400.0  # no write takes a day: what is older was left by one that was killed
_PROBE_BYTES = 65_536  # more than a folder's entry may hold by itself, little enough to write at once
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)  # what systems say if a folder is to take the place of another


def reason(error: OSError) -> str:
    """Why the disk refused, in the system's words."""
    return os.strerror(error.errno) if error.errno else str(error)


def beside(path: Path, ending: str = UNFINISHED) -> Path:
    """A name in the same folder that nobody else has, in this process, another or on another machine."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}{ending}")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, whatever stops. Raises OSError; then nothing is left."""
    unfinished = beside(path)
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def appearing_whole(folder: Path, keeps: Callable[[Path], bool] = lambda _old: False) -> Iterator[Path]:
    """A new sibling folder that takes the place of ``folder`` if all goes well and vanishes if not.

    Of several at the same time the last to end stays, and each of them ends well. ``keeps``: whether a folder whose
    place was taken stays, as one of ``earlier_ones``; it goes otherwise.
    """
    unfinished = beside(folder)
    _clear_up(folder)
    try:
        unfinished.mkdir()
        yield unfinished
        _take_place(unfinished, folder, keeps)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def earlier_ones(folder: Path) -> list[Path]:
    """Folders that had this one's name and were kept, the last one last."""
    return sorted(folder.parent.glob(f"{_EARLIER}-*-{glob.escape(folder.name)}"), key=_age_s, reverse=True)


def _keep(old: Path, folder: Path) -> None:
    """Give a folder that stepped aside a name to stay by."""
    for number in count(1):
        place = folder.with_name(f"{_EARLIER}-{number}-{folder.name}")
        if not place.exists():
            with suppress(OSError):  # another writer has just taken it
                old.rename(place)
                return


def _take_place(unfinished: Path, folder: Path, keeps: Callable[[Path], bool]) -> None:
    """Rename a folder over another. A system renames over an empty one only, so the one that is there steps aside."""
    aside: list[Path] = []
    try:
        while not _renamed(unfinished, folder):
            aside.append(beside(folder, _OLD))
            with suppress(FileNotFoundError):  # another writer has just moved it
                folder.rename(aside[-1])
    except BaseException:
        if not folder.exists():
            _put_back(aside, folder)
        raise
    finally:
        for old in aside:
            if old.exists() and keeps(old):
                _keep(old, folder)
            shutil.rmtree(old, ignore_errors=True)


def _renamed(unfinished: Path, folder: Path) -> bool:
    """Whether it could take the name; False if another folder has it."""
    try:
        unfinished.rename(folder)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
        return False
    return True


def _put_back(old: list[Path], folder: Path) -> None:
    """Give a folder that stepped aside its name again, the last one first."""
    for path in reversed(old):
        with suppress(OSError):
            path.rename(folder)
            return


def _clear_up(folder: Path) -> None:
    """Mend what a killed writer left: the result that stepped aside comes back, half-written ones go after a day."""
    old, unfinished = (
        sorted(folder.parent.glob(f".{folder.name}.*{ending}"), key=_age_s, reverse=True)
        for ending in (_OLD, UNFINISHED)
    )
    if not folder.exists():
        _put_back(old, folder)
    for leftover in (*old, *unfinished):
        if _age_s(leftover) > _LEFTOVER_S:
            shutil.rmtree(leftover, ignore_errors=True)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0  # it has just gone


def probe(folder: Path) -> None:
    """Write a little into a folder and remove it. Raises OSError if the disk refuses."""
    path = beside(folder / "probe")
    write_whole(path, bytes(_PROBE_BYTES))
    path.unlink()


@contextmanager
def tried(folder: Path) -> Iterator[None]:
    """Make a folder and see that it can be written to; folders that are new go again if what follows fails.

    Raises OSError if the disk refuses.
    """
    new: list[Path] = []
    try:
        new = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        probe(folder)
        yield
    except BaseException:
        for path in new:
            with suppress(OSError):  # it was never made, or somebody else writes there already
                path.rmdir()
        raise


def kept_elsewhere(write: Callable[[Path], object]) -> Path | None:
    """Write into a new folder of another place: for temporary files, then here, then home. None if all refuse."""
    for place in (tempfile.gettempdir, Path.cwd, partial(os.path.expanduser, "~")):
        folder = None
        try:
            folder = Path(place()) / f"detour-{secrets.token_hex(4)}"
            folder.mkdir()
            write(folder)
        except OSError:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            continue
        return folder
    return None
