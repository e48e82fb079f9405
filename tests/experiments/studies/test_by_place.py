"""Studies with outcomes by place: asked for in a design, made by every run, told in tables, figures and the report."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments.studies.market_runs
from experiments.exports.exported_tables import exported_tables
from experiments.figures.of_studies.by_place import by_place_figure, title_of
from experiments.inputs.factors import DesignError
from experiments.inputs.outcome_names import parsed
from experiments.reports.of_study import places_section, study_html
from experiments.studies.by_place import by_place
from experiments.studies.job import Content, Job, Model, Outcome
from experiments.studies.plan import make_plan
from experiments.studies.rerun import rerun_agrees
from experiments.studies.study_files import read_tables
from experiments.studies.study_report import Shown, report
from experiments.studies.verify import verified
from tests.experiments.study_makers import carried_out
from tests.experiments.toy_model import TOY, design, noise
from tests.experiments.toy_model import run as run_toy

PLACES = ("ERCOT", "CAISO")
NAMES = tuple(f"regions.installed_gw:{place}@2030Q4" for place in PLACES)


def run_at_places(given: Content, seed: int) -> Outcome:
    """The toy's run with storage in two regions: x in the one, twice as much and noise in the other."""
    usual = run_toy(given, seed)
    x = float(given["toy.x"])
    return replace(usual, numbers={**usual.numbers, NAMES[0]: x, NAMES[1]: 2.0 * x + noise(seed)})


def asking(names: Sequence[str], _all_quarters: bool, _content: Content) -> Model:  # noqa: FBT001 - as models have it
    assert tuple(names) == ("regions.installed_gw:*@2030Q4",)
    numbers = {**TOY.numbers, **{name: parsed(name).series for name in NAMES}}
    return replace(TOY, run=run_at_places, numbers=numbers, outcomes=NAMES, asking=asking)


MODEL = replace(TOY, asking=asking)
ASKED = {"outcomes": ["regions.installed_gw:*@2030Q4"]}


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: MODEL)


APART = ("difference", "difference_low", "difference_high")


def row_of(table: pd.DataFrame, place: str, scenario: str) -> dict[str, Any]:
    """The row of a place and scenario."""
    (row,) = table[(table["place"] == place) & (table["scenario"] == scenario)].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_an_export_of_a_study_has_the_table_by_place_with_a_dictionary(tmp_path: Path) -> None:
    carried_out(tmp_path, design(scenarios=["reference", "higher"], replications=3, **ASKED), model=MODEL)
    exported = {table.name: table for table in exported_tables(tmp_path, [])}
    manifest, tables = read_tables(tmp_path)
    pd.testing.assert_frame_equal(exported["by_place"].frame, by_place(manifest, tables["runs"]))
    assert list(exported["by_place"].series) == list(exported["by_place"].frame)


def test_an_export_of_a_study_without_places_has_no_such_table(tmp_path: Path) -> None:
    carried_out(tmp_path, design(scenarios=["reference", "higher"], replications=3), model=MODEL)
    assert {table.name for table in exported_tables(tmp_path, [])} == {"runs", "quarters"}


def test_a_table_has_means_intervals_and_paired_differences_by_place(tmp_path: Path) -> None:
    carried_out(tmp_path, design(scenarios=["reference", "higher"], replications=5, **ASKED), model=MODEL)
    manifest, tables = read_tables(tmp_path)
    table = by_place(manifest, tables["runs"])
    keys = list(table[["place", "scenario"]].itertuples(index=False, name=None))
    assert keys == [(place, name) for place in PLACES for name in ("reference", "higher")]
    own = np.array([4.0 + noise(seed) for seed in range(1, 6)])
    row, reference = row_of(table, "CAISO", "higher"), row_of(table, "CAISO", "reference")
    half = 2.131847 * own.std(ddof=1) / np.sqrt(5)  # Student's 95 % quantile at 4 degrees
    assert row["mean"] == pytest.approx(own.mean())
    assert [row["low"], row["high"]] == pytest.approx([own.mean() - half, own.mean() + half])
    assert [row["tenth"], row["ninetieth"]] == pytest.approx(list(np.quantile(own, [0.1, 0.9])))
    assert [row[name] for name in APART] == pytest.approx([2.0, 2.0, 2.0])
    assert all(np.isnan(reference[name]) for name in APART)
    assert row["outcome"] == "regions.installed_gw@2030Q4"
    assert (row["label"], row["unit"], row["runs"]) == ("Installed storage, 2030Q4", "GW", 5)


def test_points_are_paired_by_their_factors(tmp_path: Path) -> None:
    asked = design(scenarios=["reference", "higher"], factors={"toy.x": [1.0, 5.0]}, **ASKED)
    carried_out(tmp_path, asked, model=MODEL)
    manifest, tables = read_tables(tmp_path)
    row = row_of(by_place(manifest, tables["runs"]), "ERCOT", "higher")
    assert row["mean"] == 3.0
    assert row["difference"] == 0.0  # the factor sets what the scenario would


def test_a_single_run_has_no_interval(tmp_path: Path) -> None:
    carried_out(tmp_path, design(**ASKED), model=MODEL)
    manifest, tables = read_tables(tmp_path)
    table = by_place(manifest, tables["runs"])
    assert table["low"].isna().all()
    assert table["mean"].notna().all()


