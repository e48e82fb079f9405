"""Bytes and text of a file that somebody gave: a regular file, not too large, UTF-8."""

import errno
import os
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from pathlib import Path

MIB = 2**20
_OPENED = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # what became a pipe since it was looked at must not make the command wait
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_OTHER_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_OTHER_MARKS = {  # the longer first: the mark of UTF-32 begins with that of UTF-16
    BOM_UTF32_LE: "UTF-32",
    BOM_UTF32_BE: "UTF-32",
    BOM_UTF16_LE: "UTF-16",
    BOM_UTF16_BE: "UTF-16",
}


def is_regular(path: Path) -> bool:
    """Whether there is a regular file that may be looked at; never raises, whatever the path."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def read_bytes(path: Path, most_bytes: int | None = None) -> bytes:
    """The content of a regular file. Raises OSError, also for pipes, devices, folders and more than ``most_bytes``."""
    try:
        _refuse_other_kinds(path.stat())
        with os.fdopen(os.open(path, _OPENED), "rb") as file:
            _refuse_other_kinds(os.fstat(file.fileno()))
            content = file.read(-1 if most_bytes is None else most_bytes + 1)
    except ValueError as error:
        raise OSError(errno.EINVAL, "no file can have such a name") from error
    if most_bytes is not None and len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes / MIB:g} MiB")
    return content


def _refuse_other_kinds(found: os.stat_result) -> None:
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"it is {_OTHER_KINDS.get(kind, 'something else')}, no regular file")


def decoded(content: bytes) -> str:
    """The text of UTF-8 with or without a byte-order mark. Raises ValueError that tells the encoding or the line."""
    for mark, encoding in _OTHER_MARKS.items():
        if content.startswith(mark):
            raise ValueError(f"it is {encoding} text")
    try:
        text = content.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ValueError(f"byte {error.object[error.start]:#04x} in line {line} is not UTF-8 text") from error
    if "\0" in text:
        raise ValueError("it holds null characters, as UTF-16 and files that are no text do")
    return text
