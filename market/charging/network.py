"""Fast plugs of every operator: observed at first, then built, maintained and closed by operators (M9)."""

from typing import Any

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.charging.investment import opening_lag_quarters
from agents.charging.operator import ChargingOperator, OperatorSensing, PlugCosts
from agents.expectations import adapted
from agents.random.streams import Purpose, stream_key, uniforms
from market.base.categories import NETWORKS
from market.base.clock import Clock
from market.charging.funding import ChargerFunding
from market.charging.graph import ChargingGraph
from market.charging.observed_sites import ObservedSites
from market.charging.operator_shares import OperatorShares
from market.charging.parameters import Charging, Operators
from market.charging.service import ChargingService
from market.policies.parameters import Policy

_GROWTH_GAIN = 0.25  # a quarter's weight in the expected growth of BEVs (M18)
_BEFORE_START = -2  # the end of the quarter before the last one before the first
_MOST_GROWTH = 0.6  # of BEVs in a year that operators count on, judgment


def plug_costs(parameters: Operators) -> PlugCosts:
    """The parameters in the form operators use."""
    return PlugCosts(
        capex_usd=parameters.capex_kusd * 1e3,
        demand_charge_usd_per_year=parameters.demand_charge_usd,
        upkeep_usd_per_year=parameters.upkeep_cost_usd,
        success_floor=parameters.success_floor,
        success_ceiling=parameters.success_ceiling,
        funded_floor=parameters.funded_floor,
        discount_rate=parameters.discount_rate,
        horizon_years=parameters.horizon_years,
        lag_years=(parameters.shortest_lag + parameters.longest_lag) / 2 / QUARTERS_PER_YEAR,
        rival_response=parameters.rival_response,
        growth_damping=parameters.growth_damping,
        most_growth=parameters.most_growth,
        patience_quarters=parameters.patience,
    )


