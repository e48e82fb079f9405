"""The summary after a run: its advice fits what was run."""

import pytest

from experiments.commands.summary import next_steps
from experiments.inputs.scenario_files import shipped_names


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("ending", ["", "+1a2b3c4d"])
def test_no_advice_is_to_run_what_was_just_run(name: str, ending: str) -> None:
    commands = [command for command, _ in next_steps(name + ending)]
    assert commands
    assert f"detour run {name}" not in commands


def test_after_a_scenario_the_first_advice_is_to_compare_it_with_the_reference() -> None:
    assert next_steps("no-detour+1a2b3c4d")[0][0] == "detour compare reference no-detour"


def test_after_the_reference_or_a_file_of_ones_own_there_is_nothing_to_compare_by_name() -> None:
    for name in ("reference", "mine"):
        assert not any("compare" in command for command, _ in next_steps(name))
