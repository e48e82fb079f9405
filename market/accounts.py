"""Accounting checks and payments at the end of a quarter."""

import numpy as np

from agents.arrays import Floats
from market.audit.cars import Stocks, stock_of
from market.audit.reckoned import Reckoned
from market.buyers import accounts as buyers_accounts
from market.cells.accounts import check_cells, pay_for_cells, production_credits_musd
from market.charging.accounts import check_charging
from market.conversion.accounts import car_profit_musd, cell_profit_musd, pay_for_changes
from market.fleet import accounts as fleet_accounts
from market.makers import accounts as makers_accounts
from market.power.accounts import check_credits, check_storage
from market.sectors import Sectors


def close_accounts(market: Sectors) -> None:
    """Check balances, post payments, and close every account against an audit's own figures. Raises LedgerError."""
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
    _audit(market)
    ledger.close()


def _audit(market: Sectors) -> None:
    """Close accounts against figures reckoned anew; sellers may then spend on capital of what they earned."""
    ledger, auditor, quarter, now = market.ledger, market.auditor, market.quarter, market.now
    reckoned, offering, limit = Reckoned(), market.offering, market.record.limits[market.quarter]
    stock = stock_of(market.makers, market.products.size)
    stocks = Stocks(auditor.car_stock, stock, now.built, now.deliveries, limit)
    wanted, price = now.outcome.flows.new, market.used_price_kusd
    auditor.cars(ledger, reckoned, market.fleet, market.makers, offering, now.traded, stocks, wanted, price, quarter)
    auditor.plans(reckoned, market.planning.programmes, market.proofs, quarter)
    auditor.charging(ledger, reckoned, market.charging_side, market.prices.public_usd_per_kwh, quarter)
    if market.has_power_side:
        changes, pack_kwh = market.line_decisions.changes, offering.offers.pack_kwh
        of_cells = auditor.batteries(
            ledger, reckoned, market.cells, market.power, market.cell_quarter, changes, now.built, pack_kwh, quarter
        )
        booked = _earned_musd(market)
        of_cars = auditor.car_profit_musd(market.makers, offering, now.deliveries, quarter)
        auditor.profits(ledger, booked, (of_cells, of_cars))
        market.cells.budget.earn(booked[0] + np.append(booked[1], 0.0))
    ledger.about("accounts of buyers, sellers and governments against quantities times prices")
    reckoned.compare(ledger)


def _earned_musd(market: Sectors) -> tuple[Floats, Floats]:
    """What sellers earn on cells, (sellers,), and automakers on cars, (makers,), before they change lines, M$."""
    costs, lines, revenue = market.cells.costs, market.cells.lines, market.power.book.revenue_musd
    of_cells = cell_profit_musd(market.cell_quarter, costs, lines, (), revenue, market.quarter)
    of_cars = car_profit_musd(market.makers, market.offering.margin_beyond_price_kusd, market.now.deliveries)
    return np.asarray(of_cells), of_cars


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
