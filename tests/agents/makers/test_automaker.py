"""Automakers price, plan and deliver (M10, M11)."""

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents.arrays import Floats
from agents.makers.automaker import (
    Automaker,
    MakerRules,
    damped_price_kusd,
    incentive_share,
    price_paid_kusd,
    produced_cars,
)
from agents.makers.sensing import MakerOrders, MakerSensing

ONE = np.ones(2)
ENDLESS = np.full(2, np.inf)
RECORDED = np.array([30.0, 46.0])
MARKUP = np.array([8.0, 11.0])
EXACT = 1e-12

cars = arrays(np.float64, 5, elements=st.floats(0, 1e6))


@pytest.fixture
def maker() -> Automaker:
    return Automaker(mesa.Model(rng=1), "Maker", np.array([3, 8]), MakerRules(0.35, 65.0, 90.0, 0.12))


def sees(
    recorded: Floats | None, pack: float = 6.0, factor: float = 1.0, beyond: float = 0.0, change: float = 0.0
) -> MakerSensing:
    return MakerSensing(
        recorded, np.array([0.0, pack]), factor * ONE, 0.0 * ONE, np.array([0.0, beyond]), np.array([0.0, change])
    )


def recorded(maker: Automaker, factor: float = 1.0, beyond: float = 0.0) -> None:
    """A quarter with recorded prices, from which cost is backed out."""
    seen = sees(RECORDED * factor, factor=factor, beyond=beyond)
    maker.set_prices(seen, np.full(2, np.nan))
    maker.back_out_cost(seen, MARKUP)


def test_what_the_rest_of_a_car_has_come_to_cost_is_in_its_cost(maker: Automaker) -> None:
    """46 less a markup of 11 and a pack of 6; later a pack of 4 and 1.5 less for the rest."""
    recorded(maker)
    assert maker.cost_without_pack_kusd == pytest.approx([22.0, 29.0], abs=EXACT)
    assert maker.effective_cost(sees(None, pack=4.0, change=-1.5)) == pytest.approx([22.0, 31.5], abs=EXACT)


def test_a_price_goes_part_of_the_way_to_its_target() -> None:
    assert damped_price_kusd(np.array([50.0]), np.array([46.0]), 0.35) == pytest.approx([48.6], abs=EXACT)


def test_recorded_prices_are_taken_and_reveal_cost_with_and_without_the_pack(maker: Automaker) -> None:
    recorded(maker)
    assert maker.price_kusd.tolist() == [30.0, 46.0]
    assert maker.cost_kusd.tolist() == [22.0, 35.0]
    assert maker.cost_without_pack_kusd.tolist() == [22.0, 29.0]


def test_prices_do_not_jump_when_the_records_end(maker: Automaker) -> None:
    recorded(maker)
    maker.set_prices(sees(None), maker.effective_cost(sees(None)) + MARKUP)
    assert maker.price_kusd == pytest.approx(RECORDED, abs=EXACT)


def test_cost_follows_the_pack(maker: Automaker) -> None:
    recorded(maker)
    assert maker.effective_cost(sees(None, pack=4.0)).tolist() == [22.0, 33.0]
    assert maker.cost_kusd.tolist() == [22.0, 33.0]


def test_what_a_sale_brings_beyond_its_price_lowers_the_cost_that_prices_rest_on(maker: Automaker) -> None:
    recorded(maker)
    assert maker.effective_cost(sees(None, beyond=2.0)).tolist() == [22.0, 33.0]
    assert maker.cost_kusd.tolist() == [22.0, 35.0]


def test_what_a_sale_brought_to_the_records_is_in_the_cost_they_reveal(maker: Automaker) -> None:
    recorded(maker, beyond=2.0)
    assert maker.cost_kusd.tolist() == [22.0, 37.0]
    assert maker.effective_cost(sees(None, beyond=2.0)).tolist() == [22.0, 35.0]


def test_a_lever_on_prices_moves_the_target(maker: Automaker) -> None:
    recorded(maker)
    maker.set_prices(sees(None, factor=0.9), RECORDED)
    assert maker.price_kusd == pytest.approx(RECORDED * 0.965, abs=EXACT)


def test_a_lever_on_recorded_prices_is_not_taken_for_cost(maker: Automaker) -> None:
    recorded(maker, factor=0.9)
    assert maker.cost_kusd == pytest.approx([22.0, 35.0], abs=EXACT)
    maker.set_prices(sees(None, factor=0.9), RECORDED)
    assert maker.price_kusd == pytest.approx(RECORDED * 0.9, abs=EXACT)


def test_incentives_begin_at_ninety_days_and_end_at_twice_that() -> None:
    forecast, days = np.full(5, 91.25), np.array([0.0, 90.0, 135.0, 180.0, 400.0])
    assert incentive_share(days, forecast, 90.0, 0.12) == pytest.approx([0.0, 0.0, 0.06, 0.12, 0.12], abs=EXACT)


