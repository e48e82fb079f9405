"""Used prices that clear supply and demand for used cars, within bounds (M20)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints
from agents.population.row_codes import Counts
from market.base.categories import AGE_BUCKETS, CAR_TYPES, GOODS, KINDS, SEGMENTS, good_of_car
from market.vehicles.products import Offers

TOLERANCE = 0.01  # M20: cleared when demand is within 1 % of what is offered
MOST_SWEEPS = 25  # M20
LARGEST_EXCESS = 0.5  # M20: excess counted in a sweep, as a share of what is offered
LOWEST_PRICE_KUSD = 0.3  # what a scrap yard pays for a car (recalled)
NEW_PRICE_SHARE = 0.97  # M20: of the net price of the cheapest comparable new product
STOCK_CORRECTION = 0.5  # share of the gap between dealer stock and its target closed in a quarter
_SCARCE = 1e-9  # cars; below it a good counts as not on sale

DemandAtPrices = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Cleared:
    """Prices, (goods,), the sweeps it took and the largest excess over offers left among goods with a free price."""

    price_kusd: Floats
    sweeps: int
    excess_share: float


def clear_prices(
    price_kusd: Floats,
    demand_at: DemandAtPrices,
    offered_at: Callable[[Floats], Floats],
    cap_kusd: Floats,
    step: float,
    level: tuple[Floats, float] | None = None,
) -> Cleared:
    """Move prices until demand meets offers: ln p += step x clip(excess / offered, +-0.5) (M20).

    ``demand_at`` gives demand and trade-ins, ``offered_at`` what is offered given trade-ins; all shape
    (goods,). No price passes its cap or falls below scrap value; those count as cleared at the bound.
    ``level`` = (base price, index) holds the offer-weighted mean of ln(p / base) at ln(index): the
    recorded level of prices, while there is a record.
    """
    excess_share = 0.0
    for sweep in range(MOST_SWEEPS):
        demand, trade_ins = demand_at(price_kusd)
        offered = offered_at(trade_ins)
        live = offered > _SCARCE
        excess = np.where(live, (demand - offered) / np.where(live, offered, 1.0), 0.0)
        if level is not None:
            excess -= _mean(excess, np.where(live, offered, 0.0))
        bound = ((excess > 0) & (price_kusd >= cap_kusd)) | ((excess < 0) & (price_kusd <= LOWEST_PRICE_KUSD))
        weighty = live & ~bound & (offered > TOLERANCE * offered.sum() / GOODS)
        excess_share = float(np.abs(excess[weighty]).max(initial=0.0))
        moved = price_kusd * np.exp(step * np.clip(excess, -LARGEST_EXCESS, LARGEST_EXCESS))
        if level is not None:
            base, index = level
            moved = moved * index / np.exp(_mean(np.log(moved / base), np.where(live, offered, 0.0)))
        moved = np.where(live, moved, price_kusd)
        if excess_share <= TOLERANCE and (level is None or sweep > 0):
            return Cleared(price_kusd, sweep, excess_share)
        price_kusd = np.clip(moved, LOWEST_PRICE_KUSD, np.maximum(cap_kusd, LOWEST_PRICE_KUSD))
    return Cleared(price_kusd, MOST_SWEEPS, excess_share)


def _mean(values: Floats, weights: Floats) -> float:
    return float((values * weights).sum() / weights.sum())


def used_caps(net_price_kusd: Floats, offers: Offers, segment: Ints, cars: Counts) -> Floats:
    """Highest price of each good, k$, shape (goods,): 0.97 of the cheapest comparable new product (M20).

    Comparable is the same kind in the same segments as the cars of the good, or the cheapest product of the
    segment where that kind is not offered new; ``net_price_kusd`` and ``segment``: (products,); ``cars``: cars
    by type and age in quarters. A good without a car has no cap.
    """
    cheapest = np.full((len(KINDS), len(SEGMENTS)), np.inf)
    live = np.flatnonzero(offers.on_offer)
    np.minimum.at(cheapest, (offers.kind[live], segment[live]), net_price_kusd[live])
    car = np.arange(CAR_TYPES)
    good = good_of_car(car[:, None], np.arange(cars.shape[1])[None, :])
    weight = np.zeros((GOODS, len(SEGMENTS)))
    np.add.at(weight, (good, np.broadcast_to((car % len(SEGMENTS))[:, None], good.shape)), cars[:CAR_TYPES])
    cheapest = np.where(np.isfinite(cheapest), cheapest, cheapest.min(axis=0))
    cap = (weight * np.repeat(cheapest, len(AGE_BUCKETS), axis=0)).sum(axis=1)
    total = weight.sum(axis=1)
    return np.where(total > 0, NEW_PRICE_SHARE * cap / np.where(total > 0, total, 1.0), np.inf)
