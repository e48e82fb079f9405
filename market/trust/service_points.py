"""Service within reach of buyers: dealers or service centers of an automaker in a zone (M5)."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.base.categories import MAKERS


def service_within_reach(points: Floats, seat_share: Floats) -> Floats:
    """Chance that an automaker has at least one point in a zone, shape (zones, makers): 1 - exp(-points x share).

    ``points``: (makers,) in the country, spread at random by cars, ``seat_share``: (zones,), adding up to 1.
    """
    return np.asarray(-np.expm1(-np.outer(seat_share, points)))


class ServicePoints:
    """Dealers or service centers in the country by automaker: recorded to the last year of the table, then held."""

    def __init__(self) -> None:
        table = tables.load("service_points")
        year, points = table["year"].to_numpy(np.float64), table["points"].to_numpy(np.float64)
        self._by_maker = [(year[own], points[own]) for own in ((table["maker"] == name).to_numpy() for name in MAKERS)]

    def at(self, quarter: int) -> Floats:
        """Points in a quarter, (makers,), between the years of the table in proportion."""
        year = quarters.FIRST_YEAR + quarter / QUARTERS_PER_YEAR
        return np.array([np.interp(year, years, points) for years, points in self._by_maker])
