"""Decomposition of the BEV share: change in its log-odds over a year, term by term."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from agents.arrays import Floats
from agents.buyers.choice import Alphas, ChoiceRule, Nests, nested_logit
from market.buyers.demand import InMarket, Values, new_by_product, new_choice
from market.buyers.offer_values import Terms, for_groups, summed

UNEXPLAINED, SUPPLY, REST = "unexplained", "supply", "buyers and interaction"


@dataclass(frozen=True)
class Snapshot:
    """A quarter's terms (constants among them) and the share of demand that was served, by product."""

    terms: Terms
    served_share: Floats
    log_odds: float


@dataclass
class Explanation:
    """Compares every fourth quarter with the one a year before: one term at a time is put back to what it was.

    What single terms do not add up to (who is in the market, used prices and interactions) is the rest.
    """

    choose: ChoiceRule = nested_logit
    before: Snapshot | None = field(default=None)

    def explain(
        self, terms: Terms, served_share: Floats, in_market: InMarket, values: Values, new_buyers: Floats, zones: int,
        nests: Nests, alphas: Alphas, is_bev: NDArray[np.bool_],
    ) -> dict[str, float]:  # fmt: skip
        """Growth in log-odds since the snapshot of a year before by term; empty the first time.

        ``terms``: axes (zones, incomes, homes, products), the unexplained one NaN where a product has no constant;
        ``new_buyers``: (strata,). A product that enters or leaves keeps the constant it has or had: its coming and
        going counts as variety.
        """

        def log_odds(some: Terms, served: Floats) -> float:
            at = Values(
                for_groups(summed(some), zones, in_market),
                values.taste_nest,
                values.service,
                values.listings,
                values.money,
                values.used_credit,
            )
            choice = new_choice(in_market, at, nests, alphas, self.choose)
            cars = new_by_product(in_market, choice, nests, new_buyers).sum(axis=0) * served
            return float(logit(cars[is_bev].sum() / cars.sum()))

        before = self.before
        past = terms if before is None else before.terms
        terms_now, terms_past = _with_constants(terms, past), _with_constants(past, terms)
        now = Snapshot(terms, served_share, log_odds(terms_now, served_share))
        self.before = now
        if before is None:
            return {}
        growth = {name: now.log_odds - log_odds({**terms_now, name: terms_past[name]}, served_share) for name in terms}
        growth[SUPPLY] = now.log_odds - log_odds(terms_now, before.served_share)
        growth[REST] = now.log_odds - before.log_odds - sum(growth.values())
        return growth


def _with_constants(terms: Terms, other: Terms) -> Terms:
    """Terms whose missing constants are those of another quarter (0 where neither has one)."""
    own = terms[UNEXPLAINED]
    return {**terms, UNEXPLAINED: np.nan_to_num(np.where(np.isnan(own), other[UNEXPLAINED], own))}
