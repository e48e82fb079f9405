"""Data packs as somebody gives them: a folder with tables, and a note that says who made it and in which units."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.errors import InputError
from experiments.inputs.parameter_list import PACKS, PACKS_SHA256, Value, nearest
from experiments.inputs.regular_files import ForeignFileError
from experiments.inputs.toml_files import read_toml
from market.base.regular_files import is_regular
from market.base.tables import TableError, sources
from market.packs import NOTE, OwnTables, read_packs, table_names
from market.scenario import Scenario

Folders: TypeAlias = str | Path | Sequence[str | Path]
"""One folder of a data pack, or several."""
_LONGEST_PATH = 1_000  # characters: assumption
_HASH_SHOWN = 12
_LONGEST_SHOWN = 60  # characters of a wrong unit
LONGEST_SAID = 500
"""Characters of a name, an author or a license in a note."""
_Short = Annotated[str, Field(min_length=1, max_length=LONGEST_SAID)]
_TEMPLATE = "`detour data template TABLE` writes it"


class PackSaid(BaseModel):
    """Who made a pack, when, and under which license, as results keep it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Short
    by: _Short
    date: date
    license: _Short

    @classmethod
    def of(cls, note: "PackNote") -> "PackSaid":
        """What a pack's note says of it."""
        return cls(name=note.name, by=note.by, date=note.date, license=note.license)

    def __str__(self) -> str:
        return f"{self.name}, by {self.by}, {self.date.isoformat()}, {self.license}"


class PackNote(PackSaid):
    """What ``pack.toml`` says: who made a pack, and the unit of every column in it.

    ``units``: by table and column; they must be those of the shipped tables, so that nobody gives MWh for GWh.
    """

    model_config = ConfigDict(strict=True)

    description: Annotated[str, Field(max_length=5_000)] = ""
    units: dict[str, dict[str, str]] = {}


def read_note(folder: Path, *, complete: bool = True) -> PackNote:
    """What a pack says of itself, its units checked if it is ``complete``, with all its tables. Raises InputError."""
    path = folder / NOTE
    if not os.path.isdir(folder):  # noqa: PTH112 - that of Path raises for a name that no folder can have
        raise InputError(f"data pack {folder} is no folder; give one with tables and {NOTE}")
    if path.is_symlink() or not is_regular(path):
        raise InputError(f"data pack {folder} has no file {NOTE} of its own; {_TEMPLATE}")
    try:
        note = PackNote.model_validate(read_toml(path))
    except ForeignFileError as error:
        raise InputError(f"data pack {folder}: {error}") from error
    except ValidationError as error:
        raise InputError(f"data pack {folder}: {NOTE}: {_sentence(error)}") from error
    if complete:
        _check_units(folder, note)
    return note


def _sentence(error: ValidationError) -> str:
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")  # a slip is what is missing too
    place, reason = ".".join(map(str, first["loc"])), first["msg"]
    if first["type"] == "extra_forbidden":
        return f"{place} is no key of it{nearest(place, PackNote.model_fields)}"
    if first["type"] == "missing":
        return f"{place} is missing; say who made the pack, when (date = 2025-01-31) and under which license"
    return f"{place}: {reason[:1].lower()}{reason[1:]}"


def _check_units(folder: Path, note: PackNote) -> None:
    """Raise InputError unless the note gives the unit of each column of each table that is there."""
    try:
        held = table_names(folder)
    except TableError as error:
        raise InputError(str(error)) from error
    for name in held:
        told = note.units.get(name, {})
        for column, rule in sources()[name].columns.items():
            if column not in told:
                raise InputError(f"data pack {folder}: {NOTE} gives no unit of {name}.{column}; {_TEMPLATE}")
            if told[column] != rule.unit:
                wrong = told[column][:_LONGEST_SHOWN]
                raise InputError(
                    f"data pack {folder}: {NOTE} gives {name}.{column} in {wrong!r}; the table has it in "
                    f"{rule.unit!r}: convert the column"
                )
    idle = next((name for name in note.units if name not in held), None)
    if idle is not None:
        raise InputError(f"data pack {folder}: {NOTE} gives units of {idle}, but there is no {idle}.csv; add it")


def checked_packs(folders: Sequence[Path]) -> tuple[list[PackNote], OwnTables]:
    """Notes and tables of packs, all of it checked. Raises InputError."""
    try:
        notes = [read_note(folder) for folder in folders]
        return notes, read_packs(folders)
    except TableError as error:
        raise InputError(str(error)) from error


def joined(folders: Sequence[Path | str], beside: Path = Path()) -> str:
    """Folders of packs as a scenario names them, looked for from the folder ``beside``; each once, where it was last.

    Raises InputError.
    """
    last_first = dict.fromkeys(str((beside / folder).absolute()) for folder in reversed(folders))
    found = list(reversed(last_first))
    for each in found:
        if "," in each or len(each) > _LONGEST_PATH or not each.isprintable():
            raise InputError(f"data pack {each[:_LONGEST_PATH]!r}: name a folder without commas, in fewer characters")
    return ", ".join(found)


def folders_of(data: Folders) -> tuple[Path, ...]:
    """One folder or several as several."""
    return (Path(data),) if isinstance(data, str | Path) else tuple(Path(each) for each in data)


def packs_in(text: str) -> list[str]:
    """The folders that a value of ``data.packs`` names."""
    return [name.strip() for name in text.split(",") if name.strip()]


def with_packs(values: Mapping[str, Value], added: Sequence[Path | str] = ()) -> dict[str, Value]:
    """Parameters by ``group.key`` with more packs, of which later ones count, and the hash of what all packs hold.

    A hash that is given must be that. Raises InputError.
    """
    given = packs_in(str(values.get(PACKS, "")))
    folders = joined([*given, *added])
    pinned = str(values.get(PACKS_SHA256, ""))
    rest = {name: value for name, value in values.items() if name not in (PACKS, PACKS_SHA256)}
    if not folders:
        if pinned:
            raise InputError(f"{PACKS_SHA256} is given without {PACKS}; name the folders too")
        return rest
    if pinned:
        held = checked_packs([Path(folder) for folder in given])[1].sha256
        if held != pinned:
            raise InputError(
                f"{PACKS} {', '.join(given)}: they hold tables {held[:_HASH_SHOWN] or 'none'} instead of "
                f"{pinned[:_HASH_SHOWN]}; restore them, or leave {PACKS_SHA256} out"
            )
    _, found = checked_packs([Path(folder) for folder in packs_in(folders)])
    return {**rest, PACKS: folders, PACKS_SHA256: found.sha256}


def scenario_with_packs(scenario: Scenario, added: Sequence[Path]) -> Scenario:
    """A scenario with more data packs, of which later ones count. Raises InputError."""
    if not added:
        return scenario
    values = with_packs({PACKS: scenario.data.packs, PACKS_SHA256: scenario.data.sha256}, added)
    return scenario.with_(data={"packs": values[PACKS], "sha256": values[PACKS_SHA256]})
