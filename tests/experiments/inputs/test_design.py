"""Design files become points and jobs in a fixed order; what is wrong is told in one sentence."""

import re
from pathlib import Path

import numpy as np
import pytest

from experiments.inputs.design import Design, find_design, read_design, shipped_designs
from experiments.inputs.factors import DesignError, Factor, around_default
from experiments.inputs.parameter_list import every_parameter
from experiments.inputs.scenario_files import REFERENCE, shipped_names
from experiments.studies.market_runs import market_model
from experiments.studies.plan import Plan, make_plan
from experiments.studies.sampling import unit_sample
from tests.experiments.toy_model import PARAMETERS, TOY, design

X, COUNT, ON = "toy.x", "toy.count", "toy.on"


def factors_of(plan: Plan) -> list[dict[str, object]]:
    return [dict(point.factors) for point in plan.points]


def test_a_grid_has_every_combination_with_the_last_factor_fastest() -> None:
    plan = make_plan("d", design(scenarios=["reference", "higher"], factors={X: [2, 3.5], ON: [True, False]}), TOY)
    one_scenario = [{X: 2.0, ON: True}, {X: 2.0, ON: False}, {X: 3.5, ON: True}, {X: 3.5, ON: False}]
    assert factors_of(plan) == one_scenario * 2
    assert [point.scenario for point in plan.points] == ["reference"] * 4 + ["higher"] * 4


def test_a_replication_has_the_same_seed_at_every_point() -> None:
    plan = make_plan("d", design(factors={X: [2, 3]}, replications=3, seed=7), TOY)
    assert plan.rows() == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert [[plan.job(point, k).seed for k in range(3)] for point in range(2)] == [[7, 8, 9]] * 2


def test_the_identity_of_a_run_depends_on_parameters_model_and_seed_alone() -> None:
    plan = make_plan("d", design(factors={X: [2, 3]}, replications=2), TOY)
    same = make_plan("other", design(question="Why?", factors={X: [3, 2]}, replications=2), TOY)
    assert len({plan.job(point, k).identity for point, k in plan.rows()}) == 4
    assert plan.job(0, 1).identity == same.job(1, 1).identity
    job = plan.job(0, 0)
    assert type(job)("toy 2", job.content, job.seed).identity != job.identity


def test_one_at_a_time_has_the_scenario_itself_then_each_end_alone() -> None:
    given = {X: {"low": 0.0, "high": 4.0}, ON: [True, False]}
    plan = make_plan("d", design(scenarios=["higher"], design={"kind": "one-at-a-time"}, factors=given), TOY)
    expected = [(2.0, True), (0.0, True), (4.0, True), (2.0, True), (2.0, False)]
    assert [(point.factors[X], point.factors[ON]) for point in plan.points] == expected


@pytest.mark.parametrize(("kind", "points", "rows"), [("latin-hypercube", 7, 7), ("sobol", 4, 20), ("morris", 3, 12)])
def test_a_sampled_design_has_its_number_of_points_inside_the_ranges_and_is_the_same_each_time(
    kind: str, points: int, rows: int
) -> None:
    given = {X: {"low": 2.0, "high": 4.0}, COUNT: {"low": 1, "high": 5}, ON: [False, True]}
    asked = design(design={"kind": kind, "points": points}, factors=given)
    plan = make_plan("d", asked, TOY)
    assert len(plan.points) == rows
    assert factors_of(plan) == factors_of(make_plan("d", asked, TOY))
    for point in plan.points:
        x, count = point.factors[X], point.factors[COUNT]
        assert isinstance(x, float)
        assert 2.0 <= x <= 4.0
        assert count in (1, 2, 3, 4, 5)
        assert type(point.factors[ON]) is bool
    assert len({point.factors[ON] for point in plan.points}) == 2


def test_a_latin_hypercube_has_one_point_in_every_stripe() -> None:
    factors = [Factor(PARAMETERS[name], (), 0.0, 1.0) for name in (X, COUNT)]
    sample = unit_sample("latin-hypercube", factors, 8, 1)
    for column in sample.T:
        np.testing.assert_array_equal(np.sort(np.floor(column * 8)), np.arange(8))


