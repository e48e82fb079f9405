"""Requests, contracts and deliveries of storage, without the car market unless it is needed (M16, M17, M19)."""

import copy
from collections import Counter
from collections.abc import Callable

import mesa
import numpy as np
import pytest

from market import quarters, tables
from market.cell_lines import SELLERS
from market.cell_market import CellMarket
from market.grid import Grid
from market.ledger import Ledger
from market.model import Market
from market.places import Places
from market.power_side import PowerSide
from market.products import Products
from market.scenario import Scenario
from market.storage_contracts import StorageContract
from market.vocabulary import REGIONS
from market.world import World

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2026Q4")
OF = {name: place for place, name in enumerate(REGIONS)}

Side = Callable[..., PowerSide]


@pytest.fixture(scope="module")
def world(small: Callable[..., Scenario], places: Places) -> World:
    return World(small().world, places, 1, LAST, ORIGIN)


@pytest.fixture(scope="module")
def shared_cells(small: Callable[..., Scenario], products: Products, world: World) -> CellMarket:
    return CellMarket(small(), products, world, ORIGIN, LAST)


@pytest.fixture(scope="module")
def side(small: Callable[..., Scenario], shared_cells: CellMarket, world: World, places: Places) -> Side:
    """Maker of power sides with levers on storage; their lines are their own."""

    def build(origin: int = ORIGIN, **storage: float) -> PowerSide:
        cells = copy.copy(shared_cells)
        cells.lines = copy.deepcopy(shared_cells.lines)
        scenario = small(storage=storage)
        return PowerSide(mesa.Model(rng=1), scenario, cells, world, Grid(scenario, places, origin), origin)

    return build


def run_alone(power: PowerSide) -> PowerSide:
    """All quarters to the last, US lines making what is due and no line changing."""
    ledger = Ledger()
    for quarter in range(LAST + 1):
        ledger.open(quarter)
        power._cells.lines.complete(quarter)
        power.open(quarter)
        power.deliver(power.book.due_by_seller(quarter), quarter, ledger)
        power.trade(quarter)
        ledger.close()
    return power


def all_contracts(power: PowerSide) -> list[StorageContract]:
    return [*power.book.closed, *power.book.open]


@pytest.fixture(scope="module")
def alone(side: Side) -> PowerSide:
    return run_alone(side())


@pytest.fixture
def fresh(side: Side) -> PowerSide:
    return side()


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


def test_to_the_origin_nobody_asks_and_all_comes_from_imports(alone: PowerSide) -> None:
    before = [contract for contract in all_contracts(alone) if contract.signed <= ORIGIN]
    assert {contract.start for contract in before} == set(range(0, ORIGIN, 4))
    assert all(contract.signed == contract.start == contract.end - 3 for contract in before)
    assert not any(contract.is_domestic or contract.compliant or contract.for_data_center for contract in before)


# Committed projects


def test_projects_of_2025_are_put_up_in_2025_with_the_duration_of_2024(alone: PowerSide) -> None:
    """ERCOT: 0.6 of 8.1546 GW."""
    first = ORIGIN + 1
    put_up = [contract for contract in all_contracts(alone) if contract.signed == contract.start == first]
    power = {REGIONS[contract.region]: contract.gw for contract in put_up}
    assert power["ERCOT"] == pytest.approx(0.6 * 8.1546, rel=EXACT)
    assert power["CAISO"] == pytest.approx(0.6 * 4.4682, rel=EXACT)
    last = tables.load("storage_additions").query("region == 'ERCOT' and year == 2024").iloc[0]
    energy = {REGIONS[contract.region]: contract.gwh for contract in put_up}
    assert energy["ERCOT"] == pytest.approx(0.6 * 8.1546 * last["gwh"] / last["gw"], rel=EXACT)


def test_with_an_earlier_origin_nothing_is_committed(side: Side) -> None:
    origin = quarters.index("2023Q4")
    power = run_alone(side(origin=origin))
    later = [contract for contract in all_contracts(power) if contract.signed > origin]
    assert later
    assert all(contract.start > contract.signed for contract in later)


def test_projects_two_and_three_years_ahead_count_as_standing(fresh: PowerSide) -> None:
    """In 2025: those of 2027 and 2028; the next year's are firm in the request itself."""
    counted = fresh.standing_gw(ORIGIN + 2) - fresh.installed_gw
    assert counted[OF["ERCOT"]] == pytest.approx(0.6 * (9.9035 + 3.2262), rel=EXACT)


