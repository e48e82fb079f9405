"""Measures of forecasts by hand, against other definitions, and what must always hold of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from experiments.hindcast.measures import (
    BANDS,
    band_edges,
    clopper_pearson,
    crps,
    diebold_mariano,
    seasonal_scale,
    stretched,
    unstretched,
)

SOME = st.lists(st.floats(-100.0, 100.0), min_size=2, max_size=12)


def test_crps_by_hand() -> None:
    assert crps(np.array([3.0]), 1.0) == 2.0
    assert crps(np.array([0.0, 4.0]), 1.0) == pytest.approx(2.0 - 4.0 / 2.0)  # distances 1 and 3; members 4 apart
    assert crps(np.array([4.0, 0.0, 2.0]), 5.0) == pytest.approx(3.0 - (2.0 + 2.0 + 4.0) / 3.0 / 2.0)


@given(SOME, st.floats(-100.0, 100.0))
def test_crps_is_that_of_its_definition(members: list[float], outcome: float) -> None:
    values = np.array(members)
    pairs = np.abs(values[:, None] - values[None, :])
    apart = pairs.sum() / (values.size * (values.size - 1))
    assert crps(values, outcome) == pytest.approx(np.abs(values - outcome).mean() - apart / 2.0, abs=1e-9)


@given(SOME, st.floats(-100.0, 100.0), st.floats(-50.0, 50.0), st.floats(0.1, 5.0))
def test_crps_moves_and_stretches_with_its_unit(members: list[float], outcome: float, by: float, unit: float) -> None:
    values = np.array(members)
    assert crps(unit * values + by, unit * outcome + by) == pytest.approx(unit * crps(values, outcome), abs=1e-8)


def test_the_crps_of_many_normal_members_is_the_known_one() -> None:
    members = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    known = 0.5 * (2.0 * stats.norm.cdf(0.5) - 1.0) + 2.0 * stats.norm.pdf(0.5) - 1.0 / np.sqrt(np.pi)
    assert crps(members, 0.5) == pytest.approx(known, abs=1e-3)  # quantiles in place of draws: off by about 1/4000


def test_the_scale_of_errors_is_the_mean_change_over_a_season() -> None:
    known = np.array([1.0, 2.0, 3.0, 4.0, 2.0, 2.0, 6.0])
    assert seasonal_scale(known, 4) == pytest.approx((1.0 + 0.0 + 3.0) / 3.0)
    assert seasonal_scale(known, 1) == pytest.approx((1.0 + 1.0 + 1.0 + 2.0 + 0.0 + 4.0) / 6.0)
    assert np.isnan(seasonal_scale(known[:5], 4))  # a single change
    assert np.isnan(seasonal_scale(np.full(9, 3.0), 4))


def test_exact_intervals_are_those_of_the_binomial() -> None:
    low, high = clopper_pearson(8, 10)
    assert (low, high) == pytest.approx((0.4439, 0.9748), abs=5e-5)  # Clopper and Pearson's charts, Brown et al. 2001
    assert stats.binom.sf(7, 10, low) == pytest.approx(0.025)
    assert stats.binom.cdf(8, 10, high) == pytest.approx(0.025)
    assert clopper_pearson(0, 20) == pytest.approx((0.0, 1.0 - 0.025 ** (1 / 20)))
    assert clopper_pearson(20, 20) == pytest.approx((0.025 ** (1 / 20), 1.0))


@given(st.integers(1, 400), st.data())
def test_an_exact_interval_holds_its_share(number: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, number))
    low, high = clopper_pearson(hits, number)
    assert 0.0 <= low <= hits / number <= high <= 1.0
    assert (low, high) == pytest.approx(tuple(1.0 - edge for edge in reversed(clopper_pearson(number - hits, number))))


@pytest.mark.parametrize(("hits", "number"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_share_has_no_interval(hits: int, number: int) -> None:
    with pytest.raises(ValueError, match=f"{hits} hits of {number} are no share"):
        clopper_pearson(hits, number)


def test_the_test_of_diebold_and_mariano_by_hand() -> None:
    losses = np.array([1.0, -1.0, 2.0, 0.0, 3.0])  # mean 1; off it 0, -2, 1, -1, 2
    one = diebold_mariano(losses, 1)
    variance = (0.0 + 4.0 + 1.0 + 1.0 + 4.0) / 5.0
    assert one.mean == 1.0
    assert one.error == pytest.approx(np.sqrt(variance / 5.0) / np.sqrt((5 + 1 - 2) / 5))  # h = 1: (n - 1) / n
    assert one.statistic == pytest.approx(stats.ttest_1samp(losses, 0.0).statistic)  # at one step it is Student's test
    assert one.p_value == pytest.approx(stats.ttest_1samp(losses, 0.0).pvalue)


def test_its_correction_for_few_forecasts_by_hand() -> None:
    losses = np.array([2.0, 2.0, 1.0, -1.0, -1.0, 0.0, 1.0, 4.0])  # mean 1; off it 1, 1, 0, -2, -2, -1, 0, 3
    lagged = (1.0 + 0.0 + 0.0 + 4.0 + 2.0 + 0.0 + 0.0) / 8.0
    variance = (1.0 + 1.0 + 0.0 + 4.0 + 4.0 + 1.0 + 0.0 + 9.0) / 8.0 + 2.0 * lagged
    found = diebold_mariano(losses, 2)
    correction = (8.0 + 1.0 - 4.0 + 2.0 / 8.0) / 8.0
    assert found.statistic == pytest.approx(1.0 / np.sqrt(variance / 8.0) * np.sqrt(correction))
    assert found.p_value == pytest.approx(2.0 * stats.t.sf(found.statistic, 7))


def test_a_negative_variance_is_that_of_bartlett() -> None:
    losses = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    found = diebold_mariano(losses, 2)  # 1 - 2 x 5/6 < 0; Bartlett halves the second weight
    correction = (6.0 + 1.0 - 4.0 + 2.0 / 6.0) / 6.0
    assert found.error == pytest.approx(np.sqrt((1.0 - 5.0 / 6.0) / 6.0 / correction))


@pytest.mark.parametrize(("losses", "horizon"), [([1.0], 1), ([1.0, 2.0], 2), ([1.0, 2.0, 0.0, 3.0], 4)])
def test_too_few_forecasts_have_no_test(losses: list[float], horizon: int) -> None:
    found = diebold_mariano(np.array(losses), horizon)
    assert found.mean == pytest.approx(np.mean(losses))
    assert np.isnan(found.p_value)


@given(st.lists(st.floats(0.01, 0.9), min_size=1, max_size=6), st.booleans())
def test_the_stretched_scale_is_undone(values: list[float], share: bool) -> None:  # noqa: FBT001 - drawn
    assert unstretched(stretched(np.array(values), share=share), share=share) == pytest.approx(values)


def test_bands_are_students_around_the_mean_for_a_new_draw() -> None:
    logs = np.array([1.0, 2.0, 3.0])
    edges = np.log(band_edges(np.exp(logs), share=False))
    reach = stats.t.ppf(0.9, 2) * np.sqrt(1.0 + 1.0 / 3.0)  # standard deviation 1
    assert edges[BANDS.index(0.80)] == pytest.approx([2.0 - reach, 2.0 + reach])
    assert band_edges(np.full(4, 0.2), share=True) == pytest.approx(np.full((3, 2), 0.2))
    assert np.isnan(band_edges(np.array([0.2]), share=True)).all()


def test_bands_hold_as_many_new_draws_as_they_say() -> None:
    draws = np.random.default_rng(4).normal(-2.0, 0.5, (4000, 9))
    inside = np.zeros(len(BANDS))
    for row in draws:
        edges = band_edges(1.0 / (1.0 + np.exp(-row[:8])), share=True)
        share = 1.0 / (1.0 + np.exp(-row[8]))
        inside += (edges[:, 0] <= share) & (share <= edges[:, 1])
    assert inside / 4000 == pytest.approx(BANDS, abs=0.03)  # four standard errors of a share of 4000 and more
