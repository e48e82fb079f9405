"""The contract that every purchase credit keeps, and what the federal one paid (M2)."""

from collections.abc import Callable

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.categories import BEV, ICE, INCOMES, MAKERS
from market.exogenous.zones import Places
from market.model import Market
from market.policies.instrument import PolicySetting
from market.policies.parameters import Policy
from market.policies.registry import POLICIES
from market.scenario import Scenario
from market.vehicles.products import Products

ORIGIN = quarters.index("2024Q4")
LAST = quarters.index("2030Q4")
NOTHING = {"federal_credit_factor": 0.0, "state_rebate_factor": 0.0}

Amount = Callable[..., Floats]


@pytest.fixture(scope="module")
def amount(places: Places, products: Products) -> Amount:
    def of(name: str, quarter: int, **levers: object) -> Floats:
        setting = PolicySetting(Policy.model_validate(levers), places, products, ORIGIN)
        return POLICIES[name](setting).amount_kusd(quarter)

    return of


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("quarter", [0, 8, 20, ORIGIN, ORIGIN + 1, LAST])
def test_an_amount_is_a_number_of_dollars_for_every_income_and_product(
    amount: Amount, places: Places, products: Products, name: str, quarter: int
) -> None:
    found = amount(name, quarter)
    assert found.shape[0] in (1, places.size)
    assert found.shape[1:] == (len(INCOMES), products.size)
    assert np.isfinite(found).all()
    assert found.min() >= 0.0
    assert found.max() < 20.0


@pytest.mark.parametrize("name", POLICIES)
def test_at_strength_zero_nothing_is_paid_after_the_origin_and_the_past_stays(amount: Amount, name: str) -> None:
    for quarter in (ORIGIN + 1, ORIGIN + 4, LAST):
        assert not amount(name, quarter, **NOTHING).any()
    for quarter in (0, 12, ORIGIN):
        assert np.array_equal(amount(name, quarter, **NOTHING), amount(name, quarter))


@pytest.mark.parametrize("name", POLICIES)
def test_strength_multiplies_the_amount(amount: Amount, name: str) -> None:
    levers = dict.fromkeys(NOTHING, 2.0)
    quarter = ORIGIN + 2
    assert amount(name, quarter).max() > 0.0
    assert amount(name, quarter, **levers) == pytest.approx(2.0 * amount(name, quarter), rel=1e-12)


@pytest.mark.parametrize("name", POLICIES)
def test_gasoline_cars_get_nothing(amount: Amount, products: Products, name: str) -> None:
    for quarter in range(0, LAST, 5):
        assert not amount(name, quarter)[..., products.powertrain == ICE].any()


def federal(amount: Amount, products: Products, maker: str, label: str, **levers: object) -> Floats:
    """Credits on a maker's BEVs on offer, bought or leased, k$ of 2025, by income and product."""
    quarter = quarters.index(label)
    mine = (products.maker == MAKERS.index(maker)) & (products.powertrain == BEV) & products.at(quarter).on_offer
    both = (amount(name, quarter, **levers)[0][:, mine] for name in ("federal_credit", "leased_credit"))
    return np.asarray(sum(both))


LAW = [
    ("Tesla", "2018Q4", 7.5),
    ("Tesla", "2019Q1", 3.75),
    ("Tesla", "2019Q2", 3.75),
    ("Tesla", "2019Q3", 1.875),
    ("Tesla", "2019Q4", 1.875),
    ("Tesla", "2020Q1", 0.0),
    ("Tesla", "2022Q4", 0.0),
    ("GM", "2019Q1", 7.5),
    ("GM", "2019Q2", 3.75),
    ("GM", "2019Q4", 1.875),
    ("GM", "2020Q1", 1.875),
    ("GM", "2020Q2", 0.0),
]


