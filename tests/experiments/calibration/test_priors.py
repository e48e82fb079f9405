"""Priors lie within bounds and can be gone through both ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.calibration.priors import CARRIED, FITTED, Prior, shares, values
from experiments.inputs.parameter_list import every_parameter
from market.scenario import Scenario

ALL = [*FITTED, *CARRIED]


@pytest.mark.parametrize("prior", ALL, ids=lambda prior: prior.parameter)
def test_every_quantile_is_a_value_a_scenario_takes(prior: Prior) -> None:
    group, _, key = prior.parameter.partition(".")
    for value in prior.at(np.array([0.0, 0.5, 1.0])):
        Scenario().with_(**{group: {key: float(value)}})
    assert every_parameter()[prior.parameter].role in ("uncertain", "lever")


@given(st.lists(st.floats(0.01, 0.99), min_size=len(FITTED), max_size=len(FITTED)))
def test_values_and_their_quantiles_are_inverse(row: list[float]) -> None:
    cube = np.array([row])
    assert shares(values(cube)) == pytest.approx(cube, abs=1e-6)


def test_a_lognormal_prior_has_its_median_in_the_middle() -> None:
    assert Prior("charging.network_weight", "lognormal", 2.3, 0.1, "").at(np.array(0.5)) == pytest.approx(2.3, rel=1e-3)


def test_a_uniform_prior_is_even() -> None:
    prior = Prior("ownership.obsolescence", "uniform", 0.5, 1.0, "")
    assert prior.at(np.array([0.0, 0.25, 1.0])) == pytest.approx([0.5, 0.625, 1.0])


def test_no_prior_is_given_twice() -> None:
    assert len({prior.parameter for prior in ALL}) == len(ALL)
