"""The frontier at which a line turns, by price of storage and use of car lines, against the formula (D2 case 24)."""

from collections.abc import Callable

import numpy as np
import pytest

from agents.line_conversion import LAG_AND_DARK_QUARTERS, LineKind
from agents.line_decision import LineAction, LineStatus, Use
from market import quarters
from market.cell_market import CellMarket
from market.model import Market
from market.scenario import Scenario
from market.vocabulary import MAKERS

QUARTER = quarters.index("2027Q2")
HURDLE, DISCOUNT, YIELD, COST_MUSD = 1.9, 0.10, 0.93, 45.0
PREMIUMS = np.linspace(0.0, 0.9, 10)
"""Grid of storage prices, as premiums on those of imports."""
USES = np.linspace(0.1, 0.9, 9)
PREMIUM_STEP = float(PREMIUMS[1] - PREMIUMS[0])

Frontier = dict[float, tuple[float | None, float]]


@pytest.fixture(scope="module")
def frontier(small: Callable[..., Scenario]) -> Frontier:
    """By use of car lines: lowest premium on the grid at which the line turns, and the premium by the formula.

    No 45X, no upkeep, no luck, and demand for compliant storage that a line never fills: the case's assumptions.
    """
    found: dict[float, list[tuple[float, bool]]] = {use: [] for use in USES}
    prices: dict[float, float] = {}
    for premium in PREMIUMS:
        market = market_at(small, float(premium))
        cells, line = market.cells, a_nickel_line(market.cells)
        maker = int(cells.lines.maker[line])
        for use in USES:
            expected = np.zeros(len(MAKERS))
            expected[maker] = use * own_capacity(cells, maker)
            seen = market.line_decisions.sensing(line, expected, 0.0, QUARTER)
            action = market.plants[cells.lines.plant[line]].decide(seen)
            found[use].append((float(premium), action == LineAction.CONVERT))
            prices[use] = formula_premium(cells, use)
    return {use: (min((p for p, turned in rows if turned), default=None), prices[use]) for use, rows in found.items()}


def market_at(small: Callable[..., Scenario], premium: float) -> Market:
    scenario = small(
        "2027Q4",
        500,
        policy={"production_credit_factor": 0.0},
        storage={"price_premium": premium},
        cells={"upkeep_usd_per_kwh": 0.0, "decision_noise": 0.0},
    )
    market = Market(parameters=scenario, rng=1)
    market.power.signed_gwh.append(np.full(10, 1e3))
    for quarter in range(QUARTER + 1):
        market.cells.lines.complete(quarter)
    return market


def a_nickel_line(cells: CellMarket) -> int:
    lines = cells.lines
    fit = (lines.status == LineStatus.OPERATING) & (lines.kind == LineKind.OTHER_CHEMISTRY) & lines.credited
    return int(np.flatnonzero(fit & (lines.maker < len(MAKERS)))[0])


def own_capacity(cells: CellMarket, maker: int) -> float:
    lines = cells.lines
    there = lines.meant_for(Use.VEHICLES, QUARTER + 4) & (lines.maker == maker)
    return float(lines.gwh_per_year[there].sum()) * YIELD


def annuity(first: int, last: int) -> float:
    """Present value of 1 $ a year received in quarters first to last - 1, in closed form."""
    d = (1.0 + DISCOUNT) ** -0.25
    return float((d**first - d**last) / (1.0 - d) / 4.0)


def formula_premium(cells: CellMarket, use: float) -> float:
    """Premium at which G = h I: price = cost + (h I + u m_E lost) / (yield x annuity), in a balanced market."""
    costs, made = cells.costs, np.array([YIELD])
    lag, dark = LAG_AND_DARK_QUARTERS[LineKind.OTHER_CHEMISTRY]
    car_margin = costs.vehicle_price_usd_per_kwh(QUARTER) - float(costs.nickel_cost_usd_per_kwh(made, QUARTER)[0])
    lost = use * YIELD * max(car_margin, 0.0) * annuity(lag - dark, 40)
    iron = float(costs.iron_cost_usd_per_kwh(made, QUARTER)[0])
    price = iron + (HURDLE * COST_MUSD + lost) / (YIELD * annuity(lag, 40))
    scale = 1.0 + cells.costs._storage.price_premium
    imported = costs.import_price_usd_per_kwh(QUARTER) / scale
    third = costs.third_country_price_usd_per_kwh(QUARTER) / scale
    balanced = imported + 0.5 * (third - imported)
    return price / balanced - 1.0


def test_the_simulated_frontier_lies_within_one_cell_of_the_formula(frontier: Frontier) -> None:
    for use, (simulated, formula) in frontier.items():
        assert simulated is not None, use
        assert 0.0 <= simulated - formula <= PREMIUM_STEP + 1e-9, use


def test_the_fuller_car_lines_are_the_dearer_storage_must_be(frontier: Frontier) -> None:
    formulas = [formula for _, formula in frontier.values()]
    assert (np.diff(formulas) > 0).all()
    simulated = [premium for premium, _ in frontier.values() if premium is not None]
    assert (np.diff(simulated) >= 0).all()
    assert simulated[-1] > simulated[0]
