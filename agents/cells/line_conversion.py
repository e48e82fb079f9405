"""Conversion of a line to another use: its gain against a hurdle, as a real option (M14)."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from agents.arrays import Floats
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


def hurdle_with_contract(hurdle: float, contracted_share: float, discount_rate: float, sigma: float) -> float:
    """Hurdle of a line whose coming output is partly under contract; the contracted share is certain (M14).

    Volatility falls in proportion, sigma (1 - share), and with it the hurdle's excess over 1, as in ``dixit_hurdle``:
    at sigma 0.3 a contract for half a line lowers 1.93 to 1.39. Without a contract the hurdle is as it was.
    """
    over = dixit_hurdle(discount_rate, 0.0, sigma * (1.0 - contracted_share)) - 1.0
    return 1.0 + (hurdle - 1.0) * over / (dixit_hurdle(discount_rate, 0.0, sigma) - 1.0)


def discount_factors(discount_rate: float, quarters: int) -> Floats:
    """Present value of 1 received in each of the coming quarters, from this one on; shape (quarters,)."""
    return np.asarray((1.0 + discount_rate) ** (-np.arange(quarters) / QUARTERS_PER_YEAR))


def conversion_gain_musd_per_gwh_year(
    storage_margin_usd_per_kwh: Floats,
    vehicle_margin_usd_per_kwh: Floats,
    storage_use: float,
    vehicle_use: float,
    lag_quarters: int,
    offline_quarters: int,
    discount_rate: float,
) -> float:
    """G: present value of a GWh a year of capacity after a change less that without it, M$ (M14).

    Margins by coming quarter with the production credit of that quarter, both shape (quarters,); use is
    the share of capacity sold. The line is offline in the last ``offline_quarters`` before its new output begins
    and keeps its old use until then.
    """
    quarters = storage_margin_usd_per_kwh.size
    value = discount_factors(discount_rate, quarters) / QUARTERS_PER_YEAR
    running = np.arange(quarters) >= lag_quarters
    before = np.arange(quarters) < lag_quarters - offline_quarters
    changed = storage_use * storage_margin_usd_per_kwh * running + vehicle_use * vehicle_margin_usd_per_kwh * before
    return float((value * (changed - vehicle_use * vehicle_margin_usd_per_kwh)).sum())
