"""What is written down of buyers who wait or hurry: columns of the national table, and what fills them (M3)."""

import numpy as np

from agents.buyers.valuation import REFERENCE_INCOME_KUSD
from market.base.categories import INCOME_KUSD
from market.base.column import Row, Series
from market.buyers.waiting import WaitingBuyers

_MEAN_INCOME = int(
    np.argmin(np.abs(INCOME_KUSD - REFERENCE_INCOME_KUSD))
)  # class nearest to the income whose money weighs 1

NATIONAL_WAITING: dict[str, Series] = {
    "waiting_gain_kusd": Series("k$ of 2025", "Gain buyers expect of a year's wait for a battery car"),
    "waiting_joined": Series("seat/quarter", "Buyers who put off a battery car (expected)"),
    "waiting_pool": Series("seat", "Seats that wait for a better battery car (drawn)"),
    "hurried": Series("car/quarter", "Battery cars bought before their time (expected)"),
}


def national_waiting(waiting: WaitingBuyers) -> Row:
    """The national columns of waiting: the gain is that of the class nearest to the mean income."""
    return {
        "waiting_gain_kusd": float(waiting.gain_kusd[_MEAN_INCOME]),
        "waiting_joined": waiting.joined,
        "waiting_pool": waiting.pool,
        "hurried": waiting.hurried,
    }
