"""Pack costs and US shares of automakers in the cell market: nothing to the origin, capacity, channels (R5)."""

import copy

import numpy as np
import pytest

from agents.arrays import Floats
from agents.cells.line_decision import LineAction, LineStatus, Use
from market.base import quarters
from market.base.categories import MAKERS
from market.cells.allocation import CellMarket
from market.cells.channel_parameters import Channels
from market.cells.lines import SELLERS

EXACT = 1e-12
ORIGIN = quarters.index("2024Q4")
AFTER, LATER = ORIGIN + 1, quarters.index("2026Q4")
NO_STORAGE = np.zeros(len(SELLERS))
GM, TOYOTA, HONDA, NEW = (MAKERS.index(name) for name in ("GM", "Toyota", "Honda", "New brands"))


def by_maker(**gwh: float) -> Floats:
    return np.array([gwh.get(name, 0.0) for name in MAKERS])


def need(cells: CellMarket, **gwh: float) -> None:
    """Let makers have needed so much in each of the last four quarters."""
    cells.needed = [by_maker(**gwh)] * 4


def mature(cells: CellMarket) -> None:
    """All lines have run for long."""
    cells.lines.since[:] = -20


# US share


def test_shares_are_recorded_to_the_origin_and_begin_there_where_lines_ran(cells: CellMarket) -> None:
    """GM took 0.9 of its cells from US plants in 2024, Tesla 0.75, New brands none; costs move them from there."""
    at_origin = cells.domestic_share(ORIGIN)
    assert (at_origin[GM], at_origin[TOYOTA]) == (0.9, 0.0)
    wanted = cells.sourcing.wanted_at_origin_costs(cells.lines)
    assert wanted[[GM, MAKERS.index("Tesla"), NEW]].tolist() == [0.9, 0.75, 0.0]
    after = cells.domestic_share(LATER)
    rise = cells.sourcing.changes(LATER).own_rise_usd_per_kwh(0.7)
    odds = 9.0 * np.exp(-rise / 15.0)
    assert after[GM] == pytest.approx(odds / (1.0 + odds), rel=EXACT)
    assert after[NEW] == 0.0


def test_a_maker_whose_first_lines_are_being_built_wants_the_share_of_those_whose_lines_ran(cells: CellMarket) -> None:
    """GM 41, Tesla 39 and Nissan 3 GWh a year had run for a year: 0.9, 0.75 and 0.3 of their cells."""
    usual = (41.0 * 0.9 + 39.0 * 0.75 + 3.0 * 0.3) / 83.0
    wanted = cells.sourcing.wanted_at_origin_costs(cells.lines)
    assert wanted[TOYOTA] == pytest.approx(usual, rel=EXACT)
    assert wanted[HONDA] == 0.9
    for line in map(int, np.flatnonzero(cells.lines.maker == TOYOTA)):
        cells.lines.change(line, LineAction.CLOSE, AFTER, 0, 0)
    assert cells.sourcing.wanted_at_origin_costs(cells.lines)[TOYOTA] == 0.0


# Nothing jumps


def test_to_the_origin_packs_cost_nothing_more_to_the_bit(cells: CellMarket) -> None:
    mature(cells)
    need(cells, GM=1_000.0)
    cells.allocate(NO_STORAGE, 80.0, ORIGIN)
    assert cells.packs.shadow_price_usd_per_kwh[GM] > 1.0
    assert not cells.pack_cost(ORIGIN).total_usd_per_kwh.any()
    assert not cells.pack_cost(AFTER).shadow_price.any()


# Worth of capacity


def test_slack_lines_are_worth_nothing_and_full_ones_their_margin_averaged(cells: CellMarket) -> None:
    """The margin keeps 0.3 of 45X; 0.3 of it in the first quarter, 0.7 of that once slack again."""
    mature(cells)
    need(cells, GM=1.0)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert not cells.packs.shadow_price_usd_per_kwh.any()
    need(cells, GM=1_000.0)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    costs = cells.costs
    own = float(costs.nickel_cost_usd_per_kwh(np.array([0.93]), AFTER)[0])
    margin = costs.vehicle_price_usd_per_kwh(AFTER) - own + 0.3 * costs.credit_usd_per_kwh(AFTER)
    assert cells.pack_cost(AFTER).shadow_price == pytest.approx(by_maker(GM=0.3 * margin), rel=1e-9)
    need(cells)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert cells.pack_cost(AFTER).shadow_price == pytest.approx(by_maker(GM=0.21 * margin), rel=1e-9)


def test_capacity_is_worth_nothing_to_a_maker_with_an_idle_line_that_could_restart(cells: CellMarket) -> None:
    mature(cells)
    need(cells, GM=1_000.0)
    lines = cells.lines
    line = int(np.flatnonzero((lines.maker == GM) & (lines.status == LineStatus.OPERATING))[0])
    lines.change(line, LineAction.IDLE, AFTER, 0, 0)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert not cells.packs.shadow_price_usd_per_kwh.any()
    lines.use[line] = Use.STORAGE
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert cells.packs.shadow_price_usd_per_kwh[GM] > 0.0


# Parts and channels


def test_cells_that_us_plants_cannot_make_count_as_imported(cells: CellMarket) -> None:
    mature(cells)
    need(cells, GM=1.0)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    cells.packs._met_at_origin = np.ones(len(MAKERS))
    before = cells.pack_cost(LATER)
    cells._asked_and_made = []
    need(cells, GM=1_000.0)
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    part = done.for_cars[GM].sum() / done.asked[GM]
    assert 0.0 < part < 0.2
    after = cells.pack_cost(LATER)
    assert after.us_share[GM] == pytest.approx(part * before.us_share[GM], rel=1e-9)
    dearer, lost = after.own_cells[GM] - part * before.own_cells[GM], 15.0 * np.log(10.0)  # GM: 0.9 of its cells
    assert dearer == pytest.approx((1.0 - part) * lost, rel=1e-9)


@pytest.mark.parametrize(
    ("channel", "part"),
    [
        ("own_cells", "own_cells"),
        ("production_credit", "credit"),
        ("duties", "duty"),
        ("shadow_price", "shadow_price"),
    ],
)
def test_each_channel_takes_its_part_away_and_no_other(cells: CellMarket, channel: str, part: str) -> None:
    mature(cells)
    need(cells, GM=1_000.0)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    now = quarters.index("2025Q2")
    whole, without = cells.pack_cost(now), copy.copy(cells)
    without.packs = copy.copy(cells.packs)
    without.packs._channels = Channels.model_validate({channel: False})
    found = without.pack_cost(now)
    for name in ("own_cells", "credit", "duty", "shadow_price"):
        assert getattr(whole, name).any()
        expected = np.zeros(len(MAKERS)) if name == part else getattr(whole, name)
        assert getattr(found, name).tolist() == expected.tolist()


# Law


def test_from_2026_plants_of_prohibited_foreign_entities_earn_no_45x(cells: CellMarket) -> None:
    aesc = np.array([name.startswith("aesc_") for name, *_ in cells.plants])[cells.lines.plant]
    cells._eligibility.apply(cells.lines, quarters.index("2025Q4"))
    assert cells.lines.credited[aesc].all()
    cells._eligibility.apply(cells.lines, quarters.index("2026Q1"))
    assert not cells.lines.credited[aesc].any()
    assert cells.lines.credited[~aesc].sum() > 20