# Requests


def test_a_region_asks_once_a_year_in_its_calendar_quarter(alone: PowerSide) -> None:
    requests = {
        (contract.region, contract.signed)
        for contract in all_contracts(alone)
        if contract.signed > ORIGIN and contract.start > contract.signed and not contract.for_data_center
    }
    assert all(signed % 4 == region % 4 for region, signed in requests)
    asked = Counter(region for region, _ in requests)
    assert max(asked.values()) == 2  # of two years
    assert len(asked) >= 8


def test_data_centers_order_every_quarter_wherever_they_arrive(alone: PowerSide) -> None:
    orders = {(contract.region, contract.signed) for contract in all_contracts(alone) if contract.for_data_center}
    arrive = np.flatnonzero(alone.regions.arrivals_mw(2025) > 0)
    assert {signed for _, signed in orders} == set(range(ORIGIN + 1, LAST + 1))
    assert {region for region, signed in orders if signed == ORIGIN + 3} == set(arrive.tolist())


def test_a_request_by_hand(fresh: PowerSide) -> None:
    """ERCOT in 2025Q2: 0.6 of the 10.165 GW proposed for 2026 are firm, no mandate, pace 0.27."""
    quarter, place = ORIGIN + 2, OF["ERCOT"]
    order = fresh.order_of(fresh.utilities[place], quarter)
    firm = 0.6 * 10.165
    hours = fresh.regions.firm_hours(2024)[place]
    assert order.firm_gw == pytest.approx(firm, rel=EXACT)
    assert order.firm_gwh == pytest.approx(firm * hours, rel=EXACT)
    standing = fresh.regions.installed_gw[place] + 0.6 * (9.9035 + 3.2262) + firm
    assert order.standing_gw == pytest.approx(standing, rel=EXACT)
    peak = tables.load("peaks").query("region == 'ERCOT' and year == 2024")["gw"].iloc[0]
    assert order.peak_gw == pytest.approx(peak * 1.06**4, rel=EXACT)
    assert order.pace == pytest.approx(0.27, rel=EXACT)
    assert order.project.credit_share == 0.3


def test_what_is_firm_is_the_larger_of_projects_and_mandates(fresh: PowerSide) -> None:
    """For 2029 PJM has no project, and 0.21 + 0.8 + 0.35 + 0.375 GW are ordered by four states."""
    firm = fresh.order_of(fresh.utilities[OF["PJM"]], quarters.index("2028Q3")).firm_gw
    assert firm == pytest.approx(0.21 + 0.8 + 0.35 + 0.375, rel=EXACT)
    california = fresh.order_of(fresh.utilities[OF["CAISO"]], ORIGIN + 1).firm_gw
    assert california == pytest.approx(max(0.6 * 3.2323, 1.5), rel=EXACT)


def test_a_lever_on_demand_multiplies_firm_projects_and_pace(side: Side, fresh: PowerSide) -> None:
    double = side(demand_factor=2.0)
    quarter, place = ORIGIN + 2, OF["ERCOT"]
    once, twice = (power.order_of(power.utilities[place], quarter) for power in (fresh, double))
    assert twice.firm_gwh == pytest.approx(2.0 * once.firm_gwh, rel=EXACT)
    assert twice.pace == pytest.approx(2.0 * once.pace, rel=EXACT)


def test_without_demand_no_contract_is_signed_after_the_origin(side: Side) -> None:
    power = run_alone(side(demand_factor=0.0, data_center_factor=0.0))
    contracts = all_contracts(power)
    assert contracts
    assert max(contract.signed for contract in contracts) <= ORIGIN
    assert sum(signed.sum() for signed in power.signed_gwh[ORIGIN + 1 :]) == 0.0
    start = power.regions.installed_gwh
    recorded = sum(power.regions.recorded(year)[1] for year in range(2017, 2025))
    assert power.installed_gwh == pytest.approx(start + recorded, rel=1e-9)


def test_only_half_of_the_storage_of_data_centers_counts_for_a_region(fresh: PowerSide) -> None:
    before = fresh.standing_gw(ORIGIN)
    fresh.installed_gw = fresh.installed_gw + 3.0
    fresh.data_center_gw = fresh.data_center_gw + 3.0
    assert fresh.standing_gw(ORIGIN) - before == pytest.approx(np.full(len(REGIONS), 1.5), rel=1e-9)


