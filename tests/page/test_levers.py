"""Levers and drafts: what the declarations say, and what the next Reset would run."""

from pathlib import Path

import pytest

from experiments.errors import InputError
from experiments.inputs.parameter_list import Value, every_parameter, path_of
from experiments.inputs.scenario_files import ScenarioError, load_scenario
from experiments.page.controls import lever_data
from experiments.page.draft import Draft, DraftSteps, said
from experiments.page.levers import TITLES, every_lever, moved, nice_step
from experiments.page.start import Start, labels, settle, settled

LEVERS = {lever.name: lever for levers in every_lever().values() for lever in levers}
START = Start(consumers=500)


def test_every_declared_lever_is_on_the_page_with_its_unit_and_bounds() -> None:
    declared = {name: known for name, known in every_parameter().items() if known.role == "lever"}
    assert LEVERS.keys() == declared.keys()
    for name, known in declared.items():
        lever = LEVERS[name]
        assert (lever.unit, lever.low, lever.high, lever.default) == (known.unit, known.low, known.high, known.default)
        assert lever.label.lower() == known.meaning.lower()
        assert lever.is_switch + (lever.step is not None) + bool(lever.choices) == 1


def test_a_refusal_names_the_lever_and_no_option_of_a_command() -> None:
    with pytest.raises(ScenarioError) as refused:
        Draft(START).with_lever(LEVERS["storage.data_center_factor"], 99)
    assert str(refused.value).startswith("--set")
    assert said(refused.value).startswith("storage.data_center_factor")
    assert "allowed are 0 to 5" in said(refused.value)


def test_every_group_of_levers_has_a_title() -> None:
    assert every_lever().keys() == TITLES.keys()


@pytest.mark.parametrize(
    ("low", "high", "default", "step"),
    [
        (0, 1, 0.5, 0.02), (0, 2, 1, 0.05), (5, 80, 15, 2), (0, 110, 40, 5), (-0.05, 0.05, 0, 0.002),
        (0.3, 1, 0.85, 0.01), (0, 1, 0.134, 0.002), (0, 1, 1 / 3, 0.02),
    ],
)  # fmt: skip
def test_steps_are_round_and_lead_to_the_default(low: float, high: float, default: float, step: float) -> None:
    assert nice_step(low, high, default) == pytest.approx(step)


def test_every_slider_can_stand_at_its_default() -> None:
    for lever in LEVERS.values():
        if lever.step is not None and lever.low is not None:
            place = (float(lever.default) - lever.low) / lever.step
            assert place == pytest.approx(round(place), abs=1e-6), lever.name


def test_a_lever_put_back_is_no_change() -> None:
    base, lever = START.load().scenario, LEVERS["policy.tariff_factor"]
    changed = moved({}, lever, {lever.name: 2.0}, base)
    assert changed == {"policy.tariff_factor": 2.0}
    assert moved(changed, lever, {lever.name: 1.0}, base) == {}


def test_a_slider_that_rounds_its_scenarios_value_to_its_step_changes_nothing() -> None:
    base, lever = START.load().scenario, LEVERS["storage.third_country_tariff"]  # 0.134, steps of 0.002
    assert moved({}, lever, {lever.name: 0.1345}, base) == {}


def test_a_draft_runs_its_scenario_with_its_levers_on_the_fast_graph() -> None:
    draft = Draft(START).with_scenario("no-credits").with_seed(7).with_consumers(600)
    draft = draft.with_lever(LEVERS["cells.may_convert"], False)  # noqa: FBT003 - the lever's value
    draft = draft.with_lever(LEVERS["policy.federal_credit_end"], "2030Q4")
    wanted = load_scenario(
        "no-credits",
        ["run.consumers=600", "run.fast_graph=true", "cells.may_convert=false", "policy.federal_credit_end=2030Q4"],
    )
    assert draft.for_reset() == {"parameters": wanted.scenario, "rng": 7}
    assert draft.without_changes().changed == {}
    assert draft.with_scenario("reference").changed == {}


