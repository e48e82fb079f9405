"""The population as expected seats: the same choices without random draws (mean-field mode)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.population.consumers import Tally
from market.base.categories import BEV_SHORT, CLASSES, GOODS, HOMES, INCOMES, KINDS, SEGMENTS, TASTES
from market.base.ledger import Ledger
from market.buyers.car_market import Outcome
from market.buyers.demand import InMarket, count_in_market
from market.buyers.parameters import Ownership
from market.buyers.waiting import AHEAD
from market.exogenous.zones import Places
from market.fleet.decision_dates import DateLaws, DecisionDates, inverse
from market.fleet.expected_start import ExpectedStart, start_law
from market.fleet.expected_trades import ExpectedTrades, Owners, choice_shares, expected_trades
from market.fleet.fleet import Fleet
from market.fleet.model_years import BuildYears
from market.fleet.population import StartingStock
from market.fleet.traded import Traded
from market.fleet.trades import NewCars
from market.fleet.trading import Trading

_FEWEST_SEATS = 1.0  # real seats alike and due: fewer keep their car
_ROUNDING_CARS = 1e-3  # what sums of expected cars may fall below zero by
_ROUNDING = 1e-12  # of shares that sum to one


@dataclass
class ExpectedLot:
    """Expected cars at dealers by group, (groups,), and the share of each group in the used goods, (groups, goods)."""

    cars: Floats
    in_goods: Floats

    @property
    def size(self) -> float:
        """Number of cars."""
        return float(self.cars.sum())

    def by_good(self) -> Floats:
        """Number of cars of every good, shape (goods,)."""
        return np.asarray(self.cars @ self.in_goods)


class ExpectedFleet(Fleet):
    """Expected seats, real ones in fractions, by stratum (zone and class) and by group of cars (kind and build year).

    Cars of a group are taken to be alike in all strata; the rest is what drawn rows tend to as their number grows. They
    are stored by group and stratum, and as ``DecisionDates`` does: as they would be had none been scrapped.
    """

    lot: ExpectedLot

    def __init__(
        self, places: Places, stock: StartingStock, holding: Ownership, return_hazard: float, last_quarter: int,
        lease_share: float,
    ) -> None:  # fmt: skip
        super().__init__(holding, last_quarter)
        self.weight = 1.0
        self._quarter = 0
        self._zones = places.size
        begin = ExpectedStart.of(places, stock, float(self.seats[0]))
        self._share_of_seats = begin.share_of_seats
        self._income = np.arange(begin.share_of_seats.size) % CLASSES // (HOMES * TASTES)
        self._groups = BuildYears(begin.on_road(), begin.segment, last_quarter)
        self._cars = begin.cars(self._groups)
        self._acquiring, self._looking = np.zeros_like(self._cars), np.zeros_like(self._cars)
        self._without = np.zeros(begin.share_of_seats.size)
        laws = DateLaws.of(self._holding, return_hazard, last_quarter + 1 + AHEAD)
        first_dates = start_law(self._groups, self._holding, lease_share, last_quarter + 1 + AHEAD)
        self._dates = DecisionDates(self._cars, first_dates, laws, self._groups, last_quarter + 1)
        on_road = self._cars.sum(axis=1)
        self._in_goods = self._groups.in_goods(0)
        self.lot = ExpectedLot(on_road / on_road.sum() * self._holding.dealer_stock_cars, self._in_goods)
        self._count()

    def _count(self) -> None:
        cars, alive = self._live_cars(), self._dates.alive
        is_bev = self._groups.kind[: len(cars)] >= BEV_SHORT
        part = np.asarray(is_bev == [[False], [True]], dtype=np.float64) * alive[: len(cars)]
        by_zone = (part @ cars).reshape(2, self._zones, len(INCOMES), HOMES, TASTES).sum(axis=(2, 4))
        self._by_group = np.zeros(self._groups.size)
        self._by_group[: len(cars)] = cars.sum(axis=1) * alive[: len(cars)]
        national = self._groups.by_type_and_age(self._by_group, self._quarter)
        self.on_seats = Tally(national, np.moveaxis(by_zone, 0, -1), 0)

    def _live_cars(self) -> Floats:
        return self._cars[: self._groups.live(self._quarter)]

    def _lot_cars(self) -> Floats:
        return self._groups.by_type_and_age(self.lot.cars, self._quarter)

    def _carless(self) -> float:
        return float(self._without.sum())

    def wake(self, quarter: int) -> None:
        """Let the seats enter that come in a quarter: alike in all places, without a car."""
        self._quarter = quarter
        self._in_goods = self._groups.in_goods(quarter)
        self.lot.in_goods = self._in_goods
        self._without += self._share_of_seats * (self.seats[quarter + 1] - self.seats[quarter])

    def _scrap(self, chance: Floats, seed: int, quarter: int) -> float:  # noqa: ARG002
        share, cars = self._groups.scrap(chance, quarter), self._live_cars()
        lost = (self._dates.alive * share)[: len(cars)] @ cars
        self._without += lost
        self._dates.lose(share)
        self._count()
        return float(lost.sum())

    def in_market(self, quarter: int) -> InMarket:
        """Seats whose time has come or that have no car, counted by what they are."""
        self._due = self._dates.due(quarter)
        self._due_by_good = self._seats_by_good(self._due)
        return self._in_market(self._due_by_good, self._without)

    def _seats_by_good(self, seats: Floats) -> Floats:
        """Seats of today by the good they own, (strata, goods), from those by live group and stratum."""
        live = len(seats)
        return np.asarray((self._in_goods[:live] * self._dates.alive[:live, None]).T @ seats).T

    def _in_market(self, by_good: Floats, without: Floats) -> InMarket:
        known = np.where(by_good >= _FEWEST_SEATS, by_good, 0.0).reshape(-1)
        return count_in_market(known, without, self.weight, everybody=True)

    def choose_and_trade(self, trading: Trading) -> tuple[Traded, Outcome]:
        """Let cars change hands as expected: who waits keeps the car, who finds none looks in the next quarter."""
        market, new_cars = trading.market, trading.new_cars
        looking = np.multiply(self._due, trading.hazard, out=self._looking[: len(self._due)])
        self._dates.stay(self._due, 1.0 - trading.hazard)
        acquire = self._by_good(market.in_market, trading.outcome.flows.acquire)
        owners = self._owners(looking, self._due_by_good * trading.hazard, acquire, self._acquiring)
        hurried, outcome = self._hurrying(trading)
        new, used = choice_shares(outcome.flows.tables, market.nests, market.bev_product)
        bev_waits = trading.waiting.waiting_share()[self._income]
        trades = expected_trades(
            owners, hurried, self._without, new, used, bev_waits, new_cars.served_share, new_cars.gives_up_share,
            self.lot.by_good(),
        )  # fmt: skip
        self._set_dates(owners, hurried, trades)
        self._exchange(trades, new_cars)
        trading.waiting.pool = self._dates.waiting()
        self._count()
        return self._traded(trades), outcome

    def _owners(self, looking: Floats, by_good: Floats, acquire: Floats, out: Floats | None = None) -> Owners:
        live = len(looking)
        held = (self._in_goods[:live], self._dates.alive[:live])
        return Owners.of(looking, by_good, acquire, *held, out=None if out is None else out[:live])

    def _by_good(self, in_market: InMarket, by_kind: Floats) -> Floats:
        """What is known by kind of owner as a table, (strata, goods), 0 where nobody is."""
        table = np.zeros(self._without.size * GOODS)
        table[in_market.kind_code] = by_kind
        return table.reshape(-1, GOODS)

    def _hurrying(self, trading: Trading) -> tuple[Owners | None, Outcome]:
        """Seats that buy a BEV before their time, taken out of the quarters they would have looked in."""
        share = trading.waiting.hurrying_share(trading.hazard)
        if not share.any():
            return None, trading.outcome
        coming = self._dates.within(self._quarter, AHEAD)
        within = coming.seats()
        by_good = self._seats_by_good(within)
        in_market = self._in_market(by_good, np.zeros_like(self._without))
        ahead = trading.see_ahead(in_market, share)
        hurry = self._by_good(in_market, ahead.outcome.flows.acquire) * ahead.bev_share[:, None]
        self._dates.take(coming, self._in_goods[: len(within)] @ hurry.T)
        return self._owners(within, by_good, hurry), trading.with_hurried(ahead).outcome

    def _set_dates(self, owners: Owners, hurried: Owners | None, trades: ExpectedTrades) -> None:
        """Set decision dates of owners who keep their car; the cars of the others leave their seats."""
        dates, nothing = self._dates, _rest(trades.sells + trades.waits + trades.gives_up)
        dates.keep(self._quarter, owners.looking, owners.acquiring, trades.gives_up)
        dates.wait(owners.acquiring, trades.waits)
        dates.look_again(owners.acquiring, nothing)
        cars = self._live_cars()
        cars -= np.multiply(owners.acquiring, trades.sells, out=owners.looking)  # who looks has a date by now
        if hurried is not None:
            dates.keep_too(self._quarter, hurried.acquiring, trades.haste_gives_up)
            dates.look_again(hurried.acquiring, _rest(trades.haste_sells + trades.haste_gives_up))
            cars -= hurried.acquiring * trades.haste_sells

    def _exchange(self, trades: ExpectedTrades, new_cars: NewCars) -> None:
        """Cars from dealers and automakers to buyers, and traded in to dealers."""
        supply = self.lot.cars[:, None] * self._in_goods
        supply[: len(trades.sold)] += trades.sold
        of_good = supply.sum(axis=0)
        composition = supply / np.where(of_good > 0.0, of_good, 1.0)
        left = supply.sum(axis=1) - composition @ trades.used.sum(axis=0)
        self.lot.cars = np.maximum(left, 0.0)  # but for rounding
        of_kind = np.asarray(np.arange(len(KINDS)) == new_cars.kind[:, None], dtype=np.float64)
        leased_of_kind = of_kind * new_cars.lease_share[:, None]
        bought, leased = np.split(trades.new.summed(np.hstack([of_kind - leased_of_kind, leased_of_kind])), 2, axis=1)
        group = self._groups.built_in(self._quarter)
        self._dates.acquire_used(self._quarter, trades.used, composition)
        self._dates.acquire_new(self._quarter, bought, leased, group)
        cars, of_start = self._live_cars(), inverse(self._dates.alive)
        cars += np.matmul((composition * of_start[:, None])[: len(cars)], trades.used.T, out=self._looking[: len(cars)])
        types = np.zeros((len(KINDS), len(SEGMENTS)))
        np.add.at(types, (new_cars.kind, new_cars.segment), trades.new.by_product.sum(axis=0))
        standing = self.lot.cars.copy()
        standing[: len(cars)] += cars.sum(axis=1) * self._dates.alive[: len(cars)]
        self._groups.add_new(types, standing, self._quarter)
        cars[group] += (bought + leased).T * of_start[group, None]
        self._without -= trades.acquired

    def _traded(self, trades: ExpectedTrades) -> Traded:
        return Traded(
            new=trades.new.by_product.reshape(self._zones, len(INCOMES), HOMES, -1).sum(axis=2),
            used=trades.used.reshape(self._zones, len(INCOMES), HOMES * TASTES, GOODS).sum(axis=(0, 2)),
            sold=trades.sold.sum(axis=0),
            new_buyers_drawn=np.inf,
        )

    def grow_older(self) -> None:
        """Every car is a quarter older."""
        self.on_seats = self.on_seats.a_quarter_older()

    def check(self, ledger: Ledger) -> None:
        """Every seat has a car or looks for one, and no group of cars is below zero. Raises LedgerError."""
        alive = self._dates.alive
        cars = float(self._by_group.sum())
        ledger.equal("seats with and without a car", cars + self._without.sum(), self.seats[self._quarter + 1])
        fewest = self._live_cars().min(axis=1)
        ledger.within("expected cars of a group", fewest * alive[: fewest.size], -_ROUNDING_CARS, np.inf)
        ledger.within("expected seats without a car", self._without, -_ROUNDING_CARS, np.inf)
        ledger.within("expected cars at dealers", self.lot.cars, -_ROUNDING_CARS, np.inf)


def _rest(share: Floats) -> Floats:
    """What is missing to one, but for rounding; same shape."""
    rest = 1.0 - share
    return np.where(rest > _ROUNDING, rest, 0.0)
