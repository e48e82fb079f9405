"""Conversion of a line to another use: what it takes and what it gains (M14)."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR


@dataclass(frozen=True)
class ChangeKind:
    """A kind of conversion: quarters until new output, quarters of them offline, cost in M$ per GWh/year."""

    lag_quarters: int
    offline_quarters: int
    cost_musd_per_gwh_year: float


class LineKind(IntEnum):
    """What a conversion requires: another pack or rack, another chemistry, or another cell format."""

    SAME_CELL = 0
    OTHER_CHEMISTRY = 1
    OTHER_FORMAT = 2


LAG_AND_OFFLINE_QUARTERS = {
    LineKind.SAME_CELL: (1, 0),
    LineKind.OTHER_CHEMISTRY: (4, 2),
    LineKind.OTHER_FORMAT: (7, 3),
}
"""Quarters from decision to output, and quarters of them offline (M14: judgment from announced conversions)."""


def dixit_hurdle(discount_rate: float, drift: float, sigma: float) -> float:
    """Value over cost at which to invest under uncertainty: beta / (beta - 1) (Dixit and Pindyck 1994, ch. 5).

    1 without uncertainty and drift. Raises ValueError if the discount rate does not exceed the drift.
    """
    if discount_rate <= drift:
        raise ValueError("the discount rate must exceed the drift")
    if sigma == 0.0:
        return discount_rate / (discount_rate - drift) if drift > 0 else 1.0
    shift = 0.5 - drift / sigma**2
    beta = shift + np.sqrt(shift**2 + 2.0 * discount_rate / sigma**2)
    return float(beta / (beta - 1.0))


def discount_factors(discount_rate: float, quarters: int) -> Floats:
    """Present value of 1 received in each of the coming quarters, from this one on; shape (quarters,)."""
    return np.asarray((1.0 + discount_rate) ** (-np.arange(quarters) / QUARTERS_PER_YEAR))


def annuity_years(discount_rate: float, quarters: int) -> float:
    """Present value of 1 $ a year received in each of the coming quarters."""
    return float(discount_factors(discount_rate, quarters).sum()) / QUARTERS_PER_YEAR


def conversion_gain_musd_per_gwh_year(
    new_usd_per_kwh: Floats, old_usd_per_kwh: Floats, begins: Ints, stops: Ints, discount_rate: float
) -> Floats:
    """G: present value of a GWh a year of capacity after a change less that without it, M$, (lines,) (M14).

    Earnings on all capacity by coming quarter, both (lines, quarters): of the new use from quarter ``begins`` on, of
    the old one up to quarter ``stops``, both (lines,); without the change the old use earns in all quarters.
    """
    quarters = new_usd_per_kwh.shape[-1]
    coming = np.arange(quarters)
    value = discount_factors(discount_rate, quarters) / QUARTERS_PER_YEAR
    changed = new_usd_per_kwh * (coming >= begins[:, None]) + old_usd_per_kwh * (coming < stops[:, None])
    return np.asarray((changed - old_usd_per_kwh) @ value)
