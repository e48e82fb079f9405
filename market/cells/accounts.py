"""Accounts of cells: output and scrap by chemistry, inventories, payments."""

import numpy as np

from agents.arrays import group_sum
from agents.cells.plant import CHEMISTRIES, IRON, Lines
from market.base.categories import MAKERS
from market.base.ledger import Ledger
from market.cells.allocation import CellQuarter
from market.cells.costs import CellCosts
from market.cells.lines import SELLERS

CELL_SUPPLIERS, CELL_IMPORTS, TREASURY = "suppliers of cell plants", "imports of cells", "government, batteries"
CREDIT_BUYERS = "buyers of tax credits"


def check_cells(ledger: Ledger, done: CellQuarter, lines: Lines) -> None:
    """Cells begun, held and bought are those in cars, in storage, held at the end and scrapped, by chemistry."""
    storage = np.zeros(len(CHEMISTRIES))
    storage[IRON] = done.for_storage.sum()
    good = done.for_cars.sum(axis=0) + storage
    scrap = done.started - good
    ledger.within("scrap of cells", scrap, -1e-9, np.inf)
    begun = group_sum(done.output / done.line_yield, lines.chemistry, len(CHEMISTRIES))
    for number, name in enumerate(CHEMISTRIES):
        ledger.equal(f"{name} cells begun and output over yield", done.started[number], begun[number])
        ledger.equal(
            f"{name} cells",
            done.started[number] + done.opening[number] + done.bought[number],
            done.packs[number] + storage[number] + done.closing[number] + scrap[number],
        )
    ledger.within("capacity of lines less output", done.line_capacity - done.output, -1e-9, np.inf)
    ledger.within("output of lines", done.output, -1e-12, np.inf)
    ledger.equal("output of lines and its use", float(done.output.sum()), float(good.sum()))


def pay_for_cells(ledger: Ledger, done: CellQuarter, costs: CellCosts, quarter: int) -> None:
    """What automakers and the open market pay and get for cells besides storage contracts, M$.

    Who buys a car cell with 45X on the open market pays so much less as is passed on; a seller that sells its credits
    leaves the discount to their buyers.
    """
    car_price, credit = costs.vehicle_price_usd_per_kwh(quarter), costs.credit_usd_per_kwh(quarter)
    passed_on, discount = costs.passed_on_usd_per_kwh(quarter), costs.statutory_credit_usd_per_kwh(quarter) - credit
    for number, name in enumerate(MAKERS):
        ledger.pay(name, CELL_IMPORTS, float(done.bought_by_maker[number]) * car_price)
        ledger.pay(name, SELLERS[-1], float(done.from_open_market[number]) * car_price)
        ledger.pay(SELLERS[-1], name, float(done.credited_from_open[number]) * passed_on)
    for number, name in enumerate(SELLERS):
        ledger.pay(name, CELL_SUPPLIERS, float(done.variable_cost_musd[number] + done.fixed_cost_musd[number]))
        ledger.pay(TREASURY, name, credit * float(done.credited[number]))
        ledger.pay(TREASURY, CREDIT_BUYERS, discount * float(done.credited[number]))


def production_credits_musd(done: CellQuarter, lines: Lines, credit_usd_per_kwh: float) -> float:
    """45X on the good cells that credited lines made in the quarter, M$."""
    return credit_usd_per_kwh * float((done.output * lines.credited).sum())
