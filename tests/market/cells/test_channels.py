"""The three channels from cells to car buyers: fixed cost, programmes, scarcity (M13, M14)."""

import numpy as np
import pytest

from agents.arrays import Floats
from agents.cells.line_decision import LineAction, LineStatus, Use
from market.base import quarters
from market.base.categories import MAKERS
from market.cells.allocation import CellMarket
from market.cells.lines import SELLERS

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2026Q4")
AFTER = ORIGIN + 1
NO_STORAGE = np.zeros(len(SELLERS))
GM, FORD, HONDA = (MAKERS.index(name) for name in ("GM", "Ford", "Honda"))


def by_maker(**gwh: float) -> Floats:
    return np.array([gwh.get(name, 0.0) for name in MAKERS])


def need(cells: CellMarket, **gwh: float) -> None:
    """Let makers have needed so much in each of the last four quarters."""
    cells.needed = [by_maker(**gwh)] * 4


def mature(cells: CellMarket) -> None:
    """All lines have run for long."""
    cells.lines.since[:] = -20


# Third channel: scarcity


def test_cells_are_not_scarce_while_slack(cells: CellMarket) -> None:
    capacity = cells.good_capacity(AFTER)[cells.lines.making(Use.VEHICLES, AFTER)].sum()
    need(cells, GM=0.699 * capacity / cells.domestic_share(AFTER)[GM])
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert cells.scarcity_usd_per_kwh == 0.0


def test_cells_are_not_scarce_to_the_origin(cells: CellMarket) -> None:
    need(cells, GM=1_000.0)
    cells.allocate(NO_STORAGE, 80.0, ORIGIN)
    assert cells.scarcity_usd_per_kwh == 0.0


def test_scarcity_by_hand_and_its_fading(cells: CellMarket) -> None:
    """At a use of 0.93 mu is 30 / (1 + exp(-1)); 0.3 of it in the first quarter, and 0.7 of that once slack again."""
    capacity = cells.good_capacity(AFTER)[cells.lines.making(Use.VEHICLES, AFTER)].sum()
    need(cells, GM=0.93 * capacity / cells.domestic_share(AFTER)[GM])
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    first = 0.3 * 30.0 / (1.0 + np.exp(-1.0))
    assert cells.scarcity_usd_per_kwh == pytest.approx(first, rel=1e-9)
    assert cells.adder_usd_per_kwh() == pytest.approx(np.full(len(MAKERS), first), rel=1e-9)
    need(cells)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert cells.scarcity_usd_per_kwh == pytest.approx(0.7 * first, rel=1e-9)


def test_idle_car_lines_keep_cells_from_being_scarce_and_turned_ones_do_not(cells: CellMarket) -> None:
    """A use of 0.69 of all lines; without the ten lines of GM it would be far above 0.9."""
    mature(cells)
    capacity = cells.good_capacity(AFTER)[cells.lines.making(Use.VEHICLES, AFTER)].sum()
    need(cells, Ford=0.69 * capacity / cells.domestic_share(AFTER)[FORD])
    gm_lines = np.flatnonzero((cells.lines.maker == GM) & (cells.lines.status == LineStatus.OPERATING))
    for line in map(int, gm_lines):
        cells.lines.change(line, LineAction.IDLE, AFTER - 8, 0, 0)
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert cells.scarcity_usd_per_kwh == 0.0
    for line in map(int, gm_lines):
        cells.lines.change(line, LineAction.CONVERT, AFTER, 4, 2)
    cells.stock[:] = 0.0
    cells.allocate(NO_STORAGE, 80.0, AFTER)
    assert cells.scarcity_usd_per_kwh > 0.29 * 30.0


# Second channel: programmes


def test_with_nothing_turned_every_model_is_kept(cells: CellMarket) -> None:
    assert cells.models_kept().tolist() == [1.0] * len(MAKERS)


def test_lines_turned_away_cost_half_their_share_of_a_makers_models(cells: CellMarket) -> None:
    """GM has 168 GWh a year for cars; a line of 8.2 turned costs 0.5 x 8.2/168 of its models until turned back."""
    assert cells.lines.gwh_per_year[cells.lines.maker == GM].sum() == pytest.approx(168.0, rel=EXACT)
    line = int(np.flatnonzero(cells.lines.gwh_per_year == 8.2)[0])
    cells.lines.change(line, LineAction.CONVERT, AFTER, 4, 2)
    kept = cells.models_kept()
    assert kept[GM] == pytest.approx(1.0 - 0.5 * 8.2 / 168.0, rel=EXACT)
    assert np.delete(kept, GM).tolist() == [1.0] * (len(MAKERS) - 1)
    cells.lines.change(line, LineAction.CONVERT_BACK, AFTER + 4, 4, 2)
    assert cells.models_kept()[GM] == 1.0


# First channel: fixed cost


def turn(cells: CellMarket, count: int) -> float:
    """Turn lines of GM that run to storage, done at once; their GWh a year."""
    lines = np.flatnonzero((cells.lines.maker == GM) & (cells.lines.status == LineStatus.OPERATING))[:count]
    for line in map(int, lines):
        cells.lines.change(line, LineAction.CONVERT, AFTER, 0, 0)
    cells.lines.complete(AFTER)
    return float(cells.lines.gwh_per_year[lines].sum())


def test_without_turned_lines_the_fixed_cost_channel_is_exactly_nothing(cells: CellMarket) -> None:
    need(cells, GM=20.0)
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    cells.settle(by_maker(GM=20.0), done)
    cells.update_fixed_cost(AFTER, done)
    assert cells.fixed_cost_usd_per_kwh.tolist() == [0.0] * len(MAKERS)


def test_to_the_origin_the_fixed_cost_channel_is_nothing(cells: CellMarket) -> None:
    turn(cells, 4)
    need(cells, GM=20.0)
    done = cells.allocate(NO_STORAGE, 80.0, ORIGIN)
    cells.settle(by_maker(GM=20.0), done)
    cells.update_fixed_cost(ORIGIN, done)
    assert not cells.fixed_cost_usd_per_kwh.any()


def test_fixed_cost_spread_by_hand(cells: CellMarket) -> None:
    """15 $/kWh over the use of the lines left less that of all, for the part of its cells a maker does not import."""
    converted = turn(cells, 4)
    need(cells, GM=40.0)
    done = cells.allocate(NO_STORAGE, 80.0, AFTER)
    cells.settle(by_maker(GM=40.0), done)
    cells.update_fixed_cost(AFTER, done)
    asked, lines = done.asked.sum(), cells.lines
    left = lines.gwh_per_year[lines.making(Use.VEHICLES, AFTER)].sum() / 4.0
    use, without = asked / left, asked / (left + converted / 4.0)
    assert 0.3 < without < use < 1.0
    own_part = done.for_cars[GM].sum() / 40.0
    expected = own_part * 15.0 * (1.0 / use - 1.0 / without)
    assert cells.fixed_cost_usd_per_kwh[GM] == pytest.approx(expected, rel=1e-9)
    assert cells.fixed_cost_usd_per_kwh[HONDA] == 0.0
