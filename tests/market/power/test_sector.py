"""Recorded storage and what utilities and data centers ask for, without the car market unless needed (M16, M17)."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from agents.power.storage_demand import ValueStack
from market.base import quarters, tables
from market.base.sets import region_names
from market.model import Market
from market.power.sector import PowerSide
from tests.market.power.power_sides import EXACT, LAST, OF, ORIGIN, PowerOf, all_contracts, run_alone

REGIONS = region_names()

# To the origin


def test_recorded_additions_come_back_year_by_year_and_region_by_region(finished: Market) -> None:
    rows = finished.recorder.frame("regions")
    rows["year"] = rows["quarter"].str[:4].astype(int)
    rows = rows[rows["year"] <= 2024]
    table = tables.load("storage_additions")
    table = table[table["year"].between(2017, 2024) & table["region"].isin(REGIONS)]
    for here, there in (("added_gw", "gw"), ("added_gwh", "gwh")):
        found = rows.groupby(["year", "region"])[here].sum()
        recorded = table.groupby(["year", "region"])[there].sum().reindex(found.index)
        assert found.to_numpy() == pytest.approx(recorded.to_numpy(), rel=1e-9, abs=EXACT)
        assert found.sum() > 20.0


def test_to_the_origin_nobody_asks_and_all_comes_from_imports(power_alone: PowerSide) -> None:
    before = [contract for contract in all_contracts(power_alone) if contract.signed <= ORIGIN]
    assert {contract.start for contract in before} == set(range(0, ORIGIN, 4))
    assert all(contract.signed == contract.start == contract.end - 3 for contract in before)
    assert not any(contract.is_domestic or contract.compliant or contract.for_data_center for contract in before)


def test_sellers_take_the_orders_of_the_last_two_years_as_a_years_demand(power: PowerSide) -> None:
    """A year of 400 GWh, long past, then one of 8 and one of 12: 10 GWh a year."""
    by_quarter = [100.0] * 4 + [2.0] * 4 + [3.0] * 4
    power.signed_gwh = [np.full(len(REGIONS), gwh / len(REGIONS)) for gwh in by_quarter]
    assert power.ordered_per_year_gwh() == pytest.approx(10.0, rel=EXACT)
    power.signed_gwh = power.signed_gwh[-4:]
    assert power.ordered_per_year_gwh() == pytest.approx(6.0, rel=EXACT)  # half of the two years is not there yet


# Committed projects


def test_projects_of_2025_are_put_up_in_2025_with_the_duration_of_2024(power_alone: PowerSide) -> None:
    """ERCOT: 0.6 of 8.1546 GW."""
    first = ORIGIN + 1
    install = [contract for contract in all_contracts(power_alone) if contract.signed == contract.start == first]
    power = {REGIONS[contract.region]: contract.gw for contract in install}
    assert power["ERCOT"] == pytest.approx(0.6 * 8.1546, rel=EXACT)
    assert power["CAISO"] == pytest.approx(0.6 * 4.4682, rel=EXACT)
    last = tables.load("storage_additions").query("region == 'ERCOT' and year == 2024").iloc[0]
    energy = {REGIONS[contract.region]: contract.gwh for contract in install}
    assert energy["ERCOT"] == pytest.approx(0.6 * 8.1546 * last["gwh"] / last["gw"], rel=EXACT)


def test_with_an_earlier_origin_nothing_is_committed(power_of: PowerOf) -> None:
    origin = quarters.index("2023Q4")
    power = run_alone(power_of(origin=origin))
    later = [contract for contract in all_contracts(power) if contract.signed > origin]
    assert later
    assert all(contract.start > contract.signed for contract in later)


def test_projects_of_later_years_count_as_standing(power: PowerSide) -> None:
    """In 2025: those of 2026, 2027 and 2028; the year's own are under contract."""
    counted = power.standing_gw(ORIGIN + 2) - power.installed_gw
    assert counted[OF["ERCOT"]] == pytest.approx(0.6 * (10.165 + 9.9035 + 3.2262), rel=EXACT)


def test_every_committed_project_is_delivered_in_its_year_and_never_ordered(power_alone: PowerSide) -> None:
    """Signed and begun in the first quarter of 2025 and of 2026, over by its last; the rest are requests."""
    for year in (2025, 2026):
        first = quarters.index(f"{year}Q1")
        direct = [c for c in all_contracts(power_alone) if c.signed == c.start == first]
        assert {contract.end for contract in direct} == {first + 3}
        assert sum(c.gw for c in direct) == pytest.approx(power_alone.regions.committed_gw(year, ORIGIN).sum())
    firm = [power_alone.order_of(each, quarters.index("2025Q2")).firm_gw for each in power_alone.utilities]
    mandated = power_alone.regions.mandated_gw(2026, quarters.index("2025Q2"))
    assert (np.array(firm) <= mandated).all()


