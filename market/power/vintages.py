"""Storage by vintage: in service for its life, then retired (M16)."""

import numpy as np

from agents.arrays import Floats

GW, GWH, CENTER_GW = range(3)
"""Rows of an amount of storage: power, energy, and the power that belongs to data centers."""
_BUILT_OVER_QUARTERS = 24
"""Installed storage at the start was added evenly over the six years before: large batteries began in 2011."""


class StorageVintages:
    """Installed storage by vintage. An amount has shape (3, regions): GW, GWh, GW of data centers."""

    def __init__(self, gw: Floats, gwh: Floats, life_years: float, quarters_per_year: int) -> None:
        self._life = round(life_years * quarters_per_year)
        self._nothing: Floats = np.zeros((3, gw.size))
        self._by_quarter: dict[int, Floats] = {}
        self.retired = self._nothing
        self.retired_to_date = self._nothing
        part = np.stack([gw, gwh, np.zeros_like(gw)]) / _BUILT_OVER_QUARTERS
        for quarter in range(-_BUILT_OVER_QUARTERS, 0):
            self.install(part, quarter)

    def install(self, amount: Floats, quarter: int) -> None:
        """Add storage installed in a quarter; it retires at the start of the quarter one life later."""
        self._by_quarter[quarter] = self._by_quarter.get(quarter, self._nothing) + amount

    def retire(self, quarter: int) -> None:
        """Retire storage at the end of its life, into ``retired``."""
        old = [built for built in self._by_quarter if built + self._life <= quarter]
        self.retired = sum((self._by_quarter.pop(built) for built in old), self._nothing)
        self.retired_to_date = self.retired_to_date + self.retired

    def standing(self) -> Floats:
        """Installed storage summed over vintages, (3, regions)."""
        return sum(self._by_quarter.values(), self._nothing)