def test_stock_that_nobody_is_expected_to_want_gets_no_incentive() -> None:
    assert incentive_share(np.ones(1), np.zeros(1), 90.0, 0.12).tolist() == [0.0]


def test_a_fall_in_demand_fills_the_lot_and_brings_an_incentive(maker: Automaker) -> None:
    recorded(maker)
    for _ in range(4):
        maker.deliver(MakerOrders(np.full(2, 1_000.0), ENDLESS))
    assert maker.stock_cars == pytest.approx(np.full(2, 1_000.0 * 65 / 91.25))
    _, built = maker.deliver(MakerOrders(np.array([1_000.0, 300.0]), ENDLESS))
    assert built == pytest.approx([1_000.0, 1_000.0])  # the plan was made before anybody knew
    maker.set_prices(sees(None), RECORDED)
    assert maker.incentive_share[0] == 0.0
    assert 0.0 < maker.incentive_share[1] <= 0.12
    assert maker.list_price_kusd == pytest.approx(RECORDED)
    assert maker.price_kusd == pytest.approx(RECORDED * (1.0 - maker.incentive_share))
    for _ in range(60):
        maker.deliver(MakerOrders(np.array([1_000.0, 300.0]), ENDLESS))
    assert maker.stock_cars == pytest.approx(np.array([1_000.0, 300.0]) * 65 / 91.25, rel=1e-3)


def test_an_incentive_that_recorded_prices_held_comes_off_no_second_time(maker: Automaker) -> None:
    for _ in range(4):
        maker.deliver(MakerOrders(np.full(2, 1_000.0), ENDLESS))
    maker.deliver(MakerOrders(np.array([1_000.0, 300.0]), ENDLESS))
    recorded(maker)
    maker.set_prices(sees(None), RECORDED)
    assert maker.price_kusd == pytest.approx(RECORDED, abs=EXACT)
    for _ in range(60):
        maker.deliver(MakerOrders(np.array([1_000.0, 300.0]), ENDLESS))
    maker.set_prices(sees(None), RECORDED)
    maker.deliver(MakerOrders(np.full(2, 60.0), ENDLESS))
    maker.set_prices(sees(None), RECORDED)
    assert (maker.incentive_share > 0.0).all()  # the lot was cleared since: a new excess is discounted in full


def test_demand_is_delivered_up_to_the_limit(maker: Automaker) -> None:
    maker.price_kusd = np.array([30.0, 50.0])
    delivered, built = maker.deliver(MakerOrders(np.array([100.0, 100.0]), np.array([np.inf, 40.0])))
    assert delivered.tolist() == [100.0, 40.0]
    assert built == pytest.approx([100.0 + 100.0 * 65 / 91.25, 40.0], abs=EXACT)
    assert maker.stock_cars == pytest.approx([100.0 * 65 / 91.25, 0.0], abs=EXACT)
    assert maker.sales_cars == 140.0
    assert maker.revenue_musd == pytest.approx(5.0, abs=EXACT)  # 100 x 30 k$ + 40 x 50 k$


def test_a_rush_is_met_from_stock_and_more_output_than_was_planned(maker: Automaker) -> None:
    maker.deliver(MakerOrders(np.full(2, 100.0), ENDLESS))
    stock = maker.stock_cars.copy()
    delivered, built = maker.deliver(MakerOrders(np.full(2, 1_000.0), ENDLESS))
    assert delivered.tolist() == [1_000.0, 1_000.0]
    assert built == pytest.approx(1_000.0 - stock)
    assert maker.stock_cars.tolist() == [0.0, 0.0]


@given(cars, cars, cars, cars)
def test_stock_is_never_negative(plan: Floats, sold: Floats, stock: Floats, limit: Floats) -> None:
    sold = np.minimum(sold, stock + limit)
    built = produced_cars(plan, sold, stock, limit)
    rounding = 1e-9 * (stock + sold + 1.0)
    assert (built >= 0.0).all()
    assert (built <= limit + rounding).all()
    assert (stock + built - sold >= -rounding).all()


@given(cars, cars, cars)
def test_the_plan_is_built_if_it_suffices_and_nothing_limits_it(plan: Floats, sold: Floats, stock: Floats) -> None:
    built = produced_cars(plan, sold, stock, np.full(5, np.inf))
    assert built.tolist() == np.maximum(plan, sold - stock).tolist()


def test_an_announced_cut_leaves_half_the_list_price() -> None:
    list_price = np.array([40.0, 20.0, 20.0])
    paid = price_paid_kusd(list_price, np.array([0.1, 0.1, 0.4]), np.array([5.0, 15.0, 0.0]))
    assert paid == pytest.approx([31.0, 10.0, 12.0])
