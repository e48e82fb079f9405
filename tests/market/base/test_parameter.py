"""Groups of parameters as values: checked whenever they change, whole wherever they go."""

import copy
import pickle
from collections.abc import Iterable

import pytest
from pydantic import ValidationError

from market.scenario import Run, Scenario


def test_a_copy_with_changes_is_as_if_it_had_been_made_so() -> None:
    run = Run().model_copy(update={"consumers": 700, "fast_graph": True})
    assert run == Run(consumers=700, fast_graph=True)
    scenario = Scenario().model_copy(update={"run": run})
    assert scenario == Scenario(run=run)
    assert type(scenario) is Scenario


def test_values_given_by_name_change_a_group_of_a_scenario_and_leave_the_others() -> None:
    first = Scenario().model_copy(update={"run": {"consumers": 700}})
    second = first.model_copy(update={"run": {"fast_graph": True}, "question": "Who?"})
    assert second == Scenario(run=Run(consumers=700, fast_graph=True), question="Who?")
    assert first.run.fast_graph is False


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"run": {"consumers": 5}}, "greater than or equal to 500"),
        ({"run": {"consumers": float("nan")}}, "finite number|valid integer"),
        ({"run": {"consumer": 700}}, "not permitted"),
        ({"rnu": {"consumers": 700}}, "not permitted"),
        ({"run": {"origin": "2016Q4"}}, "records allow 2017Q4 to 2024Q4"),
        ({"buyers": {"alpha_keep": 0.079, "alpha_market": 0.03}}, "not fall from top to bottom|less than or equal"),
        ({"run": 3}, "valid dictionary or instance of Run"),
    ],
)
def test_no_change_slips_past_bounds_names_or_order(update: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Scenario().model_copy(update=update)


def test_a_copy_without_changes_is_equal_and_a_deep_one_another_object() -> None:
    scenario = Scenario()
    assert scenario.model_copy() == scenario.model_copy(deep=True) == scenario
    assert scenario.model_copy(deep=True).run is not scenario.run


@pytest.mark.parametrize("value", [Scenario(), Run()], ids=["scenario", "group"])
def test_a_group_is_one_value_and_goes_through_nothing(value: Scenario | Run) -> None:
    assert not isinstance(value, Iterable)
    with pytest.raises(TypeError, match="not iterable"):
        list(value)  # type: ignore[call-overload]  # what the types say too


def test_a_scenario_is_still_copied_pickled_hashed_dumped_and_shown() -> None:
    scenario = Scenario(run=Run(consumers=700))
    for same in (copy.copy(scenario), copy.deepcopy(scenario), pickle.loads(pickle.dumps(scenario))):  # noqa: S301
        assert same == scenario
        assert hash(same) == hash(scenario)
    assert Scenario.model_validate(scenario.model_dump()) == scenario
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    assert "consumers=700" in repr(scenario)
    assert "consumers=700" in str(scenario)
    assert scenario != Scenario()
