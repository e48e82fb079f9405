"""What owners of lines expect of storage and cars, and what cars earn, by hand (M14, M18)."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.cells.line_decision import LineAction, LineStatus, Use
from market.base.categories import MAKERS
from market.cells.lines import OPEN_MARKET
from market.cells.parameters import Cells
from market.conversion.accounts import car_profit_musd
from market.conversion.change_costs import cost_factors
from market.conversion.line_change import Reason, reason_of
from market.conversion.prospects import LineProspects
from market.conversion.storage_forecast import StorageForecast
from market.conversion.survey import waiting_terms
from tests.market.conversion.desks import NOW, Desks

QUARTER, GOOD = 40, 0.93


def contract(gwh: float, signed: int, *, for_data_center: bool = True) -> SimpleNamespace:
    return SimpleNamespace(gwh=gwh, signed=signed, for_data_center=for_data_center)


def forecast(closing: float, *contracts: SimpleNamespace, ordered_gwh: float = 100.0) -> StorageForecast:
    """Of a power side at which 100 GWh a year were ordered; half of the contracts are closed."""
    power: Any = SimpleNamespace(
        ordered_per_year_gwh=lambda: ordered_gwh, book=SimpleNamespace(open=contracts[::2], closed=contracts[1::2])
    )
    plans: Any = SimpleNamespace(storage_gap_closing=closing, trend_damping=0.5)
    return StorageForecast(power, plans)


OF_CENTERS = (
    contract(50.0, QUARTER - 7), contract(30.0, QUARTER), contract(900.0, QUARTER - 8),
    contract(70.0, QUARTER, for_data_center=False),
)  # fmt: skip
"""80 GWh of data centers in two years; one contract is older, one a utility's."""


def test_orders_of_data_centers_are_held_and_those_of_utilities_fall_by_the_gap_they_close() -> None:
    """Data centers 40 of 100; 60 fall by a fifth, damped by half: 12 x 0.5 = 6, then 12 x 0.75 = 9."""
    assert forecast(0.2, *OF_CENTERS).orders_gwh(3, QUARTER) == pytest.approx([100.0, 94.0, 91.0], rel=1e-12)


def test_orders_of_utilities_do_not_fall_below_nothing() -> None:
    assert forecast(3.0, *OF_CENTERS).orders_gwh(2, QUARTER) == pytest.approx([100.0, 40.0], rel=1e-12)


def test_data_centers_order_no_more_than_all() -> None:
    assert forecast(0.5, contract(400.0, QUARTER)).orders_gwh(2, QUARTER) == pytest.approx([100.0, 100.0], rel=1e-12)


def test_nothing_is_ordered_where_nothing_was() -> None:
    assert forecast(0.2, ordered_gwh=0.0).orders_gwh(2, QUARTER).tolist() == [0.0, 0.0]


def test_cells_for_cars_grow_as_automakers_forecast_their_bevs() -> None:
    """Last year 8 and 4 GWh; growth 1.5 and 1; half and a quarter from US plants; the first's cars double."""
    cells: Any = SimpleNamespace(
        needed=[np.array([9.0, 9.0]), *[np.array([2.0, 1.0])] * 4], domestic_share=lambda _: np.array([0.5, 0.25])
    )
    cars = np.stack([np.array([0.5 * (1 + year), 0.0]) for year in range(10)])
    forecasts: Any = SimpleNamespace(
        plans=None, growth=lambda _: np.array([1.5, 1.0]), cars_ahead=lambda _years, _quarter: cars
    )
    power: Any = None
    ahead = LineProspects(cells, power, forecasts).car_cells_ahead_gwh(QUARTER)
    assert ahead == pytest.approx(np.stack([np.array([6.0 * (1 + year), 1.0]) for year in range(10)]), rel=1e-12)


@pytest.mark.parametrize("expected_gwh", [0.0, 18.6, 50.0, 90.0])
def test_a_line_in_other_hands_brings_its_first_owners_cars_along(desk: Desks, expected_gwh: float) -> None:
    """The open market is asked for what Honda wants beyond the good cells of its other lines."""
    here = desk()
    (line,) = here.lines_of("lges_honda")[:1]
    lines = here.cells.lines
    expected = np.zeros(len(MAKERS))
    expected[MAKERS.index("Honda")] = expected_gwh
    sold = here.decisions._prospects.for_cars(np.array([line]), np.array([OPEN_MARKET]), expected, NOW)
    for year in (0, 9):
        there = lines.meant_for(Use.VEHICLES, NOW + 4 * (year + 1))
        size, maker = lines.gwh_per_year * there, lines.maker
        others = GOOD * float(size[maker == MAKERS.index("Honda")].sum() - size[line])
        makes = GOOD * float(size[maker == OPEN_MARKET].sum() + size[line])
        wanted = max(expected_gwh - others, 0.0)
        assert sold.sold_share[0, 4 * year] == pytest.approx(GOOD * min(wanted / makes, 1.0), rel=1e-9)


