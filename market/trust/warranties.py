"""Battery warranties by automaker, of new cars and of the used ones that were sold with them (M5, M6)."""

import numpy as np

from agents.arrays import Floats
from agents.buyers.ownership import out_of_warranty_share
from agents.buyers.resale_proof import warranty_end_years
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import BUCKET_MEAN_YEARS, MAKERS
from market.trust.brands import BatteryFacts


class Warranties:
    """Age at which battery warranties end, at ``miles_per_year``: facts, or longer ones where they are offered.

    ``now``: (makers,) of cars sold now; ``longer``: (makers,), as recorded until ``lengthen`` sets it. Used cars of an
    age have the mean warranty of BEVs sold so long ago.
    """

    def __init__(self, facts: BatteryFacts, miles_per_year: float, resale_years: float) -> None:
        miles = np.full(len(MAKERS), miles_per_year)
        ends = [
            warranty_end_years(miles[:1], float(years), float(most))[0]
            for years, most in zip(facts.warranty_years, facts.warranty_miles, strict=True)
        ]
        self.recorded: Floats = np.array(ends)
        self.longer: Floats = self.recorded
        self.now = self.recorded
        self._resale_years = resale_years
        self._sold_with: list[float] = []

    def lengthen(self, longer_years: float) -> None:
        """Set the length of longer warranties, years."""
        self.longer = np.maximum(self.recorded, longer_years)

    def offer(self, longer_share: Floats) -> None:
        """Let each automaker sell this share of its cars, (makers,), with the longer warranty from now on."""
        self.now = self.recorded + longer_share * (self.longer - self.recorded)

    def see(self, bevs: Floats) -> None:
        """Remember the mean warranty of the BEVs sold in a quarter, (makers,); the last one if none were."""
        total = float(bevs.sum())
        before = self._sold_with[-1] if self._sold_with else float(self.recorded.mean())
        self._sold_with.append(float(bevs @ self.now) / total if total > 0.0 else before)

    def of_used_cars(self) -> Floats:
        """Age at which the warranty of used BEVs ends, by age bucket, (buckets,); older ones as the first seen."""
        if not self._sold_with:
            return np.full(BUCKET_MEAN_YEARS.size, float(self.recorded.mean()))
        sold = len(self._sold_with) - np.rint(BUCKET_MEAN_YEARS * QUARTERS_PER_YEAR).astype(np.int64)
        return np.asarray(np.array(self._sold_with)[np.maximum(sold, 0)])

    def uncovered_after_resale(self, end_years: Floats, next_owner_years: float) -> Floats:
        """Share of the next owner's years that no warranty covers, if a car is sold on at the usual age; same shape."""
        first = self._resale_years
        return np.asarray(out_of_warranty_share(first, first + next_owner_years, end_years))
