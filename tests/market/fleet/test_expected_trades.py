"""What expected buyers find (M11, M20): rationing worked by hand, and nobody lost in any market."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Bools, Floats
from market.fleet.expected_trades import NewByNest, Owners, expected_trades, used_served_share


def a_nest_each(shares: Floats, is_bev: Bools) -> NewByNest:
    """Shares by stratum and product, each product in a nest of its own."""
    return NewByNest(shares, np.ones_like(shares), np.arange(is_bev.size), is_bev)


def test_enough_cars_serve_everybody() -> None:
    assert used_served_share(np.array([3.0, 2.0]), np.array([3.0, 9.0]), np.zeros((2, 2))).tolist() == [1.0, 1.0]


def test_who_finds_no_car_does_not_sell_one() -> None:
    """10 want a car, dealers have 4, and half of the buyers would trade one in: r 10 = 4 + r 5, so r = 0.8."""
    share = used_served_share(np.array([10.0]), np.array([4.0]), np.array([[5.0]]))
    assert share == pytest.approx([0.8])


def test_shortage_of_one_good_passes_to_the_next() -> None:
    """Good 1 has just enough with what buyers of good 0 trade in; a half of those find nothing."""
    share = used_served_share(np.array([10.0, 10.0]), np.array([5.0, 0.0]), np.array([[0.0, 10.0], [0.0, 0.0]]))
    assert share == pytest.approx([0.5, 0.5])


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0), st.booleans())
def test_every_seat_and_car_is_accounted_for(seed: int, served: float, in_haste: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(seed)
    strata, groups, goods, products = 3, 4, 2, 3
    in_goods, alive = rng.dirichlet(np.ones(goods), groups), rng.random(groups)

    def owners() -> Owners:
        looking = rng.uniform(0.0, 9.0, (groups, strata))
        by_good = (looking * alive[:, None]).T @ in_goods
        return Owners.of(looking, by_good, rng.random((strata, goods)), in_goods, alive)

    first, hurried = owners(), owners() if in_haste else None
    shares = rng.dirichlet(np.ones(products + goods), strata)
    new, used = a_nest_each(shares[:, :products], np.array([False, True, True])), shares[:, products:]
    carless, lot = rng.uniform(0.0, 3.0, strata), rng.uniform(0.0, 2.0, goods)
    done = expected_trades(
        first, hurried, carless, new, used, rng.random(strata),
        np.array([served, 1.0, served]), 0.4 * np.array([1.0 - served, 0.0, 1.0 - served]), lot,
    )  # fmt: skip
    sellers = (alive @ (first.acquiring * done.sells)).sum()
    buyers = sellers + done.acquired.sum()
    if hurried is not None:
        haste = (alive @ (hurried.acquiring * done.haste_sells)).sum()
        sellers, buyers = sellers + haste, buyers + haste
    assert done.sold.sum() == pytest.approx(sellers)
    assert done.new.by_product.sum() + done.used.sum() == pytest.approx(buyers)
    assert (done.used.sum(axis=0) <= (lot + done.sold.sum(axis=0)) * (1 + 1e-9)).all()
    assert (done.sells + done.waits + done.gives_up <= 1 + 1e-12).all()
    if not in_haste:
        return
    assert (done.haste_sells + done.haste_gives_up <= 1 + 1e-12).all()


def test_those_who_find_no_new_car_give_up_as_their_product_has_it() -> None:
    """Half choose a product of which 0.3 is served and 0.2 gives up: 0.15 sell, 0.1 give up; the others wait."""
    one = np.ones((1, 1))
    owners = Owners.of(10.0 * one, 10.0 * one, one, one, np.ones(1))
    done = expected_trades(
        owners, None, np.zeros(1), a_nest_each(0.5 * one, np.array([False])), 0.5 * one, np.zeros(1),
        np.array([0.3]), np.array([0.2]), np.array([100.0]),
    )  # fmt: skip
    assert done.gives_up == pytest.approx([0.1])
    assert done.sells == pytest.approx([0.65])
    assert done.new.by_product == pytest.approx(np.array([[1.5]]))


def test_sums_over_products_are_those_over_the_table_of_strata_and_products() -> None:
    """Two groups of three strata, nests of two, one and three products."""
    rng = np.random.default_rng(5)
    nest_of, starts = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 2, 3])
    new = NewByNest(rng.random((6, 3)), rng.random((2, 6)), starts, np.array([False, True, True]))
    table = new.nest[:, nest_of] * np.repeat(new.product, 3, axis=0)
    weight, served, waits = rng.random((6, 2)), rng.random(6), rng.random(6)
    assert new.served(served).summed(weight) == pytest.approx(table * served @ weight)
    assert new.by_product == pytest.approx(table.reshape(2, 3, 6).sum(axis=1))
    assert new.bev() == pytest.approx(new.nest[:, 1] + new.nest[:, 2])
    kept = table - waits[:, None] * table * (nest_of > 0)
    assert new.less(waits).summed(weight) == pytest.approx(kept @ weight)
    assert new.among_bevs().nest.sum(axis=1) == pytest.approx(np.ones(6))
