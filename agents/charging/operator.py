"""Charging operators: where each starts plugs, how well it maintains them, which sites it closes (M9)."""

from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.charging.investment import (
    SiteRule,
    best_places,
    closes,
    growth_room,
    plug_cash_usd_per_year,
    plug_value_usd,
    quarters_of_loss,
    upkeep_success,
)

_FEWEST_SESSIONS = 1e-6  # a year: an unused plug still gains its automaker cars
_LEAST_COST_USD = 1.0  # of a plug: a grant never pays all


@dataclass(frozen=True)
class PlugCosts:
    """Costs and decision parameters common to all operators, $ per plug (M9).

    ``upkeep_usd_per_year``: c1; ``lag_years``: mean time from decision to opening; ``rival_response``: elasticity
    of all plugs to cars that is expected; ``growth_damping``: a year, of the expected growth of cars.
    """

    capex_usd: float
    demand_charge_usd_per_year: float
    upkeep_usd_per_year: float
    success_floor: float
    success_ceiling: float
    funded_floor: float
    discount_rate: float
    horizon_years: int
    lag_years: float
    rival_response: float
    growth_damping: float
    most_growth: float
    patience_quarters: int

    def upkeep_cost_usd(self, success: Floats) -> Floats:
        """Annual cost of maintaining a plug at success rate r, -c1 ln(1 - r), same shape (M9)."""
        return np.asarray(-self.upkeep_usd_per_year * np.log1p(-np.minimum(success, self.success_ceiling)))

    def use_factors(self, car_growth_per_year: float) -> Floats:
        """Sessions of a plug in each year of its life relative to now, shape (years,), as rivals build too (M9, M18).

        ``car_growth_per_year``: expected growth of BEVs in the coming year, which fades.
        """
        years = np.arange(1, self.horizon_years + 1) + self.lag_years
        damping = self.growth_damping
        passed = years if damping >= 1.0 else (1.0 - damping**years) / (1.0 - damping)
        return np.asarray(np.exp((1.0 - self.rival_response) * np.log1p(car_growth_per_year) * passed))


@dataclass(frozen=True)
class OperatorSensing:
    """What an operator observes in a quarter; arrays of shape (places,): zones, then corridors.

    ``plugs``: its own, standing and on the way; ``sessions_per_year``: wanted a year for each working plug there once
    all that is on the way stands; ``most_sessions_per_year``: that a plug can serve; ``grant_usd``: expected for a new
    plug; ``floor``: least success a rule asks for; ``cash_usd``: of its plugs in the last quarter.
    """

    quarter: int
    plugs: Floats
    sessions_per_year: Floats
    most_sessions_per_year: float
    grant_usd: Floats
    floor: float
    cash_usd: Floats
    session_kwh: float
    margin_usd_per_kwh: float
    car_growth_per_year: float


class ChargingOperator(mesa.Agent):
    """One charging operator (a calibrated archetype, no forecast of the company).

    ``captive_usd_per_year``: what its automaker earns on the cars a plug gains, 0 for others; ``site_plugs``: of a new
    site; ``rule``: where it starts sites; ``started``: plugs started this year, ``loss_quarters``: consecutive
    loss-making quarters, both shape (places,). Losses before the first decision are unknown, so places start at all
    values below the patience in turn.
    """

    def __init__(
        self, model: Any, name: str, place: int, costs: PlugCosts, captive_usd_per_year: float, places: int,
        site_plugs: int, rule: SiteRule = best_places,
    ) -> None:  # fmt: skip
        super().__init__(model)
        self.rule = rule
        self.name = name
        self.place = place
        self.costs = costs
        self.captive_usd_per_year = captive_usd_per_year
        self.site_plugs = site_plugs
        self.started: Ints = np.zeros(places, dtype=np.int64)
        self.plugs_at_year_start: Ints = np.zeros(places, dtype=np.int64)
        self.loss_quarters: Ints = (np.arange(places) + place) % costs.patience_quarters
        self.spent_usd = 0.0
        self.year = -1

    def wanted_success(self, seen: OperatorSensing, *, funded: bool) -> Floats:
        """Target success rate, shape (places,): r* of the first-order condition, and any required minimum (M9)."""
        per_session = seen.session_kwh * seen.margin_usd_per_kwh
        busy = np.maximum(seen.sessions_per_year, _FEWEST_SESSIONS)
        margin = per_session + self.captive_usd_per_year / busy
        kept = upkeep_success(
            busy, margin, self.costs.upkeep_usd_per_year, self.costs.success_floor,
            np.full(busy.shape, funded), self.costs.success_ceiling, self.costs.funded_floor,
        )  # fmt: skip
        return np.asarray(np.minimum(np.maximum(kept, seen.floor), self.costs.success_ceiling))

    def plug_value_usd(self, seen: OperatorSensing) -> Floats:
        """Net present value of one more plug at each place, $, shape (places,) (M9)."""
        success = self.wanted_success(seen, funded=False)
        sessions = np.outer(self.costs.use_factors(seen.car_growth_per_year), seen.sessions_per_year * success)
        sessions = np.minimum(sessions, seen.most_sessions_per_year * success)
        cash = plug_cash_usd_per_year(
            sessions,
            seen.session_kwh,
            np.asarray(seen.margin_usd_per_kwh),
            demand_charge_usd_per_year=np.asarray(self.costs.demand_charge_usd_per_year),
            upkeep_usd_per_year=self.costs.upkeep_cost_usd(success),
            captive_usd_per_year=np.asarray(self.captive_usd_per_year),
        )
        capex = np.full(seen.plugs.shape, self.costs.capex_usd)
        return plug_value_usd(cash, capex, seen.grant_usd, self.costs.discount_rate, self.costs.lag_years)

    def start(self, seen: OperatorSensing, budget_usd_per_year: float) -> Ints:
        """Plugs to start at each place this quarter, shape (places,): best first, within budget and growth (M9).

        Sites are whole: plugs come in multiples of ``site_plugs``.
        """
        year, quarter_of_year = divmod(seen.quarter, QUARTERS_PER_YEAR)
        if year != self.year:
            self.year, self.spent_usd = year, 0.0
            self.plugs_at_year_start = np.floor(seen.plugs).astype(np.int64)
            self.started = np.zeros_like(self.started)
        room = growth_room(self.plugs_at_year_start, self.started, self.site_plugs, self.costs.most_growth)
        cost = np.maximum(self.costs.capex_usd - seen.grant_usd, _LEAST_COST_USD)
        left = budget_usd_per_year * (quarter_of_year + 1) / QUARTERS_PER_YEAR - self.spent_usd
        size = self.site_plugs
        started = self.rule(self.plug_value_usd(seen) * size, cost * size, left, room // size) * size
        self.started = self.started + started
        self.spent_usd += float(started @ cost)
        return started

    def close(self, seen: OperatorSensing) -> Floats:
        """Whether a site closes at each place, shape (places,): 1 after too many quarters of loss in a row (M9).

        What the automaker behind it earns on cars gained counts, as it does when a plug is started.
        """
        earned = seen.cash_usd + seen.plugs * self.captive_usd_per_year / QUARTERS_PER_YEAR
        self.loss_quarters = quarters_of_loss(self.loss_quarters, earned)
        return closes(self.loss_quarters, self.costs.patience_quarters).astype(np.float64)