def test_a_request_plans_for_the_cars_expected_at_the_peak_and_counts_what_they_give_back(fresh: PowerSide) -> None:
    quarter, place = ORIGIN + 2, OF["ERCOT"]
    before = fresh.order_of(fresh.utilities[place], quarter)
    fresh.grid.added_ahead_gw = fresh.grid.added_ahead_gw + 3.0
    fresh.grid.vehicle_gw = fresh.grid.vehicle_gw + 0.5
    after = fresh.order_of(fresh.utilities[place], quarter)
    assert after.peak_gw - before.peak_gw == pytest.approx(3.0, rel=1e-9)
    assert after.standing_gw - before.standing_gw == pytest.approx(0.5, rel=1e-9)


def test_who_foresees_knows_the_stack_and_who_learns_pictures_it_by_what_was_earned(
    side: Side, fresh: PowerSide
) -> None:
    quarter, place = ORIGIN + 2, OF["PJM"]
    foresight = side(adaptive_revenue=False)
    true = foresight.regions.value_stacks(2026)[place]
    known = foresight.order_of(foresight.utilities[place], quarter).stack
    assert known.capacity_usd == true.capacity_usd
    assert known.arbitrage_usd == pytest.approx(1.16 * true.arbitrage_usd, rel=EXACT)  # 1 + 0.2 x 0.8
    fresh.revenue.expected_kept = np.full(len(REGIONS), 0.5)
    share = float(fresh.share_of_peak(quarter)[place])
    stack = fresh.order_of(fresh.utilities[place], quarter).stack
    first_kw = fresh.regions.value_stacks(2026)[place].marginal_usd_per_kw_year(0.0)
    assert stack.marginal_usd_per_kw_year(share) == pytest.approx(0.5 * first_kw, rel=1e-9)


# Contracts


def contract_of(seller: str, gwh: float, start: int, end: int, *, for_data_center: bool = False) -> StorageContract:
    return StorageContract(
        number=0, signed=ORIGIN, region=2, buyer="utility PJM", seller=seller, compliant=True,
        for_data_center=for_data_center, gw=gwh / 4.0, gwh=gwh, price_usd_per_kwh=80.0, lithium_usd_per_kg=11.0,
        credit_share=0.3, other_capex_usd_per_kwh=190.0, start=start, end=end,
    )  # fmt: skip


def test_what_is_contracted_counts_as_standing(fresh: PowerSide) -> None:
    before = fresh.standing_gw(ORIGIN)
    fresh.book.sign(contract_of("Tesla", 8.0, ORIGIN + 5, ORIGIN + 12))
    assert (fresh.standing_gw(ORIGIN) - before)[OF["PJM"]] == pytest.approx(2.0, rel=1e-9)


def test_us_lines_promise_what_is_not_yet_owed_over_the_contract(fresh: PowerSide) -> None:
    """Tesla's 10 GWh a year run from 2026Q1: 2.325 GWh a quarter over eight quarters, less 1 GWh owed in each."""
    quarter, tesla = quarters.index("2025Q2"), SELLERS.index("Tesla")
    free = fresh._free_by_seller(quarter)
    assert free[tesla] == pytest.approx(18.6, rel=EXACT)
    assert np.delete(free, tesla).sum() == 0.0
    fresh.book.sign(contract_of("Tesla", 8.0, quarter + 3, quarter + 10))
    assert fresh._free_by_seller(quarter)[tesla] == pytest.approx(10.6, rel=EXACT)
    assert not fresh._free_by_seller(quarter - 1).any()  # delivery would begin before the lines run


def test_no_us_seller_promises_more_than_its_lines_can_make(alone: PowerSide) -> None:
    """No line changed: Tesla's 2.325 GWh a quarter are all there is."""
    tesla = SELLERS.index("Tesla")
    domestic = [contract for contract in all_contracts(alone) if contract.is_domestic]
    assert {contract.seller for contract in domestic} == {"Tesla"}
    most = alone.book.committed_by_seller(LAST, LAST + 12)
    assert 1.0 < most[tesla] <= 2.325 + 1e-9


def test_a_contract_delivers_for_two_years_from_the_third_quarter_on(alone: PowerSide) -> None:
    ordered = [contract for contract in all_contracts(alone) if contract.start > contract.signed]
    assert {(contract.start - contract.signed, contract.end - contract.start) for contract in ordered} == {(3, 7)}
    assert {contract.credit_share for contract in ordered} == {0.3}


