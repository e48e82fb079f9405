"""Who looks and what is expected of them (M1): counts, totals, and what does not matter to what."""

from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents.arrays import Floats, Ints, group_sum
from agents.buyers.choice import Alphas, Nests, binary, logit
from market.base.categories import CLASSES, GOODS, HOMES, TASTES
from market.buyers.acquisition import Acquisition
from market.buyers.demand import (
    GROUPS,
    Flows,
    InMarket,
    Totals,
    Values,
    count_in_market,
    every_class,
    new_by_product,
    new_choice,
)

ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)
NESTS = Nests(np.array([0, 0, 1, 2, 3]), np.array([0, 0, 1, 1]))
WEIGHT = 2_500.0
ROUNDING = 1e-12
GENERATOR = np.random.default_rng(4)
ZONE_DUE, CLASS_DUE = GENERATOR.integers(0, 5, 400), GENERATOR.integers(0, CLASSES, 400)
GOOD_DUE = GENERATOR.integers(0, GOODS, 400)
ZONE_CARLESS, CLASS_CARLESS = GENERATOR.integers(0, 7, 60), GENERATOR.integers(0, CLASSES, 60)
PRICE = np.linspace(30.0, 5.0, GOODS)


@pytest.fixture(scope="module")
def in_market() -> InMarket:
    return counted(ZONE_DUE * CLASSES + CLASS_DUE, GOOD_DUE, ZONE_CARLESS * CLASSES + CLASS_CARLESS, 7)


def counted(due: Ints, good: Ints, carless: Ints, zones: int, weight: float = WEIGHT) -> InMarket:
    """Seats in the market from the place in (zones x classes) of every row."""
    owners = np.bincount(due * GOODS + good, minlength=zones * CLASSES * GOODS)
    return count_in_market(owners, np.bincount(carless, minlength=zones * CLASSES), weight)


@pytest.fixture(scope="module")
def values(in_market: InMarket) -> Values:
    generator = np.random.default_rng(5)
    strata, groups = in_market.group.size, in_market.group_code.size
    taste = np.array([-20.0, -10.0, 0.0, 10.0, 20.0])[in_market.taste]
    return Values(
        new=generator.normal(-30.0, 5.0, (groups, 5)),
        taste_nest=taste[:, None] * np.array([0.0, 1.0, 0.0, 1.0]),
        service=generator.normal(20.0, 5.0, (strata, GOODS)),
        listings=generator.uniform(1e3, 1e6, GOODS),
        money=np.array([1.8, 1.2, 0.95, 0.8, 0.6])[in_market.income],
        used_credit=generator.uniform(0.0, 4.0, (strata, GOODS)),
    )


def flows(
    in_market: InMarket, values: Values, price: Floats = PRICE, hazard: float = 0.8, kappa: float = 60.0
) -> Flows:
    choice = new_choice(in_market, values, NESTS, ALPHAS)
    return Acquisition(in_market, values, choice, ALPHAS, kappa, hazard, 0.92, 1.0).flows_at(price, NESTS)


def test_lookers_are_counted_as_a_slow_loop_counts_them(in_market: InMarket) -> None:
    owners = Counter(zip(ZONE_DUE, CLASS_DUE, GOOD_DUE, strict=True))
    kinds = zip(in_market.kind_stratum, in_market.kind_good, in_market.due, strict=True)
    stratum_code = [(z, c) for z, c in zip(in_market.zone, in_market.group_code[in_market.group], strict=True)]
    found = {}
    for stratum, good, due in kinds:
        zone, group = stratum_code[stratum]
        buyer_class = (group % GROUPS) * TASTES + in_market.taste[stratum]
        assert group // GROUPS == zone
        assert buyer_class // (HOMES * TASTES) == in_market.income[stratum]
        found[(zone, buyer_class, good)] = due
    assert found == {key: WEIGHT * number for key, number in owners.items()}
    carless = Counter(zip(ZONE_CARLESS, CLASS_CARLESS, strict=True))
    without = {
        (stratum_code[stratum][0], (stratum_code[stratum][1] % GROUPS) * TASTES + in_market.taste[stratum]): number
        for stratum, number in enumerate(in_market.carless)
        if number > 0
    }
    assert without == {key: WEIGHT * number for key, number in carless.items()}


