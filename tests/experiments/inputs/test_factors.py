"""Factors: what they are sampled from, and effects and shares of variance by hand."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.errors import InputError
from experiments.figures.of_studies.morris_scatter import morris_scatter
from experiments.inputs.design import Design, find_design, read_design
from experiments.inputs.factors import DesignError, around_default
from experiments.inputs.parameter_list import Value, every_parameter
from experiments.studies.market_runs import market_model
from experiments.studies.plan import Plan, make_plan
from experiments.studies.sensitivity import sensitivity
from experiments.studies.study_files import manifest_of
from tests.experiments.toy_model import PARAMETERS, TOY, declared, design

X, COUNT, ON, WORD, SLEEP = "toy.x", "toy.count", "toy.on", "toy.word", "toy.sleep_s"


def planned(kind: str, points: int, factors: Mapping[str, object], seed: int = 1) -> Plan:
    return make_plan("d", design(design={"kind": kind, "points": points}, factors=factors, seed=seed), TOY)


def column(plan: Plan, name: str) -> list[Value]:
    return [point.factors[name] for point in plan.points]


def ranked(plan: Plan, outcomes: list[float]) -> pd.DataFrame:
    runs = pd.DataFrame({"point": range(len(outcomes)), "replication": 0, "total_last": outcomes})
    return sensitivity(plan, runs, "total_last")


def weighed(plan: Plan, outcomes: list[float]) -> dict[str, dict[str, float]]:
    rows = ranked(plan, outcomes).to_dict("records")
    return {str(row.pop("factor")): {str(name): float(value) for name, value in row.items()} for row in rows}


COUNTS = [
    ([1, 2], 1.0), ([0, 1, 2], 2.0), ([0, 5, 9], 9.0), ({"low": 1, "high": 2}, 1.0), ({"low": 0, "high": 2}, 2.0),
    ({"low": 0, "high": 4}, 4.0), ({"low": 0, "high": 9}, 9.0),
]  # fmt: skip


@pytest.mark.parametrize(("count", "swing"), COUNTS)
def test_the_effect_of_a_whole_number_on_itself_is_its_range_and_does_not_vary(count: object, swing: float) -> None:
    plan = planned("morris", 20, {COUNT: count, X: {"low": 0.0, "high": 1.0}})
    row = weighed(plan, [float(value) for value in column(plan, COUNT)])[COUNT]
    assert (row["mu_star"], row["mu"]) == pytest.approx((swing, swing))
    assert row["sigma"] == pytest.approx(0.0, abs=1e-12)
    assert row["steps"] == 20


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**31), slope=st.floats(-100.0, 100.0).filter(lambda each: abs(each) > 1e-3),
    low=st.floats(0.1, 4.0), width=st.floats(0.1, 5.0), distribution=st.sampled_from(["uniform", "log"]),
)  # fmt: skip
def test_mu_star_of_a_linear_function_is_its_slope_times_the_range(
    seed: int, slope: float, low: float, width: float, distribution: str
) -> None:
    spread = {"low": low, "high": low + width, "distribution": distribution}
    plan = planned("morris", 3, {X: spread, COUNT: {"low": 2, "high": 6}, ON: [False, True]}, seed)
    totals = [slope * float(x) + 3.0 * float(n) for x, n in zip(column(plan, X), column(plan, COUNT), strict=True)]
    table = weighed(plan, totals)
    assert table[X]["mu"] == pytest.approx(slope * width, rel=1e-9)
    assert table[X]["mu_star"] == pytest.approx(abs(slope * width), rel=1e-9)
    assert table[COUNT]["mu"] == pytest.approx(3.0 * 4)
    assert table[ON]["mu_star"] == pytest.approx(0.0, abs=1e-9)


@given(
    kind=st.sampled_from(["latin-hypercube", "sobol", "morris"]), power=st.integers(1, 5),
    seed=st.integers(0, 2**31), low=st.integers(0, 8), mean=st.floats(0.0, 10.0), sd=st.floats(0.01, 100.0),
)  # fmt: skip
def test_samples_lie_within_their_ranges_and_bounds(
    kind: str, power: int, seed: int, low: int, mean: float, sd: float
) -> None:
    given_factors = {
     COUNT: {"low": low, "high": 9}, X: {"distribution": "normal", "mean": mean, "sd": sd},
     SLEEP: {"distribution": "log", "low": 0.01, "high": 1000.0},
    }  # fmt: skip
    plan = planned(kind, 2**power, given_factors, seed)
    assert set(column(plan, COUNT)) <= set(range(low, 10))
    assert all(0.0 <= float(x) <= 10.0 for x in column(plan, X))
    assert all(0.01 <= float(s) <= 1000.0 for s in column(plan, SLEEP))


@given(kind=st.sampled_from(["latin-hypercube", "sobol"]), seed=st.integers(0, 2**31), power=st.integers(3, 6))
def test_levels_are_equally_frequent_in_samples_of_a_power_of_two(kind: str, seed: int, power: int) -> None:
    given_factors = {COUNT: {"low": 2, "high": 9}, WORD: ["calm", "odd"], SLEEP: [1.0, 3.0, 4.0, 9.0]}
    plan = planned(kind, 2**power, given_factors, seed)
    for name, levels in ((COUNT, 8), (WORD, 2), (SLEEP, 4)):
        found = Counter(column(plan, name))
        if kind == "latin-hypercube":
            assert set(found.values()) == {2**power // levels}
        else:  # in the two base samples, of which the others are made
            base = Counter(point.factors[name] for point in plan.points[:: len(given_factors) + 2])
            assert set(base.values()) == {2**power // levels}
        assert len(found) == levels


def test_levels_of_morris_are_equally_probable_whatever_their_number() -> None:
    """Of 3 and 5 levels in 4,000 trajectories none strays by 4.5 standard deviations: false alarm below 1e-4."""
    plan = planned("morris", 4_000, {COUNT: {"low": 0, "high": 4}, WORD: ["calm", "odd", "raises"]})
    for name, levels in ((COUNT, 5), (WORD, 3)):
        first = Counter(point.factors[name] for point in plan.points[::3])
        spread = (4_000 * (1 / levels) * (1 - 1 / levels)) ** 0.5
        assert len(first) == levels
        assert all(abs(found - 4_000 / levels) < 4.5 * spread for found in first.values())


def test_a_range_around_a_whole_default_goes_outward_to_whole_numbers_within_its_bounds() -> None:
    patience = around_default(every_parameter()["operators.patience"], 0.25)
    assert (patience.low, patience.high) == (6.0, 16.0)
    assert around_default(declared("toy.n", 1, 0, 5), 0.25).ends == (0, 2)
    narrow = around_default(declared("toy.n", 4, 1, 5), 1.0)
    assert narrow.ends == (1, 5)


def test_whole_numbers_of_what_matters_never_leave_their_range() -> None:
    read = read_design(find_design("what-matters"))
    few = read.model_copy(update={"design": read.design.model_copy(update={"points": 2})})
    plan = make_plan("what-matters", few, market_model())
    whole = {factor.name: factor for factor in plan.factors if factor.known.kind is int}
    assert len(whole) == 7
    for name, factor in whole.items():
        assert set(column(plan, name)) <= set(range(int(factor.low), int(factor.high) + 1))
        assert factor.known.low is not None
        assert factor.low >= factor.known.low


def test_a_log_factor_has_as_many_points_in_every_decade() -> None:
    plan = planned("latin-hypercube", 50, {SLEEP: {"distribution": "log", "low": 0.01, "high": 1000.0}})
    decades = Counter(int(np.floor(np.log10(float(value)))) for value in column(plan, SLEEP))
    assert set(decades.values()) == {10}


def test_a_normal_factor_has_the_quantiles_of_its_distribution_cut_off_at_the_bounds() -> None:
    points = 200
    plan = planned("latin-hypercube", points, {X: {"distribution": "normal", "mean": 1.0, "sd": 2.0}})
    below, above = NormalDist(1.0, 2.0).cdf(0.0), NormalDist(1.0, 2.0).cdf(10.0)
    shares = [(NormalDist(1.0, 2.0).cdf(float(x)) - below) / (above - below) for x in sorted(column(plan, X))]
    assert [int(share * points) for share in shares] == list(range(points))
    cut = planned("latin-hypercube", points, {X: {"distribution": "normal", "mean": 1.0, "sd": 2.0, "high": 1.5}})
    assert max(float(x) for x in column(cut, X)) <= 1.5


def test_a_normal_factor_is_stepped_within_its_central_95_percent() -> None:
    normal = {X: {"distribution": "normal", "mean": 5.0, "sd": 0.5}}
    plan = planned("morris", 10, {**normal, ON: [True, False]})
    xs = [float(x) for x in column(plan, X)]
    reach = NormalDist(0.0, 0.5).inv_cdf(0.975)
    assert (min(xs), max(xs)) == pytest.approx((5.0 - reach, 5.0 + reach))
    assert weighed(plan, [3.0 * x for x in xs])[X]["mu_star"] == pytest.approx(3.0 * 2 * reach)
    ends = make_plan("d", design(design={"kind": "one-at-a-time"}, factors=normal), TOY)
    assert column(ends, X)[1:] == pytest.approx([5.0 - reach, 5.0 + reach])


def test_steps_between_equal_values_are_left_out_and_counted() -> None:
    """Of log ranges over 1 and 2 half of the steps of half a unit stay at 1 or go to 2."""
    plan = planned("morris", 30, {COUNT: {"distribution": "log", "low": 1, "high": 2}, X: {"low": 0.0, "high": 1.0}})
    row = weighed(plan, [float(n) for n in column(plan, COUNT)])[COUNT]
    assert 0 < row["steps"] < 30
    assert (row["mu_star"], row["sigma"]) == pytest.approx((1.0, 0.0))


GROUPED = {
    X: {"low": 0.0, "high": 2.0, "group": "heat"},
    COUNT: {"low": 0, "high": 4, "group": "heat"},
    ON: {"values": [False, True]},
}


def test_a_group_of_factors_has_one_effect_in_morris() -> None:
    plan = planned("morris", 6, GROUPED)
    assert len(plan.points) == 6 * 3
    totals = [float(x) + 7.0 * float(on) for x, on in zip(column(plan, X), column(plan, ON), strict=True)]
    table = weighed(plan, totals)
    assert list(table) == [ON, "heat"]
    assert table[ON]["mu"] == pytest.approx(7.0)
    assert np.isnan(table["heat"]["mu"])
    assert 0.0 < table["heat"]["mu_star"] < 4.0
    figure = morris_scatter(ranked(plan, totals), manifest_of(plan, "detour"), "1", "total")
    assert figure.axes[0].texts


def test_a_group_of_factors_has_one_share_of_variance_in_sobol() -> None:
    plan = planned("sobol", 512, GROUPED)
    assert len(plan.points) == 512 * 4
    totals = [
        float(x) + float(n) + 2.0 * float(on)
        for x, n, on in zip(column(plan, X), column(plan, COUNT), column(plan, ON), strict=True)
    ]
    table = weighed(plan, totals)
    heat = 2.0**2 / 12 + (5**2 - 1) / 12
    assert table["heat"]["total"] == pytest.approx(heat / (heat + 1.0), abs=0.02)
    assert table[ON]["first_order"] == pytest.approx(1.0 / (heat + 1.0), abs=0.02)


@pytest.mark.parametrize("kind", ["sobol", "morris"])
@pytest.mark.parametrize("level", [0.0, 1.0, -3e6])
def test_an_outcome_that_differs_by_rounding_alone_is_refused(kind: str, level: float) -> None:
    plan = planned(kind, 64, {X: {"low": 0.0, "high": 1.0}, ON: [True, False]})
    noise = 1e-13 * max(abs(level), 1.0) * np.random.default_rng(1).standard_normal(len(plan.points))
    with pytest.raises(InputError, match="total_last is the same at every point"):
        weighed(plan, list(level + noise))


NONSENSE = [
    ({X: {"distribution": "log", "low": 0.0, "high": 1.0}}, "toy.x has a log range from 0; its low must be above 0"),
    ({X: {"distribution": "normal", "mean": 20.0, "sd": 1.0}}, "toy.x has mean 20; it must lie from 0 to 10"),
    ({X: {"distribution": "normal", "mean": 2.0, "sd": 0.0}}, "toy.x has sd 0; it must be above 0"),
    ({COUNT: {"distribution": "normal", "mean": 2.0, "sd": 0.01}}, "toy.count with sd 0.01 has one value only"),
    ({ON: {"distribution": "log", "low": 1.0, "high": 2.0}}, "toy.on has no range"),
    ({X: {"low": 1.0, "high": 12.0}}, "toy.x is 12.0; allowed are 0 to 10"),
    ({X: {"values": []}}, "toy.x has an empty list"),
    ({ON: [True]}, "toy.on has one value, so that it has no effect; give two or put it under [set]"),
]


@pytest.mark.parametrize(("factors", "words"), NONSENSE)
def test_a_spread_that_makes_no_sense_is_told_in_one_sentence(factors: dict[str, object], words: str) -> None:
    with pytest.raises(DesignError) as told:
        planned("morris", 4, factors)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


WRITTEN = [
    ("{distribution = 'lognormal', low = 1, high = 2}", "distribution is lognormal; write uniform, log, normal"),
    ("{distribution = 'log', mean = 1, sd = 2}", "write a list of values, or a range like"),
    ("{distribution = 'normal', low = 1, high = 2}", "write a list of values, or a range like"),
    ("{low = 1, high = 2, sd = 3}", "write a list of values, or a range like"),
    ("{values = [1], low = 2}", "write a list of values, or a range like"),
    ("{low = 1, hihg = 2}", "hihg is no key of a factor; did you mean high?"),
    ("{low = 1, high = 2, group = 'a.b'}", "group is a name of one character or more, without a point"),
]


@pytest.mark.parametrize(("written", "words"), WRITTEN)
def test_a_spread_that_is_written_wrong_is_told_in_one_sentence(written: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'question = "Q?"\n[factors]\n"toy.on" = [true]\n"toy.x" = {written}\n', encoding="utf-8")
    with pytest.raises(DesignError, match=r"^mine\.toml: factor toy\.x: ") as told:
        read_design(path)
    assert words in str(told.value)


@pytest.mark.parametrize("kind", ["latin-hypercube", "one-at-a-time"])
def test_a_group_where_nothing_is_weighed_by_groups_is_refused(kind: str) -> None:
    with pytest.raises(DesignError, match=f"toy.x has a group, which kind {kind} has not"):
        planned(kind, 4, {X: {"low": 0.0, "high": 1.0, "group": "heat"}})


def test_a_design_is_raised_as_it_was_written() -> None:
    assert design(factors={X: {"low": 0.0, "high": 1.0}}).model_dump(mode="json")["factors"] == {
        X: {"low": 0.0, "high": 1.0}
    }
    assert Design.model_validate(design(factors=GROUPED).model_dump(mode="json")) == design(factors=GROUPED)
    assert set(PARAMETERS) >= set(GROUPED)
