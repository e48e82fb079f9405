"""Charging service in a quarter: sessions served and lost, waits, success rates, by zone and operator (M8)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.charging.queueing import (
    Rhythm,
    WaitTable,
    peak_load_erlangs,
    served_and_lost,
    service_hours,
    utilization_share,
)
from market.base.categories import NETWORKS
from market.charging.parameters import Operators

HOURS_PER_QUARTER = 24 * 365.25 / QUARTERS_PER_YEAR
_LARGEST_SITE_PLUGS = 80  # larger sites wait as this one: next to nothing
_UTILIZATION_STEPS = 95  # of the table of waits


@dataclass(frozen=True)
class ChargingService:
    """One quarter of charging; places are zones, then corridors.

    success        (zones,) true share of attempts that succeed, as the zone's drivers meet it near home and on trips
    network_success  (zones, networks) the same at the plugs of one network alone
    wait_hours     (zones,) wait at the peak hour near home; trip_wait_hours: (zones,) the same on long trips
    wanted         (places,) sessions a quarter; served + lost are exactly these
    sought         (places,) sessions that plugs would be asked for there: as wanted, and on a corridor without any what
                   is now charged at its ends
    served         (operators, places); lost: the same, and what finds no plug at all is in ``lost_without_plug``
    lost_without_plug  (places,) sessions wanted where no plug works
    attempts_success   (places,) true share of attempts that succeed there
    place_wait_hours   (places,)
    utilization    (operators,) share of hours in which plugs are busy
    most_sessions_per_quarter  that a plug that always works can serve
    """

    success: Floats
    network_success: Floats
    wait_hours: Floats
    trip_wait_hours: Floats
    wanted: Floats
    sought: Floats
    served: Floats
    lost: Floats
    lost_without_plug: Floats
    attempts_success: Floats
    place_wait_hours: Floats
    utilization: Floats
    most_sessions_per_quarter: float

    @property
    def total_lost(self) -> float:
        """Sessions lost anywhere."""
        return float(self.lost.sum() + self.lost_without_plug.sum())

    def weighted(self, by_place: Floats) -> float:
        """Mean of a figure of places over the sessions wanted, not a number without any."""
        total = float(self.wanted.sum())
        return float((by_place * self.wanted).sum()) / total if total > 0.0 else float("nan")


class ServiceRules:
    """How sites serve, the same in every quarter.

    ``corridor_ends``: (corridors, 2), zones where those charge who find no plug on a corridor; ``network``: network of
    each operator, (operators,).
    """

    def __init__(self, parameters: Operators, session_kwh: float, corridor_ends: Ints, network: Ints) -> None:
        self._parameters = parameters
        self._ends = corridor_ends
        self._networks = [np.flatnonzero(network == which) for which in range(len(NETWORKS))]
        self.session_hours = float(
            service_hours(np.asarray(session_kwh), np.asarray(parameters.session_kw), parameters.handling_hours)
        )
        self._most_sessions = parameters.most_utilisation * HOURS_PER_QUARTER / self.session_hours
        self._rhythm = Rhythm(parameters.peak_hour_share, parameters.holiday_factor, parameters.holiday_share)
        self._waits = WaitTable.built(_LARGEST_SITE_PLUGS, parameters.most_utilisation, _UTILIZATION_STEPS)

    def wait_hours(self, sessions: Floats, working: Floats, sites: Floats) -> Floats:
        """Mean wait at the peak hour over ordinary days and holidays, shape (places,); 0 where no plug works.

        Nobody waits longer than ``most_wait_hours``.
        """
        rhythm, hours = self._rhythm, np.asarray(self.session_hours)
        holidays = rhythm.holiday_share * rhythm.holiday_factor
        ordinary = (1.0 - holidays) / (1.0 - rhythm.holiday_share)
        wait = np.zeros(sessions.shape)
        for part, factor in ((holidays, rhythm.holiday_factor), (1.0 - holidays, ordinary)):
            load = peak_load_erlangs(sessions / sites, hours, rhythm.peak_hour_share, factor)
            each = self.session_hours * self._waits.wait_in_service_times(working / sites, load)
            wait += part * np.minimum(each, self._parameters.most_wait_hours)
        return np.where(working > 0.0, wait, 0.0)

    def serve(
        self, near: Floats, far: Floats, use: Floats, plugs: Floats, success: Floats, sites: Floats
    ) -> ChargingService:
        """The service of a quarter.

        ``near``, ``far``: sessions wanted near home and on trips by a zone's drivers, (zones,); ``use``: (zones,
        corridors), where trips charge; ``plugs``, ``success``, ``sites``: (operators, places). Who finds no plug on a
        corridor charges in the zones at its ends, half in each.
        """
        working_by = plugs * success
        working, standing = working_by.sum(axis=0), plugs.sum(axis=0)
        zones = near.size
        on_roads = far @ use
        wanted = self._moved(np.concatenate([near, on_roads]), standing)
        reached = np.where(working > 0.0, wanted, 0.0)
        if self._parameters.queues:
            hours = np.asarray(self.session_hours)
            served, lost = served_and_lost(reached, working, hours, self._rhythm, self._parameters.most_utilisation)
            without = wanted - reached
            waits = self.wait_hours(reached, working, np.maximum(sites.sum(axis=0), 1.0))
        else:
            served, lost, without, waits = wanted, np.zeros_like(wanted), np.zeros_like(wanted), np.zeros_like(wanted)
        share = _shares(working_by, plugs)
        by_operator = share * served
        met = _mean_success(working, standing)

        def by_drivers(at_places: Floats, there: Floats) -> Floats:
            on_trips = use @ self._on_corridors(at_places, there)
            met_both = near * at_places[:zones] + far * on_trips
            weight = near + far
            return np.clip(np.divide(met_both, weight, out=at_places[:zones].copy(), where=weight > 0.0), 0.0, 1.0)

        by_network = []
        for members in self._networks:
            there = plugs[members].sum(axis=0)
            by_network.append(by_drivers(_mean_success(working_by[members].sum(axis=0), there), there))
        return ChargingService(
            success=by_drivers(met, standing), network_success=np.stack(by_network, axis=1), wait_hours=waits[:zones],
            trip_wait_hours=use @ self._on_corridors(waits, standing),
            wanted=wanted, sought=np.concatenate([wanted[:zones], on_roads]), served=by_operator, lost=share * lost,
            lost_without_plug=without, attempts_success=met,
            place_wait_hours=waits,
            utilization=utilization_share(
                by_operator.sum(axis=1), plugs.sum(axis=1), np.asarray(self.session_hours)
            ),
            most_sessions_per_quarter=self._most_sessions,
        )  # fmt: skip

    def _moved(self, wanted: Floats, standing: Floats) -> Floats:
        """Sessions at places, (places,), those of corridors without a plug moved to the zones at their ends."""
        zones = wanted.size - self._ends.shape[0]
        stay = np.where(standing[zones:] > 0.0, wanted[zones:], 0.0)
        moved = (wanted[zones:] - stay) / self._ends.shape[1]
        more = np.bincount(self._ends.ravel(), np.repeat(moved, self._ends.shape[1]), minlength=zones)
        return np.concatenate([wanted[:zones] + more, stay])

    def _on_corridors(self, at_places: Floats, standing: Floats) -> Floats:
        """A figure of places, (places,), as those on trips meet it, (corridors,): at the ends where no plug stands."""
        zones = at_places.size - self._ends.shape[0]
        return np.where(standing[zones:] > 0.0, at_places[zones:], at_places[self._ends].mean(axis=1))


def _shares(working: Floats, plugs: Floats) -> Floats:
    """Share of each operator in the sessions of a place, (operators, places): by working plugs.

    Where no plug works, by plugs of the whole country, alike if it has none (such a place has no sessions with queues).
    """
    total = working.sum(axis=0)
    standing = float(plugs.sum())
    national = plugs.sum(axis=1) / standing if standing > 0.0 else np.full(plugs.shape[0], 1.0 / plugs.shape[0])
    return np.where(total > 0.0, working / np.where(total > 0.0, total, 1.0), national[:, np.newaxis])


def _mean_success(working: Floats, standing: Floats) -> Floats:
    """Share of attempts that succeed at each place, (places,); the national one where no plug stands, 0 without any."""
    national = float(working.sum()) / max(float(standing.sum()), np.finfo(float).tiny)
    return np.where(standing > 0.0, working / np.where(standing > 0.0, standing, 1.0), national)
