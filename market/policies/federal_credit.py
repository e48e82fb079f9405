"""Federal purchase credits: 30D before and after the Inflation Reduction Act, and the leased route 45W (M2)."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from agents.choice import Floats, Ints
from market import quarters, tables
from market.policies.instrument import PolicySetting, PurchaseCredit
from market.vocabulary import INCOMES, MAKERS, POWERTRAINS, SEGMENTS

BOUGHT_BEFORE_2023, BOUGHT, LEASED = "30D", "30D_2023", "45W_lease"
_FOREVER = 10_000  # later than any run


class FederalCredit(PurchaseCredit):
    """26 USC 30D and 45W, by maker and date, with the law's end as a lever.

    Cars bought since 2023 pass an income cap; leased ones do not, and the lessor passes part of it on.
    """

    def __init__(self, setting: PolicySetting) -> None:
        super().__init__(setting)
        rows = tables.load("federal_credits")
        products = setting.products
        self._covers = np.stack(
            [_covers(row, products.maker, products.segment, products.powertrain) for row in rows.to_dict("records")]
        )
        self._instrument = rows["instrument"].to_numpy()
        self._from = _indices(rows["effective_from"])
        self._to = _indices(rows["effective_to"])
        share = rows["eligible_share"] * rows["take_up_share"]
        self._nominal_kusd = (rows["amount_usd_nominal"] * share).to_numpy() / 1e3
        eligible = tables.load("income_eligibility").set_index("income_class")["eligible_share"]
        self._income_eligible = eligible.loc[list(INCOMES)].to_numpy()[:, None]
        self._leases = tables.load("lease_shares")
        self._law_end = int(self._to.max())
        self._end = quarters.index(setting.parameters.federal_credit_end)

    @property
    def factor(self) -> float:
        """Strength after the origin."""
        return self.setting.parameters.federal_credit_factor

    @property
    def known_from(self) -> int:
        """Quarter in which the end of the credits becomes known."""
        return quarters.index(self.setting.parameters.federal_credit_known)

    def statutory_kusd(self, quarter: int) -> Floats:
        """Shape (1, incomes, products): what the rows in force give, by route."""
        origin = self.setting.origin
        if quarter > origin and quarter > self._end:
            return np.zeros((1, len(INCOMES), self.setting.products.size))
        in_law = min(quarter, self._law_end) if quarter > origin else quarter
        active = (self._from <= in_law) & (in_law <= self._to)
        by_instrument = {
            name: (self._covers * (self._nominal_kusd * (active & (self._instrument == name)))[:, None]).sum(axis=0)
            for name in (BOUGHT_BEFORE_2023, BOUGHT, LEASED)
        }
        leased = self._lease_share(in_law)
        nominal = (
            by_instrument[BOUGHT_BEFORE_2023]
            + by_instrument[BOUGHT] * (1.0 - leased) * self._income_eligible
            + by_instrument[LEASED] * leased
        )
        year = np.full(nominal.shape, quarters.year(in_law))
        return np.asarray(tables.real_2025(nominal, year))[None]

    def _lease_share(self, quarter: int) -> Floats:
        """Leased share of new battery cars by product, shape (products,): Tesla leases less than dealers."""
        shares = {}
        for group in ("BEV_Tesla", "BEV_other_makers"):
            rows = self._leases[self._leases["group"] == group]
            shares[group] = np.interp(quarter, _indices(rows["quarter"]), rows["share"])
        is_tesla = self.setting.products.maker == MAKERS.index("Tesla")
        return np.asarray(np.where(is_tesla, shares["BEV_Tesla"], shares["BEV_other_makers"]))


def _indices(names: pd.Series) -> Ints:
    return np.array([quarters.index(name) if name else _FOREVER for name in names], dtype=np.int64)


def _covers(row: Mapping[Hashable, Any], maker: Ints, segment: Ints, powertrain: Ints) -> Floats:
    """1 for each product a row of the table is about, shape (products,)."""
    hit = (maker == MAKERS.index(str(row["maker"]))) & (powertrain == POWERTRAINS.index(str(row["powertrain"])))
    if row["segment"]:
        hit &= segment == SEGMENTS.index(str(row["segment"]))
    return np.asarray(hit, dtype=np.float64)
