"""Which storage projects need cells that meet the rule on foreign content: those begun after its date (M19).

Projects proposed at the end of 2024 for the coming years have begun by that date; as they are contracted, they run
down, and what is not built within four years of the date counts as begun anew.
"""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters
from market.policies.investment_credit import content_rule_quarters
from market.power.regions import PowerRegions

CONTINUITY_YEARS = 4
"""Calendar years after that of beginning in which a project must be ready (IRS notices 2018-59 and 2022-61)."""


class BegunProjects:
    """Storage begun before the rule and not yet contracted, GWh by region and year of completion.

    ``rule_from``, ``known_from``: quarter of the rule, and in which it became law.
    """

    def __init__(self, regions: PowerRegions, origin: int) -> None:
        self.rule_from, self.known_from = content_rule_quarters()
        self._first_year = quarters.year(origin) + 2  # what comes in the year after the origin is contracted at once
        last = quarters.year(self.rule_from) - 1 + CONTINUITY_YEARS
        years = range(self._first_year, last + 1)
        hours = regions.firm_hours(quarters.year(origin))
        found = [regions.committed_gw(year, origin) * hours for year in years]
        self._gwh: Floats = np.array(found).reshape(len(years), hours.size)

    def _place(self, year: int) -> int:
        return year - self._first_year

    def left_gwh(self, year: int, strength: float) -> Floats:
        """What may be contracted for delivery in a year without compliant cells, (regions,), at a strength of the rule.

        At a strength above 1 part of these projects needs them too, at 2 all.
        """
        end = self._place(year) + 1
        protected = float(np.clip(2.0 - strength, 0.0, 1.0))
        return np.asarray(protected * self._gwh[: max(end, 0)].sum(axis=0)) if end <= len(self._gwh) else self._none

    @property
    def _none(self) -> Floats:
        return np.zeros(self._gwh.shape[1])

    def take(self, region: int, gwh: float, year: int) -> None:
        """Contract part of a region's projects for delivery in a year, those due first first."""
        for place in range(min(self._place(year) + 1, len(self._gwh))):
            taken = min(gwh, float(self._gwh[place, region]))
            self._gwh[place, region] -= taken
            gwh -= taken

    def applies(self, signed: int, strength: float) -> bool:
        """Whether the rule holds for a project that begins in a quarter."""
        return signed >= self.rule_from and strength > 0.0

    def begun_share(self, asked_gwh: Floats, signed: int, year: int, strength: float) -> Floats:
        """Share of what regions ask for in a quarter that needs no compliant cells, (regions,)."""
        if not self.applies(signed, strength):
            return np.ones(asked_gwh.size)
        asked = np.where(asked_gwh > 0.0, asked_gwh, 1.0)
        return np.minimum(1.0, self.left_gwh(year, strength) / asked)

    def begun_by_year_gwh(self, orders_gwh: Floats, quarter: int, strength: float) -> Floats:
        """Part of a year's orders, (years,) from this year on, that needs no compliant cells as seen in a quarter."""
        if quarter < self.known_from or strength <= 0.0:
            return orders_gwh.copy()
        begun, taken = np.zeros(orders_gwh.size), 0.0
        for ahead, asked in enumerate(orders_gwh):
            year = quarters.year(quarter) + ahead
            if not self.applies(quarter + ahead * QUARTERS_PER_YEAR, strength):
                begun[ahead] = asked
                continue
            left = float(self.left_gwh(year, strength).sum()) - taken
            begun[ahead] = float(np.clip(left, 0.0, asked))
            taken += begun[ahead]
        return begun
