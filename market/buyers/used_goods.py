"""Used goods beside their prices: loss of value with age, thin goods, and what better new cars take off them (M20)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats, Ints, group_sum
from market.base.categories import AGE_BUCKETS, BEV_SHORT, BUCKET_MEAN_YEARS, GOODS, HEV, ICE, KINDS, PHEV
from market.vehicles.products import Offers

KIND_OF_GOOD = np.repeat(np.arange(len(KINDS)), len(AGE_BUCKETS))
_AGE_YEARS = np.tile(BUCKET_MEAN_YEARS, len(KINDS))
_POOLS = np.array([kind if kind == ICE else HEV if kind in (HEV, PHEV) else BEV_SHORT for kind in range(len(KINDS))])
_LEAVES_AT = 0.5  # of the number of cars at which a good stops being thin: where it becomes thin again


@dataclass(frozen=True)
class AgeLoss:
    """delta(kind, age): value that a used car has lost by age, k$; a line by kind, fitted once a year (M20).

    ``kusd_per_year``: its slope; ``start_kusd``: what the line has at age 0, counted from the mean used car; (kinds,).
    """

    kusd_per_year: Floats
    start_kusd: Floats

    def of_goods(self) -> Floats:
        """The loss of every good at the mean age of its bucket, k$, shape (goods,)."""
        return self.start_kusd[KIND_OF_GOOD] + self.kusd_per_year[KIND_OF_GOOD] * _AGE_YEARS


def fitted_age_loss(constant_kusd: Floats, listings: Floats, thin: Bools) -> AgeLoss:
    """Lines through the constants of a kind's goods by least squares, each good weighted by its listings.

    All shape (goods,); what is left, e_g, has mean 0 over the listings of every kind. A kind with fewer than two goods
    that are not thin takes the slope within its pool (hybrids and plug-in hybrids; BEVs), else that of all; one with
    none takes the level too.
    """
    weight = np.where(thin, 0.0, listings)
    pool = _POOLS[KIND_OF_GOOD]
    everything = np.zeros(GOODS, dtype=np.int64)
    slope = np.full(GOODS, np.nan)
    for group in (KIND_OF_GOOD, pool, everything):
        slope = np.where(np.isnan(slope), _slope(constant_kusd, weight, group), slope)
    slope = np.nan_to_num(slope)
    level = np.full(GOODS, np.nan)
    for group in (KIND_OF_GOOD, pool, everything):
        mean = _group_mean(constant_kusd - slope * _AGE_YEARS, weight, group)
        level = np.where(np.isnan(level), mean, level)
    first = slice(None, None, len(AGE_BUCKETS))
    return AgeLoss(-slope[first], -np.nan_to_num(level[first]))


def _group_mean(values: Floats, weight: Floats, group: Ints) -> Floats:
    """Weighted mean of each good's group, NaN where nothing weighs, shape (goods,)."""
    total = group_sum(weight, group, GOODS)
    mean = group_sum(weight * values, group, GOODS) / np.where(total > 0.0, total, np.nan)
    return np.asarray(mean[group])


def _slope(values: Floats, weight: Floats, group: Ints) -> Floats:
    """Slope of values to age within kinds, pooled over each good's group; NaN where ages do not differ; (goods,)."""
    age = _AGE_YEARS - np.nan_to_num(_group_mean(_AGE_YEARS, weight, KIND_OF_GOOD))
    spread = group_sum(weight * age**2, group, GOODS)
    slope = group_sum(weight * age * values, group, GOODS) / np.where(spread > 0.0, spread, np.nan)
    return np.asarray(slope[group])


def thin_goods(cars: Floats, before: Bools, enough_cars: float) -> Bools:
    """Which goods have too few cars for a price of their own: below the number, or half of it if they had one (M20)."""
    return np.asarray(cars < np.where(before, enough_cars, _LEAVES_AT * enough_cars))


def priced_by_age(price_kusd: Floats, usual_kusd: Floats, thin: Bools) -> Floats:
    """Prices with thin goods on the age curve of their kind, k$, shape (goods,).

    ``usual_kusd``: recorded retention times what the cars cost when new. A thin good's price stands to it as that of
    the nearest good of its kind that is not thin (of two, the younger), and at it if there is none.
    """
    out = price_kusd.copy()
    bucket = np.arange(GOODS) % len(AGE_BUCKETS)
    for good in np.flatnonzero(thin).tolist():
        kin = np.flatnonzero(~thin & (KIND_OF_GOOD[good] == KIND_OF_GOOD))
        nearest = kin[np.argmin(np.abs(bucket[kin] - bucket[good]))] if kin.size else None
        out[good] = usual_kusd[good] * (1.0 if nearest is None else price_kusd[nearest] / usual_kusd[nearest])
    return out


@dataclass(frozen=True)
class NewCars:
    """New products of a quarter as used ones are compared with them: net price and value of attributes, (products,)."""

    offers: Offers
    net_price_kusd: Floats
    attributes_kusd: Floats


def improvement_kusd(before: NewCars, now: NewCars) -> tuple[Floats, Floats]:
    """By how much new cars of each kind got better, and their mean net price before, k$, both (kinds,).

    Better is cheaper, of longer range or more powerful. Means over the products on offer in both quarters, weighted as
    they were before: a product that enters or leaves moves nothing. A kind of BEV without any takes all BEVs.
    """
    weight = np.where(now.offers.on_offer, before.offers.mix_weight, 0.0)
    gain = before.net_price_kusd - now.net_price_kusd + now.attributes_kusd - before.attributes_kusd
    kind = before.offers.kind
    own = group_sum(weight, kind, len(KINDS))
    out = []
    for values in (gain, before.net_price_kusd):
        by_kind = group_sum(weight * values, kind, len(KINDS))
        pooled = by_kind[BEV_SHORT:].sum() / max(own[BEV_SHORT:].sum(), 1e-12)
        without = np.where(np.arange(len(KINDS)) >= BEV_SHORT, pooled, 0.0)
        out.append(np.where(own > 0.0, by_kind / np.where(own > 0.0, own, 1.0), without))
    return out[0], out[1]


class Obsolescence:
    """What better and cheaper new cars have taken off used ones since the origin: ``fallen_kusd``, (goods,) (M20).

    A good falls by ``pass_through`` x its price over the net price of new cars of its kind x their improvement, so
    that its price follows theirs in per cent. Up to the origin recorded prices hold it already.
    """

    def __init__(self, pass_through: float) -> None:
        self._pass_through = pass_through
        self._before: NewCars | None = None
        self.fallen_kusd: Floats = np.zeros(GOODS)

    def see(self, now: NewCars, used_price_kusd: Floats, *, after_origin: bool) -> None:
        """See the new cars of a quarter; ``used_price_kusd``: (goods,), of the quarter before."""
        if self._before is not None and after_origin:
            better, net_price = improvement_kusd(self._before, now)
            share = used_price_kusd / np.where(net_price > 0.0, net_price, np.inf)[KIND_OF_GOOD]
            self.fallen_kusd = self.fallen_kusd + self._pass_through * share * better[KIND_OF_GOOD]
        self._before = now
