"""Which storage projects need cells that meet the rule on foreign content: those begun after its date (M19).

Projects proposed at the end of 2024 have begun by then and run down as they are completed; later ones begin when they
are contracted.
"""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters
from market.policies.investment_credit import content_rule_quarters
from market.power.regions import PowerRegions


class ContentRule:
    """The rule on foreign content of the investment credit, and the projects that escape it.

    ``begins``, ``known_from``: quarter from which projects that begin are under it, and in which it became law.
    """

    def __init__(self, regions: PowerRegions, origin: int) -> None:
        self.begins, self.known_from = content_rule_quarters()
        self._regions = regions
        self._origin = origin
        self._hours = regions.firm_hours(quarters.year(origin))

    def begun_share_of_requests(self, signed: int, strength: float) -> float:
        """Share of what is asked for in a quarter that needs no compliant cells: all before the rule, then nothing."""
        return 0.0 if signed >= self.begins and strength > 0.0 else 1.0

    def begun_share_of_committed(self, year: int, strength: float) -> float:
        """Share of projects proposed at the end of 2024 for a year that needs none: at a strength above 1 not all."""
        return float(np.clip(2.0 - strength, 0.0, 1.0)) if year >= quarters.year(self.begins) else 1.0

    def committed_gwh(self, year: int) -> float:
        """Energy of projects proposed at the end of 2024 that come in a year, all regions."""
        return float((self._regions.committed_gw(year, self._origin) * self._hours).sum())

    def begun_by_year_gwh(self, orders_gwh: Floats, quarter: int, strength: float) -> Floats:
        """Part of a year's orders that needs no compliant cells as seen in a quarter, (years,) from this year on."""
        known = strength if quarter >= self.known_from else 0.0
        begun = np.empty(orders_gwh.size)
        for ahead, asked in enumerate(map(float, orders_gwh)):
            year = quarters.year(quarter) + ahead
            committed = min(self.committed_gwh(year), asked)
            free = self.begun_share_of_requests(quarter + ahead * QUARTERS_PER_YEAR, known) * (asked - committed)
            begun[ahead] = free + self.begun_share_of_committed(year, known) * committed
        return begun
