"""What dealers offer: what is traded in, and half of what their stock exceeds its target (M20)."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import GOODS
from market.buyers.car_market import UsedSide


def offered(stock: float, target: float, trade_ins: float) -> Floats:
    side = UsedSide(np.full(GOODS, stock), np.full(GOODS, target), np.full(GOODS, 60.0), step=0.35, adjustment=0.5)
    return side.offered(np.full(GOODS, trade_ins))


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
