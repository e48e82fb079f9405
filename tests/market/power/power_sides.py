"""Power sides without the car market: how tests make them, and a contract by hand."""

from collections.abc import Callable

import mesa

from market.base import quarters
from market.base.ledger import Ledger
from market.base.sets import region_names
from market.cells.allocation import CellMarket
from market.cells.costs import CellCosts
from market.exogenous.prices import World
from market.exogenous.zones import Places
from market.power.contracts import StorageContract
from market.power.grid import Grid
from market.power.regions import PowerRegions
from market.power.sector import PowerSide
from market.scenario import Scenario
from market.vehicles.products import Products

REGIONS = region_names()

EXACT = 1e-12
ORIGIN, LAST = quarters.index("2024Q4"), quarters.index("2026Q4")
OF = {name: place for place, name in enumerate(REGIONS)}

PowerOf = Callable[..., PowerSide]
"""Maker of power sides: ``origin``, and parameters of storage."""


def cell_market(scenario: Scenario, products: Products, world: World, last: int) -> CellMarket:
    """Cells of a scenario whose origin is that of the records."""
    costs = CellCosts(scenario.cells, scenario.storage, scenario.policy, world, ORIGIN, last)
    return CellMarket(scenario.cells, costs, products, ORIGIN, policy=scenario.policy, channels=scenario.channels)


def power_side(
    scenario: Scenario, cells: CellMarket, world: World, places: Places, origin: int = ORIGIN,
    model: mesa.Model | None = None,
) -> PowerSide:  # fmt: skip
    """The power side of a scenario, without BEVs."""
    grid = Grid(scenario.grid, PowerRegions(scenario.storage), places.power_region, origin)
    return PowerSide(model or mesa.Model(rng=1), scenario.storage, cells, world, grid, origin)


def run_alone(power: PowerSide, last: int = LAST) -> PowerSide:
    """All quarters to a last one, US lines making what is due and no line changing."""
    ledger = Ledger()
    for quarter in range(last + 1):
        ledger.open(quarter)
        power._cells.lines.complete(quarter)
        power.open(quarter)
        power.deliver(power.book.due_by_seller(quarter), quarter, ledger)
        power.trade(quarter)
        ledger.close()
    return power


def all_contracts(power: PowerSide) -> list[StorageContract]:
    return [*power.book.closed, *power.book.open]


def contract_of(seller: str, gwh: float, start: int, end: int, *, for_data_center: bool = False) -> StorageContract:
    return StorageContract(
        number=0, signed=ORIGIN, region=2, buyer="utility PJM", seller=seller, compliant=True,
        for_data_center=for_data_center, gw=gwh / 4.0, gwh=gwh, price_usd_per_kwh=80.0, lithium_usd_per_kg=11.0,
        credit_share=0.3, other_capex_usd_per_kwh=190.0, start=start, end=end,
    )  # fmt: skip
