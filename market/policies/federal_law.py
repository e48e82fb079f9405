"""What the federal credits on cars share: when the law holds, and its rows by automaker and date (M2)."""

from abc import abstractmethod
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from agents.arrays import Floats, Ints
from market.base import quarters, tables
from market.base.categories import INCOMES, MAKERS, POWERTRAINS, SEGMENTS
from market.policies.instrument import PolicySetting, PurchaseCredit
from market.policies.parameters import Policy
from market.vehicles.leases import LeaseShares
from market.vehicles.products import Products

_FOREVER = 10_000  # later than any run


def quarter_of_law(quarter: int, origin: int, end: int, last: int) -> int | None:
    """Quarter whose law holds in a quarter, None for none.

    ``last``: last quarter of the law as written, which holds on while a scenario's ``end`` is later. To the origin the
    law is as written, whatever the end.
    """
    if quarter <= origin:
        return quarter
    return min(quarter, last) if quarter <= end else None


class FederalLaw(PurchaseCredit):
    """The rows of ``federal_credits``, with the law's end as a lever."""

    def __init__(self, setting: PolicySetting) -> None:
        super().__init__(setting)
        rows = tables.load("federal_credits")
        products = setting.products
        self._covers = np.stack([_covers(row, products) for row in rows.to_dict("records")])
        self._instrument = rows["instrument"].to_numpy()
        self._from = _indices(rows["effective_from"])
        self._to = _indices(rows["effective_to"])
        share = rows["eligible_share"] * rows["take_up_share"]
        self._nominal_kusd = (rows["amount_usd_nominal"] * share).to_numpy() / 1e3
        self._leases = LeaseShares(products)
        self._law_end = int(self._to.max())
        self._end = quarters.index(setting.parameters.federal_credit_end)

    def factor(self, policy: Policy) -> float:
        """Strength after the origin."""
        return policy.federal_credit_factor

    @property
    def known_from(self) -> int:
        """Quarter in which the end of the credits becomes known."""
        return quarters.index(self.setting.parameters.federal_credit_known)

    @abstractmethod
    def nominal_kusd(self, quarter: int) -> Floats:
        """Amount by the rows in force in a quarter of the law, nominal k$, shape (incomes, products)."""

    def statutory_kusd(self, quarter: int) -> Floats:
        """Shape (1, incomes, products): what the law gives."""
        law = quarter_of_law(quarter, self.setting.origin, self._end, self._law_end)
        if law is None:
            return np.zeros((1, len(INCOMES), self.setting.products.size))
        nominal = self.nominal_kusd(law)
        return np.asarray(tables.real_2025(nominal, np.full(nominal.shape, quarters.year(law))))[None]

    def by_product_kusd(self, instrument: str, quarter: int) -> Floats:
        """Nominal k$ of one instrument of the table by product, shape (products,)."""
        active = (self._from <= quarter) & (quarter <= self._to) & (self._instrument == instrument)
        return np.asarray((self._covers * (self._nominal_kusd * active)[:, None]).sum(axis=0))

    def leased_share(self, quarter: int) -> Floats:
        """Leased share of each automaker's BEVs by product, shape (products,)."""
        return self._leases.if_bev(quarter)


def _indices(names: pd.Series) -> Ints:
    return np.array([quarters.index(name) if name else _FOREVER for name in names], dtype=np.int64)


def _covers(row: Mapping[Hashable, Any], products: Products) -> Floats:
    """1 for each product a row of the table is about, shape (products,)."""
    hit = products.maker == MAKERS.index(str(row["maker"]))
    hit &= products.powertrain == POWERTRAINS.index(str(row["powertrain"]))
    if row["segment"]:
        hit &= products.segment == SEGMENTS.index(str(row["segment"]))
    if row["line"]:
        hit &= np.array(products.line) == row["line"]
    return np.asarray(hit, dtype=np.float64)