def test_choices_are_undone_and_made_again_and_a_new_one_forgets_what_was_undone() -> None:
    lever = LEVERS["policy.tariff_factor"]
    first, steps = Draft(START), DraftSteps()
    second = first.with_lever(lever, 2.0)
    third = second.with_seed(7)
    steps = steps.after(first, second).after(second, third)
    assert steps.after(third, third) == steps
    back, steps = steps.undone(third)
    assert back == second
    back, steps = steps.undone(back)
    assert (back, steps.past) == (first, ())
    assert steps.undone(back) == (back, steps)
    again, steps = steps.redone(back)
    assert again == second
    other = again.with_seed(9)
    steps = steps.after(again, other)
    assert (steps.past, steps.future) == ((first, second), ())
    assert steps.redone(other) == (other, steps)


def test_one_lever_is_put_back_and_others_stay() -> None:
    draft = Draft(START).with_lever(LEVERS["policy.tariff_factor"], 2.0).with_lever(LEVERS["cells.may_convert"], False)  # noqa: FBT003 - the lever's value
    assert draft.without(LEVERS["policy.tariff_factor"]).changed == {"cells.may_convert": False}


def test_a_lever_is_drawn_with_its_ends_its_scenarios_value_and_names_of_quarters() -> None:
    base = Draft(START).with_scenario("no-credits").base()
    now = START.load("no-credits", {"charging.plug_success": 0.84, "policy.federal_credit_end": "2030Q4"}).scenario
    slider = lever_data(LEVERS["charging.plug_success"], base, now)
    assert (slider["kind"], slider["shown"], slider["base_shown"], slider["base"]) == ("slider", "84 %", "85 %", 0.85)
    assert (slider["low_shown"], slider["high_shown"], slider["step"]) == ("30 %", "100 %", 0.01)
    assert (slider["takes_dates"], slider["steps"]) == (False, [])
    assert lever_data(LEVERS["cells.may_convert"], base, now)["kind"] == "switch"
    choice = lever_data(LEVERS["policy.federal_credit_end"], base, now)
    assert {"value": "2030Q4", "shown": "Q4 2030"} in choice["choices"]
    assert choice["shown"] == "Q4 2030"


def test_a_wrong_value_is_told_in_a_sentence() -> None:
    with pytest.raises(ScenarioError, match="allowed are 0 to 5"):
        Draft(START, {"policy.tariff_factor": 9.0}).for_reset()


@pytest.mark.parametrize("consumers", [300_000, 499, -5, "abc", None, 2000.0, True, 10**40])
def test_no_run_is_set_up_with_consumers_out_of_bounds(consumers: object) -> None:
    with pytest.raises(InputError, match=r"^Consumers: .* is not allowed; give a whole number, 500 to 200,000$"):
        Draft(START).with_consumers(consumers)


@pytest.mark.parametrize("seed", [-1, "-5", "abc", 2**32, "", None, 1.5, [1], "1" * 5000])
def test_no_run_is_set_up_with_a_wrong_seed(seed: object) -> None:
    with pytest.raises(InputError, match=r"^Seed: .* is not allowed; give a whole number, 0 to 4,294,967,295$"):
        Draft(START).with_seed(seed)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "x.toml", "", None, 3, ["reference"]])
def test_only_scenarios_of_the_page_can_be_chosen(name: object) -> None:
    with pytest.raises(InputError, match="choose from its list"):
        Draft(START).with_scenario(name)


@pytest.mark.parametrize(
    "value", [9.0, -1, "abc", None, [1], {"x": 1}, float("nan"), float("inf"), True, '1"\nrun = 1']
)
def test_a_lever_takes_no_value_out_of_its_bounds(value: object) -> None:
    with pytest.raises(ScenarioError, match=r"policy\.tariff_factor(:| is)"):
        Draft(START).with_lever(LEVERS["policy.tariff_factor"], value)


CREDIT = LEVERS["policy.production_credit_factor"]


def cut(tmp_path: Path) -> Draft:
    """A scenario of a file whose 45X credit ends and comes back."""
    path = tmp_path / "cut.toml"
    steps = '[{ value = 0.8 }, { from = "2029Q1", value = 0, known = "2027Q1" }, { from = "2030Q1", value = 1 }]'
    path.write_text(f'question = "What if?"\n[policy]\nproduction_credit_factor = {steps}\n', encoding="utf-8")
    return Draft(Start(str(path), consumers=500))


