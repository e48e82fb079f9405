"""Lines as an industry: how many turn where each sees what the others did (R6), against the closed form."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

from agents.arrays import Floats
from agents.cells.line_conversion import ChangeKind, annuity_years
from agents.cells.line_decision import LineAction, LineStatus, Use
from agents.cells.plant import NEVER, NICKEL_POUCH, CellPlant, Lines
from market.base.categories import MAKERS
from market.cells.parameters import Cells
from market.conversion.line_decisions import LineDecisions

COUNT = 120
NOW = 33  # 2025Q2
INJECTED = 6.1446


@dataclass
class LinearMarket:
    """US storage cells sell at 120 - 0.5 Q $/kWh, or other numbers, all of them."""

    highest: float = 120.0
    fall: float = 0.5

    def ask_usd_per_kwh(self, supply_gwh: Floats) -> Floats:
        """Of a year's supply."""
        return self.highest - self.fall * supply_gwh

    def sold_share(self, supply_gwh: Floats) -> Floats:
        """All."""
        return np.ones(supply_gwh.shape)


def identical_lines() -> Lines:
    none = np.zeros(COUNT, dtype=np.int64)
    return Lines(
        plant=np.zeros(COUNT, dtype=np.int64), maker=np.zeros(COUNT, dtype=np.int64), gwh_per_year=np.ones(COUNT),
        chemistry=np.full(COUNT, NICKEL_POUCH), car_chemistry=np.full(COUNT, NICKEL_POUCH),
        status=np.full(COUNT, LineStatus.OPERATING, dtype=np.int64),
        use=np.full(COUNT, Use.VEHICLES, dtype=np.int64),
        ready=none, offline_from=np.full(COUNT, NEVER), since=none,
        waiting_since=none, credited=np.ones(COUNT, dtype=np.bool_),
        for_cars=np.ones(COUNT, dtype=np.bool_),
    )  # fmt: skip


def turned(seed: int = 1, market: LinearMarket | None = None, **levers: Any) -> int:
    """Lines that turn in one round; unit cost 60 $/kWh, no car cells wanted, no credit, lag or error, yield 1."""
    values: dict[str, Any] = {
        "last_yield": 1.0, "upkeep_usd_per_kwh": 0.0, "holding_usd_per_kwh": 0.0, "decision_noise": 0.0,
        "margin_volatility": 0.0, "hurdle": 1.9, "cost_spread": 0.0, "sold_as_is": False, "may_sell_share": False,
    }  # fmt: skip
    parameters = Cells.model_validate(values | levers)
    lines = identical_lines()
    costs = SimpleNamespace(
        credit_kept=np.ones(2),
        coming_credits_usd_per_kwh=lambda _quarter: np.zeros(40),
        margins_usd_per_kwh=lambda _lines, made, _price, _quarter: (np.zeros(made.size), np.zeros(made.size)),
        iron_cost_usd_per_kwh=lambda made, _quarter: np.full(made.size, 60.0),
        nickel_cost_usd_per_kwh=lambda made, _quarter: np.full(made.size, 90.0),
    )
    none = np.zeros(len(MAKERS))
    budget = SimpleNamespace(affords=lambda *_given, **_joint: True, spend=lambda *_given, **_joint: None)
    cells: Any = SimpleNamespace(
        parameters=parameters, lines=lines, costs=costs, origin=NOW - 2, needed=[none], budget=budget,
        domestic_share=lambda _quarter: none,
    )  # fmt: skip
    power: Any = SimpleNamespace(
        us_market=lambda _orders, _quarter: market or LinearMarket(), ordered_per_year_gwh=lambda: 100.0,
        take_or_pay_share=0.5,
        compliant_supply_gwh=lambda by: float(lines.gwh_per_year[lines.meant_for(Use.STORAGE, by)].sum()),
        book=SimpleNamespace(signed_count=0, committed_by_seller=lambda _start, _end: np.zeros(len(MAKERS) + 1)),
    )  # fmt: skip
    plants = [CellPlant(mesa.Model(rng=1), "plant", "owner", None, lines, 0)]
    decisions = LineDecisions(cells, power, plants, seed)
    decisions._surveys._kinds = [ChangeKind(0, 0, 45.0)] * 3
    decisions.decide(NOW)
    assert {change.action for change in decisions.changes} <= {LineAction.CONVERT}
    return len(decisions.changes)


def rate_of(annuity: float) -> float:
    """Discount rate at which a dollar a year for forty quarters is worth so much."""
    return float(brentq(lambda rate: annuity_years(rate, 40) - annuity, 0.05, 0.2))


def test_as_many_lines_turn_as_the_entry_game_says() -> None:
    """6.1446 x (60 - 0.5 Q) = 85.5 at Q = 92.17; with the factor of ten years at 10 %, 6.5240, it is 93.8."""
    assert turned(discount_rate=rate_of(INJECTED)) == 92
    assert turned() == 93


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_comes_first_does_not_change_how_many_turn(seed: int) -> None:
    """Costs differ by line, and the seed draws which line has which cost: the order differs, the count does not."""
    assert turned(seed) == turned(7)
    assert turned(seed, cost_spread=0.21) == turned(7, cost_spread=0.21)


@pytest.mark.parametrize("spread", [0.05, 0.3])
def test_half_of_the_lines_turn_at_the_price_at_which_the_median_line_does(spread: float) -> None:
    """6.5240 x 13.1054 = 85.5."""
    assert turned(market=LinearMarket(73.1055, 0.0), cost_spread=spread) == COUNT // 2


def test_a_smaller_spread_of_costs_narrows_the_frontier() -> None:
    """At margins a tenth below and above the median line's: of a normal at ln 0.9 and ln 1.1 over the spread."""
    prices = [60.0 + factor * 13.1055 for factor in (0.9, 1.1)]
    found = {
        spread: [turned(market=LinearMarket(price, 0.0), cost_spread=spread) for price in prices]
        for spread in (0.05, 0.3)
    }
    for spread, counts in found.items():
        assert counts == pytest.approx(COUNT * ndtr(np.log([0.9, 1.1]) / spread), abs=1.0)
    assert found[0.05][1] - found[0.05][0] > 3 * (found[0.3][1] - found[0.3][0])
