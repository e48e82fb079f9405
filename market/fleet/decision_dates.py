"""When owners next enter the market, as expected seats (mean-field mode, M1, M20).

The time to the next decision depends only on the last event (a purchase, a lease, a decision to keep), not on the
owner. It is enough to store the events of each quarter; seats due are sums over those quarters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Bools, Floats, Ints
from agents.buyers import ownership
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import AGE_BUCKETS, KINDS
from market.buyers.parameters import Ownership
from market.fleet.model_years import BuildYears

_USED, _NEW = slice(0, len(AGE_BUCKETS)), len(AGE_BUCKETS)
_WAYS = len(AGE_BUCKETS) + 1  # to come by a car for good: used, of each age bucket, or new
_SIDE_BY_SIDE = 3  # build years that are multiplied together: cars of a way are of few years in each quarter


@dataclass(frozen=True)
class DateLaws:
    """Probabilities of decision dates. ``after``: (quarters, ways), of so many quarters from acquisition to the next.

    ``lease``: quarters until a lease ends; ``low``, ``high``: quarters after which a keeper returns; ``return_hazard``:
    of those who wait.
    """

    after: Floats
    lease: int
    low: int
    high: int
    return_hazard: float

    @classmethod
    def of(cls, holding: Ownership, return_hazard: float, length: int) -> "DateLaws":
        """The laws of a scenario for runs of so many quarters."""

        def held(years: float) -> Floats:
            edges = ownership.holding_edges(years * QUARTERS_PER_YEAR, holding.hold_shape)
            chance = np.diff(edges, prepend=0.0)[:length]
            return np.concatenate([[0.0], chance, np.zeros(length - chance.size)])

        after = np.zeros((length + 1, _WAYS))
        after[:, _USED] = held(holding.hold_used_years)[:, None]
        after[:, _NEW] = held(holding.hold_new_years)
        lease = int(holding.lease_years * QUARTERS_PER_YEAR)
        return cls(after, lease, holding.look_again_low, holding.look_again_high, return_hazard)


@dataclass(frozen=True)
class SeatsAhead:
    """Seats that look in quarters to come, (live groups, strata): ``dated`` by quarter, ``returning`` from waiting."""

    dated: dict[int, Floats]
    returning: Floats

    def seats(self) -> Floats:
        """All of them, shape (live groups, strata)."""
        total = self.returning.copy()
        for seats in self.dated.values():
            total += seats
        return np.maximum(total, 0.0, out=total)


class DecisionDates:
    """Expected seats by group of cars and stratum, by what set their date.

    All seats here, given or returned, are counted as they would be had no car been scrapped since the start: ``alive``,
    (groups,), the share of cars of each group that has not, makes them seats of today.
    """

    def __init__(self, start: Floats, start_law: Floats, laws: DateLaws, groups: BuildYears, length: int) -> None:
        """``start``: (groups, strata) seats at the start; ``start_law``: (quarters, groups) chance of each date."""
        old, strata = groups.old, start.shape[1]
        self._start, self._start_law = start[:old].copy(), start_law[:, :old]
        self._laws, self._groups = laws, groups
        self._members = [groups.members(kind) for kind in range(len(KINDS))]
        self._acquired = [np.zeros((_WAYS, length, strata), dtype=np.float32) for _ in KINDS]
        self._shares = [
            np.zeros((_WAYS, length, int((groups.kind == kind).sum())), np.float32) for kind in range(len(KINDS))
        ]
        self._leased: dict[int, tuple[Floats, Ints]] = {}
        self._kept: dict[int, Floats] = {}
        self._moved: dict[int, Floats] = {}
        self._overdue, self._returning, self._waiting, self._part = (np.zeros(start.shape) for _ in range(4))
        self._anybody_waits = False
        self.alive = np.ones(groups.size)

    def lose(self, share: Floats) -> None:
        """Scrap a share of the cars of each group, shape (groups,)."""
        self.alive = self.alive * (1.0 - share)

    # Seats due

    def due(self, quarter: int) -> Floats:
        """Seats whose time has come, (live groups, strata): here no longer until they get a new date.

        They are overwritten when it is said which of them ``stay`` due.
        """
        live = self._groups.live(quarter)
        seats = self._overdue[:live]
        self._add_dated([seats], [quarter], quarter - 1)
        seats += self._keepers(quarter, live)
        if self._anybody_waits:
            returning = np.multiply(self._waiting[:live], self._laws.return_hazard, out=self._part[:live])
            seats += returning
            self._waiting[:live] -= returning
        self._moved.pop(quarter, None)
        self._leased.pop(quarter, None)
        return np.maximum(seats, 0.0, out=seats)

    def within(self, quarter: int, ahead: int) -> "SeatsAhead":
        """Seats whose time comes in the quarters after this one, up to ``ahead``, and those that wait; not overdue."""
        live = self._groups.live(quarter)
        dated = {due: np.zeros((live, self._start.shape[1])) for due in range(quarter + 1, quarter + 1 + ahead)}
        self._add_dated(list(dated.values()), list(dated), quarter)
        for due, seats in dated.items():
            for then in range(due - self._laws.high, due - self._laws.low + 1):
                if then in self._kept:
                    np.add(seats, self._kept[then][:live], out=seats)
            np.maximum(seats, 0.0, out=seats)
        return SeatsAhead(dated, (1.0 - (1.0 - self._laws.return_hazard) ** ahead) * self._waiting[:live])

    def take(self, ahead: "SeatsAhead", share: Floats) -> None:
        """Take a share, (live groups, strata), of seats out of the quarters ahead, which are overwritten."""
        less = -share
        for quarter, seats in ahead.dated.items():
            self._move(quarter, np.multiply(seats, less, out=seats))
        self._waiting[: len(share)] += less * ahead.returning

    def _add_dated(self, ahead: Sequence[Floats], quarters: Sequence[int], now: int) -> None:
        """Add seats with a date in each of some quarters by what was known ``now``: purchases, leases and moves."""
        for seats, quarter in zip(ahead, quarters, strict=True):
            law = self._start_law[quarter]
            if law.any():
                seats[: law.size] += np.multiply(self._start, law[:, None], out=self._part[: law.size])
        after = [self._laws.after[quarter - now : quarter + 1][::-1].T for quarter in quarters]
        chance = np.stack(after, axis=2, dtype=np.float32)[..., None]
        for (old, new), acquired, shares in zip(self._members, self._acquired, self._shares, strict=True):
            by_due = _by_group(acquired[:, : now + 1], shares[:, : now + 1, None] * chance)
            for seats, of_kind in zip(ahead, by_due, strict=True):
                of_old, of_new = seats[old], seats[new]
                of_old += of_kind[: len(of_old)]
                of_new += of_kind[len(of_old) : len(of_old) + len(of_new)]
        for seats, quarter in zip(ahead, quarters, strict=True):
            if quarter in self._moved:
                moved = self._moved[quarter]
                seats[: len(moved)] += moved
            if quarter in self._leased:
                leased, group = self._leased[quarter]
                seats[group] += leased

    def _keepers(self, quarter: int, live: int) -> Floats:
        """Keepers who return in a quarter: a sum over quarters that one joins and one leaves."""
        come, gone = quarter - self._laws.low, quarter - self._laws.high - 1
        returning = self._returning[:live]
        if come in self._kept:
            returning += self._kept[come][:live]
        if gone in self._kept:
            returning -= self._kept[gone][:live]
        return returning

    # What sets a new date: seats, (live groups, strata), or a share of them

    def keep(self, quarter: int, looking: Floats, acquiring: Floats, gives_up: Floats) -> None:
        """Seats that looked and did not acquire, or gave up: ``gives_up``, (strata,), a share of those acquiring."""
        forgotten = self._kept.pop(quarter - self._laws.high - 1, None)
        kept = self._kept[quarter] = np.zeros_like(self._overdue) if forgotten is None else forgotten
        keepers = np.multiply(acquiring, gives_up - 1.0, out=kept[: len(acquiring)])
        keepers += looking
        keepers /= self._laws.high - self._laws.low + 1

    def keep_too(self, quarter: int, seats: Floats, share: Floats) -> None:
        """A share, (strata,), of other seats that keep their car, after ``keep`` of the quarter."""
        if share.any():
            self._kept[quarter][: len(seats)] += seats * share / (self._laws.high - self._laws.low + 1)

    def stay(self, due: Floats, share: float) -> None:
        """A share of seats due that did not look: they are due again."""
        np.multiply(due, share, out=self._overdue[: len(due)])

    def look_again(self, seats: Floats, share: Floats) -> None:
        """A share, (strata,), of seats that look again in the next quarter, after ``stay`` of this one."""
        self._add(self._overdue, seats, share)

    def wait(self, seats: Floats, share: Floats) -> None:
        """A share, (strata,), of seats that wait for a better BEV."""
        self._add(self._waiting, seats, share)
        self._anybody_waits |= bool(share.any())

    def _add(self, to: Floats, seats: Floats, share: Floats) -> None:
        if share.any():
            to[: len(seats)] += np.multiply(seats, share, out=self._part[: len(seats)])

    def move(self, quarter: int, seats: Floats, share: Floats) -> None:
        """A share, (strata,) or (live groups, strata), of seats that will look in a quarter."""
        self._move(quarter, seats * share)

    def _move(self, quarter: int, moved: Floats) -> None:
        if quarter in self._moved:
            before = self._moved[quarter]
            moved[: len(before)] += before
        self._moved[quarter] = moved

    def acquire_used(self, quarter: int, by_good: Floats, composition: Floats) -> None:
        """Seats that bought used, (strata, goods), and the groups those cars are of, (groups, goods); both of today."""
        goods = by_good.reshape(len(by_good), len(KINDS), -1)
        of_start = composition * inverse(self.alive)[:, None]
        for kind, (old, new) in enumerate(self._members):
            self._acquired[kind][_USED, quarter] = goods[:, kind].T
            ways = slice(kind * len(AGE_BUCKETS), (kind + 1) * len(AGE_BUCKETS))
            self._shares[kind][_USED, quarter] = np.concatenate([of_start[old, ways], of_start[new, ways]]).T

    def acquire_new(self, quarter: int, bought: Floats, leased: Floats, group: Ints) -> None:
        """Seats that bought or leased new, (strata, kinds) of today, and the group those cars join, (kinds,)."""
        of_start = inverse(self.alive)[group]
        for kind, (old, _) in enumerate(self._members):
            self._acquired[kind][_NEW, quarter] = bought[:, kind]
            place = old.stop - old.start + quarter // QUARTERS_PER_YEAR
            self._shares[kind][_NEW, quarter, place] = of_start[kind]
        self._leased[quarter + self._laws.lease] = (leased * of_start).T, group

    def waiting(self) -> float:
        """Seats that wait, of today."""
        return float(self._waiting.sum(axis=1) @ self.alive)


def _by_group(acquired: NDArray[np.float32], shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Seats by due quarter, group of a kind and stratum, from those of every way and quarter and where these belong.

    ``acquired``: (ways, quarters, strata); ``shares``: (ways, quarters, due quarters, groups).
    """
    due, groups = shares.shape[2:]
    seats = np.zeros((due, groups, acquired.shape[2]), dtype=np.float32)
    for by_quarter, share in zip(acquired, shares, strict=True):
        for known, then in _blocks(share.any(axis=1)):
            of_block = share[then, :, known].reshape(then.stop - then.start, -1).T @ by_quarter[then]
            seats[:, known] += of_block.reshape(due, known.stop - known.start, -1)
    return seats


def _blocks(is_of: Bools) -> Iterator[tuple[slice, slice]]:
    """Neighboring groups, and the quarters in which cars of them were acquired; ``is_of``: (quarters, groups)."""
    group = np.flatnonzero(is_of.any(axis=0))
    if group.size == 0:
        return
    every = np.arange(group[0], group[-1] + 1)
    for block in np.array_split(every, max(1, round(every.size / _SIDE_BY_SIDE))):
        known = slice(int(block[0]), int(block[-1]) + 1)
        quarter = np.flatnonzero(is_of[:, known].any(axis=1))
        if quarter.size > 0:
            yield known, slice(int(quarter[0]), int(quarter[-1]) + 1)


def inverse(alive: Floats) -> Floats:
    """What makes seats of today seats as they would be had no car been scrapped, 0 where none is left; same shape."""
    return np.divide(1.0, alive, out=np.zeros_like(alive), where=alive > 0.0)
