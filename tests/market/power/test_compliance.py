"""Which storage projects need compliant cells (M19)."""

import numpy as np
import pytest

from market.base import quarters
from market.power.compliance import ContentRule
from market.power.regions import PowerRegions
from market.scenario import Scenario

NEAR = 1e-9
ORIGIN = quarters.LAST_RECORD
LAW = quarters.index("2025Q3")


@pytest.fixture(scope="module")
def rule() -> ContentRule:
    return ContentRule(PowerRegions(Scenario().storage), ORIGIN)


def test_the_rule_is_that_of_the_law(rule: ContentRule) -> None:
    assert (rule.begins, rule.known_from) == (quarters.index("2026Q1"), LAW)


def test_what_begins_before_the_rule_or_without_one_is_free(rule: ContentRule) -> None:
    assert rule.begun_share_of_requests(quarters.index("2025Q4"), 1.0) == 1.0
    assert rule.begun_share_of_requests(quarters.index("2026Q1"), 1.0) == 0.0
    assert rule.begun_share_of_requests(quarters.index("2030Q1"), 0.0) == 1.0


@pytest.mark.parametrize(("strength", "share"), [(0.0, 1.0), (1.0, 1.0), (1.5, 0.5), (2.0, 0.0)])
def test_above_its_strength_the_rule_holds_for_projects_begun_before(
    rule: ContentRule, strength: float, share: float
) -> None:
    assert rule.begun_share_of_committed(2026, strength) == share
    assert rule.begun_share_of_committed(2025, strength) == 1.0


def test_the_projects_of_2024_run_down(rule: ContentRule) -> None:
    left = [rule.committed_gwh(year) for year in range(2025, 2031)]
    assert left[0] > left[2] > left[3] > 0.0
    assert left[4:] == [0.0, 0.0]


def test_before_the_law_is_known_sellers_expect_no_need(rule: ContentRule) -> None:
    orders = np.full(5, 100.0)
    assert rule.begun_by_year_gwh(orders, LAW - 1, 1.0).tolist() == orders.tolist()


def test_afterwards_projects_of_2024_and_what_begins_this_year_need_none(rule: ContentRule) -> None:
    begun = rule.begun_by_year_gwh(np.full(5, 100.0), LAW, 1.0)
    committed = [rule.committed_gwh(year) for year in (2026, 2027, 2028)]
    assert begun[0] == pytest.approx(100.0, abs=NEAR)
    assert begun[1:4] == pytest.approx([min(gwh, 100.0) for gwh in committed], abs=NEAR)
    assert begun[4] == 0.0
    assert rule.begun_by_year_gwh(np.full(5, 10.0), LAW, 1.0)[3] == pytest.approx(min(committed[2], 10.0))
