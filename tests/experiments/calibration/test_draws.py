"""Draws that come with Detour: of this model, within bounds, and few of them that differ."""

import pytest

from experiments.calibration import draws
from experiments.calibration.priors import CARRIED, FITTED, names
from experiments.errors import InputError
from experiments.inputs.scenario_files import given_values
from market.scenario import Scenario
from market.version import RESULTS_VERSION


def test_shipped_draws_are_of_this_results_version_and_name_every_parameter() -> None:
    assert draws.results_version() == RESULTS_VERSION
    assert list(draws.posterior()) == [*names(FITTED), *names(CARRIED)]


def test_an_ensemble_has_draws_that_differ_and_a_scenario_takes_each() -> None:
    found = draws.ensemble()
    assert len({tuple(draw.values()) for draw in found}) == draws.IN_ENSEMBLE
    for draw in found:
        groups: dict[str, dict[str, float | int | bool | str]] = {}
        for name, value in given_values([f"{name}={value!r}" for name, value in draw.items()]).items():
            group, _, key = name.partition(".")
            groups.setdefault(group, {})[key] = value
        Scenario().with_(**groups)


def test_the_same_ensemble_each_time_and_smaller_ones_are_its_beginning() -> None:
    assert draws.ensemble(5) == draws.ensemble()[:5]


def test_streams_take_draws_by_their_seeds_and_none_without_streams() -> None:
    assert draws.by_seed(7, 2, Scenario()) == dict(zip((7, 8), draws.ensemble(2), strict=True))
    with pytest.raises(InputError, match="ask for streams too"):
        draws.by_seed(1, 0, Scenario())


def test_draws_of_another_model_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "RESULTS_VERSION", RESULTS_VERSION + 1)
    with pytest.raises(InputError, match="make them again with detour calibrate"):
        draws.ensemble()


def test_more_draws_than_there_are_are_refused() -> None:
    with pytest.raises(InputError, match="there are 1 to"):
        draws.ensemble(100_000)
