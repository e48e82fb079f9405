"""The filter of demand constants: levels from national sales, rows from what was recorded of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.base.categories import BEV, ICE
from market.buyers.constant_filter import (
    LEVEL,
    entrant_row_kusd,
    filter_constants,
    filtered_zones,
    kin_mean,
    level_loading,
    row_variance,
)
from market.buyers.constant_fit import FITTED, fitted_law
from market.buyers.hedonic import Hedonic, Slope
from market.buyers.parameters import ConstantLaw
from tests.market.buyers.constant_makers import FLAT, STEADY, history

ALPHA = 0.12


def test_seasons_of_a_year_sum_to_nothing() -> None:
    assert np.sum([level_loading(quarter) for quarter in range(4)], axis=0).tolist() == [4.0, 0.0, 0.0, 0.0, 0.0]


def test_steady_constants_are_found_again() -> None:
    xi = np.tile(np.array([-40.0, -60.0, -50.0]), (40, 1))
    found = filter_constants(history(xi), FLAT, STEADY, ALPHA)
    assert found.level.mean[BEV, LEVEL] == pytest.approx(-50.0, abs=0.1)
    assert found.row_kusd == pytest.approx([10.0, -10.0, 0.0], abs=0.6)  # drawn toward the others by 0.9 a year


def test_rows_return_a_tenth_a_year_and_keep_their_spread() -> None:
    kept = 0.9**0.25
    assert row_variance(STEADY) == pytest.approx(100.0 * (1.0 - kept**2))


@given(
    shares=st.lists(st.floats(0.1, 10.0), min_size=3, max_size=3),
    values=st.lists(st.floats(-30.0, 30.0), min_size=24, max_size=24),
)
def test_the_mean_row_by_sales_is_the_level(shares: list[float], values: list[float]) -> None:
    xi = np.array(values).reshape(8, 3)
    found = filter_constants(history(xi, np.tile(shares, (8, 1))), FLAT, STEADY, ALPHA)
    assert float((found.weight * found.row_kusd).sum()) == pytest.approx(0.0, abs=1e-9)


def test_what_is_common_to_all_rows_moves_the_level_alone() -> None:
    xi = np.tile(np.array([-40.0, -60.0]), (12, 1))
    higher = xi.copy()
    higher[-1] += 8.0
    before, after = (filter_constants(history(each), FLAT, STEADY, ALPHA) for each in (xi, higher))
    assert after.level.mean[BEV, LEVEL] > before.level.mean[BEV, LEVEL] + 1.0
    assert after.row_kusd == pytest.approx(before.row_kusd, abs=1e-9)


def test_split_quarters_are_no_observations_but_their_year_is() -> None:
    xi = np.tile(np.array([-40.0, -60.0]), (8, 1))
    wobbling = xi.copy()
    wobbling[4:8] += np.array([3.0, -1.0, -4.0, 2.0])[:, None] * np.array([1.0, -1.0])
    steady, split = (filter_constants(history(each, own=False), FLAT, STEADY, ALPHA) for each in (xi, wobbling))
    assert split.row_kusd == pytest.approx(steady.row_kusd, abs=1e-9)
    for end in (5, 6, 7):  # within the year its quarters say nothing yet
        parts = [filter_constants(history(each[:end], own=False), FLAT, STEADY, ALPHA) for each in (xi, wobbling)]
        assert parts[0].row_kusd == pytest.approx(parts[1].row_kusd, abs=1e-9)
    published = filter_constants(history(wobbling), FLAT, STEADY, ALPHA)
    assert abs(published.row_kusd[0] - steady.row_kusd[0]) > 0.5


def test_limited_deliveries_bound_demand() -> None:
    xi = np.tile(np.array([-40.0, -60.0]), (8, 1))
    low, limited = xi.copy(), np.zeros(xi.shape)
    low[-1, 1], limited[-1, 1] = -64.0, 1.0
    taken, bound, loose = (
        filter_constants(history(low, limited=limited), FLAT, STEADY.model_copy(update={"most_unserved": most}), ALPHA)
        for most in (0.0, 0.5, 10.0)
    )
    assert taken.row_kusd[1] < bound.row_kusd[1] < loose.row_kusd[1]
    exact = filter_constants(history(low), FLAT, STEADY, ALPHA)
    assert taken.row_kusd == pytest.approx(exact.row_kusd)
    assert taken.log_likelihood == pytest.approx(exact.log_likelihood)


def test_one_quarter_by_hand() -> None:
    found = filter_constants(history(np.array([[-30.0, -50.0]])), FLAT, STEADY, ALPHA)
    # both rows start unknown around 0 with variance 100; the level sees their mean with variance 1 + 2 (0.5^2) 100
    level = (100.0**2 + 1.0) / (100.0**2 + 1.0 + 1.0 + 50.0)  # before any data: 100 k$, and a quarter's innovation
    share = 100.0 / (100.0 + 1.0)
    assert found.row_kusd == pytest.approx([10.0 * share, -10.0 * share])
    assert found.level.mean[BEV, LEVEL] == pytest.approx(
        -40.0 * level, abs=0.02
    )  # the season takes what little is left


def test_prices_explain_before_anything_is_filtered() -> None:
    slopes = Hedonic((Slope(0.5, 0.1, 9),) * 4, Slope(0.2, 0.1, 9))
    price = np.tile(np.array([40.0, 60.0]), (8, 1))
    moved = price + np.linspace(0.0, 7.0, 8)[:, None] * np.array([1.0, -1.0])
    plain = np.tile(np.array([-45.0, -52.0]), (8, 1))
    priced = plain + 0.5 * price + 0.2 * (moved - price)
    without = filter_constants(history(plain), FLAT, STEADY, ALPHA)
    found = filter_constants(history(priced, price=moved), slopes, STEADY, ALPHA)
    assert found.row_kusd == pytest.approx(without.row_kusd)
    assert found.log_likelihood == pytest.approx(without.log_likelihood)


def test_kin_are_rows_of_the_maker_else_of_the_powertrain() -> None:
    values, known = np.array([2.0, 4.0, 0.0, 9.0, 0.0]), np.array([True, True, False, True, False])
    maker, powertrain = np.array([0, 0, 0, 1, 2]), np.full(5, BEV)
    assert kin_mean(values, known, maker, powertrain) == pytest.approx([3.0, 3.0, 3.0, 9.0, 5.0])
    assert entrant_row_kusd(values, known, maker, powertrain, 0.5) == pytest.approx([4.0, 4.0, 4.0, 7.0, 5.0])
    assert np.isnan(kin_mean(values, np.zeros(5, np.bool_), maker, powertrain)).all()


def test_zones_are_observed_once_a_year() -> None:
    zeta = np.zeros((8, 2))
    zeta[3], zeta[7] = [1.0, -1.0], [3.0, -3.0]
    law = ConstantLaw(zone_sd_kusd=2.0, zone_noise_sd_kusd=2.0)
    found, _ = filtered_zones(zeta, law)
    first = 4.0 * 100.0**2 / (100.0**2 + 4.0)
    gain = (first + 4.0) / (first + 8.0)
    start = 100.0**2 / (100.0**2 + 4.0)
    assert found == pytest.approx(np.array([1.0, -1.0]) * (start + gain * (3.0 - start)))
    wobbling = zeta.copy()
    wobbling[[4, 5, 6]] = 50.0
    assert filtered_zones(wobbling, law)[0].tolist() == found.tolist()


def test_the_fit_is_at_least_as_likely_as_its_start_and_finds_a_steady_level() -> None:
    normal = np.random.default_rng(3).standard_normal
    xi = np.array([-40.0, -60.0, -50.0, -45.0]) + 2.0 * normal((40, 4))
    some = history(xi)
    found = fitted_law(some, FLAT, STEADY, ALPHA)
    assert (
        filter_constants(some, FLAT, found, ALPHA).log_likelihood
        > filter_constants(some, FLAT, STEADY, ALPHA).log_likelihood
    )
    assert found.row_noise_sd_kusd == pytest.approx(2.0, rel=0.35)
    assert found.bev_level_sd_kusd < 0.5
    assert all(getattr(found, name) >= 0.05 - 1e-12 for name in FITTED)


def test_each_powertrain_moves_by_what_its_own_level_did() -> None:
    steps = np.random.default_rng(4).standard_normal((60, 2)) * [0.2, 3.0]
    levels = np.cumsum(steps, axis=0) + np.array([-70.0, -50.0])
    law = STEADY.model_copy(update={"level_noise_sd_kusd": 0.05, "row_noise_sd_kusd": 0.05})
    found = fitted_law(history(levels, powertrain=[ICE, BEV]), FLAT, law, ALPHA)
    assert found.ice_level_sd_kusd == pytest.approx(0.2, rel=0.3)
    assert found.bev_level_sd_kusd == pytest.approx(3.0, rel=0.3)
    assert found.hev_level_sd_kusd == STEADY.hev_level_sd_kusd  # nothing was seen of it


def test_the_share_that_looks_moves_by_its_recorded_changes() -> None:
    share = np.array([np.nan, 0.8, 0.4, np.nan, 0.5, 0.5])
    found = fitted_law(history(np.full((6, 1), -50.0), look_share=share), FLAT, STEADY, ALPHA)
    assert found.look_sd == pytest.approx(np.log(2.0) / np.sqrt(2.0))
    assert fitted_law(history(np.full((6, 1), -50.0)), FLAT, STEADY, ALPHA).look_sd == STEADY.look_sd
