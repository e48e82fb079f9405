"""Scenario files say what differs; whatever is wrong with one is told in one sentence."""

from pathlib import Path

import pytest

from experiments.inputs.parameter_list import differences, every_parameter
from experiments.inputs.scenario_files import ScenarioError, load_scenario, shipped_names
from market.scenario import Scenario

DIFFERENCES = {
    "reference": {},
    "no-credits": {"policy.federal_credit_factor": (0.0, 1.0), "policy.state_rebate_factor": (0.0, 1.0)},
    "credit-restored": {"policy.federal_credit_end": ("2035Q4", "2025Q3")},
    "no-detour": {"cells.may_convert": (False, True)},
    "data-center-boom": {"storage.data_center_factor": (3.0, 1.0), "storage.flexible_share": (0.3, 0.14)},
    "capital-crunch": {"cells.capital_factor": (0.05, 1.0)},
    "partners-walk-away": {"cells.may_sell_share": (False, True), "cells.partners_stay": (False, True)},
    "storage-boom-forever": {"storage.saturation": (0.25, 1.0)},
    "storage-glut": {
        "storage.demand_factor": (0.5, 1.0),
        "storage.data_center_factor": (0.5, 1.0),
        "storage.foreign_price_growth": (-0.08, -0.01),
        "storage.third_country": (60.0, 75),
    },
    "strict-foreign-content": {"storage.foreign_content": (2.0, 1.0)},
    "lithium-spike": {"world.lithium_factor": (3.0, 1.0)},
    "proof-not-claims": {
        "trust.verified_battery": (1.0, 0.0),
        "trust.verified_uptime": (1.0, 0.0),
        "trust.certified_share": (0.5, 0.0),
    },
    "recall": {"trust.recall_cars": (500_000.0, 0.0)},
    "longer-warranties": {"trust.longer_warranty": (1.0, 0.0), "trust.longer_warranty_years": (15.0, 10.0)},
    "batteries-that-age-badly": {"trust.trouble_factor": (4.0, 1.0), "ownership.fade_factor": (2.0, 1.0)},
    "cheaper-model-next-year": {"trust.announced_cut_kusd": (4.0, 0.0)},
    "reliable-chargers": {"operators.upkeep_floor_all": (0.97, 0.0)},
    "one-plug-for-all": {"charging.open_networks": (True, False)},
    "fast-charging-leap": {"makers.most_charging_minutes@2027Q1": (10.0, 600.0)},
    "charger-drought": {"operators.budget_factor": (0.0, 1.0)},
    "managed-charging": {"grid.managed_share": (0.7, 0.0)},
    "legacy-lag": {"plans.legacy_learning": (0.05, 0.25), "plans.dealer_share": (0.4, 0.2)},
    "state-zev-rule": {"policy.zev_requirement": (1.0, 0.0)},
    "no-charger-grants": {
        "policy.corridor_grant_factor": (0.0, 1.0),
        "policy.charger_credit_factor": (0.0, 1.0),
    },
    "free-run": {"run.origin": ("2017Q4", "2024Q4"), "run.limits": ("to_origin", "recorded")},
    "45x-ends-early": {
        "policy.production_credit_factor@2029Q1": (0.0, 1.0),
        "policy.production_credit_factor@2029Q1.known": ("2027Q1", "-"),
    },
}
QUESTION = 'question = "What if?"\n'


