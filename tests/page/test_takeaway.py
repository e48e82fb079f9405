"""What can be taken away from the living market opens, and holds the run as it stands."""

import io
import re
from pathlib import Path

import pandas as pd
import pytest

from experiments.inputs.scenario_files import load_scenario, shipped_names
from experiments.page.draft import Draft
from experiments.page.player import Player
from experiments.page.snapshot import empty_snapshot
from experiments.page.start import Start
from experiments.page.taking_away.files import Taken, charts_pdf, national_csv, report_html, scenario_toml
from tests.page.test_levers import LEVERS

START = Start(consumers=500)


@pytest.fixture(scope="module")
def taken(played: Player) -> Taken:
    return Taken(played.parameters, played.seed, played.snapshot, played.snapshot.national.head(9), played.parameters)


@pytest.mark.parametrize("name", shipped_names())
def test_the_file_of_every_shipped_scenario_is_that_scenario(name: str, tmp_path: Path) -> None:
    scenario, path = load_scenario(name).scenario, tmp_path / "mine.toml"
    path.write_text(scenario_toml(scenario), encoding="utf-8")
    assert load_scenario(str(path)).scenario == scenario


def test_levers_and_their_dates_come_out_as_they_stand(tmp_path: Path) -> None:
    steps = [{"from": "2027Q1", "value": 2.0, "known": "2026Q1"}, {"from": "2029Q1", "value": 0.5}]
    draft = Draft(START).with_lever(LEVERS["storage.data_center_factor"], 2.0)
    draft = draft.with_dates(LEVERS["policy.tariff_factor"], steps)
    text = scenario_toml(draft.scenario())
    assert (
        'tariff_factor = [{ from = "2027Q1", value = 2.0, known = "2026Q1" }, { from = "2029Q1", value = 0.5 }]' in text
    )
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    assert load_scenario(str(path)).scenario == draft.scenario()


def test_a_question_cannot_break_out_of_file_or_report(taken: Taken, tmp_path: Path) -> None:
    nasty = '"\n[run]\nseed = 9 <script>alert(1)</script> $x^$'
    scenario = taken.scenario.model_copy(update={"question": nasty})
    path = tmp_path / "mine.toml"
    path.write_text(scenario_toml(scenario), encoding="utf-8")
    assert load_scenario(str(path)).scenario.question == nasty
    page = report_html(Taken(scenario, 1, taken.snapshot, taken.reference, scenario))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_report_stands_by_itself_with_numbers_charts_and_how_to_make_it_again(taken: Taken) -> None:
    page = report_html(taken)
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", page)
    share = 100.0 * float(taken.snapshot.national["bev_share_new"].iloc[-1])
    assert f"{share:.1f} %" in page
    assert "data:image/png;base64," in page
    assert "detour run my-scenario.toml --seed 1" in page
    assert "consumers = 500" in page


def test_charts_and_numbers_open_also_before_the_first_quarter(taken: Taken) -> None:
    assert charts_pdf(taken).startswith(b"%PDF")
    table = pd.read_csv(io.StringIO(national_csv(taken)))
    assert list(table["quarter"]) == list(taken.snapshot.national["quarter"])
    nothing = empty_snapshot(taken.scenario)
    empty = Taken(taken.scenario, 1, nothing, nothing.national, taken.scenario)
    assert charts_pdf(empty).startswith(b"%PDF")
    assert "No quarter has been run yet" in report_html(empty)
