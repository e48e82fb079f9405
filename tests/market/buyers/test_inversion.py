"""Constants behind recorded sales (B4): the inversion finds the ones that made the sales."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.buyers.choice import Alphas, Nests, new_vehicle_choice
from market.buyers.inversion import (
    HIGHEST_HAZARD,
    LOWEST_HAZARD,
    Constants,
    entrant_means,
    hazard_for,
    kappa_step,
    total_step,
    used_gap,
    used_step,
    weighted_mean,
    xi_step,
    zeta_step,
)

ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)
NESTS = Nests(np.array([0, 0, 1, 2, 2, 2, 3]), np.array([0, 0, 1, 1]))
TRUE_XI = np.array([2.0, -1.0, 4.0, 0.5, -3.0, 1.0, -3.5])
TASTES = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 20.0, 0.0, 20.0], [0.0, -25.0, 0.0, -25.0]])
BUYERS = np.array([5_000.0, 2_000.0, 3_000.0])
FREE = np.ones(7, dtype=np.bool_)


def sales(xi: Floats, buyers: Floats = BUYERS) -> Floats:
    """New cars by product, given that all of these buyers buy new."""
    choice = new_vehicle_choice(xi, NESTS, ALPHAS, TASTES[: buyers.size])
    nest = choice.segment[:, NESTS.nest_segment] * choice.nest
    return np.asarray((buyers[:, None] * nest[:, NESTS.product_nest] * choice.product).sum(axis=0))


def level_free(xi: Floats) -> Floats:
    return np.asarray(xi - xi.mean())


def test_one_step_inverts_the_choice_of_one_kind_of_buyer() -> None:
    one = BUYERS[:1]
    xi = xi_step(sales(np.zeros(7), one), sales(TRUE_XI, one), NESTS, ALPHAS, FREE)
    assert level_free(xi) == pytest.approx(level_free(TRUE_XI), abs=1e-12)


def test_repeated_steps_invert_the_choices_of_many_kinds_of_buyer() -> None:
    xi, recorded = np.zeros(7), sales(TRUE_XI)
    for _ in range(60):
        xi = xi + xi_step(sales(xi), recorded, NESTS, ALPHAS, FREE)
    assert level_free(xi) == pytest.approx(level_free(TRUE_XI), abs=1e-6)
    assert sales(xi) == pytest.approx(recorded, rel=1e-6)


def test_constants_that_reproduce_the_record_are_left_alone() -> None:
    assert xi_step(sales(TRUE_XI), sales(TRUE_XI), NESTS, ALPHAS, FREE).tolist() == [0.0] * 7


def test_a_common_factor_in_sales_is_left_to_the_total() -> None:
    step = xi_step(sales(TRUE_XI), 1.3 * sales(TRUE_XI), NESTS, ALPHAS, FREE)
    assert step == pytest.approx(np.zeros(7), abs=1e-12)
    assert total_step(100.0, 130.0, ALPHAS) == pytest.approx(np.log(1.3) / 0.04, abs=1e-12)


def test_a_product_without_a_record_is_not_touched_and_does_not_count() -> None:
    free = FREE.copy()
    free[3] = False
    recorded = sales(TRUE_XI)
    without = np.where(free, recorded, 0.0)
    step = xi_step(np.where(free, sales(np.zeros(7)), 1e6), without, NESTS, ALPHAS, free)
    assert step[3] == 0.0
    assert step == pytest.approx(xi_step(np.where(free, sales(np.zeros(7)), 0.0), without, NESTS, ALPHAS, free))


def test_a_step_is_bounded_even_where_nothing_was_expected() -> None:
    expected = sales(TRUE_XI)
    expected[0] = 0.0
    step = xi_step(expected, sales(TRUE_XI), NESTS, ALPHAS, FREE)
    assert np.isfinite(step).all()
    assert step[0] == step.max() == 15.0


@pytest.mark.parametrize(("keepers", "target"), [(10.0, 0.2), (90.0, 0.2), (50.0, 0.5)])
def test_one_step_of_the_constant_of_keeping_meets_its_share(keepers: float, target: float) -> None:
    value = np.log(keepers / (100.0 - keepers)) / ALPHAS.keep
    value += kappa_step(keepers, 100.0, target, ALPHAS)
    assert 1.0 / (1.0 + np.exp(-ALPHAS.keep * value)) == pytest.approx(target, abs=1e-12)


def test_used_constants_are_found_by_steps_and_have_mean_0_over_what_is_offered() -> None:
    worth, offered = np.array([3.0, -8.0, 12.0, 9.0]), np.array([500.0, 300.0, 200.0, 0.0])
    constants = np.array([0.0, 0.0, 0.0, 7.0])
    for _ in range(30):
        weight = offered * np.exp(ALPHAS.powertrain * (worth + constants))
        gap = used_gap(1_000.0 * weight / weight.sum(), offered)
        constants = constants + used_step(gap, constants, offered, ALPHAS)
        assert (constants * offered).sum() == pytest.approx(0.0, abs=1e-9)
    mean = (worth * offered).sum() / offered.sum()
    assert constants[:3] == pytest.approx(mean - worth[:3], abs=1e-6)
    assert constants[3] == 7.0  # of this one nothing is offered


def test_only_shares_of_used_demand_are_compared() -> None:
    offered = np.array([500.0, 300.0, 200.0])
    assert used_gap(1.3 * offered, offered) == pytest.approx(np.zeros(3), abs=1e-12)
    assert used_gap(np.array([400.0, 400.0, 200.0]), offered) == pytest.approx(np.log([1.25, 0.75, 1.0]), abs=1e-12)


def test_more_lookers_are_sought_if_sales_fall_short() -> None:
    assert hazard_for(1_000.0, 200.0, 700.0) == 0.5
    assert hazard_for(1_000.0, 200.0, 5_000.0) == HIGHEST_HAZARD
    assert hazard_for(1_000.0, 200.0, 100.0) == LOWEST_HAZARD


@given(st.floats(0, 1e7), st.floats(0, 1e7), st.floats(0, 1e7))
def test_the_hazard_is_always_within_its_bounds(due: float, carless: float, target: float) -> None:
    assert LOWEST_HAZARD <= hazard_for(due, carless, target) <= HIGHEST_HAZARD


def test_zones_constants_keep_their_mean_and_move_towards_the_record() -> None:
    share, seats = np.array([0.05, 0.05, 0.10]), np.array([1_000.0, 3_000.0, 500.0])
    step = zeta_step(share, np.array([2.0, 0.5, 1.5]), seats, ALPHAS)
    assert (step * seats).sum() == pytest.approx(0.0, abs=1e-9)
    assert step[0] > 0.0 > step[1]
    assert step[0] - step[1] == pytest.approx(0.5 * np.log(4.0) / ALPHAS.powertrain, abs=1e-12)


def test_zones_at_their_ratio_stay() -> None:
    share, seats = np.array([0.08, 0.02]), np.array([1_000.0, 1_000.0])
    assert zeta_step(share, share / 0.05, seats, ALPHAS) == pytest.approx([0.0, 0.0], abs=1e-12)


def constants(xi: list[float], hazard: float = 0.8, scrap: float = 1.0) -> Constants:
    return Constants(np.array(xi), np.array([hazard]), np.array([2.0 * hazard]), 10.0 * hazard, hazard, scrap)


def remembered(quarters: list[list[float]]) -> Constants:
    """Constants after quarters with these xi, hazards 0.1, 0.2 and so on, and scales 1, 2 and so on."""
    kept = constants(quarters[0])
    for number, xi in enumerate(quarters, start=1):
        now = constants(xi, number / 10.0, float(number))
        kept.xi, kept.zeta, kept.used, kept.kappa = now.xi, now.zeta, now.used, now.kappa
        kept.hazard, kept.scrap_scale = now.hazard, now.scrap_scale
        kept.remember(np.array([100.0 if number > 2 else 0.0]))
    return kept


FIVE_QUARTERS = [
    [100.0, np.nan, 9.0],
    [1.0, np.nan, np.nan],
    [2.0, np.nan, np.nan],
    [3.0, np.nan, 4.0],
    [6.0, np.nan, 8.0],
]


def test_the_mean_of_the_last_four_quarters_is_held() -> None:
    kept = remembered(FIVE_QUARTERS)
    kept.fix_base_year(np.array([1.0, 0.0, 0.0]))
    kept.hold(np.array([-1.0, -2.0, -3.0]))
    assert kept.xi == pytest.approx([3.0, -2.0, 6.0], abs=1e-12)  # never sold: what entrants get
    assert [kept.hazard, kept.scrap_scale] == pytest.approx([0.35, 3.5])
    assert kept.zeta == pytest.approx([0.35])
    assert kept.used == pytest.approx([2.0 * 0.4])  # of three quarters: in the second none was offered


def test_constants_cannot_be_held_before_the_base_year_is_over() -> None:
    with pytest.raises(ValueError, match="after the base year"):
        remembered(FIVE_QUARTERS).hold(np.zeros(3))


def test_the_base_year_fixes_means_of_its_four_quarters() -> None:
    kept = remembered(FIVE_QUARTERS[1:])
    kept.fix_base_year(np.array([3.0, 5.0, 1.0]))
    assert kept.kappa == pytest.approx(2.5)
    # xi of the first product, and of the third where known, with weights 3 and 1
    assert kept.gasoline_mean_kusd == pytest.approx(np.mean([1.0, 2.0, (9.0 + 4.0) / 4, (18.0 + 8.0) / 4]))


def test_a_mean_leaves_out_what_is_not_known() -> None:
    assert weighted_mean(np.array([1.0, np.nan, 4.0]), np.array([1.0, 50.0, 2.0])) == 3.0


def test_entrants_get_the_mean_of_their_makers_powertrain_or_else_of_the_powertrain() -> None:
    kept = remembered([[1.0, np.nan, np.nan, 8.0], [3.0, np.nan, np.nan, 8.0]])
    maker, powertrain = np.array([0, 0, 1, 2]), np.array([3, 3, 3, 3])
    assert entrant_means(kept.history, maker, powertrain) == pytest.approx([2.0, 2.0, 5.0, 8.0])