def write(folder: Path, text: str, name: str = "mine.toml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_shipped_scenarios_are_those_tested_here_and_the_reference_comes_first() -> None:
    assert shipped_names()[0] == "reference"
    assert set(shipped_names()) == set(DIFFERENCES)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_shipped_scenario_asks_a_question_and_differs_from_the_reference_as_it_says(name: str) -> None:
    chosen = load_scenario(name)
    assert chosen.scenario.question.endswith("?")
    assert differences(chosen.scenario) == DIFFERENCES[name]
    assert not chosen.changed


def test_the_reference_file_is_the_scenario_of_the_code() -> None:
    assert load_scenario("reference").scenario == Scenario()


def test_every_parameter_has_unit_role_source_and_bounds_that_hold_its_default() -> None:
    for known in every_parameter().values():
        assert known.unit
        assert known.role in {"lever", "uncertain", "fixed"}
        assert known.source
        if known.kind in (int, float):
            assert known.low is not None
            assert known.high is not None
            assert known.low <= float(known.default) <= known.high


ERRORS = {
    "[buyers]\nprice_sensitivty = 1": (
        "mine.toml: buyers.price_sensitivty is not a parameter; did you mean buyers.alpha_keep, "
        "buyers.alpha_market, buyers.alpha_segment, buyers.alpha_powertrain or buyers.alpha_product?"
    ),
    "[buyers]\nalpha_produkt = 0.1": (
        "mine.toml: buyers.alpha_produkt is not a parameter; did you mean buyers.alpha_product?"
    ),
    "[world]\nalpha_product = 0.1": (
        "mine.toml: world.alpha_product is not a parameter; did you mean buyers.alpha_product?"
    ),
    "[buyer]\nalpha_product = 0.1": "mine.toml: buyer is not a group of parameters; did you mean buyers?",
    "alpha_product = 0.1": (
        "mine.toml: alpha_product is not a group of parameters; did you mean buyers.alpha_product?"
    ),
    "buyers = 3": "mine.toml: buyers is a group; write [buyers] and its parameters below",
    '[buyers]\nalpha_keep = "0.02"': (
        "mine.toml: buyers.alpha_keep is 0.02; it must be a number, 0.01 to 0.03 (1/thousand $)"
    ),
    "[buyers]\nalpha_keep = true": (
        "mine.toml: buyers.alpha_keep is True; it must be a number, 0.01 to 0.03 (1/thousand $)"
    ),
    "[buyers]\nalpha_keep = 0.5": "mine.toml: buyers.alpha_keep is 0.5; allowed are 0.01 to 0.03 (1/thousand $)",
    "[buyers]\nalpha_keep = nan": (
        "mine.toml: buyers.alpha_keep is nan; it must be a finite number, 0.01 to 0.03 (1/thousand $)"
    ),
    "[buyers]\nalpha_keep = 1e999": (
        "mine.toml: buyers.alpha_keep is inf; it must be a finite number, 0.01 to 0.03 (1/thousand $)"
    ),
    f"[buyers]\nalpha_keep = {10**400}": (
        "mine.toml: buyers.alpha_keep is a whole number of more than 63 bits; make it shorter"
    ),
    "[buyers]\nalpha_keep = [0.02]": (
        "mine.toml: buyers.alpha_keep is [0.02]; it must be a number, 0.01 to 0.03 (1/thousand $)"
    ),
    "[run]\nconsumers = 2000.0": (
        "mine.toml: run.consumers is 2000.0; it must be a whole number, 500 to 400000000 (seat)"
    ),
    "[run]\nfast_graph = 1": "mine.toml: run.fast_graph is 1; it must be true or false",
    '[run]\nlast_quarter = "2030Q5"': (
        "mine.toml: run.last_quarter is 2030Q5; it must be a quarter written like 2024Q4"
    ),
    "[run]\nlast_quarter = 2030-01-01": (
        "mine.toml: run.last_quarter is 2030-01-01; it must be a quarter written like 2024Q4"
    ),
    '[run]\nlast_quarter = "2020Q1"': (
        "mine.toml: run: last_quarter is 2020Q1; it must lie after the origin and up to 2060Q4"
    ),
    "[buyers]\nalpha_powertrain = 0.12\nalpha_product = 0.1": (
        "mine.toml: the choice coefficients (0.02, 0.04, 0.06, 0.12, 0.1) "
        "must be positive and not fall from top to bottom"
    ),
}


@pytest.mark.parametrize(("text", "sentence"), ERRORS.items(), ids=[str(number) for number in range(len(ERRORS))])
def test_a_wrong_key_or_value_is_told_with_file_key_and_what_is_allowed(
    text: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError) as told:
        load_scenario(write(tmp_path, QUESTION + text))
    assert str(told.value) == sentence


def test_a_file_without_a_question_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"^mine.toml: question is missing; begin the file with question ="):
        load_scenario(write(tmp_path, "[buyers]\nalpha_keep = 0.02"))


