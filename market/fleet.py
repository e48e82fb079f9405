"""Seats and cars: the population, the cars at dealers, who is in the market, which cars are scrapped (B0, M20)."""

from typing import Any

import numpy as np

from agents import ownership
from agents.choice import Floats, Ints, group_sum
from agents.consumers import NO_CAR, OLDEST_QUARTERS, Consumers
from agents.luck import Purpose, stream_key
from agents.rows import RowWork
from market import tables
from market.demand import Lookers, count_lookers
from market.places import Places
from market.population import seats_path, starting_columns, starting_lot, starting_stock
from market.scenario import Scenario
from market.trades import Present, cell_of
from market.used_cars import GOOD_OF, STOCK_CORRECTION
from market.vocabulary import BEV_SHORT, CAR_TYPES, CLASSES, GOODS, HOMES, SEGMENTS, TASTES

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
        work = RowWork.for_rows(rows)
        columns = starting_columns(places, scenario, stock, rows, self.seats, model.seed, lease_share, work)
        self.consumers = Consumers(model, columns)
        self._zones = places.size
        self._part_of_car = (np.arange(256) // len(SEGMENTS) >= BEV_SHORT).astype(np.uint8)
        self._part_of_class = (np.arange(256) // TASTES % HOMES).astype(np.uint8)
        self.count_cars()
        self.lot = starting_lot(columns, round(self._holding.dealer_stock_cars / self.weight))
        hazard = ownership.quarterly_scrap_hazard(tables.load("survival")["share_alive"].to_numpy(np.float64))
        self._hazard = np.append(hazard, np.full(OLDEST_QUARTERS + 1 - hazard.size, hazard[-1]))
        self._good = GOOD_OF[:CAR_TYPES].astype(np.int64)
        self.scrapped_rows: Ints = np.zeros(0, dtype=np.int64)

    def count_cars(self) -> None:
        """Count cars on seats into ``on_seats``; due whenever seats or ages have changed."""
        self.on_seats = self.consumers.tally(self._part_of_car, self._part_of_class, self._zones)

    def all_cars(self) -> Ints:
        """Cars on seats, as last counted, and at dealers by type and exact age in quarters, in rows, (256, 256)."""
        cars = self.on_seats.cars.copy()
        cars[NO_CAR] = 0
        lot = self.lot.car.astype(np.int64) * (OLDEST_QUARTERS + 1) + self.lot.age_quarters
        return np.asarray(cars + np.bincount(lot, minlength=cars.size).reshape(cars.shape))

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
        self.count_cars()
        return scale

    def _scale_for(self, chance: Floats, new_sales: float) -> float:
        surplus = self.lot.car.size * self.weight - self._holding.dealer_stock_cars
        without = self.consumers.without_car().size * self.weight
        wanted = new_sales - without + STOCK_CORRECTION * surplus
        expected = self.weight * float((self.on_seats.cars[:CAR_TYPES] * chance).sum())
        return float(np.clip(wanted / expected, _LOWEST_SCRAP_SCALE, _HIGHEST_SCRAP_SCALE))

    def in_market(self, quarter: int) -> tuple[Present, Lookers]:
        """Rows whose time has come or that have no car, and the same counted by what they are."""
        present = Present(self.consumers.due(quarter), self.consumers.without_car())
        self.consumers.stop_waiting(present.due)
        return present, self.count(present.due, present.carless)

    def count(self, due: Ints, carless: Ints) -> Lookers:
        """Rows with a car that look and rows without one, counted by what they are."""
        work, cells = self.consumers.work, self._zones * CLASSES
        owners = work.over(due.size, lambda piece: np.bincount(self.kind_of(due[piece]), minlength=cells * GOODS))
        others = work.over(carless.size, lambda piece: np.bincount(self.cell_of(carless[piece]), minlength=cells))
        return count_lookers(np.sum(owners, axis=0), np.sum(others, axis=0), self.weight)

    def count_due_within(self, quarter: int, ahead: int) -> Lookers:
        """Rows with a car whose next decision comes in the quarters after this one, up to ``ahead``, counted."""
        consumers, cells = self.consumers, self._zones * CLASSES

        def counted(piece: slice) -> Ints:
            kinds = self.kind_of(consumers.due_of(piece, quarter, quarter + ahead))
            return np.bincount(kinds, minlength=cells * GOODS)

        kinds = np.sum(consumers.work.over(consumers.size, counted), axis=0)
        return count_lookers(kinds, np.zeros(cells, dtype=np.int64), self.weight)

    def cell_of(self, rows: Ints) -> Ints:
        """Place of rows in (zones x classes), same shape."""
        return cell_of(self.consumers, rows)

    def kind_of(self, rows: Ints) -> Ints:
        """Place of rows with a car in (zones x classes x goods), same shape."""
        columns = self.consumers.columns
        return np.asarray(self.cell_of(rows) * GOODS + GOOD_OF[columns["car"][rows], columns["age_quarters"][rows]])

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
        on_road = group_sum(self.on_seats.cars[:CAR_TYPES].ravel().astype(np.float64), self._good.ravel(), GOODS)
        total = self._holding.dealer_stock_cars * self.seats[quarter + 1] / self.seats[0]
        return np.asarray(total * on_road / on_road.sum())

    def bev_share_of_cars(self) -> Floats:
        """Share of battery cars among the cars of each zone, shape (zones,)."""
        cars = self.on_seats.by_zone.sum(axis=1)
        return np.asarray(cars[:, 1] / np.maximum(cars.sum(axis=1), 1.0))

    def zone_of(self, rows: Ints) -> Ints:
        """Zone of rows, same shape."""
        return np.asarray(self.consumers.columns["zone"][rows].astype(np.int64))

    def income_of(self, rows: Ints) -> Ints:
        """Income class of rows, same shape."""
        return np.asarray(self.consumers.columns["buyer_class"][rows].astype(np.int64) // (HOMES * TASTES))

    def grow_older(self) -> None:
        """Every car is a quarter older."""
        self.consumers.do("grow_older")
        self.on_seats = self.on_seats.a_quarter_older()
        self.lot.grow_older(OLDEST_QUARTERS)
