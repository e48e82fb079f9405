"""Recorded value of used cars over their price when new, by good and quarter, as known at the origin (M20)."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.base.categories import AGE_BUCKETS, BEV_SHORT, GOODS, KINDS
from market.vehicles.recorded_sales import base_retention, used_price_level

_BASE_QUARTER = QUARTERS_PER_YEAR - 1  # to the end of 2017 the base table holds


def recorded_retention(last_known: int) -> Floats:
    """Price of a used car over its price when new, real, shape (quarters to ``last_known``, goods).

    The base table of 2017 times a price level times a ratio. The level is the recorded index of all used cars; for
    BEVs that of used BEVs of fixed models once there is one. The ratio is what the year's recorded figure is over
    that product, known from the year's last quarter on, linear between years and held after the last. Ages without
    figures of their own take the ratio of the oldest that has some. Nothing after ``last_known`` is read.
    """
    known = np.arange(last_known + 1)
    base = base_retention()
    bev_level = _bev_level(last_known)
    is_bev = np.arange(len(KINDS)) >= BEV_SHORT
    level = np.where(np.repeat(is_bev, len(AGE_BUCKETS)), bev_level[:, None], used_price_level(last_known)[:, None])
    figures = tables.load("retention_records")
    figures = figures[figures["kind"].isin(KINDS)]
    first = (figures["year"] - quarters.FIRST_YEAR) * QUARTERS_PER_YEAR
    figures = figures.assign(first=first)[first + _BASE_QUARTER <= last_known].sort_values("year", kind="stable")
    ratio = np.ones((known.size, GOODS))
    for kind, kind_name in enumerate(KINDS):
        for bucket, bucket_name in enumerate(AGE_BUCKETS):
            good = kind * len(AGE_BUCKETS) + bucket
            own = figures[(figures["kind"] == kind_name) & (figures["age_bucket"] == bucket_name)]
            if own.empty:
                ratio[:, good] = ratio[:, good - 1] if bucket else 1.0
                continue
            shares = own["retention_share"].to_numpy()
            starts = own["first"].to_numpy()
            levels = np.array([level[start : start + QUARTERS_PER_YEAR, good].mean() for start in starts.tolist()])
            places = np.append(_BASE_QUARTER, starts + _BASE_QUARTER)
            ratio[:, good] = np.interp(known, places, np.append(1.0, shares / (base[good] * levels)))
    return np.asarray(base * level * ratio)


def _bev_level(last_known: int) -> Floats:
    """Recorded real price level of used BEVs, 2017 = 1, shape (quarters,): that of all used cars until it starts."""
    rows = tables.load("used_bev_price_index")
    places = rows["quarter"].map(quarters.index).to_numpy()
    seen = places <= last_known
    level = used_price_level(last_known)
    if not seen.any():
        return level
    places, index = places[seen], rows["index"].to_numpy()[seen]
    later = np.arange(places[0], last_known + 1)
    years = np.array([quarters.year(quarter) for quarter in later.tolist()])
    real = tables.real_2025(np.interp(later, places, index), years)
    level = level.copy()
    level[places[0] :] = level[places[0]] * real / real[0]
    return level
