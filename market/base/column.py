"""Columns and rows of the result tables."""

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Series:
    """A column of a result table: its unit, the label a figure gives it and what more an analyst must know of it.

    ``meaning``: sentences after the label: the base of a share, the names there are, whether a flow is that of the
    quarter or a rate per year, when a cell is empty.
    """

    unit: str
    label: str
    meaning: str = ""

    @property
    def entry(self) -> str:
        """What the data dictionary says of the column: label and meaning."""
        return f"{self.label}. {self.meaning}" if self.meaning else self.label


Row: TypeAlias = dict[str, Any]
"""A row of a result table, or a part of one: values by column."""
