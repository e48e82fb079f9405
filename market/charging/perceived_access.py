"""Charging as buyers of every zone perceive it, by class of access (M4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from agents.arrays import Floats
from market.base.categories import NETWORKS
from market.charging.access import ACCESS_CLASSES, SiteUse, site_use
from market.charging.graph import ChargingGraph
from market.charging.parameters import Charging
from market.charging.road_trips import RANGE_GRID_MILES
from market.charging.trip_coverage import (
    RoadArrays,
    local_adequacy,
    site_success,
    sites_at_stops,
    sites_failure,
)
from market.exogenous.zones import Places

_CARS = 10_000.0
_TESLA, _OTHER = (NETWORKS.index(name) for name in ("Tesla", "other"))


@dataclass(frozen=True)
class Access:
    """Charging as buyers of every zone perceive it (M4, M8).

    ``coverage``: (classes, zones, range grid) of trips; ``local``: (classes, zones) adequacy near home; ``success``:
    (classes, zones) plugs believed to work, of those that the class may use; classes are ``ACCESS_CLASSES``, zeros
    where no car is. ``wait_hours``, ``trip_wait_hours``: (zones,) wait for a plug near home and on long trips.
    ``of_products``, ``of_goods``: (vehicles, classes) share of each class among new products and used goods, zeros for
    a car that is no BEV.
    """

    coverage: Floats
    local: Floats
    success: Floats
    wait_hours: Floats
    trip_wait_hours: Floats
    of_products: Floats
    of_goods: Floats

    def coverage_at(self, range_miles: Floats, classes: Floats) -> Floats:
        """Trip coverage of vehicles (vehicles,), linear between grid ranges, shape (zones, vehicles).

        ``classes``: (vehicles, classes), shares of classes in each.
        """
        place = np.interp(range_miles, RANGE_GRID_MILES, np.arange(RANGE_GRID_MILES.size))
        low = np.minimum(place.astype(np.int64), RANGE_GRID_MILES.size - 2)
        part = place - low
        found = self.coverage[:, :, low] * (1.0 - part) + self.coverage[:, :, low + 1] * part
        return np.asarray((found * classes.T[:, None, :]).sum(axis=0))

    def local_of(self, classes: Floats) -> Floats:
        """Adequacy near home for vehicles with these shares of classes, shape (zones, vehicles)."""
        return np.asarray(self.local.T @ classes.T)

    def success_of(self, classes: Floats) -> Floats:
        """Believed plug success for vehicles with these shares of classes, shape (zones, vehicles); 1 for others."""
        return np.asarray(self.success.T @ classes.T + (1.0 - classes.sum(axis=1)))


@dataclass(frozen=True)
class UsableSites:
    """Sites of one network that a class of access may use, and the chance that a plug works as believed.

    ``name``: of these sites, the same for all classes that use them. ``sites``, ``plugs``: (places,);
    ``share``: of the sites, each with the same chance; ``success``: (zones,).
    """

    name: str
    sites: Floats
    plugs: Floats
    share: float
    success: Floats

    def failures(self, roads: RoadArrays, common: float) -> tuple[Floats, Floats]:
        """Chance that all sites fail, of zones (zones, zones) and stops (zones, stops), a row a zone of drivers."""
        zones = roads.population.size
        size = np.divide(self.plugs, self.sites, out=np.zeros(self.plugs.shape), where=self.sites > 0.0)
        works = self.share * site_success(size, self.success[:, None], common)
        at_stops = sites_at_stops(roads, self.sites[zones:])
        return (
            sites_failure(self.sites[:zones], works[:, :zones]),
            sites_failure(at_stops, works[:, zones:].take(roads.stop_corridors, axis=1)),
        )


def usable(graph: ChargingGraph, use: SiteUse, success: Floats) -> Iterator[UsableSites]:
    """Sites that a class of access may use, by network; ``success``: (zones, networks) as believed."""
    if use.superchargers != "none":
        tesla, size = graph.sites[_TESLA], graph.plugs[_TESLA]
        sites = graph.late_sites[_TESLA] if use.superchargers == "late" else tesla
        part = np.divide(sites, tesla, out=np.zeros(sites.shape), where=tesla > 0.0)
        yield UsableSites(f"{use.superchargers} Superchargers", sites, size * part, 1.0, success[:, _TESLA])
    if use.others > 0.0 or use.superchargers == "none":
        name = f"{use.others} of others"
        yield UsableSites(name, graph.sites[_OTHER], graph.plugs[_OTHER], use.others, success[:, _OTHER])


def perceived_access(
    graph: ChargingGraph,
    places: Places,
    charging: Charging,
    success: Floats,
    waits: tuple[Floats, Floats],
    of_products: Floats,
    of_goods: Floats,
) -> Access:
    """Coverage of trips and adequacy near home with the sites that stand now, as believed (M4).

    ``success``: (zones, networks); ``waits``: near home and on trips, (zones,) each; ``of_products``, ``of_goods``:
    (vehicles, classes). Classes without a car are left at zero.
    """
    classes = len(ACCESS_CLASSES)
    coverage = np.zeros((classes, places.size, RANGE_GRID_MILES.size))
    local, believed = np.zeros((classes, places.size)), np.zeros((classes, places.size))
    need = places.seats / _CARS
    uses, known = site_use(charging), dict[str, tuple[Floats, Floats]]()
    for at in np.flatnonzero(of_products.any(axis=0) | of_goods.any(axis=0)):
        use = uses[at]
        held = list(usable(graph, use, success))
        for one in held:
            if one.name not in known:
                known[one.name] = one.failures(graph.roads, charging.site_common_success)
        fails = zip(*(known[one.name] for one in held), strict=True)
        zone_fails, stop_fails = (reduce(np.multiply, both) for both in fails)
        coverage[at] = graph.trips.coverage(zone_fails, stop_fails)
        plugs = np.stack([one.share * one.plugs for one in held], axis=1)
        trusted = np.stack([one.success for one in held], axis=1)
        working = (plugs[: places.size] * trusted).sum(axis=1)
        local[at] = local_adequacy(working, 1.0, need, charging.plugs_per_10k_cars)
        total = plugs.sum(axis=0)
        believed[at] = trusted @ (total / total.sum()) if total.sum() > 0.0 else trusted.mean(axis=1)
    return Access(coverage, local, believed, *waits, of_products, of_goods)
