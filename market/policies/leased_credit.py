"""The federal credit on leased cars: the commercial route, without caps on income or price (M2)."""

import numpy as np

from agents.arrays import Floats
from market.base.categories import INCOMES
from market.policies.federal_law import FederalLaw
from market.policies.parameters import Policy

LEASED = "45W_lease"


class LeasedCredit(FederalLaw):
    """26 USC 45W: lessors get it for any leased BEV and pass part of it on."""

    def factor(self, policy: Policy) -> float:
        """Strength after the origin: that of all federal credits times its own."""
        return super().factor(policy) * policy.leased_credit_factor

    def nominal_kusd(self, quarter: int) -> Floats:
        """The same for all incomes."""
        amount = self.by_product_kusd(LEASED, quarter) * self.leased_share(quarter)
        return np.broadcast_to(amount, (len(INCOMES), amount.size))
