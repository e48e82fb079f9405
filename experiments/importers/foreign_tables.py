"""Tables in files that others publish: CSV in any usual encoding, sheets of workbooks; columns by normalized name."""

import io
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.errors import InputError
from market.base.regular_files import MIB, read_bytes

_MOST_BYTES = 512 * MIB
_MOST_UNPACKED = 1024 * MIB  # of a workbook
_MOST_COLUMNS = 2_000
_LONGEST_SHOWN = 40  # characters of a column's name in a sentence
_HEADER_ROWS = 6  # of a sheet, among which its header stands
_WORKBOOK = b"PK\x03\x04"
_PAGE = re.compile(rb"^\s*<(?:!doctype|!--|html|head|\?xml|body|meta|title|script|style|div|table|p>)", re.IGNORECASE)
_OTHERS = {b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old workbook (.xls)", b"PAR1": "a Parquet file"}
_NUMBER = r"[+-]?(?=\.?\d)(?:\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d+)?"
"""A number with a decimal point; commas part its thousands or are not there."""
_SWAPPED = str.maketrans(",.", ".,")
_TWICE = re.compile("[\u00c2\u00c3\u00e2]")
"""What most characters begin with that were written as UTF-8, read as Windows-1252 and written as UTF-8 again."""


@dataclass(frozen=True)
class ForeignTable:
    """A table of texts with the columns of a file, found by normalized names; empty cells are empty texts.

    ``commas``: a comma may be the decimal sign, because semicolons or tabs part the cells.
    """

    name: str
    frame: pd.DataFrame
    commas: bool = False

    def has(self, names: Sequence[str]) -> bool:
        """Whether it has a column of one of these names."""
        return self._found(names) is not None

    def texts(self, names: Sequence[str]) -> pd.Series:
        """The column of one of these names, without blanks around; empty where there is none."""
        found = self._found(names)
        if found is None:
            return pd.Series("", index=self.frame.index, dtype="object")
        return self.frame[found].fillna("").astype("object").map(_plain)

    def needed(self, names: Sequence[str], what: str) -> pd.Series:
        """The same of a column without which nothing can be told. Raises InputError that says what is missing."""
        if not self.has(names):
            raise InputError(f"{self.name} has no column of {what}; give one called {names[0]}")
        return self.texts(names)

    def numbers(self, texts: pd.Series) -> pd.Series:
        """Texts of a column as numbers, blanks as 0 and what is none as NaN; commas may part thousands.

        Raises InputError if a comma or point may be either sign and no other number of the column tells.
        """
        pointed = texts.map(_pointed) if self.commas and self._has_decimal_commas(texts) else texts
        bare = pointed.where(~pointed.str.fullmatch(_NUMBER), pointed.str.replace(",", "", regex=False))
        found = pd.to_numeric(bare.where(bare != "", "0"), errors="coerce")
        return found.where(np.isfinite(found))

    def degrees(self, texts: pd.Series) -> pd.Series:
        """Coordinates as numbers, NaN for what is none; they have no thousands."""
        return pd.to_numeric(texts.str.replace(",", ".", regex=False) if self.commas else texts, errors="coerce")

    def _has_decimal_commas(self, texts: pd.Series) -> bool:
        """Whether commas of a column are decimal signs. Raises InputError if it does not tell."""
        signed = texts[texts.str.contains("[.,]", regex=True)]
        point, comma = signed.str.fullmatch(_NUMBER), signed.map(_pointed).str.fullmatch(_NUMBER)
        of_points, of_commas, of_both = signed[point & ~comma], signed[comma & ~point], signed[point & comma]
        if of_points.empty == of_commas.empty and not (doubtful := pd.concat([of_both, of_commas])).empty:
            row, text = int(doubtful.index[0]) + 1, doubtful.iloc[0][:_LONGEST_SHOWN]
            column = str(texts.name)[:_LONGEST_SHOWN]
            raise InputError(
                f"{self.name}, row {row} below the header: {text} in column {column} has a decimal or a thousands "
                "sign, and the column does not tell which; write whole numbers without signs, others with a point alone"
            )
        return not of_commas.empty

    def _found(self, names: Sequence[str]) -> str | None:
        known = {normalized(str(column)): str(column) for column in reversed(list(self.frame))}
        return next((known[normalized(name)] for name in names if normalized(name) in known), None)


def normalized(name: str) -> str:
    """A column's name without case, blanks and signs."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _plain(value: object) -> str:
    text = str(value).strip()
    if not _TWICE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _pointed(text: str) -> str:
    """A number with decimal comma as one with decimal point, and the other way round."""
    return text.translate(_SWAPPED)


def bytes_of(path: Path) -> bytes:
    """The content of a file. Raises InputError, also for a web page or a PDF that was stored under another name."""
    try:
        content = read_bytes(path, _MOST_BYTES)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{path} cannot be read ({reason}); give a table as CSV or a workbook") from error
    if _PAGE.match(content[:1_000].removeprefix(b"\xef\xbb\xbf")):
        raise InputError(f"{path.name} is a web page and no table; the file was not there, download the table itself")
    other = next((what for mark, what in _OTHERS.items() if content.lstrip().startswith(mark)), None)
    if other is not None:
        raise InputError(f"{path.name} is {other} and no table; give a table as CSV or a workbook (.xlsx)")
    if not content.strip():
        raise InputError(f"{path.name} is empty; give a table with a header")
    return content


def csv_table(path: Path) -> ForeignTable:
    """The table of a CSV file in UTF-8, with or without its mark, or in Windows-1252. Raises InputError."""
    content = bytes_of(path)
    if content.startswith(_WORKBOOK):
        raise InputError(f"{path.name} is a workbook; save its sheet as CSV")
    text = _text(path, content)
    first = text.partition("\n")[0]
    separator = max((",", ";", "\t"), key=first.count)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # cells beyond the header would be lost
            frame = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, index_col=False)
    except (ValueError, OverflowError, pd.errors.ParserWarning) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path.name} is no table ({reason}); give a CSV file with one header") from error
    return _bounded(ForeignTable(path.name, frame, commas=separator != ","))


def _text(path: Path, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path.name} is UTF-16 text; save it as CSV UTF-8")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise InputError(f"{path.name} is no text of UTF-8 or Windows-1252; save it as CSV UTF-8")


def sheets(path: Path) -> Mapping[str, pd.DataFrame]:
    """Sheets of a workbook by name, cells as they are and without a header. Raises InputError."""
    content = bytes_of(path)
    if not content.startswith(_WORKBOOK):
        raise InputError(f"{path.name} is no workbook; give the .xlsx file, or its sheet as CSV")
    try:
        _refuse_swelling(path, content)
        found = pd.read_excel(io.BytesIO(content), sheet_name=None, header=None, dtype=object, engine="openpyxl")
    except InputError:
        raise
    except ImportError as error:
        raise InputError("workbooks need openpyxl; get it with pip install 'battery-detour[export]'") from error
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"{path.name} cannot be read as a workbook ({reason}); save it anew") from error
    return {str(name): frame for name, frame in found.items()}


def _refuse_swelling(path: Path, content: bytes) -> None:
    """Raise InputError for a workbook that would fill the memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
            raise InputError(f"{path.name} unpacks to more than {_MOST_UNPACKED // MIB} MiB; give a smaller one")


def sheet_table(name: str, raw: pd.DataFrame, mark: str) -> ForeignTable:
    """A sheet as a table; its header is the row, among the first, that has a column called ``mark``.

    Raises InputError if none has.
    """
    for place in range(min(_HEADER_ROWS, len(raw))):
        header = [str(cell).strip() for cell in raw.iloc[place]]
        if normalized(mark) in map(normalized, header):
            body = raw.iloc[place + 1 :].reset_index(drop=True)
            body.columns = pd.Index(header)
            return _bounded(ForeignTable(name, body.where(body.notna(), "")))
    raise InputError(
        f"{name} has no column {mark} in its first {_HEADER_ROWS} rows; give the sheet as it was published"
    )


def _bounded(table: ForeignTable) -> ForeignTable:
    if len(table.frame.columns) > _MOST_COLUMNS:
        raise InputError(
            f"{table.name} has {len(table.frame.columns):,} columns; give a table of at most {_MOST_COLUMNS:,}"
        )
    if table.frame.empty:
        shown = ", ".join(str(column)[:_LONGEST_SHOWN] for column in list(table.frame)[:5])
        raise InputError(f"{table.name} has a header ({shown}) and no rows; give a table with rows")
    return table
