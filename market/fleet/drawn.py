"""The population as individually drawn rows: entry into the market, purchases, scrappage (M20)."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.population.consumers import NO_CAR, OLDEST_QUARTERS, Consumers
from agents.population.row_work import RowWork
from agents.random.streams import Purpose, stream_key
from market.base.categories import BEV_SHORT, CAR_TYPES, CLASSES, GOODS, HOMES, INCOMES, SEGMENTS, TASTES
from market.base.ledger import Ledger
from market.buyers.car_market import Outcome
from market.buyers.demand import InMarket, count_in_market
from market.buyers.parameters import Ownership
from market.buyers.waiting import AHEAD
from market.exogenous.zones import Places
from market.fleet import drawn_waiting
from market.fleet.dealers import GOOD_OF, DealerLot
from market.fleet.fleet import Fleet
from market.fleet.population import StartingStock, starting_columns, starting_lot
from market.fleet.traded import Traded
from market.fleet.trades import Drawing, Present, Trades, draw, income_of, serve, stratum_of, trade
from market.fleet.trading import Trading


class DrawnFleet(Fleet):
    """Rows of seats and single cars at dealers. ``trades``: the trades of the quarter, row by row.

    ``return_hazard``: of those who wait, a quarter; ``lease_share``: of new cars before the first quarter.
    """

    lot: DealerLot
    trades: Trades

    def __init__(
        self, model: Any, rows: int, seed: int, places: Places, stock: StartingStock, holding: Ownership,
        return_hazard: float, last_quarter: int, lease_share: float,
    ) -> None:  # fmt: skip
        super().__init__(holding, last_quarter)
        self._return_hazard = return_hazard
        self.weight = float(self.seats[-1] / rows)
        work = RowWork.for_rows(rows)
        columns = starting_columns(places, holding, stock, rows, self.seats, seed, lease_share, work)
        self.consumers = Consumers(model, columns)
        self._zones = places.size
        self._part_of_car = (np.arange(256) // len(SEGMENTS) >= BEV_SHORT).astype(np.uint8)
        self._part_of_class = (np.arange(256) // TASTES % HOMES).astype(np.uint8)
        self.count_cars()
        self.lot = starting_lot(columns, round(self._holding.dealer_stock_cars / self.weight))

    def count_cars(self) -> None:
        """Count cars on seats into ``on_seats``; due whenever seats or ages have changed."""
        self.on_seats = self.consumers.tally(self._part_of_car, self._part_of_class, self._zones)

    def _lot_cars(self) -> Ints:
        lot = self.lot.car.astype(np.int64) * (OLDEST_QUARTERS + 1) + self.lot.age_quarters
        return np.bincount(lot, minlength=self.on_seats.cars.size).reshape(self.on_seats.cars.shape)

    def _carless(self) -> float:
        return self.consumers.without_car().size

    def wake(self, quarter: int) -> None:
        """Let the rows enter whose entry quarter has come."""
        self.consumers.wake(quarter)

    def _scrap(self, chance: Floats, seed: int, quarter: int) -> float:
        scrapped = self.consumers.scrap(chance, stream_key(seed, Purpose.SCRAPPAGE, quarter))
        self.count_cars()
        return scrapped.size

    def in_market(self, quarter: int) -> InMarket:
        """Rows whose time has come or that have no car, counted by what they are; they stand in ``present``."""
        self.present = Present(self.consumers.due(quarter), self.consumers.without_car())
        self.consumers.stop_waiting(self.present.due)
        return self.count(self.present.due, self.present.carless)

    def count(self, due: Ints, carless: Ints) -> InMarket:
        """Rows with a car that look and rows without one, counted by what they are."""
        work, strata = self.consumers.work, self._zones * CLASSES
        owners = work.over(due.size, lambda piece: np.bincount(self.kind_of(due[piece]), minlength=strata * GOODS))
        others = work.over(carless.size, lambda piece: np.bincount(self.stratum_of(carless[piece]), minlength=strata))
        return count_in_market(np.sum(owners, axis=0), np.sum(others, axis=0), self.weight)

    def count_due_within(self, quarter: int, ahead: int) -> InMarket:
        """Rows with a car whose next decision comes in the quarters after this one, up to ``ahead``, counted."""
        consumers, strata = self.consumers, self._zones * CLASSES

        def counted(piece: slice) -> Ints:
            kinds = self.kind_of(consumers.due_of(piece, quarter, quarter + ahead))
            return np.bincount(kinds, minlength=strata * GOODS)

        kinds = np.sum(consumers.work.over(consumers.size, counted), axis=0)
        return count_in_market(kinds, np.zeros(strata, dtype=np.int64), self.weight)

    def stratum_of(self, rows: Ints) -> Ints:
        """Place of rows in (zones x classes), same shape."""
        return stratum_of(self.consumers, rows)

    def kind_of(self, rows: Ints) -> Ints:
        """Place of rows with a car in (zones x classes x goods), same shape."""
        columns = self.consumers.columns
        return np.asarray(self.stratum_of(rows) * GOODS + GOOD_OF[columns["car"][rows], columns["age_quarters"][rows]])

    def choose_and_trade(self, trading: Trading) -> tuple[Traded, Outcome]:
        """Draw what everybody does, let automakers and dealers serve them, and let cars change hands."""
        consumers, clock, market = self.consumers, trading.clock, trading.market
        seed, quarter, is_bev = clock.seed, clock.quarter, market.bev_product
        drawn = draw(
            consumers,
            self.present,
            market.in_market,
            trading.outcome.flows,
            market.nests,
            trading.hazard,
            seed,
            quarter,
        )
        drawn, waiting = drawn_waiting.wait(consumers, drawn, trading.waiting.waiting_share(), is_bev, clock)
        hurrying = trading.waiting.hurrying_share(trading.hazard)
        if hurrying.any():
            ahead = trading.see_ahead(self.count_due_within(quarter, AHEAD), hurrying)
            drawing = Drawing(consumers, ahead.in_market, ahead.outcome.flows, market.nests, 1.0, seed, quarter)
            drawn = drawn.joined(drawn_waiting.hurry(consumers, drawing, hurrying, is_bev, clock))
            trading = trading.with_hurried(ahead)
        drawn = serve(drawn, self.lot, trading.new_cars.served_share, seed, quarter, consumers.work)
        self.trades = trade(consumers, self.lot, drawn, trading.new_cars, self._holding, seed, quarter)
        trading.waiting.pool = drawn_waiting.send_home(consumers, waiting, self._return_hazard, clock) * self.weight
        self.count_cars()
        return self._traded(self.trades, is_bev.size), trading.outcome

    def _traded(self, trades: Trades, products: int) -> Traded:
        shape = (self._zones, len(INCOMES), products)
        zone, income = self.zone_of(trades.new_row), self.income_of(trades.new_row)
        new = np.ravel_multi_index((zone, income, trades.new_product), shape)
        used = np.ravel_multi_index((self.income_of(trades.used_row), trades.used_good), (len(INCOMES), GOODS))
        return Traded(
            new=self._real(new, prod(shape)).reshape(shape),
            used=self._real(used, len(INCOMES) * GOODS).reshape(len(INCOMES), GOODS),
            sold=self._real(trades.sold_good, GOODS),
            new_buyers_drawn=trades.new_row.size,
        )

    def _real(self, codes: NDArray[np.integer], size: int) -> Floats:
        return np.bincount(codes, minlength=size).astype(np.float64) * self.weight

    def zone_of(self, rows: Ints) -> Ints:
        """Zone of rows, same shape."""
        return np.asarray(self.consumers.columns["zone"][rows].astype(np.int64))

    def income_of(self, rows: Ints) -> Ints:
        """Income class of rows, same shape."""
        return income_of(self.consumers, rows)

    def grow_older(self) -> None:
        """Every car is a quarter older."""
        self.consumers.do("grow_older")
        self.on_seats = self.on_seats.a_quarter_older()
        self.lot.grow_older(OLDEST_QUARTERS)

    def check(self, ledger: Ledger) -> None:
        """Sleeping seats have no car, and every car a known type. Raises LedgerError."""
        ledger.equal("cars of sleeping seats", self.on_seats.of_sleepers, 0.0)
        ledger.equal("seats with a car of no known type", self.on_seats.cars[CAR_TYPES:NO_CAR].sum(), 0.0)

    def credit_musd(self, amount_kusd: Floats) -> float:
        """A credit on new cars summed over buyers; ``amount_kusd``: (zones or 1, incomes, products)."""
        zone = self.zone_of(self.trades.new_row) if amount_kusd.shape[0] > 1 else 0
        each = amount_kusd[zone, self.income_of(self.trades.new_row), self.trades.new_product]
        return float(each.sum()) * self.weight / 1e3

    def used_credit_musd(self, amount_kusd: Floats) -> float:
        """A credit on used cars summed over buyers; ``amount_kusd``: (incomes, goods)."""
        each = amount_kusd[self.income_of(self.trades.used_row), self.trades.used_good]
        return float(each.sum()) * self.weight / 1e3
