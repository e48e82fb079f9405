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
        np.array([served, 1.0, served]), lot,
    )  # fmt: skip
    sellers = (first.acquiring * done.sells[:, None]).sum()
    buyers = sellers + done.acquired.sum()
    if hurried is not None:
        haste = (hurried.acquiring * done.haste_sells[:, None]).sum()
        sellers, buyers = sellers + haste, buyers + haste
    assert done.sold.sum() == pytest.approx(sellers)
    assert done.new.sum() + done.used.sum() == pytest.approx(buyers)
    assert (done.used.sum(axis=0) <= (lot + done.sold.sum(axis=0)) * (1 + 1e-9)).all()
    assert (done.sells + done.waits <= 1 + 1e-12).all()
