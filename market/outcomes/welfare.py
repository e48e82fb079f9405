"""What acquiring a car is worth to households, in dollars: the log-sum of the choice among new and used cars (M1)."""

import numpy as np

from agents.arrays import Floats
from agents.buyers.choice import Alphas


def acquisition_value_usd(new_inclusive_kusd: Floats, new_share: Floats, money: Floats, alphas: Alphas) -> Floats:
    """Expected value of the best car, new or used, $, shape of the arguments; only its differences have a meaning.

    With the share n of new cars among acquirers, the log-sum of both is (inclusive value of new cars) - ln(n)/alpha.
    ``money``: weight of a k$, which turns values into dollars of the household. NaN where nobody would buy new.
    """
    share = np.where(new_share > 0.0, new_share, np.nan)
    return np.asarray((new_inclusive_kusd - np.log(share) / alphas.market) / money * 1e3)


def mean_by_kind(value: Floats, weight: Floats, kinds: Floats) -> Floats:
    """Means of values by kind of buyer, (kinds,), over strata with a value; ``value``, ``weight``: (strata,).

    ``kinds``: (kinds, strata) 1 where a stratum is of a kind. NaN for a kind without a stratum.
    """
    there = np.isfinite(value)
    total, whole = kinds @ np.where(there, value * weight, 0.0), kinds @ (weight * there)
    return np.asarray(np.divide(total, whole, out=np.full(whole.shape, np.nan), where=whole > 0.0))


def surplus_change_usd(values: tuple[Floats, Floats], acquirers: tuple[Floats, Floats]) -> Floats:
    """Change of buyers' surplus from the first case to the second, $, shape of the arguments.

    ``values``: of acquiring a car, $ a household; ``acquirers``: households that do. Among cars the log-sum is exact;
    the number of acquirers is taken half way, so that what is left out is of third order in the change of value.
    """
    return np.asarray((acquirers[0] + acquirers[1]) / 2.0 * (values[1] - values[0]))
