"""One region's orders cleared: what needs compliant cells, then what does not, each at one price (M19)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agents.power.utility import RegionDemand
from market.power.price import clear_uniform_price

_SMALLEST_SHARE = 1e-9  # of demand: less is no market of its own


@dataclass(frozen=True)
class Sale:
    """What a clearing sold, GWh, and its price, $/kWh; ``compliant`` if it was for cells under the rule."""

    compliant: bool
    domestic_gwh: float
    foreign_gwh: float
    price_usd_per_kwh: float

    @property
    def gwh(self) -> float:
        """All that was sold."""
        return self.domestic_gwh + self.foreign_gwh


def _part_of(demand: RegionDemand, share: float) -> Callable[[float], float]:
    return lambda gwh: demand.price_usd_per_kwh(gwh / share)


def clear_region(
    demand: RegionDemand,
    needs_compliant: float,
    domestic_gwh: float,
    domestic_usd_per_kwh: float,
    third_country_usd_per_kwh: float,
    import_usd_per_kwh: float,
) -> list[Sale]:
    """Sales of a region in a quarter, one a market (M19).

    ``needs_compliant``: share of demand that needs compliant cells. These come from US lines at their price as far
    as they go, then from third countries; the others from China unless US lines with cells left ask no more.
    """
    sales = []
    left = domestic_gwh
    for compliant, share, abroad in (
        (True, needs_compliant, third_country_usd_per_kwh),
        (False, 1.0 - needs_compliant, import_usd_per_kwh),
    ):
        if share <= _SMALLEST_SHARE:
            continue
        offered = np.array([left, share * demand.wanted_gwh(0.0) + 1.0])
        asked = np.array([domestic_usd_per_kwh, abroad])
        _, price, sold = clear_uniform_price(offered, asked, _part_of(demand, share))
        if sold.sum() > 0.0:
            sales.append(Sale(compliant, float(sold[0]), float(sold[1]), float(price)))
        left -= float(sold[0])
    return sales
