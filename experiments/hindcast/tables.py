"""Tables of a hindcast: scores, coverage of bands, and comparisons with rivals, from the table of forecasts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.hindcast.measures import BANDS, clopper_pearson, diebold_mariano
from experiments.hindcast.rows import LAST_RANKS, MODEL, RECORD
from experiments.hindcast.scores import HORIZONS
from experiments.hindcast.targets import TARGETS

TARGET_SPANS: Mapping[str, str] = {"all": "", "2023-24": "2023Q1"}
"""First quarter of the targets counted: all, or those that parameters fitted to 2022Q4 do not know."""
POOLS: Mapping[str, tuple[str, ...]] = {
    "shares of powertrains": ("bev_share", "phev_share", "hev_share"),
    "new cars sold": ("new_sales",),
    "BEVs of automakers": ("bev_share_by_maker",),
    "BEV shares of states": ("bev_share_by_state",),
}
"""Series whose forecasts at all origins and horizons are pooled to see how often bands hold what happened."""
_MOST_PLACES_UNRANKED = 4
_WHAT = ["version", "inputs", "series", "method"]


def scores(forecasts: pd.DataFrame) -> pd.DataFrame:
    """A row for each version, inputs, series, method, horizon of ``HORIZONS`` and span of targets that has forecasts.

    Columns: ``forecasts``, ``mae`` and ``crps`` (units of the series), ``bias`` (forecast less record), ``mase``, and
    ``rank_correlation``: Spearman's between places, mean over origins, NaN for a series of few places.
    """
    rows = []
    for span, own in _spans(forecasts):
        whole = own[own["horizon"].isin(HORIZONS) & (own["place"] != "US")]
        ranks = _rank_correlations(whole)
        for key, group in own[own["horizon"].isin(HORIZONS)].groupby([*_WHAT, "horizon"], sort=False):
            parts = [("places", group[group["place"] != "US"]), ("US", group[group["place"] == "US"])]
            rows += [
                {
                    **dict(zip([*_WHAT, "horizon"], key, strict=True)), "of": of, "targets": span, **_means(part),
                    "rank_correlation": ranks.get(key, np.nan) if of == "places" else np.nan,
                }
                for of, part in parts
                if not part.empty
            ]  # fmt: skip
    found = pd.DataFrame(rows)
    order = found["series"].map(list(TARGETS).index)
    return found.assign(order=order).sort_values(["order", "horizon"], kind="stable").drop(columns="order")


def _spans(forecasts: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, first in TARGET_SPANS.items():
        yield name, forecasts[forecasts["quarter"] >= first]


def _means(group: pd.DataFrame) -> dict[str, Any]:
    off = group["value"] - group["recorded"]
    scaled = off.abs() / group["scale"]
    return {
        "forecasts": len(group), "mae": float(off.abs().mean()), "bias": float(off.mean()),
        "mase": float(scaled.mean()), "crps": float(group["crps"].mean()),
    }  # fmt: skip


def _rank_correlations(forecasts: pd.DataFrame) -> dict[Any, float]:
    """Mean Spearman correlation between places, by what is scored and horizon."""
    found: dict[Any, list[float]] = {}
    for key, group in forecasts.groupby([*_WHAT, "horizon", "origin"], sort=False):
        spread = np.ptp(group[["value", "recorded"]].to_numpy(np.float64), axis=0)
        if len(group) > _MOST_PLACES_UNRANKED and spread.all():
            ranks = group[["value", "recorded"]].rank()
            found.setdefault(key[:-1], []).append(float(ranks["value"].corr(ranks["recorded"])))
    return {key: float(np.mean(values)) for key, values in found.items()}


def coverage(forecasts: pd.DataFrame) -> pd.DataFrame:
    """How many outcomes lie within central bands of the model's streams, by inputs, pool and band.

    Columns: ``forecasts``, ``inside``, ``share``, ``low`` and ``high``: the exact 95 % interval if they were
    independent trials. They are not: origins and horizons overlap, so the true interval is wider. An automaker
    without BEVs for which none were forecast is not counted.
    """
    told = (forecasts["recorded"] > 0.0) | (forecasts["value"] > 0.0)
    banded = forecasts[(forecasts["method"] == MODEL) & forecasts["low_50"].notna() & told]
    rows = []
    for (version, inputs), own in banded.groupby(["version", "inputs"], sort=False):
        for pool, series in POOLS.items():
            part = own[own["series"].isin(series)]
            for band in BANDS if len(part) else ():
                name = round(100 * band)
                inside = part["recorded"].between(part[f"low_{name}"], part[f"high_{name}"])
                low, high = clopper_pearson(int(inside.sum()), len(part))
                rows.append({
                    "version": version, "inputs": inputs, "pool": pool, "band": band, "forecasts": len(part),
                    "inside": int(inside.sum()), "share": float(inside.mean()), "low": low, "high": high,
                })  # fmt: skip
    return pd.DataFrame(rows)


def comparisons(forecasts: pd.DataFrame) -> pd.DataFrame:
    """The model's losses less a rival's, by version, inputs, series, rival, horizon, span of targets and loss.

    Losses are mean absolute errors over the places of a series, and CRPS. Columns: ``origins``, ``difference``
    (negative: the model is better), ``error`` (its standard error), ``statistic`` and ``p_value`` of Diebold and
    Mariano's test with the correction of Harvey, Leybourne and Newbold.
    """
    rows: list[dict[str, Any]] = []
    for span, own in _spans(forecasts[forecasts["horizon"].isin(HORIZONS)]):
        losses = own.assign(absolute_error=(own["value"] - own["recorded"]).abs())
        model = losses[losses["method"] == MODEL]
        for (version, inputs, series), made in model.groupby(["version", "inputs", "series"], sort=False):
            rivals = losses[(losses["series"] == series) & (losses["method"] != MODEL)]
            beside = rivals["version"].eq(RECORD) | ((rivals["version"] == version) & (rivals["inputs"] == inputs))
            for rival, other in rivals[beside].groupby("method", sort=False):
                labels = {"version": version, "inputs": inputs, "series": series, "rival": rival, "targets": span}
                rows += [labels | row for row in _differences(made, other, str(rival))]
    return pd.DataFrame(rows)


def _differences(model: pd.DataFrame, rival: pd.DataFrame, name: str) -> Iterator[dict[str, Any]]:
    key = ["origin", "horizon", "quarter", "place"]
    both = model.merge(rival, on=key, suffixes=("", "_rival"))
    losses: Sequence[str] = ("absolute_error",) if name == LAST_RANKS else ("absolute_error", "crps")
    for horizon, there in both.groupby("horizon", sort=True):
        step = 4 if TARGETS[str(model["series"].iloc[0])].yearly else 1
        for loss in losses:
            off = (there[loss] - there[f"{loss}_rival"]).groupby(there["quarter"]).mean().sort_index(kind="stable")
            found = diebold_mariano(off.to_numpy(np.float64), max(int(str(horizon)) // step, 1))
            yield {
                "horizon": horizon, "loss": loss, "origins": off.size, "difference": found.mean, "error": found.error,
                "statistic": found.statistic, "p_value": found.p_value,
            }  # fmt: skip
