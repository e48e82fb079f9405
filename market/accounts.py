"""Accounting checks and payments at the end of a quarter."""

import numpy as np

from agents.arrays import Floats
from market.buyers import accounts as buyers_accounts
from market.cells.accounts import check_cells, pay_for_cells, production_credits_musd
from market.charging.accounts import check_charging
from market.conversion.accounts import car_profit_musd, cell_profit_musd, pay_for_changes
from market.fleet import accounts as fleet_accounts
from market.makers import accounts as makers_accounts
from market.power.accounts import check_credits, check_storage
from market.sectors import Sectors


def close_accounts(market: Sectors) -> None:
    """Check choices, cars, inventories, charging, cells and storage, and post payments. Raises LedgerError."""
    ledger, now, offering = market.ledger, market.now, market.offering
    buyers_accounts.check(ledger, now.outcome.flows, market.nests, market.access, market.used_price_kusd)
    _check_stocks(market)
    sold = now.traded.new_by_product()
    makers_accounts.pay(ledger, market.makers, sold, offering.price_kusd, offering.margin_beyond_price_kusd)
    fleet_accounts.pay_credits(
        ledger, market.fleet, now.traded, offering.credit_by_policy, offering.used_credit_by_policy
    )
    fleet_accounts.pay_used_cars(ledger, now.traded, market.used_price_kusd, market.parameters.ownership.dealer_margin)
    market.planning.post_money(ledger)
    market.proofs.post_money(ledger)
    check_charging(ledger, market.charging_side, market.prices.public_usd_per_kwh, market.quarter)
    if market.has_power_side:
        _check_batteries(market)
        market.cells.budget.earn(_earned_musd(market))
    ledger.close()


def _earned_musd(market: Sectors) -> Floats:
    """What sellers earn on cars and cells in the quarter before they change lines, M$, (sellers,)."""
    costs, lines, revenue = market.cells.costs, market.cells.lines, market.power.book.revenue_musd
    of_cells = cell_profit_musd(market.cell_quarter, costs, lines, (), revenue, market.quarter)
    of_cars = car_profit_musd(market.makers, market.offering.margin_beyond_price_kusd, market.now.deliveries)
    return np.asarray(of_cells + np.append(of_cars, 0.0))


def _check_stocks(market: Sectors) -> None:
    """Check cars and automakers' inventories."""
    ledger, now, before = market.ledger, market.now, market.before
    fleet_accounts.check(
        ledger, market.fleet, now.traded, now.new_cars,
        before=before.cars, at_trade=before.cars_at_trade, lot=before.lot,
    )  # fmt: skip
    makers_accounts.check(ledger, market.makers, before.maker_stock, now.built, now.deliveries)


def _check_batteries(market: Sectors) -> None:
    """Check cells and storage, and post automakers' payments for cells and lines, M$."""
    ledger, done, lines = market.ledger, market.cell_quarter, market.cells.lines
    costs, quarter = market.cells.costs, market.quarter
    check_cells(ledger, done, lines)
    check_storage(ledger, market.power)
    pay_for_cells(ledger, done, costs, quarter)
    pay_for_changes(ledger, market.line_decisions.changes, lines)
    check_credits(
        ledger, market.power, production_credits_musd(done, lines, costs.statutory_credit_usd_per_kwh(quarter))
    )
