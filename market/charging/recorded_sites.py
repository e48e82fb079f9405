"""Fast-charging sites and plugs by network and state: the record at the end of each quarter, growth after it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters
from market.base.categories import NETWORKS


@dataclass(frozen=True)
class YearEnds:
    """A figure of the states at the ends of years.

    first_year   calendar year of the first column
    year_end     shape (states, years)
    """

    first_year: int
    year_end: Floats

    @property
    def last_quarter(self) -> int:
        """Number of the last quarter on record (0 is 2017Q1)."""
        return self._year_end_quarter(self.year_end.shape[1] - 1)

    def at(self, quarter: int, growth_per_year: float, recorded_until: int | None = None) -> Floats:
        """The figure by state at the end of a quarter, shape (states,).

        The record is used up to ``recorded_until`` (a quarter; the last on record if None), geometric
        between year-ends, linear from a year-end with nothing. Later quarters grow from there by
        ``growth_per_year`` (0.2 is a fifth more each year). A back-test passes its origin as
        ``recorded_until`` so that nothing later is known.
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
                f"no fast-charging sites on record for {quarters.label(quarter)}; "
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


@dataclass(frozen=True)
class RecordedSites:
    """Sites and plugs of the networks, in the order of ``NETWORKS``; ``states``: codes in alphabetical order."""

    states: tuple[str, ...]
    sites: tuple[YearEnds, ...]
    plugs: tuple[YearEnds, ...]

    @property
    def last_quarter(self) -> int:
        """Number of the last quarter on record (0 is 2017Q1)."""
        return self.plugs[0].last_quarter

    def plugs_at(self, quarter: int, growth_per_year: float, recorded_until: int | None = None) -> Floats:
        """Plugs at the end of a quarter, shape (networks, states); see ``YearEnds.at``."""
        return np.stack([one.at(quarter, growth_per_year, recorded_until) for one in self.plugs])

    def sites_at(self, quarter: int, growth_per_year: float, recorded_until: int | None = None) -> Ints:
        """Whole sites at the end of a quarter, shape (networks, states): rounded, at least one where plugs are."""
        sites = np.stack([one.at(quarter, growth_per_year, recorded_until) for one in self.sites])
        plugs = self.plugs_at(quarter, growth_per_year, recorded_until)
        return np.maximum(np.floor(sites + 0.5), plugs > 0.0).astype(np.int64)


def recorded_sites(fast_sites: pd.DataFrame) -> RecordedSites:
    """The table ``fast_sites`` (state, year, network, sites, plugs) as arrays.

    Raises ValueError if a state or network lacks a year.
    """
    wide = fast_sites.pivot_table(index="state", columns=["network", "year"], values=["sites", "plugs"])
    wide = wide.sort_index(kind="stable")
    years = sorted({int(year) for year in fast_sites["year"]})
    whole = pd.MultiIndex.from_product([("sites", "plugs"), NETWORKS, range(years[0], years[-1] + 1)])
    if set(whole) != set(wide.columns) or wide.isna().to_numpy().any():
        raise ValueError("fast_sites must hold every state and network in every year from the first to the last")

    def of(column: str) -> tuple[YearEnds, ...]:
        return tuple(YearEnds(years[0], wide[column][name].to_numpy(dtype=np.float64)) for name in NETWORKS)

    return RecordedSites(tuple(str(state) for state in wide.index), of("sites"), of("plugs"))
