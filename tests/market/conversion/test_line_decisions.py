"""What owners of lines expect, and who decides when (M14, M18)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import mesa
import numpy as np
import pytest

from agents.arrays import Floats
from agents.cells.line_decision import LineAction, LineSensing, LineStatus, Use
from agents.cells.plant import CellPlant
from market.base import quarters
from market.base.categories import MAKERS, REGIONS
from market.cells.allocation import CellMarket
from market.conversion.line_decisions import LineChange, LineDecisions, car_use
from market.exogenous.prices import World
from market.exogenous.zones import Places
from market.power.contracts import StorageContract
from market.power.sector import PowerSide
from market.scenario import Scenario
from market.vehicles.products import Products
from tests.market.power.power_sides import cell_market, power_side

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2028Q4")
NOW = quarters.index("2025Q2")
CHANGES = (LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK)
MUSD_OF_KIND = (20.0, 45.0, 90.0)


@dataclass
class Desk:
    """Everything that decides about lines, without the car market."""

    cells: CellMarket
    power: PowerSide
    decisions: LineDecisions

    def at(self, quarter: int) -> "Desk":
        """Lines due by a quarter have begun their output."""
        self.cells.lines.complete(quarter)
        return self

    def decide(self, quarter: int) -> list[LineChange]:
        """Changes decided in a quarter."""
        self.at(quarter).decisions.decide(quarter)
        return self.decisions.changes

    def lines_of(self, plant: str) -> list[int]:
        """Numbers of the lines of a plant."""
        names = [name for name, _, _ in self.cells.plants]
        return [int(line) for line in np.flatnonzero(self.cells.lines.plant == names.index(plant))]

    def sees(self, line: int, quarter: int, expected: Floats | None = None, draw: float = 0.0) -> LineSensing:
        """What the owner of a line sees."""
        cells_wanted = self.decisions.expected_car_cells_gwh(quarter) if expected is None else expected
        return self.decisions.sensing(line, cells_wanted, draw, quarter)


Desks = Callable[..., Desk]


@pytest.fixture(scope="module")
def desk(small: Callable[..., Scenario], places: Places, products: Products) -> Desks:
    """Maker of desks at which cars need, and storage orders, so many GWh a quarter."""
    reference = small("2028Q4")
    world = World(reference.world, places, 1, LAST, ORIGIN)
    shared = cell_market(reference, products, world, LAST)

    def build(needed_gwh: float = 22.0, ordered_gwh: float = 200.0, seed: int = 1, **levers: object) -> Desk:
        scenario = small("2028Q4", cells=levers)
        cells = copy.copy(shared)
        cells.parameters, cells.lines = scenario.cells, copy.deepcopy(shared.lines)
        cells.needed = [np.full(len(MAKERS), needed_gwh / len(MAKERS))] * 8
        model = mesa.Model(rng=1)
        power = power_side(scenario, cells, world, places, model=model)
        power.signed_gwh = [np.full(len(REGIONS), ordered_gwh / len(REGIONS))] * 16
        plants = [
            CellPlant(model, name, owner, None, cells.lines, place)
            for place, (name, owner, _) in enumerate(cells.plants)
        ]
        return Desk(cells, power, LineDecisions(cells, power, plants, seed)).at(ORIGIN)

    return build


# What owners expect


def test_a_makers_lines_are_used_by_its_own_cars_and_the_rest_goes_to_the_open_market() -> None:
    """Wanted 10, 30 and 5; own lines make 20, 20 and none; 15 are left for the open market's 30."""
    expected, own = np.array([10.0, 30.0, 5.0]), [20.0, 20.0, 0.0]
    assert car_use(expected, np.array([*own, 30.0])) == pytest.approx([0.5, 1.0, 0.0, 0.5], rel=EXACT)
    assert car_use(expected, np.array([*own, 10.0])) == pytest.approx([0.5, 1.0, 0.0, 1.0], rel=EXACT)
    assert car_use(expected, np.array([*own, 0.0])) == pytest.approx([0.5, 1.0, 0.0, 0.0], rel=EXACT)
    assert car_use(np.zeros(3), np.array([*own, 10.0])).tolist() == [0.0] * 4


