"""Cars of one kind and build year counted together: an axis of the tables of expected cars (mean-field mode)."""

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_codes import OLDEST_QUARTERS
from market.base.categories import GOODS, KINDS, SEGMENTS, bucket_of, good_of

_QUARTERS = np.arange(QUARTERS_PER_YEAR)
_AGES = OLDEST_QUARTERS + 1


class BuildYears:
    """Groups of cars, one for each kind and build year: those of 2016 by kind, then each year's, a group a kind.

    So the groups that can hold a car in a quarter come first: ``live`` of them.
    Cars of a group differ in segment and in the quarter they were built; how they do is the same wherever they are:
    ``mix``, (groups, 4, segments) shares. ``kind``: (groups,); ``old``: groups of 2016.
    """

    def __init__(self, on_road: Floats, segment_share: Floats, last_quarter: int) -> None:
        """``on_road``: (kinds, years) cars of 2016 by age, of whatever size; ``segment_share``: (kinds, segments)."""
        old = [np.flatnonzero(years)[::-1] for years in on_road]
        new = np.arange(0, last_quarter + 1, QUARTERS_PER_YEAR)
        of_old = np.repeat(np.arange(len(KINDS)), [years.size for years in old])
        self.old = of_old.size
        self.kind = np.concatenate([of_old, np.tile(np.arange(len(KINDS)), new.size)])
        self._first_built = np.concatenate(
            [-QUARTERS_PER_YEAR * (np.concatenate(old) + 1) + 1, np.repeat(new, len(KINDS))]
        )
        self._is_old = self._first_built < 0
        built = np.where(self._is_old[:, None], 1.0 / _QUARTERS.size, _QUARTERS == 0)
        self.mix = built[:, :, None] * segment_share[self.kind][:, None, :]
        self.size = self.kind.size

    @property
    def quarter_share(self) -> Floats:
        """Share of each group built in each quarter of the year, shape (groups, 4)."""
        return np.asarray(self.mix.sum(axis=2))

    def live(self, quarter: int) -> int:
        """Groups built up to a quarter's year: the first so many."""
        return min(self.size, self.old + (quarter // QUARTERS_PER_YEAR + 1) * len(KINDS))

    def members(self, kind: int) -> tuple[slice, slice]:
        """Groups of a kind: those of 2016, and one a year from then on."""
        old = np.searchsorted(self.kind[: self.old], [kind, kind + 1])
        return slice(*old.tolist()), slice(self.old + kind, self.size, len(KINDS))

    def age_years_2016(self) -> Ints:
        """Age in years at the end of 2016 of groups of that time, -1 for later ones, shape (groups,)."""
        return np.where(self._is_old, -(self._first_built + _QUARTERS[-1]) // _QUARTERS.size, -1)

    def ages(self, quarter: int) -> Ints:
        """Ages in quarters of cars built in each quarter of the year, at least 0, shape (groups, 4)."""
        return np.clip(quarter - self._first_built[:, None] - _QUARTERS, 0, OLDEST_QUARTERS)

    def in_goods(self, quarter: int) -> Floats:
        """Share of each group that belongs to each used good, shape (groups, goods)."""
        good = good_of(self.kind[:, None], bucket_of(self.ages(quarter)))
        code = np.arange(self.size)[:, None] * GOODS + good
        share = np.bincount(code.ravel(), self.quarter_share.ravel(), minlength=self.size * GOODS)
        return np.asarray(share.reshape(self.size, GOODS))

    def scrap(self, chance: Floats, quarter: int) -> Floats:
        """Share of each group that is scrapped, (groups,), by ``chance``: (car types, ages); older quarters lose more.

        The chance must be that of the kind alone, whatever the segment.
        """
        lost = chance[self.kind[:, None] * len(SEGMENTS), self.ages(quarter)]
        share = (self.quarter_share * lost).sum(axis=1)
        some_left = share < 1.0
        left = self.mix * (1.0 - lost)[:, :, None]
        self.mix[some_left] = left[some_left] / (1.0 - share)[some_left, None, None]
        return np.asarray(share)

    def built_in(self, quarter: int) -> Ints:
        """The group of each kind that a car built in a quarter belongs to, shape (kinds,)."""
        return np.flatnonzero(self._first_built == quarter - quarter % _QUARTERS.size)

    def add_new(self, cars: Floats, standing: Floats, quarter: int) -> None:
        """Let new cars, (kinds, segments), join those ``standing`` in all groups, (groups,)."""
        for kind, group in enumerate(self.built_in(quarter).tolist()):
            if cars[kind].any():
                self.mix[group] *= standing[group]
                self.mix[group, quarter % _QUARTERS.size] += cars[kind]
                self.mix[group] /= self.mix[group].sum()

    def by_type_and_age(self, cars: Floats, quarter: int) -> Floats:
        """Cars of all groups, (groups,), by type and age in quarters, shape (256, 256)."""
        car = self.kind[:, None] * len(SEGMENTS) + np.arange(len(SEGMENTS))
        code = car[:, None, :] * _AGES + self.ages(quarter)[:, :, None]
        table = np.bincount(code.ravel(), (cars[:, None, None] * self.mix).ravel(), minlength=_AGES * _AGES)
        return np.asarray(table.reshape(_AGES, _AGES))
