"""Where used prices leave what the model can stand for: warnings, counted, and a mark on the run (M20)."""

from collections import deque

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import BEV, BUCKET_MEAN_YEARS, GOODS, KINDS, POWERTRAINS, SEGMENTS
from market.buyers.used_goods import KIND_OF_GOOD
from market.vehicles.products import Offers, Products

MARGIN = 0.05  # by which a used car may cost more than a new one before it is counted: judgment (M20)
WAIT_KUSD = 3.0  # value of not waiting for a rationed new car: half a year of a car's service; judgment
OUTSIDE_SHARE = 0.10  # excess over that bound which marks the run if it lasts (M20)
OUTSIDE_QUARTERS = 4
LEAST_LISTED = 0.01  # share of listings of a good that can mark the run


def dearer_older(price_kusd: Floats, year_ago_kusd: Floats) -> Bools:
    """Where the same car is dearer a year older than it was, by good, shape (goods,).

    Prices between the mean ages of buckets are interpolated in logarithms; the last bucket is compared with itself.
    """
    older = np.minimum(BUCKET_MEAN_YEARS + 1.0, BUCKET_MEAN_YEARS[-1])
    log_price = np.log(price_kusd).reshape(len(KINDS), -1)
    now = np.stack([np.interp(older, BUCKET_MEAN_YEARS, row) for row in log_price]).ravel()
    return np.asarray(now > np.log(year_ago_kusd))


def comparable_new_kusd(net_price_kusd: Floats, offers: Offers, products: Products, segment_share: Floats) -> Floats:
    """Mean net price of new cars of the kind in the segments of each good's cars, k$, shape (goods,).

    Where a kind is not sold in a segment: of its powertrain there, else of the segment. NaN for a good without a car.
    """
    weight = offers.mix_weight
    of_kind = _means(net_price_kusd, weight, offers.kind * len(SEGMENTS) + products.segment, len(KINDS))
    powertrain = _means(
        net_price_kusd, weight, products.powertrain * len(SEGMENTS) + products.segment, len(POWERTRAINS)
    )
    everything = _means(net_price_kusd, weight, products.segment, 1)
    as_powertrain = powertrain[np.minimum(np.arange(len(KINDS)), BEV)]
    price = np.where(np.isnan(of_kind), as_powertrain, of_kind)
    price = np.where(np.isnan(price), everything, price)
    known = np.nan_to_num(price)[KIND_OF_GOOD]
    total = (segment_share * ~np.isnan(price)[KIND_OF_GOOD]).sum(axis=1)
    return np.asarray((segment_share * known).sum(axis=1) / np.where(total > 0.0, total, np.nan))


def _means(values: Floats, weight: Floats, code: Ints, rows: int) -> Floats:
    """Weighted means by code, NaN where nothing weighs, shape (rows, segments)."""
    size = rows * len(SEGMENTS)
    total = np.bincount(code, weight, minlength=size)
    summed = np.bincount(code, weight * values, minlength=size)
    return np.asarray((summed / np.where(total > 0.0, total, np.nan)).reshape(rows, len(SEGMENTS)))


class UsedWarnings:
    """Counts, each quarter, goods that are ``dearer_older`` or ``above_new``; ``outside``: the run left its validity.

    Thin goods are not counted. Nothing is counted up to the origin, where prices are recorded.
    """

    def __init__(self) -> None:
        self.dearer_older = 0
        self.above_new = 0
        self.outside = False
        self._lasted = np.zeros(GOODS, dtype=np.int64)
        self._past: deque[Floats] = deque(maxlen=QUARTERS_PER_YEAR + 1)

    def see(
        self, price_kusd: Floats, comparable_kusd: Floats, rationed: Bools, listings: Floats, thin: Bools, *,
        after_origin: bool,
    ) -> None:  # fmt: skip
        """See the prices of a quarter; ``rationed``: whether new cars of the kind are; all shape (goods,)."""
        self._past.append(price_kusd)
        if not after_origin:
            return
        bound = (1.0 + MARGIN) * comparable_kusd + np.where(rationed, WAIT_KUSD, 0.0)
        over = np.where(np.isnan(bound) | thin, 0.0, price_kusd / np.where(np.isnan(bound), 1.0, bound) - 1.0)
        self.above_new = int((over > 0.0).sum())
        full = len(self._past) > QUARTERS_PER_YEAR
        self.dearer_older = int((dearer_older(price_kusd, self._past[0]) & ~thin).sum()) if full else 0
        lasting = (over > OUTSIDE_SHARE) & (listings > LEAST_LISTED * listings.sum())
        self._lasted = np.where(lasting, self._lasted + 1, 0)
        self.outside |= bool((self._lasted >= OUTSIDE_QUARTERS).any())
