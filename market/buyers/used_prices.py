"""Used prices that clear supply and demand for used cars, found by Newton's method (M20)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats

TOLERANCE = 1e-6  # largest excess left, as a share of what is offered
LOWEST_PRICE_KUSD = 0.3  # what a scrap yard pays for a car (recalled)
STOCK_CORRECTION = 0.5  # share of the gap between dealer stock and its target closed in a quarter
LOWEST_OFFER = 0.05  # of trade-ins: what dealers sell even when their stock is low
_MOST_STEPS = 60
_LARGEST_STEP = 1.0  # of the logarithm of a price
_SHORTEST = 1.0 / 64.0  # share of a step below which it is taken whatever it brings
_SCARCE = 1e-9  # cars; below it a good counts as not on sale


class ClearingError(RuntimeError):
    """No prices were found at which the used market clears."""


@dataclass(frozen=True)
class Response:
    """What buyers and owners do at used prices: cars demanded and traded in, (goods,), and how prices change that.

    ``demand_slope``, ``trade_in_slope``: (goods, prices), cars a k$.
    """

    demand: Floats
    trade_ins: Floats
    demand_slope: Floats
    trade_in_slope: Floats


ResponseAtPrices = Callable[[Floats], Response]


@dataclass(frozen=True)
class UsedSide:
    """Dealers: stock and its target, cars by good (goods,), and which goods are ``thin``: too few cars for a price.

    ``adjustment``: the part of the way to the clearing price that dealers go in a quarter; stock takes the rest.
    """

    stock: Floats
    target: Floats
    thin: Bools
    adjustment: float

    def offered(self, trade_ins: Floats) -> Floats:
        """Cars offered given trade-ins: part of what stock exceeds its target comes on top."""
        return np.maximum(trade_ins + STOCK_CORRECTION * (self.stock - self.target), LOWEST_OFFER * trade_ins)

    def offer_slope(self, trade_ins: Floats) -> Floats:
        """Cars offered more with one more traded in, shape (goods,)."""
        is_least = self.offered(trade_ins) <= LOWEST_OFFER * trade_ins
        return np.where(is_least, LOWEST_OFFER, 1.0)


@dataclass(frozen=True)
class Cleared:
    """Prices, (goods,), the steps it took and the largest excess over offers left among goods with a free price."""

    price_kusd: Floats
    steps: int
    excess_share: float


@dataclass(frozen=True)
class _Gap:
    """Excess over offers, (goods,), which goods have a free price, and the slope of excess to ln p, (goods, prices)."""

    excess: Floats
    free: Bools
    slope: Floats

    @property
    def largest(self) -> float:
        return float(np.abs(self.excess[self.free]).max(initial=0.0))


def clear_prices(price_kusd: Floats, response_at: ResponseAtPrices, used: UsedSide) -> Cleared:
    """Prices at which every good's demand is what is offered, or, at scrap value, no more than that (M20).

    Newton's method in logarithms of prices with the derivatives ``response_at`` gives, on goods whose price is free;
    a step that leaves a larger excess is halved. Thin goods and those without offers keep their price. Raises
    ClearingError if more than ``TOLERANCE`` of the offers of a good is left or a price is not finite.
    """
    price = np.maximum(price_kusd, LOWEST_PRICE_KUSD)
    price = np.where(used.thin, price_kusd, price)
    gap = _gap(price, response_at, used)
    for steps in range(_MOST_STEPS):
        if gap.largest <= TOLERANCE:
            return Cleared(price, steps, gap.largest)
        price, gap = _step(price, gap, response_at, used)
    raise ClearingError(
        f"used prices do not clear: after {_MOST_STEPS} steps an excess of {gap.largest:.3g} of what is offered is left"
    )


def _step(price: Floats, gap: _Gap, response_at: ResponseAtPrices, used: UsedSide) -> tuple[Floats, _Gap]:
    """One damped step and the gap it leaves."""
    free = np.flatnonzero(gap.free)
    change = np.zeros(price.size)
    try:
        change[free] = -np.linalg.solve(gap.slope[np.ix_(free, free)], gap.excess[free])
    except np.linalg.LinAlgError as error:
        raise ClearingError(f"used prices do not clear: demand does not depend on some price ({error})") from error
    if not np.isfinite(change).all():
        raise ClearingError("used prices do not clear: a price is not finite")
    change = np.clip(change, -_LARGEST_STEP, _LARGEST_STEP)
    share = 1.0
    while True:
        moved = np.where(gap.free, np.maximum(price * np.exp(share * change), LOWEST_PRICE_KUSD), price)
        after = _gap(moved, response_at, used)
        if after.largest < gap.largest or share <= _SHORTEST:
            return moved, after
        share /= 2.0


def _gap(price: Floats, response_at: ResponseAtPrices, used: UsedSide) -> _Gap:
    response = response_at(price)
    offered = used.offered(response.trade_ins)
    live = (offered > _SCARCE) & ~used.thin
    each = np.where(live, offered, 1.0)
    excess = np.where(live, (response.demand - offered) / each, 0.0)
    offer_slope = used.offer_slope(response.trade_ins)[:, None] * response.trade_in_slope
    slope = (response.demand_slope - (1.0 + excess)[:, None] * offer_slope) * price / each[:, None]
    free = live & ((price > LOWEST_PRICE_KUSD) | (excess > 0.0))
    return _Gap(excess, free, slope)
