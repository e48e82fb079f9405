"""Automakers price and deliver (M10, M11)."""

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents.automaker import Automaker, damped_price_kusd, produced_cars
from agents.choice import Floats
from agents.sensing import MakerOrders, MakerSensing

ONE = np.ones(2)
EXACT = 1e-12

cars = arrays(np.float64, 5, elements=st.floats(0, 1e6))


@pytest.fixture
def maker() -> Automaker:
    return Automaker(mesa.Model(rng=1), "Maker", np.array([3, 8]), 0.15, 0.35, 65.0)


def sees(recorded: Floats | None, pack: float = 6.0, factor: float = 1.0) -> MakerSensing:
    return MakerSensing(recorded, np.array([0.0, pack]), factor * ONE, 0.0 * ONE)


def test_a_price_goes_part_of_the_way_to_cost_plus_markup() -> None:
    price = damped_price_kusd(np.array([50.0]), np.array([40.0]), 0.15, np.ones(1), 0.35)
    assert price == pytest.approx([48.6], abs=EXACT)  # 50 + 0.35 (46 - 50)


def test_a_price_at_its_target_stays() -> None:
    assert damped_price_kusd(np.array([46.0]), np.array([40.0]), 0.15, np.ones(1), 0.35) == pytest.approx([46.0])


def test_recorded_prices_are_taken_as_they_are(maker: Automaker) -> None:
    maker.set_prices(sees(np.array([30.0, 46.0])))
    assert maker.price_kusd.tolist() == [30.0, 46.0]
    assert maker.cost_without_pack_kusd == pytest.approx([30.0 / 1.15, 34.0], abs=EXACT)


def test_prices_do_not_jump_when_the_records_end(maker: Automaker) -> None:
    maker.set_prices(sees(np.array([30.0, 46.0])))
    maker.set_prices(sees(None))
    assert maker.price_kusd == pytest.approx([30.0, 46.0], abs=EXACT)


def test_a_cheaper_pack_is_passed_on_with_its_markup_in_the_end(maker: Automaker) -> None:
    maker.set_prices(sees(np.array([30.0, 46.0])))
    maker.set_prices(sees(None, pack=4.0))
    assert maker.price_kusd == pytest.approx([30.0, 46.0 - 0.35 * 2.3], abs=EXACT)
    for _ in range(80):  # 0.65^80 of the gap is left
        maker.set_prices(sees(None, pack=4.0))
    assert maker.price_kusd == pytest.approx([30.0, 43.7], abs=EXACT)


def test_a_lever_on_prices_moves_the_target(maker: Automaker) -> None:
    maker.set_prices(sees(np.array([30.0, 46.0])))
    maker.set_prices(sees(None, factor=0.9))
    assert maker.price_kusd == pytest.approx([30.0 * 0.965, 46.0 * 0.965], abs=EXACT)


@given(cars, cars, cars, cars)
def test_stock_is_never_negative(sold: Floats, stock: Floats, target: Floats, limit: Floats) -> None:
    sold = np.minimum(sold, stock + limit)
    built = produced_cars(sold, stock, target, limit)
    rounding = 1e-9 * (stock + sold + 1.0)
    assert (built >= 0.0).all()
    assert (built <= limit + rounding).all()
    assert (stock + built - sold >= -rounding).all()


@given(cars, cars, cars)
def test_stock_reaches_its_target_if_nothing_limits_output(sold: Floats, stock: Floats, target: Floats) -> None:
    built = produced_cars(sold, stock, target, np.full(5, np.inf))
    after = stock + built - sold
    assert np.maximum(target, stock - sold) == pytest.approx(after, abs=1e-6)


def test_demand_is_delivered_up_to_the_limit(maker: Automaker) -> None:
    maker.price_kusd = np.array([30.0, 50.0])
    delivered, built = maker.deliver(MakerOrders(np.array([100.0, 100.0]), np.array([np.inf, 40.0])))
    assert delivered.tolist() == [100.0, 40.0]
    assert built == pytest.approx([100.0 + 100.0 * 65 / 91.25, 40.0], abs=EXACT)
    assert maker.stock_cars == pytest.approx([100.0 * 65 / 91.25, 0.0], abs=EXACT)
    assert maker.sales_cars == 140.0
    assert maker.revenue_musd == pytest.approx(5.0, abs=EXACT)  # 100 x 30 k$ + 40 x 50 k$


def test_a_fall_in_demand_is_met_from_stock(maker: Automaker) -> None:
    endless = np.full(2, np.inf)
    maker.deliver(MakerOrders(np.full(2, 1_000.0), endless))
    before = maker.stock_cars.copy()
    delivered, built = maker.deliver(MakerOrders(np.full(2, 100.0), endless))
    assert built.tolist() == [0.0, 0.0]
    assert maker.stock_cars == pytest.approx(before - delivered, abs=EXACT)
