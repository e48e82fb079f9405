"""The federal credit on used BEVs and plug-in hybrids: a share of a low price (M2, M20)."""

import numpy as np
from scipy.special import ndtr

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.categories import AGE_BUCKETS, BUCKET_STARTS_YEARS, GOODS, INCOMES, KINDS, PHEV
from market.policies.federal_law import quarter_of_law
from market.policies.parameters import Policy

_OLDEST_YEARS = 20.0  # end of the bucket 11+; all of it is older than the law asks


class UsedCredit:
    """26 USC 25E. The amount is what reaches the mean buyer of a good: take-up x eligible buyers and cars x law."""

    def __init__(self, parameters: Policy, origin: int) -> None:
        self.parameters = parameters
        self.origin = origin
        self._law = tables.load("used_credits").iloc[0]
        self._first, self._last = (quarters.index(self._law[name]) for name in ("effective_from", "effective_to"))
        self._end = quarters.index(parameters.federal_credit_end)
        buyers = tables.load("income_eligibility").set_index("income_class")["used_eligible_share"]
        self._buyers = buyers.loc[list(INCOMES)].to_numpy()[:, None]
        self._cars = _old_enough(float(self._law["least_age_years"]))

    def factor(self, policy: Policy) -> float:
        """Strength after the origin: that of all federal credits times its own."""
        return policy.federal_credit_factor * policy.used_credit_factor

    def amount_kusd(self, quarter: int, price_kusd: Floats) -> Floats:
        """Amount in a quarter, thousand 2025 $, shape (incomes, goods); ``price_kusd``: mean used prices, (goods,)."""
        law = quarter_of_law(quarter, self.origin, self._end, self._last)
        if law is None or law < self._first or law > self._last:
            return np.zeros((len(INCOMES), GOODS))
        nominal = np.array([self._law["most_usd_nominal"], self._law["price_cap_usd_nominal"]]) / 1e3
        most, cap = tables.real_2025(nominal, np.full(nominal.size, quarters.year(law)))
        each = credit_kusd(price_kusd, self.parameters.used_price_spread, float(self._law["price_share"]), most, cap)
        factor = self.factor(self.parameters.at(quarter)) if quarter > self.origin else 1.0
        return np.asarray(self._buyers * (each * self._cars * float(self._law["take_up_share"]) * factor))


def credit_kusd(price_kusd: Floats, spread: float, share: float, most_kusd: float, cap_kusd: float) -> Floats:
    """Mean credit on cars whose prices are lognormal around their mean, k$, shape of ``price_kusd``.

    ``share`` of the price, ``most_kusd`` at most, nothing above the price ``cap_kusd``; ``spread``: standard deviation
    of the logarithm, above 0.
    """
    middle = np.log(price_kusd) - spread**2 / 2

    def below(price: float) -> tuple[Floats, Floats]:
        """Share of cars below a price, and what they add to the mean price."""
        place = (np.log(price) - middle) / spread
        return ndtr(place), price_kusd * ndtr(place - spread)

    kink = min(most_kusd / share, cap_kusd)
    (cars_to_kink, money_to_kink), (cars_to_cap, _) = below(kink), below(cap_kusd)
    return np.asarray(share * money_to_kink + most_kusd * (cars_to_cap - cars_to_kink))


def _old_enough(least_years: float) -> Floats:
    """Share of each good's cars that the law takes by kind and age, shape (goods,)."""
    start = np.array(BUCKET_STARTS_YEARS, dtype=np.float64)
    end = np.append(start[1:], _OLDEST_YEARS)
    by_age = np.clip((end - least_years) / (end - start), 0.0, 1.0)
    plugs_in = np.arange(len(KINDS)) >= PHEV
    return np.asarray(np.repeat(plugs_in, len(AGE_BUCKETS)) * np.tile(by_age, len(KINDS)))
