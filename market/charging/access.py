"""Which cars may charge at which networks (M4): classes of access, dates of Superchargers, the lever that opens all."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints
from market.base import quarters, tables
from market.base.categories import CONNECTORS, MAKERS
from market.base.clock import Clock
from market.charging.parameters import Charging

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


class NetworkAccess:
    """Access of cars by quarter; ``first_quarter``: (makers,) of Superchargers for the CCS cars of an automaker.

    Dates are those announced by the end of the records of a run, so that a hindcast knows no later one.
    """

    def __init__(self, charging: Charging, recorded_until: int) -> None:
        self._all_open = charging.open_networks
        table = tables.load("supercharger_access")
        self.first_quarter: Ints = np.full(len(MAKERS), _NEVER)
        for row in table.to_dict("records"):
            if quarters.index(row["announced_quarter"]) <= recorded_until:
                self.first_quarter[MAKERS.index(row["maker"])] = quarters.index(row["access_quarter"])

    def maker_is_in(self, quarter: int) -> Floats:
        """1 for an automaker whose CCS cars may use Superchargers in a quarter, (makers,)."""
        return (self.first_quarter <= quarter).astype(np.float64)

    def classes(self, connector_share: Floats, open_share: Floats, clock: Clock) -> Floats:
        """Share of each class of access among vehicles, shape (vehicles, classes).

        ``connector_share``: (vehicles, connectors), zeros for a car that is no BEV; ``open_share``: (vehicles,) of CCS
        cars whose automaker has access to Superchargers. After the origin ``charging.open_networks`` puts all BEVs in
        the class of all networks.
        """
        found = np.zeros((connector_share.shape[0], len(ACCESS_CLASSES)))
        tesla, ccs, chademo = (connector_share[:, CONNECTORS.index(name)] for name in CONNECTORS)
        if self._all_open and not clock.is_recorded:
            found[:, ALL] = connector_share.sum(axis=1)
            return found
        found[:, TESLA], found[:, CHADEMO] = tesla, chademo
        found[:, CCS], found[:, CCS_OPEN] = ccs * (1.0 - open_share), ccs * open_share
        return found
