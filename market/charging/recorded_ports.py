"""Fast-charging ports by state: the record at the end of each quarter, and growth after it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters


@dataclass(frozen=True)
class RecordedPorts:
    """Year-end fast-charging ports of the states.

    states       state codes in alphabetical order
    first_year   calendar year of the first column
    year_end     shape (states, years), ports
    """

    states: tuple[str, ...]
    first_year: int
    year_end: Floats

    @property
    def last_quarter(self) -> int:
        """Number of the last quarter on record (0 is 2017Q1)."""
        return self._year_end_quarter(self.year_end.shape[1] - 1)

    def at(self, quarter: int, growth_per_year: float, recorded_until: int | None = None) -> Floats:
        """Ports by state at the end of a quarter, shape (states,).

        The record is used up to ``recorded_until`` (a quarter; the last on record if None), geometric
        between year-ends, linear from a year-end without ports. Later quarters grow from there by
        ``growth_per_year`` (0.2 is a fifth more each year). A back-test passes its origin as
        ``recorded_until`` so that no later port is known.
        Raises ValueError for a quarter before the first year-end on record.
        """
        last = self.last_quarter if recorded_until is None else min(recorded_until, self.last_quarter)
        years_after = max(quarter - last, 0) / QUARTERS_PER_YEAR
        growth = float((1.0 + growth_per_year) ** years_after)
        return self._recorded(min(quarter, last)) * growth

    def _recorded(self, quarter: int) -> Floats:
        quarters_in = quarter - self._year_end_quarter(0)
        if quarters_in < 0:
            raise ValueError(
                f"no fast-charging ports on record for {quarters.label(quarter)}; "
                f"the record begins in {quarters.label(self._year_end_quarter(0))}"
            )
        column, part = divmod(quarters_in, QUARTERS_PER_YEAR)
        if part == 0:
            return self.year_end[:, column].copy()
        share = part / QUARTERS_PER_YEAR
        start, end = self.year_end[:, column], self.year_end[:, column + 1]
        ratio = np.divide(end, start, out=np.ones_like(end), where=start > 0)
        return np.where(start > 0, start * ratio**share, end * share)

    def _year_end_quarter(self, column: int) -> int:
        return quarters.index(f"{self.first_year + column}Q4")


def recorded_ports(fast_ports: pd.DataFrame) -> RecordedPorts:
    """The table ``fast_ports`` (state, year, fast_ports) as arrays.

    Raises ValueError if a state lacks a year.
    """
    wide = fast_ports.pivot_table(index="state", columns="year", values="fast_ports").sort_index(kind="stable")
    years = [int(year) for year in wide.columns]
    if wide.isna().to_numpy().any() or years != list(range(years[0], years[-1] + 1)):
        raise ValueError("fast_ports must hold every state in every year from the first to the last")
    return RecordedPorts(
        states=tuple(str(state) for state in wide.index),
        first_year=years[0],
        year_end=wide.to_numpy(dtype=np.float64),
    )
