"""National columns of purchase timing (M3) and the values that fill them."""

import numpy as np

from agents.buyers.valuation import REFERENCE_INCOME_KUSD
from market.base.categories import INCOME_KUSD
from market.base.column import Row, Series
from market.buyers.waiting import WaitingBuyers

_MEAN_INCOME = int(
    np.argmin(np.abs(INCOME_KUSD - REFERENCE_INCOME_KUSD))
)  # class nearest to the income whose money weighs 1

NATIONAL_WAITING: dict[str, Series] = {
    "waiting_gain_kusd": Series("thousand 2025 $", "Gain buyers expect from waiting a year for a BEV"),
    "waiting_joined": Series("seat/quarter", "Buyers who postpone a BEV purchase (expected)"),
    "waiting_pool": Series("seat", "Buyers waiting for a better BEV (drawn)"),
    "hurried": Series("car/quarter", "BEV purchases pulled forward (expected)"),
}


def national_waiting(waiting: WaitingBuyers) -> Row:
    """The national columns of waiting: the gain is that of the class nearest to the mean income."""
    return {
        "waiting_gain_kusd": float(waiting.gain_kusd[_MEAN_INCOME]),
        "waiting_joined": waiting.joined,
        "waiting_pool": waiting.pool,
        "hurried": waiting.hurried,
    }
