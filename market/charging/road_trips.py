"""Long trips on the road graph (M4): the places that every trip meets, listed once, and how surely trips succeed.

The shortest roads from a zone are a tree. A visit is one place on one tree: a stop on the way, or a zone. Visits with
equally many visits before them are a level, worked on at once from the level before, so every trip is driven in order.
Only products, comparisons and sums in a fixed order are used: every machine gives the same bits.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from agents.arrays import Floats, Ints, group_sum
from market.charging.trip_coverage import USABLE_RANGE_SHARE, RoadArrays, TripGravity, trip_weights

RANGE_GRID_MILES = np.array([60.0, 100.0, 150.0, 200.0, 250.0, 300.0, 375.0, 450.0])


@dataclass(frozen=True)
class _Trips:
    """Trips by origin, near to far, each array (trips,).

    ``corridor`` and its ``stops`` lead from the zone ``before`` to the ``zone`` at the end; ``visits`` to there.
    """

    origin: Ints
    zone: Ints
    before: Ints
    corridor: Ints
    stops: Ints
    visits: Ints

    @classmethod
    def on(cls, roads: RoadArrays, longest_miles: float) -> "_Trips":
        made = (roads.miles <= longest_miles) & (roads.corridor_before >= 0)
        origin, rank = np.nonzero(np.take_along_axis(made, roads.order, axis=1))
        zone = roads.order[origin, rank]
        before, corridor = roads.predecessors[origin, zone], roads.corridor_before[origin, zone]
        stops = roads.corridor_sites[corridor]
        known = np.zeros(roads.miles.shape, dtype=np.int64)
        for each in np.split(np.argsort(rank, kind="stable"), np.cumsum(np.bincount(rank))[:-1]):
            known[origin[each], zone[each]] = known[origin[each], before[each]] + stops[each] + 1
        return cls(origin, zone, before, corridor, stops, known[origin, zone])


@dataclass(frozen=True)
class _Visits:
    """Visits level by level, each array (visits,).

    level      visits before it
    previous   the visit before it; -1 for home
    site       column of the place among zones and then stops, of the row of the origin, in a table laid flat
    miles      from home
    last       shape (trips,), the visit that each trip ends with
    """

    level: Ints
    previous: Ints
    site: Ints
    miles: Floats
    last: Ints

    @classmethod
    def of(cls, roads: RoadArrays, trips: _Trips) -> "_Visits":
        """Those of each trip's last corridor and zone; what was met before is of the trip to the zone before."""
        last = np.cumsum(trips.stops + 1) - 1
        trip = np.repeat(np.arange(trips.zone.size), trips.stops + 1)
        stops = trips.stops[trip]
        place = np.arange(trip.size) - (last[trip] - stops)
        arrival = np.full(roads.miles.shape, -1)
        arrival[trips.origin, trips.zone] = last
        level = (trips.visits - 1)[trip] - stops + place
        order = np.argsort(level, kind="stable")
        at = np.append(np.argsort(order, kind="stable"), -1)
        previous = np.where(place == 0, arrival[trips.origin, trips.before][trip], np.arange(trip.size) - 1)
        forward = (roads.corridor_ends[trips.corridor, 0] == trips.before)[trip]
        stop = roads.stop_starts[trips.corridor][trip] + np.where(forward, place, stops - 1 - place)
        zones, is_stop = roads.population.size, place < stops
        site = trips.origin[trip] * (zones + roads.stop_ranks.size) + np.where(is_stop, zones + stop, trips.zone[trip])
        spacing = roads.corridor_miles[trips.corridor] / (trips.stops + 1)
        start, end = roads.miles[trips.origin, trips.before], roads.miles[trips.origin, trips.zone]
        miles = np.where(is_stop, start[trip] + (place + 1) * spacing[trip], end[trip])
        return cls(level[order], at[previous[order]], site[order], miles[order], at[last])


@dataclass(frozen=True)
class _Level:
    """The visits of a level, and the trips that end with one of them.

    site       shape (visits,), as in ``_Visits``
    previous   shape (visits,), the visit before, in the level before
    closes     shape (visits, ranges), 1 where a leg ends on the way from there, else 0
    trips      those that end here, of all in the order of their ends
    last       shape (trips that end here,), the visit of this level that each ends with
    """

    site: Ints
    previous: Ints
    closes: Floats
    trips: slice
    last: Ints


