"""What storage earns and what planners expect: boom and bust, or none (M16, M18, M22)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.ledger import Ledger
from market.base.sets import region_names
from market.exogenous.prices import World
from market.exogenous.zones import Places
from market.power.parameters import Storage
from market.power.regions import PowerRegions
from market.power.revenue import RegionInView, StorageRevenue
from market.power.sector import PowerSide
from market.scenario import Scenario
from market.vehicles.products import Products
from tests.market.power.power_sides import cell_market, power_side

REGIONS = region_names()

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2040Q4")
END_OF_2026 = quarters.index("2026Q4")
OF = {name: place for place, name in enumerate(REGIONS)}
WITHOUT_OLD_PLANS = [OF[name] for name in ("PJM", "SPP", "Southeast")]
"""Regions where what was proposed in 2024 decides little."""


@pytest.fixture(scope="module")
def calm(small: Callable[..., Scenario], places: Places) -> World:
    """A world without scarce years."""
    return World(small(world={"scarcity_share": 0.0}).world, places, 1, LAST, ORIGIN)


@pytest.fixture(scope="module")
def scarce(small: Callable[..., Scenario], places: Places) -> World:
    """A world where every year is scarce."""
    return World(small(world={"scarcity_share": 1.0}).world, places, 1, LAST, ORIGIN)


def revenue(world: World, **levers: object) -> StorageRevenue:
    """Revenue in 2024 with auctions cleared and little storage, peaks of 100 GW."""
    storage = Storage.model_validate(levers)
    made = StorageRevenue(storage, PowerRegions(storage), world)
    made.capacity.open_year(2024, (at(100.0), at(100.0)), (at(0.0), at(0.0)), FOUR)
    return made


def at(share: float) -> Floats:
    return np.full(len(REGIONS), share)


FOUR = at(4.0)


def view(region: str, installed: float = 0.05, standing: float = 0.05) -> RegionInView:
    return RegionInView(OF[region], END_OF_2026, installed, 4.0, 100.0, standing)


# What is seen and expected


def test_a_scarce_year_pays_more_by_arbitrage_and_merchant_sales_alone(calm: World, scarce: World) -> None:
    """The Southeast's first kW: 82.1 x 0.85 of capacity, 35 of arbitrage, no merchant revenue."""
    made = [revenue(world).earned_usd_per_kw_year(at(0.0), FOUR, END_OF_2026) for world in (calm, scarce)]
    normal, dear = (earned[OF["Southeast"]] for earned in made)
    assert normal == pytest.approx(82.1 * 0.85 + 35.0, rel=EXACT)
    assert dear == pytest.approx(82.1 * 0.85 + 35.0 * 1.8, rel=EXACT)


def test_short_storage_earns_less_by_arbitrage_and_capacity_and_long_storage_more(calm: World) -> None:
    """CAISO at 184.8: 2, 4 and 8 hours are credited 0.48, 0.96 and 0.98 and earn 0.62, 1 and 1.3 of 70."""
    made = revenue(calm)
    found = [made.stack(OF["CAISO"], hours, ORIGIN).earned_usd_per_kw_year(0.0) for hours in (2.0, 4.0, 8.0)]
    by_hand = [184.8 * 0.48 + 0.62 * 70.0, 184.8 * 0.96 + 70.0, 184.8 * 0.98 + 1.3 * 70.0]
    assert found == pytest.approx([worth + 40.0 for worth in by_hand], rel=EXACT)


def test_planners_move_by_the_gain_towards_what_was_left_of_the_first_kw(calm: World) -> None:
    made = revenue(calm, revenue_gain=0.25)
    made.observe(at(0.0), FOUR, END_OF_2026 - 4)
    assert made.expected_kept == pytest.approx(at(1.0), rel=EXACT)
    made.observe(at(0.1), FOUR, END_OF_2026)
    kept = np.array([made.stack(place, 4.0, END_OF_2026).kept(0.1) for place in range(len(REGIONS))])
    assert made.expected_kept == pytest.approx(0.75 + 0.25 * kept, rel=EXACT)


def test_they_look_once_a_year_at_its_end(calm: World) -> None:
    made = revenue(calm)
    for quarter in (END_OF_2026 - 3, END_OF_2026 - 2, END_OF_2026 - 1):
        made.observe(at(0.1), FOUR, quarter)
    assert np.isnan(made.expected_kept).all()


def test_a_new_price_of_capacity_counts_at_once(calm: World) -> None:
    """PJM's auction for 2025 had cleared in 2024: who kept nine tenths expects nine tenths of the new stack."""
    made = revenue(calm, adaptive_revenue=True)
    made.expected_kept = at(0.9)
    now = made.stack(OF["PJM"], 4.0, END_OF_2026)
    coming = replace(now, capacity_usd=61.9)
    assert coming.capacity_usd > 5.0 * now.capacity_usd
    planned = made.planned_stack(view("PJM"), 4.0)
    assert planned.marginal_usd_per_kw_year(0.05) == pytest.approx(0.9 * coming.earned_usd_per_kw_year(0.0), rel=1e-9)


def test_who_foresees_does_not_learn(scarce: World) -> None:
    made = revenue(scarce)
    before = made.planned_stack(view("ERCOT"), 4.0)
    made.observe(at(0.3), FOUR, END_OF_2026)
    assert made.planned_stack(view("ERCOT", installed=0.3), 4.0) == before


# The residual