def test_steps_of_morris_change_one_factor_by_two_thirds_of_its_range() -> None:
    factors = [Factor(PARAMETERS[name], (), 0.0, 1.0) for name in (X, COUNT, "toy.sleep_s")]
    paths = unit_sample("morris", factors, 5, 1).reshape(5, 4, 3)
    steps = np.abs(np.diff(paths, axis=1))
    np.testing.assert_allclose(np.sort(steps, axis=2), np.broadcast_to([0.0, 0.0, 2 / 3], steps.shape), atol=1e-12)


def test_a_range_around_the_default_goes_a_share_of_the_way_to_either_bound() -> None:
    factor = around_default(PARAMETERS[X], 0.25)
    assert (factor.low, factor.high) == (0.75, 3.25)
    assert around_default(PARAMETERS[ON], 0.25).ends == (False, True)


def test_a_csv_file_gives_points_beside_the_design(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("toy.x,toy.on,toy.word\n2,true,calm\n3.5,false,calm\n", encoding="utf-8")
    plan = make_plan("d", design(design={"kind": "csv", "file": "points.csv"}), TOY, tmp_path)
    assert factors_of(plan) == [{X: 2.0, ON: True, "toy.word": "calm"}, {X: 3.5, ON: False, "toy.word": "calm"}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'question is missing; begin the file with question = "When does ...?"'),
        ('question = "Q?"\nreplication = 3', "replication is no key of a design; did you mean replications?"),
        ('question = "Q?"\nreplications = 0', "replications: input should be greater than or equal to 1"),
        ('question = "Q?"\n[design]\nkind = "gird"', "design.kind: input should be 'grid'"),
        ('question = "Q?"\n[design]\npoint = 3', "design.point is no key of a design; did you mean points?"),
        ('question = "Q?"\n[factors]\n"toy.x" = 3', "factor toy.x: write a list of values, or a range like"),
        ('question = "Q?"\n[factors]\n"toy.x" = {low = 1}', "factor toy.x: write a list of values, or a range like"),
        ("question = Q", "the file is not TOML"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DesignError, match=r"^mine\.toml: ") as told:
        read_design(path)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


SAMPLED = {"kind": "sobol", "points": 6}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"factors": {"toy.y": [1]}}, "toy.y is not a parameter; did you mean toy.x?"),
        ({"factors": {X: [11.0]}}, "toy.x is 11.0; allowed are 0 to 10 (1)"),
        ({"factors": {COUNT: [1.5]}}, "toy.count is 1.5; it must be a whole number"),
        ({"factors": {ON: [1]}}, "toy.on is 1; allowed are true or false"),
        ({"factors": {X: [1, 1.0]}}, "toy.x has the same value twice"),
        ({"factors": {X: []}}, "toy.x has an empty list"),
        ({"factors": {X: {"low": 1.0, "high": 2.0}}}, "a grid needs lists, but toy.x is a range"),
        ({"factors": {X: {"low": 2.0, "high": 1.0}}, "design": SAMPLED}, "low must be below high"),
        ({"factors": {ON: {"low": 0.0, "high": 1.0}}, "design": SAMPLED}, "toy.on has no range"),
        ({"factors": {X: {"low": 1.0, "high": 2.0}}, "design": SAMPLED}, "Sobol needs a power of two"),
        ({"design": {"kind": "morris", "points": 4}}, "kind morris needs factors"),
        ({"factors": {X: [1, 2]}, "design": {"kind": "morris"}}, "kind morris needs design.points"),
        (
            {"design": {"kind": "csv", "file": "none.csv"}},
            "none.csv: the file cannot be read (No such file or directory); give a CSV file",
        ),
        ({"factors": {X: [1]}, "set": {X: 2.0}}, "toy.x is a factor and fixed too"),
        ({"consumers": 5}, "run.consumers is not a parameter"),
        ({"mean_field": True}, "run.mean_field is not a parameter"),
        ({"stop": {"outcome": "money", "half_width": 0.1}}, "stop.outcome money is no outcome"),
    ],
)
def test_a_wrong_factor_is_told_in_one_sentence(changes: dict[str, object], words: str) -> None:
    with pytest.raises(DesignError) as told:
        make_plan("mine", design(**changes), TOY)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("toy.x,toy.on\n1\n", "line 2: 1 values for 2 parameters"),
        ("toy.x\n1\n99\n", "line 3: toy.x is 99"),
        ("toy.x\n", "give at least a line of names and a line of values"),
        ("toy.x\none\n", "line 2: toy.x is one"),
        ("", "give at least a line of names and a line of values"),
    ],
)
def test_a_wrong_csv_file_is_told_with_its_line(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DesignError) as told:
        make_plan("d", design(design={"kind": "csv", "file": "points.csv"}), TOY, tmp_path)
    assert words in str(told.value)


