"""Queues at chargers: waits at the peak hour, sessions served and lost (M8)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR

_HOURS_PER_DAY = 24
_DAYS_PER_QUARTER = 365.25 / QUARTERS_PER_YEAR


def service_hours(session_kwh: Floats, charging_kw: Floats, handling_hours: float) -> Floats:
    """Hours a session holds a plug: energy over power, and handling (4 minutes); broadcast shape (M8)."""
    return np.asarray(session_kwh / charging_kw + handling_hours)


def erlang_c(plugs: Ints, load_erlangs: Floats) -> Floats:
    """Probability of a wait at ``plugs`` plugs, 1 where the load reaches them; broadcast shape (M8).

    ``load_erlangs``: sessions that start in a service time. By the recursion of Erlang B, which is stable
    (Cooper 1981, ch. 3). Raises ValueError for less than one plug or a negative load.
    """
    if np.any(plugs < 1) or np.any(load_erlangs < 0):
        raise ValueError("a queue needs at least one plug and a load that is not negative")
    servers, load = np.broadcast_arrays(plugs, load_erlangs)
    blocked = np.ones(load.shape)
    for server in range(1, int(servers.max(initial=0)) + 1):
        offered = load * blocked
        blocked = np.where(server <= servers, offered / (server + offered), blocked)
    spare = servers - load
    waits = servers * blocked / np.where(spare > 0.0, spare + load * blocked, 1.0)
    return np.where(spare > 0.0, waits, 1.0)


def wait_in_service_times(plugs: Ints, load_erlangs: Floats) -> Floats:
    """Mean wait over the mean service time, infinite where the load reaches the plugs; broadcast shape (M8).

    Raises ValueError as ``erlang_c`` does.
    """
    spare = plugs - load_erlangs
    waits = erlang_c(plugs, load_erlangs) / np.where(spare > 0.0, spare, 1.0)
    return np.where(spare > 0.0, waits, np.inf)


@dataclass(frozen=True)
class WaitTable:
    """Erlang-C probabilities on a grid, from which waits are read for whole arrays of sites (M8).

    ``wait_probability``: shape (most plugs, utilizations), from one plug; ``utilization``: load over plugs, in
    even steps from 0 to the cap. Between utilizations the probability is interpolated, not the wait, which
    bends too much near the cap.
    """

    wait_probability: Floats
    utilization: Floats

    @classmethod
    def built(cls, most_plugs: int, most_utilization: float, steps: int) -> "WaitTable":
        """The table of sites of up to ``most_plugs`` plugs, in ``steps`` even steps of utilization up to its cap.

        Raises ValueError for a cap that is not below 1.
        """
        if not 0.0 < most_utilization < 1.0:
            raise ValueError(f"the cap on utilization must lie between 0 and 1; got {most_utilization}")
        plugs = np.arange(1, most_plugs + 1)[:, np.newaxis]
        utilization = np.linspace(0.0, most_utilization, steps + 1)
        return cls(erlang_c(plugs, plugs * utilization), utilization)

    def wait_in_service_times(self, working_plugs: Floats, load_erlangs: Floats) -> Floats:
        """Mean wait over the mean service time, broadcast shape; the load counts up to the cap.

        Fractions of plugs lie between the neighboring whole numbers at the same utilization. Less than one
        plug waits as one plug that is as busy, more than the table holds as its largest site. Without any
        plug the wait is that of one plug at the cap; its sessions are lost.
        """
        plugs, load = np.broadcast_arrays(working_plugs, load_erlangs)
        busy = np.divide(load, plugs, out=np.full(plugs.shape, np.inf), where=plugs > 0.0)
        utilization = np.minimum(busy, self.utilization[-1])
        most = self.wait_probability.shape[0]
        counted = np.clip(plugs, 1, most)
        fewer = np.floor(counted).astype(np.int64)
        part = counted - fewer
        with_fewer = self._wait(fewer, utilization)
        with_more = self._wait(np.minimum(fewer + 1, most), utilization)
        return np.asarray((1.0 - part) * with_fewer + part * with_more)

    def _wait(self, plugs: Ints, utilization: Floats) -> Floats:
        step = self.utilization[1]
        left = np.minimum((utilization / step).astype(np.int64), self.utilization.size - 2)
        part = utilization / step - left
        row = plugs - 1
        probability = (1.0 - part) * self.wait_probability[row, left] + part * self.wait_probability[row, left + 1]
        return np.asarray(probability / (plugs * (1.0 - utilization)))


@dataclass(frozen=True)
class Rhythm:
    """How a quarter's sessions spread over its hours (M8).

    ``peak_hour_share``: share of a day's sessions in its peak hour, the others being alike; ``holiday_factor``:
    sessions of a holiday over those of the mean day; ``holiday_share``: share of days that are holidays.
    Raises ValueError if the peak is below the mean hour or holidays leave nothing for other days.
    """

    peak_hour_share: float
    holiday_factor: float
    holiday_share: float

    def __post_init__(self) -> None:
        if not 1.0 / _HOURS_PER_DAY <= self.peak_hour_share <= 1.0:
            raise ValueError(f"the peak hour has from 1/24 to all of a day's sessions; got {self.peak_hour_share}")
        if not 0.0 <= self.holiday_share < 1.0 or not 0.0 <= self.holiday_factor * self.holiday_share <= 1.0:
            raise ValueError(f"holidays cannot have more than all sessions; got {self}")

    def hours(self) -> Floats:
        """Hours a quarter: peak and other hours of holidays, peak and other hours of ordinary days; shape (4,)."""
        days = _DAYS_PER_QUARTER * np.array([self.holiday_share, 1.0 - self.holiday_share])
        return np.outer(days, [1, _HOURS_PER_DAY - 1]).ravel()

    def sessions_share_per_hour(self) -> Floats:
        """Share of a quarter's sessions in one hour of each of the kinds of ``hours``; shape (4,)."""
        ordinary = (1.0 - self.holiday_share * self.holiday_factor) / (1.0 - self.holiday_share)
        by_hour = [self.peak_hour_share, (1.0 - self.peak_hour_share) / (_HOURS_PER_DAY - 1)]
        return np.outer([self.holiday_factor, ordinary], by_hour).ravel() / _DAYS_PER_QUARTER


