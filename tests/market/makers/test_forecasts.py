"""What makers expect of BEV demand (M18)."""

import numpy as np
import pytest

from market.base import quarters
from market.base.categories import MAKERS
from market.buyers.parameters import Buyers
from market.makers.forecasts import PLANS_QUARTER, MakerForecasts
from market.makers.parameters import Plans

EXACT = 1e-12
FORD, TESLA = MAKERS.index("Ford"), MAKERS.index("Tesla")
OF = np.array([FORD, FORD, TESLA])
"""Two products of Ford and one of Tesla."""


def forecasts(**levers: object) -> MakerForecasts:
    optimism = float(str(levers.pop("initial_optimism", 1.0)))
    return MakerForecasts(Plans.model_validate(levers), OF, optimism, Buyers().alpha_powertrain)


def see(known: MakerForecasts, year: int, cars: list[float], credit: float = 0.0, coming: float = 0.0) -> None:
    """Four quarters of a year, each with a fourth of the cars of the year."""
    for quarter in range(4):
        part = np.array(cars) / 4.0
        known.observe(part, np.full(3, credit), np.full(3, coming), quarters.index(f"{year}Q{quarter + 1}"))


def test_a_first_year_is_expected_again() -> None:
    known = forecasts()
    see(known, 2017, [10.0, 20.0, 50.0])
    ahead = known.cars_ahead(2, 3)
    assert ahead[:, FORD] == pytest.approx([30.0, 30.0], rel=EXACT)
    assert ahead[:, TESLA] == pytest.approx([50.0, 50.0], rel=EXACT)


def test_a_second_year_gives_a_damped_trend_by_hand() -> None:
    """50, then 70: level 50 + 0.6 x 20 = 62, trend 0.3 x 12 = 3.6, next years 62 + 3.6 (0.9 + 0.81)."""
    known = forecasts()
    see(known, 2017, [0.0, 0.0, 50.0])
    see(known, 2018, [0.0, 0.0, 70.0])
    assert known.cars_ahead(2, 7)[:, TESLA] == pytest.approx([62.0 + 3.24, 62.0 + 6.156], rel=EXACT)
    assert known.growth(7)[TESLA] == pytest.approx(65.24 / 70.0, rel=EXACT)
    assert known.growth(7)[MAKERS.index("GM")] == 1.0


def test_optimism_begins_with_the_plans_and_legacy_makers_lose_it_more_slowly() -> None:
    """Of 1.5 over 1, after two years 0.75^2 is left to Ford and 0.6^2 to Tesla."""
    known = forecasts(initial_optimism=2.5)
    assert (known.optimism(PLANS_QUARTER - 1) == 1.0).all()
    assert (known.optimism(PLANS_QUARTER) == 2.5).all()
    left = known.optimism(PLANS_QUARTER + 8)
    assert left[FORD] == pytest.approx(1.0 + 1.5 * 0.5625, rel=EXACT)
    assert left[TESLA] == pytest.approx(1.0 + 1.5 * 0.36, rel=EXACT)
    assert (forecasts().optimism(PLANS_QUARTER + 8) == 1.0).all()


def test_an_announced_end_of_a_credit_is_counted_with_its_weight() -> None:
    """4 k$ less at 0.077 a k$."""
    for weight in (0.0, 1.0):
        known = forecasts(announced_policy_weight=weight)
        see(known, 2017, [10.0, 0.0, 50.0], credit=4.0, coming=0.0)
        assert known.policy_factor()[FORD] == pytest.approx(np.exp(-0.077 * 4.0 * weight), rel=EXACT)
        assert known.cars_ahead(1, 3)[0, FORD] == pytest.approx(10.0 * np.exp(-0.077 * 4.0 * weight), rel=EXACT)


def test_no_forecast_is_negative_and_none_comes_before_a_first_year() -> None:
    known = forecasts()
    assert not known.cars_ahead(3, 0).any()
    see(known, 2017, [100.0, 0.0, 0.0])
    for year in (2018, 2019, 2020):
        see(known, year, [0.0, 0.0, 0.0])
    assert (known.cars_ahead(10, 15) >= 0.0).all()