def test_a_file_that_is_not_toml_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"^mine.toml: the file is not TOML: .*line 1"):
        load_scenario(write(tmp_path, "question What"))
    (tmp_path / "mine.toml").write_bytes(b"question = '\xff'")
    with pytest.raises(ScenarioError, match=r"^mine.toml: the file is not UTF-8 text"):
        load_scenario(str(tmp_path / "mine.toml"))


def test_a_missing_file_and_an_unknown_scenario_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nothing.toml: the file cannot be read \(No such file or directory\)"):
        load_scenario(str(tmp_path / "nothing.toml"))
    with pytest.raises(ScenarioError, match=r"^nocredit is not a scenario; did you mean no-credits\?$"):
        load_scenario("nocredit")


def test_a_file_adds_to_what_it_extends_and_its_own_values_win(tmp_path: Path) -> None:
    text = f'{QUESTION}extends = "no-credits"\n[policy]\nstate_rebate_factor = 0.5\n[buyers]\ntaste_sd_kusd = 8'
    assert differences(load_scenario(write(tmp_path, text)).scenario) == {
        "buyers.taste_sd_kusd": (8.0, 10.4),
        "policy.federal_credit_factor": (0.0, 1.0),
        "policy.state_rebate_factor": (0.5, 1.0),
    }


def test_a_file_may_extend_a_neighbour_but_only_one_level(tmp_path: Path) -> None:
    write(tmp_path, f'{QUESTION}extends = "no-credits"', "first.toml")
    second = write(tmp_path, f'{QUESTION}extends = "first.toml"', "second.toml")
    with pytest.raises(ScenarioError, match=r"^first.toml: extends no-credits, but another file extends it"):
        load_scenario(second)
    write(tmp_path, f"{QUESTION}[buyers]\ntaste_sd_kusd = 8", "first.toml")
    assert load_scenario(second).scenario.buyers.taste_sd_kusd == 8.0


def test_an_unknown_base_is_told_with_the_file_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r"^mine.toml: extends: freerun is not a scenario; did you mean free-run\?$"
    ):
        load_scenario(write(tmp_path, f'{QUESTION}extends = "freerun"'))


def test_an_override_is_a_toml_value_or_a_bare_word_and_wins_over_the_file() -> None:
    overrides = (
        "policy.state_rebate_factor=2",
        "run.last_quarter=2030Q4",
        'run.origin="2020Q4"',
        "run.fast_graph=true",
    )
    chosen = load_scenario("no-credits", overrides)
    assert chosen.scenario.policy.state_rebate_factor == 2.0
    assert chosen.scenario.policy.federal_credit_factor == 0.0
    assert chosen.scenario.run.last_quarter == "2030Q4"
    assert chosen.scenario.run.origin == "2020Q4"
    assert chosen.scenario.run.fast_graph is True
    assert chosen.changed


@pytest.mark.parametrize(
    "override", ["buyers.alpha_keep", "buyers.alpha_keep=", "=3", "buyers=3", "buyers.alpha_keep=x"]
)
def test_an_override_that_is_no_parameter_with_a_value_is_refused(override: str) -> None:
    with pytest.raises(ScenarioError, match=r"^--set"):
        load_scenario("reference", [override])


def test_a_private_file_named_like_a_shipped_scenario_does_not_take_its_results(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, QUESTION, "reference.toml")).changed
    assert not load_scenario(write(tmp_path, QUESTION, "mine.toml")).changed
