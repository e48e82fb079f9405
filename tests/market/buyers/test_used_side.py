"""What dealers offer: what is traded in, and half of what their stock exceeds its target (M20)."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import GOODS
from market.buyers.used_prices import UsedSide


def offered(stock: float, target: float, trade_ins: float) -> Floats:
    return side_with(stock, target).offered(np.full(GOODS, trade_ins))


def side_with(stock: float, target: float) -> UsedSide:
    return UsedSide(np.full(GOODS, stock), np.full(GOODS, target), np.zeros(GOODS, dtype=np.bool_), adjustment=0.5)


@pytest.mark.parametrize(
    ("stock", "cars"),
    [
        (1_000.0, 300.0),  # at its target: what is traded in
        (1_200.0, 400.0),  # 200 too many: 100 more
        (600.0, 100.0),  # 400 too few: 200 kept back
        (100.0, 15.0),  # 900 too few: dealers still sell a twentieth of what is traded in
    ],
)
def test_dealers_offer_trade_ins_and_half_of_what_is_above_their_target(stock: float, cars: float) -> None:
    assert offered(stock, target=1_000.0, trade_ins=300.0) == pytest.approx(np.full(GOODS, cars))


@pytest.mark.parametrize(("stock", "slope"), [(1_200.0, 1.0), (600.0, 1.0), (100.0, 0.05)])
def test_another_trade_in_is_offered_unless_dealers_only_sell_their_least(stock: float, slope: float) -> None:
    assert side_with(stock, 1_000.0).offer_slope(np.full(GOODS, 300.0)).tolist() == [slope] * GOODS
