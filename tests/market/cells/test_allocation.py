"""Who makes which cells, makers' stock of them, and the three channels to car buyers (M11-M14)."""

import numpy as np
import pytest

from agents.arrays import Floats
from agents.cells.line_decision import LineAction, LineStatus, Use
from agents.cells.plant import IRON, NICKEL_CYLINDER, NICKEL_POUCH
from market.base import quarters
from market.base.categories import BEV, ICE, MAKERS, PHEV
from market.cells.allocation import CellMarket
from market.cells.lines import OPEN_MARKET, SELLERS

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2026Q4")
AFTER = ORIGIN + 1
"""2025Q1: 192.5 GWh a year run, and Panasonic's 32 in Kansas begin."""
NO_STORAGE = np.zeros(len(SELLERS))
GM, FORD, HONDA, TESLA = (MAKERS.index(name) for name in ("GM", "Ford", "Honda", "Tesla"))


def by_maker(**gwh: float) -> Floats:
    return np.array([gwh.get(name, 0.0) for name in MAKERS])


def need(cells: CellMarket, **gwh: float) -> None:
    """Let makers have needed so much in each of the last four quarters."""
    cells.needed = [by_maker(**gwh)] * 4


def makers_of(cells: CellMarket, output: Floats) -> set[str]:
    return {SELLERS[maker] for maker in cells.lines.maker[output > 0]}


def mature(cells: CellMarket) -> None:
    """All lines have run for long."""
    cells.lines.since[:] = -20


# Output


def test_yield_rises_over_four_quarters_and_idle_or_dark_lines_make_nothing(cells: CellMarket) -> None:
    lines = cells.lines
    running = np.flatnonzero(lines.status == LineStatus.OPERATING)[:3]
    lines.since[running] = [AFTER, AFTER - 2, AFTER - 9]
    assert cells.yields(AFTER)[running] == pytest.approx([0.65, 0.79, 0.93], rel=EXACT)
    size = lines.gwh_per_year[running] / 4.0
    assert cells.good_capacity(AFTER)[running] == pytest.approx(size * [0.65, 0.79, 0.93], rel=EXACT)
    lines.change(int(running[1]), LineAction.IDLE, AFTER, 0, 0)
    lines.change(int(running[2]), LineAction.CONVERT, AFTER, lag=3, offline=3)
    assert cells.good_capacity(AFTER)[running[1:]].tolist() == [0.0, 0.0]
    assert not cells.good_capacity(AFTER)[lines.status == LineStatus.BUILDING].any()


def test_the_advantage_is_import_price_less_cost_plus_the_credit_passed_on(cells: CellMarket) -> None:
    """At the end of 2024: 99.375 x 1.034 less 77/0.93, where lithium has cost what costs are based on."""
    lithium = cells.costs._world.lithium_usd_per_kg(ORIGIN)
    cost = (77.0 + 0.6 * (lithium - 11.0)) / 0.93
    expected = 99.375 * 1.034 - cost + 0.7 * cells.costs.credit_usd_per_kwh(ORIGIN)
    assert cells.car_advantage_usd_per_kwh(ORIGIN) == pytest.approx(expected, rel=EXACT)


def test_a_makers_lines_make_for_its_own_cars_only(cells: CellMarket) -> None:
    need(cells, GM=100.0)
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert makers_of(cells, done.output) == {"GM", "open market"}
    running = np.isin(cells.lines.maker, (GM, OPEN_MARKET))
    assert done.output[running] == pytest.approx(cells.good_capacity(AFTER)[running], rel=1e-9)
    assert done.for_cars[GM].sum() == pytest.approx(done.output.sum(), rel=1e-9)


def test_lines_of_the_open_market_make_for_any_maker(cells: CellMarket) -> None:
    need(cells, Honda=1.0, Ford=100.0)
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert makers_of(cells, done.output) == {"open market"}
    open_lines = cells.lines.maker == OPEN_MARKET
    assert done.from_open_market.sum() == pytest.approx(cells.good_capacity(AFTER)[open_lines].sum(), rel=1e-9)
    assert set(np.flatnonzero(done.from_open_market)) <= {HONDA, FORD}


def test_the_plan_is_the_domestic_part_of_the_last_year_less_stock(cells: CellMarket) -> None:
    cells.needed = [by_maker(GM=gwh) for gwh in (99.0, 1.0, 2.0, 3.0, 6.0)]
    cells.stock[GM, NICKEL_POUCH] = 0.5
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert done.asked[GM] == pytest.approx(3.0 * cells.domestic_share(AFTER)[GM] - 0.5, rel=EXACT)
    assert done.for_cars.sum() == pytest.approx(done.asked.sum(), rel=1e-9)
    assert done.opening[NICKEL_POUCH] == 0.5
    assert cells.stock[GM].sum() == pytest.approx(0.5 + done.asked[GM], rel=1e-9)


