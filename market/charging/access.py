"""Which cars may charge at which networks (M4): classes of access, dates of Superchargers, the lever that opens all."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints
from market.base import quarters, tables
from market.base.categories import CONNECTORS, MAKERS
from market.base.clock import Clock
from market.charging.parameters import Charging
from market.vehicles.products import Offers, Products

ACCESS_CLASSES = ("Tesla", "CCS", "CCS with Superchargers", "CHAdeMO", "all networks")
"""Cars that may use the same sites. Teslas: Superchargers. CCS: other networks, and with access to Superchargers the
later ones of these. CHAdeMO: the part of other networks' sites that has such a plug. All networks: every site."""
TESLA, CCS, CCS_OPEN, CHADEMO, ALL = range(len(ACCESS_CLASSES))
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class SiteUse:
    """What of the networks' sites a class of access may use.

    ``superchargers``: "all", "late" or "none"; ``others``: share of other networks' sites.
    """

    superchargers: str
    others: float


def site_use(charging: Charging) -> tuple[SiteUse, ...]:
    """What each of ``ACCESS_CLASSES`` may use."""
    return (
        SiteUse("all", 0.0),
        SiteUse("none", 1.0),
        SiteUse("late", 1.0),
        SiteUse("none", charging.chademo_site_share),
        SiteUse("all", 1.0),
    )


def connector_share(products: Products) -> Floats:
    """1 for the connector of a product, shape (products, connectors), zeros for one that is no BEV."""
    return np.asarray(products.connector[:, None] == np.arange(len(CONNECTORS)), dtype=np.float64)


class NetworkAccess:
    """Access of cars by quarter; ``first_quarter``: (makers,) of Superchargers for the CCS cars of an automaker.

    Dates are those announced by the end of the records of a run, so that a hindcast knows no later one. After the
    origin ``charging.open_networks`` puts all BEVs in the class of all networks.
    """

    def __init__(self, charging: Charging, recorded_until: int) -> None:
        self._charging = charging
        table = tables.load("supercharger_access")
        self.first_quarter: Ints = np.full(len(MAKERS), _NEVER)
        for row in table.to_dict("records"):
            if quarters.index(row["announced_quarter"]) <= recorded_until:
                self.first_quarter[MAKERS.index(row["maker"])] = quarters.index(row["access_quarter"])

    def _maker_is_in(self, quarter: int) -> Floats:
        return (self.first_quarter <= quarter).astype(np.float64)

    def of_products(self, products: Products, clock: Clock) -> Floats:
        """Share of each class of access in new products, (products, classes): 1 or 0."""
        return self._classes(connector_share(products), self._maker_is_in(clock.quarter)[products.maker], clock)

    def of_goods(self, connectors: Floats, products: Products, offers: Offers, clock: Clock) -> Floats:
        """Share of each class of access in used goods, (goods, classes).

        ``connectors``: (goods, connectors). Of used CCS cars so many have access to Superchargers as of the new ones
        on offer.
        """
        ccs = connector_share(products)[:, CONNECTORS.index("CCS")] * offers.mix_weight
        total = float(ccs.sum())
        is_in = float(ccs @ self._maker_is_in(clock.quarter)[products.maker]) / total if total > 0.0 else 0.0
        return self._classes(connectors, np.full(connectors.shape[0], is_in), clock)

    def _classes(self, connectors: Floats, open_share: Floats, clock: Clock) -> Floats:
        """Shares of classes, (vehicles, classes); ``open_share``: (vehicles,) of CCS cars with Superchargers."""
        found = np.zeros((connectors.shape[0], len(ACCESS_CLASSES)))
        tesla, ccs, chademo = (connectors[:, CONNECTORS.index(name)] for name in CONNECTORS)
        if not clock.is_recorded and self._charging.at(clock.quarter).open_networks:
            found[:, ALL] = connectors.sum(axis=1)
            return found
        found[:, TESLA], found[:, CHADEMO] = tesla, chademo
        found[:, CCS], found[:, CCS_OPEN] = ccs * (1.0 - open_share), ccs * open_share
        return found
