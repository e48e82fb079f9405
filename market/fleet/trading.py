"""Input of a fleet's trades: the market of a quarter before buyers are served."""

from dataclasses import dataclass, replace

from agents.arrays import Floats
from market.base.clock import Clock
from market.buyers.car_market import Outcome, VehicleMarket
from market.buyers.demand import InMarket
from market.buyers.inversion import Constants
from market.buyers.valuation import ValuedOffers
from market.buyers.waiting import Ahead, WaitingBuyers, with_hurried
from market.fleet.trades import NewCars


@dataclass(frozen=True)
class Trading:
    """A quarter's buyers and what they are offered.

    ``market``: households in the market and their values; ``hazard``: share of owners due who enter it; ``outcome``:
    expected choices, excluding buyers who wait; ``limit``: (products,) supply limit.
    """

    clock: Clock
    valued: ValuedOffers
    market: VehicleMarket
    hazard: float
    constants: Constants
    outcome: Outcome
    new_cars: NewCars
    limit: Floats
    waiting: WaitingBuyers

    def see_ahead(self, in_market: InMarket, share: Floats) -> Ahead:
        """What owners due within a year, ``in_market``, would choose now; ``share``: (incomes,) of them that do so."""
        ahead = self.valued.market_for(in_market, self.market.values.listings)
        return self.waiting.see_ahead(ahead, self.outcome, self.constants, share)

    def with_hurried(self, ahead: Ahead) -> "Trading":
        """The same with those who hurry."""
        return replace(self, outcome=with_hurried(self.outcome, ahead, self.limit))
