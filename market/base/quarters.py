"""Quarters as whole numbers: 0 is the first quarter of 2017, the first of every run."""

import re

from agents.calendar import QUARTERS_PER_YEAR

FIRST_YEAR = 2017
_LABEL = re.compile(r"([0-9]{4})Q([1-4])")


def label(index: int) -> str:
    """Name of a quarter, such as ``2017Q1`` for 0; negative numbers lie before 2017."""
    year, quarter = divmod(index, QUARTERS_PER_YEAR)
    return f"{FIRST_YEAR + year}Q{quarter + 1}"


def index(name: str) -> int:
    """Number of the quarter called ``name``. Raises ValueError if it is not like ``2017Q1``."""
    match = _LABEL.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is not a quarter; write it like 2024Q4")
    return (int(match[1]) - FIRST_YEAR) * QUARTERS_PER_YEAR + int(match[2]) - 1


def year(index: int) -> int:
    """Calendar year of a quarter."""
    return FIRST_YEAR + index // QUARTERS_PER_YEAR


LAST_RECORD = index("2024Q4")
"""Last quarter of which market outcomes are recorded; later ones are held out for validation."""
LAST_SIMULATED = index("2060Q4")
"""Last quarter that any run may reach."""