def test_every_code_leads_to_its_kind_and_its_cell(in_market: InMarket) -> None:
    by_code, stratum_of = in_market.by_code(np.arange(in_market.due.size).astype(np.float64))
    place = ZONE_DUE * CLASSES + CLASS_DUE
    kind = by_code[place * GOODS + GOOD_DUE].astype(np.int64)
    assert np.array_equal(in_market.kind_good[kind], GOOD_DUE)
    assert np.array_equal(in_market.kind_stratum[kind], stratum_of[place])
    assert np.array_equal(in_market.zone[stratum_of[place]], ZONE_DUE)
    assert np.array_equal(in_market.taste[stratum_of[place]], CLASS_DUE % TASTES)
    without = stratum_of[ZONE_CARLESS * CLASSES + CLASS_CARLESS]
    assert np.array_equal(in_market.zone[without], ZONE_CARLESS)
    assert np.array_equal(in_market.income[without], CLASS_CARLESS // (HOMES * TASTES))
    assert np.isfinite(by_code).sum() == in_market.due.size
    assert (stratum_of >= 0).sum() == in_market.carless.size


def test_nobody_in_the_market_is_no_cell() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    empty = counted(nobody, nobody, nobody, 2)
    assert [empty.due.size, empty.carless.size, empty.group_code.size] == [0, 0, 0]


def test_everybody_without_a_car_is_every_class_of_every_zone() -> None:
    seats = np.arange(2.0 * CLASSES).reshape(2, CLASSES)
    everyone = every_class(seats)
    nobody = np.zeros(0, dtype=np.int64)
    without = counted(nobody, nobody, np.arange(2 * CLASSES), 2, 1.0)
    for name in ("group_code", "stratum_code", "group", "taste", "zone", "income"):
        assert np.array_equal(getattr(everyone, name), getattr(without, name)), name
    assert np.array_equal(everyone.carless, seats.ravel())


def test_who_acquires_buys_new_or_used(in_market: InMarket, values: Values) -> None:
    found = flows(in_market, values)
    assert found.new.sum() + found.used.sum() == pytest.approx(found.acquirers.sum(), rel=ROUNDING)
    assert found.acquirers.sum() == pytest.approx(found.trade_ins.sum() + in_market.carless.sum(), rel=ROUNDING)
    assert found.owners == pytest.approx(0.8 * in_market.due.sum(), rel=ROUNDING)
    assert found.keepers == pytest.approx(found.owners - found.trade_ins.sum(), rel=ROUNDING)
    assert found.new.min() > 0.0
    assert found.used.min() > 0.0


def test_trade_ins_are_the_cars_of_those_who_acquire(in_market: InMarket, values: Values) -> None:
    found = flows(in_market, values)
    by_good = [(0.8 * in_market.due * found.acquire)[in_market.kind_good == good].sum() for good in range(GOODS)]
    assert found.trade_ins == pytest.approx(by_good, rel=ROUNDING)


def test_flows_of_owners_are_linear_in_the_hazard_of_looking(in_market: InMarket, values: Values) -> None:
    none, half, full = (flows(in_market, values, hazard=hazard) for hazard in (0.0, 0.5, 1.0))
    for name in ("new", "used", "trade_ins", "acquirers"):
        low, middle, high = (getattr(each, name) for each in (none, half, full))
        assert middle == pytest.approx((low + high) / 2, rel=1e-11), name
    assert none.trade_ins.sum() == 0.0
    assert np.array_equal(half.acquire, full.acquire)


def test_a_looker_acquires_with_the_chance_worked_out_by_hand(in_market: InMarket, values: Values) -> None:
    """The top of the tree for the first kind of owner, written out in plain numbers."""
    found = flows(in_market, values)
    stratum, good = int(in_market.kind_stratum[0]), int(in_market.kind_good[0])
    money = float(values.money[stratum])
    worth = (
        values.service[stratum]
        - money * (PRICE - values.used_credit[stratum])
        + np.log(values.listings / values.listings.sum()) / 0.077
    )
    used = np.log(np.exp(0.077 * worth).sum()) / 0.077
    new = float(new_choice(in_market, values, NESTS, ALPHAS).inclusive_kusd[stratum])
    both = np.log(np.exp(0.04 * new) + np.exp(0.04 * used)) / 0.04
    gain = both + money * (0.92 * PRICE[good] - 1.0) - values.service[stratum, good] - 60.0
    assert found.acquire[0] == pytest.approx(1.0 / (1.0 + np.exp(-0.02 * gain)), rel=1e-12)


@given(arrays(np.float64, GOODS, elements=st.floats(0.3, 150.0)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exponentials_taken_once_give_the_choice_written_out_in_full(
    in_market: InMarket, values: Values, price: Floats
) -> None:
    """The top of the tree against the plain functions of the choice, cell by cell and kind by kind."""
    choice = new_choice(in_market, values, NESTS, ALPHAS)
    tree = Acquisition(in_market, values, choice, ALPHAS, 60.0, 0.8, 0.92, 1.0)
    variety = np.log(values.listings / values.listings.sum()) / ALPHAS.powertrain
    money = values.money[:, None]
    used, used_value = logit(values.service - money * (price - values.used_credit) + variety, ALPHAS.powertrain)
    new, value = binary(choice.inclusive_kusd, used_value, ALPHAS.market)
    stratum, good = in_market.kind_stratum, in_market.kind_good
    keep = values.service[stratum, good] + 60.0 - values.money[stratum] * (0.92 * price[good] - 1.0)
    acquire, _ = binary(value[stratum], keep, ALPHAS.keep)
    trading = 0.8 * in_market.due * acquire
    acquirers = group_sum(trading, stratum, value.size) + in_market.carless
    found = tree.flows_at(price, NESTS)
    assert found.tables.used == pytest.approx(used, rel=1e-9)
    assert found.tables.new == pytest.approx(new, rel=1e-9)
    assert found.acquire == pytest.approx(acquire, rel=1e-9)
    at = tree.response_at(price)
    wanted, trade_ins = at.demand, at.trade_ins
    assert wanted == pytest.approx(((acquirers * (1.0 - new))[:, None] * used).sum(axis=0), rel=1e-9)
    assert trade_ins == pytest.approx(group_sum(trading, good, GOODS), rel=1e-9)
    assert found.used == pytest.approx(wanted, rel=1e-9)
    assert found.trade_ins == pytest.approx(trade_ins, rel=1e-9)


@given(arrays(np.float64, GOODS, elements=st.floats(-20.0, 20.0)), st.floats(0.1, 1.0), st.floats(0.0, 80.0))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_constants_moved_give_what_values_with_them_give(
    in_market: InMarket, values: Values, used_kusd: Floats, hazard: float, kappa: float
) -> None:
    """As inversion evaluates demand, against the flows of values that hold the constants, summed."""
    choice = new_choice(in_market, replace(values, new=values.new + 3.0), NESTS, ALPHAS)
    moved = replace(values, service=values.service + used_kusd)
    expected = Acquisition(in_market, moved, choice, ALPHAS, kappa, hazard, 0.92, 1.0).flows_at(PRICE, NESTS)
    start = Acquisition(in_market, values, new_choice(in_market, values, NESTS, ALPHAS), ALPHAS, 60.0, 0.8, 0.92, 1.0)
    tree = start.moved(choice, used_kusd, kappa, hazard)
    for found in (tree.totals_at(PRICE, NESTS), tree.flows_at(PRICE, NESTS)):
        for each in fields(Totals):
            assert getattr(found, each.name) == pytest.approx(getattr(expected, each.name), rel=1e-9), each.name
    carless = float((in_market.carless * expected.tables.new).sum())
    assert expected.carless_new == pytest.approx(carless, rel=1e-12)
    by_product = new_by_product(in_market, choice, NESTS, expected.acquirers * expected.tables.new).sum(axis=0)
    assert expected.new == pytest.approx(by_product, rel=1e-12)


def test_shares_within_new_cars_do_not_depend_on_used_prices(in_market: InMarket, values: Values) -> None:
    """D2 case 19 where psi = 0: values of new cars are given, so used prices move only how many buy new."""
    cheap, dear = flows(in_market, values), flows(in_market, values, price=PRICE * 1.3)
    for name in ("segment", "nest", "product"):
        assert np.array_equal(getattr(cheap.tables, name), getattr(dear.tables, name)), name
    assert (dear.tables.new > cheap.tables.new).all()


def test_a_dearer_good_is_bought_less_and_traded_in_more(in_market: InMarket, values: Values) -> None:
    dearer = PRICE.copy()
    dearer[3] += 1.0
    change = flows(in_market, values, price=dearer), flows(in_market, values)
    assert change[0].used[3] < change[1].used[3]
    assert (np.delete(change[0].used, 3) > np.delete(change[1].used, 3)).all()
    assert change[0].trade_ins[3] > change[1].trade_ins[3]


def test_a_good_of_which_none_is_listed_is_not_bought(in_market: InMarket, values: Values) -> None:
    listings = values.listings.copy()
    listings[7] = 0.0
    found = flows(in_market, replace(values, listings=listings))
    assert found.used[7] == 0.0
    assert np.isfinite(found.used).all()


def test_twice_as_many_cars_of_every_good_change_nothing(in_market: InMarket, values: Values) -> None:
    once, twice = flows(in_market, values), flows(in_market, replace(values, listings=2.0 * values.listings))
    assert twice.tables.used == pytest.approx(once.tables.used, rel=1e-11)
    assert twice.tables.new == pytest.approx(once.tables.new, rel=1e-11)


def test_a_higher_constant_of_keeping_keeps_more(in_market: InMarket, values: Values) -> None:
    assert flows(in_market, values, kappa=70.0).keepers > flows(in_market, values, kappa=60.0).keepers
