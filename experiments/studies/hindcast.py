"""Hindcast: the BEV share predicted from each forecast origin against the observed share, beside simple rules."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import QUARTERLY_DAMPING, QUARTERLY_GAINS, HoltForecast
from market.base import quarters

SERIES = "bev_share_new"
MOST_QUARTERS = 8
HORIZONS = (1, 2, 4, 8)
"""Quarters after the forecast origin at which errors are reported."""
RULES = {"last_value": "Last value", "same_season": "Same quarter a year earlier", "damped_trend": "Damped trend"}
MODEL = "predicted"
_BAND = (0.05, 0.95)


def hindcast(runs: pd.DataFrame, origins: Mapping[int, str], recorded: pd.Series) -> pd.DataFrame:
    """A row for each origin and horizon to ``MOST_QUARTERS`` within the record.

    ``runs``: the table of quarters of a study; ``origins``: of its points; ``recorded``: shares by quarter. Columns:
    ``origin``, ``horizon`` (quarters), ``quarter``, ``recorded``, ``predicted`` (mean over runs), ``low`` and ``high``
    (5 and 95 % of runs), and the rules: ``last_value``, ``same_season``, ``damped_trend``, which know the record to
    the origin.
    """
    rows = []
    for point, origin in origins.items():
        known = recorded.loc[:origin].to_numpy(np.float64)
        made = runs[runs["point"] == point].groupby("quarter")[SERIES]
        for horizon in range(1, MOST_QUARTERS + 1):
            quarter = quarters.label(quarters.index(origin) + horizon)
            if quarter not in recorded.index:
                break
            shares = made.get_group(quarter)
            rows.append({
                "origin": origin, "horizon": horizon, "quarter": quarter, "recorded": float(recorded[quarter]),
                MODEL: float(shares.mean()), "low": float(shares.quantile(_BAND[0])),
                "high": float(shares.quantile(_BAND[1])), **_ruled(known, horizon),
            })  # fmt: skip
    return pd.DataFrame(rows)


def _ruled(known: Floats, horizon: int) -> dict[str, float]:
    """What simple rules predict so many quarters after the last known share."""
    year = QUARTERS_PER_YEAR
    odds = logit(known)
    trend = HoltForecast(odds[:1], np.zeros(1))
    for share in odds[1:]:
        trend = trend.updated(share, *QUARTERLY_GAINS)
    return {
        "last_value": float(known[-1]),
        "same_season": float(known[-year + (horizon - 1) % year]),
        "damped_trend": float(expit(trend.ahead(horizon, QUARTERLY_DAMPING))[0]),
    }


def errors(table: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute errors by method and horizon: a row for each of ``HORIZONS`` and of the model and the rules.

    Columns: ``method``, ``horizon``, ``origins``, ``mae_points`` (percentage points), ``mae_log_odds`` and ``skill``:
    1 less the ratio of the error in log-odds to that of the last value: 0 no better, negative worse.
    """
    rows = []
    for horizon in HORIZONS:
        there = table[table["horizon"] == horizon]
        odds = {name: logit(there[name].to_numpy(np.float64)) for name in (MODEL, *RULES, "recorded")}
        off = {name: float(np.abs(odds[name] - odds["recorded"]).mean()) for name in (MODEL, *RULES)}
        rows += [
            {
                "method": name, "horizon": horizon, "origins": len(there),
                "mae_points": 100.0 * float((there[name] - there["recorded"]).abs().mean()),
                "mae_log_odds": each, "skill": 1.0 - each / off["last_value"],
            }
            for name, each in off.items()
        ]  # fmt: skip
    return pd.DataFrame(rows)
