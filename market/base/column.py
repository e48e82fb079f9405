"""Columns and rows of the result tables."""

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Series:
    """A column of a result table: its unit and the label a figure gives it."""

    unit: str
    label: str


Row: TypeAlias = dict[str, Any]
"""A row of a result table, or a part of one: values by column."""
