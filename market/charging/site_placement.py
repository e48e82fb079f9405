"""Where whole charging sites of a network open (M4): to cover trips first, then by seats."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from agents.arrays import Floats, Ints
from market.charging.demand import corridor_use
from market.charging.trip_coverage import USABLE_RANGE_SHARE, RoadArrays

COVER_RANGE_MILES = 250.0  # range whose legs a network that covers trips has in mind; the range that is reported
_HALVINGS = 60  # past the precision of a double
_ROUNDING = 1e-9  # share by which values that differ by rounding alone may differ
_NOTHING = 1e-12  # share of all trip miles below which a site covers nothing new: rounding


@dataclass(frozen=True)
class Stops:
    """Zones and the stops of corridors as points that a site serves.

    near           shape (points, points), whether a site at the column serves drivers at the row
    miles_share    shape (points,), share of all long-trip miles driven around the point; 0 for zones
    zones          how many of the points, the first ones, are zones
    starts, sizes  shape (corridors,), first point of each corridor and its stops
    by_rank        shape (stops,), within each corridor its stops in the order in which they get sites
    """

    near: NDArray[np.bool_]
    miles_share: Floats
    zones: int
    starts: Ints
    sizes: Ints
    by_rank: Ints

    @classmethod
    def on(cls, roads: RoadArrays) -> "Stops":
        """The points of a road graph: a site serves what is at most half a leg of ``COVER_RANGE_MILES`` away."""
        zones, corridor = roads.population.size, roads.stop_corridors
        place = np.arange(corridor.size) - roads.stop_starts[corridor]
        along = (place + 1) * (roads.corridor_miles / (roads.corridor_sites + 1))[corridor]
        ends = roads.corridor_ends[corridor]
        offsets = np.stack([along, roads.corridor_miles[corridor] - along], axis=1)
        nodes = np.concatenate([np.repeat(np.arange(zones)[:, None], 2, axis=1), ends])
        off = np.concatenate([np.zeros((zones, 2)), offsets])
        to_zone = np.minimum(roads.miles[nodes[:, 0]] + off[:, :1], roads.miles[nodes[:, 1]] + off[:, 1:])
        miles = np.minimum(to_zone[:, nodes[:, 0]] + off[:, 0], to_zone[:, nodes[:, 1]] + off[:, 1])
        same = corridor[:, None] == corridor
        miles[zones:, zones:] = np.where(same, np.abs(along[:, None] - along), miles[zones:, zones:])
        driven = roads.population @ corridor_use(roads)
        share = (driven / max(float(driven.sum()), np.finfo(float).tiny) / roads.corridor_sites)[corridor]
        return cls(
            near=miles <= USABLE_RANGE_SHARE * COVER_RANGE_MILES / 2.0,
            miles_share=np.concatenate([np.zeros(zones), share]),
            zones=zones,
            starts=zones + roads.stop_starts,
            sizes=roads.corridor_sites,
            by_rank=place[np.lexsort((roads.stop_ranks, corridor))],
        )

    @cached_property
    def reach(self) -> csr_array:
        """``near`` turned over, (points, points), 1 where a site at the row serves; sparse, as few points are near."""
        site, driver = np.nonzero(self.near.T)
        return csr_array((np.ones(site.size), (site, driver)), shape=self.near.shape)

    def next_points(self, sites: Floats) -> Ints:
        """Point at which the next site of each place would stand, shape (places,); -1 where none is without a site.

        ``sites``: (places,), zones and then corridors.
        """
        whole = np.floor(sites).astype(np.int64)
        zones = np.where(whole[: self.zones] < 1, np.arange(self.zones), -1)
        held = whole[self.zones :]
        first = self.starts - self.zones
        stop = self.by_rank[first + np.minimum(held, self.sizes - 1)] if self.sizes.size else first
        return np.concatenate([zones, np.where(held < self.sizes, self.starts + stop, -1)])

    def served(self, sites: Floats) -> NDArray[np.bool_]:
        """Points that the sites of places serve, shape (points,)."""
        holds = np.zeros(self.miles_share.size, dtype=np.bool_)
        whole = np.floor(sites).astype(np.int64)
        holds[: self.zones] = whole[: self.zones] > 0
        for corridor in np.flatnonzero(whole[self.zones :]):
            first = self.starts[corridor] - self.zones
            filled = self.by_rank[first : first + min(whole[self.zones + corridor], self.sizes[corridor])]
            holds[self.starts[corridor] + filled] = True
        return np.asarray(self.near[:, holds].any(axis=1))


class SitePlacement:
    """How new sites of the states find their places; places are zones, then corridors.

    ``state_weights``: (places, states), how the sites of a state that do not cover trips spread over its places; a
    place with 0 is none of the state's.
    """

    def __init__(self, roads: RoadArrays, state_weights: Floats) -> None:
        self._stops = Stops.on(roads)
        self._weights = state_weights

    def with_more(self, sites: Floats, wanted: Ints, cover_share: float) -> Floats:
        """Sites by place and state once each state has as many as wanted, (places, states).

        ``sites``: (places, states), those that stand; ``wanted``: (states,). Of a state's sites the share
        ``cover_share`` is placed one by one where it covers most miles of long trips that no site of the network
        serves yet; the others, and all once nothing is left to cover, where the state's weight over its sites there
        is greatest. Of equal places the first gets the site. A state that wants fewer loses part of every site.
        """
        held = sites.sum(axis=0)
        kept = np.divide(np.minimum(wanted, held), held, out=np.ones(held.shape), where=held > 0.0)
        found: Floats = sites * kept
        more = np.maximum(wanted - np.rint(found.sum(axis=0)), 0.0).astype(np.int64)
        more[self._weights.sum(axis=0) <= 0.0] = 0
        before = np.floor(cover_share * (wanted - more) + 0.5)
        to_cover = np.minimum(np.floor(cover_share * wanted + 0.5) - before, more).astype(np.int64)
        left = more - to_cover + self._cover(found, to_cover)
        self._fill(found, left)
        return found

    def _cover(self, found: Floats, budget: Ints) -> Ints:
        """Place sites that cover most, in place in ``found``; returns what no state could use, (states,)."""
        left, stops = budget.copy(), self._stops
        if not left.any():
            return left
        total = found.sum(axis=1)
        uncovered = np.where(stops.served(total), 0.0, stops.miles_share)
        gain = stops.reach @ uncovered
        belongs = self._weights > 0.0
        while left.any():
            point = stops.next_points(total)
            open_here = (belongs & (left > 0)).any(axis=1) & (point >= 0)
            value = np.where(open_here, gain[point], -1.0)
            place = _first_of_greatest(value)
            if value[place] <= _NOTHING:
                break
            state = _first_of_greatest(np.where(left > 0, self._weights[place], -1.0))
            found[place, state] += 1.0
            total[place] += 1.0
            left[state] -= 1
            newly = stops.near[:, point[place]] & (uncovered > 0.0)
            gain = gain - uncovered[newly] @ stops.near[newly]
            uncovered[newly] = 0.0
        return left

    def _fill(self, found: Floats, budget: Ints) -> None:
        """Place the other sites of each state by its weights, in place in ``found`` (highest averages, Jefferson)."""
        for state in np.flatnonzero(budget):
            weight, held, left = self._weights[:, state], found[:, state], int(budget[state])
            if left > held.size:  # many at once; those that remain one by one
                sure = sure_of_a_place(weight, held, left)
                held += sure
                left -= int(sure.sum())
            for _ in range(left):
                held[_first_of_greatest(weight / (held + 1.0))] += 1.0


def _first_of_greatest(values: Floats) -> int:
    """Place of the first value that is the greatest but for rounding, so that processors agree on equal places."""
    greatest = values.max()
    return int(np.argmax(values >= greatest - _ROUNDING * np.abs(greatest)))


def sure_of_a_place(weight: Floats, held: Floats, seats: int) -> Floats:
    """Seats that the method of highest averages gives to each place for certain, at most ``seats``, shape (places,).

    ``weight``: (places,); ``held``: seats before. All seats whose average, weight over seats held with it, is above one
    value, found by halving, such that they are not too many.
    """
    few, many = 0.0, (held.sum() + seats + held.size) / weight.max()
    for _ in range(_HALVINGS):
        middle = (few + many) / 2.0
        if np.maximum(np.floor(weight * middle - held), 0.0).sum() <= seats:
            few = middle
        else:
            many = middle
    return np.asarray(np.maximum(np.floor(weight * few - held), 0.0))
