"""Used goods beside their prices: loss of value with age, thin goods, and what better new cars take off them (M20)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats, Ints, group_sum
from market.base.categories import AGE_BUCKETS, BEV_SHORT, GOODS, KINDS
from market.vehicles.cohort_mix import CohortMix
from market.vehicles.products import Offers

KIND_OF_GOOD = np.repeat(np.arange(len(KINDS)), len(AGE_BUCKETS))
ABSENT_CARS = 1.0  # listed; a good with no more has no constant of its own
FEW_CARS = 1e-6  # cars that an empty good counts as where means are taken
_LEAVES_AT = 0.5  # of the number of cars at which a good stops being thin: where it becomes thin again


@dataclass(frozen=True)
class AgeLoss:
    """How constants of used goods divide into a loss of value with age and what is left, k$ (M20).

    ``loss_kusd``: delta(kind, age), ``scale`` times the recorded loss of price with age; ``rest_kusd``: e_g, what the
    good's cars are worth beyond their attributes, mean 0 over listings; (goods,). A constant is the rest less the loss,
    plus what all goods have in common.
    """

    scale: float
    loss_kusd: Floats
    rest_kusd: Floats
    common_kusd: float

    @property
    def constant_kusd(self) -> Floats:
        """Constants of the goods, shape (goods,)."""
        return np.asarray(self.common_kusd + self.rest_kusd - self.loss_kusd)


def fitted_age_loss(constant_kusd: Floats, when_new_kusd: Floats, lost_share: Floats, listings: Floats) -> AgeLoss:
    """Least squares of constants on recorded losses of price within kinds, weighted by listings.

    All shape (goods,): prices when new and the share of them lost by age. The scale, one for all kinds, is below 1
    where those who buy old cars weigh money more. A good without cars takes what is left of the nearest of its kind
    that has some (of two, the younger), more by what it cost more when new.
    """
    absent = listings <= ABSENT_CARS
    weight = np.where(absent, 0.0, listings)
    lost_kusd = when_new_kusd * lost_share
    apart = [values - _mean_of_kind(values, weight) for values in (lost_kusd, constant_kusd)]
    spread = float((weight * apart[0] ** 2).sum())
    scale = -float((weight * apart[0] * apart[1]).sum()) / spread if spread > 0.0 else 1.0
    left = constant_kusd + scale * lost_kusd
    total = float(weight.sum())
    common = float((weight * left).sum()) / total if total > 0.0 else 0.0
    nearest = nearest_priced(absent)
    rest = left[nearest] - common + when_new_kusd - when_new_kusd[nearest]
    return AgeLoss(scale, scale * lost_kusd, np.where(nearest >= 0, rest, 0.0), common)


def _mean_of_kind(values: Floats, weight: Floats) -> Floats:
    """Weighted mean of each good's kind, 0 where nothing weighs, shape (goods,)."""
    total = group_sum(weight, KIND_OF_GOOD, len(KINDS))
    mean = group_sum(weight * values, KIND_OF_GOOD, len(KINDS)) / np.where(total > 0.0, total, 1.0)
    return np.asarray(mean[KIND_OF_GOOD])


def nearest_priced(thin: Bools) -> Ints:
    """The nearest good of each one's kind that is not thin, itself if it is not; of two the younger; -1: none."""
    bucket = np.arange(GOODS) % len(AGE_BUCKETS)
    away = np.abs(bucket[:, None] - bucket) + 0.5 * (bucket > bucket[:, None])
    away = np.where(thin | (KIND_OF_GOOD[:, None] != KIND_OF_GOOD), np.inf, away)
    return np.where(np.isinf(away.min(axis=1)), -1, away.argmin(axis=1))


class CohortWorth:
    """What the cars of each cohort carry on from the origin: what is left of their constants, and their price when new.

    Both age with the cohort, not with the bucket it is in. Cars built after the origin are taken as the youngest good
    of their kind at the origin was: how new prices change since then is for ``Obsolescence``, so that it counts once.
    """

    def __init__(self, mix: CohortMix, loss: AgeLoss, new_price_kusd: Floats, lost_share: Floats) -> None:
        """``mix``: of the origin; ``new_price_kusd``: (years, kinds); ``lost_share``: (goods,) of price, by age."""
        cars = mix.share * np.maximum(mix.cars, FEW_CARS)[:, None]
        total = cars.sum(axis=0)
        mean = loss.rest_kusd @ cars / np.where(total > 0.0, total, 1.0)
        self._first_year = mix.newest_year
        self._loss, self._lost_share = loss, lost_share
        self._rest = np.where(total > 0.0, mean, loss.rest_kusd[mix.home_good])
        self._price = new_price_kusd[mix.year, mix.kind]
        self._young_rest = loss.rest_kusd[:: len(AGE_BUCKETS)]
        self._young_price = mix.by_good(self._price)[:: len(AGE_BUCKETS)]
        self._rounded_kusd = loss.rest_kusd - mix.by_good(self._rest)

    def constant_kusd(self, mix: CohortMix) -> Floats:
        """Constants of used goods by the cohorts now in them, k$, shape (goods,)."""
        place, is_old = mix.places_in(self._first_year)
        rest = np.where(is_old, self._rest[place], self._young_rest[mix.kind])
        price = np.where(is_old, self._price[place], self._young_price[mix.kind])
        rounded = self._rounded_kusd * mix.by_good(is_old.astype(np.float64))
        lost = self._loss.scale * self._lost_share * mix.by_good(price)
        return np.asarray(self._loss.common_kusd + mix.by_good(rest) + rounded - lost)


def thin_goods(cars: Floats, before: Bools, enough_cars: float) -> Bools:
    """Which goods have too few cars for a price of their own: below the number, or half of it if they had one (M20)."""
    return np.asarray(cars < np.where(before, enough_cars, _LEAVES_AT * enough_cars))


def priced_by_age(price_kusd: Floats, usual_kusd: Floats, thin: Bools) -> Floats:
    """Prices with thin goods on the age curve of their kind, k$, shape (goods,).

    ``usual_kusd``: recorded retention times what the cars cost when new. A thin good's price stands to it as that of
    the nearest good of its kind that is not thin (of two, the younger), and at it if there is none.
    """
    nearest = nearest_priced(thin)
    level = np.where(nearest >= 0, price_kusd[nearest] / usual_kusd[nearest], 1.0)
    return np.where(thin, usual_kusd * level, price_kusd)


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
