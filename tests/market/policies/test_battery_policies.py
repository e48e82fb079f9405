"""The contract that every policy on cells and storage keeps, and what the law says by quarter (M12, M16, M19)."""

from collections.abc import Callable

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters, tables
from market.policies.parameters import Policy
from market.policies.registry import BATTERY_POLICIES

EXACT = 1e-12
ORIGIN = quarters.index("2024Q4")
ALL = range(quarters.index("2045Q4") + 1)
LEVERS = {
    "production_credit": "production_credit_factor",
    "investment_credit": "investment_credit_factor",
    "battery_tariff": "tariff_factor",
}
MOST = {"production_credit": 50.0, "investment_credit": 0.3, "battery_tariff": 0.5}
"""$/kWh, share of a project's cost, share of the price."""

Rate = Callable[..., Floats]


@pytest.fixture(scope="module")
def rate() -> Rate:
    def of(name: str, quarter: int, strength: float = 1.0, origin: int = ORIGIN) -> Floats:
        parameters = Policy.model_validate({LEVERS[name]: strength})
        return BATTERY_POLICIES[name](parameters, origin).rate(quarter)

    return of


def test_every_policy_has_a_lever_and_bounds_here() -> None:
    assert set(LEVERS) == set(MOST) == set(BATTERY_POLICIES)


@pytest.mark.parametrize("name", BATTERY_POLICIES)
def test_a_rate_is_a_number_within_bounds_for_every_quarter_to_2045(name: str) -> None:
    policy = BATTERY_POLICIES[name](Policy(), ORIGIN)
    rates = np.stack([policy.rate(quarter) for quarter in ALL])
    assert rates.shape == (len(ALL), 2 if name == "battery_tariff" else 1)
    assert np.isfinite(rates).all()
    assert rates.min() >= 0.0
    assert 0.6 * MOST[name] < rates.max() <= MOST[name]


@pytest.mark.parametrize("name", BATTERY_POLICIES)
def test_at_strength_zero_nothing_is_left_after_the_origin_and_the_past_stays(rate: Rate, name: str) -> None:
    for quarter in (ORIGIN + 1, ORIGIN + 4, ORIGIN + 24):
        assert not rate(name, quarter, 0.0).any()
        assert rate(name, quarter).any()
    for quarter in (0, 12, ORIGIN - 4, ORIGIN):
        assert np.array_equal(rate(name, quarter, 0.0), rate(name, quarter))


@pytest.mark.parametrize("name", BATTERY_POLICIES)
def test_strength_multiplies_the_rate_from_the_quarter_after_the_origin(rate: Rate, name: str) -> None:
    early = quarters.index("2023Q2")
    for origin in (early, ORIGIN):
        assert rate(name, origin + 1, 2.0, origin) == pytest.approx(2.0 * rate(name, origin + 1), rel=EXACT)
        assert rate(name, origin, 2.0, origin) == pytest.approx(rate(name, origin), rel=EXACT)
        assert rate(name, origin + 1, 0.5, origin) == pytest.approx(0.5 * rate(name, origin + 1), rel=EXACT)


@pytest.mark.parametrize("name", BATTERY_POLICIES)
def test_a_lever_moves_its_own_policy_alone(name: str) -> None:
    others = {lever: 0.0 for policy, lever in LEVERS.items() if policy != name}
    quarter = ORIGIN + 3
    moved = BATTERY_POLICIES[name](Policy.model_validate(others), ORIGIN).rate(quarter)
    assert np.array_equal(moved, BATTERY_POLICIES[name](Policy(), ORIGIN).rate(quarter))


@pytest.mark.parametrize(
    ("year", "phase"),
    [(2030, 0.75), (2031, 0.5), (2032, 0.25), (2033, 0.0), (2040, 0.0)],
)
def test_the_production_credit_is_phased_down_from_2030(rate: Rate, year: int, phase: float) -> None:
    """26 USC 45X: 35 + 10 $/kWh in full to 2029, in dollars that lose 2.3 % a year."""
    full = rate("production_credit", quarters.index("2029Q4"))
    for part in (1, 4):
        found = rate("production_credit", quarters.index(f"{year}Q{part}"))
        assert found == pytest.approx(phase * full * 1.023 ** (2029 - year), rel=EXACT, abs=0.0)


@pytest.mark.parametrize(
    ("label", "nominal", "year"),
    [("2023Q1", 45.0, 2023), ("2025Q4", 45.0, 2025), ("2029Q1", 45.0 / 1.023**3, 2026)],
)
def test_the_production_credit_is_not_indexed_to_prices(rate: Rate, label: str, nominal: float, year: int) -> None:
    """$ of 2025: to the last year of a known price level by it, after that by the expected inflation of 2.3 %."""
    expected = float(tables.real_2025(nominal, year))
    assert rate("production_credit", quarters.index(label)) == pytest.approx([expected], rel=EXACT)


def test_there_was_no_production_credit_before_2023(rate: Rate) -> None:
    assert not any(rate("production_credit", quarter).any() for quarter in range(quarters.index("2022Q4") + 1))


@pytest.mark.parametrize(
    ("label", "share"),
    [
        ("2017Q1", 0.0),
        ("2022Q4", 0.0),
        ("2023Q1", 0.3),
        ("2026Q4", 0.3),
        ("2033Q4", 0.3),
        ("2034Q1", 0.225),
        ("2035Q4", 0.15),
        ("2036Q1", 0.0),
    ],
)
def test_the_investment_credit_by_the_quarter_building_begins(rate: Rate, label: str, share: float) -> None:
    """26 USC 48E: stand-alone storage from 2023, 75 % of it in 2034 and half in 2035."""
    assert rate("investment_credit", quarters.index(label)) == pytest.approx([share], rel=EXACT, abs=0.0)


@pytest.mark.parametrize(
    ("label", "vehicle", "storage"),
    [
        ("2017Q1", 0.034, 0.034),
        ("2019Q4", 0.034, 0.034 + 0.15),
        ("2020Q1", 0.034, 0.034 + 0.075),
        ("2024Q4", 0.034, 0.034 + 0.075),
        ("2025Q1", 0.034, 0.034 + 0.075 + 0.1),
        ("2025Q2", 0.034 + 0.1, 0.034 + 0.075 + 0.2 + 0.1),
        ("2025Q4", 0.034 + 0.1, 0.034 + 0.075 + 0.1 + 0.1),
        ("2026Q1", 0.034 + 0.1, 0.034 + 0.25 + 0.1 + 0.1),
        ("2026Q2", 0.034, 0.034 + 0.25),
        ("2045Q4", 0.034, 0.034 + 0.25),
    ],
)
def test_duties_add_up_by_use_and_cells_for_cars_pay_only_those_on_all_countries(
    rate: Rate, label: str, vehicle: float, storage: float
) -> None:
    """Most-favoured-nation, Section 301, fentanyl and reciprocal duties; cells for cars come from allies."""
    assert rate("battery_tariff", quarters.index(label)) == pytest.approx([vehicle, storage], rel=EXACT)