def test_a_residual_closes_the_gap_within_its_bounds_and_half_of_it_decays(calm: World) -> None:
    """Value 20 above and 80 below cost: -20 as it is, and 60 at the bound, which eight years later are 45."""
    made = revenue(calm)
    made.anchor(at(0.05), END_OF_2026)
    gap = at(20.0)
    gap[1] = -80.0
    made.find_residual(gap)
    assert made.residual(END_OF_2026)[:2].tolist() == [-20.0, 60.0]
    assert made.is_at_bound.tolist() == [False, True] + [False] * 8
    assert made.residual(END_OF_2026 + 32)[:2] == pytest.approx([-15.0, 45.0], rel=EXACT)
    stack = made.planned_stack(view("ERCOT"), 4.0)
    assert stack.residual_usd == 60.0


def test_where_next_to_no_storage_stands_there_is_no_residual(calm: World) -> None:
    made = revenue(calm)
    share = at(0.05)
    share[:2] = 0.0049, 0.0051
    made.anchor(share, END_OF_2026)
    made.find_residual(at(-20.0))
    assert made.residual(END_OF_2026)[:3].tolist() == [0.0, 20.0, 20.0]


def test_the_lever_on_saturation_counts_from_what_stood_at_the_origin(calm: World) -> None:
    slow, usual = revenue(calm, saturation=0.25), revenue(calm)
    for made in (slow, usual):
        made.anchor(at(0.1), ORIGIN)
    values = [
        [made.planned_stack(view("CAISO"), 4.0).marginal_usd_per_kw_year(x) for x in (0.08, 0.1, 0.3)]
        for made in (slow, usual)
    ]
    assert values[0][:2] == values[1][:2]
    assert values[0][2] > values[1][2]


# Boom and bust


@dataclass(frozen=True)
class Course:
    """Storage put up by year, GW, and value of a new kW over its cost at the year's end, (years, regions)."""

    added_gw: Floats
    value_over_cost: Floats

    def of(self, first: int, last: int) -> Floats:
        """GW put up from a year to another in the regions without old plans."""
        years = slice(first - quarters.FIRST_YEAR, last - quarters.FIRST_YEAR + 1)
        return np.asarray(self.added_gw[years][:, WITHOUT_OLD_PLANS].sum(axis=0))

    @property
    def trough(self) -> Floats:
        """Least value over cost after 2028 in these regions."""
        return np.asarray(self.value_over_cost[2029 - quarters.FIRST_YEAR :, WITHOUT_OLD_PLANS].min(axis=0))


def value_over_cost(power: PowerSide, seen: RegionInView) -> float:
    """Of one more kW of what a utility would order, as it is going to be."""
    _, project = power.plan(seen)
    value = power.revenue.foreseen_stack(seen, project.hours).marginal_usd_per_kw_year(seen.standing_share)
    return value / project.cost_usd_per_kw_year(power.price_usd_per_kwh)


@pytest.fixture(scope="module")
def course(small: Callable[..., Scenario], calm: World, places: Places, products: Products) -> Callable[..., Course]:
    """Maker of the power side's course to 2040 by itself, in a calm world, with no line changing."""
    shared = cell_market(small("2040Q4"), products, calm, LAST)

    def run(**storage: object) -> Course:
        scenario, cells = small("2040Q4", storage=storage), copy.copy(shared)
        cells.lines = copy.deepcopy(shared.lines)
        power = power_side(scenario, cells, calm, places)
        ledger, added, ratio = Ledger(), [], []
        for quarter in range(LAST + 1):
            ledger.open(quarter)
            cells.lines.complete(quarter)
            power.open(quarter)
            power.deliver(power.book.due_by_seller(quarter), quarter, ledger)
            power.trade(quarter)
            added.append(power.book.added_gw)
            ratio.append([value_over_cost(power, seen) for seen in power.views(quarter)])
        by_year = np.array(added).reshape(-1, 4, len(REGIONS)).sum(axis=1)
        return Course(by_year, np.array(ratio)[3::4])

    return run


@pytest.fixture(scope="module")
def adaptive(course: Callable[..., Course]) -> Course:
    return course(adaptive_revenue=True)


@pytest.fixture(scope="module")
def foresight(course: Callable[..., Course]) -> Course:
    return course()


def test_who_learns_builds_past_what_pays_and_who_foresees_does_not(adaptive: Course, foresight: Course) -> None:
    """Least revenue over cost in PJM, SPP, Southeast: about 0.71, 0.83, 0.78 against 0.90, 0.95, 0.93."""
    assert (adaptive.trough < 0.85).all()
    assert (foresight.trough > 0.87).all()


def test_more_is_built_in_the_boom_and_less_of_it_is_left_in_the_bust(adaptive: Course, foresight: Course) -> None:
    """The end of the investment credit in 2036 lowers what is built in both."""
    assert (adaptive.of(2028, 2034) > 1.2 * foresight.of(2028, 2034)).all()
    left = [made.of(2037, 2040) / made.of(2028, 2034) for made in (adaptive, foresight)]
    assert (left[0] < 0.9 * left[1]).all()


def test_the_faster_planners_learn_the_nearer_they_come_to_foresight(
    course: Callable[..., Course], adaptive: Course, foresight: Course
) -> None:
    fast = course(revenue_gain=1.0, adaptive_revenue=True)
    assert (adaptive.trough < fast.trough).all()
    assert (fast.trough < foresight.trough + 0.02).all()
