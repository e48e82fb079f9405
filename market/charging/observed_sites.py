"""Sites of the networks as recorded by state and placed one by one, then growing by a trend (M4)."""

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters
from market.base.categories import NETWORKS
from market.base.lever_path import mean_growth
from market.charging.graph import ChargingGraph
from market.charging.parameters import Charging

FIRST_OBSERVED = -2 - QUARTERS_PER_YEAR
"""A year and two quarters before 2017Q1: the pace of the year before the first quarter is known."""
EARLY_UNTIL = quarters.index("2019Q4")
"""Superchargers that opened later serve other makers' cars: Tesla's third generation, from 2019, recalled."""


class ObservedSites:
    """Sites at the end of a quarter by network, place and state; ``advance`` moves on and never back.

    ``by_state``: (networks, places, states) sites; ``plugs_by_state``: (networks, places, states). Between the
    networks of ``NETWORKS`` the share of sites that are placed to cover trips differs.
    """

    def __init__(self, graph: ChargingGraph, charging: Charging, recorded_until: int) -> None:
        self._graph = graph
        self._charging = charging
        self._until = recorded_until
        self._cover_share = (charging.captive_cover_share, charging.other_cover_share)
        self.quarter = FIRST_OBSERVED - 1
        size = (len(NETWORKS), *graph.state_weights.shape)
        self.by_state, self.plugs_by_state = np.zeros(size), np.zeros(size)
        self.early: Floats | None = None
        self.advance(FIRST_OBSERVED)

    @property
    def sites(self) -> Floats:
        """Sites, shape (networks, places)."""
        return np.asarray(self.by_state.sum(axis=2))

    @property
    def plugs(self) -> Floats:
        """Plugs, shape (networks, places)."""
        return np.asarray(self.plugs_by_state.sum(axis=2))

    def late(self, sites: Floats) -> Floats:
        """Of sites (networks, places) those that opened after ``EARLY_UNTIL``, same shape."""
        return np.zeros(sites.shape) if self.early is None else np.maximum(sites - self.early, 0.0)

    def advance(self, quarter: int) -> None:
        """Let sites open up to the end of a quarter, quarter by quarter."""
        recorded = self._graph.recorded
        while self.quarter < quarter:
            self.quarter += 1
            at = (self.quarter, self._growth(self.quarter), self._until)
            self.by_state = self._placed(self.by_state, recorded.sites_at(*at))
            held = self.by_state.sum(axis=1)
            size = np.divide(recorded.plugs_at(*at), held, out=np.zeros(held.shape), where=held > 0.0)
            self.plugs_by_state = self.by_state * size[:, None, :]
            if self.quarter == EARLY_UNTIL:
                self.early = self.sites

    def _growth(self, quarter: int) -> float:
        """Mean growth of ports a year from the end of the record to a quarter."""
        after = min(quarter, self._until)
        return mean_growth(lambda each: self._charging.at(each).port_growth, after, quarter)

    def _placed(self, by_state: Floats, wanted: Ints) -> Floats:
        place = self._graph.placement.with_more
        return np.stack([
            place(sites, count, share)
            for sites, count, share in zip(by_state, wanted, self._cover_share, strict=True)
        ])  # fmt: skip

    def on_the_way(self, part_of_pace: Floats) -> tuple[Floats, Floats]:
        """Sites and plugs that open in the next quarters, (quarters, networks, places) each.

        ``part_of_pace``: (quarters,) of what opened in a quarter of the last year. Sites are whole, with the plugs of
        the sites that opened in the last year.
        """
        recorded = self._graph.recorded
        ends = [(at, self._growth(at), self._until) for at in (self.quarter, self.quarter - QUARTERS_PER_YEAR)]
        now, before = (recorded.sites_at(*end) for end in ends)
        ports, earlier = (recorded.plugs_at(*end) for end in ends)
        more, new_plugs = np.maximum(now - before, 0).sum(axis=1), np.maximum(ports - earlier, 0.0).sum(axis=1)
        size = np.divide(new_plugs, more, out=np.zeros(more.shape), where=more > 0)
        pace = np.maximum(now - before, 0) / QUARTERS_PER_YEAR
        standing, found = self.by_state, []
        for part in np.cumsum(part_of_pace):
            wanted = np.floor(now + pace * part + 0.5).astype(np.int64)
            after = self._placed(standing, wanted)
            found.append((after - standing).sum(axis=2))
            standing = after
        opening = np.stack(found) if found else np.zeros((0, *self.sites.shape))
        return opening, opening * size[:, None]

    def scaled(self, sites: Floats, plugs: Floats, factor: float) -> tuple[Floats, Floats]:
        """Sites and plugs, (networks, places) each, as they would stand if every state had ``factor`` times as many.

        More sites find their places as those of the record do, with the plugs of the state's mean site; with fewer,
        every place loses its part.
        """
        if factor <= 1.0:
            return sites * factor, plugs * factor
        graph = self._graph
        part = np.stack([graph.state_parts(known) for known in self.by_state])
        by_state = sites[:, :, None] * part
        held = by_state.sum(axis=1)
        size = np.divide((plugs[:, :, None] * part).sum(axis=1), held, out=np.zeros(held.shape), where=held > 0.0)
        wanted = np.floor(held * factor + 0.5).astype(np.int64)
        added = self._placed(by_state, wanted) - by_state
        return sites + added.sum(axis=2), plugs + (added * size[:, None, :]).sum(axis=2)
