"""Contracts, deliveries, retirement and the price of compliant cells, without the car market (M16, M19)."""

import numpy as np
import pytest

from market.base import quarters
from market.base.ledger import Ledger
from market.base.sets import region_names
from market.cells.lines import SELLERS
from market.power.contracts import IMPORTS, THIRD_COUNTRIES
from market.power.sector import PowerSide
from tests.market.power.power_sides import EXACT, LAST, OF, ORIGIN, PowerOf, all_contracts, contract_of

REGIONS = region_names()


def test_what_is_contracted_counts_as_standing(power: PowerSide) -> None:
    before = power.standing_gw(ORIGIN)
    power.book.sign(contract_of("Tesla", 8.0, ORIGIN + 5, ORIGIN + 12))
    assert (power.standing_gw(ORIGIN) - before)[OF["PJM"]] == pytest.approx(2.0, rel=1e-9)


def test_us_lines_promise_what_is_not_yet_owed_over_the_contract(power: PowerSide) -> None:
    """Tesla's 10 GWh a year run from 2026Q1: 2.325 GWh a quarter over eight quarters, less 1 GWh owed in each."""
    quarter, tesla = quarters.index("2025Q2"), SELLERS.index("Tesla")
    free = power._free_by_seller(power._window(quarter))
    assert free[tesla] == pytest.approx(18.6, rel=EXACT)
    assert np.delete(free, tesla).sum() == 0.0
    power.book.sign(contract_of("Tesla", 8.0, quarter + 3, quarter + 10))
    assert power._free_by_seller(power._window(quarter))[tesla] == pytest.approx(10.6, rel=EXACT)
    assert not power._free_by_seller(power._window(quarter - 1)).any()  # delivery would begin before the lines run


def test_no_us_seller_promises_more_than_its_lines_can_make(power_alone: PowerSide) -> None:
    """No line changed: Tesla's 2.325 GWh a quarter are all there is."""
    tesla = SELLERS.index("Tesla")
    domestic = [contract for contract in all_contracts(power_alone) if contract.is_domestic]
    assert {contract.seller for contract in domestic} == {"Tesla"}
    most = power_alone.book.committed_by_seller(LAST, LAST + 12)
    assert 1.0 < most[tesla] <= 2.325 + 1e-9


def test_a_contract_delivers_for_two_years_from_the_third_quarter_on(power_alone: PowerSide) -> None:
    ordered = [contract for contract in all_contracts(power_alone) if contract.start > contract.signed]
    assert {(contract.start - contract.signed, contract.end - contract.start) for contract in ordered} == {(3, 7)}
    for contract in ordered:
        loses = contract.seller == IMPORTS and contract.signed >= power_alone.rule.begins
        assert contract.credit_share == (0.0 if loses else 0.3)


def test_what_is_signed_is_the_sum_of_its_contracts(power_alone: PowerSide) -> None:
    for quarter in range(ORIGIN - 3, LAST + 1):
        by_region = np.zeros(len(REGIONS))
        for contract in all_contracts(power_alone):
            by_region[contract.region] += contract.gwh if contract.signed == quarter else 0.0
        assert power_alone.signed_gwh[quarter] == pytest.approx(by_region, rel=1e-9, abs=EXACT)


def test_projects_begun_after_the_rule_weigh_the_credit(power_alone: PowerSide) -> None:
    """Before it nobody buys in third countries; after it nearly all that US lines cannot make comes from there."""
    rule = power_alone.rule.begins
    requests = [c for c in all_contracts(power_alone) if c.start > c.signed > ORIGIN]
    before = {contract.seller for contract in requests if contract.signed < rule}
    assert IMPORTS in before
    assert THIRD_COUNTRIES not in before
    after = {seller: sum(c.gwh for c in requests if c.signed >= rule and c.seller == seller) for seller in (
        IMPORTS, THIRD_COUNTRIES,
    )}  # fmt: skip
    assert 0.0 < after[IMPORTS] < 0.02 * after[THIRD_COUNTRIES]


def test_delivered_storage_stands_in_its_region(power: PowerSide) -> None:
    ledger = Ledger()
    ledger.open(ORIGIN)
    power.book.sign(contract_of("Tesla", 8.0, ORIGIN, ORIGIN + 3))
    power.book.sign(contract_of("Tesla", 4.0, ORIGIN, ORIGIN + 3, for_data_center=True))
    before = power.installed_gw.copy(), power.installed_gwh.copy()
    power.deliver(np.zeros(len(SELLERS)), ORIGIN, ledger)
    assert (power.installed_gwh - before[1])[OF["PJM"]] == pytest.approx(3.0, rel=1e-9)
    assert (power.installed_gw - before[0])[OF["PJM"]] == pytest.approx(0.75, rel=1e-9)
    assert power.data_center_gw.sum() == pytest.approx(0.25, rel=1e-9)


def test_storage_is_taken_down_when_its_life_is_over(power_of: PowerOf) -> None:
    """Life of 10 years: a 24th of what stood at the start goes in 2021Q1, ten years after its quarter of 2011."""
    power, first = power_of(life_years=10), quarters.index("2021Q1")
    start = power.installed_gwh.copy()
    power.vintages.retire(first - 1)
    assert not power.vintages.retired.any()
    power.open(first)
    assert power.installed_gwh == pytest.approx(start * 23.0 / 24.0, rel=1e-9)
    assert power.vintages.standing()[1] == pytest.approx(power.installed_gwh, rel=1e-9)


# Prices


def test_compliant_demand_is_what_of_a_years_orders_begins_under_the_rule_and_minds_it(power: PowerSide) -> None:
    """40 GWh a year, of which projects proposed at the end of 2024 for 2027 take what they are."""
    power.signed_gwh = [np.full(len(REGIONS), 10.0 / len(REGIONS))] * 16
    quarter = quarters.index("2026Q2")
    committed = min(power.rule.committed_gwh(2027), 40.0)
    assert 0.95 * (40.0 - committed) < power.compliant_demand_gwh(quarter) <= 40.0 - committed
    assert power.compliant_demand_gwh(quarters.index("2025Q1")) == 0.0


def test_compliant_supply_is_what_storage_lines_make_by_then(power: PowerSide) -> None:
    power._cells.lines.complete(ORIGIN)
    assert power.compliant_supply_gwh(quarters.index("2025Q4")) == 0.0
    assert power.compliant_supply_gwh(quarters.index("2026Q1")) == pytest.approx(9.3, rel=EXACT)


def test_us_cells_cost_more_where_they_are_short_and_no_less_than_to_make_them(power: PowerSide) -> None:
    quarter, costs = quarters.index("2026Q1"), power._cells.costs
    floor, third = costs.import_price_usd_per_kwh(quarter), costs.third_country_price_usd_per_kwh(quarter)
    assert floor < third
    market = power.us_market(np.full(4, 100.0), quarter)
    short, ample = (market.ask_usd_per_kwh(np.full(4, supply))[3] for supply in (1.0, 500.0))
    assert third < short <= third + power._storage.us_choice_spread + 1e-9
    assert ample == pytest.approx(power.least_usd_per_kwh(quarter), rel=EXACT)
