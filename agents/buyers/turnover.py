"""Stationary turnover of owners: how many look in a quarter, and when the others will (M20).

An owner's time to the next look runs from the last event: a car acquired or, after a look, kept. Scrappage ends a
car, and its owner acquires another, at one rate whatever the event. These are the balances of a Markov renewal process
(Cox 1962).
"""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from agents.arrays import Floats


@dataclass(frozen=True)
class Turnover:
    """Events an owner and quarter in the stationary state: ``looks``, and cars ``acquired`` (after scrappage too)."""

    looks: float
    acquired: float


def stationary_turnover(kept: Floats, acquired: Floats, scrap: float, keep_share: float) -> Turnover:
    """Events at which as many owners look as come due.

    ``kept``, ``acquired``: (quarters,) chance that the time after keeping or acquiring a car ends after 0, 1, 2 ...
    quarters, adding up to 1; ``scrap``: chance a quarter that a car is scrapped; ``keep_share``: of those who look.
    """
    alive = (1.0 - scrap) ** np.arange(kept.size)
    come_due = keep_share * float(kept @ alive) + (1.0 - keep_share) * float(acquired @ alive)
    looks = scrap * float(acquired @ alive) / (1.0 - come_due)
    return Turnover(looks, (1.0 - keep_share) * looks + scrap)


def pending(chance: Floats, scrap: float) -> Floats:
    """Owners by quarters still to go, if one event happens in every quarter, shape (quarters,).

    ``chance``: (quarters,) that the time after the event ends after 0, 1, 2 ... quarters. Of the events of a quarters
    ago (1 - ``scrap``)^a cars are left: entry t is the sum over a of that times ``chance`` of a + t.
    """
    later = accumulate(chance[::-1].tolist(), lambda left, new: new + (1.0 - scrap) * left)
    return np.array(list(later))[::-1]
