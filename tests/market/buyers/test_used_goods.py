"""Used goods: loss with age, what cohorts carry on, thin goods, obsolescence (M20), by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from market.base.categories import BEV_LONG, BEV_SHORT, GOODS, ICE, KINDS, car_type
from market.buyers.used_goods import (
    KIND_OF_GOOD,
    CohortWorth,
    NewCars,
    Obsolescence,
    fitted_age_loss,
    improvement_kusd,
    nearest_priced,
    priced_by_age,
    thin_goods,
)
from market.vehicles.cohort_mix import CohortMix, CohortMixes
from market.vehicles.products import Offers

NONE_THIN = np.zeros(GOODS, dtype=np.bool_)
LOST_SHARE = np.tile([0.3, 0.5, 0.65, 0.85], len(KINDS))
MIXES = CohortMixes(6.0)
EIGHT_YEARS = 31  # 2024Q4
NEW_PRICE_KUSD = np.full((12, len(KINDS)), 40.0)


def cars_of(kind: int, ages_quarters: list[int], number: float = 1e6) -> Floats:
    """Cars of a kind, so many at each age, in the smallest segment."""
    cars = np.zeros((256, 256))
    cars[int(car_type(np.array(kind), np.array(0))), ages_quarters] = number
    return cars


def mix_of_all(quarter: int = EIGHT_YEARS) -> CohortMix:
    """As many gasoline cars and long-range BEVs of every quarter of age to 80."""
    return MIXES.at(quarter, cars_of(ICE, list(range(81))) + cars_of(BEV_LONG, list(range(81))))


def test_constants_are_their_loss_and_the_rest_whose_mean_is_0() -> None:
    new, lost = np.full(GOODS, 40.0), 40.0 * LOST_SHARE
    listings = np.arange(2.0, GOODS + 2.0)
    off = np.sin(np.arange(GOODS))
    fitted = fitted_age_loss(5.0 - 0.9 * lost + off, new, LOST_SHARE, listings)
    assert fitted.constant_kusd == pytest.approx(5.0 - 0.9 * lost + off, abs=1e-9)
    assert (listings * fitted.rest_kusd).sum() == pytest.approx(0.0, abs=1e-9)
    exact = fitted_age_loss(5.0 - 0.9 * lost + 2.0 * KIND_OF_GOOD, new, LOST_SHARE, listings)
    assert exact.scale == pytest.approx(0.9, abs=1e-12)  # kinds may differ in level
    assert exact.loss_kusd == pytest.approx(0.9 * lost, abs=1e-12)


def test_a_good_without_cars_takes_the_rest_of_the_nearest_of_its_kind_and_what_it_cost_more() -> None:
    absent = NONE_THIN.copy()
    absent[[0, 2, 4, 5, 6, 7]] = True  # of gasoline cars two are left, of hybrids none
    new = np.full(GOODS, 40.0)
    new[2] = 43.0
    constant = np.arange(GOODS, dtype=np.float64)
    rest = fitted_age_loss(constant, new, np.zeros(GOODS), np.where(absent, 0.0, 9.0)).rest_kusd
    assert rest[0] == rest[1]
    assert rest[2] == rest[1] + 3.0  # of two as near, the younger
    assert rest[4:8].tolist() == [0.0] * 4
    assert nearest_priced(absent)[:8].tolist() == [1, 1, 1, 3, -1, -1, -1, -1]


def test_prices_of_thin_goods_stand_to_usual_ones_as_their_neighbors() -> None:
    usual, price = np.full(GOODS, 20.0), np.full(GOODS, 30.0)
    price[4:8] = 50.0
    thin = NONE_THIN.copy()
    thin[[1, 4, 5, 6, 7]] = True
    usual[1] = 10.0
    out = priced_by_age(price, usual, thin)
    assert out[[0, 1, 2]].tolist() == [30.0, 15.0, 30.0]
    assert out[4:8].tolist() == [20.0] * 4


def test_a_good_gets_a_price_at_the_number_and_loses_it_at_half() -> None:
    cars = np.array([99.0, 100.0, 60.0, 49.0])
    assert thin_goods(cars, np.array([True, True, True, True]), 100.0).tolist() == [True, False, True, True]
    assert thin_goods(cars, np.array([False, False, False, False]), 100.0).tolist() == [False, False, False, True]


# ---------------------------------------------------------------------------------------------------------


def test_cohorts_of_a_good_are_weighted_by_its_cars() -> None:
    mix = MIXES.at(EIGHT_YEARS, cars_of(ICE, [0, 8, 9, 20], 1.0))
    young = mix.share[0]
    assert young.sum() == pytest.approx(1.0)
    newest = np.flatnonzero((mix.kind == ICE) & (young > 0))
    assert mix.year[newest].tolist() == [7, 5]  # 2024, and 2022 twice
    assert young[newest] == pytest.approx([1 / 3, 2 / 3])
    prices = np.zeros((8, len(KINDS)))
    prices[[7, 5], ICE] = [30.0, 24.0]
    assert mix.of_years(prices)[0] == pytest.approx(26.0)
    assert mix.cars[:2].tolist() == [3.0, 1.0]
    assert mix.segment_share[0].tolist() == [1.0, 0.0, 0.0, 0.0]


@given(st.integers(0, 70), st.lists(st.integers(0, 255), min_size=1, max_size=20))
def test_shares_of_cohorts_sum_to_1_and_no_car_is_lost(quarter: int, ages: list[int]) -> None:
    mix = MIXES.at(quarter, cars_of(BEV_SHORT, ages, 3.0))
    assert mix.share.sum(axis=1) == pytest.approx(np.ones(GOODS))
    assert mix.cars.sum() == pytest.approx(3.0 * len(set(ages)))
    assert (mix.age_years >= 0).all()


def test_miles_ahead_fall_with_age() -> None:
    miles = mix_of_all().miles_share[:21]
    assert miles[0] == 1.0
    assert (np.diff(miles) < 0).all()
    assert 0.5 < miles[10] < 0.8


def worth_at_origin() -> tuple[CohortWorth, Floats, CohortMix]:
    """What cohorts carry on from the end of 2024 with a rest that falls with age, and the constants of then."""
    mix = mix_of_all()
    constant = 3.0 - 0.9 * 40.0 * LOST_SHARE + np.tile([4.0, 1.0, -2.0, -6.0], len(KINDS))
    loss = fitted_age_loss(constant, np.full(GOODS, 40.0), LOST_SHARE, mix.cars)
    return CohortWorth(mix, loss, NEW_PRICE_KUSD, LOST_SHARE), constant, mix


def test_constants_do_not_jump_at_the_origin() -> None:
    worth, constant, mix = worth_at_origin()
    live = mix.cars > 0
    assert worth.constant_kusd(mix)[live] == pytest.approx(constant[live], abs=1e-9)


def test_what_a_cohort_is_worth_beyond_its_attributes_ages_with_it() -> None:
    worth, constant, mix = worth_at_origin()
    later = worth.constant_kusd(mix_of_all(EIGHT_YEARS + 48))  # twelve years on all but the last were built since
    loss = fitted_age_loss(constant, np.full(GOODS, 40.0), LOST_SHARE, mix.cars)
    young = loss.common_kusd + loss.rest_kusd[0] - loss.scale * 40.0 * LOST_SHARE
    assert later[:3] == pytest.approx(young[:3], abs=1e-9)


# ---------------------------------------------------------------------------------------------------------


def new_cars(price: list[float], worth: list[float], on_offer: list[bool] | None = None) -> NewCars:
    """Gasoline cars, and BEVs of long and short range, with net prices and the worth of their attributes."""
    nothing = np.zeros(4)
    there = np.array([True] * 4 if on_offer is None else on_offer)
    kind = np.array([ICE, BEV_LONG, BEV_LONG, BEV_SHORT])
    weight = np.array([5.0, 3.0, 1.0, 2.0]) * there
    offers = Offers(there, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, kind, weight)
    return NewCars(offers, np.array(price), np.array(worth))


SAME = [30.0, 50.0, 70.0, 25.0]


def test_new_cars_got_better_by_what_they_cost_less_and_offer_more() -> None:
    better, price = improvement_kusd(
        new_cars(SAME, [0.0] * 4), new_cars([30.0, 46.0, 70.0, 25.0], [0.0, 1.0, 0.0, 0.0])
    )
    assert better[[ICE, BEV_LONG, BEV_SHORT]] == pytest.approx([0.0, 0.75 * 5.0, 0.0])
    assert price[[ICE, BEV_LONG, BEV_SHORT]] == pytest.approx([30.0, 55.0, 25.0])


def test_a_product_that_leaves_or_enters_makes_no_kind_better() -> None:
    without = new_cars([30.0, 50.0, 1.0, 25.0], [0.0] * 4, [True, True, False, True])
    assert improvement_kusd(new_cars(SAME, [0.0] * 4), without)[0] == pytest.approx(np.zeros(len(KINDS)))
    assert improvement_kusd(without, new_cars(SAME, [0.0] * 4))[0] == pytest.approx(np.zeros(len(KINDS)))


def test_a_kind_of_bev_not_sold_new_is_compared_with_all_bevs() -> None:
    there = [True, True, True, False]
    better, _ = improvement_kusd(new_cars(SAME, [0.0] * 4, there), new_cars([30.0, 46.0, 66.0, 25.0], [0.0] * 4, there))
    assert better[[ICE, BEV_SHORT, BEV_LONG]] == pytest.approx([0.0, 4.0, 4.0])


def test_used_cars_fall_in_per_cent_as_new_ones_once_and_only_after_the_origin() -> None:
    cheaper = new_cars([27.0, 45.0, 63.0, 22.5], [0.0] * 4)  # all a tenth
    used = np.full(GOODS, 20.0)
    side = Obsolescence(0.75)
    side.see(new_cars(SAME, [0.0] * 4), used, after_origin=False)
    side.see(cheaper, used, after_origin=True)
    kinds = np.isin(KIND_OF_GOOD, [ICE, BEV_LONG, BEV_SHORT])
    assert side.fallen_kusd[kinds] == pytest.approx(np.full(kinds.sum(), 0.075 * 20.0))
    side.see(cheaper, used, after_origin=True)
    assert side.fallen_kusd[kinds] == pytest.approx(np.full(kinds.sum(), 0.075 * 20.0))
    before = Obsolescence(0.75)
    before.see(new_cars(SAME, [0.0] * 4), used, after_origin=False)
    before.see(cheaper, used, after_origin=False)
    assert not before.fallen_kusd.any()
