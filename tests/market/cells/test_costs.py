"""What cells cost and sell for (M12, M19)."""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import pytest

from agents.arrays import Floats
from agents.cells.cost import IRON_CELL_KG_PER_KWH
from agents.cells.line_decision import Use
from agents.cells.plant import IRON, NICKEL_CYLINDER, NICKEL_POUCH
from market.base import quarters
from market.cells.costs import HORIZON_QUARTERS, CellCosts
from market.cells.lines import read_lines
from market.exogenous.prices import World
from market.scenario import Scenario

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2030Q4")
NOW = quarters.index("2026Q4")
"""Duties on cells from China in 2026Q4: 3.4 % and 25 % on storage cells, 3.4 % on cells for cars."""


class Materials:
    """A world in which lithium, nickel and graphite cost 11, 17 and 5 $/kg up to the origin and more after it."""

    def __init__(self, dearer_usd_per_kg: Sequence[float]) -> None:
        self._dearer = np.array(dearer_usd_per_kg)

    def material_usd_per_kg(self, quarter: int) -> Floats:
        """Prices of a quarter."""
        return np.asarray(self.material_without_lever_usd_per_kg(quarter) + self._dearer * (quarter > ORIGIN))

    def material_without_lever_usd_per_kg(self, _quarter: int) -> Floats:
        """The prices but for the levers that move them."""
        return np.array([11.0, 17.0, 5.0])


Costs = Callable[..., CellCosts]


@pytest.fixture(scope="module")
def costs_at(small: Callable[..., Scenario]) -> Costs:
    def build(dearer_usd_per_kg: Sequence[float] = (0.0, 0.0, 0.0), **groups: object) -> CellCosts:
        world = cast("World", Materials(dearer_usd_per_kg))
        scenario = small("2030Q4", **groups)
        return CellCosts(scenario.cells, scenario.storage, scenario.policy, world, ORIGIN, LAST)

    return build


@pytest.fixture(scope="module")
def costs(costs_at: Costs) -> CellCosts:
    return costs_at()


@pytest.fixture(scope="module")
def dear(costs_at: Costs) -> CellCosts:
    """Lithium is 10 $/kg dearer after the origin."""
    return costs_at((10.0, 0.0, 0.0))


def at(label: str) -> int:
    return quarters.index(label)


def test_imports_by_hand_to_the_end_of_the_records(costs: CellCosts) -> None:
    """Yearly costs stand at the middle of the year: 2017Q1 has three eighths of 2016 and five of 2017."""
    assert costs.import_price_usd_per_kwh(at("2017Q1")) == pytest.approx(236.125 * 1.034, rel=EXACT)
    assert costs.import_price_usd_per_kwh(at("2024Q1")) == pytest.approx(60.375 * 1.109, rel=EXACT)
    assert costs.import_price_usd_per_kwh(at("2024Q3")) == pytest.approx(50.0 * 1.109, rel=EXACT)
    assert costs.vehicle_price_usd_per_kwh(at("2024Q1")) == pytest.approx(121.125 * 1.034, rel=EXACT)


def test_imports_by_hand_after_the_records(costs: CellCosts) -> None:
    """One percent a year cheaper: from 2025 for recorded cells, from the end of 2024 for third countries."""
    quarter = at("2027Q1")
    assert costs.import_price_usd_per_kwh(quarter) == pytest.approx(43.0 * 0.99**1.625 * 1.284, rel=EXACT)
    assert costs.vehicle_price_usd_per_kwh(quarter) == pytest.approx(90.0 * 0.99**1.625 * 1.034, rel=EXACT)
    assert costs.third_country_price_usd_per_kwh(NOW) == pytest.approx(75.0 * 0.99**2 * 1.134, rel=EXACT)


def test_lithium_passes_six_dollars_a_kwh_for_ten_a_kg_to_imports_times_their_duty(
    costs: CellCosts, dear: CellCosts
) -> None:
    for price, duty in [
        (CellCosts.import_price_usd_per_kwh, 0.284),
        (CellCosts.third_country_price_usd_per_kwh, 0.134),
        (CellCosts.vehicle_price_usd_per_kwh, 0.034),
    ]:
        assert price(dear, NOW) - price(costs, NOW) == pytest.approx(6.0 * (1.0 + duty), rel=1e-9)


