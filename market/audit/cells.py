"""Cells reckoned anew: what lines can make, where cells go, what they cost, and 45X by the law."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats, Ints, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.cost import IRON_CELL_KG_PER_KWH, NICKEL_CELL_KG_PER_KWH
from agents.cells.line_decision import Use
from agents.cells.plant import CHEMISTRIES, IRON
from market.audit.line_record import LineRecord
from market.audit.reckoned import Reckoned
from market.base import quarters, tables
from market.base.categories import MAKERS
from market.base.ledger import Ledger
from market.cells.accounts import CELL_IMPORTS, CELL_SUPPLIERS, CREDIT_BUYERS, TREASURY
from market.cells.allocation import CellQuarter
from market.cells.costs import CellCosts
from market.cells.lines import OPEN_MARKET, SELLERS
from market.cells.parameters import Cells
from market.exogenous.prices import World

_COST_QUARTER = quarters.index("2024Q4")  # costs of cells are those of then


@dataclass(frozen=True)
class CellFigures:
    """What cells came to by other ways than the cell market's own; see the functions for how.

    ``output``: (lines,) GWh as recorded; ``use``, ``maker``, ``chemistry``: (lines,) by status and dates; ``earns``:
    (lines,) whether the law gives 45X; ``needed``: (makers,) GWh in cars built; ``bought``: (makers,) of it imported.
    """

    output: Floats
    use: Ints
    maker: Ints
    chemistry: Ints
    earns: Bools
    needed: Floats
    bought: Floats

    def by_seller(self, chosen: Bools) -> Floats:
        """Output of some lines by seller, GWh, (sellers,)."""
        return np.array([self.output[chosen & (self.maker == seller)].sum() for seller in range(len(SELLERS))])


class EligibleLines:
    """Which lines earn 45X by the tables of plants and of the law, and how lines are named in a breach."""

    def __init__(self, plants: Sequence[str], plant_of_line: Ints) -> None:
        known = tables.load("plants").set_index("plant")["us_made"]
        denied = tables.load("credit_eligibility").set_index("plant")["effective_from"]
        us_made = np.array([int(known[name]) == 1 for name in plants])
        ends = [
            quarters.index(denied[name]) if name in denied.index else quarters.LAST_SIMULATED + 1 for name in plants
        ]
        self._us_made, self._ends = us_made[plant_of_line], np.array(ends)[plant_of_line]
        self.names = [f"line {line} of {plants[plant]}" for line, plant in enumerate(plant_of_line)]

    def at(self, quarter: int, *, foreign_entity_rule: bool) -> Bools:
        """Whether each line earns 45X in a quarter, (lines,)."""
        denied = quarter >= self._ends if foreign_entity_rule else np.zeros(self._ends.shape, dtype=np.bool_)
        return np.asarray(self._us_made & ~denied)


def figures(
    done: CellQuarter, record: LineRecord, earns: Bools, needed: Floats, held: tuple[Floats, Floats], quarter: int
) -> CellFigures:
    """Gather a quarter's figures; ``needed``: (makers,) GWh of packs built; ``held``: stocks before and after it.

    What cars needed and stocks and plants did not give must have been bought.
    """
    before, after = held
    bought = needed + after.sum(axis=1) - before.sum(axis=1) - done.for_cars.sum(axis=1)
    return CellFigures(
        done.output, record.makes(quarter), record.maker, record.chemistry_in(quarter), earns, needed, bought
    )


def check_lines(
    ledger: Ledger, record: LineRecord, done: CellQuarter, names: list[str], cells: Cells, quarter: int
) -> None:
    """No dark line produces, none more than its size and yield allow, and scrap is what the yield loses."""
    most, made = record.most_gwh(cells, quarter), record.cell_yield(cells, quarter)
    ledger.each_within(
        "output of a line that is not running, GWh", names, done.output * record.is_dark(quarter), 0.0, 0.0
    )
    ledger.each_within(
        "room of a line beyond its output, by its size, yield and dates, GWh", names,
        most - done.output, -1e-9, np.inf,
    )  # fmt: skip
    ledger.each_within(
        "capacity of a line beyond what its size, yield and dates allow, GWh", names,
        done.line_capacity - most, -np.inf, 1e-9,
    )  # fmt: skip
    begun = group_sum(done.output / made, record.chemistry_in(quarter), len(CHEMISTRIES))
    ledger.each_equal("cells begun, counted and by output over yield, GWh", CHEMISTRIES, done.started, begun)


def check_energy(ledger: Ledger, done: CellQuarter, cells: CellFigures) -> None:
    """Cells of lines for cars and for storage, by seller, are those that automakers and contracts got.

    So do cells in packs agree with cars built, and cells bought with what was missing.
    """
    to_cars, to_storage = cells.use == Use.VEHICLES, cells.use == Use.STORAGE
    ledger.each_equal(
        "cells for storage, delivered and made, GWh", SELLERS, done.for_storage, cells.by_seller(to_storage)
    )
    own = cells.by_seller(to_cars)
    ledger.equal("cells for cars, received and made, GWh", float(done.for_cars.sum()), float(own.sum()))
    from_open = done.for_cars.sum(axis=1) - own[:-1]
    ledger.each_equal("cells from the open market, GWh", MAKERS, done.from_open_market, from_open)
    ledger.each_equal(
        "cells with 45X, counted and by the law, GWh", SELLERS, done.credited, cells.by_seller(cells.earns)
    )
    for_cars = cells.by_seller(cells.earns & to_cars)
    ledger.each_equal("cells for cars with 45X, counted and by the law, GWh", SELLERS, done.credited_for_cars, for_cars)
    credited_open = float(done.credited_from_open.sum())
    ledger.equal("cells with 45X from the open market for cars, GWh", credited_open, float(for_cars[-1]))
    ledger.equal("cells in packs and in cars built, GWh", float(done.packs.sum()), float(cells.needed.sum()))
    ledger.each_equal("cells bought and missing for cars built, GWh", MAKERS, done.bought_by_maker, cells.bought)


def variable_usd_per_kwh(cells: CellFigures, record: LineRecord, given: Cells, world: World, quarter: int) -> Floats:
    """Variable cost of a good cell of each line, $/kWh, (lines,): materials at their price and labor, over yield."""
    prices, then = world.material_usd_per_kg(quarter), world.material_without_lever_usd_per_kg(_COST_QUARTER)
    then = np.append(given.base_lithium, then[1:])
    rise = {"iron": IRON_CELL_KG_PER_KWH, "nickel": NICKEL_CELL_KG_PER_KWH}
    material = {
        "iron": given.iron_material + float((rise["iron"] * (prices - then)).sum()),
        "nickel": given.nickel_material + float((rise["nickel"] * (prices - then)).sum()),
    }
    doublings = np.log2(1.0 + given.output_growth) * max(0.0, (quarter - _COST_QUARTER) / QUARTERS_PER_YEAR)
    labor = given.processing * (1.0 - given.learning_rate) ** doublings
    inputs = np.where(cells.chemistry == IRON, max(material["iron"], 0.0), max(material["nickel"], 0.0)) + labor
    return np.asarray(inputs / record.cell_yield(given, quarter) + np.where(record.as_is, given.as_is_cost, 0.0))


def costs_musd(
    cells: CellFigures, record: LineRecord, given: Cells, world: World, quarter: int
) -> tuple[Floats, Floats]:
    """Variable and fixed cost of each seller in the quarter, M$, (sellers,) each."""
    of_output = cells.output * variable_usd_per_kwh(cells, record, given, world, quarter)
    a_year = record.gwh_per_year * (given.fixed_cost - np.where(record.is_idle(), given.upkeep_usd_per_kwh, 0.0))
    fixed = np.where(record.stands(quarter), a_year / QUARTERS_PER_YEAR, 0.0)
    sellers = [record.maker == seller for seller in range(len(SELLERS))]
    return np.array([of_output[own].sum() for own in sellers]), np.array([fixed[own].sum() for own in sellers])


def reckon_cells(
    ledger: Ledger, reckoned: Reckoned, done: CellQuarter, cells: CellFigures, spent: tuple[Floats, Floats],
    costs: CellCosts, statutory_usd_per_kwh: float, transfer_price: float, pass_through: float, quarter: int,
) -> Floats:  # fmt: skip
    """Count what is paid for cells, and return what each seller earned on them but for storage, M$, (sellers,).

    ``spent``: variable and fixed cost, M$, (sellers,) each. A seller sells its credits at ``transfer_price``; of 45X on
    cells for cars ``pass_through`` goes to the buyer.
    """
    variable, fixed = spent
    ledger.each_equal(
        "variable cost of cells, booked and by output and prices, M$", SELLERS, done.variable_cost_musd, variable
    )
    ledger.each_equal("fixed cost of lines, booked and by size and status, M$", SELLERS, done.fixed_cost_musd, fixed)
    price, sold_at = costs.vehicle_price_usd_per_kwh(quarter), statutory_usd_per_kwh * transfer_price
    credited, to_cars = cells.by_seller(cells.earns), cells.by_seller(cells.earns & (cells.use == Use.VEHICLES))
    from_open = done.for_cars.sum(axis=1) - cells.by_seller(cells.use == Use.VEHICLES)[:-1]
    discount = pass_through * sold_at * done.credited_from_open
    for number, name in enumerate(MAKERS):
        reckoned.pay(name, CELL_IMPORTS, float(cells.bought[number]) * price)
        reckoned.pay(name, SELLERS[OPEN_MARKET], float(from_open[number]) * price - float(discount[number]))
    for number, name in enumerate(SELLERS):
        reckoned.pay(name, CELL_SUPPLIERS, float(variable[number] + fixed[number]))
        reckoned.pay(TREASURY, name, float(credited[number]) * sold_at)
        reckoned.pay(TREASURY, CREDIT_BUYERS, float(credited[number]) * (statutory_usd_per_kwh - sold_at))
    in_cars = done.for_cars @ costs.car_prices_usd_per_kwh(quarter)
    sold = np.append(in_cars - from_open * price, from_open.sum() * price)
    return np.asarray(sold + credited * sold_at - pass_through * sold_at * to_cars - variable - fixed)