def test_nickel_cells_sold_as_they_are_earn_less_by_what_they_cost_more(desk: Desks) -> None:
    here = desk()
    line = np.array(here.lines_of("gm_lg_ultium2")[:1])
    prospects, costs, good = here.decisions._prospects, here.cells.costs, np.array([GOOD])
    iron = prospects.for_storage(line, NOW)
    nickel = prospects.as_is(line, iron, NOW)
    price = iron.margin_usd_per_kwh + costs.iron_cost_usd_per_kwh(good, NOW)[0]
    cost = costs.nickel_cost_usd_per_kwh(good, NOW)[0] + here.cells.parameters.as_is_cost
    assert nickel.margin_usd_per_kwh == pytest.approx(price - cost, rel=1e-9)
    assert nickel.sold_share.tolist() == iron.sold_share.tolist()


def test_markups_of_cars_delivered_with_what_rules_add() -> None:
    """2,000 cars at 40 + 1 - 35 and 500 at 50 + 0 - 52 k$: 12 - 1 M$; the second automaker 100 at 3 - 1 k$."""
    makers: Any = [
        SimpleNamespace(products=np.array([0, 2]), price_kusd=np.array([40.0, 50.0]), cost_kusd=np.array([35.0, 52.0])),
        SimpleNamespace(products=np.array([1]), price_kusd=np.array([33.0]), cost_kusd=np.array([31.0])),
    ]
    earned = car_profit_musd(makers, np.array([1.0, 0.0, 0.0]), np.array([2_000.0, 100.0, 500.0]))
    assert earned[:2] == pytest.approx([11.0, 0.2], rel=1e-12)
    assert not earned[2:].any()


def test_the_only_line_of_a_kind_costs_the_median() -> None:
    lines: Any = SimpleNamespace(size=2, kind=np.array([0, 1]))
    assert cost_factors(lines, 0.5, 1).tolist() == [1.0, 1.0]


def test_what_gains_nothing_is_done_by_a_rule_and_not_for_its_value() -> None:
    gains: Any = {0.0: Reason.OTHER_RULE, 1e-9: Reason.STORAGE_PAYS, -1.0: Reason.OTHER_RULE}
    for gain, reason in gains.items():
        seen: Any = SimpleNamespace(gain_musd_per_gwh_year=lambda _, gain=gain: gain, status=LineStatus.IDLE)
        assert reason_of(seen, LineAction.CONVERT) == reason


def test_a_closed_line_saves_upkeep_and_what_holding_its_site_costs() -> None:
    terms = waiting_terms(Cells(upkeep_usd_per_kwh=4.0, holding_usd_per_kwh=1.5))
    assert (terms.fixed, terms.upkeep, terms.holding) == (5.5, 4.0, 1.5)


def test_only_what_is_no_iron_line_yet_is_sold_as_it_is(desk: Desks) -> None:
    for sold_as_is in (True, False):
        here = desk(sold_as_is=sold_as_is)
        lines = here.cells.lines
        bounds = here.decisions._bounds(np.full(len(MAKERS), 10.0), NOW)
        assert bounds.may_sell_as_is.tolist() == [sold_as_is and bool(kind != 0) for kind in lines.kind]


def test_an_idle_line_is_closed_only_where_the_others_and_idle_ones_stay_slack(desk: Desks) -> None:
    """Without an idle line: all there and the other idle one; without one that runs: all there but it, no idle one."""
    here = desk()
    lines, at = here.cells.lines, NOW + 4
    idle = here.lines_of("gm_lg_ultium1")[:2]
    lines.status[idle] = LineStatus.IDLE
    there = lines.meant_for(Use.VEHICLES, at)
    runs = here.lines_of("panasonic_nevada")[0]
    assert there[runs]
    assert not there[idle].any()
    size, total = lines.gwh_per_year, float(lines.gwh_per_year[there].sum())
    for line, left in ((idle[0], total + size[idle[1]]), (runs, total - size[runs])):
        most = 0.7 * GOOD * left
        for wanted, stays in ((most - 0.01, True), (most + 0.01, False)):
            expected = np.full(len(MAKERS), wanted / len(MAKERS))
            assert bool(here.decisions._stays_slack(expected, NOW)[line]) == stays
