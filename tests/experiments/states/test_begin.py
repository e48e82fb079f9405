"""Runs that begin from a saved state give the same results, say so, and make one when there is none."""

from pathlib import Path

import pytest

import experiments.states.key as keys
from experiments.inputs.parameter_list import Value
from experiments.inputs.scenario_files import load_scenario
from experiments.runs.own_code import NO_OWN_CODE, OwnCode
from experiments.runs.run import simulate
from experiments.states.begin import begun
from experiments.states.key import acting, state_key
from experiments.states.store import SETTING
from experiments.studies.market_runs import MarketRuns
from market.base.object_pairs import CannotBeKeptError
from market.base.object_restore import restore
from market.model import Market
from market.scenario import Scenario

SMALL = ("run.consumers=500", "run.fast_graph=true", "run.origin=2018Q2", "run.last_quarter=2018Q4")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own; runs of the small origin are taken for those that have states."""
    monkeypatch.setenv(SETTING, str(tmp_path / "cache"))
    monkeypatch.setattr(keys, "ORIGIN", "2018Q2")
    return tmp_path / "cache"


def small(*changes: str) -> Scenario:
    """The reference in small."""
    return load_scenario("reference", [*SMALL, *changes]).scenario


def test_the_second_run_begins_from_the_state_of_the_first_and_has_the_same_results(folder: Path) -> None:
    told: list[str] = []

    def heard(quarter: str, done: int, in_all: int) -> None:
        told.append(f"{quarter} {done}/{in_all}")

    first, second = (simulate(small(), "small", 1, heard).manifest for _ in range(2))
    off = simulate(small(), "small", 1, saved_state=False).manifest
    assert [each.from_saved_state for each in (first, second, off)] == [False, True, False]
    assert first.results_sha256 == second.results_sha256 == off.results_sha256
    assert first.ledger_checks == second.ledger_checks
    assert told == [*(f"2017Q{n} {n}/8" for n in (1, 2, 3, 4)), *(f"2018Q{n} {n + 4}/8" for n in (1, 2, 3, 4)),
                    "2018Q2 6/8", "2018Q3 7/8", "2018Q4 8/8"]  # fmt: skip
    assert len(list(folder.glob("*.npz"))) == 1


def test_a_state_that_does_not_fit_is_made_again_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(small(), 1, NO_OWN_CODE)
    monkeypatch.setattr(Market, "restore", lambda market, _state: restore(market, {}))
    market, from_state = begun(small(), 1, NO_OWN_CODE)
    assert (market.quarter, from_state) == (market.origin, False)
    monkeypatch.undo()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "is not used" in said
    assert len(list(folder.glob("*.npz"))) == 1


def test_a_study_makes_a_state_when_it_is_asked_for_again(folder: Path) -> None:
    made = []
    for _ in range(3):
        _, from_state = begun(small(), 1, NO_OWN_CODE, rare=True)
        made.append((from_state, len(list(folder.glob("*.npz")))))
    assert made == [(False, 0), (False, 1), (True, 1)]


def test_runs_of_studies_are_the_same_with_and_without(folder: Path) -> None:
    changed: dict[str, Value] = {
        "run.consumers": 500,
        "run.fast_graph": True,
        "run.origin": "2018Q2",
        "run.last_quarter": "2018Q4",
    }
    runs = MarketRuns()
    content = runs.content("reference", changed)
    with_states = [runs(content, 1) for _ in range(3)]
    assert len(list(folder.glob("*.npz"))) == 1
    without = MarketRuns(saved_states=False)(content, 1)
    assert all(str(each) == str(without) for each in with_states)


def test_what_cannot_be_kept_is_told_and_costs_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuses(_self: Market) -> None:
        raise CannotBeKeptError("a rule holds a socket")

    monkeypatch.setattr(Market, "state", refuses)
    market, from_state = begun(small(), 1, NO_OWN_CODE)
    assert (market.quarter, from_state) == (market.origin, False)
    assert capsys.readouterr().err.strip() == "the state of this run cannot be saved: a rule holds a socket"
    assert list(folder.glob("*.npz")) == []


def test_what_a_key_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        keys, "_later", lambda: frozenset({"storage.data_center_factor", "policy.production_credit_factor@"})
    )
    reference = load_scenario("reference").scenario
    key = state_key(reference, 1, NO_OWN_CODE)

    def same(*changes: str, seed: int = 1) -> bool:
        return state_key(load_scenario("reference", changes).scenario, seed, NO_OWN_CODE) == key

    assert same()
    assert same("storage.data_center_factor=3")
    assert same("storage.data_center_factor@2028Q1=3")
    assert same("policy.production_credit_factor@2029Q1=0")
    assert not same("policy.production_credit_factor@2029Q1=0", "policy.production_credit_factor@2029Q1.known=2023Q1")
    assert not same("policy.production_credit_factor=0.5")
    assert not same("policy.federal_credit_factor@2029Q1=0")
    assert not same(seed=2)
    assert not same("run.consumers=99999")
    assert not same("run.last_quarter=2034Q4")
    assert not same("run.mean_field=true")
    expected = load_scenario("reference", ["run.mean_field=true"]).scenario
    assert state_key(expected, 1, NO_OWN_CODE) == state_key(expected, 2, NO_OWN_CODE)
    monkeypatch.setattr(keys, "_processor", lambda: ["another"])
    assert not same()


def test_runs_that_have_no_states() -> None:
    reference = load_scenario("reference").scenario
    assert state_key(reference, 1, OwnCode(rules={"choice": print})) is None
    assert state_key(reference.with_(plugins={"modules": "mine"}), 1, NO_OWN_CODE) is None
    assert state_key(reference.with_(run={"origin": "2021Q4"}), 1, NO_OWN_CODE) is None
    assert state_key(reference.with_(run={"consumers": 300_000_000}), 1, NO_OWN_CODE) is None
    assert state_key(reference.with_(run={"consumers": 300_000_000, "mean_field": True}), 1, NO_OWN_CODE) is not None


def test_with_another_rule_every_parameter_counts() -> None:
    given = load_scenario("reference", ["rules.lines=planned-use"]).scenario
    assert "storage.data_center_factor" in acting(given)
