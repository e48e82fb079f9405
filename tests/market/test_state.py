"""A market restored from a state is, object by object and quarter by quarter, the one that stepped there."""

from collections.abc import Mapping
from typing import Any

import mesa
import numpy as np
import pytest

from market.base.object_edits import STRUCTURE, state_sha256
from market.base.object_pairs import Array
from market.base.object_restore import StateError
from market.model import Market
from market.recorder import TABLES
from market.scenario import Scenario
from tests.market.walker import held

SHORT = {"fast_graph": True, "consumers": 2_000, "origin": "2018Q4", "last_quarter": "2019Q4"}
MODES: dict[str, dict[str, Any]] = {"drawn": {}, "expected": {"mean_field": True}}
LATER: dict[str, dict[str, Any]] = {
    "no credits": {"policy": {"federal_credit_factor": [{"from": "2019Q1", "value": 0.0}]}},
    "world": {"world": {"shocks": True}},
}
"""Changes that nothing up to the origin depends on."""


def scenario(run: Mapping[str, Any], **groups: Mapping[str, Any]) -> Scenario:
    """The reference in small."""
    return Scenario.model_validate({"run": {**SHORT, **run}, **groups})


def at_origin(given: Scenario, seed: int = 1) -> Market:
    """A market that has stepped to its origin."""
    market = Market(given, rng=seed)
    while market.quarter < market.origin:
        market.step()
    return market


def copied(state: Mapping[str, Array]) -> dict[str, Array]:
    """Arrays of their own, as a file gives them."""
    return {name: array.copy() for name, array in state.items()}


def restored(given: Scenario, state: Mapping[str, Array]) -> Market:
    """A market restored from a copy of a state."""
    market = Market(given, rng=1)
    market.restore(copied(state))
    return market


def assert_same_tables(found: Market, wanted: Market) -> None:
    """Bit for bit, all of them."""
    for name in TABLES:
        assert found.recorder.frame(name).equals(wanted.recorder.frame(name)), name


@pytest.fixture(scope="module", params=list(MODES))
def stepped(request: pytest.FixtureRequest) -> Market:
    """A market at its origin, of each kind of fleet."""
    return at_origin(scenario(MODES[request.param]))


def test_a_restored_market_holds_what_the_stepped_one_holds_and_shares_what_it_shares(stepped: Market) -> None:
    assert held(restored(stepped.parameters, stepped.state())) == held(stepped)


def test_the_quarters_after_are_the_same_bits(stepped: Market) -> None:
    state = stepped.state()
    first, second = restored(stepped.parameters, state), at_origin(stepped.parameters)
    first.run()
    second.run()
    assert_same_tables(first, second)
    assert held(first) == held(second)


@pytest.mark.parametrize("changed", LATER.values(), ids=list(LATER))
def test_another_scenario_goes_on_from_the_state_of_the_reference(changed: dict[str, Any], stepped: Market) -> None:
    given = Scenario.model_validate({**stepped.parameters.model_dump(), **changed})
    found, wanted = restored(given, stepped.state()), at_origin(given)
    found.run()
    wanted.run()
    assert_same_tables(found, wanted)


def test_in_mean_field_no_seed_and_no_shock_plays_a_part_before_the_origin() -> None:
    run = {**SHORT, **MODES["expected"]}
    usual = at_origin(scenario(run)).state()
    other = at_origin(scenario(run, world={"shocks": True}), seed=7).state()
    assert state_sha256(other) == state_sha256(usual)


def test_a_state_is_arrays_without_objects_and_the_same_each_time(stepped: Market) -> None:
    state = stepped.state()
    assert not any(array.dtype.hasobject for array in state.values())
    assert state_sha256(state) == state_sha256(stepped.state())
    assert state_sha256(state) == state_sha256(restored(stepped.parameters, state).state())


def test_a_state_leaves_no_other_market_alive(stepped: Market) -> None:
    alive = len(mesa.Agent._ids)  # Mesa keeps every model that is not released
    stepped.state()
    assert len(mesa.Agent._ids) == alive


def test_the_state_of_a_market_as_it_was_built_changes_nothing() -> None:
    given = scenario({})
    assert held(restored(given, Market(given, rng=1).state())) == held(Market(given, rng=1))


def test_a_state_that_does_not_fit_is_refused(stepped: Market) -> None:
    state = stepped.state()
    other = {**state, STRUCTURE: np.frombuffer(bytes(state[STRUCTURE]).replace(b"ledger", b"lodger"), np.uint8)}
    with pytest.raises(StateError, match="does not fit"):
        restored(stepped.parameters, other)
    with pytest.raises(StateError, match="does not fit"):
        restored(stepped.parameters, dict(list(state.items())[:5]))
    with pytest.raises(StateError, match="not been stepped"):
        stepped.restore(state)


def test_a_state_names_only_classes_of_ours(stepped: Market) -> None:
    state = stepped.state()
    hostile = bytes(state[STRUCTURE]).replace(b'"market.state", "StocksBefore"', b'"subprocess", "Popen"')
    assert hostile != bytes(state[STRUCTURE])
    with pytest.raises(StateError, match="no class of Detour"):
        restored(stepped.parameters, {**state, STRUCTURE: np.frombuffer(hostile, np.uint8)})


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["data-center-boom", "no-detour"])
def test_whole_runs_from_the_state_of_the_reference(mode: str, name: str) -> None:
    from experiments.inputs.scenario_files import load_scenario  # noqa: PLC0415

    run = {"origin": "2024Q4", "last_quarter": "2035Q4", **MODES[mode]}
    reference = at_origin(scenario(run))
    given = load_scenario(name).scenario.with_(run={**SHORT, **run})
    found, wanted = restored(given, reference.state()), at_origin(given)
    assert held(restored(reference.parameters, reference.state())) == held(reference)
    found.run()
    wanted.run()
    assert_same_tables(found, wanted)
