"""Which sides of the books must agree at the end of a quarter (D1 invariants 1 to 8)."""

from typing import TYPE_CHECKING

from market import buyers_accounts, fleet_accounts, makers_accounts
from market.battery_books import check_batteries
from market.charging_books import check_charging

if TYPE_CHECKING:
    from market.model import Market


def close_books(market: "Market") -> None:
    """Choices, cars, stocks of makers, money, programmes, charging, cells and storage. Raises LedgerError."""
    ledger, now, before, offering = market.ledger, market.now, market.before, market.offering
    buyers_accounts.check(ledger, now.outcome.flows, market.nests, market.access, market.used_price_kusd)
    fleet_accounts.check(
        ledger, market.fleet, now.traded, now.new_cars,
        before=before.cars, at_trade=before.cars_at_trade, lot=before.lot,
    )  # fmt: skip
    makers_accounts.check(ledger, market.makers, before.maker_stock, now.built, now.deliveries)
    sold = now.traded.new_by_product()
    makers_accounts.pay(ledger, market.makers, sold, offering.price_kusd, offering.margin_beyond_price_kusd)
    fleet_accounts.pay_credits(
        ledger, market.fleet, now.traded, offering.credit_by_policy, offering.used_credit_by_policy
    )
    fleet_accounts.pay_used_cars(ledger, now.traded, market.used_price_kusd, market.parameters.ownership.dealer_margin)
    market.planning.post_money(ledger)
    check_charging(market)
    if market.has_power_side:
        check_batteries(market)
    ledger.close()