def test_storage_is_made_on_the_sellers_own_storage_lines(cells: CellMarket) -> None:
    """Tesla's 10 GWh a year at yield 0.65 are 1.625 a quarter."""
    now = quarters.index("2026Q1")
    cells.lines.complete(now)
    owed = NO_STORAGE.copy()
    owed[[TESLA, GM]] = 9.0, 1.0
    done = cells.allocate(owed, 80.0, now)
    assert done.for_storage == pytest.approx(by_seller(Tesla=1.625), rel=1e-9, abs=1e-9)
    assert done.capacity[Use.STORAGE] == pytest.approx(1.625, rel=EXACT)
    assert not done.for_cars.any()


def by_seller(**gwh: float) -> Floats:
    return np.append(by_maker(**gwh), 0.0)


def test_what_is_owed_is_made_even_at_a_loss(cells: CellMarket) -> None:
    now = quarters.index("2026Q1")
    cells.lines.complete(now)
    done = cells.allocate(by_seller(Tesla=0.5), -500.0, now)
    assert done.for_storage[TESLA] == pytest.approx(0.5, rel=1e-9)


def test_started_credited_and_paid_for_by_hand(cells: CellMarket) -> None:
    """GM's lines have ramped up: good cells over 0.93 are begun, all of them with 45X."""
    mature(cells)
    need(cells, GM=1.0)
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    asked = cells.domestic_share(AFTER)[GM]
    assert done.started == pytest.approx([0.0, asked / 0.93, 0.0], rel=1e-9)
    assert done.credited.sum() == pytest.approx(asked, rel=1e-9)
    cost = cells.costs.nickel_cost_usd_per_kwh(np.array([0.93]), AFTER)[0]
    assert done.variable_cost_musd.sum() == pytest.approx(asked * cost, rel=1e-9)


# Fixed cost of plants


def test_fixed_cost_of_what_stands_by_hand(cells: CellMarket) -> None:
    """15 $/kWh a year: GM's 91 GWh cost 341.25 M$ a quarter; an idle line of 8.2 GWh saves 5 $/kWh, 10.25 M$."""
    assert cells.fixed_cost_musd().sum() == pytest.approx(15.0 * 192.5 / 4.0, rel=EXACT)
    assert cells.fixed_cost_musd()[GM] == pytest.approx(341.25, rel=EXACT)
    line = int(np.flatnonzero(cells.lines.gwh_per_year == 8.2)[0])
    cells.lines.change(line, LineAction.IDLE, AFTER, 0, 0)
    assert cells.fixed_cost_musd()[GM] == pytest.approx(331.0, rel=EXACT)
    cells.lines.change(line, LineAction.CLOSE, AFTER, 0, 0)
    assert cells.fixed_cost_musd()[GM] == pytest.approx(341.25 - 30.75, rel=EXACT)


# Stock


def test_packs_draw_on_stock_first_and_then_on_imports(cells: CellMarket) -> None:
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    cells.stock[GM, [NICKEL_POUCH, NICKEL_CYLINDER]] = 1.5, 0.5
    cells.stock[FORD, IRON] = 1.0
    cells.settle(by_maker(GM=5.0, Ford=0.4), done)
    assert done.bought_by_maker == pytest.approx(by_maker(GM=3.0), rel=EXACT)
    assert done.bought.tolist() == [0.0, 3.0, 0.0]
    assert done.packs == pytest.approx([0.4, 4.5, 0.5], rel=EXACT)
    assert done.closing == pytest.approx([0.6, 0.0, 0.0], rel=EXACT)
    assert cells.stock[FORD, IRON] == pytest.approx(0.6, rel=EXACT)
    assert cells.needed[-1][GM] == 5.0


def test_a_maker_draws_on_its_chemistries_in_proportion(cells: CellMarket) -> None:
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    cells.stock[TESLA] = [1.0, 0.0, 3.0]
    cells.settle(by_maker(Tesla=1.0), done)
    assert done.packs == pytest.approx([0.25, 0.0, 0.75], rel=EXACT)
    assert cells.stock[TESLA] == pytest.approx([0.75, 0.0, 2.25], rel=EXACT)


def test_only_plug_in_cars_need_cells(cells: CellMarket) -> None:
    """1,000 cars of 80 kWh are 0.08 GWh."""
    products = cells._products
    gm = products.maker == GM
    built = np.zeros(products.size)
    for powertrain, cars in ((BEV, 1_000.0), (PHEV, 500.0), (ICE, 9_000.0)):
        fitting = np.flatnonzero((products.powertrain == powertrain) & (gm | (powertrain == PHEV)))
        built[fitting[0]] = cars
    kwh = np.where(products.powertrain == PHEV, 16.0, 80.0)
    found = cells.pack_cells(built, kwh)
    assert found.sum() == pytest.approx(0.08 + 0.008, rel=EXACT)
    assert found[GM] >= 0.08 - EXACT
