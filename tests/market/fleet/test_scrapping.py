"""How many cars are scrapped while sales are on record (M20)."""

import copy

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import CAR_TYPES
from market.model import Market

SPARE_CARS = 10_000.0


def scrapped(market: Market, new_sales: float, stock_cars: float) -> float:
    """Cars expected to be scrapped with recorded sales and a target of dealers' stock, real cars."""
    fleet = copy.copy(market.fleet)
    fleet._holding = market.parameters.ownership.model_copy(update={"dealer_stock_cars": stock_cars})
    chance: Floats = np.full_like(fleet._hazard, 0.02)
    cars = float(fleet.on_seats.cars[:CAR_TYPES].sum()) * fleet.weight
    return fleet._scale_for(chance, new_sales) * 0.02 * cars


def test_half_of_what_dealers_hold_above_their_target_is_scrapped_on_top(finished: Market) -> None:
    target = finished.fleet.lot.size * finished.fleet.weight
    usual = scrapped(finished, 4e6, target)
    assert scrapped(finished, 4e6, target - SPARE_CARS) - usual == pytest.approx(SPARE_CARS / 2, rel=1e-6)
    assert usual - scrapped(finished, 4e6, target + SPARE_CARS) == pytest.approx(SPARE_CARS / 2, rel=1e-6)


def test_a_car_more_sold_is_a_car_more_scrapped(finished: Market) -> None:
    target = finished.fleet.lot.size * finished.fleet.weight
    more = scrapped(finished, 4e6 + SPARE_CARS, target) - scrapped(finished, 4e6, target)
    assert more == pytest.approx(SPARE_CARS, rel=1e-6)
