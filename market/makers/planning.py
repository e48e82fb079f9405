"""Automakers' planning in a quarter: forecasts and model programs (M15, M18)."""

from agents.arrays import Bools, Floats
from market.base.ledger import Ledger
from market.makers.forecasts import MakerForecasts
from market.makers.makers_quarter import MakersQuarter
from market.makers.programmes import Programmes


class Planning:
    """Forecasts and programs of a run; without programs models follow the trend."""

    def __init__(self, is_bev: Bools, forecasts: MakerForecasts, programmes: Programmes) -> None:
        self._plans = forecasts.plans
        self._is_bev = is_bev
        self.forecasts = forecasts
        self.programmes = programmes

    @property
    def for_lines(self) -> MakerForecasts | None:
        """Forecasts for owners of lines; None if they go by the last years."""
        return self.forecasts if self._plans.damped_forecasts else None

    def plan(self, seen: MakersQuarter) -> Floats:
        """See the quarter's demand; pay, finish, launch and cancel programs. Models these have added, (products,)."""
        bevs = seen.demand_cars * self._is_bev
        self.forecasts.observe(bevs, seen.credit_kusd, seen.coming_credit_kusd, seen.quarter)
        if self._plans.programmes:
            self.programmes.decide(seen)
        return self.programmes.models_added.copy()

    def settle(self, quarter: int) -> None:
        """Launch the programs chosen this quarter for which there is still money once lines have been decided."""
        self.programmes.settle(quarter)

    def post_money(self, ledger: Ledger) -> None:
        """What automakers pay for programs."""
        self.programmes.post_money(ledger)
