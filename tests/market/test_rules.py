"""Rules by which agents decide: what is shipped keeps its Protocol, and a scenario or Python chooses among them."""

import inspect
import pickle
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, get_type_hints

import pandas as pd
import pytest

from agents.cells.line_decision import LineAction, LineSensing
from agents.makers.programme import ProgrammeAction
from market.model import Market
from market.recorder import TABLES
from market.rules import RULES, RuleNames, Rules, chosen_rules
from market.scenario import Scenario

Tables = dict[str, pd.DataFrame]
PROTOCOLS = get_type_hints(Rules)
SHIPPED = [(kind, name) for kind, rules in RULES.items() for name in rules]
OTHERS = [(kind, name) for kind, name in SHIPPED if name != getattr(RuleNames(), kind)]
MOVED = {
    "choice": "national", "prices": "national", "programmes": "makers", "operators": "charging",
    "utilities": "storage_contracts", "proofs": "trust",
}  # fmt: skip
"""A table that another rule of the kind moves in a few quarters; lines and data centers decide little so early."""


def finished(scenario: Scenario, rules: dict[str, Any] | None = None) -> Market:
    market = Market(parameters=scenario, rng=1, rules=rules)
    market.run()
    assert market.ledger.checked > 20 * (market.quarter + 1)
    return market


def tables_of(market: Market) -> Tables:
    return {name: market.recorder.frame(name) for name in TABLES}


def moved(tables: Tables, others: Tables) -> set[str]:
    return {name for name, frame in tables.items() if not frame.equals(others[name])}


@pytest.fixture(scope="module")
def scenario() -> Callable[..., Scenario]:
    """Maker of the small scenario of this file, by groups."""

    def of(**groups: object) -> Scenario:
        run = {"consumers": 500, "fast_graph": True, "origin": "2018Q4", "recorded_until": "2018Q4"}
        return Scenario.model_validate({"run": {**run, "last_quarter": "2020Q4"}, **groups})

    return of


@pytest.fixture(scope="module")
def by_default(scenario: Callable[..., Scenario]) -> Tables:
    """Tables of a run that names no rule."""
    return tables_of(finished(scenario()))


def test_every_kind_has_a_protocol_names_and_a_default_that_is_shipped() -> None:
    kinds = [field.name for field in fields(Rules)]
    assert kinds == list(RULES) == list(RuleNames.model_fields) == list(PROTOCOLS)
    assert chosen_rules(RuleNames(), {}) == Rules()
    assert all(len(rules) > 1 for rules in RULES.values())


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_a_shipped_rule_has_the_signature_of_its_protocol(kind: str, name: str) -> None:
    asked = inspect.signature(PROTOCOLS[kind].__call__)
    seen = list(asked.parameters.values())[1:]
    assert inspect.signature(RULES[kind][name]) == asked.replace(parameters=seen)


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_a_shipped_rule_travels_to_other_processes_by_its_name(kind: str, name: str) -> None:
    rule = RULES[kind][name]
    assert pickle.loads(pickle.dumps(rule)) is rule  # noqa: S301 - our own bytes
    assert len(pickle.dumps(rule)) < 100


@pytest.mark.parametrize(("kind", "name"), OTHERS)
def test_another_rule_chosen_by_name_runs_with_its_accounts_closed(
    scenario: Callable[..., Scenario], by_default: Tables, kind: str, name: str
) -> None:
    market = finished(scenario(rules={kind: name}))
    assert getattr(market.rules, kind) is RULES[kind][name]
    if kind in MOVED:
        assert MOVED[kind] in moved(tables_of(market), by_default)


def test_defaults_by_name_and_rules_given_as_objects_give_the_same_bits_as_none_named(
    scenario: Callable[..., Scenario], by_default: Tables
) -> None:
    """Objects that count how often they are asked: every kind is."""
    asked: Counter[str] = Counter()

    def spy(kind: str, rule: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*seen: Any, **named: Any) -> Any:
            asked[kind] += 1
            return rule(*seen, **named)

        return counting

    named = RuleNames().model_dump()
    given = {kind: spy(kind, RULES[kind][name]) for kind, name in named.items()}
    market = finished(scenario(rules=named), given)
    assert moved(tables_of(market), by_default) == set()
    assert set(asked) == set(RULES)


def idle(seen: LineSensing) -> LineAction:
    """Stop whatever runs."""
    return LineAction.IDLE if seen.status.name == "OPERATING" else LineAction.WAIT


def launch(*_seen: object, under_way: bool) -> ProgrammeAction:
    """Begin every model."""
    return ProgrammeAction.WAIT if under_way else ProgrammeAction.LAUNCH


@pytest.mark.parametrize(("kind", "rule", "table"), [("lines", idle, "line_changes"), ("programmes", launch, "makers")])
def test_an_object_given_from_python_decides(
    scenario: Callable[..., Scenario], by_default: Tables, kind: str, rule: object, table: str
) -> None:
    market = finished(scenario(), {kind: rule})
    assert getattr(market.rules, kind) is rule
    assert table in moved(tables_of(market), by_default)


def test_every_agent_of_a_kind_holds_the_rule_given_for_it(scenario: Callable[..., Scenario]) -> None:
    given = {kind: RULES[kind][name] for kind, name in OTHERS}
    market = Market(parameters=scenario(), rules=given)
    agents: dict[str, Sequence[Any]] = {
        "lines": market.plants, "operators": market.charging_side.network.operators,
        "utilities": market.power.utilities, "developers": market.power.developers,
        "prices": [market.offering.pricing], "programmes": [market.planning.programmes],
    }  # fmt: skip
    for kind, deciders in agents.items():
        assert deciders
        assert {each.rule for each in deciders} == {given[kind]}, kind
    assert market.valuation.choose is given["choice"]


def test_an_object_given_from_python_comes_before_the_name_in_the_scenario() -> None:
    assert chosen_rules(RuleNames(lines="planned-use"), {}, {"lines": idle}).lines is idle


def test_a_name_that_no_rule_has_is_told_with_the_nearest() -> None:
    nearest = re.escape("rules.lines is 'option-valu', which is no rule here; did you mean 'option-value'?")
    with pytest.raises(ValueError, match=nearest):
        Scenario.model_validate({"rules": {"lines": "option-valu"}})
    with pytest.raises(ValueError, match="known are option-value, planned-use"):
        chosen_rules(RuleNames(lines="xyz"), {})


def test_a_kind_that_there_is_not_is_told_with_the_nearest(scenario: Callable[..., Scenario]) -> None:
    with pytest.raises(ValueError, match=r"'line' is no kind of rule; did you mean 'lines'\?"):
        Market(parameters=scenario(), rules={"line": idle})
    with pytest.raises(ValueError, match=r"rules\.line\b"):
        Scenario.model_validate({"rules": {"line": "option-value"}})


@pytest.mark.parametrize("rule", ["option-value", None, 3.0])
def test_what_cannot_be_called_is_refused_in_a_sentence(scenario: Callable[..., Scenario], rule: object) -> None:
    with pytest.raises(TypeError, match=r"the rule given for lines is .*; it must be a function or an object with"):
        Market(parameters=scenario(), rules={"lines": rule})
