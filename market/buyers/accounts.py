"""Accounting checks of buyers' choices at the end of a quarter."""

import numpy as np

from agents.arrays import Floats
from agents.buyers.choice import Nests
from market.base.ledger import Ledger
from market.buyers.demand import Flows
from market.charging.perceived_access import Access


def check(ledger: Ledger, flows: Flows, nests: Nests, access: Access, used_price_kusd: Floats) -> None:
    """Probabilities, shares and coverage lie in [0, 1], shares sum to one, used prices are none below 0.

    ``used_price_kusd``: (goods,). Raises LedgerError.
    """
    tables = flows.tables
    ledger.within("probability of acquiring", flows.acquire, 0.0, 1.0)
    ledger.within("probability of buying new", tables.new, 0.0, 1.0)
    ledger.sums_to_one("shares of segments", tables.segment)
    ledger.sums_to_one("shares of used goods", tables.used)
    nest_totals = np.add.reduceat(tables.nest, nests.segment_starts, axis=-1)
    product_totals = np.add.reduceat(tables.product, nests.nest_starts, axis=-1)
    for what, totals in (("shares of powertrains", nest_totals), ("shares of products", product_totals)):
        on_offer = totals > 0
        ledger.sums_to_one(what, np.where(on_offer, totals, 1.0)[..., None])
    ledger.within("trip coverage", access.coverage, 0.0, 1.0)
    ledger.within("adequacy of chargers", access.local, 0.0, 1.0)
    ledger.within("used prices", used_price_kusd, 0.0, np.inf)