@pytest.mark.parametrize(("maker", "label", "nominal_kusd"), LAW)
def test_the_credit_of_a_maker_past_200_000_cars_is_halved_twice_and_ends(
    amount: Amount, products: Products, maker: str, label: str, nominal_kusd: float
) -> None:
    """26 USC 30D(e); 0.85 of buyers could use it in full (take-up in federal_credits.csv)."""
    found = federal(amount, products, maker, label)
    assert found.size > 0
    real = float(tables.real_2025(nominal_kusd * 0.85, int(label[:4])))
    assert found == pytest.approx(np.full(found.shape, real), rel=1e-12, abs=0.0)


def test_since_2023_the_rich_get_the_credit_only_on_the_leased_route(amount: Amount, products: Products) -> None:
    found = federal(amount, products, "Tesla", "2024Q3")
    by_income = found.max(axis=1)
    assert (np.diff(by_income) <= 0.0).all()
    assert 0.0 < by_income[-1] < 0.7 * by_income[0]


def test_the_credit_ends_with_the_third_quarter_of_2025(amount: Amount, products: Products) -> None:
    assert federal(amount, products, "Tesla", "2025Q3").max() > 3.0
    assert not amount("federal_credit", quarters.index("2025Q4")).any()
    assert not amount("federal_credit", LAST).any()


def test_a_credit_that_is_restored_goes_on_until_its_end(amount: Amount, products: Products) -> None:
    restored = {"federal_credit_end": "2029Q2"}
    in_force = federal(amount, products, "Tesla", "2025Q3")
    for label in ("2025Q4", "2027Q1", "2029Q2"):
        found = federal(amount, products, "Tesla", label, **restored)
        assert found.max() == pytest.approx(in_force.max(), rel=1e-12)
    assert not amount("federal_credit", quarters.index("2029Q3"), **restored).any()


def test_an_earlier_end_ends_it_earlier_but_never_rewrites_the_past(amount: Amount) -> None:
    early = {"federal_credit_end": "2023Q1"}
    assert not amount("federal_credit", ORIGIN + 1, **early).any()
    assert np.array_equal(amount("federal_credit", ORIGIN, **early), amount("federal_credit", ORIGIN))


def test_a_state_rebate_reaches_the_zones_of_its_state(amount: Amount, places: Places, products: Products) -> None:
    """California paid 2,500 $ in 2018 (CVRP); Los Angeles lies wholly in it, Houston in Texas."""
    found = amount("state_rebate", quarters.index("2018Q2"))[:, 0, products.is_bev][:, 0]
    assert found[places.names.index("Los Angeles, CA")] == pytest.approx(float(tables.real_2025(2.5, 2018)), rel=1e-9)
    texas = tables.load("state_incentives").query("state == 'TX' and year_from <= 2018 <= year_to")
    expected = float(tables.real_2025(texas["amount_usd_nominal"].sum() / 1e3, 2018))
    assert found[places.names.index("Houston, TX")] == pytest.approx(expected, abs=1e-9)


def test_credits_paid_in_a_run_are_units_times_amount(small: Callable[..., Scenario]) -> None:
    """Every quarter of a small run, added up buyer by buyer."""
    market = Market(parameters=small("2025Q2"), rng=1)
    credited = 0
    while market.running:
        market.step()
        paid_kusd = 0.0
        for row, product in zip(market.drawn_fleet.trades.new_row, market.drawn_fleet.trades.new_product, strict=True):
            seat = market.drawn_fleet.consumers[int(row)]
            for policy in market.offering.policies.values():
                each = policy.amount_kusd(market.quarter)
                zone = seat.zone if each.shape[0] > 1 else 0
                amount_kusd = float(each[zone, seat.buyer_class // 10, product])
                paid_kusd += amount_kusd * market.fleet.weight
                credited += amount_kusd > 0.0
        for row, good in zip(market.drawn_fleet.trades.used_row, market.drawn_fleet.trades.used_good, strict=True):
            income = market.drawn_fleet.consumers.columns["buyer_class"][row] // 10
            paid_kusd += float(market.offering.used_credit_kusd[income, good]) * market.fleet.weight
        reported = market.recorder.last("national")["credits_paid_musd"]
        assert reported == pytest.approx(paid_kusd / 1e3, rel=1e-9, abs=1e-9)
    assert credited > 20
