"""Accounting checks of automakers' inventories, and payments for new cars."""

from collections.abc import Sequence

import numpy as np

from agents.arrays import Floats
from agents.makers.automaker import Automaker
from market.base.ledger import BUYERS, Ledger

RULES = "rules for makers: credits earned less credits needed"


def check(ledger: Ledger, makers: Sequence[Automaker], before: float, built: Floats, delivered: Floats) -> None:
    """Stocks are those of ``before`` with cars ``built``, less ``delivered``, (products,). Raises LedgerError."""
    stock = sum(float(maker.stock_cars.sum()) for maker in makers)
    ledger.equal("makers' stock with output and sales", before + float(built.sum()) - float(delivered.sum()), stock)
    for maker in makers:
        ledger.within(f"stock of {maker.name}", maker.stock_cars, 0.0, np.inf)


def pay(
    ledger: Ledger, makers: Sequence[Automaker], sold: Floats, price_kusd: Floats, margin_beyond_price_kusd: Floats
) -> None:
    """Buyers pay for new cars, and rules what a sale is worth beyond its price; all (products,)."""
    spent = np.where(sold > 0, price_kusd * sold, 0.0)
    beyond = margin_beyond_price_kusd * sold
    for maker in makers:
        ledger.pay(BUYERS, maker.name, float(spent[maker.products].sum()) / 1e3)
        ledger.pay(RULES, maker.name, float(beyond[maker.products].sum()) / 1e3)
