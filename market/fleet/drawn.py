"""The population as individually drawn rows: entry into the market, purchases, scrappage (M20)."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.population.consumers import NO_CAR, OLDEST_QUARTERS, Consumers
from agents.population.row_codes import Rows
from agents.population.row_work import RowWork
from agents.random.streams import Purpose, stream_key
from market.base.categories import CAR_TYPES, CLASSES, GOODS, INCOMES
from market.base.ledger import Ledger
from market.buyers.car_market import Outcome
from market.buyers.demand import InMarket, count_in_market
from market.buyers.parameters import Ownership
from market.buyers.waiting import AHEAD
from market.exogenous.zones import Places
from market.fleet import drawn_waiting
from market.fleet.coding import coding_of
from market.fleet.dealers import DealerLot
from market.fleet.fleet import Fleet
from market.fleet.population import StartingStock, starting_columns, starting_lot
from market.fleet.traded import Traded
from market.fleet.trades import Drawing, Present, Trades, draw, serve, trade
from market.fleet.trading import Trading

_NO_ROWS = np.zeros(0, dtype=np.int32)


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
        self.consumers = Consumers(model, columns, coding_of(places.size), work=work)
        self._zones = places.size
        self.count_cars()
        self.lot = starting_lot(columns, round(self._holding.dealer_stock_cars / self.weight))

    def count_cars(self) -> None:
        """Count cars on seats into ``on_seats``, and seats without one: due if columns are changed from outside."""
        self.on_seats = self.consumers.tally()
        self._entries = self.consumers.entries()
        self._asleep = int(self._entries.sum())
        self._unserved = self.consumers.without_car()

    def _lot_cars(self) -> Ints:
        lot = self.lot.car.astype(np.int64) * (OLDEST_QUARTERS + 1) + self.lot.age_quarters
        return np.bincount(lot, minlength=self.on_seats.cars.size).reshape(self.on_seats.cars.shape)

    def _carless(self) -> float:
        return float(self.on_seats.cars[NO_CAR].sum() - self._asleep)

    def wake(self, quarter: int) -> None:
        """Count the rows still asleep in a quarter; those whose entry quarter has come enter as cars are scrapped."""
        self._asleep = int(self._entries[quarter + 1 :].sum())

    def _scrap(self, chance: Floats, seed: int, quarter: int) -> float:
        consumers = self.consumers
        opened = consumers.open_quarter(quarter, chance, stream_key(seed, Purpose.SCRAPPAGE, quarter))
        self.on_seats = self.on_seats.changed(opened.change())
        carless = np.sort(np.concatenate([self._unserved, opened.emptied]), kind="stable")
        self.present = Present(opened.due, opened.kind, carless, consumers.stratum_of(carless))
        return opened.lost.size

    def in_market(self, quarter: int) -> InMarket:  # noqa: ARG002
        """Rows whose time has come or that have no car, counted by what they are; they stand in ``present``."""
        return self.count(self.present.kind, self.present.stratum)

    def count(self, kind: Rows, stratum: Rows) -> InMarket:
        """Rows in the market, counted by the ``kind`` of those with a car and the ``stratum`` of those without."""
        strata = self._zones * CLASSES
        return count_in_market(self._counted(kind, strata * GOODS), self._counted(stratum, strata), self.weight)

    def count_due_within(self, quarter: int, ahead: int) -> InMarket:
        """Rows with a car whose next decision comes in the quarters after this one, up to ``ahead``, counted."""
        consumers = self.consumers
        pieces = consumers.work.over(
            consumers.size, lambda piece: consumers.kind_of(consumers.due_of(piece, quarter, quarter + ahead))
        )
        return self.count(np.concatenate(pieces), _NO_ROWS)

    def _counted(self, codes: NDArray[np.integer], size: int) -> Ints:
        pieces = self.consumers.work.over(codes.size, lambda piece: np.bincount(codes[piece], minlength=size))
        return np.asarray(np.sum(pieces, axis=0))

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
        self.present = Present(_NO_ROWS, _NO_ROWS, self.present.carless, self.present.stratum)  # makes room
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
        self.on_seats = self.on_seats.changed(*self.trades.changes)
        self._unserved = consumers.still_without_car(self.present.carless)
        return self._traded(self.trades, is_bev.size), trading.outcome

    def _traded(self, trades: Trades, products: int) -> Traded:
        shape = (self._zones, len(INCOMES), products)
        self._new_code = self._places(trades.new_row) * np.int32(products) + trades.new_product
        self._used_code = self._places(trades.used_row) % len(INCOMES) * np.int32(GOODS) + trades.used_good
        return Traded(
            new=self._real(self._new_code, prod(shape)).reshape(shape),
            used=self._real(self._used_code, len(INCOMES) * GOODS).reshape(len(INCOMES), GOODS),
            sold=self._real(trades.sold_good, GOODS),
            new_buyers_drawn=trades.new_row.size,
        )

    def _places(self, rows: Rows) -> Rows:
        """Place of rows in (zones x incomes), same shape."""
        return np.asarray(self.consumers.stratum_of(rows) // np.int32(CLASSES // len(INCOMES)))

    def _real(self, codes: NDArray[np.integer], size: int) -> Floats:
        return self._counted(codes, size).astype(np.float64) * self.weight

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
        return self._paid_musd(amount_kusd, self._new_code)

    def used_credit_musd(self, amount_kusd: Floats) -> float:
        """A credit on used cars summed over buyers; ``amount_kusd``: (incomes, goods)."""
        return self._paid_musd(amount_kusd, self._used_code)

    def _paid_musd(self, amount_kusd: Floats, code: Rows) -> float:
        amount = amount_kusd.ravel()  # the zone, if it is alike in all, is the multiple of its size in a code
        paid = self.consumers.work.over(code.size, lambda piece: amount[code[piece] % amount.size].sum())
        return float(sum(paid)) * self.weight / 1e3
