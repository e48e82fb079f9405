"""Levers that change at dates in files, overrides and designs: names, steps, and what is refused in a sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.inputs.dated_names import declared_as, declared_here, in_force, nested, overlaid
from experiments.inputs.design import Design
from experiments.inputs.factors import DesignError
from experiments.inputs.parameter_list import Value, counted, differences, every_parameter, path_of, value_of, values_of
from experiments.inputs.scenario_files import ScenarioError, load_scenario
from experiments.studies.market_runs import MarketRuns, market_model
from experiments.studies.plan import make_plan
from market.base import quarters
from market.base.lever_path import LeverPath, Step
from market.scenario import Scenario

CREDIT = "policy.production_credit_factor"
CUT = '[{ from = "2029Q1", value = 0, known = "2027Q1" }]'
ENDS = LeverPath(1.0, (Step(48, 0.0, 40),))


def written(folder: Path, text: str, name: str = "mine.toml") -> str:
    path = folder / name
    path.write_text(f'question = "What if?"\n{text}\n', encoding="utf-8")
    return str(path)


def path_in(text: str, folder: Path, *overrides: str) -> LeverPath | None:
    return path_of(load_scenario(written(folder, text), overrides).scenario, CREDIT)


def test_a_file_an_override_and_python_give_the_same_path(tmp_path: Path) -> None:
    steps = [{"from": "2029Q1", "value": 0, "known": "2027Q1"}]
    assert path_in(f"[policy]\nproduction_credit_factor = {CUT}", tmp_path) == ENDS
    assert path_in("", tmp_path, f"{CREDIT}={CUT}") == ENDS
    assert path_in("", tmp_path, f"{CREDIT}@2029Q1=0", f"{CREDIT}@2029Q1.known=2027Q1") == ENDS
    assert Scenario().with_(policy={"production_credit_factor": steps}).dated() == {CREDIT: ENDS}
    assert path_of(load_scenario("45x-ends-early").scenario, CREDIT) == ENDS


def test_one_value_takes_the_place_of_all_steps_and_one_step_only_its_own(tmp_path: Path) -> None:
    text = f"[policy]\nproduction_credit_factor = {CUT}"
    assert path_in(text, tmp_path, f"{CREDIT}=0.5") is None
    assert path_in(text, tmp_path, f"{CREDIT}@2029Q1=0.25") == LeverPath(1.0, (Step(48, 0.25, 40),))
    assert path_in(text, tmp_path, f"{CREDIT}=0.5", f"{CREDIT}@2030Q1=1") == LeverPath(0.5, (Step(52, 1.0, 52),))
    base = written(tmp_path, text, "base.toml")
    assert path_in(f'extends = "{base}"\n[policy]\nproduction_credit_factor = 0.5', tmp_path) is None
    later = path_in(f'extends = "{base}"\n[policy]\n"production_credit_factor@2030Q1" = 2.0', tmp_path)
    assert later == LeverPath(1.0, (Step(48, 0.0, 40), Step(52, 2.0, 52)))


WRONG = {
    "production_credit_factor = []": "policy.production_credit_factor: the list of steps is empty; give one value",
    "production_credit_factor = [0.5]": "policy.production_credit_factor: step 1 is 0.5; write it like",
    'production_credit_factor = ["soon"]': "policy.production_credit_factor: step 1 is soon; write it like",
    'production_credit_factor = [{from = "2029Q1", value = "none"}]': (
        "policy.production_credit_factor: step 1 is none; allowed are 0 to 2 (1)"
    ),
    'production_credit_factor = [{from = "2029Q1", value = true}]': "step 1 is True; allowed are 0 to 2 (1)",
    'production_credit_factor = [{from = "2029Q1", value = nan}]': "step 1 is nan; allowed are 0 to 2 (1)",
    'production_credit_factor = [{from = "2029Q1", value = 3}]': "step 1 is 3; allowed are 0 to 2 (1)",
    'production_credit_factor = [{from = "2029Q1", value = 0, knwon = "2027Q1"}]': "step 1 has knwon; a step has from",
    'production_credit_factor = [{from = "2029Q1", value = 0, known = "2029Q2"}]': "it cannot be known later",
    "production_credit_factor = [{from = 2029-01-01, value = 0}]": "step 1: from is 2029-01-01; it must be a quarter",
    'production_credit_factor = [{from = "2024Q4", value = 0}]': (
        "policy.production_credit_factor has a step from 2024Q4, not after run.origin 2024Q4; date it later"
    ),
    'production_credit_factor = [{from = "2030Q1", value = 0}, {from = "2029Q1", value = 1}]': "sort by date",
    'production_credit_factor = [{from = "2029Q1", value = 0}, {from = "2029Q1", value = 1}]': "name each date once",
    'used_price_spread = [{from = "2029Q1", value = 0.3}]': "takes one value; only levers change at dates",
    'federal_credit_end = [{from = "2029Q1", value = "2028Q1"}]': "takes one value; it is a date itself",
    '"production_credit_factor@2029Q1" = [{from = "2030Q1", value = 1}]': "takes one value; it is the value from one",
    '"production_credit_factor@2029Q1" = 9': "policy.production_credit_factor@2029Q1 is 9; allowed are 0 to 2 (1)",
    '"production_credit_factor@soon" = 1': "policy.production_credit_factor@soon has a date that is no quarter",
    '"production_credit_factor@2029Q1@2030Q1" = 1': "has a date that is no quarter",
    '"produktion_credit_factor@2029Q1" = 1': "is not a parameter; did you mean policy.production_credit_factor?",
    '"production_credit_factor@2029Q1.known" = "2027Q1"': "policy.production_credit_factor: step 1 has no value",
    '"federal_credit_end@2029Q1" = "2028Q1"': "has a date, but policy.federal_credit_end takes one value; it is a date",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_path_is_told_in_a_sentence_with_the_file(text: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as told:
        load_scenario(written(tmp_path, f"[policy]\n{text}"))
    assert str(told.value).startswith("mine.toml: policy.")
    assert WRONG[text] in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_of_ten_thousand_steps_is_a_sentence(tmp_path: Path) -> None:
    many = ", ".join(f'{{from = "{quarters.label(40 + step)}", value = 1}}' for step in range(10_000))
    with pytest.raises(ScenarioError, match=r"step 137 is from 2061Q1; no run goes beyond 2060Q4"):
        load_scenario(written(tmp_path, f"[policy]\nproduction_credit_factor = [{many}]"))


# Names


def test_a_step_is_declared_as_its_lever_and_its_date_as_a_quarter() -> None:
    step, known = declared_here(f"{CREDIT}@2029Q1"), declared_here(f"{CREDIT}@2029Q1.known")
    lever = every_parameter()[CREDIT]
    assert (step.kind, step.low, step.high, step.unit) == (float, lever.low, lever.high, lever.unit)
    assert step.meaning == f"{lever.meaning}, from 2029Q1 on"
    assert (known.kind, known.unit, known.default) == (str, "quarter", "2029Q1")
    assert declared_as("policy.nothing@2029Q1", every_parameter()) is None
    with pytest.raises(KeyError):
        declared_here("policy.nothing")


def test_what_holds_at_a_date_without_a_step_is_the_step_before_it() -> None:
    content: dict[str, Value] = {
        "g.x": 1.0,
        "g.x@2027Q1": 0.5,
        "g.x@2027Q1.known": "2026Q1",
        "g.x@2029Q1": 0.0,
        "g.y": 3.0,
    }
    dates = ("2026Q4", "2027Q1", "2028Q1", "2029Q1", "2040Q1")
    assert [in_force(content, f"g.x@{date}") for date in dates] == [1.0, 0.5, 0.5, 0.0, 0.0]
    assert [in_force(content, f"g.x@{date}.known") for date in ("2027Q1", "2029Q1")] == ["2026Q1", "2029Q1"]
    assert in_force(content, "g.y@2030Q1") == in_force(content, "g.y") == 3.0
    with pytest.raises(KeyError):
        in_force(content, "g.z")


def test_the_name_of_a_lever_alone_drops_its_steps_and_no_others() -> None:
    content = {"g.x": 1.0, "g.x@2027Q1": 0.5, "g.xy": 1.0, "g.xy@2027Q1": 0.5}
    assert overlaid(content, {"g.x": 2.0}) == {"g.x": 2.0, "g.xy": 1.0, "g.xy@2027Q1": 0.5}
    assert overlaid(content, {"g.x@2027Q1": 2.0}) == {**content, "g.x@2027Q1": 2.0}
    assert next(iter(overlaid(content, {"g.x": 2.0}))) == "g.x"


@given(
    st.dictionaries(st.integers(32, 175), st.tuples(st.floats(0.0, 2.0), st.integers(0, 40)), min_size=1, max_size=5),
    st.floats(0.0, 2.0),
)
def test_a_scenario_by_name_is_the_same_scenario(dated: dict[int, tuple[float, int]], before: float) -> None:
    steps = tuple(Step(date, value, max(0, date - early)) for date, (value, early) in sorted(dated.items()))
    path = LeverPath(before, steps)
    chosen = Scenario.model_validate({"policy": {"production_credit_factor": path}})
    assert Scenario.model_validate(nested(values_of(chosen)), strict=True) == chosen
    assert value_of(chosen, CREDIT) == before
    assert differences(chosen).keys() >= {f"{CREDIT}@{quarters.label(step.start)}" for step in steps}


def test_a_scenario_without_dates_counts_as_it_always_did() -> None:
    assert [name for name in counted(Scenario()) if "@" in name] == []


# Designs


def design(**given_: object) -> Design:
    return Design.model_validate({"question": "When?", **given_})


def test_a_date_is_a_factor_as_any_other() -> None:
    factors = {f"{CREDIT}@2029Q1": [0.0, 0.5], f"{CREDIT}@2029Q1.known": ["2027Q1"], CREDIT: [0.8]}
    plan = make_plan("d", design(factors=factors), market_model())
    assert [dict(point.factors) for point in plan.points] == [
        {f"{CREDIT}@2029Q1": value, f"{CREDIT}@2029Q1.known": "2027Q1", CREDIT: 0.8} for value in (0.0, 0.5)
    ]
    made = [path_of(Scenario.model_validate(nested(point.content)), CREDIT) for point in plan.points]
    assert made == [LeverPath(0.8, (Step(48, value, 40),)) for value in (0.0, 0.5)]
    assert len({plan.job(point, 0).identity for point in (0, 1)}) == 2


def test_one_at_a_time_shows_what_holds_at_the_date_where_the_factor_is_left_alone() -> None:
    asked = design(
        scenarios=["45x-ends-early", "reference"],
        design={"kind": "one-at-a-time"},
        factors={f"{CREDIT}@2030Q1": {"low": 0.5, "high": 1.5}},
    )
    points = make_plan("d", asked, market_model()).points
    assert [point.factors[f"{CREDIT}@2030Q1"] for point in points] == [0.0, 0.5, 1.5, 1.0, 0.5, 1.5]


def test_a_factor_on_a_step_keeps_when_the_scenario_lets_it_be_known() -> None:
    content = MarketRuns().content("45x-ends-early", {f"{CREDIT}@2029Q1": 0.5})
    made = path_of(Scenario.model_validate(nested(content)), CREDIT)
    assert made == LeverPath(1.0, (Step(48, 0.5, 40),))


@pytest.mark.parametrize(
    ("factors", "sentence"),
    [
        ({f"{CREDIT}@soon": [1.0]}, "d: policy.production_credit_factor@soon has a date that is no quarter; write it"),
        ({f"{CREDIT}@2029Q1": [3.0]}, "d: policy.production_credit_factor@2029Q1 is 3.0; allowed are 0 to 2"),
        ({"buyers.alpha_keep@2029Q1": [0.02]}, "takes one value; only levers change at dates"),
        ({"policy.nothing@2029Q1": [1.0]}, "d: policy.nothing@2029Q1 is not a parameter"),
        ({f"{CREDIT}@2020Q1": [1.0]}, "has a step from 2020Q1, not after run.origin 2024Q4"),
        ({f"{CREDIT}@2029Q1": [1.0], f"{CREDIT}@2029Q1.known": ["2030Q1"]}, "it cannot be known later than it holds"),
    ],
)
def test_a_factor_that_cannot_be_dated_is_told_in_a_sentence(factors: dict[str, object], sentence: str) -> None:
    with pytest.raises(DesignError) as told:
        make_plan("d", design(factors=factors), market_model())
    assert sentence in str(told.value)
