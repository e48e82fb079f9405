"""One region's orders cleared: what needs no compliant cells, then what does; from whom, at what price (M19)."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from agents.power.utility import RegionDemand
from market.power.price import ForeignOffers

_SMALLEST_SHARE = 1e-9  # of demand: less is no market of its own


class Origin(IntEnum):
    """Where cells come from."""

    US = 0
    CHINA = 1
    THIRD_COUNTRY = 2


@dataclass(frozen=True)
class Sale:
    """What a clearing sold from one origin, GWh, and its price, $/kWh.

    ``compliant``: for a project that needs cells under the rule; ``with_credit``: the project keeps its credit.
    """

    origin: Origin
    gwh: float
    price_usd_per_kwh: float
    compliant: bool = False
    with_credit: bool = True


def clear_region(
    demand: RegionDemand, begun_share: float, domestic_gwh: float, domestic_usd_per_kwh: float, offers: ForeignOffers
) -> list[Sale]:
    """Sales of a region in a quarter, one an origin and kind of project (M19).

    ``begun_share``: of demand that needs no compliant cells; ``domestic_gwh``: US cells offered here at
    ``domestic_usd_per_kwh``. How much is bought follows the mean of what projects pay.
    """
    sales: list[Sale] = []
    left = domestic_gwh
    us_shares = offers.us_share(np.array(domestic_usd_per_kwh))
    for needs, part in ((False, begun_share), (True, 1.0 - begun_share)):
        if part <= _SMALLEST_SHARE:
            continue
        abroad = float(offers.abroad_usd_per_kwh()[int(needs)])
        share = float(us_shares[int(needs)])

        def bought(us_share: float, part: float = part, abroad: float = abroad) -> float:
            return part * demand.wanted_gwh(us_share * domestic_usd_per_kwh + (1.0 - us_share) * abroad)

        total = bought(share)
        domestic = min(share * total, left)
        if domestic < share * total:
            total = max(bought(domestic / total), domestic)
        left -= domestic
        sales += _sales(domestic, total - domestic, domestic_usd_per_kwh, offers, needs=needs)
    return sales


def _sales(
    domestic_gwh: float,
    foreign_gwh: float,
    domestic_usd_per_kwh: float,
    offers: ForeignOffers,
    *,
    needs: bool,
) -> list[Sale]:
    third = float(offers.third_country_share[int(needs)])
    found = [
        Sale(Origin.US, domestic_gwh, domestic_usd_per_kwh, needs),
        Sale(Origin.THIRD_COUNTRY, third * foreign_gwh, offers.third_country_usd_per_kwh, needs),
        Sale(Origin.CHINA, (1.0 - third) * foreign_gwh, offers.import_usd_per_kwh, with_credit=not needs),
    ]
    return [sale for sale in found if sale.gwh > 0.0]
