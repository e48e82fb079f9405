"""The contracts of rules of who buys storage: utilities and data-center developers."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.data_center import DEVELOPER_RULES, DeveloperRule, DeveloperSensing, DeveloperTerms
from agents.power.storage_demand import ValueStack
from agents.power.utility import UTILITY_RULES, StorageOrder, StorageProject, UtilityRule, UtilitySensing
from tests.agents.rule_contract import asked

every_utility_rule = pytest.mark.parametrize("rule", UTILITY_RULES.values(), ids=UTILITY_RULES)
every_developer_rule = pytest.mark.parametrize("rule", DEVELOPER_RULES.values(), ids=DEVELOPER_RULES)
SEEN = UtilitySensing(
    standing_gw=2.0, peak_ahead_gw=50.0, firm_gw=1.0, firm_gwh=3.0,
    stack=ValueStack(120.0, 0.92, 0.16, 50.0, 0.20, 20.0, 0.065),
    project=StorageProject(4.0, 190.0, 0.3, 0.07, 20.0, 0.025),
)  # fmt: skip
NEVER = 1e6
"""A price of cells, $/kWh, at which nobody builds storage."""


@every_utility_rule
def test_what_is_firm_is_asked_for_at_any_price_and_nothing_beyond_at_a_very_high_one(rule: UtilityRule) -> None:
    order = asked(rule, SEEN, 0.27)
    assert isinstance(order, StorageOrder)
    assert (order.wanted_gwh(NEVER), order.power_gw(3.0)) == (3.0, 1.0)


@every_utility_rule
def test_a_region_that_stands_at_its_peak_asks_for_what_is_firm_alone(rule: UtilityRule) -> None:
    assert asked(rule, replace(SEEN, standing_gw=50.0), 0.27).wanted_gwh(0.0) == 3.0


@every_utility_rule
@given(
    standing=st.floats(0.0, 60.0), peak=st.floats(1.0, 200.0), firm_gw=st.floats(0.0, 5.0), hours=st.floats(1.0, 8.0),
    pace=st.floats(0.0, 2.0), price=st.floats(0.0, 400.0), dearer=st.floats(0.0, 400.0),
)  # fmt: skip
def test_an_order_is_at_least_what_is_firm_and_never_rises_with_the_price(
    rule: UtilityRule, standing: float, peak: float, firm_gw: float, hours: float, pace: float, price: float,
    dearer: float,
) -> None:  # fmt: skip
    seen = replace(SEEN, standing_gw=standing, peak_ahead_gw=peak, firm_gw=firm_gw, firm_gwh=firm_gw * hours)
    order = asked(rule, seen, pace)
    wanted, less = order.wanted_gwh(price), order.wanted_gwh(price + dearer)
    assert math.isfinite(wanted)
    assert wanted >= less >= seen.firm_gwh >= 0.0
    assert order.power_gw(wanted) >= order.power_gw(less) >= 0.0


@every_developer_rule
def test_storage_beyond_all_price_is_bought_by_none(rule: DeveloperRule) -> None:
    assert asked(rule, DeveloperSensing(1_000.0, 3.0, NEVER), DeveloperTerms(1.5, 1.5, 0.14)) == pytest.approx(0.0)


@every_developer_rule
def test_no_more_than_half_buy_what_brings_nothing(rule: DeveloperRule) -> None:
    assert asked(rule, DeveloperSensing(1_000.0, 0.0, 0.0), DeveloperTerms(1.5, 1.5, 0.14)) <= 0.5


@every_developer_rule
@given(
    arrivals=st.floats(0.0, 1e5), delay=st.floats(0.0, 20.0), price=st.floats(0.0, 2_000.0),
    worth=st.floats(0.0, 20.0), spread=st.floats(0.1, 10.0), flexible=st.floats(0.0, 0.35),
)  # fmt: skip
def test_adoption_is_a_share(
    rule: DeveloperRule, arrivals: float, delay: float, price: float, worth: float, spread: float, flexible: float
) -> None:
    share = asked(rule, DeveloperSensing(arrivals, delay, price), DeveloperTerms(worth, spread, flexible))
    assert isinstance(share, float)
    assert 0.0 <= share <= 1.0
