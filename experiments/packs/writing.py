"""Packs as they are written: tables as CSV, and a note with units; nothing that is there is overwritten."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from experiments.errors import InputError
from experiments.inputs.data_packs import read_note
from experiments.inputs.parameter_list import nearest
from experiments.runs.whole_files import reason, write_whole
from market.base import tables
from market.packs import NOT_OF_RUNS, NOTE, STAY


@dataclass(frozen=True)
class Author:
    """What a note says of a pack: who made it, under which license, and what is in it."""

    by: str = "say who made this"
    license: str = "say under which license"
    description: str = ""


def table_of_a_pack(name: str) -> str:
    """The name of a table that a pack may hold. Raises InputError for others."""
    if name not in tables.names():
        hint = nearest(name, tables.names()) or f"; there are {', '.join(tables.names())}"
        raise InputError(f"{name} is no table{hint}")
    if name in NOT_OF_RUNS | STAY:
        why = "no run reads it" if name in NOT_OF_RUNS else "it stays as shipped in every run"
        raise InputError(f"table {name} is none of a pack: {why}")
    return name


def write_template(name: str, folder: Path) -> Path:
    """Put a shipped table into a pack, to be edited there; its file. Raises InputError, also if it is there."""
    table_of_a_pack(name)
    content = (tables.DATA / f"{name}.csv").read_bytes()
    license_ = tables.sources()[name].license or Author.license
    author = Author(license=license_, description=f"From the shipped table {name}")
    return write_files(folder, {f"{name}.csv": content}, author)[0]


def write_tables(folder: Path, frames: Mapping[str, pd.DataFrame], author: Author) -> list[Path]:
    """Put tables into a pack, new or there already; their files. Raises InputError, also if a table is there."""
    named = {f"{table_of_a_pack(name)}.csv": frame.to_csv(index=False).encode() for name, frame in frames.items()}
    return write_files(folder, named, author)


def write_files(folder: Path, contents: Mapping[str, bytes], author: Author) -> list[Path]:
    """Put files into a pack, tables (``.csv``) with their units in the note; all or none. Raises InputError.

    Nothing that is there is overwritten; a table is checked by whoever reads the pack.
    """
    paths = [folder / name for name in contents]
    there = next((path for path in paths if os.path.lexists(path)), None)
    if there is not None:
        raise InputError(f"{there} is there already and stays; move it away, or choose another --out")
    note = _note(folder, [name.removesuffix(".csv") for name in contents if name.endswith(".csv")], author)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(paths, contents.values(), strict=True):
            write_whole(path, content)
        write_whole(folder / NOTE, note.encode())
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({reason(error)}); choose another --out") from error
    return paths


def _note(folder: Path, names: Sequence[str], author: Author) -> str:
    """The text of a pack's note with the units of new tables, below what it says already."""
    path = folder / NOTE
    if os.path.lexists(path):
        told = read_note(folder, complete=False).units
        units = "".join(_units(name) for name in names if name not in told)
        return f"{path.read_text(encoding='utf-8').rstrip()}\n{units}"
    units = "".join(_units(name) for name in names)
    name = folder.absolute().name or "data"
    values = {"name": name, "by": author.by, "date": datetime.now(UTC).date(), "license": author.license}
    lines = [f"{key} = {_toml(value)}" for key, value in {**values, "description": author.description}.items()]
    return "\n".join(lines) + f"\n{units}"


def _units(name: str) -> str:
    columns = tables.sources()[name].columns.items()
    return f"\n[units.{name}]\n" + "".join(f"{label} = {_toml(rule.unit)}\n" for label, rule in columns)


def _toml(value: object) -> str:
    """A text between quotes, or a date, as TOML writes it."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(printable(str(value)), ensure_ascii=False)


def printable(text: str) -> str:
    """A text as a note keeps it."""
    return "".join(char if char.isprintable() else " " for char in text)