class RoadTrips:
    """Trips on a road graph, cut into legs by the ranges of cars; ``coverage`` says how surely they succeed.

    ``ranges_miles``: shape (ranges,), rated ranges. Raises ValueError if the ranges are not positive and increasing.
    """

    def __init__(self, roads: RoadArrays, ranges_miles: npt.ArrayLike, gravity: TripGravity | None = None) -> None:
        ranges = np.atleast_1d(np.asarray(ranges_miles, dtype=np.float64))
        if ranges[0] <= 0.0 or np.any(np.diff(ranges) <= 0.0):
            raise ValueError(f"RoadTrips needs positive, increasing ranges_miles; got {ranges.tolist()}")
        usable, gravity = USABLE_RANGE_SHARE * ranges, gravity or TripGravity()
        trips = _Trips.on(roads, gravity.longest_miles)
        visits = _Visits.of(roads, trips)
        legs = _whole_legs(visits.miles, usable)
        closed = legs - np.where(visits.previous[:, None] >= 0, legs[visits.previous], 0)
        starts = np.searchsorted(visits.level, np.arange(visits.level.max(initial=-1) + 2))
        weight = trip_weights(roads, gravity)[trips.origin, trips.zone]
        ending = np.argsort(visits.last, kind="stable")
        last = visits.last[ending]
        self._zones = roads.population.size
        self._place = (trips.origin[:, None] * ranges.size + np.arange(ranges.size)).ravel()  # in (zones, ranges)
        self._by_origin = np.argsort(ending, kind="stable")
        self._total = np.bincount(trips.origin, weights=weight, minlength=self._zones)
        self._weight = (weight[:, None] * _unbroken(closed <= 1, visits.previous, starts)[visits.last])[ending]
        self._is_open = (visits.miles[last][:, None] >= (legs[last] + 1) * usable).astype(np.float64)
        self._levels = []
        for before, start, end in zip(np.append(0, starts)[:-2], starts[:-1], starts[1:], strict=True):
            here, ends = slice(start, end), slice(*np.searchsorted(last, [start, end]))
            previous = np.maximum(visits.previous[here] - before, 0)
            closes = (closed[here] > 0).astype(np.float64)
            self._levels.append(_Level(visits.site[here], previous, closes, ends, last[ends] - start))

    def coverage(self, zone_fails: Floats, stop_fails: Floats) -> Floats:
        """Trip coverage C of every zone, shape (zones, ranges), in [0, 1] (M4).

        zone_fails   chance that all sites of a zone fail, shape (zones,), or (zones, zones) with drivers of a row's
                     zone
        stop_fails   the same of the stops of corridors, shape (stops,) or (zones, stops)

        C never falls along the ranges by construction: where a longer range cuts the road into worse legs, the driver
        stops as one with the next shorter range would. A zone without any destination by road makes no long road trips
        and has C = 1.
        """
        rows = [np.broadcast_to(fails, (self._zones, fails.shape[-1])) for fails in (zone_fails, stop_fails)]
        fails_at = np.concatenate(rows, axis=1).ravel()
        trips, ranges = self._weight.shape
        success = np.empty((trips, ranges))
        done, fails = np.ones((1, ranges)), np.ones((1, ranges))  # legs so far; the open leg: no site met yet
        for level in self._levels:
            so_far = fails.take(level.previous, axis=0)
            done = done.take(level.previous, axis=0)
            done *= 1.0 - so_far * level.closes
            fails = np.maximum(so_far, level.closes, out=so_far)
            fails *= fails_at.take(level.site)[:, None]
            open_fails = fails.take(level.last, axis=0) * self._is_open[level.trips]
            success[level.trips] = done.take(level.last, axis=0) * (1.0 - open_fails)
        made = (success * self._weight).take(self._by_origin, axis=0)
        covered = group_sum(made.ravel(), self._place, self._zones * ranges).reshape(self._zones, ranges)
        share = np.divide(covered, self._total[:, None], out=np.ones_like(covered), where=self._total[:, None] > 0.0)
        return np.maximum.accumulate(share, axis=1)


def _whole_legs(miles: Floats, usable_miles: Floats) -> Ints:
    """Legs that end before each place, shape (places, ranges)."""
    longest = float(miles.max(initial=0.0))
    ends = [usable * np.arange(1, int(longest / usable) + 2) for usable in usable_miles]
    return np.stack([np.searchsorted(each, miles) for each in ends], axis=1)


def _unbroken(at_most_one: npt.NDArray[np.bool_], previous: Ints, starts: Ints) -> npt.NDArray[np.bool_]:
    """Whether no leg so far lies whole between two visits, (visits, ranges): such a leg has no site and fails.

    ``at_most_one``: (visits, ranges), whether at most one leg ends on the way to each; ``starts``: of levels.
    """
    found = at_most_one.copy()
    for start, end in pairwise(starts[1:]):
        found[start:end] &= found[previous[start:end]]
    return found