@pytest.mark.parametrize(("before", "factor"), [(1.0, 1.1), (0.5, 1.3), (9.0, 0.8)])
def test_next_years_cells_are_the_last_years_with_its_growth_within_bounds(
    desk: Desks, before: float, factor: float
) -> None:
    """1.1 a quarter after 1.0, 0.5 and 9.0: growth of 10 %, and no more than 30 % up or 20 % down."""
    here = desk()
    gm = np.eye(len(MAKERS))[MAKERS.index("GM")]
    here.cells.needed = [gm * 99.0, *[gm * before] * 4, *[gm * 1.1] * 4]
    share = here.cells.domestic_share(NOW)[0]
    assert here.decisions.expected_car_cells_gwh(NOW) == pytest.approx(gm * 4.4 * factor * share, rel=1e-9)


def test_what_a_car_line_promises_by_hand(desk: Desks) -> None:
    """Honda's 40 GWh a year, due by 2025Q4, make 37.2 good ones; 18.6 are wanted: half of 0.93 is sold."""
    here = desk()
    expected = np.zeros(len(MAKERS))
    expected[MAKERS.index("Honda")] = 18.6
    line = here.lines_of("lges_honda")[0]
    seen = here.sees(line, NOW, expected)
    assert seen.own.sold_share == pytest.approx(0.465, rel=EXACT)
    cost = here.cells.costs.nickel_cost_usd_per_kwh(np.array([0.93]), NOW)[0]
    price = here.cells.costs.vehicle_price_usd_per_kwh(NOW)
    credits_usd = here.cells.costs.coming_credits_usd_per_kwh(NOW)
    assert seen.own.margin_usd_per_kwh == pytest.approx(price - cost + credits_usd, rel=EXACT)
    assert (seen.status, seen.use, seen.quarters_to_start) == (LineStatus.BUILDING, Use.VEHICLES, 2)


def test_a_line_outside_the_united_states_has_no_production_credit(desk: Desks) -> None:
    here = desk()
    inside, outside = (here.sees(here.lines_of(name)[0], NOW) for name in ("lges_honda", "nextstar_windsor"))
    gap = inside.own.margin_usd_per_kwh - outside.own.margin_usd_per_kwh
    assert gap == pytest.approx(here.cells.costs.coming_credits_usd_per_kwh(NOW), rel=1e-9, abs=1e-9)


def test_each_owner_sees_the_lines_that_were_turned_before_it(desk: Desks) -> None:
    """93 GWh ordered a year, 0.15 of them need compliant cells in 2026: 13.95, of which Tesla's line makes 9.3.

    A line that makes 9.3 more would sell half of them; after another was turned, none.
    """
    here = desk(ordered_gwh=93.0 / 4.0)
    first, second = here.lines_of("gm_lg_ultium2")[:2]
    before = here.sees(second, NOW).other
    assert before.sold_share == pytest.approx(0.465, rel=1e-9)
    here.cells.lines.change(first, LineAction.CONVERT, NOW, 4, 2)
    after = here.sees(second, NOW).other
    assert after.sold_share == pytest.approx(0.0, abs=EXACT)
    assert after.margin_usd_per_kwh[0] <= before.margin_usd_per_kwh[0]


def test_the_wait_of_a_line_is_counted_from_the_origin(desk: Desks) -> None:
    """Announced in 2021; idled in 2025Q2."""
    here = desk()
    waiting = here.sees(here.lines_of("ford_blueoval_ky2")[0], NOW + 6)
    assert (waiting.status, waiting.quarters_waited) == (LineStatus.ANNOUNCED, 8)
    line = here.lines_of("gm_lg_ultium2")[0]
    assert here.sees(line, NOW).quarters_waited == 0
    here.cells.lines.change(line, LineAction.IDLE, NOW, 0, 0)
    assert here.sees(line, NOW + 6).quarters_waited == 6


