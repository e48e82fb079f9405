"""When owners next enter the market, as expected seats (mean-field mode, M1, M20).

The time to the next decision depends only on the last event (a purchase, a lease, a decision to keep), not on the
owner. It is enough to store the events of each quarter; seats due are sums over those quarters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.buyers import ownership
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import AGE_BUCKETS, KINDS
from market.buyers.parameters import Ownership
from market.fleet.model_years import BuildYears

_USED, _NEW = slice(0, len(AGE_BUCKETS)), len(AGE_BUCKETS)
_WAYS = len(AGE_BUCKETS) + 1  # to come by a car for good: used, of each age bucket, or new


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
    """Seats that look in quarters to come, (strata, groups): ``dated`` by quarter, and ``returning`` from waiting."""

    dated: dict[int, Floats]
    returning: Floats

    def seats(self) -> Floats:
        """All of them, shape (strata, groups)."""
        total = self.returning.copy()
        for seats in self.dated.values():
            total += seats
        return np.maximum(total, 0.0, out=total)


class DecisionDates:
    """Expected seats by stratum and group of cars, by what set their date.

    They are kept as they were when the date was set: ``alive``, (groups,), the share of cars of each group that has
    not been scrapped since the start, makes them seats of today.
    """

    def __init__(self, start: Floats, start_law: Floats, laws: DateLaws, groups: BuildYears, length: int) -> None:
        """``start``: (strata, groups) seats at the start; ``start_law``: (quarters, groups) chance of each date."""
        self._start, self._start_law = start, start_law
        self._laws = laws
        self._groups = [groups.members(kind) for kind in range(len(KINDS))]
        self._acquired = [np.zeros((_WAYS, length, start.shape[0]), dtype=np.float32) for _ in KINDS]
        self._shares = [np.zeros((_WAYS, length, part.stop - part.start), dtype=np.float32) for part in self._groups]
        self._leased: dict[int, tuple[Floats, Ints]] = {}
        self._kept: dict[int, Floats] = {}
        self._moved: dict[int, Floats] = {}
        self._overdue, self._waiting, self._due = (np.zeros_like(start) for _ in range(3))
        self._anybody_waits = False
        self.alive = np.ones(groups.size)

    def lose(self, share: Floats) -> None:
        """Scrap a share of the cars of each group, shape (groups,)."""
        self.alive = self.alive * (1.0 - share)

    # Seats due

    def due(self, quarter: int) -> Floats:
        """Seats whose time has come, (strata, groups): they are here no longer until they get a new date."""
        hazard = self._laws.return_hazard if self._anybody_waits else 0.0
        seats = self._coming(quarter, quarter - 1, self._due, hazard, overdue=True)
        if self._anybody_waits:
            self._waiting *= 1.0 - hazard
        self._moved.pop(quarter, None)
        self._leased.pop(quarter, None)
        return seats

    def within(self, quarter: int, ahead: int) -> "SeatsAhead":
        """Seats whose time comes in the quarters after this one, up to ``ahead``, and those that wait; not overdue."""
        later = range(quarter + 1, quarter + 1 + ahead)
        dated = {due: self._coming(due, quarter, np.empty_like(self._start)) for due in later}
        returning = (1.0 - (1.0 - self._laws.return_hazard) ** ahead) * self._waiting * self.alive
        return SeatsAhead(dated, returning)

    def take(self, ahead: "SeatsAhead", share: Floats) -> None:
        """Take a share, (strata, groups), of seats out of the quarters ahead."""
        for quarter, seats in ahead.dated.items():
            self.move(quarter, seats, -share)
        self._waiting -= share * ahead.returning * _inverse(self.alive)

    def _coming(self, quarter: int, now: int, out: Floats, returning: float = 0.0, *, overdue: bool = False) -> Floats:
        """Seats with a date in a quarter, as they stand ``now``: by purchases up to then, leases, keeping and moves.

        A share ``returning`` of those who wait and, if asked for, those ``overdue`` are with them.
        """
        chance = self._laws.after[quarter - now : quarter + 1][::-1].T[:, :, None].astype(np.float32)
        seats = np.multiply(self._start, self._start_law[quarter], out=out)
        for part, acquired, shares in zip(self._groups, self._acquired, self._shares, strict=True):
            seats[:, part] += _by_group(acquired[:, : now + 1], shares[:, : now + 1] * chance).T
        for then in self._looked_before(quarter):
            seats += self._kept[then]
        if quarter in self._moved:
            seats += self._moved[quarter]
        if overdue:
            seats += self._overdue
        if returning > 0.0:
            seats += returning * self._waiting
        if quarter in self._leased:
            leased, group = self._leased[quarter]
            seats[:, group] += leased
        seats *= self.alive
        return np.asarray(np.maximum(seats, 0.0, out=seats))

    def _looked_before(self, quarter: int) -> list[int]:
        """Quarters whose keepers return in this one."""
        then = range(quarter - self._laws.high, quarter - self._laws.low + 1)
        return [each for each in then if each in self._kept]

    # What sets a new date: seats of today, (strata, groups), or a share of them

    def keep(self, quarter: int, looking: Floats, acquiring: Floats) -> None:
        """Seats that looked and did not acquire."""
        forgotten = self._kept.pop(quarter - self._laws.high - 1, None)
        kept = self._kept[quarter] = np.subtract(looking, acquiring, out=forgotten)
        kept *= _inverse(self.alive) / (self._laws.high - self._laws.low + 1)

    def keep_too(self, quarter: int, seats: Floats, share: Floats) -> None:
        """A share, (strata,), of other seats that keep their car, after ``keep`` of the quarter."""
        if share.any():
            self._kept[quarter] += (
                seats * share[:, None] * _inverse(self.alive) / (self._laws.high - self._laws.low + 1)
            )

    def stay(self, due: Floats, share: float) -> None:
        """A share of seats due that did not look: they are due again."""
        np.multiply(due, share * _inverse(self.alive), out=self._overdue)

    def wait(self, seats: Floats, share: Floats) -> None:
        """A share, (strata,), of seats that wait for a better BEV."""
        if share.any():
            self._waiting += seats * share[:, None] * _inverse(self.alive)
            self._anybody_waits = True

    def move(self, quarter: int, seats: Floats, share: Floats) -> None:
        """A share, (strata, 1 or groups), of seats that will look in a quarter."""
        if share.any():
            moved = seats * share
            moved *= _inverse(self.alive)
            if quarter in self._moved:
                moved += self._moved[quarter]
            self._moved[quarter] = moved

    def acquire_used(self, quarter: int, by_good: Floats, composition: Floats) -> None:
        """Seats that bought used, (strata, goods), and the groups those cars are of, (goods, groups)."""
        goods = by_good.reshape(len(by_good), len(KINDS), -1)
        for kind, part in enumerate(self._groups):
            self._acquired[kind][_USED, quarter] = goods[:, kind].T
            own = composition.reshape(len(KINDS), -1, composition.shape[1])[kind, :, part]
            self._shares[kind][_USED, quarter] = own * _inverse(self.alive[part])

    def acquire_new(self, quarter: int, bought: Floats, leased: Floats, group: Ints) -> None:
        """Seats that bought or leased new, (strata, kinds) each, and the group those cars join, (kinds,)."""
        for kind, part in enumerate(self._groups):
            self._acquired[kind][_NEW, quarter] = bought[:, kind]
            self._shares[kind][_NEW, quarter, group[kind] - part.start] = 1.0 / self.alive[group[kind]]
        self._leased[quarter + self._laws.lease] = leased * _inverse(self.alive)[group], group

    def waiting(self) -> float:
        """Seats that wait."""
        return float((self._waiting.sum(axis=0) * self.alive).sum())


def _by_group(acquired: NDArray[np.float32], shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Seats by group of a kind and stratum, from those of every way and quarter and the groups these are of.

    ``acquired``: (ways, quarters, strata); ``shares``: (ways, quarters, groups). Cars of a way are of few groups.
    """
    seats = np.zeros((shares.shape[2], acquired.shape[2]), dtype=np.float32)
    for by_quarter, share in zip(acquired, shares, strict=True):
        group = np.flatnonzero(share.any(axis=0))
        if group.size > 0:
            known = slice(group[0], group[-1] + 1)
            seats[known] += share[:, known].T @ by_quarter
    return seats


def _inverse(alive: Floats) -> Floats:
    """What makes seats of today seats of the start, 0 where no car is left; same shape."""
    return np.divide(1.0, alive, out=np.zeros_like(alive), where=alive > 0.0)
