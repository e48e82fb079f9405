"""The books of cells, storage and their money (D1 invariants 3, 4 and 5)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Floats, group_sum
from agents.cell_plant import CHEMISTRIES, IRON
from market.cell_lines import SELLERS
from market.storage_contracts import TREASURY
from market.storage_vintages import GWH
from market.vocabulary import MAKERS

if TYPE_CHECKING:
    from market.model import Market

CELL_SUPPLIERS, CELL_IMPORTS, PLANT_BUILDERS = "suppliers of cell plants", "imports of cells", "builders of plants"


def check_batteries(market: "Market") -> None:
    """Invariants 3 and 4, and the payments of makers for their cells, M$."""
    _check_cells(market)
    _check_storage(market)
    _post_money(market)


def _check_cells(market: "Market") -> None:
    """Cells begun, held and bought are those in cars, in storage, held at the end and scrapped, by chemistry."""
    ledger, done = market.ledger, market.cell_quarter
    storage = np.zeros(len(CHEMISTRIES))
    storage[IRON] = done.for_storage.sum()
    good = done.for_cars.sum(axis=0) + storage
    scrap = done.started - good
    ledger.within("scrap of cells", scrap, -1e-9, np.inf)
    begun = group_sum(done.output / done.line_yield, market.cells.lines.chemistry, len(CHEMISTRIES))
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


def _check_storage(market: "Market") -> None:
    """Contracted storage is delivered, outstanding or paid for as shortfall; regions hold what was put up."""
    ledger, power = market.ledger, market.power
    contracts = [*power.book.open, *power.book.closed]
    signed = float(sum(signed.sum() for signed in power.signed_gwh))
    ledger.equal(
        "storage contracted and delivered, outstanding, short or refused",
        signed,
        sum(c.delivered_gwh + c.shortfall_gwh + c.untaken_gwh + c.outstanding_gwh for c in contracts),
    )
    ledger.equal(
        "storage put up after the last contract's end", sum(abs(c.outstanding_gwh) for c in power.book.closed), 0.0
    )
    put_up = power.regions.installed_gwh.copy()
    for contract in contracts:
        put_up[contract.region] += contract.delivered_gwh + contract.shortfall_gwh + contract.untaken_gwh
    expected = put_up - power.vintages.retired_to_date[GWH]
    worst = int(np.argmax(np.abs(power.installed_gwh - expected)))
    ledger.equal(
        "storage standing in a region and put up less retired",
        float(power.installed_gwh[worst]),
        float(expected[worst]),
    )
    of_vintages = power.vintages.standing()[GWH]
    worst = int(np.argmax(np.abs(power.installed_gwh - of_vintages)))
    ledger.equal(
        "storage standing in a region and its vintages", float(power.installed_gwh[worst]), float(of_vintages[worst])
    )


def _post_money(market: "Market") -> None:
    """What makers and the open market pay and get for cells besides storage contracts."""
    ledger, done, costs = market.ledger, market.cell_quarter, market.cells.costs
    car_price = costs.vehicle_price_usd_per_kwh(market.quarter)
    credit = costs.credit_usd_per_kwh(market.quarter)
    for number, name in enumerate(MAKERS):
        ledger.pay(name, CELL_IMPORTS, float(done.bought_by_maker[number]) * car_price)
        ledger.pay(name, SELLERS[-1], float(done.from_open_market[number]) * car_price)
    for number, name in enumerate(SELLERS):
        ledger.pay(name, CELL_SUPPLIERS, float(done.variable_cost_musd[number] + done.fixed_cost_musd[number]))
        ledger.pay(TREASURY, name, credit * float(done.credited[number]))
    lines = market.cells.lines
    for change in market.line_decisions.changes:
        payee = PLANT_BUILDERS if change.sold_by is None else SELLERS[change.sold_by]
        ledger.pay(SELLERS[lines.maker[change.line]], payee, change.cost_musd)
    paid = -ledger.balance_musd(TREASURY)
    by_line = credit * float((done.output * lines.credited).sum())
    ledger.equal("battery credits paid and units times amount", paid, by_line + market.power.book.credits_musd)


def cell_profit_musd(market: "Market") -> Floats:
    """What sellers earn in a quarter, M$, (sellers,): cells for cars at the price of imports, storage, 45X, less costs.

    Costs of changing lines are counted in full when decided.
    """
    done, costs, lines = market.cell_quarter, market.cells.costs, market.cells.lines
    bought = done.from_open_market * costs.vehicle_price_usd_per_kwh(market.quarter)
    cars = np.append(done.for_cars @ costs.car_prices_usd_per_kwh(market.quarter) - bought, bought.sum())
    credit = costs.credit_usd_per_kwh(market.quarter) * done.credited
    spent = done.variable_cost_musd + done.fixed_cost_musd
    changes = np.zeros(len(SELLERS))
    for change in market.line_decisions.changes:
        changes[lines.maker[change.line]] += change.cost_musd
        if change.sold_by is not None:
            changes[change.sold_by] -= change.cost_musd
    return np.asarray(cars + market.power.book.revenue_musd + credit - spent - changes)
