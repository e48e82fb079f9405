"""Levers that change at dates: values by quarter, what is known of them, and lists that are no path."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from market.base import quarters
from market.base.lever_path import LeverPath, Step, mean_growth
from market.base.parameter import Group, parameter, quarter_field, switch
from market.cells.parameters import Cells
from market.policies.parameters import Policy
from market.scenario import Scenario

CUT = {"from": "2029Q1", "value": 0.0, "known": "2027Q1"}
HALF = {"from": "2027Q1", "value": 0.5}


def q(name: str) -> int:
    return quarters.index(name)


def number(value: object) -> float:
    return float(str(value))


def path(*steps: object, before: float = 1.0) -> LeverPath:
    return LeverPath.read(list(steps), before, number)


def test_a_step_holds_from_its_date_on_and_the_value_before_it_until_then() -> None:
    made = path(HALF, CUT)
    dates = ("2017Q1", "2026Q4", "2027Q1", "2028Q4", "2029Q1", "2060Q4")
    assert [made.at(q(name)) for name in dates] == [1.0, 1.0, 0.5, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [("2026Q4", [1.0, 1.0]), ("2027Q1", [0.5, 0.0]), ("2028Q4", [0.5, 0.0]), ("2030Q1", [0.5, 0.0])],
)
def test_a_step_counts_for_nobody_before_it_is_known(seen: str, expected: list[float]) -> None:
    made = path(HALF, CUT)
    assert [made.at(q(name), q(seen)) for name in ("2028Q4", "2029Q1")] == expected


def test_a_step_is_known_from_its_own_date_if_nothing_is_said() -> None:
    assert path(HALF).steps == (Step(q("2027Q1"), 0.5, q("2027Q1")),)


def test_what_is_known_early_is_expected_even_where_an_earlier_step_is_not_known_yet() -> None:
    made = path({"from": "2028Q1", "value": 0.5}, {"from": "2029Q1", "value": 0.0, "known": "2026Q1"})
    assert [made.at(q(name), q("2026Q2")) for name in ("2028Q2", "2029Q1")] == [1.0, 0.0]


def test_a_first_step_without_a_date_says_what_holds_until_the_first_date() -> None:
    made = path({"value": 0.8}, CUT)
    assert made.before == 0.8
    assert made.at(q("2028Q4")) == 0.8


WRONG: dict[str, tuple[object, ...]] = {
    "the list of steps is empty": (),
    "step 1 is 0.5; write it like": (0.5,),
    "step 1 is soon; write it like": ("soon",),
    "step 2 is None; write it like": (HALF, None),
    "step 1 is \\[\\{'from'": ([HALF],),
    "step 1 has form; a step has from, value, known": ({"form": "2027Q1", "value": 1.0},),
    "step 1 has no value": ({"from": "2027Q1"},),
    "step 2 has no date": (HALF, {"value": 1.0}),
    "step 1 has no date": ({"value": 1.0, "known": "2027Q1"}, HALF),
    "no step has a date; give the value alone": ({"value": 1.0},),
    "step 1: from is 2027; it must be a quarter written like 2029Q1": ({"from": "2027", "value": 1.0},),
    "step 1: from is 2027Q5; it must be": ({"from": "2027Q5", "value": 1.0},),
    "step 1: from is 40; it must be": ({"from": 40, "value": 1.0},),
    "step 1: known is None; it must be": ({"from": "2027Q1", "value": 1.0, "known": None},),
    "step 1 is from 2027Q1 and known from 2027Q2; it cannot be known later": ({**HALF, "known": "2027Q2"},),
    "step 2 has the date of the step before, 2027Q1; name each date once": (HALF, HALF),
    "step 2 is from 2027Q1, after one from 2029Q1; sort by date": (CUT, HALF),
    "step 1 is from 2061Q1; no run goes beyond 2060Q4": ({"from": "2061Q1", "value": 1.0},),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_is_no_path_is_refused_with_the_step_and_what_to_do(sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        path(*WRONG[sentence])


def test_ten_thousand_steps_are_refused_at_the_first_that_cannot_be() -> None:
    many = [{"from": quarters.label(40 + step), "value": 1.0} for step in range(9_000)]
    with pytest.raises(ValueError, match="step 137 is from 2061Q1; no run goes beyond"):
        path(*many)
    with pytest.raises(ValueError, match="step 2 has the date of the step before"):
        path(*[HALF] * 10_000)


DATES = st.lists(st.integers(32, quarters.LAST_SIMULATED), min_size=1, max_size=8, unique=True).map(sorted)
VALUES = st.floats(0.0, 2.0)


@st.composite
def paths(draw: Callable[..., object]) -> LeverPath:
    dates: list[int] = draw(DATES)  # type: ignore[assignment]  # what the strategy gives
    values: list[float] = draw(st.lists(VALUES, min_size=len(dates), max_size=len(dates)))  # type: ignore[assignment]
    known: list[int] = [draw(st.integers(0, date)) for date in dates]  # type: ignore[misc]
    before: float = draw(VALUES)  # type: ignore[assignment]
    return LeverPath(before, tuple(map(Step, dates, values, known)))


@given(paths())
def test_what_is_written_is_read_as_the_same_path(made: LeverPath) -> None:
    assert LeverPath.read(made.written(), -1.0, number) == made
    policy = Policy.model_validate({"production_credit_factor": made})
    assert Policy.model_validate(policy.model_dump()) == policy
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


@given(paths(), st.integers(0, 180), st.integers(0, 180))
def test_what_holds_now_is_always_known(made: LeverPath, quarter: int, later: int) -> None:
    assert made.at(quarter, quarter) == made.at(quarter)
    assert made.at(quarter, quarter + later) == made.at(quarter)


@given(paths(), st.integers(0, 180))
def test_all_is_known_once_every_step_is(made: LeverPath, quarter: int) -> None:
    assert made.at(quarter, max(step.known for step in made.steps)) == made.at(quarter)
    assert made.at(quarter, min(step.known for step in made.steps) - 1) == made.before


# Growth

RATES = st.floats(-0.5, 0.5)


@given(RATES, st.integers(0, 40), st.integers(0, 40))
def test_a_growth_that_does_not_change_is_its_own_mean_to_the_bit(rate: float, after: int, length: int) -> None:
    assert mean_growth(lambda _: rate, after, after + length) == rate


@given(st.lists(RATES, min_size=1, max_size=20))
def test_mean_growth_comes_to_the_same_as_each_quarter_at_its_own_rate(rates: list[float]) -> None:
    level = 1.0
    for rate in rates:
        level *= (1.0 + rate) ** 0.25
    mean = mean_growth(lambda quarter: rates[quarter - 1], 0, len(rates))
    assert (1.0 + mean) ** (len(rates) / 4.0) == pytest.approx(level, rel=1e-9)


# Groups


class Some(Group):
    """A lever, one that takes one value, a switch, a date and what is no lever."""

    rate: float = parameter(1.0, 0.0, 2.0, "1", "a lever", "test", "lever")
    first: float = parameter(1.0, 0.0, 2.0, "1", "a start", "test", "lever", one_value="it is how a run begins")
    on: bool = switch("a switch", default=True)
    begin: str = quarter_field("2025Q1", "a date", "lever")
    known: float = parameter(1.0, 0.0, 2.0, "1", "a measurement", "test")


@pytest.mark.parametrize(
    ("key", "given_steps", "sentence"),
    [
        ("rate", [{**CUT, "value": 3}], "step 1 is 3; allowed are 0 to 2"),
        ("rate", [{**CUT, "value": float("nan")}], "step 1 is nan; allowed are 0 to 2"),
        ("rate", [{**CUT, "value": "much"}], "step 1 is much; allowed are 0 to 2"),
        ("rate", [{**CUT, "value": [0.5]}], "step 1 is \\[0.5\\]; allowed are 0 to 2"),
        ("on", [{**CUT, "value": 7.5}], "step 1 is 7.5; "),
        ("first", [CUT], "it takes one value; it is how a run begins"),
        ("begin", [{"from": "2027Q1", "value": "2028Q1"}], "it takes one value; it is a date itself"),
        ("known", [CUT], "it takes one value; only levers change at dates"),
    ],
)
def test_steps_are_held_to_the_declaration_of_their_lever(key: str, given_steps: object, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Some.model_validate({key: given_steps})


def test_the_group_of_a_quarter_has_one_value_for_every_lever() -> None:
    group = Some.model_validate({"rate": [HALF, CUT], "on": [{"from": "2027Q1", "value": False}]})
    assert group.at(q("2026Q4")) == Some()
    assert group.at(q("2027Q1")) == Some(rate=0.5, on=False)
    assert group.at(q("2029Q1"), q("2026Q4")) == Some()
    assert set(group.paths()) == {"rate", "on"}


def test_a_group_without_dates_is_its_own_group_of_every_quarter() -> None:
    group = Some(rate=0.5)
    assert group.at(0) is group
    assert group.at(80, 3) is group


def test_a_scenario_of_a_quarter_is_that_of_all_its_groups() -> None:
    scenario = Scenario.model_validate({"policy": {"production_credit_factor": [CUT]}})
    assert scenario.at(q("2028Q4")) == Scenario() == scenario.at(q("2029Q1"), q("2026Q4"))
    assert scenario.at(q("2029Q1")) == Scenario().with_(policy={"production_credit_factor": 0.0})
    assert Scenario().policy.at(3) is Scenario.model_fields["policy"].default


def test_a_reader_that_forgets_to_ask_for_the_quarter_fails() -> None:
    with pytest.raises(TypeError):
        Some.model_validate({"rate": [CUT]}).rate * 2.0


def test_a_copy_keeps_a_path_or_changes_it_and_is_checked() -> None:
    group = Some.model_validate({"rate": [CUT]})
    assert group.model_copy(update={"first": 0.5}).paths() == group.paths()
    assert not group.model_copy(update={"rate": 0.5}).paths()
    with pytest.raises(ValidationError, match="step 1 is 9; allowed are 0 to 2"):
        group.model_copy(update={"rate": [{**CUT, "value": 9}]})


def test_a_switch_keeps_to_yes_and_no() -> None:
    cells = Cells.model_validate({"may_convert": [{"from": "2026Q1", "value": False}]}, strict=True)
    assert [cells.at(q(name)).may_convert for name in ("2025Q4", "2026Q1")] == [True, False]
    assert cells.model_dump()["may_convert"][0] == {"value": True}
