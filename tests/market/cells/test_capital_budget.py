"""Annual capital budgets (R5): what is left, who waits for whom, joint ventures by share."""

import numpy as np
import pytest

from market.base import quarters
from market.cells.capital_budget import CapitalBudget
from market.cells.lines import OPEN_MARKET, SELLERS
from market.cells.parameters import Cells

NOW = quarters.index("2026Q4")
GM, FORD = SELLERS.index("GM"), SELLERS.index("Ford")
NONE = np.zeros(len(SELLERS))


def opened(earned_gm_musd: float = 2_000.0, **cells: float | bool) -> CapitalBudget:
    """A budget year in which GM has earned so much in each of the last four quarters and others nothing."""
    budget = CapitalBudget(Cells.model_validate(cells))
    for _ in range(5):
        budget.earn(np.where(np.arange(len(SELLERS)) == GM, earned_gm_musd, 0.0))
    budget.open(NONE, NOW)
    return budget


def test_a_budget_is_a_share_of_the_years_earnings_and_new_debt_less_what_is_committed() -> None:
    """GM: 0.15 of 8 bn$ and 3 bn$ of debt; a loss counts as nothing."""
    assert opened().left_musd[GM] == pytest.approx(4_200.0)
    assert opened(-500.0).left_musd[GM] == pytest.approx(3_000.0)
    assert opened(capital_factor=0.5).left_musd[GM] == pytest.approx(2_100.0)
    committed = opened()
    committed.open(np.full(len(SELLERS), 4_100.0), NOW)
    assert committed.left_musd[GM] == pytest.approx(100.0)
    assert committed.left_musd[FORD] == 0.0


def test_before_a_year_is_opened_or_where_there_are_no_budgets_all_is_afforded() -> None:
    assert CapitalBudget(Cells()).affords(GM, 1e9)
    assert opened(capital_budget=False).affords(GM, 1e9)
    assert opened(power_side=False).affords(GM, 1e9)


def test_what_is_spent_is_gone_and_what_is_refused_is_counted() -> None:
    budget = opened()
    assert budget.affords(GM, 4_200.0)
    budget.spend(GM, 4_000.0)
    assert not budget.affords(GM, 201.0)
    assert budget.affords(GM, 200.0)
    budget.refuse(GM, 201.0)
    assert budget.refused_musd.tolist() == [201.0 if name == "GM" else 0.0 for name in SELLERS]


def test_a_claim_that_waits_keeps_its_money_only_from_uses_worth_less() -> None:
    budget = opened()
    budget.hold(GM, 4_000.0, index=0.5)
    assert budget.affords(GM, 1_000.0, index=0.6)
    assert not budget.affords(GM, 1_000.0, index=0.4)
    assert budget.affords(FORD, 1_000.0, index=0.4)
    budget.release()
    assert budget.affords(GM, 1_000.0, index=0.4)


def test_the_partner_bears_its_share_of_a_joint_ventures_line() -> None:
    budget = opened()
    before = budget.left_musd.copy()
    budget.spend(GM, 1_000.0, joint=True)
    assert before[GM] - budget.left_musd[GM] == pytest.approx(500.0)
    assert before[OPEN_MARKET] - budget.left_musd[OPEN_MARKET] == pytest.approx(500.0)
    budget.spend(OPEN_MARKET, budget.left_musd[OPEN_MARKET])
    assert not budget.affords(GM, 100.0, joint=True)
    assert budget.affords(GM, 100.0)
