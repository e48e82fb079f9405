"""A user's own tables in place of shipped ones: which folders are named, and what a market built with them reads.

A *data pack* is a folder with tables that differ, each under the name of the shipped one. A scenario names folders
and the hash of what they held when it was loaded; every market reads them anew, so a worker needs nothing else.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import field_validator

from market.base import tables
from market.base.computed_roads import computed_corridors
from market.base.names import nearest
from market.base.parameter import Group, rule_field
from market.base.regular_files import MIB, decoded, read_bytes
from market.base.sets import REGION_TABLE
from market.base.table_contents import refuse_other_size
from market.base.table_links import (
    REGION,
    STATE,
    in_order,
    refuse_faulty,
    refuse_incomplete,
    refuse_unlinked,
)

NOTE = "pack.toml"
"""Who made a pack, when, under which license, and the units of its columns; nothing of a run depends on it."""
MOST_BYTES = 32 * MIB
"""Of a table; the largest shipped one has a tenth of a MiB."""
_MOST_FILES = 1_000
_ZONES, _ROADS = "zones", "corridors"
_HASH_SHOWN = 12
NOT_OF_RUNS = frozenset({
    "fast_ports", "fleet_by_age", "plant_utilisation", "plug_reliability", "published_forecasts",
    "road_distances_known", "trust_surveys",
})  # fmt: skip
"""Tables that no run reads: evidence, validation and hindcasts alone."""
STAY = frozenset({"consumer_prices", "supply_limits"})
"""Tables that are read while a run goes on, when its packs are closed."""


class DataPacks(Group):
    """Folders with tables in place of the shipped ones."""

    packs: str = rule_field("", "folders with tables of your own, with commas; of two with one table the later counts")
    sha256: str = rule_field("", "hash of the tables in them; found when a scenario is loaded, checked by every run")

    @field_validator("packs", mode="before")
    @classmethod
    def _joined(cls, value: object) -> object:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders one by one."""
        return tuple(Path(name.strip()) for name in self.packs.split(",") if name.strip())


@dataclass(frozen=True)
class OwnTables:
    """Tables in place of shipped ones, by name, and the SHA-256 of the file of each."""

    frames: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """Hash of all tables, whatever packs they are from; nothing where there are none."""
        told = "".join(f"{name} {self.hashes[name]}\n" for name in sorted(self.hashes))
        return hashlib.sha256(told.encode()).hexdigest() if told else ""

    def read(self, name: str) -> pd.DataFrame:
        """The table that counts, a copy."""
        return self.frames[name].copy() if name in self.frames else tables.load(name)

    def open(self) -> AbstractContextManager[None]:
        """While it is open, tables are read from here and shipped ones only where there is none."""
        return tables.edited(self._edit) if self.frames else nullcontext()

    def _edit(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        return self.frames[name].copy() if name in self.frames else frame


def own_tables(named: DataPacks) -> OwnTables:
    """What the packs of a scenario hold now. Raises TableError, also if that is not what its hash says."""
    found = read_packs(named.folders)
    if named.sha256 != found.sha256:
        held = f"tables {found.sha256[:_HASH_SHOWN] or 'none'} instead of {named.sha256[:_HASH_SHOWN] or 'none told'}"
        raise tables.TableError(
            f"data.packs {named.packs or '(none)'}: they hold {held}; name them anew with --data, or restore them"
        )
    return found


def opened(named: DataPacks) -> AbstractContextManager[None]:
    """While it is open, tables are read as a scenario names them. Raises TableError as ``own_tables``."""
    return own_tables(named).open()


def read_packs(folders: Sequence[Path]) -> OwnTables:
    """Tables of packs, each checked, of two with one table that of the later pack. Raises TableError.

    Zones that are not the shipped ones have computed roads unless packs give the table ``corridors``.
    """
    frames: dict[str, pd.DataFrame] = {}
    hashes: dict[str, str] = {}
    for folder in folders:
        for name in table_names(folder):
            content = _content(folder, name)
            frames[name] = _table(folder, name, content)
            hashes[name] = hashlib.sha256(content).hexdigest()
    if _ZONES in frames and _ROADS not in frames and set(frames[_ZONES]["zone"]) != set(tables.load(_ZONES)["zone"]):
        frames[_ROADS] = computed_corridors(frames[_ZONES])
    found = OwnTables(frames, hashes)
    try:
        refuse_unlinked(found.read, found.frames)
        _refuse_faulty(found)
        refuse_other_size(found.read, found.frames)
    except tables.TableError as error:
        raise tables.TableError(f"data pack {', '.join(map(str, folders))}: {error}") from error
    return found


def table_names(folder: Path) -> list[str]:
    """Names of the tables in a pack, sorted. Raises TableError for what is no pack or holds what no pack may hold."""
    try:
        held = sorted(path.name for path in folder.iterdir())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no folder can have such a name"
        raise tables.TableError(f"data pack {folder} cannot be read ({reason}); give a folder with tables") from error
    if len(held) > _MOST_FILES:
        raise tables.TableError(f"data pack {folder} holds {len(held):,} files; give a folder with tables alone")
    found = [name.removesuffix(".csv") for name in held if name.endswith(".csv") and not name.startswith(".")]
    for name in found:
        if name not in tables.names():
            hint = nearest(name, tables.names()) if len(name) <= max(map(len, tables.names())) else "rename it"
            raise tables.TableError(f"data pack {folder}: {name}.csv is no table{_pointed(hint)}")
        if name in NOT_OF_RUNS | STAY:
            why = "no run reads it" if name in NOT_OF_RUNS else "it stays as shipped in every run"
            raise tables.TableError(f"data pack {folder}: {name}.csv changes nothing, {why}; take it out")
    if not found:
        raise tables.TableError(f"data pack {folder} holds no table; add one, as `detour data template` writes it")
    return found


def _pointed(hint: str) -> str:
    return f"; {hint}" if not hint.startswith("known") else "; `detour data template` names them"


def _content(folder: Path, name: str) -> bytes:
    path = folder / f"{name}.csv"
    if path.is_symlink():
        raise tables.TableError(f"data pack {folder}: {name}.csv is a link; put the file itself there")
    try:
        return read_bytes(path, MOST_BYTES)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise tables.TableError(f"data pack {folder}: {name}.csv cannot be read ({reason}); give a CSV file") from error


def _table(folder: Path, name: str, content: bytes) -> pd.DataFrame:
    try:
        frame = tables.from_text(name, decoded(content))
    except ValueError as error:
        shown = str(error) if isinstance(error, tables.TableError) else f"{name}.csv: {error}; save it as CSV UTF-8"
        raise tables.TableError(f"data pack {folder}: {shown}") from error
    if frame.empty:
        raise tables.TableError(f"data pack {folder}: table {name} has no rows; fill it or take it out")
    return in_order(tables.sources()[name], frame, tables.load(name))


def _refuse_faulty(found: OwnTables) -> None:
    of_sets = {STATE: "states", REGION: REGION_TABLE}
    sets = {column: frozenset(found.read(name)[column]) for column, name in of_sets.items()}
    for name, frame in found.frames.items():
        refuse_faulty(name, frame, tables.sources()[name], tables.load(name), sets)
    if set(of_sets.values()) & set(found.frames):
        for name in tables.names():
            if name not in NOT_OF_RUNS and name not in found.frames:
                refuse_incomplete(name, tables.load(name), tables.sources()[name], tables.load(name), sets)