def test_what_is_signed_is_the_sum_of_its_contracts(alone: PowerSide) -> None:
    for quarter in range(ORIGIN - 3, LAST + 1):
        by_region = np.zeros(len(REGIONS))
        for contract in all_contracts(alone):
            by_region[contract.region] += contract.gwh if contract.signed == quarter else 0.0
        assert alone.signed_gwh[quarter] == pytest.approx(by_region, rel=1e-9, abs=EXACT)


def test_the_share_that_needs_compliant_cells_is_that_of_the_first_year_of_delivery(alone: PowerSide) -> None:
    """Signed in 2026Q3, delivered from 2027Q2: 0.35 for data centers, which buy at any price."""
    signed = [c for c in all_contracts(alone) if c.for_data_center and c.signed == quarters.index("2026Q3")]
    asked_only_by_centers = [c for c in signed if c.region % 4 != quarters.index("2026Q3") % 4]
    compliant = sum(contract.gwh for contract in asked_only_by_centers if contract.compliant)
    assert compliant / sum(contract.gwh for contract in asked_only_by_centers) == pytest.approx(0.35, rel=1e-6)


def test_delivered_storage_stands_in_its_region(fresh: PowerSide) -> None:
    ledger = Ledger()
    ledger.open(ORIGIN)
    fresh.book.sign(contract_of("Tesla", 8.0, ORIGIN, ORIGIN + 3))
    fresh.book.sign(contract_of("Tesla", 4.0, ORIGIN, ORIGIN + 3, for_data_center=True))
    before = fresh.installed_gw.copy(), fresh.installed_gwh.copy()
    fresh.deliver(np.zeros(len(SELLERS)), ORIGIN, ledger)
    assert (fresh.installed_gwh - before[1])[OF["PJM"]] == pytest.approx(3.0, rel=1e-9)
    assert (fresh.installed_gw - before[0])[OF["PJM"]] == pytest.approx(0.75, rel=1e-9)
    assert fresh.data_center_gw.sum() == pytest.approx(0.25, rel=1e-9)


def test_storage_is_taken_down_when_its_life_is_over(side: Side) -> None:
    """Life of 10 years: a 24th of what stood at the start goes in 2021Q1, ten years after its quarter of 2011."""
    power, first = side(life_years=10), quarters.index("2021Q1")
    start = power.installed_gwh.copy()
    power.vintages.retire(first - 1)
    assert not power.vintages.retired.any()
    power.open(first)
    assert power.installed_gwh == pytest.approx(start * 23.0 / 24.0, rel=1e-9)
    assert power.vintages.standing()[1] == pytest.approx(power.installed_gwh, rel=1e-9)


# Prices


def test_compliant_demand_is_the_share_of_the_year_of_a_years_orders(fresh: PowerSide) -> None:
    """10 GWh a quarter for years; 0.35 of what is delivered in 2027 needs compliant cells."""
    fresh.signed_gwh = [np.full(len(REGIONS), 10.0 / len(REGIONS))] * 16
    assert fresh.compliant_demand_gwh(quarters.index("2027Q2")) == pytest.approx(0.35 * 40.0, rel=EXACT)
    assert fresh.compliant_demand_gwh(quarters.index("2024Q4")) == 0.0


def test_compliant_supply_is_what_storage_lines_make_by_then(fresh: PowerSide) -> None:
    fresh._cells.lines.complete(ORIGIN)
    assert fresh.compliant_supply_gwh(quarters.index("2025Q4")) == 0.0
    assert fresh.compliant_supply_gwh(quarters.index("2026Q1")) == pytest.approx(9.3, rel=EXACT)


def test_the_price_of_compliant_cells_lies_between_imports_and_the_way_around_them(fresh: PowerSide) -> None:
    """The credit on the rest of a project is worth 0.3/0.7 x 190 = 81 $/kWh of cells; third countries are nearer."""
    quarter, costs = ORIGIN + 4, fresh._cells.costs
    floor, third = costs.import_price_usd_per_kwh(quarter), costs.third_country_price_usd_per_kwh(quarter)
    assert floor < third < floor + 81.0
    prices = [fresh.compliant_price_usd_per_kwh(np.array(100.0), supply, quarter) for supply in (87.5, 100.0, 112.5)]
    assert prices == pytest.approx([third, (floor + third) / 2.0, floor], rel=EXACT)
    assert fresh.compliant_price_usd_per_kwh(np.array(0.0), 0.0, quarter) == floor
