"""What automakers know of their own cells, the worth of their capacity, and what was met of their wants (M13-M15)."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.cells.line_decision import LineStatus, Use
from agents.cells.plant import IRON
from market.base import quarters
from market.base.categories import MAKERS
from market.cells.allocation import CellMarket
from market.cells.lines import OPEN_MARKET, SELLERS
from market.cells.own_cells import OwnCells

ORIGIN = quarters.index("2024Q4")
GM, FORD = MAKERS.index("GM"), MAKERS.index("Ford")
NOTHING = np.zeros(len(MAKERS))


def test_cells_of_an_automaker_are_those_of_its_lines_and_no_others() -> None:
    """GM 10 and 20 GWh for cars and 5 converted, Ford 40, the open market 80; nine tenths are good."""
    stands = np.array([True, True, False, True, True])
    lines: Any = SimpleNamespace(
        maker=np.array([GM, GM, GM, FORD, OPEN_MARKET]), gwh_per_year=np.array([10.0, 20.0, 5.0, 40.0, 80.0]),
        stands_for=lambda use: stands if use == Use.VEHICLES else ~stands, converted=~stands,
    )  # fmt: skip
    own = OwnCells.of(lines, NOTHING, NOTHING, 0.9, NOTHING)
    assert (own.capacity[GM], own.capacity[FORD], own.capacity.sum()) == pytest.approx((27.0, 36.0, 63.0))
    assert (own.converted[GM], own.converted.sum()) == pytest.approx((4.5, 4.5))


def test_imports_cost_more_by_the_advantage_of_us_cells_less_what_is_in_the_cost_already(
    cells: CellMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    advantage, shadow = NOTHING + 7.0, NOTHING.copy()
    shadow[GM], shadow[FORD] = 2.0, 9.0
    monkeypatch.setattr(cells, "car_advantage_usd_per_kwh", lambda _: advantage)
    monkeypatch.setattr(cells, "pack_cost", lambda _: SimpleNamespace(shadow_price=shadow))
    premium = cells.own_cells(ORIGIN).import_premium_usd_per_kwh
    assert (premium[GM], premium[FORD]) == (5.0, 0.0)
    assert set(np.delete(premium, [GM, FORD]).tolist()) == {7.0}


def test_no_more_is_met_than_was_asked_for_and_where_nothing_was_plants_count(cells: CellMarket) -> None:
    asked, made = NOTHING.copy(), NOTHING.copy()
    asked[GM], made[GM] = 10.0, 12.0
    asked[FORD], made[FORD] = 8.0, 6.0
    cells._asked_and_made = [np.stack([9.0 + asked, NOTHING]), *[np.stack([asked, made])] * 4]
    met = cells._met_share()
    assert (met[GM], met[FORD]) == (1.0, 0.75)
    assert set(np.delete(met, [GM, FORD]).tolist()) <= {0.0, 1.0}


def test_capacity_is_worth_its_mean_by_what_each_line_makes(cells: CellMarket) -> None:
    """GM's lines of 0.25 and 0.75 GWh at 4 and 8 $/kWh: 7; nothing for Ford, which could restart an idle line."""
    packs, lines = cells.packs, cells.lines
    gm, ford = (np.flatnonzero(lines.maker == maker)[:2] for maker in (GM, FORD))
    lines.status[ford[0]], lines.use[ford[0]] = LineStatus.IDLE, Use.VEHICLES
    dual, capacity, for_cars = np.zeros(lines.size), np.zeros(lines.size), np.zeros(lines.size, dtype=np.bool_)
    capacity[gm], dual[gm], for_cars[gm] = [0.1, 0.3], [4.0, 8.0], True
    capacity[ford[1:]], dual[ford[1:]], for_cars[ford[1:]] = 5.0, 9.0, True
    packs.shadow_price_usd_per_kwh = np.zeros(len(MAKERS))
    packs.see(dual, lines, capacity, for_cars, ORIGIN)
    gain = packs._parameters.shadow_price_gain
    assert packs.shadow_price_usd_per_kwh[GM] == pytest.approx(7.0 * gain, rel=1e-12)
    assert not np.delete(packs.shadow_price_usd_per_kwh, GM).any()


def test_credited_cells_of_the_open_market_are_counted_by_who_buys_them(cells: CellMarket) -> None:
    cells.needed = [np.full(len(MAKERS), 9.0)] * 4
    done = cells.allocate(np.zeros(len(SELLERS)), 70.0, ORIGIN)
    assert done.credited_from_open.shape == (len(MAKERS),)
    assert (done.credited_from_open <= done.from_open_market + 1e-12).all()
    assert done.credited_from_open.sum() > 0.0
    assert done.started[IRON] >= 0.0
