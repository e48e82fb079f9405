"""Hedonic part of the demand constants: how much of a car's constant its price explains, across and within rows.

A dear car is a better one, so across cars the constant xi rises with list price (Berry 1994); within a row a recorded
change of price says something of its quality too. Both slopes come from the record up to an origin.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import BEV, POWERTRAINS

_HUBER = 1.345  # standard deviations; 95 % efficient on normal residuals (Huber 1981)
_NORMAL_MAD = 0.6745  # median absolute deviation of a standard normal
_ROUNDS = 100
_SETTLED = 1e-10
_FEWEST_ROWS = 5  # below these a powertrain takes the slope of all of them together


@dataclass(frozen=True)
class Slope:
    """A regression slope, its standard error clustered by row, and the number of rows behind it."""

    value: float
    standard_error: float
    rows: int


@dataclass(frozen=True)
class Hedonic:
    """Slopes of xi on real price, $ per $: ``across`` cars by powertrain, and ``within`` rows (lambda_w)."""

    across: tuple[Slope, ...]
    within: Slope

    def part_kusd(self, powertrain: Ints, design_price_kusd: Floats, price_kusd: Floats) -> Floats:
        """What prices explain of constants, k$, shape of the prices (..., products).

        A row keeps the worth of its design price; recorded changes since then count with the slope within rows.
        """
        across = np.array([slope.value for slope in self.across])[powertrain]
        return np.asarray(across * design_price_kusd + self.within.value * (price_kusd - design_price_kusd))


@dataclass(frozen=True)
class PricedRows:
    """Constants and prices by quarter and product; all (quarters, products) but ``powertrain``, (products,).

    ``xi_kusd`` is NaN where a product has no constant; ``usable`` marks constants that no supply limit touched.
    """

    xi_kusd: Floats
    price_kusd: Floats
    range_miles: Floats
    usable: NDArray[np.bool_]
    powertrain: Ints


def fitted_hedonic(rows: PricedRows) -> Hedonic:
    """Both slopes from all quarters given: robust, with effects of quarter x powertrain, clustered by row.

    ``across``: xi on price, the log of BEVs' range partialled out, where no limit touched xi. ``within``: changes over
    a year of xi on those of price, in all quarters: prices rose most where cars were short, and xi as a lower bound
    there makes the slope too small rather than too large. A slope without data is 0 with an infinite standard error.
    """
    quarter, product = np.nonzero(rows.usable & ~np.isnan(rows.xi_kusd))
    powertrain = rows.powertrain[product]
    reach = np.where(powertrain == BEV, np.log(rows.range_miles[quarter, product]), 0.0)
    effect = quarter * len(POWERTRAINS) + powertrain

    def slope(chosen: NDArray[np.bool_]) -> Slope:
        at = quarter[chosen], product[chosen]
        factors = np.stack([rows.price_kusd[at], reach[chosen]], axis=1)
        return robust_slope(rows.xi_kusd[at], factors, effect[chosen], product[chosen])

    return Hedonic(tuple(_by_powertrain(slope, powertrain, product)), _within(rows))


def _by_powertrain(slope: Callable[[NDArray[np.bool_]], Slope], powertrain: Ints, product: Ints) -> list[Slope]:
    pooled: Slope | None = None
    slopes = []
    for each in range(len(POWERTRAINS)):
        own = powertrain == each
        if np.unique(product[own]).size >= _FEWEST_ROWS:
            slopes.append(slope(own))
        else:
            pooled = pooled or slope(np.ones(powertrain.size, dtype=np.bool_))
            slopes.append(pooled)
    return slopes


def _within(rows: PricedRows) -> Slope:
    later, sooner = slice(QUARTERS_PER_YEAR, None), slice(None, -QUARTERS_PER_YEAR)
    known = ~np.isnan(rows.xi_kusd)
    quarter, product = np.nonzero(known[later] & known[sooner])
    at, before = (quarter + QUARTERS_PER_YEAR, product), (quarter, product)
    return robust_slope(
        rows.xi_kusd[at] - rows.xi_kusd[before],
        (rows.price_kusd[at] - rows.price_kusd[before])[:, None],
        quarter * len(POWERTRAINS) + rows.powertrain[product],
        product,
    )


def robust_slope(outcome: Floats, factors: Floats, group: Ints, cluster: Ints) -> Slope:
    """Slope on the first of ``factors``, (n, factors), with an effect for every ``group``: Huber's M-estimator.

    Weighted least squares repeated until the slopes settle, weights by residuals over their median absolute deviation;
    the standard error is the sandwich over clusters. Factors that do not vary within groups are left out.
    """
    _, groups = np.unique(group, return_inverse=True)
    _, clusters = np.unique(cluster, return_inverse=True)
    equal = np.ones(outcome.size)
    varies = [np.abs(column - _means(column, equal, groups)).max(initial=0.0) > _SETTLED for column in factors.T]
    if not varies[0]:
        return Slope(0.0, float("inf"), int(clusters.max(initial=-1)) + 1)
    x = factors[:, varies]
    weight, slopes = np.ones(outcome.size), np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        inner = np.stack([column - _means(column, weight, groups) for column in x.T], axis=1)
        demeaned = outcome - _means(outcome, weight, groups)
        before = slopes
        slopes = np.linalg.lstsq(inner * np.sqrt(weight)[:, None], demeaned * np.sqrt(weight), rcond=None)[0]
        left = demeaned - inner @ slopes
        scale = np.median(np.abs(left)) / _NORMAL_MAD
        weight = np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(left), _SETTLED))
        if np.abs(slopes - before).max() < _SETTLED or scale < _SETTLED:
            break
    return Slope(float(slopes[0]), _clustered_error(inner, weight * left, weight, clusters), int(clusters.max()) + 1)


def _means(values: Floats, weight: Floats, groups: Ints) -> Floats:
    """Weighted mean of the group of each value, shape (n,)."""
    size = int(groups.max(initial=-1)) + 1
    total = group_sum(weight, groups, size)
    return np.asarray((group_sum(weight * values, groups, size) / np.maximum(total, _SETTLED))[groups])


def _clustered_error(inner: Floats, score: Floats, weight: Floats, clusters: Ints) -> float:
    count = int(clusters.max()) + 1
    if count < 2:  # noqa: PLR2004 - one row says nothing of how rows differ
        return float("inf")
    bread = np.linalg.pinv(inner.T @ (inner * weight[:, None]))
    by_cluster = np.stack([group_sum(column * score, clusters, count) for column in inner.T], axis=1)
    meat = by_cluster.T @ by_cluster * count / (count - 1)
    return float(np.sqrt((bread @ meat @ bread)[0, 0]))
