"""A run that failed names the parameters it had changed, and the likely cause."""

from pathlib import Path

import pytest

from experiments.errors import RunFailedError
from experiments.inputs.scenario_files import load_scenario
from experiments.runs.likely_cause import cause_of_failure
from experiments.runs.run import simulate
from market.base.ledger import LedgerError
from market.model import Market
from market.scenario import Scenario


def _told(*overrides: str) -> str:
    return cause_of_failure(load_scenario("reference", list(overrides)).scenario)


def test_a_run_of_defaults_has_changed_nothing() -> None:
    assert cause_of_failure(Scenario()) == "; all parameters are at their defaults"
    assert _told("run.consumers=500") == "; all parameters are at their defaults"


def test_one_changed_parameter_is_named() -> None:
    assert _told("ownership.fade_factor=4") == "; it differs from the defaults in ownership.fade_factor = 4.0"


def test_the_likely_cause_is_what_has_gone_furthest_toward_its_bound() -> None:
    told = _told("policy.tariff_factor=1.4", "ownership.fade_factor=4", "makers.bev_price_factor=0.7")
    assert told == (
        "; it differs from the defaults in ownership.fade_factor = 4.0, makers.bev_price_factor = 0.7, "
        "policy.tariff_factor = 1.4; the likely cause is ownership.fade_factor"
    )


def test_what_has_no_bounds_counts_as_half_way() -> None:
    told = _told("cells.may_convert=false", "ownership.fade_factor=4", "policy.tariff_factor=1.4")
    assert told.index("fade_factor") < told.index("may_convert") < told.index("tariff_factor")


def test_of_many_the_foremost_are_named_and_the_others_counted() -> None:
    given = [f"policy.{name}_factor=0" for name in (
        "federal_credit", "leased_credit", "used_credit", "production_credit", "investment_credit", "tariff",
        "state_rebate", "corridor_grant", "charger_credit",
    )]  # fmt: skip
    assert _told(*given).count("_factor = ") == 8
    assert "and 1 more; the likely cause is policy." in _told(*given)


def test_a_failed_run_tells_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def breach(_market: Market) -> None:
        raise LedgerError("2017Q1: money: 1 M$ on one side, 0 on the other")

    monkeypatch.setattr(Market, "step", breach)
    monkeypatch.chdir(tmp_path)
    scenario = load_scenario(
        "reference", ["run.consumers=500", "run.fast_graph=true", "policy.tariff_factor=5"]
    ).scenario
    with pytest.raises(RunFailedError, match=r"0 on the other; it differs from .* policy\.tariff_factor = 5\.0$"):
        simulate(scenario, "reference", 1, saved_state=False)
