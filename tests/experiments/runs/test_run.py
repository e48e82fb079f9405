"""One scenario, one seed: the same every time, and told clearly if it fails."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from experiments.errors import RunFailedError
from experiments.inputs.scenario_files import load_scenario
from experiments.runs.manifest import free_run_errors_points, parameters_sha256
from experiments.runs.run import every_seat, folder_name, run_scenario, simulate
from experiments.runs.store import Result, read_result
from market.base.ledger import LedgerError
from market.model import Market
from market.scenario import Scenario


def unheard(_quarter: str, _done: int, _in_all: int) -> None:
    """Progress nobody looks at."""


@pytest.mark.parametrize("name", ["free-run", "credit-restored"])  # test_scenarios_page.py runs them all
def test_a_shipped_scenario_runs_and_is_stored(
    name: str, small: Sequence[str], small_result: Result, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    scenario = load_scenario(name, small).scenario
    folder, _ = run_scenario(scenario, name, 1, tmp_path, lambda *facts: told.append(facts))
    result = read_result(folder)
    assert folder == tmp_path / "runs" / name / "seed=1"
    assert told[0] == ("2017Q1", 1, 37)
    assert told[-1] == ("2026Q1", 37, 37)
    national = result.frames["national"]
    assert len(national) == 37
    assert national["bev_share_new"].between(0, 1).all()
    assert (result.manifest.free_run_mae_points is None) == (name != "free-run")
    assert result.manifest.results_sha256 != small_result.manifest.results_sha256


def test_the_same_seed_gives_the_same_results_and_another_seed_others(
    small: Sequence[str], small_result: Result
) -> None:
    scenario = load_scenario("reference", small).scenario
    again = simulate(scenario, "reference", 1, unheard).manifest
    other = simulate(scenario, "reference", 2, unheard).manifest
    assert again.results_sha256 == small_result.manifest.results_sha256
    assert other.results_sha256 != again.results_sha256
    assert other.parameters_sha256 == again.parameters_sha256


def test_errors_of_a_free_run_are_mean_absolute_gaps_in_points_after_the_origin() -> None:
    national = pd.DataFrame({
        "quarter": ["2017Q4", "2018Q1", "2018Q2", "2018Q3"],
        "bev_share_new": [0.5, 0.03, 0.02, 0.1], "bev_share_recorded": [0.1, 0.02, 0.04, float("nan")],
        "phev_share_new": [0.5, 0.01, 0.01, 0.1], "phev_share_recorded": [0.1, 0.01, 0.01, float("nan")],
        "hev_share_new": [0.0, 0.05, 0.05, 0.1], "hev_share_recorded": [0.1, 0.06, 0.05, float("nan")],
    })  # fmt: skip
    errors = free_run_errors_points(national, "2017Q4")
    assert errors == pytest.approx({"BEV": 1.5, "PHEV": 0.0, "HEV": 0.5, "ICE": 1.0})
    assert free_run_errors_points(national, "2018Q2") == {}


def test_a_breach_of_the_books_fails_the_run_with_its_quarter_and_writes_nothing(
    small: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breach(_market: Market) -> None:
        raise LedgerError("2017Q1: money: 1 M$ on one side, 0 on the other")

    monkeypatch.setattr(Market, "step", breach)
    scenario = load_scenario("reference", small).scenario
    with pytest.raises(RunFailedError, match=r"^reference, seed 7: the run failed in 2017Q1: .*money: 1 M\$"):
        run_scenario(scenario, "reference", 7, tmp_path / "out", unheard)
    assert not (tmp_path / "out").exists()


def test_a_changed_scenario_has_a_folder_of_its_own() -> None:
    plain, changed = load_scenario("reference"), load_scenario("reference", ["buyers.taste_sd_kusd=8"])
    assert folder_name(plain) == "reference"
    assert folder_name(changed) == f"reference+{parameters_sha256(changed.scenario)[:8]}"


def test_the_hash_of_parameters_ignores_the_question_and_sees_every_value() -> None:
    asked = Scenario(question="Why?")
    assert parameters_sha256(asked) == parameters_sha256(Scenario())
    assert parameters_sha256(load_scenario("no-credits").scenario) != parameters_sha256(Scenario())


def test_one_row_a_seat_is_about_the_number_of_registered_cars() -> None:
    assert 2.5e8 < every_seat(Scenario()) < 3.5e8  # FHWA: 260 to 300 million light vehicles in these years