# What holds a line back


def owed_by_tesla(gwh: float, start: int) -> StorageContract:
    return StorageContract(
        number=0, signed=start - 3, region=2, buyer="utility PJM", seller="Tesla", compliant=True,
        for_data_center=False, gw=gwh / 4.0, gwh=gwh, price_usd_per_kwh=80.0, lithium_usd_per_kg=11.0,
        credit_share=0.3, other_capex_usd_per_kwh=190.0, start=start, end=start + 7,
    )  # fmt: skip


def test_a_storage_line_that_is_owed_for_is_neither_turned_nor_idled(desk: Desks) -> None:
    quarter = quarters.index("2026Q2")
    here = desk().at(quarter)
    (line,) = here.lines_of("tesla_nevada_lfp")
    free = here.sees(line, quarter)
    assert (free.use, free.may_change, free.may_idle) == (Use.STORAGE, True, True)
    here.power.book.sign(owed_by_tesla(0.8, quarter + 4))
    bound = here.sees(line, quarter)
    assert (bound.may_change, bound.may_idle) == (False, False)


def test_a_storage_line_is_free_if_the_sellers_other_lines_can_make_what_is_owed(desk: Desks) -> None:
    """A line of Panasonic's 9.75 GWh turned to storage makes 2.27 good GWh a quarter."""
    quarter = quarters.index("2026Q2")
    here = desk().at(quarter)
    (line,) = here.lines_of("tesla_nevada_lfp")
    other = here.lines_of("panasonic_nevada")[0]
    here.cells.lines.change(other, LineAction.CONVERT, quarter, 4, 2)
    here.power.book.sign(owed_by_tesla(8 * 2.26, quarter))
    assert here.sees(line, quarter).may_idle
    here.power.book.sign(owed_by_tesla(8 * 0.01, quarter))
    assert not here.sees(line, quarter).may_idle


@pytest.mark.parametrize(("wanted_gwh", "may_idle"), [(332.0, True), (332.5, False)])
def test_a_car_line_may_be_idled_while_the_others_stay_slack(desk: Desks, wanted_gwh: float, *, may_idle: bool) -> None:
    """By 2026Q2 518.5 GWh a year are due for cars; without 8.2 of them 0.7 x 0.93 x 510.3 = 332.2."""
    here = desk()
    expected = np.full(len(MAKERS), wanted_gwh / len(MAKERS))
    assert here.sees(here.lines_of("gm_lg_ultium1")[0], NOW, expected).may_idle == may_idle


# Decisions


def test_lines_decide_in_the_second_and_fourth_quarter_after_the_origin_alone(desk: Desks) -> None:
    here = desk()
    decided = {quarter: len(here.decide(quarter)) for quarter in range(ORIGIN - 3, ORIGIN + 5)}
    assert {quarter for quarter, count in decided.items() if count} == {ORIGIN + 2, ORIGIN + 4}


