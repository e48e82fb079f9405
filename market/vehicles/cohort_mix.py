"""Which cohorts, cars of a kind built in a year, the cars of each used good are (M20)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_codes import Counts
from market.base import tables
from market.base.categories import AGE_BUCKETS, BUCKET_MEAN_YEARS, CAR_TYPES, GOODS, KINDS, SEGMENTS, bucket_of, good_of

_OLDEST_YEARS = 20  # cohorts older than this count with it: cars from before 2017 differ by kind alone
_COHORTS = len(KINDS) * (_OLDEST_YEARS + 1)
_MIDDLE_OF_YEAR = 0.5
_WITHOUT_A_CAR = 1e-9  # cars; below it a good counts as empty


@dataclass(frozen=True)
class CohortMix:
    """The cohorts alive, kind by kind from new to old, and their shares in used goods.

    ``kind``, ``year`` (from 2017, earlier ones counted as 2017), ``age_years``, ``miles_share`` (miles ahead over those
    of a new car): (cohorts,); ``newest_year``: that of the newest cohort. ``share``: (goods, cohorts), each row sums to
    1; a good without a car is taken as the cohort of its mean age. ``segment_share``: (goods, segments), zero for a
    good without a car. ``cars``: (goods,).
    """

    kind: Ints
    year: Ints
    age_years: Floats
    miles_share: Floats
    share: Floats
    segment_share: Floats
    cars: Floats
    newest_year: int

    @property
    def home_good(self) -> Ints:
        """Good that each cohort belongs to by its mean age, shape (cohorts,)."""
        age_quarters = np.round(self.age_years * QUARTERS_PER_YEAR).astype(np.int64)
        return good_of(self.kind, bucket_of(age_quarters))

    def by_good(self, of_cohorts: Floats) -> Floats:
        """Mean over the cohorts of each good: (..., cohorts) to (..., goods)."""
        return np.asarray(of_cohorts @ self.share.T)

    def places_in(self, newest_year: int) -> tuple[Ints, Bools]:
        """Where each cohort stood in the mix of an earlier year, and whether it was there, both (cohorts,)."""
        ordinal = np.arange(_COHORTS) % (_OLDEST_YEARS + 1) - (self.newest_year - newest_year)
        return self.kind * (_OLDEST_YEARS + 1) + np.maximum(ordinal, 0), ordinal >= 0

    def of_years(self, table: Floats) -> Floats:
        """Mean over the cohorts of each good of a table (years, kinds), shape (goods,)."""
        return self.by_good(table[self.year, self.kind])


class CohortMixes:
    """Makes the mix of every quarter; ``horizon_years``: years of miles that buyers consider."""

    def __init__(self, horizon_years: float) -> None:
        ahead = _miles_ahead(horizon_years)
        self._miles_share = np.tile(ahead / ahead[0], len(KINDS))

    def at(self, quarter: int, cars: Counts) -> CohortMix:
        """The mix of a quarter; ``cars``: of it by type and age in quarters, (256, 256)."""
        kind = np.repeat(np.arange(len(KINDS)), _OLDEST_YEARS + 1)
        ordinal = np.tile(np.arange(_OLDEST_YEARS + 1), len(KINDS))
        year = quarter // QUARTERS_PER_YEAR - ordinal
        age = np.maximum((quarter + 1) / QUARTERS_PER_YEAR - (year + _MIDDLE_OF_YEAR), 0.0)
        share, segments = _shares(quarter, cars)
        total = segments.sum(axis=1)
        segment_share = segments / np.where(total > 0.0, total, 1.0)[:, None]
        newest = quarter // QUARTERS_PER_YEAR
        return CohortMix(kind, np.maximum(year, 0), age, self._miles_share, share, segment_share, total, newest)


def _shares(quarter: int, cars: Counts) -> tuple[Floats, Floats]:
    """Shares of cohorts, (goods, cohorts), and cars by segment, (goods, segments), of every good."""
    age = np.arange(cars.shape[1])
    by_segment = cars[:CAR_TYPES].reshape(len(KINDS), len(SEGMENTS), age.size).astype(np.float64)
    built = (quarter - age) // QUARTERS_PER_YEAR
    ordinal = np.minimum(quarter // QUARTERS_PER_YEAR - built, _OLDEST_YEARS)
    kind = np.arange(len(KINDS))[:, None]
    good = good_of(kind, bucket_of(age))
    weight = np.zeros((GOODS, _COHORTS))
    np.add.at(weight, (good, kind * (_OLDEST_YEARS + 1) + ordinal), by_segment.sum(axis=1))
    middle = np.minimum(np.round(np.tile(BUCKET_MEAN_YEARS, len(KINDS))), _OLDEST_YEARS).astype(np.int64)
    place = np.repeat(np.arange(len(KINDS)), len(AGE_BUCKETS)) * (_OLDEST_YEARS + 1) + middle
    empty = np.flatnonzero(weight.sum(axis=1) < _WITHOUT_A_CAR)
    weight[empty, place[empty]] = 1.0
    segments = np.zeros((GOODS, len(SEGMENTS)))
    for segment in range(len(SEGMENTS)):
        np.add.at(segments[:, segment], good, by_segment[:, segment])
    return weight / weight.sum(axis=1, keepdims=True), segments


def _miles_ahead(horizon_years: float) -> Floats:
    """Mean miles a year over the horizon from every age on, shape (ages,); the mean of cars, SUVs and pickups."""
    table = tables.load("miles_by_age").sort_values("age_years", kind="stable")
    by_age = table[["car_miles", "suv_miles", "pickup_miles"]].mean(axis=1).to_numpy()
    driven = np.append(0.0, np.cumsum(by_age))
    start = np.arange(_OLDEST_YEARS + 1)
    end = np.interp(start + horizon_years, np.arange(driven.size), driven)
    return np.asarray((end - driven[start]) / horizon_years)
