"""Draws become trades (M1, M11, M20): no car is lost, who finds nothing waits, lessees come when the lease ends."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.arrays import Floats, Ints
from agents.buyers.choice import Alphas, Nests
from agents.population.columnar import ColumnarModel
from agents.population.consumers import COLUMN_TYPES, LESSEE, NO_CAR, Consumers
from agents.population.draws import KEEP, NEW, USED
from agents.population.row_codes import Rows
from market.base.categories import BEV_LONG, CLASSES, GOODS, ICE, car_type, good_of_car
from market.buyers.acquisition import Acquisition
from market.buyers.demand import Flows, InMarket, Values, count_in_market, new_choice
from market.buyers.parameters import Ownership
from market.fleet.coding import coding_of
from market.fleet.dealers import DealerLot
from market.fleet.trades import Drawn, NewCars, Present, Trades, draw, serve, trade

SEED, QUARTER = 5, 30
FALSE_ALARM_SD = 3.9  # two-sided false alarm of 1e-4
NESTS = Nests(np.array([0, 0, 1]), np.array([0, 0]))
ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)
KIND, SEGMENT = np.array([ICE, ICE, BEV_LONG]), np.array([0, 0, 0])
NEW_TYPES = car_type(KIND, SEGMENT)
HOLDING = Ownership()
BLUE, RED = int(car_type(np.array(ICE), np.array(0))), int(car_type(np.array(BEV_LONG), np.array(2)))
Cars = Counter[tuple[int, int]]


def population(car: Ints, age: Ints, next_decision: Ints) -> Consumers:
    rows = car.size
    values = {
        "zone": np.arange(rows) % 3, "buyer_class": np.arange(rows) % CLASSES, "car": car, "age_quarters": age,
        "next_decision": next_decision, "flags": np.zeros(rows, dtype=np.int64),
    }  # fmt: skip
    columns = {name: values[name].astype(kind) for name, kind in COLUMN_TYPES.items()}
    return Consumers(ColumnarModel(rng=1), columns, coding_of(3))


def due(consumers: Consumers, quarter: int) -> Rows:
    """Rows with a car whose time has come."""
    return consumers.due_of(slice(0, consumers.size), -1, quarter)


def present_of(consumers: Consumers) -> Present:
    """Everybody due and without a car."""
    owners, carless = due(consumers, QUARTER), consumers.without_car()
    return Present(owners, consumers.kind_of(owners), carless, consumers.stratum_of(carless))


def new_cars(served_share: float = 1.0, lease_share: float = 0.0, waiting_share: float = 1.0) -> NewCars:
    return NewCars(KIND, SEGMENT, *(np.full(3, share) for share in (served_share, lease_share, waiting_share)))


def cars_of(consumers: Consumers, lot: DealerLot) -> Cars:
    """Every car, on a seat or at dealers, by type and exact age in quarters."""
    owned = consumers.columns["car"] != NO_CAR
    seats = zip(consumers.columns["car"][owned], consumers.columns["age_quarters"][owned], strict=True)
    return Counter((int(c), int(a)) for c, a in [*seats, *zip(lot.car, lot.age_quarters, strict=True)])


def column(consumers: Consumers, name: str) -> list[int]:
    return [int(value) for value in consumers.columns[name]]


# Six seats: 0 keeps, 1 buys new, 2 and 4 want the used good of seat 1's and the dealer's car, 3 finds nothing, 5 sleeps
CAR = np.array([BLUE, BLUE, RED, RED, NO_CAR, BLUE])
AGE = np.array([20, 3, 8, 9, 0, 50])
WANTED = int(good_of_car(np.array(BLUE), np.array(3)))


def six_seats() -> tuple[Consumers, DealerLot]:
    return population(CAR, AGE, np.array([QUARTER] * 5 + [77])), DealerLot(np.array([BLUE]), np.array([12]))


def six_drawn() -> Drawn:
    own = np.where(CAR[:5] == NO_CAR, -1, good_of_car(np.where(CAR[:5] == NO_CAR, 0, CAR[:5]), AGE[:5]))
    return Drawn(
        rows=np.arange(5, dtype=np.int32), kind=np.array([KEEP, NEW, USED, USED, USED], dtype=np.int8),
        item=np.array([-1, 2, WANTED, WANTED, WANTED]), own=own,
        served=np.array([True, True, True, False, True]),
    )  # fmt: skip


def six_traded(lease_share: float = 0.0) -> tuple[Consumers, DealerLot, Trades]:
    consumers, lot = six_seats()
    done = trade(consumers, lot, six_drawn(), new_cars(lease_share=lease_share), HOLDING, SEED, QUARTER)
    return consumers, lot, done


def test_every_seat_ends_with_the_car_it_was_drawn_and_the_lot_with_the_rest() -> None:
    consumers, lot, done = six_traded()
    assert column(consumers, "car") == [BLUE, int(NEW_TYPES[2]), BLUE, RED, BLUE, BLUE]
    assert column(consumers, "age_quarters")[:2] == [20, 0]
    assert sorted(np.array(column(consumers, "age_quarters"))[[2, 4]]) == [3, 12]  # seat 1's car and the dealer's
    assert (lot.car.tolist(), lot.age_quarters.tolist()) == ([RED], [8])
    assert (done.new_row.tolist(), done.new_product.tolist()) == ([1], [2])
    assert done.used_good.tolist() == [WANTED, WANTED]
    assert sorted(done.sold_good) == sorted(good_of_car(np.array([BLUE, RED]), np.array([3, 8])))
    assert (done.rationed, done.kept) == (1, 1)


def test_who_finds_nothing_keeps_the_own_car_and_looks_next_quarter() -> None:
    consumers, _, _ = six_traded()
    assert (column(consumers, "car")[3], column(consumers, "age_quarters")[3]) == (RED, 9)
    assert column(consumers, "next_decision")[3] == QUARTER + 1
    assert 3 in due(consumers, QUARTER + 1)


def test_who_keeps_looks_again_within_the_wait_of_keepers_and_who_is_not_there_is_left_alone() -> None:
    consumers, _, _ = six_traded()
    assert QUARTER + HOLDING.look_again_low <= column(consumers, "next_decision")[0]
    assert column(consumers, "next_decision")[0] <= QUARTER + HOLDING.look_again_high
    assert (column(consumers, "car")[5], column(consumers, "next_decision")[5]) == (BLUE, 77)


def test_a_lessee_looks_when_the_lease_ends_and_an_owner_at_a_drawn_time() -> None:
    leased, _, _ = six_traded(lease_share=1.0)
    bought, _, _ = six_traded(lease_share=0.0)
    assert column(leased, "next_decision")[1] == QUARTER + int(4 * HOLDING.lease_years)
    assert column(leased, "flags") == [0, LESSEE, 0, 0, 0, 0]
    assert column(bought, "flags") == [0] * 6
    for row in (1, 2, 4):
        assert column(bought, "next_decision")[row] > QUARTER
    others = [0, 2, 3, 4, 5]
    assert np.array_equal(leased.columns["next_decision"][others], bought.columns["next_decision"][others])


def test_a_seat_without_a_car_that_finds_none_stays_in_the_market() -> None:
    consumers, lot = six_seats()
    drawn = six_drawn()
    drawn.served[4] = False
    trade(consumers, lot, drawn, new_cars(), HOLDING, SEED, QUARTER)
    assert consumers.without_car().tolist() == [4]
    assert lot.car.size == 2


# ---------------------------------------------------------------------------------------------------------


def market_of(consumers: Consumers, lot: DealerLot, worth_kusd: Floats) -> tuple[Present, InMarket, Flows]:
    """Everybody due and without a car, with plain values; ``worth_kusd``: of the three new products."""
    present = present_of(consumers)
    columns = {name: values.astype(np.int64) for name, values in consumers.columns.items()}
    own = good_of_car(columns["car"][present.due], columns["age_quarters"][present.due])
    place = columns["zone"] * CLASSES + columns["buyer_class"]
    owners = np.bincount(place[present.due] * GOODS + own, minlength=3 * CLASSES * GOODS)
    in_market = count_in_market(owners, np.bincount(place[present.carless], minlength=3 * CLASSES), 1.0)
    strata = in_market.group.size
    values = Values(
        new=np.tile(worth_kusd, (in_market.group_code.size, 1)), taste_nest=np.zeros((strata, 2)),
        service=np.full((strata, GOODS), 20.0), listings=1.0 + lot.by_good().astype(np.float64), money=np.ones(strata),
        used_credit=np.zeros((strata, GOODS)),
    )  # fmt: skip
    choice = new_choice(in_market, values, NESTS, ALPHAS)
    flows = Acquisition(in_market, values, choice, ALPHAS, 60.0, 1.0, 0.92, 1.0).flows_at(np.full(GOODS, 10.0), NESTS)
    return present, in_market, flows


def drawn_in(
    consumers: Consumers, lot: DealerLot, *, served_share: float = 1.0, hazard: float = 1.0, seed: int = SEED
) -> Drawn:
    present, in_market, flows = market_of(consumers, lot, np.array([-20.0, -22.0, -25.0]))
    served = np.full(3, served_share)
    drawn = draw(consumers, present, in_market, flows, NESTS, hazard, seed, QUARTER)
    return serve(drawn, lot, served, seed, QUARTER, consumers.work)


def crowd(rows: int, seed: int) -> tuple[Consumers, DealerLot]:
    """A tenth without a car, the others with cars of all types and ages, half of them due."""
    generator = np.random.default_rng(seed)
    car = np.where(generator.random(rows) < 0.1, NO_CAR, generator.integers(0, 20, rows))
    age = np.where(car == NO_CAR, 0, generator.integers(0, 120, rows))
    due = QUARTER + generator.integers(0, 2, rows)
    lot = DealerLot(generator.integers(0, 20, rows // 20), generator.integers(0, 120, rows // 20))
    return population(car, age, due), lot


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.4, 1.0]), st.floats(0.0, 1.0), st.integers(1, 400))
def test_drawing_and_trading_lose_no_car_whatever_is_drawn(
    seed: int, served_share: float, hazard: float, rows: int
) -> None:
    consumers, lot = crowd(rows, seed)
    before, lot_before, carless = cars_of(consumers, lot), lot.car.size, consumers.without_car().size
    drawn = drawn_in(consumers, lot, served_share=served_share, hazard=hazard, seed=seed)
    done = trade(consumers, lot, drawn, new_cars(served_share), HOLDING, seed, QUARTER)
    new = Counter((int(NEW_TYPES[product]), 0) for product in done.new_product)
    assert cars_of(consumers, lot) == before + new
    assert lot.car.size - lot_before == done.sold_good.size - done.used_good.size
    first_cars = carless - consumers.without_car().size
    assert done.new_row.size + done.used_good.size == done.sold_good.size + first_cars
    assert drawn.rows.size == done.new_row.size + done.used_good.size + done.rationed + done.kept


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.4]))
def test_whoever_is_rationed_has_the_same_car_and_is_there_next_quarter(seed: int, served_share: float) -> None:
    consumers, lot = crowd(300, seed)
    lot.car, lot.age_quarters = lot.car[:2], lot.age_quarters[:2]
    drawn = drawn_in(consumers, lot, served_share=served_share, seed=seed)
    before = {name: consumers.columns[name].copy() for name in ("car", "age_quarters")}
    trade(consumers, lot, drawn, new_cars(served_share), HOLDING, seed, QUARTER)
    waits = drawn.rows[~drawn.served]
    assert waits.size > 0
    for name, values in before.items():
        assert np.array_equal(consumers.columns[name][waits], values[waits]), name
    there = np.concatenate([due(consumers, QUARTER + 1), consumers.without_car()])
    assert np.isin(waits, there).all()


@pytest.mark.parametrize("waiting_share", [0.0, 0.7, 1.0])
def test_of_those_who_find_no_new_car_the_share_that_waits_is_there_next_quarter(waiting_share: float) -> None:
    """The others keep their car until the date of those who keep theirs. Binomial test at false alarm 1e-4."""
    consumers, lot = crowd(20_000, 8)
    drawn = drawn_in(consumers, lot, served_share=0.4)
    trade(consumers, lot, drawn, new_cars(0.4, waiting_share=waiting_share), HOLDING, SEED, QUARTER)
    unserved = drawn.rows[~drawn.served & (drawn.kind == NEW) & (drawn.own >= 0)]
    after = consumers.columns["next_decision"][unserved].astype(np.int64) - QUARTER
    waits = after == 1
    assert unserved.size > 200
    assert ((after[~waits] >= HOLDING.look_again_low) & (after[~waits] <= HOLDING.look_again_high)).all()
    bound = FALSE_ALARM_SD * np.sqrt(waiting_share * (1.0 - waiting_share) * unserved.size)
    assert abs(waits.sum() - waiting_share * unserved.size) <= bound


def test_drawing_changes_nothing() -> None:
    consumers, lot = crowd(500, 3)
    before = {name: values.copy() for name, values in consumers.columns.items()}
    first, second = drawn_in(consumers, lot), drawn_in(consumers, lot)
    for name, values in before.items():
        assert np.array_equal(consumers.columns[name], values), name
    for name in ("rows", "kind", "item", "served"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name


def test_only_seats_due_look_and_those_without_a_car_always_do() -> None:
    consumers, lot = crowd(500, 4)
    everybody = np.concatenate([due(consumers, QUARTER), consumers.without_car()])
    assert np.array_equal(drawn_in(consumers, lot, hazard=1.0).rows, everybody)
    nobody = drawn_in(consumers, lot, hazard=0.0)
    assert np.array_equal(nobody.rows, consumers.without_car())
    assert (nobody.kind != KEEP).all()


def test_a_higher_hazard_adds_lookers_and_takes_none_away() -> None:
    consumers, lot = crowd(5_000, 5)
    few, many = (drawn_in(consumers, lot, hazard=hazard).rows for hazard in (0.3, 0.6))
    assert np.isin(few, many).all()
    owners = due(consumers, QUARTER).size
    looking = few.size - consumers.without_car().size
    assert abs(looking - 0.3 * owners) < FALSE_ALARM_SD * np.sqrt(0.21 * owners)


def test_of_those_who_want_a_new_car_the_share_delivered_is_served() -> None:
    """Binomial test at false alarm 1e-4; all or none are exact."""
    consumers, lot = crowd(5_000, 6)
    for share in (0.0, 0.4, 1.0):
        drawn = drawn_in(consumers, lot, served_share=share)
        wants_new = drawn.kind == NEW
        number = wants_new.sum()
        assert number > 300
        bound = FALSE_ALARM_SD * np.sqrt(share * (1.0 - share) * number)
        assert abs(drawn.served[wants_new].sum() - share * number) <= bound


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_recorded_share_of_new_cars_is_leased(share: float) -> None:
    """Binomial test at false alarm 1e-4; all or none are exact."""
    consumers, lot = crowd(5_000, 7)
    drawn = drawn_in(consumers, lot)
    done = trade(consumers, lot, drawn, new_cars(lease_share=share), HOLDING, SEED, QUARTER)
    leased = (consumers.columns["flags"] & LESSEE) != 0
    assert np.isin(np.flatnonzero(leased), done.new_row).all()
    bound = FALSE_ALARM_SD * np.sqrt(share * (1.0 - share) * done.new_row.size)
    assert abs(leased.sum() - share * done.new_row.size) <= bound
