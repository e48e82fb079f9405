"""Seats and cars of a run, as drawn rows or as expected counts (M20)."""

from abc import ABC, abstractmethod
from typing import Protocol

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers import ownership
from agents.population.consumers import NO_CAR, OLDEST_QUARTERS, Tally
from agents.population.row_codes import Counts
from market.base import tables
from market.base.categories import CAR_TYPES, GOODS
from market.base.ledger import Ledger
from market.buyers.car_market import Outcome
from market.buyers.demand import InMarket
from market.buyers.parameters import Ownership
from market.buyers.used_prices import STOCK_CORRECTION
from market.fleet.dealers import GOOD_OF
from market.fleet.population import seats_path
from market.fleet.traded import Traded
from market.fleet.trading import Trading

_LOWEST_SCRAP_SCALE, _HIGHEST_SCRAP_SCALE = 0.1, 5.0


class Lot(Protocol):
    """Used cars at dealers."""

    @property
    def size(self) -> float:
        """How many there are."""

    def by_good(self) -> Counts:
        """Number of cars of every good, shape (goods,)."""


class Fleet(ABC):
    """All seats and cars of a run; what is counted stands for ``weight`` real seats or cars each.

    ``seats``: car-owning seats at the end of each quarter, from the one before the first. ``on_seats`` and ``lot``:
    cars on seats and at dealers; ``scrapped``: cars scrapped in the quarter.
    """

    lot: Lot
    on_seats: Tally
    weight: float
    scrapped: float = 0.0

    def __init__(self, holding: Ownership, last_quarter: int) -> None:
        self._holding = holding
        self.seats = seats_path(holding, last_quarter)
        hazard = ownership.quarterly_scrap_hazard(tables.load("survival")["share_alive"].to_numpy(np.float64))
        self._hazard = np.append(hazard, np.full(OLDEST_QUARTERS + 1 - hazard.size, hazard[-1]))
        self._good = GOOD_OF[:CAR_TYPES].astype(np.int64)

    # What each kind of fleet does in a quarter

    @abstractmethod
    def wake(self, quarter: int) -> None:
        """Let seats enter whose entry quarter has come."""

    @abstractmethod
    def in_market(self, quarter: int) -> InMarket:
        """Seats whose time has come or that have no car, counted by what they are."""

    @abstractmethod
    def choose_and_trade(self, trading: Trading) -> tuple[Traded, Outcome]:
        """Let those in the market choose and cars change hands.

        Returns what was traded, and the outcome with those who buy before their time.
        """

    @abstractmethod
    def grow_older(self) -> None:
        """Every car is a quarter older."""

    @abstractmethod
    def check(self, ledger: Ledger) -> None:
        """Check what must hold for every seat. Raises LedgerError."""

    @abstractmethod
    def _lot_cars(self) -> Counts:
        """Cars at dealers by type and age in quarters, (256, 256)."""

    @abstractmethod
    def _carless(self) -> float:
        """Seats in the market without a car."""

    @abstractmethod
    def _scrap(self, chance: Floats, seed: int, quarter: int) -> float:
        """Scrap cars on seats by ``chance``, (car types, ages in quarters); returns how many."""

    # What the market is shown

    def all_cars(self) -> Counts:
        """Cars on seats, as last counted, and at dealers by type and exact age in quarters, (256, 256)."""
        cars = self.on_seats.cars.copy()
        cars[NO_CAR] = 0
        return np.asarray(cars + self._lot_cars())

    def scrap(self, price_ratio: Floats, seed: int, quarter: int, new_sales: float | None, scale: float) -> float:
        """Scrap cars, more expensive goods less; ``price_ratio``: (goods,) prices over those of the base year (M20).

        With recorded ``new_sales`` the scale is found, with which seats in need of a car match them and
        dealers come back to their stock; returns the scale used.
        """
        chance = ownership.scrap_probability(self._hazard, price_ratio[self._good], self._holding.scrap_elasticity, 1.0)
        if new_sales is not None:
            scale = self._scale_for(chance, new_sales)
        self.scrapped = self._scrap(np.minimum(1.0, chance * scale), seed, quarter)
        return scale

    def _scale_for(self, chance: Floats, new_sales: float) -> float:
        surplus = self.lot.size * self.weight - self._holding.dealer_stock_cars
        without = self._carless() * self.weight
        wanted = new_sales - without + STOCK_CORRECTION * surplus
        expected = self.weight * float((self.on_seats.cars[:CAR_TYPES] * chance).sum())
        return float(np.clip(wanted / expected, _LOWEST_SCRAP_SCALE, _HIGHEST_SCRAP_SCALE))

    def listings(self, in_market: InMarket, hazard: float) -> Floats:
        """Cars of each good that may be for sale, (goods,): dealers' and those of owners likely to sell."""
        due = group_sum(in_market.due, in_market.kind_good, GOODS)
        return np.asarray(self.stock() + (1.0 - self._holding.keep_share) * hazard * due)

    def stock(self) -> Floats:
        """Cars at dealers by good, real cars, shape (goods,)."""
        return np.asarray(self.lot.by_good() * self.weight)

    def stock_target(self, quarter: int, trade_share: Floats) -> Floats:
        """Cars dealers want of each good, (goods,): a stock that grows with seats, the same days' supply of every good.

        ``trade_share``: (goods,) of cars traded in; as cars on the road are while it is unknown.
        """
        share = trade_share
        if not share.any():
            share = group_sum(self.on_seats.cars[:CAR_TYPES].ravel().astype(np.float64), self._good.ravel(), GOODS)
        total = self._holding.dealer_stock_cars * self.seats[quarter + 1] / self.seats[0]
        return np.asarray(total * share / share.sum())

    def bev_share_of_cars(self) -> Floats:
        """Share of BEVs among the cars of each zone, shape (zones,)."""
        cars = self.on_seats.by_zone.sum(axis=1)
        return np.asarray(cars[:, 1] / np.maximum(cars.sum(axis=1), 1.0))