def peak_load_erlangs(
    sessions_per_quarter: Floats, session_hours: Floats, peak_hour_share: float, day_factor: float
) -> Floats:
    """Load of the peak hour, erlangs, broadcast shape; ``day_factor`` is 1 on the mean day (M8)."""
    return np.asarray(sessions_per_quarter / _DAYS_PER_QUARTER * day_factor * peak_hour_share * session_hours)


def served_and_lost(
    sessions_per_quarter: Floats,
    working_plugs: Floats,
    session_hours: Floats,
    rhythm: Rhythm,
    most_utilization: float,
) -> tuple[Floats, Floats]:
    """Sessions of a quarter that are served and those that are lost, broadcast shape each (M8).

    In every hour what would keep the plugs busier than ``most_utilization`` is lost. The two add up to
    ``sessions_per_quarter`` to the last bit: a difference of floats within a factor of 2 is exact (Sterbenz 1974).
    """
    demand, limit = np.broadcast_arrays(sessions_per_quarter, most_utilization * working_plugs / session_hours)
    by_hour = demand[..., np.newaxis] * rhythm.sessions_share_per_hour()
    excess = np.maximum(by_hour - limit[..., np.newaxis], 0.0) @ rhythm.hours()
    served = demand - np.minimum(excess, demand)
    return np.asarray(served), np.asarray(demand - served)


def utilization_share(sessions_per_quarter: Floats, plugs: Floats, session_hours: Floats) -> Floats:
    """Share of the hours of a quarter in which a plug is busy, 0 where there is none; broadcast shape (M8)."""
    busy_hours, held = np.broadcast_arrays(sessions_per_quarter * session_hours, plugs)
    open_hours = held * _HOURS_PER_DAY * _DAYS_PER_QUARTER
    return np.asarray(np.divide(busy_hours, open_hours, out=np.zeros(held.shape), where=held > 0.0))
