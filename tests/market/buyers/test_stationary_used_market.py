"""D2 case 18 with the model's own demand, clearing and scrappage: without shocks the used market stands still."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from agents.arrays import Floats, Ints, group_sum
from agents.buyers import ownership
from agents.buyers.choice import Alphas, Nests
from market.base import tables
from market.base.categories import AGE_BUCKETS, BEV_LONG, BUCKET_MEAN_YEARS, GOODS, ICE, KINDS, bucket_of, good_of
from market.buyers.car_market import VehicleMarket
from market.buyers.demand import InMarket, Values
from market.buyers.inversion import Constants
from market.buyers.used_prices import TOLERANCE, UsedSide

AGES = 400  # quarters; less than 1e-3 of the cars are older
LOOK_HAZARD = 0.04  # of all owners in a quarter
PRICE_ADJUSTMENT = 0.35
STOCK_SHARE = 0.01  # dealer stock wanted, of the fleet
ELASTICITY = -0.7
QUARTERS = 500
BUCKET = bucket_of(np.arange(AGES))
NESTS = Nests(np.array([0, 1]), np.array([0, 0]))
ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)
ONE = np.zeros(1, dtype=np.int64)
NEW_VALUE_KUSD = np.array([[-10.0, -25.0]])
FIRST_PRICE_KUSD = np.tile(30.0 * np.exp(-0.12 * BUCKET_MEAN_YEARS), len(KINDS))
GOOD = np.stack([good_of(np.full(AGES, kind), BUCKET) for kind in range(len(KINDS))])


@dataclass
class Stationary:
    """One class of buyers in one place, in expectation; ``seats`` and ``lot``: cars by kind and age (kinds, ages)."""

    hazard: Floats
    seats: Floats
    lot: Floats
    price_kusd: Floats
    excess_share: float = field(default=np.nan, init=False)
    new: Floats = field(init=False)
    scrapped: float = field(default=np.nan, init=False)

    def by_good(self, cars: Floats) -> Floats:
        """Cars by good, shape (goods,)."""
        return group_sum(cars.ravel(), GOOD.ravel(), GOODS)

    def market(self, due: Floats, carless: float) -> VehicleMarket:
        """The quarter's market: ``due`` owners by good (goods,) and seats without a car."""
        goods = np.arange(GOODS)
        kinds = np.zeros(GOODS, dtype=np.int64)
        in_market = InMarket(ONE, ONE, ONE, ONE, ONE, ONE, kinds, goods, due, np.array([carless]))
        listings = self.by_good(self.lot) + 0.8 * due
        service = np.tile(np.linspace(38.0, 14.0, len(AGE_BUCKETS)), len(KINDS))[None, :]
        values = Values(NEW_VALUE_KUSD, np.zeros((1, 2)), service, listings, np.ones(1), np.zeros((1, 1)))
        is_bev = np.array([False, True])
        return VehicleMarket(in_market, values, NESTS, ALPHAS, is_bev, goods >= 4 * BEV_LONG, ONE, 0.92, 1.0)

    def quarter(self) -> None:
        """Scrap, clear, trade, grow older; new cars go to whoever the market says."""
        ratio = (self.price_kusd / FIRST_PRICE_KUSD)[GOOD]
        chance = ownership.scrap_probability(self.hazard, ratio, ELASTICITY, 1.0)
        scrapped = self.seats * chance
        self.seats = self.seats - scrapped
        self.scrapped = float(scrapped.sum())
        stock, target = self.by_good(self.lot), STOCK_SHARE * self.by_good(self.seats)
        due = LOOK_HAZARD * self.by_good(self.seats)
        used = UsedSide(stock, target, np.zeros(GOODS, dtype=np.bool_), PRICE_ADJUSTMENT)
        constants = Constants(np.zeros(2), np.zeros(1), np.zeros(GOODS), 60.0, 1.0)
        outcome = self.market(due, 1.0 - float(self.seats.sum())).clear(
            used, self.price_kusd, constants, np.full(2, np.inf)
        )
        self.price_kusd, self.excess_share = outcome.used_price_kusd, outcome.cleared.excess_share
        self.new = outcome.served_new
        self._change_hands(outcome.flows.trade_ins, outcome.flows.used)
        for cars in (self.seats, self.lot):
            cars[:, -1] += cars[:, -2]
            cars[:, 1:-1] = cars[:, :-2]
            cars[:, 0] = 0.0
        self.seats[[ICE, BEV_LONG], 0] = self.new

    def _change_hands(self, trade_ins: Floats, bought: Floats) -> None:
        """Within a good every car is as likely to be traded in, and as likely to be bought."""
        self._move(self.seats, self.lot, trade_ins)
        self._move(self.lot, self.seats, bought)

    def _move(self, giver: Floats, taker: Floats, cars: Floats) -> None:
        have = self.by_good(giver)
        moved = giver * (cars / np.where(have > 0, have, 1.0))[GOOD]
        giver -= moved
        taker += moved