def test_a_point_whose_parameters_do_not_fit_together_is_refused_before_anything_runs() -> None:
    asked = Design(question="Q?", factors={"buyers.alpha_keep": [0.03], "buyers.alpha_product": [0.12, 0.09]},
                   set={"buyers.alpha_powertrain": 0.11})  # fmt: skip
    with pytest.raises(DesignError, match=r"d: reference with buyers.alpha_keep = 0.03, buyers.alpha_product = 0.09: "):
        make_plan("d", asked, market_model())


@pytest.mark.parametrize("name", shipped_designs())
def test_a_shipped_design_becomes_a_plan(name: str) -> None:
    read = read_design(find_design(name))
    assert len(make_plan(name, read, market_model(), find_design(name).parent).points) >= 4


def test_the_policy_wedge_compares_every_shipped_scenario_that_starts_at_its_origin() -> None:
    compared = read_design(find_design("policy-wedge")).scenarios
    assert compared[0] == REFERENCE
    assert sorted(compared) == sorted(set(shipped_names()) - {"free-run"})


def test_what_matters_varies_every_uncertain_parameter_but_those_that_must_stay_in_order() -> None:
    plan = make_plan("what-matters", read_design(find_design("what-matters")), market_model())
    uncertain = {name for name, known in every_parameter().items() if known.role == "uncertain"}
    varied = {factor.name for factor in plan.factors}
    assert uncertain - varied == {name for name in uncertain if name.startswith("buyers.alpha_")}
    assert {"operators.queues", "operators.decide", "cells.may_convert"} <= varied


def test_an_unknown_design_is_told_with_the_nearest() -> None:
    with pytest.raises(DesignError, match=r"policy-wedg is not a design; did you mean policy-wedge\?"):
        find_design("policy-wedg")


HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "run-a-sweep.md"
DESIGNS = re.findall(r"^```toml\n(.*?)^```$", HOWTO.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("place", "points"), [(0, 6), (1, 64 * 4)], ids=["grid", "morris"])
def test_the_designs_of_the_guide_are_planned_as_they_are_written(place: int, points: int, tmp_path: Path) -> None:
    assert len(DESIGNS) == 2
    written = tmp_path / "mine.toml"
    written.write_text(DESIGNS[place], encoding="utf-8")
    assert len(make_plan("mine", read_design(written), market_model()).points) == points


def test_scenarios_that_end_in_different_quarters_are_not_compared(tmp_path: Path) -> None:
    ends = {"short": "2025Q4", "long": "2030Q4"}
    paths = []
    for name, end in ends.items():
        paths.append(str(tmp_path / f"{name}.toml"))
        Path(paths[-1]).write_text(f'question = "How?"\n[run]\nlast_quarter = "{end}"\n', encoding="utf-8")
    said = "short.toml ends with 2025Q4 and .*long.toml with 2030Q4, .*; set run.last_quarter=2025Q4 in both"
    with pytest.raises(DesignError, match=said):
        make_plan("compare", design(scenarios=paths), market_model())
    alike = design(scenarios=paths, set={"run.last_quarter": "2025Q4"})
    assert len(make_plan("compare", alike, market_model()).points) == 2


def test_points_of_one_scenario_may_end_in_different_quarters() -> None:
    asked = design(scenarios=["reference", "no-detour"], factors={"run.last_quarter": ["2025Q4", "2030Q4"]})
    assert len(make_plan("d", asked, market_model()).points) == 4
