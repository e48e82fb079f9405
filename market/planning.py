"""Makers' plans of a quarter: what they expect, and the programmes they pay for (M15, M18)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Floats
from market.ledger import Ledger
from market.maker_forecasts import MakerForecasts
from market.products import Products
from market.programmes import Programmes
from market.scenario import Scenario
from market.vocabulary import MAKERS

if TYPE_CHECKING:
    from market.model import Market

_AHEAD_QUARTERS = 4  # how far on announced credits are read: what comes in a year stays


class Planning:
    """Forecasts and programmes of a run; without programmes models follow the trend and the lines that turned."""

    def __init__(self, scenario: Scenario, products: Products, origin: int, recorded_until: int) -> None:
        self._plans = scenario.plans
        self.forecasts = MakerForecasts(scenario, products.maker)
        self.programmes = Programmes(scenario, self.forecasts, products.size, max(origin, recorded_until))

    @property
    def for_lines(self) -> MakerForecasts | None:
        """Forecasts for owners of lines; None if they go by the last years."""
        return self.forecasts if self._plans.damped_forecasts else None

    def plan(self, market: "Market") -> None:
        """See the quarter's demand; then pay, finish, launch and cancel programmes."""
        offering, is_bev = market.offering, market.products.is_bev
        now = offering.credit_kusd.mean(axis=(0, 1)) * is_bev
        coming = now
        if not market.is_recorded:
            coming = offering.expected_credit_kusd(market.quarter, _AHEAD_QUARTERS).mean(axis=(0, 1)) * is_bev
        self.forecasts.observe(market.now.outcome.flows.new * is_bev, now, coming, market.quarter)
        if self._plans.programmes:
            self.programmes.decide(market)
            offering.models_added = self.programmes.models_added.copy()

    def models_kept(self, market: "Market") -> Floats:
        """Share of the trend's models a maker keeps, (makers,): all where programmes decide."""
        return np.ones(len(MAKERS)) if self._plans.programmes else market.cells.models_kept()

    def lost_share(self, market: "Market") -> Floats:
        """Second channel of the detour: share of battery-car models lost to lines that turned, (makers,)."""
        if self._plans.programmes:
            return self.programmes.lost_share(market)
        return np.asarray(1.0 - market.cells.models_kept())

    def post_money(self, ledger: Ledger) -> None:
        """What makers pay for programmes."""
        self.programmes.post_money(ledger)
