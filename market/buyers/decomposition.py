"""Decomposition of the BEV share: change in its log-odds over a year, cause by cause and in five groups."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import logit

from agents.arrays import Bools, Floats, Ints
from agents.buyers.choice import Alphas, ChoiceRule, Nests, nested_logit
from market.base.categories import GOODS, HOMES, INCOMES, TASTES
from market.buyers.bev_odds import NewCarDemand, OddsAxes, OddsPoint
from market.buyers.car_market import Outcome
from market.buyers.demand import InMarket
from market.buyers.odds_path import BUYERS, SUPPLY, USED, WAITING, shared_growth
from market.buyers.offer_values import Terms, for_groups, summed

UNEXPLAINED = "unexplained"
COSTS, PRODUCTS, CHARGING, TRUST, MARKET = (
    "prices, incentives and fuel", "models and range", "charging", "trust and neighbors", "supply and buyers",
)  # fmt: skip
_GROUP_OF_CAUSE = {
    "price": COSTS, "credit": COSTS, "fuel": COSTS, "charging": CHARGING, "trust": TRUST, "neighbours": TRUST,
    "service": TRUST,
    SUPPLY: MARKET, WAITING: MARKET, BUYERS: MARKET, USED: MARKET, UNEXPLAINED: UNEXPLAINED,
}  # fmt: skip
_SURE = 1e-15  # shares are kept this far from 0 and 1, where their log-odds end


def group_of_cause(cause: str) -> str:
    """One of five groups of causes, or unexplained; what cars offer, and any term not named here, is of models."""
    return _GROUP_OF_CAUSE.get(cause, PRODUCTS)


@dataclass(frozen=True)
class Seen:
    """The car market of a quarter as it is remembered; arrays as in ``OddsPoint``.

    ``terms``: axes (zones, incomes, homes, products); ``constants``: (groups, products) what the choice added to them,
    NaN where a product was not on offer; ``strata``, ``kinds``, ``groups``: places in (zones x classes), in (zones x
    classes x goods) and in (zones x incomes x homes).
    """

    terms: Terms
    constants: Floats
    strata: Ints
    kinds: Ints
    groups: Ints
    taste_nest: Floats
    point: OddsPoint


@dataclass
class Explanation:
    """Compares the market each time it is asked with the time before.

    ``is_bev``: (products,); ``zones``: how many there are; ``choose``: the rule of the choice among new cars.
    """

    nests: Nests
    alphas: Alphas
    is_bev: Bools
    zones: int
    choose: ChoiceRule = nested_logit
    before: Seen | None = field(default=None)

    def explain(self, terms: Terms, in_market: InMarket, outcome: Outcome, hazard: float) -> dict[str, float]:
        """Growth in the log-odds of the BEV share since the time before by cause; empty the first time.

        ``terms``: as in ``Seen``; ``outcome``: expected choices of those in the market; ``hazard``: share of owners due
        who are in it. A product that enters or leaves keeps the constants it has or had: its coming and going counts
        as variety.
        """
        before, now = self.before, self._seen(terms, in_market, outcome, hazard)
        self.before = now
        if before is None:
            return {}
        strata, kinds = _either(before.strata, now.strata), _either(before.kinds, now.kinds)
        groups, group = np.unique(strata // TASTES, return_inverse=True)
        taste = _joined(now.taste_nest, before.taste_nest, now.strata, before.strata, strata)
        axes = OddsAxes(
            group, taste, np.searchsorted(strata, kinds // GOODS), self.nests, self.alphas, self.is_bev, self.choose
        )
        return shared_growth(
            axes,
            (self._by_group(before, now, groups), _point_on(strata, kinds, before, now)),
            (self._by_group(now, before, groups), _point_on(strata, kinds, now, before)),
        )

    def _seen(self, terms: Terms, in_market: InMarket, outcome: Outcome, hazard: float) -> Seen:
        """A quarter, the values of used cars and of keeping read off the choices they led to."""
        flows, choice, values, alphas = outcome.flows, outcome.choice, outcome.values, self.alphas
        new_share = np.clip(flows.tables.new, _SURE, 1.0 - _SURE)
        acquire = np.clip(flows.acquire, _SURE, 1.0 - _SURE)
        acquire_kusd = choice.inclusive_kusd - np.log(new_share) / alphas.market
        one = np.ones(self.is_bev.size)
        point = OddsPoint(
            value_kusd=values.new,
            used_kusd=choice.inclusive_kusd - logit(new_share) / alphas.market,
            keep_kusd=acquire_kusd[in_market.kind_stratum] - logit(acquire) / alphas.keep,
            owners=hazard * in_market.due,
            carless=in_market.carless,
            timing=one,
            served=one,
        )
        axes = OddsAxes(
            in_market.group, values.taste_nest, in_market.kind_stratum, self.nests, alphas, self.is_bev, self.choose
        )
        wanted = NewCarDemand(axes, point).by_product
        timing = np.divide(flows.new, wanted, out=np.full(one.size, np.nan), where=wanted > 0)
        point = replace(point, timing=timing, served=np.where(wanted > 0, outcome.served_share, np.nan))
        with np.errstate(invalid="ignore"):
            constants = values.new - for_groups(summed(terms), self.zones, in_market)
        codes = in_market.stratum_code
        kinds = codes[in_market.kind_stratum] * GOODS + in_market.kind_good
        return Seen(terms, constants, codes, kinds, in_market.group_code, values.taste_nest, point)

    def _by_group(self, own: Seen, other: Seen, groups: Ints) -> Terms:
        """Terms by group, (groups, products), constants that are not known as in the other quarter, or 0."""
        shape = (self.zones, len(INCOMES), HOMES, self.is_bev.size)
        tables = {name: np.broadcast_to(term, shape).reshape(-1, shape[-1])[groups] for name, term in own.terms.items()}
        mine, theirs = (_placed(each.constants, each.groups, groups, np.nan) for each in (own, other))
        return {**tables, UNEXPLAINED: np.nan_to_num(np.where(np.isnan(mine), theirs, mine))}


def _point_on(strata: Ints, kinds: Ints, own: Seen, other: Seen) -> OddsPoint:
    """A quarter's point for the strata and kinds of owners of both; values it lacks are the other's."""
    mine, theirs = own.point, other.point
    return OddsPoint(
        value_kusd=mine.value_kusd,
        used_kusd=_joined(mine.used_kusd, theirs.used_kusd, own.strata, other.strata, strata),
        keep_kusd=_joined(mine.keep_kusd, theirs.keep_kusd, own.kinds, other.kinds, kinds),
        owners=_placed(mine.owners, own.kinds, kinds),
        carless=_placed(mine.carless, own.strata, strata),
        timing=_known(mine.timing, theirs.timing),
        served=_known(mine.served, theirs.served),
    )


def _known(own: Floats, other: Floats) -> Floats:
    """A factor of each product, that of the other quarter where it is not defined, and 1 where neither is."""
    factor = np.where(np.isnan(own), other, own)
    return np.where(np.isnan(factor), 1.0, factor)


def _either(first: Ints, second: Ints) -> Ints:
    """All codes of both, sorted as they are; mostly they are the same."""
    if np.array_equal(first, second):
        return first
    known = np.zeros(int(max(first.max(initial=-1), second.max(initial=-1))) + 1, dtype=np.bool_)
    known[first] = known[second] = True
    return np.flatnonzero(known)


def _placed(values: Floats, codes: Ints, all_codes: Ints, otherwise: float = 0.0) -> Floats:
    """Values, first axis that of their codes, at these among all codes, which are sorted."""
    placed = np.full((all_codes.size, *values.shape[1:]), otherwise)
    placed[np.searchsorted(all_codes, codes)] = values
    return placed


def _joined(own: Floats, other: Floats, own_codes: Ints, other_codes: Ints, all_codes: Ints) -> Floats:
    """Values at their codes, those of the other quarter where only that has the code."""
    joined = _placed(other, other_codes, all_codes)
    joined[np.searchsorted(all_codes, own_codes)] = own
    return joined
