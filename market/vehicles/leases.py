"""Which new cars are leased, by group and quarter."""

import numpy as np

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.categories import MAKERS
from market.vehicles.products import Products


class LeaseShares:
    """Leased shares of new cars as recorded, interpolated between quarters and held after the last one."""

    def __init__(self, products: Products) -> None:
        self._is_bev = products.is_bev
        self._is_tesla = products.maker == MAKERS.index("Tesla")
        self._shares = {
            str(group): (rows["quarter"].map(quarters.index).to_numpy(), rows["share"].to_numpy())
            for group, rows in tables.load("lease_shares").groupby("group")
        }

    def of_group(self, group: str, quarter: int) -> float:
        """Share of new cars of a group of the table ``lease_shares`` that is leased."""
        return float(np.interp(quarter, *self._shares[group]))

    def if_bev(self, quarter: int) -> Floats:
        """Share leased of each automaker's BEVs, shape (products,), whatever the product is: Tesla leases less."""
        return np.where(self._is_tesla, self.of_group("BEV_Tesla", quarter), self.of_group("BEV_other_makers", quarter))

    def by_product(self, quarter: int) -> Floats:
        """Share of each product that is leased, shape (products,)."""
        return np.where(self._is_bev, self.if_bev(quarter), self.of_group("other", quarter))
