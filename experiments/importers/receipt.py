"""What became of a file that was imported: rows read, kept and dropped by reason, sums beside the shipped ones."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from experiments.errors import InputError
from experiments.inputs.data_packs import LONGEST_SAID, read_note
from experiments.packs.difference import sum_text
from experiments.packs.writing import Author, printable, write_files
from experiments.shown_text import plain_text
from market.base.tables import TableError
from market.packs import NOTE, read_packs


@dataclass(frozen=True)
class Imported:
    """Tables of a pack and the receipt of how they came about.

    ``dropped``: rows by reason; with ``kept`` they are ``read``. ``sums``: by place, (shipped, own) of what ``unit``
    says. ``notes``: sentences on what was assumed. ``listed``: lines under headings, such as rows that were refused.
    """

    tables: Mapping[str, pd.DataFrame]
    read: int
    kept: int
    dropped: Mapping[str, int]
    unit: str
    sums: Mapping[str, tuple[float, float]]
    notes: Sequence[str] = ()
    listed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def lines(self, source: str) -> list[str]:
        """The receipt as text, a line each; nothing of it acts."""
        found = [f"{source}: {self.read:,} rows read, {self.kept:,} kept, {sum(self.dropped.values()):,} dropped"]
        found += [f"  {count:,} dropped: {reason}" for reason, count in self.dropped.items() if count]
        found += self.notes
        found += [f"{self.unit}, shipped and own:"]
        found += [f"  {place}: {sum_text(shipped)} and {sum_text(own)}" for place, (shipped, own) in self.sums.items()]
        for heading, lines in self.listed.items():
            found += [f"{heading}:", *(f"  {line}" for line in lines)] if lines else []
        return [plain_text(line) for line in found]


def write_import(folder: Path, imported: Imported, source: Path, author: Author, kind: str) -> list[str]:
    """Write the pack with its receipt beside the tables; the receipt's lines. Raises InputError."""
    _refuse_another_author(folder, author)
    lines = imported.lines(source.name)
    contents = {f"{name}.csv": frame.to_csv(index=False).encode() for name, frame in imported.tables.items()}
    contents[f"import-{kind}.txt"] = "".join(f"{line}\n" for line in lines).encode()
    _refuse_faulty(folder, contents)
    write_files(folder, contents, author)
    return lines


def _refuse_another_author(folder: Path, author: Author) -> None:
    """Raise InputError for an author or a license that says nothing, or that a pack's note would not tell."""
    for option, told, usual in (("by", author.by, Author.by), ("license", author.license, Author.license)):
        if not told.strip():
            raise InputError(f"--{option} is empty; {usual}, or leave it out")
        if len(told) > LONGEST_SAID:
            raise InputError(f"--{option} has {len(told):,} characters; give at most {LONGEST_SAID}")
        if told == usual or not os.path.lexists(folder / NOTE):
            continue
        held = getattr(read_note(folder, complete=False), option)
        if held != printable(told):
            raise InputError(
                f"--{option} is {told!r}, but {folder / NOTE} has {held!r}; leave it out, or choose another --out"
            )


def _refuse_faulty(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Raise InputError if no run would take the tables; they are looked at where nobody sees them."""
    with TemporaryDirectory() as aside:
        for name, content in contents.items():
            (Path(aside) / name).write_bytes(content)
        try:
            read_packs([Path(aside)])
        except TableError as error:
            raise InputError(str(error).replace(aside, str(folder))) from error


def first_reasons(rows: pd.DataFrame, tests: Mapping[str, pd.Series]) -> pd.Series:
    """Why each row is dropped: the first reason that holds for it; an empty text for rows that are kept."""
    reasons = pd.Series("", index=rows.index, dtype="object")
    for reason, holds in tests.items():
        reasons = reasons.mask(holds & (reasons == ""), reason)
    return reasons


def nothing_kept(wanting: str, reasons: pd.Series, advice: str) -> InputError:
    """What to raise if all rows of a file are dropped: what is wanting, how many were read, and why each went."""
    counted = ", ".join(f"{count:,} {reason}" for reason, count in counted_reasons(reasons).items())
    return InputError(f"{wanting}; {advice} ({len(reasons):,} rows read, all dropped: {counted})")


def counted_reasons(reasons: pd.Series) -> dict[str, int]:
    """Rows by the reason for which they are dropped."""
    return {str(reason): int(count) for reason, count in reasons[reasons != ""].value_counts(sort=False).items()}
