"""The rules agents decide by: chosen by name in a scenario file, or given as objects from Python."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from agents.buyers.choice import CHOICE_RULES, ChoiceRule, nested_logit
from agents.cells.line_decision import LINE_RULES, LineRule, decide_line
from agents.charging.investment import SITE_RULES, SiteRule, best_places
from agents.makers.price_equilibrium import PRICE_RULES, PriceRule, equilibrium_prices_kusd
from agents.makers.programme import PROGRAMME_RULES, ProgrammeRule, decide_programme
from agents.power.data_center import DEVELOPER_RULES, DeveloperRule, adopt_for_speed
from agents.power.utility import UTILITY_RULES, UtilityRule, order_by_value
from agents.trust.proof import PROOF_RULES, ProofRule, by_expected_profit
from market.base.names import nearest
from market.base.parameter import Group, rule_field

RULES: dict[str, Mapping[str, Any]] = {
    "choice": CHOICE_RULES,
    "prices": PRICE_RULES,
    "programmes": PROGRAMME_RULES,
    "lines": LINE_RULES,
    "operators": SITE_RULES,
    "utilities": UTILITY_RULES,
    "developers": DEVELOPER_RULES,
    "proofs": PROOF_RULES,
}
"""Shipped rules by kind and name."""


class RuleNames(Group):
    """By which rule each kind of agent decides; names are those of shipped rules or of rules in a plugin."""

    choice: str = rule_field("nested-logit", "buyers: the choice among new vehicles")
    prices: str = rule_field("bertrand-nash", "automakers: prices of new cars")
    programmes: str = rule_field("net-present-value", "automakers: programs of new BEV models")
    lines: str = rule_field("option-value", "owners of cell lines: start, convert, idle, close")
    operators: str = rule_field("best-first", "charging operators: where plugs are started")
    utilities: str = rule_field("value-stack", "utilities: the year's request for storage")
    developers: str = rule_field("speed-to-power", "data-center developers: who buys storage")
    proofs: str = rule_field("expected-profit", "automakers and charging operators: what they prove, claim or insure")


@dataclass(frozen=True)
class Rules:
    """The rules of a run, each a callable of the Protocol of its kind."""

    choice: ChoiceRule = nested_logit
    prices: PriceRule = equilibrium_prices_kusd
    programmes: ProgrammeRule = decide_programme
    lines: LineRule = decide_line
    operators: SiteRule = best_places
    utilities: UtilityRule = order_by_value
    developers: DeveloperRule = adopt_for_speed
    proofs: ProofRule = by_expected_profit


def named_rule(kind: str, name: str, added: Mapping[str, Mapping[str, Any]]) -> Any:
    """The rule of a kind called ``name``, shipped or ``added`` by plugins. Raises ValueError with the nearest name."""
    known = {**RULES[kind], **added.get(kind, {})}
    if name not in known:
        raise ValueError(f"rules.{kind} is {name!r}, which is no rule here; {nearest(name, known)}")
    return known[name]


def chosen_rules(
    names: RuleNames, added: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any] | None = None
) -> Rules:
    """The rules of a run: those named, unless an object of that kind is ``given`` from Python.

    ``added``: rules of plugins by kind and name. Raises ValueError for a name or a kind that is not known, TypeError
    for an object that cannot be called.
    """
    kinds = [each.name for each in fields(Rules)]
    rules = replace(Rules(), **{kind: named_rule(kind, getattr(names, kind), added) for kind in kinds})
    for kind, rule in (given or {}).items():
        if kind not in kinds:
            raise ValueError(f"{kind!r} is no kind of rule; {nearest(kind, kinds)}")
        if not callable(rule):
            raise TypeError(
                f"the rule given for {kind} is {rule!r}; it must be a function or an object with __call__ "
                "(a rule's name goes into the scenario)"
            )
        rules = replace(rules, **{kind: rule})
    return rules
