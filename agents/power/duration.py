"""How many hours of storage a kW gets, and what of its value no stack explains (M16)."""

import numpy as np
from scipy.special import softmax

from agents.arrays import Floats

HOURS: Floats = np.array([2.0, 4.0, 8.0])
"""Durations that are offered."""


def mean_hours(net_value_usd_per_kw_year: Floats, spread_usd_per_kw_year: float) -> float:
    """Mean duration of what is ordered: logit over value less cost of the marginal kW, (durations,) as ``HOURS``.

    ``spread_usd_per_kw_year``: of what sites differ by; the smaller, the more the best duration is taken alone.
    """
    return float(softmax(net_value_usd_per_kw_year / spread_usd_per_kw_year) @ HOURS)


def residual_at(residual_usd: Floats, years: float, kept_share: float, half_life_years: float) -> Floats:
    """What is left of a residual value years after it was found, same shape: a part stays, the rest decays."""
    return np.asarray(residual_usd * (kept_share + (1.0 - kept_share) * 0.5 ** (years / half_life_years)))
