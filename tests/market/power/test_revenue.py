"""What storage earns and what planners expect: boom and bust, or none (M16, M18, M22)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.categories import REGIONS
from market.base.ledger import Ledger
from market.exogenous.prices import World
from market.exogenous.zones import Places
from market.power.parameters import Storage
from market.power.regions import PowerRegions
from market.power.revenue import StorageRevenue
from market.scenario import Scenario
from market.vehicles.products import Products
from tests.market.power.power_sides import cell_market, power_side

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
    storage = Storage.model_validate(levers)
    return StorageRevenue(storage, PowerRegions(storage), world)


def at(share: float) -> Floats:
    return np.full(len(REGIONS), share)


# What is seen and expected


def test_a_scarce_year_pays_more_by_arbitrage_and_merchant_sales_alone(calm: World, scarce: World) -> None:
    """The Southeast's first kW: 115 x 0.92 of capacity, 35 of arbitrage, no merchant revenue."""
    normal, dear = (revenue(world).earned_usd_per_kw_year(at(0.0), 2026)[OF["Southeast"]] for world in (calm, scarce))
    assert normal == pytest.approx(115 * 0.92 + 35.0, rel=EXACT)
    assert dear == pytest.approx(115 * 0.92 + 35.0 * 1.8, rel=EXACT)


def test_planners_move_by_the_gain_towards_what_was_left_of_the_first_kw(calm: World) -> None:
    made = revenue(calm, revenue_gain=0.25)
    made.observe(at(0.0), END_OF_2026 - 4)
    assert made.expected_kept == pytest.approx(at(1.0), rel=EXACT)
    made.observe(at(0.1), END_OF_2026)
    kept = np.array([stack.kept(0.1) for stack in made._regions.value_stacks(2026)])
    assert made.expected_kept == pytest.approx(0.75 + 0.25 * kept, rel=EXACT)


def test_they_look_once_a_year_at_its_end(calm: World) -> None:
    made = revenue(calm)
    for quarter in (END_OF_2026 - 3, END_OF_2026 - 2, END_OF_2026 - 1):
        made.observe(at(0.1), quarter)
    assert np.isnan(made.expected_kept).all()


def test_a_new_price_of_capacity_counts_at_once(calm: World) -> None:
    """PJM's auctions for 2026 had cleared: who kept nine tenths expects nine tenths of the new stack."""
    made = revenue(calm)
    made.expected_kept = at(0.9)
    before, after = (made._regions.value_stacks(year)[OF["PJM"]] for year in (2024, 2026))
    assert after.capacity_usd > 2.0 * before.capacity_usd
    planned = made.planned_stack(OF["PJM"], 0.05, 2026)
    first_kw = after.marginal_usd_per_kw_year(0.0)
    assert planned.marginal_usd_per_kw_year(0.05) == pytest.approx(0.9 * first_kw, rel=1e-9)


def test_who_foresees_does_not_learn(scarce: World) -> None:
    made = revenue(scarce, adaptive_revenue=False)
    before = made.planned_stack(OF["ERCOT"], 0.05, 2026)
    made.observe(at(0.3), END_OF_2026)
    assert made.planned_stack(OF["ERCOT"], 0.3, 2026) == before


# Boom and bust


@dataclass(frozen=True)
class Course:
    """Storage put up by year, GW, and revenue of a kW over its cost at the year's end, (years, regions)."""

    added_gw: Floats
    earned_over_cost: Floats

    def of(self, first: int, last: int) -> Floats:
        """GW put up from a year to another in the regions without old plans."""
        years = slice(first - quarters.FIRST_YEAR, last - quarters.FIRST_YEAR + 1)
        return np.asarray(self.added_gw[years][:, WITHOUT_OLD_PLANS].sum(axis=0))

    @property
    def trough(self) -> Floats:
        """Least revenue over cost after 2028 in these regions."""
        return np.asarray(self.earned_over_cost[2029 - quarters.FIRST_YEAR :, WITHOUT_OLD_PLANS].min(axis=0))


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
            year = quarters.year(quarter)
            ledger.open(quarter)
            cells.lines.complete(quarter)
            power.open(quarter)
            power.deliver(power.book.due_by_seller(quarter), quarter, ledger)
            power.trade(quarter)
            project = power.regions.project(year, cells.costs.investment_credit_share(quarter))
            earned = power.revenue.earned_usd_per_kw_year(power.share_of_peak(quarter), year)
            added.append(power.book.added_gw)
            ratio.append(earned / project.cost_usd_per_kw_year(power.price_usd_per_kwh))
        by_year = np.array(added).reshape(-1, 4, len(REGIONS)).sum(axis=1)
        return Course(by_year, np.array(ratio)[3::4])

    return run


@pytest.fixture(scope="module")
def adaptive(course: Callable[..., Course]) -> Course:
    return course()


@pytest.fixture(scope="module")
def foresight(course: Callable[..., Course]) -> Course:
    return course(adaptive_revenue=False)


def test_who_learns_builds_past_what_pays_and_who_foresees_does_not(adaptive: Course, foresight: Course) -> None:
    """Least revenue over cost in PJM, SPP, Southeast: about 0.71, 0.83, 0.78 against 0.90, 0.95, 0.93."""
    assert (adaptive.trough < 0.85).all()
    assert (foresight.trough > 0.88).all()


def test_more_is_built_in_the_boom_and_less_of_it_is_left_in_the_bust(adaptive: Course, foresight: Course) -> None:
    """The end of the investment credit in 2036 lowers what is built in both."""
    assert (adaptive.of(2028, 2034) > 1.2 * foresight.of(2028, 2034)).all()
    left = [made.of(2037, 2040) / made.of(2028, 2034) for made in (adaptive, foresight)]
    assert (left[0] < 0.9 * left[1]).all()


def test_the_faster_planners_learn_the_nearer_they_come_to_foresight(
    course: Callable[..., Course], adaptive: Course, foresight: Course
) -> None:
    fast = course(revenue_gain=1.0)
    assert (adaptive.trough < fast.trough).all()
    assert (fast.trough < foresight.trough + 0.02).all()
