"""The nested logit (M1): limiting cases D2 1 and 2, invariants D1 6 and 10, and its identities."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents.arrays import Floats
from agents.buyers.choice import Alphas, Nests, NewVehicleChoice, binary, group_logit, logit, new_vehicle_choice

ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)
EQUAL = Alphas(0.1, 0.1, 0.1, 0.1, 0.1)
# Two segments; nests of 2, 1, 3, 1 and 2 products.
NESTS = Nests(np.array([0, 0, 1, 2, 2, 2, 3, 4, 4]), np.array([0, 0, 1, 1, 1]))
VALUES = np.array([3.0, -1.0, 4.0, -10.0, 5.0, 9.0, -2.0, 6.0, 5.5])
NO_SHIFT = np.zeros(5)
ROUNDING = 1e-12  # D1 6

any_values = arrays(np.float64, 9, elements=st.floats(-1_000, 1_000))


def softmax(value: Floats, alpha: float) -> Floats:
    weight = np.exp(alpha * (value - value.max()))
    return np.asarray(weight / weight.sum())


def shares_of_products(choice: NewVehicleChoice, nests: Nests) -> Floats:
    in_segment = choice.segment[..., nests.nest_segment] * choice.nest
    return np.asarray(in_segment[..., nests.product_nest] * choice.product)


def shares(value: Floats, alphas: Alphas, nests: Nests = NESTS) -> Floats:
    shift = np.zeros(nests.nest_segment.size)
    return shares_of_products(new_vehicle_choice(value, nests, alphas, shift), nests)


def test_with_equal_coefficients_the_nests_do_not_matter() -> None:
    assert shares(VALUES, EQUAL) == pytest.approx(softmax(VALUES, 0.1), rel=ROUNDING)


def test_with_equal_coefficients_the_whole_tree_is_a_plain_logit() -> None:
    used, keep = np.array([2.0, 7.0]), np.array(1.0)
    new = new_vehicle_choice(VALUES, NESTS, EQUAL, NO_SHIFT)
    used_share, used_inclusive = logit(used, EQUAL.powertrain)
    new_share, acquire_value = binary(new.inclusive_kusd, used_inclusive, EQUAL.market)
    acquire, _ = binary(acquire_value, keep, EQUAL.keep)
    found = np.concatenate(
        [
            [1.0 - acquire],
            acquire * (1.0 - new_share) * used_share,
            acquire * new_share * shares_of_products(new, NESTS),
        ]
    )
    plain = softmax(np.concatenate([[keep], used, VALUES]), 0.1)
    assert found == pytest.approx(plain, rel=ROUNDING)


def test_with_equal_coefficients_a_new_product_leaves_ratios_of_shares_unchanged() -> None:
    more = Nests(np.append(NESTS.product_nest, 4), NESTS.nest_segment)
    before, after = shares(VALUES, EQUAL), shares(np.append(VALUES, 8.0), EQUAL, more)
    assert after[:9] / after[0] == pytest.approx(before / before[0], rel=ROUNDING)
    assert after[9] > 0.05


def test_with_rising_coefficients_a_new_product_takes_most_from_its_own_nest() -> None:
    more = Nests(np.append(NESTS.product_nest, 4), NESTS.nest_segment)
    lost = 1.0 - shares(np.append(VALUES, 8.0), ALPHAS, more)[:9] / shares(VALUES, ALPHAS)
    own, own_segment, other_segment = lost[7], lost[3], lost[0]
    assert own > own_segment > other_segment > 0.0
    assert lost[7] == pytest.approx(lost[8], rel=1e-9)
    assert lost[0] == pytest.approx(lost[2], rel=1e-9)


DOUBLED = Nests(np.array([0, 0, 0, 1, 2, 2, 2, 3, 4, 4]), NESTS.nest_segment)  # product 1 twice


def test_a_duplicate_leaves_the_share_of_its_nest_unchanged_if_products_are_perfect_substitutes() -> None:
    sharp = replace(ALPHAS, product=1e9)
    value = np.round(VALUES)
    value[1] = value[0] - 1.0
    once = new_vehicle_choice(value, NESTS, sharp, NO_SHIFT)
    best_twice = np.concatenate([value[:1], value])
    twice = new_vehicle_choice(best_twice, DOUBLED, sharp, NO_SHIFT)
    assert twice.nest == pytest.approx(once.nest, abs=1e-9)  # ln 2 / alpha_product = 7e-10 k$ is left
    assert twice.segment == pytest.approx(once.segment, abs=1e-9)
    assert twice.product[:3] == pytest.approx([0.5, 0.5, 0.0], abs=1e-9)


def test_a_duplicate_counts_as_one_more_option_if_both_levels_have_one_coefficient() -> None:
    flat = replace(ALPHAS, product=ALPHAS.powertrain)
    value = np.insert(VALUES, 1, VALUES[1])
    choice = new_vehicle_choice(value, DOUBLED, flat, NO_SHIFT)
    within = (choice.nest[DOUBLED.product_nest] * choice.product)[:4]
    assert within == pytest.approx(softmax(value[:4], ALPHAS.powertrain), rel=ROUNDING)


@given(any_values, arrays(np.float64, 5, elements=st.floats(-30, 30)))
def test_shares_sum_to_one_at_every_level_and_stay_finite(value: Floats, shift: Floats) -> None:
    choice = new_vehicle_choice(value, NESTS, ALPHAS, shift)
    for share, starts in (
        (choice.product, NESTS.nest_starts),
        (choice.nest, NESTS.segment_starts),
        (choice.segment, np.zeros(1, dtype=np.int64)),
    ):
        assert np.all((share >= 0.0) & (share <= 1.0))
        assert np.abs(np.add.reduceat(share, starts) - 1.0).max() <= ROUNDING
    assert np.isfinite(choice.inclusive_kusd)
    assert choice.inclusive_kusd >= (value + shift[NESTS.product_nest]).max() - 1e-9


def test_values_of_a_thousand_over_the_coefficient_do_not_overflow() -> None:
    share, inclusive = logit(np.array([1_000.0, -1_000.0]) / 0.12, 0.12)
    assert share.tolist() == [1.0, 0.0]
    assert inclusive == pytest.approx(1_000.0 / 0.12, rel=1e-15)


@given(any_values, st.floats(0.01, 100.0))
def test_counting_money_in_another_unit_changes_nothing(value: Floats, unit: float) -> None:
    rescaled = Alphas(*(level / unit for level in (0.02, 0.04, 0.06, 0.077, 0.12)))
    choice = new_vehicle_choice(value, NESTS, ALPHAS, NO_SHIFT)
    same = new_vehicle_choice(value * unit, NESTS, rescaled, NO_SHIFT)
    # alpha V up to 120 is formed by other roundings: relative error 120 x 2^-52 in a share
    assert shares_of_products(same, NESTS) == pytest.approx(shares_of_products(choice, NESTS), rel=1e-11, abs=1e-300)
    assert same.inclusive_kusd == pytest.approx(choice.inclusive_kusd * unit, rel=1e-11, abs=1e-11 * unit)


def test_the_slope_of_the_inclusive_value_is_the_share() -> None:
    """Williams, Daly and Zachary: dI/dV_j = P_j; central differences err by (0.12 h)^2 / 6."""
    step = 1e-3
    for product, share in enumerate(shares(VALUES, ALPHAS)):
        moved = [VALUES.copy(), VALUES.copy()]
        moved[0][product] -= step
        moved[1][product] += step
        low, high = (float(new_vehicle_choice(v, NESTS, ALPHAS, NO_SHIFT).inclusive_kusd) for v in moved)
        assert (high - low) / (2 * step) == pytest.approx(share, abs=1e-8)


@given(any_values, st.integers(0, 8), st.floats(0.0, 50.0))
def test_a_better_offer_gains_and_no_other_does(value: Floats, product: int, gain: float) -> None:
    better = value.copy()
    better[product] += gain
    change = shares(better, ALPHAS) - shares(value, ALPHAS)
    assert change[product] >= -ROUNDING
    assert np.delete(change, product).max() <= ROUNDING


def test_a_shift_of_a_nest_is_a_shift_of_all_its_products() -> None:
    shift = np.array([0.0, 0.0, 12.0, -3.0, 0.0])
    by_nest = new_vehicle_choice(VALUES, NESTS, ALPHAS, shift)
    by_product = new_vehicle_choice(VALUES + shift[NESTS.product_nest], NESTS, ALPHAS, NO_SHIFT)
    assert shares_of_products(by_nest, NESTS) == pytest.approx(shares_of_products(by_product, NESTS), rel=ROUNDING)


def test_what_is_not_on_offer_has_no_share_and_an_empty_group_no_value() -> None:
    value = VALUES.copy()
    value[[0, 1, 2, 7]] = -np.inf  # all of segment 0 and one of two products of the last nest
    choice = new_vehicle_choice(value, NESTS, ALPHAS, NO_SHIFT)
    assert choice.segment.tolist() == [0.0, 1.0]
    assert choice.nest[:2].tolist() == [0.0, 0.0]
    assert choice.product.tolist()[:3] == [0.0, 0.0, 0.0]
    assert choice.product[7:].tolist() == [0.0, 1.0]
    _, inclusive = group_logit(value, 0.12, NESTS.nest_starts)
    assert inclusive[:2].tolist() == [-np.inf, -np.inf]
    assert inclusive[4] == pytest.approx(5.5, abs=ROUNDING)


def test_a_group_of_one_passes_its_value_up() -> None:
    share, inclusive = group_logit(VALUES, 0.12, NESTS.nest_starts)
    assert share[2] == 1.0
    assert inclusive[1] == pytest.approx(4.0, abs=ROUNDING)
    assert inclusive[4] == pytest.approx(np.log(np.exp(0.72) + np.exp(0.66)) / 0.12, rel=1e-14)


def test_many_buyers_at_once_are_each_buyer_alone() -> None:
    value = np.stack([VALUES, VALUES[::-1], VALUES * 2.0])
    together = shares_of_products(new_vehicle_choice(value, NESTS, ALPHAS, NO_SHIFT), NESTS)
    alone = np.stack([shares(row, ALPHAS) for row in value])
    assert np.array_equal(together, alone)


def test_two_options_50_kusd_apart_split_as_worked_out_by_hand() -> None:
    share, inclusive = binary(np.array(60.0), np.array(10.0), 0.02)
    assert share == pytest.approx(0.731058578630, abs=1e-12)  # 1 / (1 + e^-1)
    assert inclusive == pytest.approx(75.6630843751, abs=1e-9)  # 50 ln(e^1.2 + e^0.2)


def test_nobody_takes_an_option_that_is_not_there() -> None:
    nothing, something = np.array(-np.inf), np.array(3.0)
    assert np.array(binary(something, nothing, 0.04)) == pytest.approx([1.0, 3.0], abs=ROUNDING)
    assert np.array(binary(nothing, something, 0.04)) == pytest.approx([0.0, 3.0], abs=ROUNDING)


@pytest.mark.parametrize("levels", [(0.02, 0.04, 0.06, 0.12, 0.077), (0.05, 0.04, 0.06, 0.077, 0.12)])
def test_coefficients_that_fall_on_the_way_down_are_refused(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must be positive and not fall"):
        Alphas(*levels)


def test_a_coefficient_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Alphas(0.0, 0.04, 0.06, 0.077, 0.12)


@pytest.mark.parametrize("groups", [[0, 2], [1, 2], [0, 1, 0], []])
def test_nests_with_a_gap_or_out_of_order_are_refused(groups: list[int]) -> None:
    faulty, fine = np.array(groups, dtype=np.int64), np.array([0, 1])
    with pytest.raises(ValueError, match="without a gap"):
        Nests(faulty, fine)
    with pytest.raises(ValueError, match="without a gap"):
        Nests(fine, faulty)