# Requests


def test_a_region_asks_once_a_year_in_its_calendar_quarter(power_alone: PowerSide) -> None:
    requests = {
        (contract.region, contract.signed)
        for contract in all_contracts(power_alone)
        if contract.signed > ORIGIN and contract.start > contract.signed and not contract.for_data_center
    }
    assert all(signed % 4 == region % 4 for region, signed in requests)
    asked = Counter(region for region, _ in requests)
    assert max(asked.values()) == 2  # of two years
    assert len(asked) >= 6


def test_data_centers_order_every_quarter_wherever_they_arrive(power_alone: PowerSide) -> None:
    orders = {(contract.region, contract.signed) for contract in all_contracts(power_alone) if contract.for_data_center}
    arrive = np.flatnonzero(power_alone.regions.arrivals_mw(quarters.index("2025Q1")) > 0)
    assert {signed for _, signed in orders} == set(range(ORIGIN + 1, LAST + 1))
    assert {region for region, signed in orders if signed == ORIGIN + 3} == set(arrive.tolist())


def test_a_request_by_hand(power: PowerSide) -> None:
    """ERCOT in 2025Q2: nothing is mandated, pace 0.27, and 0.6 of what is proposed for 2026 to 2028 is on the way."""
    quarter, place = ORIGIN + 2, OF["ERCOT"]
    order = power.order_of(power.utilities[place], quarter)
    assert (order.firm_gw, order.firm_gwh) == (0.0, 0.0)
    standing = power.regions.installed_gw[place] + 0.6 * (10.165 + 9.9035 + 3.2262)
    assert order.standing_gw == pytest.approx(standing, rel=EXACT)
    peak = tables.load("peaks").query("region == 'ERCOT' and year == 2024")["gw"].iloc[0]
    assert order.peak_gw == pytest.approx(peak * 1.06**4, rel=EXACT)
    assert order.pace == pytest.approx(0.27, rel=EXACT)
    assert order.project.credit_share == 0.3


def test_what_is_firm_is_what_mandates_ask_beyond_committed_projects(power: PowerSide) -> None:
    """For 2029 PJM has no project, and 0.21 + 0.8 + 0.35 + 0.375 GW are ordered by four states."""
    order = power.order_of(power.utilities[OF["PJM"]], quarters.index("2028Q3"))
    assert order.firm_gw == pytest.approx(0.21 + 0.8 + 0.35 + 0.375, rel=EXACT)
    assert order.firm_gwh == pytest.approx(order.firm_gw * power.regions.firm_hours(2024)[OF["PJM"]], rel=EXACT)
    assert power.order_of(power.utilities[OF["CAISO"]], ORIGIN + 1).firm_gw == 0.0  # 0.6 x 3.2323 above 1.5
    new_york = power.order_of(power.utilities[OF["NYISO"]], quarters.index("2025Q2")).firm_gw
    due = power.regions.mandated_gw(2026, quarters.index("2025Q2"))[OF["NYISO"]]
    assert new_york == pytest.approx(due - 0.6 * 0.1008, rel=EXACT)


def test_a_lever_on_demand_multiplies_firm_projects_and_pace(power_of: PowerOf, power: PowerSide) -> None:
    double = power_of(demand_factor=2.0)
    quarter, place = quarters.index("2028Q3"), OF["PJM"]
    once, twice = (power.order_of(power.utilities[place], quarter) for power in (power, double))
    assert once.firm_gwh > 0.0
    assert twice.firm_gwh == pytest.approx(2.0 * once.firm_gwh, rel=EXACT)
    assert twice.pace == pytest.approx(2.0 * once.pace, rel=EXACT)


def test_without_demand_no_contract_is_signed_after_the_origin(power_of: PowerOf) -> None:
    power = run_alone(power_of(demand_factor=0.0, data_center_factor=0.0))
    contracts = all_contracts(power)
    assert contracts
    assert max(contract.signed for contract in contracts) <= ORIGIN
    assert sum(signed.sum() for signed in power.signed_gwh[ORIGIN + 1 :]) == 0.0
    start = power.regions.installed_gwh
    recorded = sum(power.regions.recorded(year)[1] for year in range(2017, 2025))
    assert power.installed_gwh == pytest.approx(start + recorded, rel=1e-9)


