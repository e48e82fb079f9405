"""The parts of an inspection as plain data: facts, bars that compare one thing with another, and a history."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True)
class Bar:
    """One term of a comparison, such as thousand dollars for (positive) or against."""

    label: str
    value: float


@dataclass(frozen=True)
class Inspection:
    """An agent at the end of a quarter; ``why`` is a sentence, ``bars`` the terms behind it in ``bar_unit``."""

    title: str
    note: str
    sees: list[Fact]
    decided: list[Fact]
    why: str
    bars: list[Bar]
    bar_unit: str
    history: list[str]


_BILLION_MUSD = 1_000.0
ARCHETYPE = "A calibrated archetype under a real name, not a forecast of the company."


def musd(value: float) -> str:
    """Millions of dollars, in billions where that is shorter."""
    return f"{value / _BILLION_MUSD:,.2f} B$" if abs(value) >= _BILLION_MUSD else f"{value:,.0f} M$"
