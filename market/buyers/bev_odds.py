"""Log-odds of the BEV share of new cars as a function of what decides it, with its slopes (M1)."""

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from scipy.special import expit

from agents.arrays import Bools, Floats, Ints, group_sum
from agents.buyers.choice import Alphas, ChoiceRule, Nests, nested_logit, slopes_of


@dataclass(frozen=True)
class OddsAxes:
    """What two quarters that are compared have in common.

    ``group``: (strata,) the group of each stratum; ``taste_nest``: (strata, nests) taste for BEVs, k$;
    ``kind_stratum``: (kinds,) the stratum of each kind of owner; ``is_bev``: (products,).
    """

    group: Ints
    taste_nest: Floats
    kind_stratum: Ints
    nests: Nests
    alphas: Alphas
    is_bev: Bools
    choose: ChoiceRule = nested_logit

    def by_group(self, by_stratum: Floats) -> Floats:
        """Sums of the strata of each group, (..., groups), of values (..., strata)."""
        groups = int(self.group.max()) + 1
        return np.stack([group_sum(row, self.group, groups) for row in by_stratum])


@dataclass(frozen=True)
class OddsPoint:
    """What decides the BEV share of a quarter; or the slope of its log-odds in each of these.

    ``value_kusd``: (groups, products) of new cars with all their constants, -inf where not on offer; ``used_kusd``:
    (strata,) inclusive value of used cars; ``keep_kusd``: (kinds,) value of keeping a car over that of trading it in;
    ``owners``: (kinds,) and ``carless``: (strata,) in the market, cars; ``timing`` and ``served``: (products,) factors
    on demand: buyers who wait or hurry, and the share that is delivered.
    """

    value_kusd: Floats
    used_kusd: Floats
    keep_kusd: Floats
    owners: Floats
    carless: Floats
    timing: Floats
    served: Floats

    def __add__(self, other: "OddsPoint") -> "OddsPoint":
        """Field by field."""
        return OddsPoint(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __sub__(self, other: "OddsPoint") -> "OddsPoint":
        """Field by field."""
        return OddsPoint(*(getattr(self, each.name) - getattr(other, each.name) for each in fields(self)))

    def __mul__(self, factor: float) -> "OddsPoint":
        """Every field times a number."""
        return OddsPoint(*(getattr(self, each.name) * factor for each in fields(self)))


class NewCarDemand:
    """Demand for new cars at a point: kept, traded for a used car or for a new one, and which new one (M1).

    ``by_product``: (products,) cars before timing and supply; ``new_buyers``: (strata,).
    """

    def __init__(self, axes: OddsAxes, at: OddsPoint) -> None:
        self._axes, self._at, alphas = axes, at, axes.alphas
        self._choice = axes.choose(at.value_kusd, axes.taste_nest, axes.group, axes.nests, alphas)
        new = self._choice.inclusive_kusd
        self._new_share = expit(alphas.market * (new - at.used_kusd))
        acquire_kusd = np.logaddexp(alphas.market * new, alphas.market * at.used_kusd) / alphas.market
        odds_of_keeping = at.keep_kusd - acquire_kusd[axes.kind_stratum]
        odds_of_keeping *= alphas.keep
        np.exp(odds_of_keeping, out=odds_of_keeping)
        self._acquire = 1.0 / (1.0 + odds_of_keeping)
        strata = axes.group.size
        self._acquirers = group_sum(at.owners * self._acquire, axes.kind_stratum, strata) + at.carless
        self.new_buyers: Floats = self._acquirers * self._new_share
        self._nest_share = self._choice.segment.T[axes.nests.nest_segment] * self._choice.nest.T
        self._nest_cars = axes.by_group(self.new_buyers * self._nest_share)
        by_group = self._nest_cars[axes.nests.product_nest]
        self.by_product: Floats = np.einsum("pg,pg->p", by_group, self._choice.product.T)

    def cars(self) -> Floats:
        """New cars delivered by product, shape (products,)."""
        return self.by_product * self._at.timing * self._at.served

    def log_odds(self) -> float:
        """Log-odds of the BEV share of deliveries."""
        cars, is_bev = self.cars(), self._axes.is_bev
        return float(np.log(cars[is_bev].sum() / cars[~is_bev].sum()))

    def slopes(self) -> OddsPoint:
        """Slopes of the log-odds in every entry of the point, by the chain rule.

        A car of a product moves the log-odds by ``of_car``. Buyers of a stratum move it by ``of_buyer`` each, the mean
        of what the cars they choose do; values move their choice (``_slopes_in_value``) and how many they are: a k$ on
        new cars brings buyers from used cars (alpha_market) and from keeping (alpha_keep).
        """
        axes, at, alphas = self._axes, self._at, self._axes.alphas
        cars = self.cars()
        of_car = np.where(axes.is_bev, 1.0 / cars[axes.is_bev].sum(), -1.0 / cars[~axes.is_bev].sum())
        swayed_kind = at.owners * alphas.keep * self._acquire * (1.0 - self._acquire)
        swayed = group_sum(swayed_kind, axes.kind_stratum, axes.group.size)
        share, other = self._new_share, 1.0 - self._new_share
        from_used = alphas.market * share * other * self._acquirers
        value, of_buyer = self._slopes_in_value(of_car * at.timing * at.served, from_used + share**2 * swayed)
        of_acquirer = of_buyer * share
        of_kind = of_acquirer[axes.kind_stratum]
        return OddsPoint(
            value_kusd=value,
            used_kusd=of_buyer * (share * other * swayed - from_used),
            keep_kusd=-of_kind * swayed_kind,
            owners=of_kind * self._acquire,
            carless=of_acquirer,
            timing=of_car * self.by_product * at.served,
            served=of_car * self.by_product * at.timing,
        )

    def _slopes_in_value(self, of_product: Floats, more_buyers: Floats) -> tuple[Floats, Floats]:
        """Slopes in values of new cars, (groups, products), and what a buyer of a stratum moves, (strata,).

        ``of_product``: (products,) slope in demand; ``more_buyers``: (strata,) new buyers a k$ on all new cars brings.
        Derivatives of the nested logit: a value moves its product against its nest by alpha_product, the nest against
        its segment by alpha_powertrain, the segment against the others by alpha_segment.
        """
        axes, choice, nests = self._axes, self._choice, self._axes.nests
        alphas = slopes_of(axes.choose, axes.alphas)
        product, nest_of = choice.product.T, nests.product_nest
        in_nest = _summed(product * of_product[:, None], nests.nest_starts)
        of_nest = in_nest.take(axes.group, axis=1)
        in_segment = _summed(choice.nest.T * of_nest, nests.segment_starts)
        of_buyer = (choice.segment.T * in_segment).sum(axis=0)
        of_segment = in_segment[nests.nest_segment]
        moved = alphas.powertrain * (of_nest - of_segment) + alphas.segment * (of_segment - of_buyer)
        moved = self.new_buyers * moved + more_buyers * of_buyer
        by_nest = axes.by_group(self._nest_share * moved)
        within = alphas.product * self._nest_cars[nest_of] * (of_product[:, None] - in_nest[nest_of])
        return np.ascontiguousarray((product * (within + by_nest[nest_of])).T), of_buyer


def _summed(by_member: Floats, starts: Ints) -> Floats:
    """Sums over the members of each group, (groups, ...), of values (members, ...); members stand side by side."""
    edges = pairwise([*starts.tolist(), len(by_member)])
    return np.stack([by_member[first:last].sum(axis=0) for first, last in edges])
