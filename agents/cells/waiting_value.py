"""What it is worth to keep a line and decide later: one value-iteration table for all its states (M14).

A line's margin in either use is a random walk, the production credit falls by calendar quarter. Value iteration
(Dixit and Pindyck 1994, ch. 5-7; explicit finite differences) gives the value of running on, of standing idle and of
holding a plan, each with all that may be decided later: to idle, restart, convert, build or give up.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.ndimage import map_coordinates

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import annuity_years

_LEVELS = (-100.0, 130.0)  # $/kWh-year of capacity: what is beyond is decided as at the edge
_STEP = 2.5  # $/kWh-year between margins; wider where the walk is, for the scheme to be stable
_CONVERGED = 1e-3  # M$ per GWh/year between two iterations
_MOST_ITERATIONS = 2000
_TABLES_KEPT = 2  # runs of a worker mostly expect the same credits


@dataclass(frozen=True)
class WaitingTerms:
    """What the table rests on; costs in $ for a kWh a year of capacity, a year, but ``restart`` in M$ per GWh/year.

    ``volatility``: of the margin in each use, $/kWh per square root of a year; ``fixed``: cost of a line that
    stands, ``upkeep`` the part of it saved while idle; ``holding``: cost of a plan or site that is kept.
    """

    discount_rate: float
    horizon_quarters: int
    volatility: float
    fixed: float
    upkeep: float
    holding: float
    restart: float

    @property
    def annuity_years(self) -> float:
        """Present value of 1 $ a year over the horizon."""
        return annuity_years(self.discount_rate, self.horizon_quarters)

    @property
    def keeps(self) -> float:
        """What a quarter leaves of a value: so that 1 $ a year for ever is worth the annuity of the horizon."""
        return 1.0 - 1.0 / (QUARTERS_PER_YEAR * self.annuity_years)


@dataclass(frozen=True)
class KeepValues:
    """Value of doing nothing this quarter and deciding later, M$ per GWh/year, looked up when it is asked for.

    ``tables``: of running, standing idle and a plan held, by state; ``place``: (4, ...) in axes of the first two.
    """

    tables: tuple[Floats, Floats, Floats]
    place: Floats

    @property
    def running(self) -> Floats:
        """Of a line that runs."""
        return np.asarray(map_coordinates(self.tables[0], self.place, order=1, mode="nearest"))

    @property
    def idle(self) -> Floats:
        """Of a line that stands idle."""
        return np.asarray(map_coordinates(self.tables[1], self.place, order=1, mode="nearest"))

    @property
    def held(self) -> Floats:
        """Of a plan held."""
        return np.asarray(map_coordinates(self.tables[2], self.place[[1, 3]], order=1, mode="nearest"))


class WaitingTable:
    """Value of waiting by state, margins of both uses and quarter of the credit; ``keep_values`` looks it up.

    Axes: weight of the credit in the own use and after the change (0 and 1, between them linear), level of the own
    margin, level of the value after the change; levels in $ for a kWh a year, without the credit.
    """

    def __init__(self, terms: WaitingTerms, credit_usd_per_kwh: Floats) -> None:
        """``credit_usd_per_kwh``: by quarter from the table's first on, (quarters,); later as in the last of them."""
        self._terms = terms
        self.credit_usd_per_kwh = credit_usd_per_kwh
        step = max(_STEP, terms.volatility / np.sqrt(QUARTERS_PER_YEAR))
        self._level = np.arange(_LEVELS[0], _LEVELS[1] + step, step)
        self._spreads = terms.volatility**2 / (
            2.0 * QUARTERS_PER_YEAR * step**2
        )  # chance of a step up, and of one down
        self._pv = self._credit_values()
        self._quarters: list[tuple[Floats, Floats, Floats]] = []
        self._solve()

    def _credit_values(self) -> Floats:
        """Present value of the credit from each quarter on, $ for a kWh a year, (quarters,)."""
        keeps, credit = self._terms.keeps, self.credit_usd_per_kwh / QUARTERS_PER_YEAR
        value = np.empty(credit.size)
        value[-1] = credit[-1] / (1.0 - keeps)
        for quarter in range(credit.size - 2, -1, -1):
            value[quarter] = credit[quarter] + keeps * value[quarter + 1]
        return value

    def _expected(self, value: Floats, axis: int) -> Floats:
        """Expectation over the next quarter's walk along one axis; it ends at the edges."""
        up = np.take(value, np.minimum(np.arange(self._level.size) + 1, self._level.size - 1), axis)
        down = np.take(value, np.maximum(np.arange(self._level.size) - 1, 0), axis)
        return np.asarray(value + self._spreads * (up + down - 2.0 * value))

    def _kept(self, after: tuple[Floats, Floats, Floats], quarter: int) -> tuple[Floats, Floats, Floats]:
        """Values of doing nothing in a quarter, from those of having the choice in the next."""
        terms, weight = self._terms, np.array([0.0, 1.0])
        running, idle = (terms.keeps * self._expected(self._expected(value, 2), 3) for value in after[:2])
        flow = self._level[None, :] + weight[:, None] * self.credit_usd_per_kwh[quarter]
        held = terms.keeps * self._expected(after[2], 1) - terms.holding / QUARTERS_PER_YEAR
        return (
            running + flow[:, None, :, None] / QUARTERS_PER_YEAR,
            idle - (terms.fixed - terms.upkeep) / QUARTERS_PER_YEAR,
            held,
        )

    def _chosen(self, kept: tuple[Floats, Floats, Floats], quarter: int) -> tuple[Floats, Floats, Floats]:
        """Values of the best that can be done: nothing, change, idle or restart, give up."""
        running, idle, held = kept
        changed = self._level * self._terms.annuity_years + np.array([[0.0], [1.0]]) * self._pv[quarter]
        best = np.maximum(changed, 0.0)
        run = np.maximum(np.maximum(running, idle), best[None, :, None, :])
        stand = np.maximum(np.maximum(running - self._terms.restart, idle), best[None, :, None, :])
        return run, stand, np.maximum(held, best)

    def _solve(self) -> None:
        size, last = self._level.size, self.credit_usd_per_kwh.size - 1
        value: tuple[Floats, Floats, Floats] = (
            np.zeros((2, 2, size, size)), np.zeros((2, 2, size, size)), np.zeros((2, size)),
        )  # fmt: skip
        for _ in range(_MOST_ITERATIONS):
            later = self._chosen(self._kept(value, last), last)
            moved = max(float(np.abs(new - old).max()) for new, old in zip(later, value, strict=True))
            value = later
            if moved < _CONVERGED:
                break
        self._quarters = []
        for quarter in range(last, -1, -1):
            kept = self._kept(value, quarter)
            self._quarters.append(kept)
            value = self._chosen(kept, quarter)
        self._quarters.reverse()

    def keep_values(
        self, quarter: int, own_musd: Floats, changed_musd: Floats, own_credit: Floats, changed_credit: Floats
    ) -> KeepValues:
        """Values of waiting, each of the shape of the arguments, M$ per GWh/year.

        ``quarter``: counted from the table's first; ``own_musd``: value of running for ever in the own use,
        ``changed_musd``: of changing now, both with the credit and less all costs; ``own_credit``,
        ``changed_credit``: part of the credit that a kWh a year of capacity earns in them, 0 to 1.
        """
        at = min(quarter, self.credit_usd_per_kwh.size - 1)
        annuity, value = self._terms.annuity_years, self._pv[at]
        levels = [(own_musd - own_credit * value) / annuity, (changed_musd - changed_credit * value) / annuity]
        within = [np.clip(level, self._level[0], self._level[-1]) for level in levels]
        place = [(level - self._level[0]) / (self._level[1] - self._level[0]) for level in within]
        return KeepValues(self._quarters[at], np.stack([own_credit, changed_credit, *place]))


@lru_cache(maxsize=_TABLES_KEPT)
def waiting_table(terms: WaitingTerms, credit_usd_per_kwh: tuple[float, ...]) -> WaitingTable:
    """The table for these terms and credits by quarter, which runs of a process share; nothing of theirs is in it."""
    return WaitingTable(replace(terms), np.array(credit_usd_per_kwh))
