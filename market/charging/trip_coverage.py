"""Trip coverage (M4): how surely a driver of each zone finds a working charger on long trips.

A trip follows the shortest road from the driver's zone. Every full usable range driven is a leg, and a
leg succeeds if at least one charging site passed on it works. Sites are whole: those of a corridor stand at its stops,
one after the other. Coverage is the mean success of trips, each destination weighted by its population over a power of
the road miles. No draws are made here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.arrays import Floats, Ints

SITE_COMMON_SUCCESS = 0.95  # source: assumption (M4); share of visits free of faults common to a site
USABLE_RANGE_SHARE = 0.51  # source: assumption (M4); two legs make about one rated range


@dataclass(frozen=True)
class TripGravity:
    """Which long trips are made: weight = population of the destination x miles^-exponent.

    ``distance_exponent`` source: assumption, 1.0 to 2.0 plausible. Trips outside the two lengths (road
    miles, both included) count nothing; source: assumption, shorter trips need no charging on the way
    and longer ones are flown.
    """

    distance_exponent: float = 1.5
    shortest_miles: float = 75.0
    longest_miles: float = 1000.0


@dataclass(frozen=True)
class RoadArrays:
    """The charging graph as arrays, in the node order and edge order of the graph.

    population             shape (zones,), people
    miles                  shape (zones, zones), shortest road miles, inf where there is no road
    predecessors           shape (zones, zones), zone before the column's zone on the road from the row's
    order                  shape (zones, zones), zones of a row from near to far, the row's own first
    corridor_before        shape (zones, zones), corridor driven from the predecessor; -1 where none
    corridor_ends          shape (corridors, 2), zones at the two ends
    corridor_miles         shape (corridors,)
    corridor_sites         shape (corridors,), stops: places for sites, equally spaced between the ends
    stop_ranks             shape (stops,), rank of each in its corridor when sites open there; see ``fill_ranks``
    """

    population: Floats
    miles: Floats
    predecessors: Ints
    order: Ints
    corridor_before: Ints
    corridor_ends: Ints
    corridor_miles: Floats
    corridor_sites: Ints
    stop_ranks: Ints

    @property
    def stop_starts(self) -> Ints:
        """First stop of each corridor among all stops, which stand corridor by corridor, shape (corridors,)."""
        return np.asarray(np.cumsum(self.corridor_sites) - self.corridor_sites)

    @property
    def stop_corridors(self) -> Ints:
        """Corridor of each stop, shape (stops,)."""
        return np.repeat(np.arange(self.corridor_sites.size), self.corridor_sites)


def fill_ranks(stops: int) -> Ints:
    """In what order the stops of a corridor get their first site, shape (stops,): rank of each stop.

    The middle comes first, then the middles of the halves: each next site stands in the widest gap, of equal gaps in
    the first.
    """
    ranks = np.zeros(stops, dtype=np.int64)
    gaps = [(0, stops)]
    for rank in range(stops):
        first, after = max(gaps, key=lambda gap: gap[1] - gap[0])
        gaps.remove((first, after))
        middle = (first + after) // 2
        ranks[middle] = rank
        gaps = sorted([*gaps, (first, middle), (middle + 1, after)])
    return ranks


def site_success(plugs: npt.ArrayLike, plug_success: npt.ArrayLike, common: float = SITE_COMMON_SUCCESS) -> Floats:
    """Chance that a site of ``plugs`` plugs gives a charge: a_s (1 - (1 - r)^n), M4.

    The arguments broadcast; plugs may be fractions. ``plug_success`` is r and ``common`` is a_s.
    """
    all_plugs_fail = np.power(1.0 - np.asarray(plug_success, float), np.asarray(plugs, float))
    return np.asarray(common * (1.0 - all_plugs_fail))


def leg_success(successes: Floats) -> Floats:
    """Chance that at least one of the sites on the last axis works; 0 for no site (M4)."""
    return np.asarray(1.0 - np.prod(1.0 - successes, axis=-1))


def local_adequacy(zone_plugs: Floats, plug_success: npt.ArrayLike, need_plugs: Floats, l0: float) -> Floats:
    """Adequacy of the public fast plugs in the home zone: L = 1 - exp(-(n r / need) / l0), M4.

    Shapes (zones,); ``need_plugs`` is the number of plugs at which n r / need is 1 for perfect plugs.
    """
    return np.asarray(-np.expm1(-(zone_plugs * np.asarray(plug_success, float) / need_plugs) / l0))


def sites_at_stops(roads: RoadArrays, corridor_sites: Floats) -> Floats:
    """Sites of corridors (corridors,) at their stops, shape (stops,): one each in the order of their ranks, again.

    What is left of a number that is not whole stands at the next stop.
    """
    corridor = roads.stop_corridors
    stops, sites = roads.corridor_sites[corridor], corridor_sites[corridor]
    whole = np.floor(sites)
    rounds = np.floor((whole + stops - 1 - roads.stop_ranks) / stops)
    return np.asarray(rounds + np.where(whole % stops == roads.stop_ranks, sites - whole, 0.0))


def sites_failure(sites: Floats, one_works: Floats) -> Floats:
    """Chance that all of a number of sites at a place fail, broadcast shape: (1 - s)^sites, M4.

    ``one_works``: s. A number that is not whole is its whole sites and one that stands there with the chance of the
    rest.
    """
    whole = np.floor(sites)
    return np.asarray(np.power(1.0 - one_works, whole) * (1.0 - (sites - whole) * one_works))


def trip_weights(roads: RoadArrays, gravity: TripGravity) -> Floats:
    """Gravity weight of each destination (column) for each zone (row); 0 outside the trip lengths."""
    made = (roads.miles >= gravity.shortest_miles) & (roads.miles <= gravity.longest_miles)
    falloff = np.zeros_like(roads.miles)
    np.power(roads.miles, -gravity.distance_exponent, where=made, out=falloff)
    return roads.population * falloff
