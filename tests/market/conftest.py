"""Places, products and one small run that many tests look at; nobody may change them."""

import copy
from collections.abc import Callable

import pytest

from market.base import quarters, tables
from market.cells.allocation import CellMarket
from market.charging.graph import build_graph, contract
from market.exogenous.prices import World
from market.exogenous.zones import Places, read_places
from market.model import Market
from market.power.sector import PowerSide
from market.scenario import Run, Scenario
from market.vehicles.parameters import Makers
from market.vehicles.products import Products
from tests.market.power.power_sides import LAST as POWER_LAST
from tests.market.power.power_sides import PowerOf, cell_market, power_side, run_alone

LAST, ORIGIN = quarters.index("2030Q4"), quarters.index("2024Q4")


@pytest.fixture(scope="session")
def places() -> Places:
    """The 127 places of the fast setting."""
    _, joined = contract(build_graph(tables.load("zones"), tables.load("corridors")))
    return read_places(joined)


@pytest.fixture(scope="session")
def products() -> Products:
    """All products to 2030, records to 2024."""
    return Products(LAST, ORIGIN, ORIGIN, Makers())


def small_scenario(
    last_quarter: str = "2026Q4", consumers: int = 2_000, origin: str = "2024Q4", **groups: object
) -> Scenario:
    """A scenario of the fast setting; ``groups`` replace groups of parameters."""
    run = Run(consumers=consumers, fast_graph=True, last_quarter=last_quarter, origin=origin)
    return Scenario.model_validate({"run": run, **groups})


@pytest.fixture(scope="session")
def small() -> Callable[..., Scenario]:
    """Maker of small scenarios."""
    return small_scenario


@pytest.fixture(scope="session")
def finished() -> Market:
    """A run of 2,000 consumers to 2026Q4 with seed 1."""
    market = Market(parameters=small_scenario(), rng=1)
    market.run()
    return market


@pytest.fixture(scope="session")
def as_it_was() -> Market:
    """A run of 500 consumers to 2018Q2 with the origin 2017Q4 and the policies of the reference."""
    market = Market(parameters=small_scenario("2018Q2", 500, "2017Q4"), rng=1)
    market.run()
    return market


@pytest.fixture(scope="session")
def cells_at_origin(places: Places, products: Products) -> CellMarket:
    """Cells as known at the origin; nobody may change them."""
    scenario, last = small_scenario(), quarters.index("2026Q4")
    cells = cell_market(scenario, products, World(scenario.world, places, 1, last, ORIGIN), last)
    cells.lines.complete(ORIGIN)
    return cells


@pytest.fixture
def cells(cells_at_origin: CellMarket) -> CellMarket:
    """Cells at the origin, to be changed freely."""
    mine = copy.copy(cells_at_origin)
    mine.lines = copy.deepcopy(cells_at_origin.lines)
    mine.packs, mine._asked_and_made = copy.copy(cells_at_origin.packs), []
    mine.stock, mine.needed = cells_at_origin.stock.copy(), list(cells_at_origin.needed)
    return mine


@pytest.fixture(scope="session")
def power_of(places: Places, products: Products) -> PowerOf:
    """Maker of power sides with parameters of storage; their lines are their own."""
    world = World(small_scenario().world, places, 1, POWER_LAST, ORIGIN)
    shared = cell_market(small_scenario(), products, world, POWER_LAST)

    def build(origin: int = ORIGIN, **storage: float) -> PowerSide:
        cells = copy.copy(shared)
        cells.lines = copy.deepcopy(shared.lines)
        return power_side(small_scenario(storage=storage), cells, world, places, origin)

    return build


@pytest.fixture(scope="session")
def power_alone(power_of: PowerOf) -> PowerSide:
    """A power side run to 2026Q4; nobody may change it."""
    return run_alone(power_of())


@pytest.fixture
def power(power_of: PowerOf) -> PowerSide:
    """A power side before its first quarter, to be changed freely."""
    return power_of()
