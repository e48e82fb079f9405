"""A user's own modules: loaded only where allowed, and what they add works in a run."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from market.model import Market
from market.plugins import PluginNames, load_plugins
from market.policies.registry import POLICIES
from market.scenario import Scenario

Write = Callable[[str, str], None]
RULES_AND_POLICIES = """
import numpy as np
from agents.cells.line_decision import LineAction, decide_line
from market.base.categories import INCOMES
from market.policies.instrument import PurchaseCredit


def keep_running(seen):
    return LineAction.WAIT


class BevBonus(PurchaseCredit):
    "3 k$ on every BEV after the origin."

    def factor(self, policy):
        return 1.0


    def statutory_kusd(self, quarter):
        amount = 3.0 if quarter > self.setting.origin else 0.0
        products = self.setting.products
        return np.broadcast_to(products.is_bev * amount, (1, len(INCOMES), products.size))


RULES = {"lines": {"keep-running": keep_running}}
POLICIES = {"bev_bonus": BevBonus}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writer of modules that can be imported in this test alone."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def module(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        assert name not in before

    yield module
    for name in sorted(set(sys.modules) - before):
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def scenario(modules: str, **groups: object) -> Scenario:
    """A small scenario with one quarter after its origin."""
    run = {"consumers": 500, "fast_graph": True, "origin": "2017Q4", "recorded_until": "2017Q4"}
    return Scenario.model_validate({
        "run": {**run, "last_quarter": "2018Q1"}, "plugins": {"modules": modules}, **groups,
    })  # fmt: skip


def finished(chosen: Scenario, *allowed: str) -> Market:
    market = Market(parameters=chosen, rng=1, plugins=load_plugins(chosen.plugins, allowed))
    market.run()
    return market


def test_a_scenario_that_names_a_module_imports_nothing_and_is_refused_in_a_sentence(
    write: Write, tmp_path: Path
) -> None:
    """The module would leave a file behind."""
    write("leaves_a_trace", f"open({str(tmp_path / 'trace')!r}, 'w').close()\n")
    chosen = scenario("leaves_a_trace", rules={"lines": "of-the-module"})
    sentence = "allow it with --allow-plugins leaves_a_trace, or allow_plugins=('leaves_a_trace',) from Python"
    with pytest.raises(PermissionError, match=re.escape(sentence)):
        Market(parameters=chosen)
    with pytest.raises(PermissionError, match="a file makes no code run by itself"):
        load_plugins(chosen.plugins, allowed=("another", "leaves_a_trac"))
    assert not (tmp_path / "trace").exists()
    load_plugins(chosen.plugins, allowed=("leaves_a_trace",))
    assert (tmp_path / "trace").exists()


def test_no_module_is_imported_when_only_some_are_allowed(write: Write, tmp_path: Path) -> None:
    write("comes_first", f"open({str(tmp_path / 'trace')!r}, 'w').close()\n")
    with pytest.raises(PermissionError, match="'comes_second'"):
        load_plugins(PluginNames(modules="comes_first, comes_second"), allowed=("comes_first",))
    assert not (tmp_path / "trace").exists()


def test_rules_and_policies_of_an_allowed_module_work_in_a_run(write: Write) -> None:
    write("mine_of_run", RULES_AND_POLICIES)
    market = finished(scenario("mine_of_run", rules={"lines": "keep-running"}), "mine_of_run")
    plain = finished(scenario(""))
    assert {plant.rule for plant in market.plants} == {sys.modules["mine_of_run"].keep_running}
    assert set(market.offering.policies) == {*POLICIES, "bev_bonus"}
    paid = market.offering.credit_by_policy["bev_bonus"]
    assert paid[..., market.products.is_bev].min() == paid.max() == pytest.approx(3.0)
    shares = [each.recorder.last("national")["bev_share_new"] for each in (plain, market)]
    assert shares[0] < shares[1]


def test_modules_may_be_written_as_a_list_or_with_commas() -> None:
    names = PluginNames.model_validate({"modules": ["one", "two.three"]})
    assert names == PluginNames(modules="one, two.three")
    assert names.names == ("one", "two.three")
    assert PluginNames().names == ()


def test_a_rule_that_no_loaded_module_has_is_told_with_the_nearest(write: Write) -> None:
    write("mine_of_names", RULES_AND_POLICIES)
    with pytest.raises(ValueError, match=r"rules.lines is 'keep-runing', .* did you mean 'keep-running'"):
        finished(scenario("mine_of_names", rules={"lines": "keep-runing"}), "mine_of_names")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("RULES = {'lines': {'option-value': print}}", "RULES['lines'] holds 'option-value', which is taken"),
        ("RULES = {'line': {'mine': print}}", "RULES has a kind 'line'; did you mean 'lines'?"),
        ("POLICIES = {'state_rebate': print}", "POLICIES holds 'state_rebate', which is taken"),
    ],
)
def test_names_that_are_taken_and_kinds_there_are_not_are_told(
    write: Write, request: pytest.FixtureRequest, source: str, sentence: str
) -> None:
    name = f"wrong_{request.node.callspec.indices['source']}"
    write(name, source)
    with pytest.raises(ValueError, match=re.escape(f"{name}.{sentence}")):
        load_plugins(PluginNames(modules=name), allowed=(name,))


def test_two_modules_that_add_one_name_are_told(write: Write) -> None:
    for name in ("twin_a", "twin_b"):
        write(name, "RULES = {'lines': {'mine': print}}")
    with pytest.raises(ValueError, match=r"twin_b.RULES\['lines'\] holds 'mine', which is taken"):
        load_plugins(PluginNames(modules="twin_a, twin_b"), allowed=("twin_a", "twin_b"))


def test_a_module_that_is_not_there_is_told_with_what_to_do() -> None:
    with pytest.raises(ImportError, match=r"'nowhere_to_be_found', which cannot be imported .* PYTHONPATH"):
        load_plugins(PluginNames(modules="nowhere_to_be_found"), allowed=("nowhere_to_be_found",))
