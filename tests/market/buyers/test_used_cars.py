"""The used market (M20; D2 case 18): prices that clear, buyers served, physical cars that change hands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats, Ints
from agents.buyers.choice import logit
from agents.buyers.ownership import scrap_probability
from agents.population.row_work import RowWork
from agents.random.streams import Purpose, stream_key, uniforms
from market.base.categories import CAR_TYPES, GOODS, good_of_car
from market.buyers.used_prices import Response, UsedSide, clear_prices
from market.fleet.dealers import DealerLot, match_cars, served_buyers

PLAIN = RowWork(compiled=False)
KEY = stream_key(3, Purpose.USED_MATCH, 9)
ALPHA = 0.077


def lot_of(**cars: int) -> Ints:
    """Cars by good, goods named a, b and so on."""
    lot = np.zeros(GOODS, dtype=np.int64)
    for name, number in cars.items():
        lot["abc".index(name)] = number
    return lot


NOBODY = np.zeros(GOODS, dtype=np.int64)


def test_the_buyer_with_the_smaller_number_gets_the_last_car() -> None:
    served = served_buyers(
        np.array([0, 0, 1]), np.full(3, -1), lot_of(a=1, b=5), NOBODY, np.array([0.7, 0.2, 0.9]).__getitem__
    )
    assert served.tolist() == [False, True, True]


def test_two_owners_who_want_each_others_car_are_both_served() -> None:
    served = served_buyers(np.array([0, 1]), np.array([1, 0]), NOBODY, NOBODY, np.array([0.5, 0.5]).__getitem__)
    assert served.tolist() == [True, True]


def test_a_buyer_who_finds_none_does_not_sell_so_that_the_next_finds_none_either() -> None:
    wanted, own = np.array([0, 1, 2]), np.array([1, 2, -1])  # a <- owner of b, b <- owner of c, c <- no car
    assert served_buyers(wanted, own, NOBODY, lot_of(a=1), np.full(3, 0.5).__getitem__).all()
    assert not served_buyers(wanted, own, NOBODY, NOBODY, np.full(3, 0.5).__getitem__).any()


buyers_and_lot = st.tuples(
    st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), max_size=40),
    st.lists(st.integers(0, 6), min_size=5, max_size=5),
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
)


@given(buyers_and_lot)
def test_never_more_cars_are_bought_than_there_are_and_luck_alone_decides(
    case: tuple[list[tuple[int, int]], list[int], list[int]],
) -> None:
    wanted, own = (np.array([pair[i] for pair in case[0]], dtype=np.int64) for i in (0, 1))
    lot, others = (np.array(cars + [0] * (GOODS - 5)) for cars in case[1:])
    draws = uniforms(KEY, np.arange(wanted.size))
    served = served_buyers(wanted, own, lot, others, draws.__getitem__)
    traded_in = np.bincount(own[served & (own >= 0)], minlength=GOODS)
    assert (np.bincount(wanted[served], minlength=GOODS) <= lot + others + traded_in).all()
    for good in range(5):
        among = draws[wanted == good]
        got = served[wanted == good]
        assert not got.any() or got.all() or among[got].max() < among[~got].min()


cars_for_sale = st.lists(st.tuples(st.integers(0, CAR_TYPES - 1), st.integers(0, 120)), min_size=1, max_size=60)


@given(cars_for_sale, st.data())
def test_matching_loses_no_car_and_gives_every_buyer_the_good_wanted(
    cars: list[tuple[int, int]], data: st.DataObject
) -> None:
    car, age = (np.array([pair[i] for pair in cars], dtype=np.int64) for i in (0, 1))
    good = good_of_car(car, age)
    wanted_cars = data.draw(st.lists(st.integers(0, len(cars) - 1), unique=True))
    wanted = good[np.array(wanted_cars, dtype=np.int64)]
    place, left = match_cars(wanted, car, age, KEY, PLAIN)
    assert np.array_equal(good[place], wanted)
    assert sorted([*place, *left]) == list(range(len(cars)))
    after = sorted((int(car[i]), int(age[i])) for i in [*place, *left])
    assert after == sorted(cars)
    assert np.array_equal(left, np.sort(left))


def test_every_car_of_a_good_is_as_likely_to_be_picked() -> None:
    """One buyer, five cars of one good, 4,000 streams: chi-square with 4 degrees, false alarm 1e-4."""
    car, age = np.zeros(5, dtype=np.int64), np.arange(5)
    picks = [
        int(match_cars(np.array([0]), car, age, stream_key(seed, Purpose.USED_MATCH, 0), PLAIN)[0][0])
        for seed in range(4_000)
    ]
    seen = np.bincount(picks, minlength=5)
    assert ((seen - 800.0) ** 2 / 800.0).sum() < 23.51


def test_cars_at_dealers_are_counted_and_grow_older() -> None:
    lot = DealerLot(np.array([0, 0, 17]), np.array([15, 15, 254]))
    assert np.flatnonzero(lot.by_good()).tolist() == [0, 19]
    assert lot.by_good()[[0, 19]].tolist() == [2, 1]
    assert lot.by_type()[[0, 17]].tolist() == [2, 1]
    lot.grow_older(255)
    lot.grow_older(255)
    assert lot.age_quarters.tolist() == [17, 17, 255]
    assert np.flatnonzero(lot.by_good()).tolist() == [1, 19]


# ---------------------------------------------------------------------------------------------------------


class SmallMarket:
    """A fleet with a constant hazard of scrappage and of looking; who lost a car must buy one (D2 case 18)."""

    scrap_hazard, look_hazard = 0.02, 0.05
    new_price_kusd, base_kusd = 40.0, np.array([28.0, 18.0, 9.0])
    first_quarter = np.array([0, 16, 40])  # of the three ages of used cars

    def __init__(self, cars: Floats) -> None:
        self.cars = cars / cars.sum()
        self.price_kusd = self.base_kusd.copy()
        self.good = np.searchsorted(self.first_quarter, np.arange(cars.size), side="right") - 1
        self.worth_kusd = np.array([32.0, 23.0, 14.0])

    def quarter(self) -> float:
        """One quarter; returns the excess that clearing left."""
        scale = scrap_probability(np.array(self.scrap_hazard), self.price_kusd / self.base_kusd, 0.0, 1.0)
        scrapped = self.cars * scale[self.good]
        self.cars = self.cars - scrapped
        on_offer = self.look_hazard * np.bincount(self.good, self.cars)
        buyers = scrapped.sum() + on_offer.sum()
        variety = np.log(on_offer / on_offer.sum()) / ALPHA

        def response_at(price: Floats) -> Response:
            share, _ = logit(np.append(self.worth_kusd + variety - price, 44.0 - self.new_price_kusd), ALPHA)
            used = share[:-1]
            slope = ALPHA * buyers * (np.outer(used, used) - np.diag(used))
            return Response(buyers * used, np.asarray(on_offer), slope, np.zeros((3, 3)))

        nothing = np.zeros(3)
        cleared = clear_prices(self.price_kusd, response_at, UsedSide(nothing, nothing, nothing > 0.0, 1.0))
        self.price_kusd = cleared.price_kusd
        new = buyers - on_offer.sum()  # cars traded in change hands, the rest of the buyers buy new
        self.cars = np.concatenate([[new], self.cars[:-2], [self.cars[-2:].sum()]])
        return cleared.excess_share


def test_a_market_without_shocks_settles_at_the_survival_curve_with_constant_prices() -> None:
    market = SmallMarket(np.ones(400))
    history = [(market.quarter(), market.price_kusd.copy()) for _ in range(450)]
    survival = (1.0 - market.scrap_hazard) ** np.arange(400)
    assert market.cars[:300] == pytest.approx(0.02 * survival[:300], rel=1e-3)
    assert market.cars.sum() == pytest.approx(1.0, abs=1e-12)
    assert max(excess for excess, _ in history[-40:]) < 1e-6
    prices = np.stack([price for _, price in history[-40:]])
    assert np.ptp(prices, axis=0).max() < 1e-9
    assert (np.diff(prices[-1]) < 0).all()
