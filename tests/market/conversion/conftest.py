"""Desks that decide about lines."""

import copy
from collections.abc import Callable

import mesa
import numpy as np
import pytest

from agents.cells.plant import CellPlant
from market.base.categories import MAKERS
from market.base.sets import region_names
from market.cells.capital_budget import CapitalBudget
from market.conversion.line_decisions import LineDecisions
from market.exogenous.prices import World
from market.exogenous.zones import Places
from market.scenario import Scenario
from market.vehicles.products import Products
from tests.market.conversion.desks import LAST, ORIGIN, Desk, Desks
from tests.market.power.power_sides import cell_market, power_side

REGIONS = region_names()


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
        cells.budget = CapitalBudget(scenario.cells)
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
