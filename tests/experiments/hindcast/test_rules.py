"""Simple rules on series whose future is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from experiments.hindcast.measures import stretched
from experiments.hindcast.rules import (
    DIFFUSION,
    RULES,
    bass,
    damped_trend,
    last_value,
    logistic,
    members_of,
    past_errors,
    same_season,
)

SHARE, AMOUNT = True, False
KNOWN = np.array([0.01, 0.02, 0.03, 0.04, 0.02, 0.03, 0.04, 0.05])


def test_last_value_and_season() -> None:
    assert last_value(KNOWN, 3, SHARE).tolist() == [0.05] * 3
    assert same_season(KNOWN, 5, SHARE).tolist() == [0.02, 0.03, 0.04, 0.05, 0.02]
    assert same_season(KNOWN[:-1], 2, SHARE).tolist() == [0.04, 0.02]


def test_a_logistic_curve_is_foreseen_by_the_logistic() -> None:
    share = expit(-4.0 + 0.1 * np.arange(28))
    assert logistic(share[:20], 8, SHARE) == pytest.approx(share[20:])


def test_a_diffusion_is_foreseen_by_the_curve_of_bass() -> None:
    end = np.arange(41.0)
    kept = np.exp(-(0.002 + 0.15) * end)
    sold = 10.0 * np.diff((1.0 - kept) / (1.0 + 0.15 / 0.002 * kept))
    assert bass(sold[:32], 8, SHARE) == pytest.approx(sold[32:], rel=1e-3)


def test_amounts_and_shares_have_scales_of_their_own() -> None:
    growing = np.asarray(100.0 * 1.1 ** np.arange(24), dtype=np.float64)
    ahead = damped_trend(growing, 8, AMOUNT)
    assert (np.diff(np.log(ahead)) > 0.0).all()
    assert ahead[-1] < growing[-1] * 1.1**8  # damped
    assert (damped_trend(np.full(9, 0.99), 4, SHARE) <= 0.99 + 1e-12).all()


@given(st.lists(st.floats(0.001, 0.5), min_size=8, max_size=24), st.sampled_from([*RULES, *DIFFUSION]))
def test_every_rule_gives_a_finite_path(known: list[float], name: str) -> None:
    path = {**RULES, **DIFFUSION}[name](np.array(known), 8, SHARE)
    assert path.shape == (8,)
    assert np.isfinite(path).all()
    assert (path >= 0.0).all()


@given(st.floats(1.5, 40.0), st.sampled_from(sorted(RULES)))
def test_rules_do_not_depend_on_the_unit_of_amounts(unit: float, name: str) -> None:
    known = 100.0 * (1.0 + KNOWN)
    assert RULES[name](unit * known, 8, AMOUNT) == pytest.approx(unit * RULES[name](known, 8, AMOUNT))


def test_past_errors_are_those_of_every_time_that_knew_a_year() -> None:
    errors = past_errors(last_value, KNOWN, 2, share=True)
    scaled = stretched(KNOWN, share=True)
    assert errors == pytest.approx([scaled[5] - scaled[3], scaled[6] - scaled[4], scaled[7] - scaled[5]])
    assert past_errors(last_value, KNOWN, 5, share=True).size == 0


def test_a_rule_is_as_far_off_as_it_has_been() -> None:
    errors = np.array([0.1, -0.2, 0.3, 0.0])
    members = members_of(0.5, errors, share=True)
    assert members.size == 8
    assert sorted(stretched(members, share=True)) == pytest.approx([-0.3, -0.2, -0.1, 0.0, 0.0, 0.1, 0.2, 0.3])
    assert members_of(0.5, errors[:3], share=True).tolist() == [0.5]
