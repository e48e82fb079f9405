"""What the explorer hands to the living market: the scenario its estimate is of, and nothing that is not one."""

import pytest

from experiments.errors import InputError
from experiments.inputs.parameter_list import Value
from experiments.page.draft import Draft
from experiments.page.handed_over import handed_over
from experiments.page.serve import first_address
from experiments.page.start import Start

START = Start(consumers=500, seed=7)
CREDIT = "policy.federal_credit_factor@2027Q1"


def test_without_a_query_a_tab_begins_as_the_command_said() -> None:
    assert handed_over(START, None) == handed_over(START, "") == Draft(START)


def test_scenario_and_levers_are_those_of_the_query_seed_and_size_those_of_the_command() -> None:
    draft = handed_over(START, "scenario=no-detour&storage.data_center_factor=2.5")
    assert (draft.start.scenario, draft.start.seed, draft.start.consumers) == ("no-detour", 7, 500)
    assert draft.changed == {"storage.data_center_factor": 2.5}
    assert draft.scenario().storage.data_center_factor == 2.5


def test_a_credit_that_comes_back_brings_the_years_without_it() -> None:
    path = handed_over(START, f"scenario=reference&{CREDIT.replace('@', '%40')}=0.5").scenario().policy
    assert path.federal_credit_end == "2035Q4"
    whole: dict[str, Value] = {
        "policy.federal_credit_end": "2035Q4", "policy.federal_credit_factor@2025Q4": 0.0,
        "policy.federal_credit_factor@2025Q4.known": "2025Q3", CREDIT: 0.5,
    }  # fmt: skip
    assert path == START.load(levers=whole).scenario.policy


@pytest.mark.parametrize(
    "query",
    [
        "scenario=nowhere", "scenario=../../etc/passwd", "scenario=mine.toml", "storage.data_center_factor=nan",
        "storage.data_center_factor=much", "run.consumers=9", "storage.data_center_factor=1e9", "x",
        "&".join(f"a{place}=1" for place in range(30)), "scenario=%00", "<img src=x onerror=alert(1)>=1",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_a_sentence(query: str) -> None:
    with pytest.raises(InputError) as refused:
        handed_over(START, query)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("scenario", "address"),
    [
        ("reference", "/explorer"), ("no-detour", "/explorer#a=reference&b=no-detour"), ("free-run", "/"),
        ("mine.toml", "/"),
    ],
)  # fmt: skip
def test_the_app_leads_to_the_explorer_where_that_has_the_scenario(scenario: str, address: str) -> None:
    assert first_address(Start(scenario)) == address
