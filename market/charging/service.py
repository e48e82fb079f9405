"""Charging service in a quarter: sessions served and lost, waits, success rates, by zone and operator (M8)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.charging.queueing import (
    Rhythm,
    WaitTable,
    peak_load_erlangs,
    served_and_lost,
    service_hours,
    utilization_share,
)
from market.charging.parameters import Operators
from market.charging.trip_coverage import PLUGS_PER_CITY_SITE

HOURS_PER_QUARTER = 24 * 365.25 / QUARTERS_PER_YEAR
_LARGEST_SITE_PLUGS = 80  # larger sites wait as this one: next to nothing
_UTILIZATION_STEPS = 95  # of the table of waits
_LEAST_CORRIDOR_PLUGS = 4.0  # of a site on a road; source: NEVI asks for four (23 CFR 680); fewer plugs, fewer sites


@dataclass(frozen=True)
class ChargingService:
    """One quarter of charging; places are zones, then corridors.

    success        (zones,) true share of attempts that succeed, as the zone's drivers meet it near home and on trips
    wait_hours     (zones,) wait at the peak hour near home; trip_wait_hours: (zones,) the same on long trips
    wanted         (places,) sessions a quarter; served + lost are exactly these
    served         (operators, places); lost: the same, and what finds no plug at all is in ``lost_without_plug``
    lost_without_plug  (places,) sessions wanted where no plug works
    attempts_success   (places,) true share of attempts that succeed there
    place_wait_hours   (places,)
    utilization    (operators,) share of hours in which plugs are busy
    most_sessions_per_quarter  that a plug that always works can serve
    """

    success: Floats
    wait_hours: Floats
    trip_wait_hours: Floats
    wanted: Floats
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
    """How sites serve, the same in every quarter; ``sites``: places for sites on each corridor, (corridors,)."""

    def __init__(self, parameters: Operators, session_kwh: float, corridor_sites: Floats) -> None:
        self._parameters = parameters
        self._corridor_sites = corridor_sites
        self.session_hours = float(
            service_hours(np.asarray(session_kwh), np.asarray(parameters.session_kw), parameters.handling_hours)
        )
        self._most_sessions = parameters.most_utilisation * HOURS_PER_QUARTER / self.session_hours
        self._rhythm = Rhythm(parameters.peak_hour_share, parameters.holiday_factor, parameters.holiday_share)
        self._waits = WaitTable.built(_LARGEST_SITE_PLUGS, parameters.most_utilisation, _UTILIZATION_STEPS)

    def sites(self, plugs: Floats) -> Floats:
        """Sites of each place with these plugs, shape (places,): one at least."""
        zones = plugs.size - self._corridor_sites.size
        in_zones = plugs[:zones] / PLUGS_PER_CITY_SITE
        on_roads = np.minimum(plugs[zones:] / _LEAST_CORRIDOR_PLUGS, self._corridor_sites)
        return np.asarray(np.maximum(np.concatenate([in_zones, on_roads]), 1.0))

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

    def serve(self, near: Floats, far: Floats, use: Floats, plugs: Floats, success: Floats) -> ChargingService:
        """The service of a quarter.

        ``near``, ``far``: sessions wanted near home and on trips by a zone's drivers, (zones,); ``use``: (zones,
        corridors), where trips charge; ``plugs``, ``success``: (operators, places).
        """
        wanted = np.concatenate([near, far @ use])
        working_by = plugs * success
        working, standing = working_by.sum(axis=0), plugs.sum(axis=0)
        reached = np.where(working > 0.0, wanted, 0.0)
        if self._parameters.queues:
            hours = np.asarray(self.session_hours)
            served, lost = served_and_lost(reached, working, hours, self._rhythm, self._parameters.most_utilisation)
            without = wanted - reached
            waits = self.wait_hours(reached, working, self.sites(standing))
        else:
            served, lost, without, waits = wanted, np.zeros_like(wanted), np.zeros_like(wanted), np.zeros_like(wanted)
        share = _shares(working_by, plugs)
        met = _mean_success(working, standing)
        zones = near.size
        by_operator = share * served
        weight = near + far
        met_on_trips = use @ met[zones:]
        own = np.divide(near * met[:zones] + far * met_on_trips, weight, out=met[:zones].copy(), where=weight > 0.0)
        return ChargingService(
            success=np.clip(own, 0.0, 1.0), wait_hours=waits[:zones], trip_wait_hours=use @ waits[zones:],
            wanted=wanted, served=by_operator, lost=share * lost, lost_without_plug=without, attempts_success=met,
            place_wait_hours=waits,
            utilization=utilization_share(
                by_operator.sum(axis=1), plugs.sum(axis=1), np.asarray(self.session_hours)
            ),
            most_sessions_per_quarter=self._most_sessions,
        )  # fmt: skip


def _shares(working: Floats, plugs: Floats) -> Floats:
    """Share of each operator in the sessions of a place, (operators, places): by working plugs.

    Where no plug works, by plugs of the whole country (with queues such a place has no sessions).
    """
    total = working.sum(axis=0)
    national = plugs.sum(axis=1) / max(float(plugs.sum()), np.finfo(float).tiny)
    return np.where(total > 0.0, working / np.where(total > 0.0, total, 1.0), national[:, np.newaxis])


def _mean_success(working: Floats, standing: Floats) -> Floats:
    """Share of attempts that succeed at each place, (places,); the national one where no plug stands."""
    national = float(working.sum()) / max(float(standing.sum()), np.finfo(float).tiny)
    return np.where(standing > 0.0, working / np.where(standing > 0.0, standing, 1.0), national)