def test_only_half_of_the_storage_of_data_centers_counts_for_a_region(power: PowerSide) -> None:
    before = power.standing_gw(ORIGIN)
    power.installed_gw = power.installed_gw + 3.0
    power.data_center_gw = power.data_center_gw + 3.0
    assert power.standing_gw(ORIGIN) - before == pytest.approx(np.full(len(REGIONS), 1.5), rel=1e-9)


def test_a_request_plans_for_the_cars_expected_at_the_peak_and_counts_what_they_give_back(power: PowerSide) -> None:
    quarter, place = ORIGIN + 2, OF["ERCOT"]
    before = power.order_of(power.utilities[place], quarter)
    power.grid.added_ahead_gw = power.grid.added_ahead_gw + 3.0
    power.grid.vehicle_gw = power.grid.vehicle_gw + 0.5
    after = power.order_of(power.utilities[place], quarter)
    assert after.peak_gw - before.peak_gw == pytest.approx(3.0, rel=1e-9)
    assert after.standing_gw - before.standing_gw == pytest.approx(0.5, rel=1e-9)


def test_who_foresees_knows_how_the_price_answers_and_who_learns_takes_it_as_it_is(power_of: PowerOf) -> None:
    foresight, learning = run_alone(power_of()), run_alone(power_of(adaptive_revenue=True))
    known, hours = planned(foresight)
    assert known.outlook is not None
    normal = foresight.revenue.stack(OF["PJM"], hours, LAST)
    assert known.arbitrage_usd == pytest.approx(1.16 * normal.arbitrage_usd, rel=EXACT)  # 1 + 0.2 x 0.8
    learning.revenue.expected_kept = np.full(len(REGIONS), 0.5)
    stack, hours = planned(learning)
    assert stack.outlook is None
    coming = float(learning.revenue.capacity.coming_usd[OF["PJM"]])
    first_kw = replace(learning.revenue.stack(OF["PJM"], hours, LAST), capacity_usd=coming).earned_usd_per_kw_year(0.0)
    share = float(learning.share_of_peak(LAST)[OF["PJM"]])
    assert stack.earned_usd_per_kw_year(share) == pytest.approx(0.5 * first_kw, rel=1e-9)


def planned(power: PowerSide) -> tuple[ValueStack, float]:
    """What PJM's utility takes storage to be worth in the last quarter, and the hours it asks for."""
    order = power.order_of(power.utilities[OF["PJM"]], LAST)
    return order.stack, order.project.hours


# Residual value


def test_at_the_origin_value_equals_cost_at_what_stands_and_is_on_the_way(power: PowerSide) -> None:
    """When the first quarter after it opens, in every region that no bound holds."""
    first = ORIGIN + 1
    run_alone(power, ORIGIN).open(first)
    for place in np.flatnonzero(~power.revenue.is_at_bound):
        seen = power.views(first)[place]
        stack, project = power.plan(seen)
        cost = project.cost_usd_per_kw_year(power.price_usd_per_kwh)
        assert stack.marginal_usd_per_kw_year(seen.standing_share) == pytest.approx(cost, rel=1e-9)
    held = np.abs(power.revenue.residual_usd[power.revenue.is_at_bound])
    assert (held == 60.0).all()
    assert 1 <= held.size <= 4


def test_utilities_order_the_duration_that_is_worth_most_less_its_cost(power_alone: PowerSide) -> None:
    """Texas pays for power and not for capacity: short. California credits four hours and more: longer."""
    hours = [power_alone.plan(power_alone.views(LAST)[OF[name]])[1].hours for name in ("ERCOT", "CAISO")]
    assert 2.0 <= hours[0] < 3.0 < hours[1] <= 8.0


# Shares and costs by hand


def test_what_is_owed_is_a_share_of_what_lines_will_make_and_at_most_all(power: PowerSide) -> None:
    supply = power.compliant_supply_gwh(LAST) / 4.0
    assert supply > 0.0
    shares = [power.contracted_share(part * supply, LAST - 4) for part in (0.0, 0.5, 1.0, 3.0)]
    assert shares == pytest.approx([0.0, 0.5, 1.0, 1.0], rel=1e-12)


def test_other_costs_of_a_project_are_those_of_its_hours(power_alone: PowerSide) -> None:
    for contract in all_contracts(power_alone):
        hours = contract.gwh / contract.gw
        expected = power_alone.regions.other_capex_usd_per_kwh(quarters.year(contract.signed), hours)
        assert contract.other_capex_usd_per_kwh == pytest.approx(expected, rel=1e-12)
