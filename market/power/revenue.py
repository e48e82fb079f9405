"""Storage revenue per kW by region, and planners' expectations of it (M16, M18, M22)."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import adapted
from agents.power.storage_demand import ValueStack
from market.base import quarters
from market.base.categories import REGIONS
from market.exogenous.prices import World
from market.power.parameters import Storage
from market.power.regions import PowerRegions


class StorageRevenue:
    """Revenue by region; arrays have shape (regions,).

    Prices known ahead count at once. How far storage itself has brought its revenue down, and what scarce years
    add, planners learn from what storage earned: ``expected_kept`` is the share of the first kW's value that they
    expect to be left. With foresight they know how value falls, and the mean of scarce years.
    """

    def __init__(self, storage: Storage, regions: PowerRegions, world: World) -> None:
        self._storage = storage
        self._regions = regions
        self._world = world
        self.expected_kept: Floats = np.full(len(REGIONS), np.nan)

    def earned_usd_per_kw_year(self, share: Floats, year: int) -> Floats:
        """Revenue of a kW in a year at a share of storage in peak, scarce or not."""
        stacks, scarcity = self._regions.value_stacks(year), self._world.scarcity(year)
        return np.array(
            [
                stack.in_scarcity(float(factor)).marginal_usd_per_kw_year(float(x))
                for stack, factor, x in zip(stacks, scarcity, share, strict=True)
            ]
        )

    def observe(self, share: Floats, quarter: int) -> None:
        """At the end of a year planners see what storage earned in it, and adapt (M18)."""
        if quarter % QUARTERS_PER_YEAR != QUARTERS_PER_YEAR - 1:
            return
        year = quarters.year(quarter)
        first_kw = np.array([stack.marginal_usd_per_kw_year(0.0) for stack in self._regions.value_stacks(year)])
        kept = self.earned_usd_per_kw_year(share, year) / first_kw
        self.expected_kept = adapted(self.expected_kept, kept, self._storage.revenue_gain)

    def planned_stack(self, place: int, share: float, year: int) -> ValueStack:
        """Worth of storage as a region's planners picture it for a year, ``share`` of its peak standing."""
        stack = self._regions.value_stacks(year)[place]
        if not self._storage.adaptive_revenue:
            return stack.in_scarcity(self._world.mean_scarcity())
        expected = float(self.expected_kept[place])
        return stack if np.isnan(expected) else stack.seen_from(share, expected)