class ChargingNetwork:
    """Sites and plugs of all operators; places are zones, then corridors; arrays have shape (operators, places).

    ``sites``, ``plugs``: standing; ``funded``: plugs built with a grant; ``success``: true success; ``pipeline``,
    ``site_pipeline``: (quarters, operators, places) plugs and sites that open so many quarters from now; ``started``,
    ``opened``, ``closed``: plugs of the quarter, ``cash_usd``, ``upkeep_usd``: too, ``granted_usd``: (operators,).
    ``plugs_before``: at the end of the last quarter; ``served_plugs``, ``served_sites``, ``success_met``: that drivers
    meet in the quarter. ``observed``: sites of the networks as recorded. All before any lever on what buyers see.
    """

    def __init__(
        self, model: Any, operators: Operators, charging: Charging, policy: Policy, graph: ChargingGraph, clock: Clock
    ) -> None:
        self._given = self.parameters = operators
        self._charging = charging
        self._seed = clock.seed
        self._graph = graph
        self._origin = clock.origin
        self._recorded_until = clock.recorded_until
        self.first_own = 0 if operators.from_start else clock.recorded_until + 1
        self.shares = OperatorShares.read()
        self.funding = ChargerFunding(policy, operators, clock.origin)
        self.zones = graph.roads.population.size
        self.observed = ObservedSites(graph, charging, clock.recorded_until)
        size = (len(self.shares.names), self.observed.sites.shape[1])
        self.costs = plug_costs(self.parameters)
        self.operators = self._make_operators(model, size[1])
        self.sites: Floats = np.zeros(size)
        self.plugs: Floats = self.sites
        self._observe(_BEFORE_START)
        self.plugs_before = self.served_plugs = self.plugs
        self.served_sites = self.sites
        self.funded = np.zeros(size)
        self.success = self.success_met = self._recorded_success(size[1])
        self.pipeline = np.zeros((self.parameters.longest_lag + 1, *size))
        self.site_pipeline = np.zeros(self.pipeline.shape)
        self.started, self.opened, self.closed = np.zeros(size), np.zeros(size), np.zeros(size)
        self.cash_usd, self.upkeep_usd = np.zeros(size), np.zeros(size)
        self.granted_usd = np.zeros(size[0])
        self.car_growth = np.full(1, np.nan)
        self._cars: list[float] = []

    def _make_operators(self, model: Any, places: int) -> list[ChargingOperator]:
        gain = self.parameters.captive_margin_kusd * 1e3 * self.parameters.captive_cars_per_plug
        made = []
        for place, name in enumerate(self.shares.names):
            captive = float(self.shares.captive[place])
            site_plugs = self.parameters.captive_site_plugs if captive else self.parameters.least_plugs
            made.append(ChargingOperator(model, name, place, self.costs, gain * captive, places, site_plugs))
        return made

    def _recorded_success(self, places: int) -> Floats:
        own = np.where(self.shares.captive > 0, self.parameters.captive_success, self.parameters.other_success)
        return np.repeat(own[:, np.newaxis], places, axis=1)

    def decides(self, quarter: int) -> bool:
        """Whether operators, not records or a trend, say what is built."""
        return self.parameters.decide and quarter >= self.first_own

    # Phase 6: plugs in operation

    def open_quarter(self, quarter: int) -> None:
        """Plugs in operation in a quarter: observed at the end of the last one, or including those that open now."""
        self.parameters = self._given.at(quarter)
        before = self.plugs_before = self.plugs
        if self.decides(quarter) and quarter > self.first_own:
            arrived, sites = self.pipeline[0], self.site_pipeline[0]
            empty = np.zeros((1, *arrived.shape))
            self.pipeline = np.concatenate([self.pipeline[1:], empty])
            self.site_pipeline = np.concatenate([self.site_pipeline[1:], empty])
            self.funded = self.funded + arrived * self._on_corridors(self.funding.funded_share(quarter))
            self.plugs, self.sites = before + arrived, self.sites + sites
            self.opened = arrived
            self.closed = np.zeros(before.shape)
            self._apply_rule(quarter)
            return
        self._observe(quarter - 1)
        self.opened, self.closed = np.maximum(self.plugs - before, 0.0), np.maximum(before - self.plugs, 0.0)
        if self.decides(quarter):
            self._take_over(quarter)
        self._apply_rule(quarter)

    def _observe(self, end: int) -> None:
        """Sites and plugs of operators at the end of a quarter as recorded, then growing by a trend."""
        self.observed.advance(end)
        self.sites, self.plugs = self._split(self.observed.sites, end), self._split(self.observed.plugs, end)

    def _split(self, of_networks: Floats, quarter: int) -> Floats:
        """What networks have, (..., networks, places), by operator, (..., operators, places), alike in all places."""
        shares = self.shares.within(min(quarter, self._recorded_until))
        return np.asarray(of_networks[..., self.shares.network, :] * shares[:, None])

    def _take_over(self, quarter: int) -> None:
        """Before the first own decision: what is on the way, as much a quarter as opened in the last year on record."""
        shortest, longest = self.parameters.shortest_lag, self.parameters.longest_lag
        ahead = np.arange(1, longest)
        sites, plugs = self.observed.on_the_way(np.minimum(1.0, (longest - ahead) / (longest - shortest + 1)))
        self.pipeline[: ahead.size] = self._split(plugs, quarter - 1)
        self.site_pipeline[: ahead.size] = self._split(sites, quarter - 1)

    def of_networks(self, by_operator: Floats) -> Floats:
        """Sums over the operators of each network, (networks, places), of a figure by operator, (operators, places)."""
        return np.stack([by_operator[self.shares.network == network].sum(axis=0) for network in range(len(NETWORKS))])

    def show(self, quarter: int) -> None:
        """Put sites and plugs on the graph as buyers see them, with the lever on them."""
        factor = 1.0 if quarter <= self._origin else self._charging.at(quarter).port_factor
        sites, plugs = self.of_networks(self.sites), self.of_networks(self.plugs)
        graph = self._graph
        graph.sites, graph.plugs = self.observed.scaled(sites, plugs, factor)
        graph.late_sites = self.observed.late(graph.sites)

    def _apply_rule(self, quarter: int) -> None:
        """Raise success to what a rule asks of all operators after the origin; note what drivers meet."""
        if quarter > self._origin:
            self.success = np.maximum(self.success, self.parameters.upkeep_floor_all)
        self.served_plugs, self.served_sites, self.success_met = self.plugs, self.sites, self.success

    def ports_by_state(self) -> Floats:
        """Plugs of the states at the end of the quarter before the open one, shape (states,)."""
        parts = self._graph.state_parts(self.observed.plugs_by_state.sum(axis=0))
        return np.asarray(self.served_plugs.sum(axis=0) @ parts)

    # Phase 10: decisions

    def invest(self, service: ChargingService, cars: float, price_usd_per_kwh: float, quarter: int) -> None:
        """Compute the quarter's cash flow; operators that decide start plugs, set maintenance and close sites."""
        margin = price_usd_per_kwh * (1.0 - self.parameters.variable_cost_share)
        sales = service.served * self._charging.kwh_per_public_session * margin
        self.upkeep_usd = self.plugs * self.costs.upkeep_cost_usd(self.success) / QUARTERS_PER_YEAR
        self.cash_usd = sales - self.upkeep_usd - self.plugs * self.costs.demand_charge_usd_per_year / QUARTERS_PER_YEAR
        self.started, self.granted_usd = np.zeros(self.plugs.shape), np.zeros(len(self.operators))
        self._learn_growth(cars)
        if not self.decides(quarter):
            return
        budgets = self.budgets_usd()
        seen = [self.sensing(place, service, margin, quarter) for place in range(len(self.operators))]
        closes = np.stack([operator.close(what) for operator, what in zip(self.operators, seen, strict=True)])
        self.started = np.stack([
            operator.start(what, budget).astype(np.float64)
            for operator, what, budget in zip(self.operators, seen, budgets, strict=True)
        ])  # fmt: skip
        near, far = self.started[:, : self.zones].sum(axis=1), self.started[:, self.zones :].sum(axis=1)
        self.granted_usd = self.funding.pay(np.stack([near, far], axis=1), quarter)
        self._begin_building(quarter)
        self._keep(seen)
        self._close(closes)

    def budgets_usd(self) -> Floats:
        """Capital of each operator a year, (operators,): shared by ports of the last year on record."""
        captive, share = self.shares.captive, self.shares.at(min(self._recorded_until, self.first_own - 1))
        own = np.where(captive > 0, self.parameters.captive_budget_musd, self.parameters.budget_musd)
        total = np.where(captive > 0, share @ captive, share @ (1.0 - captive))
        return np.asarray(own * 1e6 * self.parameters.budget_factor * share / total)

    def _learn_growth(self, cars: float) -> None:
        """Expected growth of BEVs a year, from their number in this quarter and a year before (M18)."""
        self._cars.append(cars)
        if len(self._cars) > QUARTERS_PER_YEAR and self._cars[-1 - QUARTERS_PER_YEAR] > 0.0:
            observed = np.array([np.clip(cars / self._cars[-1 - QUARTERS_PER_YEAR] - 1.0, -_MOST_GROWTH, _MOST_GROWTH)])
            self.car_growth = adapted(self.car_growth, observed, _GROWTH_GAIN)

    def _on_corridors(self, value: float, near_home: float = 0.0) -> Floats:
        """A figure of corridors and one of zones by place, (places,)."""
        figures = np.full(self.plugs.shape[1], near_home)
        figures[self.zones :] = value
        return figures

    def sensing(self, place: int, service: ChargingService, margin: float, quarter: int) -> OperatorSensing:
        """What an operator sees of a quarter's service; ``margin``: of a kWh sold, $ (M9)."""
        coming = self.pipeline.sum(axis=0)
        near, far = self.funding.grant_usd(quarter)
        working = (self.plugs * self.success).sum(axis=0) + coming.sum(axis=0) * self.parameters.success_ceiling
        return OperatorSensing(
            quarter=quarter,
            plugs=self.plugs[place] + coming[place],
            sessions_per_year=service.sought * QUARTERS_PER_YEAR / np.maximum(working, 1.0),
            most_sessions_per_year=service.most_sessions_per_quarter * QUARTERS_PER_YEAR,
            grant_usd=self._on_corridors(far, near),
            floor=self.parameters.upkeep_floor_all if quarter > self._origin else 0.0,
            cash_usd=self.cash_usd[place],
            session_kwh=self._charging.kwh_per_public_session,
            margin_usd_per_kwh=margin,
            car_growth_per_year=float(np.nan_to_num(self.car_growth[0])),
        )

    def _begin_building(self, quarter: int) -> None:
        """Put what was started into the pipelines, with a keyed lag for every operator and place."""
        number = np.arange(self.started.size, dtype=np.int64)
        draws = uniforms(stream_key(self._seed, Purpose.PLUG_OPENING, quarter), number).reshape(self.started.shape)
        lag = opening_lag_quarters(draws, self.parameters.shortest_lag, self.parameters.longest_lag)
        operator, place = np.nonzero(self.started)
        ahead = lag[operator, place] - 1
        plugs = self.started[operator, place]
        size = np.array([who.site_plugs for who in self.operators], dtype=np.float64)
        np.add.at(self.pipeline, (ahead, operator, place), plugs)
        np.add.at(self.site_pipeline, (ahead, operator, place), plugs / size[operator])

    def _keep(self, seen: list[OperatorSensing]) -> None:
        """Success moves part of the way to what each operator wants, funded plugs to theirs."""
        wanted = np.stack(
            [who.wanted_success(what, funded=False) for who, what in zip(self.operators, seen, strict=True)]
        )
        rule = np.stack([who.wanted_success(what, funded=True) for who, what in zip(self.operators, seen, strict=True)])
        part = np.divide(self.funded, self.plugs, out=np.zeros(self.plugs.shape), where=self.plugs > 0.0)
        target = (1.0 - part) * wanted + part * rule
        self.success = self.success + self.parameters.upkeep_adjustment * (target - self.success)

    def _close(self, closes: Floats) -> None:
        """One site of each operator that gives up closes at each place, at the end of the quarter."""
        part = closes * np.divide(
            np.minimum(self.sites, 1.0), self.sites, out=np.zeros(closes.shape), where=self.sites > 0.0
        )
        gone = part * self.plugs
        self.funded = self.funded * (1.0 - part)
        self.closed = self.closed + gone
        self.plugs = self.plugs - gone
        self.sites = self.sites * (1.0 - part)
