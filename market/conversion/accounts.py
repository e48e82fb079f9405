"""Accounts of line conversion, and profits from cells and cars."""

from collections.abc import Sequence

import numpy as np

from agents.arrays import Floats
from agents.cells.plant import Lines
from agents.makers.automaker import Automaker
from market.base.categories import MAKERS
from market.base.ledger import Ledger
from market.cells.allocation import CellQuarter
from market.cells.costs import CellCosts
from market.cells.lines import SELLERS
from market.conversion.line_change import LineChange

PLANT_BUILDERS = "builders of plants"


def pay_for_changes(ledger: Ledger, changes: Sequence[LineChange], lines: Lines) -> None:
    """What sellers pay for lines they change or take over in the quarter, M$."""
    for change in changes:
        payee = PLANT_BUILDERS if change.sold_by is None else SELLERS[change.sold_by]
        ledger.pay(SELLERS[lines.maker[change.line]], payee, change.cost_musd)


def cell_profit_musd(
    done: CellQuarter, costs: CellCosts, lines: Lines, changes: Sequence[LineChange], storage_revenue_musd: Floats,
    quarter: int,
) -> Floats:  # fmt: skip
    """What sellers earn in a quarter, M$, (sellers,): cells for cars, storage, 45X, less costs.

    Cells for cars are sold at the price of imports less the 45X passed on.
    ``storage_revenue_musd``: (sellers,) of contracts. Costs of changing lines are counted in full when decided.
    """
    bought = done.from_open_market * costs.vehicle_price_usd_per_kwh(quarter)
    cars = np.append(done.for_cars @ costs.car_prices_usd_per_kwh(quarter) - bought, bought.sum())
    passed_on = costs.passed_on_usd_per_kwh(quarter) * done.credited_for_cars
    credit = costs.credit_usd_per_kwh(quarter) * done.credited - passed_on
    spent = done.variable_cost_musd + done.fixed_cost_musd
    by_change = np.zeros(len(SELLERS))
    for change in changes:
        by_change[lines.maker[change.line]] += change.cost_musd
        if change.sold_by is not None:
            by_change[change.sold_by] -= change.cost_musd
    return np.asarray(cars + storage_revenue_musd + credit - spent - by_change)


def car_profit_musd(makers: Sequence[Automaker], margin_beyond_price_kusd: Floats, deliveries: Floats) -> Floats:
    """Markup on the cars each automaker delivered, with what rules make a sale worth, M$, (makers,).

    ``margin_beyond_price_kusd``: (products,) what rules add; ``deliveries``: (products,) cars of the quarter.
    """
    earned = np.zeros(len(MAKERS))
    for number, maker in enumerate(makers):
        own = maker.products
        margin = maker.price_kusd + margin_beyond_price_kusd[own] - maker.cost_kusd
        earned[number] = float((deliveries[own] * margin).sum()) / 1e3
    return earned