def test_a_lever_with_dates_is_shown_with_them_and_moved_before_the_first(tmp_path: Path) -> None:
    draft = cut(tmp_path)
    drawn = lever_data(CREDIT, draft.base(), draft.scenario())
    assert drawn["shown"] == "0.8 at first; 0 from Q1 2029, known from Q1 2027; 1 from Q1 2030"
    assert [(step["from"], step["value"], step["known"]) for step in drawn["steps"]] == [
        ("2029Q1", 0.0, "2027Q1"), ("2030Q1", 1.0, "2030Q1")
    ]  # fmt: skip
    lower = draft.with_lever(CREDIT, 0.5)
    path = path_of(lower.scenario(), CREDIT.name)
    assert path is not None
    assert CREDIT.path_shown(path) == "0.5 at first; 0 from Q1 2029, known from Q1 2027; 1 from Q1 2030"
    assert lower.with_lever(CREDIT, 0.8) == draft
    other = draft.with_lever(LEVERS["policy.tariff_factor"], 2.0).scenario()
    assert path_of(other, CREDIT.name) == path_of(draft.base(), CREDIT.name)


def test_dates_are_added_edited_removed_and_put_back(tmp_path: Path) -> None:
    draft = cut(tmp_path)
    steps = [
        {"from": "2028Q1", "value": 0.25, "known": "2028Q1"},
        {"from": "2030Q1", "value": 1, "known": "2029Q1"},
    ]
    edited = draft.with_dates(CREDIT, steps)
    wanted: dict[str, Value] = {
        CREDIT.name: 0.8, f"{CREDIT.name}@2028Q1": 0.25, f"{CREDIT.name}@2030Q1": 1.0,
        f"{CREDIT.name}@2030Q1.known": "2029Q1",
    }  # fmt: skip
    assert edited.changed == wanted
    assert edited.scenario().policy == Start(consumers=500).load(levers=wanted).scenario.policy
    none = edited.with_dates(CREDIT, [])
    assert path_of(none.scenario(), CREDIT.name) is None
    assert none.scenario().policy.production_credit_factor == 0.8
    assert none.without(CREDIT) == edited.without(CREDIT) == draft


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("x", "as a list"), ([1], "step 2 is 1"), ([{"from": "2027Q1"}], "no value"),
        ([{"from": "2027Q1", "value": 99}], "allowed are 0 to"), ([{"value": 1}], "no date"), ([None], "step 2"),
        ([{"from": "2027Q1", "value": '1"\n[x]'}], "allowed are"), ([{"from": "2099Q1", "value": 1}], "no run goes"),
        ([{"from": "2029Q1", "value": 1}, {"from": "2027Q1", "value": 1}], "sort by date"),
        ([{"from": "2027Q1", "value": 1, "known": "2028Q1"}], "cannot be known later"), ([{"a\n]": 1}], "a step has"),
        ([{"from": "2027Q1", "value": float("nan")}], "allowed are"), ([{"from": {}, "value": 1}], "a quarter"),
        ([{"from": "2027Q1", "value": True}], "allowed are"), ([{"from": "2027Q1", "value": 1}] * 30, "at most 20"),
    ],
)  # fmt: skip
def test_dates_that_no_scenario_could_have_are_refused_in_a_sentence(steps: object, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        Draft(START).with_dates(CREDIT, steps)


@pytest.mark.parametrize("name", ["charging.plug_success", "cells.may_convert", "policy.federal_credit_end"])
def test_what_takes_no_dates_is_refused_them(name: str) -> None:
    assert not LEVERS[name].takes_dates
    with pytest.raises(ScenarioError):
        Draft(START).with_dates(LEVERS[name], [{"from": "2027Q1", "value": "2028Q1"}])


def test_new_tabs_begin_with_what_was_settled() -> None:
    before = settled()
    settle(START)
    assert settled() == START
    settle(before)


def test_a_chooser_calls_a_file_by_its_name_and_tells_two_of_one_name_apart(tmp_path: Path) -> None:
    files = [str(tmp_path / folder / "reference.toml") for folder in ("mine", "yours")]
    other = str(tmp_path / "deep" / "own.toml")
    known = labels([files[0], other, files[1], files[0], "reference", "no-credits"])
    assert known == {
        "mine/reference.toml": files[0], "own.toml": other, "yours/reference.toml": files[1],
        "reference": "reference", "no-credits": "no-credits",
    }  # fmt: skip
    assert labels([files[0], "reference"]) == {"reference.toml": files[0], "reference": "reference"}