@pytest.mark.parametrize("made", [0.65, 0.93])
def test_lithium_passes_to_us_cells_over_their_yield(costs: CellCosts, dear: CellCosts, made: float) -> None:
    cell_yield = np.array([made])
    for cost in (CellCosts.iron_cost_usd_per_kwh, CellCosts.nickel_cost_usd_per_kwh):
        assert cost(dear, cell_yield, NOW) - cost(costs, cell_yield, NOW) == pytest.approx([6.0 / made], rel=1e-9)


def test_nickel_is_in_nickel_cells_alone_and_graphite_in_all(costs: CellCosts, costs_at: Costs) -> None:
    """10 $/kg more: 7 $/kWh of nickel, 10 of graphite; over the yield in US plants, times the duty on imports."""
    nickel, graphite = costs_at((0.0, 10.0, 0.0)), costs_at((0.0, 0.0, 10.0))
    made = np.array([0.8])
    for price, duty, of_nickel in [
        (CellCosts.import_price_usd_per_kwh, 0.284, 0.0),
        (CellCosts.third_country_price_usd_per_kwh, 0.134, 0.0),
        (CellCosts.vehicle_price_usd_per_kwh, 0.034, 7.0),
    ]:
        assert price(nickel, NOW) - price(costs, NOW) == pytest.approx(of_nickel * (1.0 + duty), rel=1e-9)
        assert price(graphite, NOW) - price(costs, NOW) == pytest.approx(10.0 * (1.0 + duty), rel=1e-9)
    plain = costs.nickel_cost_usd_per_kwh(made, NOW)
    assert nickel.nickel_cost_usd_per_kwh(made, NOW) - plain == pytest.approx([7.0 / 0.8], rel=1e-9)
    assert nickel.iron_cost_usd_per_kwh(made, NOW) == costs.iron_cost_usd_per_kwh(made, NOW)
    assert graphite.nickel_cost_usd_per_kwh(made, NOW) - plain == pytest.approx([10.0 / 0.8], rel=1e-9)


def test_recorded_prices_hold_lithium_already(costs: CellCosts, dear: CellCosts) -> None:
    assert dear.material_rise_usd_per_kwh(IRON_CELL_KG_PER_KWH, ORIGIN) == 0.0
    assert dear.material_rise_usd_per_kwh(IRON_CELL_KG_PER_KWH, ORIGIN + 1) == pytest.approx(6.0, rel=EXACT)
    assert dear.import_price_usd_per_kwh(ORIGIN) == costs.import_price_usd_per_kwh(ORIGIN)


def test_us_cells_by_hand(costs: CellCosts) -> None:
    """End of 2024: (55 + 22) and (36 + 22) over the yield; four years on, 22 x 1.12^4 to the power of log2 0.82."""
    made = np.array([0.65, 0.93])
    assert costs.nickel_cost_usd_per_kwh(made, ORIGIN) == pytest.approx(77.0 / made, rel=EXACT)
    assert costs.iron_cost_usd_per_kwh(made, ORIGIN) == pytest.approx(58.0 / made, rel=EXACT)
    later = 22.0 * 1.12 ** (4 * np.log2(0.82))
    assert costs.iron_cost_usd_per_kwh(made, at("2028Q4")) == pytest.approx((36.0 + later) / made, rel=EXACT)


def test_a_line_costs_what_the_chemistry_it_makes_now_costs(costs: CellCosts) -> None:
    lines, _ = read_lines()
    made = np.full(lines.size, 0.93)
    converted = int(np.flatnonzero(lines.chemistry == NICKEL_CYLINDER)[0])
    lines.chemistry[converted] = IRON
    found = costs.cost_usd_per_kwh(lines, made, ORIGIN)
    assert found[converted] == pytest.approx(58.0 / 0.93, rel=EXACT)
    assert found[lines.chemistry != IRON] == pytest.approx(77.0 / 0.93, rel=EXACT)


@pytest.mark.parametrize(
    ("label", "usd_per_kwh"),
    [
        ("2022Q4", 0.0),
        ("2023Q1", 45.0 * 322.1 / 304.702),
        ("2025Q4", 45.0),
        ("2026Q1", 45.0 * 322.1 / 331.8),
        ("2029Q4", 45.0 * 322.1 / 331.8 / 1.023**3),
        ("2030Q1", 33.75 * 322.1 / 331.8 / 1.023**4),
        ("2031Q1", 22.5 * 322.1 / 331.8 / 1.023**5),
        ("2032Q4", 11.25 * 322.1 / 331.8 / 1.023**6),
        ("2033Q1", 0.0),
    ],
)
def test_the_production_credit_of_a_year(costs: CellCosts, label: str, usd_per_kwh: float) -> None:
    """Not indexed: worth less every year; a firm gets 0.94 of it, whose buyers of cells for cars get 0.7."""
    assert costs.statutory_credit_usd_per_kwh(at(label)) == pytest.approx(usd_per_kwh, rel=EXACT, abs=0.0)
    assert costs.credit_usd_per_kwh(at(label)) == pytest.approx(0.94 * usd_per_kwh, rel=EXACT, abs=0.0)
    assert costs.passed_on_usd_per_kwh(at(label)) == pytest.approx(0.7 * 0.94 * usd_per_kwh, rel=EXACT, abs=0.0)