def test_table_figure_and_report_of_a_study_show_its_places(tmp_path: Path) -> None:
    asked = design(scenarios=["reference", "higher"], replications=3, **ASKED)
    carried_out(tmp_path, asked, model=MODEL)
    shown = report(make_plan("study", asked, MODEL), tmp_path, ["total_last"])
    assert {"by_place.csv", "by_place_regions_installed_gw_2030Q4.png"} <= {path.name for path in shown.paths}
    assert not shown.faults
    html = study_html(tmp_path)
    for words in ("By place and firm", "Installed storage, 2030Q4, GW:", "ERCOT", "<td>+1.0</td>"):
        assert words in html, words
    assert "0 GW" not in html.partition("By place and firm")[2].partition("<h2")[0]
    assert verified(tmp_path)


def test_a_title_says_where_most_is_and_places_without_numbers_are_left_out(tmp_path: Path) -> None:
    carried_out(tmp_path, design(replications=3, **ASKED), model=MODEL)
    manifest, tables = read_tables(tmp_path)
    table = by_place(manifest, tables["runs"])
    most = row_of(table, "CAISO", "reference")["mean"]
    assert title_of(table) == f"Installed storage, 2030Q4: most in CAISO ({most:.1f} GW) and ERCOT (1.0 GW)"
    empty = table.assign(mean=np.where(table["place"] == "ERCOT", np.nan, table["mean"]))
    figure = by_place_figure(empty, manifest)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["CAISO"]
    assert title_of(table.assign(mean=0.0)) == "Installed storage, 2030Q4: none anywhere"


def places_of(effects: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Rows of two scenarios by place, from the mean of the first and the difference of the other."""
    rows = []
    for place, (mean, apart) in effects.items():
        for scenario, own, difference in (("reference", mean, np.nan), ("higher", mean + apart, apart)):
            numbers = dict.fromkeys(("mean", "low", "high", "tenth", "ninetieth"), own) | dict.fromkeys(
                APART, difference
            )
            rows.append(
                {"outcome": "y", "label": "Y", "unit": "GW", "place": place, "scenario": scenario, "runs": 3, **numbers}
            )
    return pd.DataFrame(rows)


def test_the_report_keeps_the_scenarios_of_a_place_together_and_begins_with_the_largest_effect() -> None:
    effects = {f"P{number}": (100.0 - number, 0.01 * number) for number in range(20)} | {"none": (1000.0, 0.0)}
    shown = Shown(None, "", {}, places=places_of(effects))
    ((_, html),) = places_section(shown)
    cells = re.findall(r"<tr><t[dh][^>]*>(.*?)</t[dh]><t[dh][^>]*>(.*?)</t", html)
    told = [each for each in cells if each[0] != "place"]
    assert told == [(f"P{19 - k}", name) for k in range(15) for name in ("reference", "higher")]
    assert "Y, GW:" in html


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("share of new sales", "%; differences in percentage points"),
        ("thousand 2025 $", "2025 $"),
        ("2025 $/kWh", "2025 $/kWh"),
        ("GWh/year", "GWh a year"),
        ("car", "million cars"),
    ],
)
def test_the_unit_of_a_table_of_places_is_that_of_its_numbers(unit: str, said: str) -> None:
    ((_, html),) = places_section(Shown(None, "", {}, places=places_of({"here": (0.25, 0.5)}).assign(unit=unit)))
    assert f"Y, {said}:" in html


def test_a_place_with_nothing_in_any_scenario_is_not_in_the_figure(tmp_path: Path) -> None:
    carried_out(tmp_path, design(scenarios=["reference", "higher"], replications=3, **ASKED), model=MODEL)
    manifest, _ = read_tables(tmp_path)
    table = places_of({"none": (0.0, 0.0), "some": (0.0, 1.0), "more": (2.0, 0.0)})
    figure = by_place_figure(table, manifest)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["more", "some"]
    assert "more places" not in " ".join(each.get_text() for each in figure.texts)


def test_runs_of_other_outcomes_are_not_taken_for_each_other(tmp_path: Path) -> None:
    plain, asked = Job("m", {"a": 1.0}, 1), Job("m", {"a": 1.0}, 1, outcomes=NAMES)
    assert plain.identity != asked.identity
    assert plain.identity == Job("m", {"a": 1.0}, 1, outcomes=()).identity
    carried_out(tmp_path, design(), model=MODEL)
    done = carried_out(tmp_path, design(**ASKED), model=MODEL)
    assert (done.counts.done, done.counts.cached) == (1, 0)
    again = carried_out(tmp_path, design(**ASKED), model=MODEL)
    assert (again.counts.done, again.counts.cached) == (0, 1)


def test_a_study_with_places_is_rerun_with_them(tmp_path: Path) -> None:
    carried_out(tmp_path, design(replications=2, **ASKED), model=MODEL)
    assert "2 of its runs, rerun, are the same" in rerun_agrees(tmp_path, 2)


def test_a_model_without_places_says_so() -> None:
    with pytest.raises(DesignError, match="the model toy has no outcomes by place; leave out outcomes"):
        make_plan("study", design(**ASKED), TOY)


def test_tables_of_places_are_in_the_order_of_the_design(tmp_path: Path) -> None:
    carried_out(tmp_path, design(replications=2, **ASKED), model=MODEL)
    manifest, tables = read_tables(tmp_path)
    pd.testing.assert_frame_equal(
        by_place(manifest, tables["runs"]), by_place(manifest, tables["runs"].sample(frac=1.0, random_state=1))
    )