def test_the_cheapest_kind_of_change_decides_first(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    kinds = [int(here.cells.lines.kind[change.line]) for change in here.decide(NOW)]
    assert len(set(kinds)) == 3
    assert kinds == sorted(kinds)


def test_lines_that_decide_one_at_a_time_do_not_overshoot_demand_by_more_than_a_line(desk: Desks) -> None:
    """Of 400 GWh ordered a year 0.35 or less need compliant cells by 2027: 140, and none turns after these are made."""
    here = desk(needed_gwh=5.0, ordered_gwh=100.0, decision_noise=0.0)
    lines = here.cells.lines
    converted = [change.line for change in here.decide(NOW) if change.action in CHANGES]
    assert len(converted) >= 3
    supply = 9.3 + 0.93 * lines.gwh_per_year[converted].sum()
    assert supply <= 140.0 + 9.3
    assert lines.converted.sum() == len(converted)


def test_more_orders_turn_more_lines(desk: Desks) -> None:
    counts = [
        sum(
            change.action in CHANGES for change in desk(needed_gwh=5.0, ordered_gwh=gwh, decision_noise=0.0).decide(NOW)
        )
        for gwh in (0.0, 60.0, 200.0)
    ]
    assert counts[0] == 0
    assert counts[0] < counts[1] < counts[2]


def test_the_same_seed_decides_the_same_and_another_one_by_other_luck(desk: Desks) -> None:
    once, again, other = (desk(needed_gwh=5.0, seed=seed).decide(NOW) for seed in (1, 1, 2))
    assert once == again
    assert {change.gain_musd for change in once}.isdisjoint(change.gain_musd for change in other)


def test_luck_is_a_share_of_the_gain_and_nothing_without_noise(desk: Desks) -> None:
    here, without = desk(), desk(decision_noise=0.0)
    line = here.lines_of("gm_lg_ultium2")[0]
    assert here.sees(line, NOW, draw=2.0).noise_factor == pytest.approx(1.3, rel=EXACT)
    assert here.sees(line, NOW, draw=-1.0).noise_factor == pytest.approx(0.85, rel=EXACT)
    assert without.sees(line, NOW, draw=2.0).noise_factor == 1.0


def test_nothing_is_turned_where_lines_may_not_convert(desk: Desks) -> None:
    here = desk(needed_gwh=5.0, may_convert=False)
    actions = {change.action for quarter in range(NOW, NOW + 8) for change in here.decide(quarter)}
    assert LineAction.IDLE in actions
    assert actions.isdisjoint(CHANGES)
    assert not here.cells.lines.converted.any()
    assert here.cells.models_kept().tolist() == [1.0] * len(MAKERS)


def test_a_change_costs_its_kind_times_the_size_of_the_line_and_idling_nothing(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    lines = here.cells.lines
    status = lines.status.copy()
    changes = here.decide(NOW)
    assert {LineAction.IDLE, LineAction.CONVERT} <= {change.action for change in changes}
    for change in changes:
        per_gwh = 0.0
        if change.action in CHANGES:
            per_gwh = 115.0 if status[change.line] == LineStatus.ANNOUNCED else MUSD_OF_KIND[lines.kind[change.line]]
        assert change.cost_musd == pytest.approx(per_gwh * lines.gwh_per_year[change.line], rel=EXACT)


def test_what_is_decided_is_put_into_effect_with_the_lag_of_its_kind(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    lines = here.cells.lines
    converted = [change.line for change in here.decide(NOW) if change.action == LineAction.CONVERT]
    assert converted
    for line in converted:
        lag, dark = ((1, 0), (4, 2), (7, 3))[lines.kind[line]]
        assert (lines.status[line], lines.use[line]) == (LineStatus.CONVERTING, Use.STORAGE)
        assert (lines.ready[line], lines.offline_from[line]) == (NOW + lag, NOW + lag - dark)


def test_an_announced_line_takes_the_time_and_money_of_building(desk: Desks) -> None:
    """Where cells for cars are short, Ford's deferred lines start: eight quarters and 115 M$ a GWh a year."""
    here = desk(needed_gwh=900.0, ordered_gwh=0.0)
    started = [change for change in here.decide(NOW) if change.action == LineAction.START]
    assert {change.line for change in started} <= {
        *here.lines_of("ford_blueoval_ky2"), *here.lines_of("skon_tennessee"),
    }  # fmt: skip
    assert started
    for change in started:
        assert change.cost_musd == pytest.approx(115.0 * here.cells.lines.gwh_per_year[change.line], rel=EXACT)
        assert here.cells.lines.ready[change.line] == NOW + 8
