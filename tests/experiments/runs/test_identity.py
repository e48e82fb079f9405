"""What a run is called by: the hash of its parameters and the name of its folder, which outlive new groups."""

import pytest

from experiments.inputs.scenario_files import load_scenario
from experiments.runs.manifest import parameters_of, parameters_sha256
from experiments.runs.run import folder_name
from market.rules import RuleNames
from market.scenario import Scenario

REFERENCE = "93fb7f7ee9e9c81f5b76f8c1938294d3848840965184cc30ccfd619482acb437"
"""Of the reference of results version 4; rules and plugins at their defaults have no part in it."""
THREE_TIMES_THE_DATA_CENTERS = "e1e3849ce01f7e5da4f192cc1c553f8cd18609afaecca4268cd9deb7638461de"
"""Of the reference with ``storage.data_center_factor`` 3, as of then."""


def test_the_reference_has_the_hash_of_its_results_version() -> None:
    assert parameters_sha256(Scenario()) == REFERENCE
    changed = Scenario.model_validate({"storage": {"data_center_factor": 3.0}})
    assert parameters_sha256(changed) == THREE_TIMES_THE_DATA_CENTERS


def test_rules_and_plugins_written_out_at_their_defaults_change_no_hash_and_no_folder() -> None:
    written = Scenario.model_validate({"rules": RuleNames().model_dump(), "plugins": {"modules": ""}})
    assert parameters_sha256(written) == REFERENCE
    assert not {"rules", "plugins"} & parameters_of(written).keys()
    named = [f"rules.{kind}={name}" for kind, name in RuleNames().model_dump().items()]
    assert folder_name(load_scenario("reference")) == "reference"
    assert folder_name(load_scenario("reference", named)) == f"reference+{REFERENCE[:8]}"
    chosen = load_scenario("reference", ["storage.data_center_factor=3"])
    assert folder_name(chosen) == f"reference+{THREE_TIMES_THE_DATA_CENTERS[:8]}"


@pytest.mark.parametrize("change", ["rules.lines=planned-use", "plugins.modules=mine"])
def test_another_rule_or_a_plugin_is_another_run(change: str) -> None:
    chosen = load_scenario("reference", [change])
    assert parameters_sha256(chosen.scenario) != REFERENCE
    assert folder_name(chosen) == f"reference+{parameters_sha256(chosen.scenario)[:8]}"
