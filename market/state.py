"""What the phases of a quarter pass to later phases, and the end of them."""

from dataclasses import dataclass

from agents.arrays import Floats
from agents.population.row_codes import Counts
from market.buyers.car_market import Outcome, VehicleMarket
from market.buyers.demand import InMarket
from market.buyers.valuation import ValuedOffers
from market.fleet.traded import Traded
from market.fleet.trades import NewCars


class RunEndedError(RuntimeError):
    """A step was asked of a market that has reached its last quarter."""


@dataclass(frozen=True)
class StocksBefore:
    """Stocks before anything is traded, cars of the run's weight but for automakers' stock in real cars.

    ``cars``: all of them before scrapping and ``cars_at_trade`` after it, by type and age in quarters, (256, 256);
    ``lot``: at dealers; ``maker_stock``: new ones at automakers.
    """

    cars: Counts
    cars_at_trade: Counts
    lot: float
    maker_stock: float


@dataclass(frozen=True)
class Clearing:
    """The car market once used prices have cleared on expected flows (phase 7).

    ``market``: households in the market and their values; ``hazard``: share of owners due who enter it; ``outcome``:
    their expected choices.
    """

    valued: ValuedOffers
    market: VehicleMarket
    hazard: float
    outcome: Outcome

    @property
    def in_market(self) -> InMarket:
        """Households in the market, counted by stratum and car owned."""
        return self.market.in_market


@dataclass(frozen=True)
class CarQuarter(Clearing):
    """The car market of a quarter once cars have changed hands (phase 8).

    ``outcome`` now excludes buyers who wait and includes purchases pulled forward. ``deliveries``, ``built``:
    (products,) new cars.
    """

    new_cars: NewCars
    traded: Traded
    deliveries: Floats
    built: Floats
