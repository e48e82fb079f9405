"""Operators of fast chargers and their shares in all ports and in the sites of their network (M9)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.base.categories import NETWORKS

_TESLA, _OTHER = (NETWORKS.index(name) for name in ("Tesla", "other"))


@dataclass(frozen=True)
class OperatorShares:
    """Share of each operator in all fast ports by year; between the years of the table it is interpolated.

    ``share``: (years, operators), rows sum to 1; ``captive``: (operators,) 1 for a network of an automaker.
    """

    names: tuple[str, ...]
    years: Floats
    share: Floats
    captive: Floats

    @classmethod
    def read(cls) -> "OperatorShares":
        """Those of the table ``charging_operators``."""
        table = tables.load("charging_operators")
        names = tuple(table["operator"].drop_duplicates())
        wide = table.pivot(index="year", columns="operator", values="port_share")[list(names)]
        captive = table.groupby("operator")["captive"].max().loc[list(names)].to_numpy(np.float64)
        return cls(names, wide.index.to_numpy(np.float64), wide.to_numpy(np.float64), captive)

    def at(self, quarter: int) -> Floats:
        """Shares at the end of a quarter, shape (operators,); those of the last year after it."""
        time = quarters.FIRST_YEAR + (quarter + 1) / QUARTERS_PER_YEAR - 1.0  # a year ends with its fourth quarter
        return np.array([np.interp(time, self.years, one) for one in self.share.T])

    @property
    def network(self) -> Ints:
        """Network of ``NETWORKS`` to which each operator belongs, shape (operators,)."""
        return np.where(self.captive > 0, _TESLA, _OTHER)

    def within(self, quarter: int) -> Floats:
        """Share of each operator in the sites of its network at the end of a quarter, shape (operators,)."""
        share, network = self.at(quarter), self.network
        return np.asarray(share / np.bincount(network, share, minlength=len(NETWORKS))[network])
