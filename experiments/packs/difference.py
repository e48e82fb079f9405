"""How tables of a pack differ from the shipped ones: rows by their keys, cells, sums of columns."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import pandas as pd

from market.base import tables
from market.packs import OwnTables

_ROW = "row"
_WHOLE = 999_999.5  # from which six digits leave no decimals


@dataclass(frozen=True)
class Difference:
    """A table against the shipped one. ``added``, ``gone``: rows by key; ``changed``: (row, column, shipped, own).

    ``sums``: (shipped, own) by number column that is no part of the key.
    """

    name: str
    rows: int
    added: list[str]
    gone: list[str]
    changed: list[tuple[str, str, object, object]]
    sums: Mapping[str, tuple[float, float]]

    @property
    def sentence(self) -> str:
        """What differs, in numbers."""
        return (
            f"{self.name}: {self.rows:,} rows; {len(self.changed):,} cells changed, {len(self.added):,} rows added, "
            f"{len(self.gone):,} gone"
        )


def differences(own: OwnTables) -> list[Difference]:
    """Every table of packs against the shipped one, by name."""
    return [_difference(name, tables.load(name), own.frames[name]) for name in sorted(own.frames)]


def sum_text(value: float) -> str:
    """A sum in six digits or whole, thousands parted by commas."""
    return f"{value:,.6g}" if abs(value) < _WHOLE else f"{value:,.0f}"


def _difference(name: str, shipped: pd.DataFrame, own: pd.DataFrame) -> Difference:
    key = list(tables.sources()[name].key)
    before, after = _by_key(shipped, key), _by_key(own, key)
    others = [column for column in shipped if column not in key]
    changed = [
        (row, str(column), before[row][column], after[row][column])
        for row in after
        if row in before
        for column in others
        if not _same(before[row][column], after[row][column])
    ]
    numbers = [column for column in others if pd.api.types.is_numeric_dtype(shipped[column])]
    return Difference(
        name, len(own), [row for row in after if row not in before], [row for row in before if row not in after],
        changed, {str(each): (float(shipped[each].sum()), float(own[each].sum())) for each in numbers},
    )  # fmt: skip


def _by_key(frame: pd.DataFrame, key: list[str]) -> dict[str, dict[Hashable, object]]:
    """Rows by what their key says, or by their place where a table has none."""
    records = frame.to_dict("records")
    names = [
        ", ".join(f"{column} {row[column]}" for column in key) if key else f"{_ROW} {place}"
        for place, row in enumerate(records, 1)
    ]
    return dict(zip(names, records, strict=True))


def _same(one: object, other: object) -> bool:
    return one == other or (one != one and other != other)  # noqa: PLR0124 - NaN is what differs from itself
