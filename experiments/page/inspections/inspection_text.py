"""The parts of an inspection as plain data: facts, bars that compare one thing with another, and a history."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True)
class Bar:
    """One term of a comparison, such as thousand dollars for (positive) or against; ``note``: how it is counted."""

    label: str
    value: float
    note: str = ""


@dataclass(frozen=True)
class Compared:
    """Two things side by side: their names, and for each row a label and both values."""

    names: tuple[str, str]
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Inspection:
    """An agent at the end of a quarter; ``why`` says why in words, ``bars`` are the terms behind it in ``bar_unit``.

    ``ends``: what a bar to the left of zero and one to the right of it speak for; ``total``: what the bars come to, in
    words; ``compared``: what is weighed, as it is before it is weighed.
    """

    title: str
    note: str
    sees: list[Fact]
    decided: list[Fact]
    why: str
    bars: list[Bar]
    bar_unit: str
    history: list[str]
    ends: tuple[str, str] = ("against", "for")
    total: str = ""
    compared: Compared | None = None


_BILLION_MUSD = 1_000.0
ARCHETYPE = "A calibrated archetype under a real name, not a forecast of the company."


def musd(value: float) -> str:
    """Millions of dollars, in billions where that is shorter."""
    return f"{value / _BILLION_MUSD:,.2f} B$" if abs(value) >= _BILLION_MUSD else f"{value:,.0f} M$"


def dollars(kusd: float) -> str:
    """Thousands of dollars as dollars, to the nearest ten."""
    usd = round(1e3 * kusd, -1)
    return f"-${-usd:,.0f}" if usd < 0 else f"${abs(usd):,.0f}"
