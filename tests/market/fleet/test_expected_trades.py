"""What expected buyers find (M11, M20): rationing worked by hand, and nobody lost in any market."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.fleet.expected_trades import Owners, expected_trades, used_served_share


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
    in_goods = rng.dirichlet(np.ones(goods), groups)

    def owners() -> Owners:
        return Owners.of(rng.uniform(0.0, 9.0, (strata, groups)), rng.random((strata, goods)), in_goods)

    first, hurried = owners(), owners() if in_haste else None
    shares = rng.dirichlet(np.ones(products + goods), strata)
    new, used = shares[:, :products], shares[:, products:]
    carless, lot = rng.uniform(0.0, 3.0, strata), rng.uniform(0.0, 2.0, goods)
    done = expected_trades(
        first, hurried, carless, new, used, rng.random(strata), np.array([False, True, True]),
        np.array([served, 1.0, served]), 0.4 * np.array([1.0 - served, 0.0, 1.0 - served]), lot,
    )  # fmt: skip
    sellers = (first.acquiring * done.sells[:, None]).sum()
    buyers = sellers + done.acquired.sum()
    if hurried is not None:
        haste = (hurried.acquiring * done.haste_sells[:, None]).sum()
        sellers, buyers = sellers + haste, buyers + haste
    assert done.sold.sum() == pytest.approx(sellers)
    assert done.new.sum() + done.used.sum() == pytest.approx(buyers)
    assert (done.used.sum(axis=0) <= (lot + done.sold.sum(axis=0)) * (1 + 1e-9)).all()
    assert (done.sells + done.waits + done.gives_up <= 1 + 1e-12).all()
    if not in_haste:
        return
    assert (done.haste_sells + done.haste_gives_up <= 1 + 1e-12).all()


def test_those_who_find_no_new_car_give_up_as_their_product_has_it() -> None:
    """Half choose a product of which 0.3 is served and 0.2 gives up: 0.15 sell, 0.1 give up; the others wait."""
    one = np.ones((1, 1))
    owners = Owners.of(10.0 * one, one, one)
    done = expected_trades(
        owners, None, np.zeros(1), np.array([[0.5]]), np.array([[0.5]]), np.zeros(1), np.array([False]),
        np.array([0.3]), np.array([0.2]), np.array([100.0]),
    )  # fmt: skip
    assert done.gives_up == pytest.approx([0.1])
    assert done.sells == pytest.approx([0.65])
    assert done.new == pytest.approx(np.array([[1.5]]))
