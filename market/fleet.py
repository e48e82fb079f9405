"""Seats and cars: the population, the cars at dealers, who is in the market, which cars are scrapped (B0, M20)."""

from typing import Any

import numpy as np

from agents import ownership
from agents.choice import Floats, Ints, group_sum
from agents.consumers import NO_CAR, OLDEST_QUARTERS, Consumers
from agents.luck import Purpose, stream_key
from market import tables
from market.demand import Lookers, count_lookers
from market.places import Places
from market.population import seats_path, starting_columns, starting_lot, starting_stock
from market.scenario import Scenario
from market.trades import Present
from market.used_cars import STOCK_CORRECTION
from market.vocabulary import BEV_SHORT, CAR_TYPES, GOODS, HOMES, SEGMENTS, TASTES, good_of_car

_ONE_IN_A_MILLION = 1e-6  # cars: keeps constants of goods without a car in the base year finite
_LOWEST_SCRAP_SCALE, _HIGHEST_SCRAP_SCALE = 0.1, 5.0


class Fleet:
    """All seats and cars of a run. A row and a car at dealers stand for ``weight`` real ones.

    ``seats``: car-owning seats at the end of each quarter, from the one before the first.
    """

    def __init__(
        self, model: Any, scenario: Scenario, places: Places, bev_ratio: Floats, last_quarter: int, lease_share: float
    ) -> None:
        self._holding = scenario.ownership
        self.seats = seats_path(scenario, last_quarter)
        rows = scenario.run.consumers
        self.weight = float(self.seats[-1] / rows)
        stock = starting_stock(places, scenario, bev_ratio)
        columns = starting_columns(places, scenario, stock, rows, self.seats, model.seed, lease_share)
        self.consumers = Consumers(model, columns)
        self.lot = starting_lot(columns, round(self._holding.dealer_stock_cars / self.weight))
        hazard = ownership.quarterly_scrap_hazard(tables.load("survival")["share_alive"].to_numpy(np.float64))
        self._hazard = np.append(hazard, np.full(OLDEST_QUARTERS + 1 - hazard.size, hazard[-1]))
        self._good = good_of_car(np.arange(CAR_TYPES)[:, None], np.arange(OLDEST_QUARTERS + 1)[None, :])
        self.scrapped_rows: Ints = np.zeros(0, dtype=np.int64)

    def all_cars(self) -> Ints:
        """Cars on seats and at dealers by type and exact age in quarters, in rows, shape (256, 256)."""
        cars = self.consumers.cars()
        cars[NO_CAR] = 0
        np.add.at(cars, (self.lot.car, self.lot.age_quarters), 1)
        return cars

    def scrap(self, price_ratio: Floats, seed: int, quarter: int, new_sales: float | None, scale: float) -> float:
        """Scrap cars, dearer goods less; ``price_ratio``: (goods,) prices over those of the base year (M20).

        With recorded ``new_sales`` the scale is found, with which seats in need of a car match them and
        dealers come back to their stock; returns the scale used.
        """
        chance = ownership.scrap_probability(self._hazard, price_ratio[self._good], self._holding.scrap_elasticity, 1.0)
        if new_sales is not None:
            scale = self._scale_for(chance, new_sales)
        chance = np.minimum(1.0, chance * scale)
        self.scrapped_rows = self.consumers.scrap(chance, stream_key(seed, Purpose.SCRAPPAGE, quarter))
        return scale

    def _scale_for(self, chance: Floats, new_sales: float) -> float:
        surplus = self.lot.car.size * self.weight - self._holding.dealer_stock_cars
        without = self.consumers.without_car().size * self.weight
        wanted = new_sales - without + STOCK_CORRECTION * surplus
        expected = self.weight * float((self.consumers.cars()[:CAR_TYPES] * chance).sum())
        return float(np.clip(wanted / expected, _LOWEST_SCRAP_SCALE, _HIGHEST_SCRAP_SCALE))

    def in_market(self, quarter: int) -> tuple[Present, Lookers]:
        """Rows whose time has come or that have no car, and the same counted by what they are."""
        present = Present(self.consumers.due(quarter), self.consumers.without_car())
        self.consumers.stop_waiting(present.due)
        return present, self.count(present.due, present.carless)

    def count(self, due: Ints, carless: Ints) -> Lookers:
        """Rows with a car that look and rows without one, counted by what they are."""
        columns = self.consumers.columns
        good = good_of_car(columns["car"][due].astype(np.int64), columns["age_quarters"][due].astype(np.int64))
        kind = columns["buyer_class"]
        return count_lookers(
            self.zone_of(due), kind[due].astype(np.int64), good, self.zone_of(carless),
            kind[carless].astype(np.int64), self.weight,
        )  # fmt: skip

    def listings(self, lookers: Lookers, hazard: float, *, base_year: bool) -> Floats:
        """Cars of each good that may be for sale, (goods,): at dealers, and of lookers but for the usual keepers."""
        due = group_sum(lookers.due, lookers.kind_good, GOODS)
        listed = self.stock() + (1.0 - self._holding.keep_share) * hazard * due
        return np.asarray(np.maximum(listed, _ONE_IN_A_MILLION) if base_year else listed)

    def stock(self) -> Floats:
        """Cars at dealers by good, real cars, shape (goods,)."""
        return np.asarray(self.lot.by_good() * self.weight)

    def stock_target(self, quarter: int) -> Floats:
        """Cars dealers want of each good, (goods,): a stock that grows with seats, spread as cars on the road are."""
        on_road = group_sum(self.consumers.cars()[:CAR_TYPES].ravel().astype(np.float64), self._good.ravel(), GOODS)
        total = self._holding.dealer_stock_cars * self.seats[quarter + 1] / self.seats[0]
        return np.asarray(total * on_road / on_road.sum())

    def bev_share_of_cars(self, zones: int) -> Floats:
        """Share of battery cars among the cars of each zone, shape (zones,)."""
        columns = self.consumers.columns
        owners = self.consumers.owners()
        zone = self.zone_of(owners)
        is_bev = columns["car"][owners].astype(np.int64) // len(SEGMENTS) >= BEV_SHORT
        cars = group_sum(np.ones(owners.size), zone, zones)
        return group_sum(is_bev.astype(np.float64), zone, zones) / np.maximum(cars, 1.0)

    def zone_of(self, rows: Ints) -> Ints:
        """Zone of rows, same shape."""
        return np.asarray(self.consumers.columns["zone"][rows].astype(np.int64))

    def income_of(self, rows: Ints) -> Ints:
        """Income class of rows, same shape."""
        return np.asarray(self.consumers.columns["buyer_class"][rows].astype(np.int64) // (HOMES * TASTES))

    def grow_older(self) -> None:
        """Every car is a quarter older."""
        self.consumers.do("grow_older")
        self.lot.grow_older(OLDEST_QUARTERS)
