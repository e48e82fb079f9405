"""What a column of a result table carries with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """A column of a result table: its unit and the label a figure gives it."""

    unit: str
    label: str
