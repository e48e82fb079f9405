"""Holding times of cars, scrappage and battery aging (M20)."""

from math import gamma

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR

_LONGEST_QUARTERS = 400  # holding times end here


def holding_edges(mean_quarters: float, shape: float) -> Floats:
    """Cumulative probabilities of a Weibull holding time at 1.5, 2.5 ... quarters, shape (quarters,).

    A holding time is 1 quarter plus the number of edges below a uniform number (M20). ``shape``
    above 1 means that a car is rarely sold just after it was bought.
    """
    scale = mean_quarters / gamma(1.0 + 1.0 / shape)
    ends = np.arange(1, _LONGEST_QUARTERS) + 0.5
    return np.asarray(-np.expm1(-((ends / scale) ** shape)))


def holding_quarters(draws: Floats, mean_quarters: float, shape: float) -> Ints:
    """Quarters until the next decision, at least 1: a Weibull time from a uniform number; same shape as ``draws``."""
    return 1 + np.searchsorted(holding_edges(mean_quarters, shape), draws)


def look_again_quarters(draws: Floats, low: int, high: int) -> Ints:
    """Quarters until an owner who kept the car returns, ``low`` to ``high``; same shape as ``draws``."""
    return (low + np.floor(draws * (high - low + 1))).astype(np.int64)


def quarterly_scrap_hazard(share_alive: Floats) -> Floats:
    """Hazard of scrappage per quarter by age in quarters, from a yearly survival curve.

    ``share_alive``: shape (years + 1,), from age 0. Returns shape (4 years,); the last year's hazard is
    for all older cars as well.
    """
    yearly = 1.0 - share_alive[1:] / share_alive[:-1]
    quarterly = 1.0 - (1.0 - yearly) ** (1.0 / QUARTERS_PER_YEAR)
    return np.repeat(quarterly, QUARTERS_PER_YEAR)


def scrap_probability(base_hazard: Floats, price_ratio: Floats, elasticity: float, scale: float) -> Floats:
    """Probability of scrappage in a quarter: scale x base (p / p0)^elasticity, at most 1; broadcast shape.

    The elasticity of about -0.7 is that of Jacobsen and van Benthem (2015).
    """
    return np.asarray(np.clip(scale * base_hazard * price_ratio**elasticity, 0.0, 1.0))


def state_of_health(age_years: Floats, fade_per_year: float, fast_charging_fade: float, fast_share: float) -> Floats:
    """Share of battery capacity left at an age: 1.5 %/yr and 1.5 % x fast-charging share (Geotab); same shape."""
    return np.asarray(np.clip(1.0 - (fade_per_year + fast_charging_fade * fast_share) * age_years, 0.0, 1.0))


def out_of_warranty_share(first_year: Floats | float, last_year: Floats | float, end_years: Floats | float) -> Floats:
    """Share of ages between two ages at which the battery warranty, which ends at ``end_years``, has ended.

    Broadcast shape.
    """
    return np.asarray(np.clip((last_year - end_years) / (np.asarray(last_year) - first_year), 0.0, 1.0))
