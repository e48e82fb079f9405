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
RIVALS = ("damped_trend", "last_value")
"""What the model is compared with: at no horizon worse than the first, better than the second at ``FAR``."""
FAR = (4, 8)
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


def newey_west(values: Floats, lag: int) -> float:
    """Standard error of the mean of a series, (n,), with Bartlett weights to ``lag`` (Newey and West 1987)."""
    off = values - values.mean()
    covariances = [float(off[step:] @ off[: off.size - step]) / off.size for step in range(min(lag, off.size - 1) + 1)]
    weights = [1.0] + [2.0 * (1.0 - step / (lag + 1.0)) for step in range(1, len(covariances))]
    return float(np.sqrt(max(0.0, np.dot(weights, covariances)) / off.size))


def comparison(table: pd.DataFrame) -> pd.DataFrame:
    """The model's absolute errors less a rival's: a row for each of ``RIVALS`` and ``HORIZONS`` that the table holds.

    Columns: ``rival``, ``horizon``, ``origins``, ``difference_points`` (negative: the model is better) and
    ``error_points``, its Newey-West standard error with lag horizon - 1, both in percentage points.
    """
    rows = []
    for rival in RIVALS:
        for horizon in HORIZONS:
            there = table[table["horizon"] == horizon].sort_values("quarter", kind="stable")
            if there.empty:
                continue
            off = (there[MODEL] - there["recorded"]).abs() - (there[rival] - there["recorded"]).abs()
            points = 100.0 * off.to_numpy(np.float64)
            rows.append({
                "rival": rival, "horizon": horizon, "origins": len(there), "difference_points": float(points.mean()),
                "error_points": newey_west(points, horizon - 1),
            })  # fmt: skip
    return pd.DataFrame(rows)


def failures(table: pd.DataFrame) -> list[str]:
    """Where the model does not pass, in words; none if it passes.

    It passes if it is at no horizon worse than the damped trend by more than a standard error, and better than the last
    value at ``FAR``.
    """
    found = []
    for row in comparison(table).to_dict("records"):
        trend, off = row["rival"] == "damped_trend", row["difference_points"]
        if (trend and off > row["error_points"]) or (not trend and row["horizon"] in FAR and off >= 0.0):
            ahead = "1 quarter" if row["horizon"] == 1 else f"{row['horizon']} quarters"
            found.append(f"{RULES[row['rival']].lower()} at {ahead}")
    return found
