"""Growth of the BEV log-odds shared exactly among its causes: slopes along the straight path from then to now.

The parts are those of Aumann and Shapley (1974): the Shapley value when every cause is cut into ever smaller pieces. A
cause that did not change gets nothing, causes that enter alike get alike, and all add up to the whole, so no
interaction is left over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add

import numpy as np
from numpy.polynomial.legendre import leggauss

from agents.arrays import Bools, Floats, Ints
from market.buyers.bev_odds import NewCarDemand, OddsAxes, OddsPoint

SUPPLY, WAITING, BUYERS, USED = "supply", "waiting", "buyers", "used market"
_NODES = 12  # of Gauss and Legendre

Table = Mapping[str, Floats]


@dataclass(frozen=True)
class ValuePath:
    """Values of new cars from a quarter to a later one, arrays of shape (groups, products).

    Terms go straight from ``before`` to ``after``. Where a term takes a product off offer at one end (-inf) it stays as
    at the other, and the product's weight exp(alpha_product V) grows from 0, or falls to 0, in proportion to the way:
    ``enters`` and ``leaves`` tell where, by term. A product that is off at both ends (``never``) stays off.
    """

    before: dict[str, Floats]
    after: dict[str, Floats]
    enters: dict[str, Bools]
    leaves: dict[str, Bools]
    never: Floats
    alpha_product: float

    @classmethod
    def between(cls, before: Table, after: Table, alpha_product: float) -> "ValuePath":
        """From the terms of both quarters by name, -inf where a term takes a product off offer."""
        enters, leaves = ({name: np.isneginf(table[name]) for name in before} for table in (before, after))
        never = reduce(np.logical_or, enters.values()) & reduce(np.logical_or, leaves.values())
        return cls(
            before={name: _filled(before[name], enters[name], after[name]) for name in before},
            after={name: _filled(after[name], leaves[name], before[name]) for name in before},
            enters={name: off & ~never for name, off in enters.items()},
            leaves={name: off & ~never for name, off in leaves.items()},
            never=np.where(never, -np.inf, 0.0),
            alpha_product=alpha_product,
        )

    def at(self, way: float) -> Floats:
        """Values where a part of the way is gone, 0 to 1."""
        first, change, entering, leaving = self._totals
        value = first + way * change
        with np.errstate(divide="ignore"):
            for count, weight in ((entering, np.log(way)), (leaving, np.log1p(-way))):
                moves = count > 0
                value[moves] += count[moves] * weight / self.alpha_product
        return value

    @cached_property
    def _totals(self) -> tuple[Floats, Floats, Ints, Ints]:
        """First values and their change over all terms, and by how many terms products enter and leave."""
        first, last = (reduce(add, terms.values()) for terms in (self.before, self.after))
        entering, leaving = (np.sum(list(masks.values()), axis=0) for masks in (self.enters, self.leaves))
        return first + self.never, last - first, entering, leaving


def _filled(term: Floats, off: Bools, other: Floats) -> Floats:
    """A term, that of the other quarter where it is ``off``, -inf, and 0 where both are."""
    if not off.any():
        return term
    filled = np.where(off, other, term)
    return np.where(np.isneginf(filled), 0.0, filled)


def shared_growth(axes: OddsAxes, before: tuple[Table, OddsPoint], after: tuple[Table, OddsPoint]) -> dict[str, float]:
    """Growth of the log-odds of the BEV share between two quarters by cause; it adds up to the growth.

    Each quarter: terms of value by name, each (groups, products), -inf where a product is not on offer, and the point;
    its values are not read. Causes are the terms, then supply, waiting, who is in the market, and the used market.
    """
    path = ValuePath.between(before[0], after[0], axes.alphas.product)
    growth = _log_odds(axes, after[1], path.at(1.0)) - _log_odds(axes, before[1], path.at(0.0))
    first, last = (replace(point, value_kusd=np.zeros(0)) for _, point in (before, after))
    change = last - first
    slopes, entering, leaving = _mean_slopes(axes, path, first, last)
    parts = {name: float((slopes.value_kusd * (path.after[name] - path.before[name])).sum()) for name in path.before}
    for name in parts:
        switched = entering[path.enters[name]].sum() - leaving[path.leaves[name]].sum()
        parts[name] += float(switched) / axes.alphas.product
    parts |= {
        SUPPLY: float(slopes.served @ change.served),
        WAITING: float(slopes.timing @ change.timing),
        BUYERS: float(slopes.owners @ change.owners + slopes.carless @ change.carless),
        USED: float(slopes.used_kusd @ change.used_kusd + slopes.keep_kusd @ change.keep_kusd),
    }
    return made_exact(parts, growth)


def _log_odds(axes: OddsAxes, at: OddsPoint, value_kusd: Floats) -> float:
    return NewCarDemand(axes, replace(at, value_kusd=value_kusd)).log_odds()


def _mean_slopes(
    axes: OddsAxes, path: ValuePath, first: OddsPoint, last: OddsPoint
) -> tuple[OddsPoint, Floats, Floats]:
    """Means over the way of the slopes, and of those in values over the way gone and over the way left."""
    entering, leaving = np.zeros_like(path.never), np.zeros_like(path.never)
    total: OddsPoint | None = None
    for way, weight in _steps():
        point = first * (1.0 - way) + last * way
        slopes = NewCarDemand(axes, replace(point, value_kusd=path.at(way))).slopes() * weight
        entering += slopes.value_kusd / way
        leaving += slopes.value_kusd / (1.0 - way)
        total = slopes if total is None else total + slopes
    assert total is not None  # noqa: S101 - there are always nodes
    return total, entering, leaving


def _steps() -> Iterator[tuple[float, float]]:
    """Places on the way and their weights, which sum to 1: close at both ends, where products enter and leave."""
    nodes, weights = leggauss(_NODES)
    for place, weight in zip((nodes + 1.0) / 2.0, weights / 2.0, strict=True):
        yield (
            float(place**3 * (10.0 - 15.0 * place + 6.0 * place**2)),
            float(30.0 * (place * (1.0 - place)) ** 2 * weight),
        )


def made_exact(parts: Mapping[str, float], whole: float) -> dict[str, float]:
    """Parts that add up to the whole: what is missing is shared in proportion to their sizes; no size, nothing."""
    size = sum(abs(part) for part in parts.values())
    missing = whole - sum(parts.values())
    return {name: part + (missing * abs(part) / size if size > 0.0 else 0.0) for name, part in parts.items()}
