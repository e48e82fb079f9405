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
_MOST_SEARCHES = 20
_HALVINGS = 30
_HIGHEST_PRICE_KUSD = 1e9  # beyond any bound of what a car can be worth
_LARGEST_STEP_KUSD = 20.0
_SHORTEST = 1.0 / 64.0  # share of a step below which it is taken whatever it brings
_FLOOR_WEIGHT = 0.1  # 1/thousand $, about what a k$ changes demand by: a price so near the floor counts as at it
_SCARCE = 1e-9  # cars; below it a good counts as not on sale


class ClearingError(ArithmeticError):
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
    """Log of demand over offers, (goods,), and its slope to prices, (goods, prices).

    ``live``: goods that are cleared; ``free``: those of them not at scrap value with more offered than wanted;
    ``above_floor_kusd``: prices less scrap value.
    """

    log_ratio: Floats
    live: Bools
    free: Bools
    slope: Floats
    above_floor_kusd: Floats

    @property
    def largest(self) -> float:
        """Largest violation: of clearing, or, where more is offered than wanted, of the floor if that is less."""
        violation = np.minimum(_FLOOR_WEIGHT * self.above_floor_kusd, -np.expm1(self.log_ratio))
        return float(np.abs(violation[self.free]).max(initial=0.0))


def clear_prices(price_kusd: Floats, response_at: ResponseAtPrices, used: UsedSide) -> Cleared:
    """Prices at which every good's demand is what is offered, or, at scrap value, no more than that (M20).

    Newton's method on the logarithm of demand over offers, which is nearly linear in prices in a logit, with the
    derivatives ``response_at`` gives; a step that leaves a larger gap is halved. Where nearly all buyers want one good
    demand hardly moves with any price and Newton's method finds no way; then each good's own price is sought with the
    others as they are, and Newton's method goes on from there. Thin goods and those without offers keep their price.
    Raises ClearingError if more than ``TOLERANCE`` of the offers of a good is left or a price is not finite.
    """
    price = np.where(used.thin, price_kusd, np.maximum(price_kusd, LOWEST_PRICE_KUSD))
    cleared = _by_newton(price, response_at, used)
    steps = cleared.steps
    for _ in range(_MOST_SEARCHES):
        if cleared.excess_share <= TOLERANCE:
            return Cleared(cleared.price_kusd, steps, cleared.excess_share)
        price = _good_by_good(price, response_at, used)
        cleared = _by_newton(price, response_at, used)
        steps += cleared.steps
    raise ClearingError(
        f"used prices do not clear: after {_MOST_SEARCHES} searches and {steps} steps an excess of "
        f"{cleared.excess_share:.3g} of what is offered is left"
    )


def _by_newton(price: Floats, response_at: ResponseAtPrices, used: UsedSide) -> Cleared:
    """Prices, (goods,), after Newton's method, whether they clear or it has come to its end."""
    gap = _gap(price, response_at, used)
    for steps in range(_MOST_STEPS):
        change = None if gap.largest <= TOLERANCE else _newton_step(price, gap)
        if change is None:
            return Cleared(price, steps, gap.largest)
        share = min(1.0, _LARGEST_STEP_KUSD / np.abs(change).max(initial=_LARGEST_STEP_KUSD))
        while True:
            moved = np.where(gap.live, np.maximum(price + share * change, LOWEST_PRICE_KUSD), price)
            after = _gap(moved, response_at, used)
            if after.largest < gap.largest or share <= _SHORTEST:
                break
            share /= 2.0
        price, gap = moved, after
    return Cleared(price, _MOST_STEPS, gap.largest)


def _good_by_good(price: Floats, response_at: ResponseAtPrices, used: UsedSide) -> Floats:
    """Prices, (goods,), one after the other where demand for that good is what is offered, the others as they are."""
    moved = price.copy()
    for good in np.flatnonzero(_gap(price, response_at, used).live):
        moved[good] = _own_price(moved, int(good), response_at, used)
    return moved


def _own_price(price: Floats, good: int, response_at: ResponseAtPrices, used: UsedSide) -> float:
    """The price of one good, k$, between one at which more is wanted than offered and twice it or scrap value.

    Raises ClearingError if more is wanted at any price.
    """

    def wanted(own_kusd: float) -> bool:
        at = price.copy()
        at[good] = own_kusd
        return bool(_gap(at, response_at, used).log_ratio[good] > 0.0)

    low, high = LOWEST_PRICE_KUSD, float(price[good])
    while wanted(high):
        low, high = high, 2.0 * high
        if high > _HIGHEST_PRICE_KUSD:
            raise ClearingError("used prices do not clear: more of a good is wanted than offered at any price")
    if low == LOWEST_PRICE_KUSD and not wanted(low):
        return low
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if wanted(middle) else (low, middle)
    return high


def _newton_step(price: Floats, gap: _Gap) -> Floats | None:
    """Change of prices, k$, (goods,), that closes the gap to first order, none of them below the floor.

    None if demand does not determine prices or a change is not finite.

    The linear complementarity problem of the step: a price that would fall below the floor stops there, one at the
    floor is let go if demand there would exceed offers, until both hold (the primal-dual active set method of
    Hintermueller, Ito and Kunisch 2002).
    """
    change = np.zeros(price.size)
    moving = gap.free.copy()
    for _ in range(_MOST_STEPS):
        fixed = gap.live & ~moving
        change[fixed] = LOWEST_PRICE_KUSD - price[fixed]
        target = gap.log_ratio[moving] + gap.slope[np.ix_(moving, fixed)] @ change[fixed]
        try:
            change[moving] = -np.linalg.solve(gap.slope[np.ix_(moving, moving)], target)
        except np.linalg.LinAlgError:
            return None
        below = moving & (price + change < LOWEST_PRICE_KUSD)
        wanted = fixed & (gap.log_ratio + gap.slope @ change > 0.0)
        if not (below.any() or wanted.any()):
            break
        moving = (moving & ~below) | wanted
    if not np.isfinite(change).all():
        return None
    return np.where(gap.live, np.maximum(change, LOWEST_PRICE_KUSD - price), 0.0)


def _gap(price: Floats, response_at: ResponseAtPrices, used: UsedSide) -> _Gap:
    response = response_at(price)
    offered = used.offered(response.trade_ins)
    live = (offered > _SCARCE) & ~used.thin
    demand = np.where(live, np.maximum(response.demand, np.finfo(np.float64).tiny), 1.0)
    each = np.where(live, offered, 1.0)
    log_ratio = np.log(demand / each)
    offer_slope = used.offer_slope(response.trade_ins)[:, None] * response.trade_in_slope
    slope = response.demand_slope / demand[:, None] - offer_slope / each[:, None]
    free = live & ((price > LOWEST_PRICE_KUSD) | (log_ratio > 0.0))
    return _Gap(log_ratio, live, free, slope, price - LOWEST_PRICE_KUSD)