def at_start(hazard: Floats) -> Stationary:
    """A fleet of one seat's worth of gasoline and long-range BEVs, all ages alike."""
    seats = np.zeros((len(KINDS), AGES))
    seats[[ICE, BEV_LONG], :100] = 1.0 / 200.0
    lot = STOCK_SHARE * seats
    return Stationary(hazard, seats, lot, FIRST_PRICE_KUSD.copy())


def constant_hazard() -> Floats:
    return np.full(AGES, 0.02)


def recorded_hazard() -> Floats:
    by_age = ownership.quarterly_scrap_hazard(tables.load("survival")["share_alive"].to_numpy(np.float64))
    return np.append(by_age, np.full(AGES - by_age.size, by_age[-1]))


@pytest.fixture(scope="module", params=[constant_hazard, recorded_hazard], ids=["constant", "by age"])
def settled(request: pytest.FixtureRequest) -> tuple[Stationary, Floats, list[float]]:
    """The market after 500 quarters without shocks, with its last 40 prices and excesses."""
    market = at_start(request.param())
    for _ in range(QUARTERS):
        market.quarter()
    prices, excess = [], []
    for _ in range(40):
        market.quarter()
        prices.append(market.price_kusd.copy())
        excess.append(market.excess_share)
    return market, np.stack(prices), excess


def live(market: Stationary) -> Ints:
    return np.flatnonzero(market.by_good(market.seats) > 0)


def test_prices_stand_still_and_clear(settled: tuple[Stationary, Floats, list[float]]) -> None:
    market, prices, excess = settled
    assert max(excess) <= TOLERANCE
    assert np.ptp(prices[:, live(market)], axis=0).max() < 1e-4  # k$
    by_age = prices[-1].reshape(len(KINDS), -1)[[ICE, BEV_LONG]]
    assert (np.diff(by_age, axis=1) < 0).all()


def test_ages_are_those_of_the_survival_curve(settled: tuple[Stationary, Floats, list[float]]) -> None:
    market, prices, _ = settled
    hazard = ownership.scrap_probability(market.hazard, (prices[-1] / FIRST_PRICE_KUSD)[GOOD], ELASTICITY, 1.0)
    for kind in (ICE, BEV_LONG):
        # only cars on seats are scrapped; one in a hundred is at a dealer: 1 % of a cumulated hazard of up to 2
        cars = (market.seats + market.lot)[kind, :120]
        survival = np.concatenate([[1.0], np.cumprod(1.0 - hazard[kind, 1:120])])
        assert cars / cars.sum() == pytest.approx(survival / survival.sum(), rel=0.02)


def test_scrapped_cars_are_replaced_and_no_stock_piles_up(settled: tuple[Stationary, Floats, list[float]]) -> None:
    market, _, _ = settled
    assert market.new.sum() == pytest.approx(market.scrapped, rel=1e-3)
    assert market.seats.sum() == pytest.approx(1.0, rel=1e-9)
    stock = market.by_good(market.lot)[live(market)]
    target = STOCK_SHARE * market.by_good(market.seats)[live(market)]
    assert stock.sum() == pytest.approx(target.sum(), rel=0.05)


def test_a_shock_to_prices_is_forgotten(settled: tuple[Stationary, Floats, list[float]]) -> None:
    market, prices, _ = settled
    shocked = replace(market, seats=market.seats.copy(), lot=market.lot.copy(), price_kusd=market.price_kusd * 1.3)
    for _ in range(160):
        shocked.quarter()
    goods = live(market)
    assert shocked.price_kusd[goods] == pytest.approx(prices[-1, goods], rel=1e-3)
