"""Paired differences: exact on numbers worked by hand; what pairing saves; figures show the tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from experiments.errors import InputError
from experiments.figures.of_studies.grid_map import grid_map
from experiments.figures.of_studies.interval_convergence import interval_convergence
from experiments.figures.of_studies.policy_wedge import policy_wedge
from experiments.runs.store import Result
from experiments.studies.comparison import convergence, differences, wedge
from experiments.studies.in_memory import as_study
from experiments.studies.plan import make_plan
from experiments.studies.stop_rule import half_width
from experiments.studies.study_files import read_tables
from experiments.studies.study_report import report
from market.base.quarters import label
from tests.experiments.figures.figure_reading import texts
from tests.experiments.study_makers import carried_out
from tests.experiments.toy_model import TOY, design

STUDENT_90_2 = 2.9199855803537256  # quantile 0.95 of Student's t with 2 degrees of freedom, from a table
PAIR = design(scenarios=["reference", "higher"], replications=4)


def runs_of(reference: list[float], own: list[float]) -> pd.DataFrame:
    n = range(len(reference))
    sides = [("b", reference), ("a", own)]  # the reference comes first whatever its name
    return pd.DataFrame([
        {"scenario": name, "replication": k, "y": values[k]} for name, values in sides for k in n
    ])  # fmt: skip


def test_a_difference_and_its_interval_are_those_worked_by_hand() -> None:
    row = differences(runs_of([1.0, 2.0, 6.0], [2.0, 4.0, 9.0]), ["y"]).iloc[0]
    half = STUDENT_90_2 * 1.0 / np.sqrt(3.0)  # differences 1, 2, 3: mean 2, standard deviation 1
    assert (row["scenario"], row["replications"], row["reference"], row["mean"]) == ("a", 3, 3.0, 5.0)
    np.testing.assert_allclose([row["difference"], row["low"], row["high"]], [2.0, 2.0 - half, 2.0 + half])
    np.testing.assert_allclose([row["paired_sd"], row["unpaired_sd"] ** 2, row["saves"]], [1.0, 7.0 + 13.0, 20.0])


def test_a_replication_that_failed_on_either_side_is_left_out() -> None:
    row = differences(runs_of([1.0, np.nan, 6.0, 7.0], [2.0, 4.0, 9.0, np.nan]), ["y"]).iloc[0]
    assert (row["replications"], row["difference"]) == (2, 2.0)
    with pytest.raises(InputError, match="no replication has an outcome on both sides"):
        differences(runs_of([np.nan], [1.0]), ["y"])


def test_what_pairing_saves_is_not_told_where_pairs_differ_by_rounding_alone() -> None:
    reference = [1.0e5, 2.0e5, 6.0e5]
    exact = differences(runs_of(reference, [each + 0.1 for each in reference]), ["y"]).iloc[0]
    assert 0.0 < exact["paired_sd"] < 1e-9
    assert np.isnan(exact["saves"])
    apart = [1.0e5, 2.0e5 + 0.01, 6.0e5]
    assert differences(runs_of(reference, apart), ["y"]).iloc[0]["saves"] > 1e6


def test_runs_in_memory_that_end_in_different_quarters_are_not_compared(small_result: Result) -> None:
    national = small_result.frames["national"]
    end = national["quarter"].iloc[-1]
    before = national["quarter"].iloc[-2]
    with pytest.raises(
        InputError, match=f"a ends with {end} and b with {before}, .* run.last_quarter={before} in both"
    ):
        as_study([("a", 1, national), ("b", 1, national.iloc[:-1])])


def test_one_replication_has_a_difference_without_bounds() -> None:
    row = differences(runs_of([1.0], [3.0]), ["y"]).iloc[0]
    assert (row["difference"], row["low"], row["high"]) == (2.0, -np.inf, np.inf)


def test_an_interval_covers_the_mean_as_often_as_it_says() -> None:
    values = np.random.default_rng(5).normal(size=(4000, 6))
    covered = np.abs(values.mean(axis=1)) <= half_width(values, 0.9)
    assert abs(covered.mean() - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 4000)  # false alarm 1 in 16,000


def test_the_same_luck_makes_the_difference_exact_where_luck_only_adds(tmp_path: Path) -> None:
    carried_out(tmp_path, PAIR)
    _, tables = read_tables(tmp_path)
    row = differences(tables["runs"], ["total_last"]).iloc[0]
    np.testing.assert_allclose([row["difference"], row["low"], row["high"]], 2.0, atol=1e-12)
    assert row["unpaired_sd"] > 0.5
    shown = wedge(tables["quarters"], "total")
    assert list(shown["quarter"]) == ["2017Q1", "2017Q2"]
    np.testing.assert_allclose(shown[["difference", "low", "high"]], [[1.0] * 3, [2.0] * 3], atol=1e-12)


def test_intervals_after_n_replications_are_those_of_the_first_n() -> None:
    reference, own = [1.0, 2.0, 6.0, 3.0], [2.0, 4.0, 9.0, 3.5]
    table = convergence(runs_of(reference, own), "y")
    assert list(table["replications"]) == [2, 3, 4]
    for n, half in zip((2, 3, 4), table["paired"], strict=True):
        row = differences(runs_of(reference[:n], own[:n]), ["y"]).iloc[0]
        np.testing.assert_allclose(half, row["high"] - row["difference"])
    assert (table["unpaired"] > table["paired"]).all()


def test_the_wedge_figure_shows_a_panel_a_scenario_with_the_numbers_of_the_table(tmp_path: Path) -> None:
    carried_out(tmp_path, PAIR)
    manifest, tables = read_tables(tmp_path)
    shown = wedge(tables["quarters"], "total")
    figure = policy_wedge(shown, manifest, "share of new sales", "BEV share")
    (ax,) = figure.axes
    (line,) = [each for each in ax.lines if each.get_label() == "higher"]
    np.testing.assert_allclose(np.asarray(line.get_ydata(), np.float64), 100 * shown["difference"])
    assert ax.get_title(loc="left") == "higher"
    for words in ("percentage points", "n = 4 replications", "seeds 1 to 4", "Scenario minus reference", "8 runs"):
        assert words in texts(figure)


def test_the_wedge_figure_begins_a_year_before_anything_differs(tmp_path: Path) -> None:
    carried_out(tmp_path, PAIR)
    manifest, _ = read_tables(tmp_path)
    first = {"early": 8, "late": 12, "never": 16}
    table = pd.DataFrame([
        {"scenario": name, "quarter": label(quarter), "difference": float(quarter >= start), "low": 0.0, "high": 1.0}
        for name, start in first.items()
        for quarter in range(16)
    ])  # fmt: skip
    figure = policy_wedge(table, manifest, "share of new sales", "BEV share")
    for ax, (name, start) in zip(figure.axes, first.items(), strict=True):
        (line,) = [each for each in ax.lines if each.get_label() == name]
        assert list(np.asarray(line.get_ydata(), np.float64)) == [
            100.0 * (quarter >= start) for quarter in range(4, 16)
        ]


def test_the_convergence_figure_shows_the_medians_of_the_table(tmp_path: Path) -> None:
    carried_out(tmp_path, PAIR)
    manifest, _ = read_tables(tmp_path)
    table = convergence(runs_of([1.0, 2.0, 6.0, 3.0], [2.0, 4.0, 9.0, 3.5]), "y")
    figure = interval_convergence(table, manifest, "1", "y")
    (ax,) = figure.axes
    thick = {str(each.get_label()): each for each in ax.lines if str(each.get_label()).endswith("paired)")}
    for kind in ("paired", "unpaired"):
        (line,) = [each for label, each in thick.items() if f"({kind})" in label]
        np.testing.assert_allclose(np.asarray(line.get_ydata(), np.float64), table[kind])


def test_a_report_of_a_comparison_holds_its_table_and_both_figures(tmp_path: Path) -> None:
    carried_out(tmp_path, PAIR)
    shown = report(make_plan("study", PAIR, TOY), tmp_path, ["total_last"])
    names = {path.name for path in shown.paths}
    assert names == {
        "differences.csv", "policy_wedge_total.png", "interval_convergence_total_last.png",
    }  # fmt: skip
    assert pd.read_csv(tmp_path / "differences.csv")["difference"].iloc[0] == pytest.approx(2.0)
    with pytest.raises(InputError, match="money is no outcome of a run; there are total_last, noise_last"):
        report(make_plan("study", PAIR, TOY), tmp_path, ["money"])


def test_a_grid_of_two_factors_is_drawn_with_the_mean_of_each_cell(tmp_path: Path) -> None:
    asked = design(factors={"toy.x": [1.0, 2.0, 3.0], "toy.on": [True, False]}, replications=2)
    carried_out(tmp_path, asked)
    shown = report(make_plan("study", asked, TOY), tmp_path, ["total_last"])
    assert {path.name for path in shown.paths} == {"means.csv", "grid_total_last.png"}
    manifest, tables = read_tables(tmp_path)
    figure = grid_map(tables["runs"], manifest, "total_last")
    drawn = np.asarray(figure.axes[0].collections[0].get_array()).reshape(2, 3)
    noise = tables["runs"]["noise_last"].iloc[:2].mean()
    np.testing.assert_allclose(drawn, np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]) + noise)


def test_many_scenarios_are_ranked_by_their_effect_in_the_last_quarter(tmp_path: Path) -> None:
    carried_out(tmp_path, PAIR)
    manifest, _ = read_tables(tmp_path)
    effects = {"a": 0.01, "b": -0.02, "c": 0.03, "d": 0.0, "e": -0.01, "f": 0.02, "g": 0.005}
    rows = [
        (name, quarter, effect * share, effect - 0.004, effect + 0.004)
        for name, effect in effects.items()
        for quarter, share in (("2030Q4", 0.5), ("2035Q4", 1.0))
    ]
    table = pd.DataFrame(rows, columns=["scenario", "quarter", "difference", "low", "high"])
    figure = policy_wedge(table, manifest, "share of new sales", "BEV share")
    (ax,) = figure.axes
    assert [each.get_text() for each in ax.get_yticklabels()] == ["c", "f", "a", "g", "d", "e", "b"]
    dots = {str(line.get_label()): np.asarray(line.get_xdata(), np.float64) for line in ax.lines}
    np.testing.assert_allclose(dots["2035Q4"], [3.0, 2.0, 1.0, 0.5, 0.0, -1.0, -2.0])
    np.testing.assert_allclose(dots["2030Q4"], dots["2035Q4"] / 2)
    interval = ax.collections[-1]
    assert isinstance(interval, LineCollection)
    low, high = np.transpose([np.asarray(segment)[:, 0] for segment in interval.get_segments()])
    np.testing.assert_allclose([low, high], [dots["2035Q4"] - 0.4, dots["2035Q4"] + 0.4])
    assert "Ranked by the effect in 2035Q4" in texts(figure)
