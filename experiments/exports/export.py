"""``detour export``: what is asked for, whether it can be written there, and the writing."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from experiments.errors import InputError, RunFailedError
from experiments.exports.exported_tables import DICTIONARY, ExportedTable, dictionary_of, exported_tables
from experiments.exports.formats import write_csv, write_duckdb, write_xlsx
from experiments.runs.whole_files import reason
from market.base.regular_files import is_regular

_CSV = ".csv"


@dataclass(frozen=True)
class _Format:
    """``default``: name in the folder of the result; ``library``: what it needs beside Detour, if anything."""

    write: Callable[[Sequence[ExportedTable], Path], None]
    default: str
    library: str | None = None


_FORMATS = {
    "csv": _Format(write_csv, "csv"),
    "xlsx": _Format(write_xlsx, "tables.xlsx", "openpyxl"),
    "duckdb": _Format(write_duckdb, "tables.duckdb", "duckdb"),
}


def write_export(folder: Path, to: str, out: Path | None, names: Sequence[str] = (), *, force: bool = False) -> Path:
    """Write tables of a run or study and their dictionary; where they are. Raises InputError, RunFailedError.

    ``to``: csv (a folder of files), xlsx or duckdb; ``names``: only these tables; ``force``: replace an earlier export.
    """
    if to not in _FORMATS:
        raise InputError(f"--to is {to}; it must be {', '.join(_FORMATS)}")
    asked = _FORMATS[to]
    if asked.library is not None and find_spec(asked.library) is None:
        raise InputError(f"--to {to} needs {asked.library}; get it with pip install 'battery-detour[export]'")
    path = folder / asked.default if out is None else out
    tables = exported_tables(folder, names)
    try:
        _check_free(path, force=force, as_folder=to == "csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        asked.write([*tables, dictionary_of(tables)], Path(os.path.abspath(path)))  # noqa: PTH100 - also of ".."
    except OSError as error:
        raise RunFailedError(f"{path} cannot be written ({reason(error)}); choose another --out") from error
    return path


def _check_free(path: Path, *, force: bool, as_folder: bool) -> None:
    """Raise InputError for a path that is taken, unless an earlier export may be replaced; nothing else ever is."""
    if not path.exists() and not path.is_symlink():
        return
    if not force:
        raise InputError(f"{path} is there already; --force replaces it, or choose another --out")
    if as_folder and not _is_export(path):
        raise InputError(f"{path} is no earlier export: it holds more than tables; choose another --out")
    if not as_folder and not is_regular(path):
        raise InputError(f"{path} is no file; choose another --out")


def _is_export(folder: Path) -> bool:
    """Whether a folder holds what an export wrote, and nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    held = list(folder.iterdir())
    only_tables = all(path.suffix == _CSV and path.is_file() and not path.is_symlink() for path in held)
    return only_tables and (not held or folder / f"{DICTIONARY}{_CSV}" in held)