def test_the_line_keeps_what_is_not_passed_on_and_all_of_it_on_storage_cells(costs: CellCosts) -> None:
    assert costs.credit_kept == pytest.approx([0.3, 1.0], rel=EXACT)


def test_owners_see_the_phase_down_of_the_coming_ten_years(costs: CellCosts) -> None:
    coming = costs.coming_credits_usd_per_kwh(at("2029Q3"))
    full = 0.94 * 45.0 * 322.1 / 331.8 / 1.023**3
    worth = np.array([1.0, 0.75, 0.5, 0.25, 0.0]) / 1.023 ** np.arange(5)
    expected = full * np.repeat(worth, [2, 4, 4, 4, 26])
    assert coming.shape == (HORIZON_QUARTERS,)
    assert coming == pytest.approx(expected, rel=EXACT, abs=0.0)
    assert costs.coming_credits_usd_per_kwh(LAST).shape == (HORIZON_QUARTERS,)  # the horizon ends after the run


def test_duties_and_the_investment_credit_are_looked_up_by_quarter(costs: CellCosts) -> None:
    assert costs.tariff(at("2025Q3"), Use.STORAGE) == pytest.approx(0.409, rel=EXACT)
    assert costs.tariff(at("2025Q3"), Use.VEHICLES) == pytest.approx(0.134, rel=EXACT)
    assert costs.tariff(NOW, Use.STORAGE) == pytest.approx(0.284, rel=EXACT)
    shares = [costs.investment_credit_share(at(label)) for label in ("2022Q4", "2023Q1", "2034Q1", "2036Q1")]
    assert shares == [0.0, 0.3, 0.225, 0.0]


def test_levers_move_prices_after_the_origin_alone(costs_at: Costs, costs: CellCosts) -> None:
    free = costs_at(policy={"tariff_factor": 0.0, "production_credit_factor": 0.5, "investment_credit_factor": 2.0})
    assert free.import_price_usd_per_kwh(at("2027Q1")) == pytest.approx(43.0 * 0.99**1.625, rel=EXACT)
    assert free.credit_usd_per_kwh(NOW) == pytest.approx(0.94 * 22.5 * 322.1 / 331.8, rel=EXACT)
    assert free.investment_credit_share(NOW) == pytest.approx(0.6, rel=EXACT)
    assert free.import_price_usd_per_kwh(ORIGIN) == costs.import_price_usd_per_kwh(ORIGIN)
    assert free.credit_usd_per_kwh(ORIGIN) == costs.credit_usd_per_kwh(ORIGIN)


def test_a_premium_raises_both_prices_of_storage_cells_and_leaves_those_for_cars(
    costs_at: Costs, costs: CellCosts
) -> None:
    dearer = costs_at(storage={"price_premium": 0.2})
    for price in (CellCosts.import_price_usd_per_kwh, CellCosts.third_country_price_usd_per_kwh):
        assert price(dearer, NOW) == pytest.approx(1.2 * price(costs, NOW), rel=EXACT)
    assert dearer.vehicle_price_usd_per_kwh(NOW) == costs.vehicle_price_usd_per_kwh(NOW)


def test_margins_are_price_less_variable_cost_before_credits(costs: CellCosts) -> None:
    """2024Q4: imported nickel cells cost 99.375 plus 3.4 %; US cells 77/0.93 and 58/0.93."""
    lines, _ = read_lines()
    vehicle, storage = costs.margins_usd_per_kwh(lines, np.full(lines.size, 0.93), 85.0, ORIGIN)
    assert storage == pytest.approx(np.full(lines.size, 85.0 - 58.0 / 0.93), rel=EXACT)
    nickel = lines.car_chemistry >= NICKEL_POUCH
    assert vehicle[nickel] == pytest.approx(np.full(nickel.sum(), 99.375 * 1.034 - 77.0 / 0.93), rel=EXACT)
    assert (vehicle[~nickel] < vehicle[nickel].min()).all()
