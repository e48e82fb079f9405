"""What moved the battery-car share: growth in its log-odds over a year, term by term (B4, figure 16)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from agents.choice import Alphas, Floats, Nests
from market.demand import Lookers, Values, new_by_product, new_choice
from market.offer_values import Terms, for_lookers, summed

SUPPLY, REST = "supply", "buyers and interaction"


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

    before: Snapshot | None = field(default=None)

    def explain(
        self, terms: Terms, served_share: Floats, lookers: Lookers, values: Values, new_buyers: Floats, zones: int,
        nests: Nests, alphas: Alphas, is_bev: NDArray[np.bool_],
    ) -> dict[str, float]:  # fmt: skip
        """Growth in log-odds since the snapshot of a year before by term; empty the first time.

        ``terms``: axes (zones, incomes, homes, products); ``new_buyers``: (cells,).
        """

        def log_odds(some: Terms, served: Floats) -> float:
            at = Values(
                for_lookers(summed(some), zones, lookers),
                values.taste_nest,
                values.service,
                values.listings,
                values.money,
            )
            choice = new_choice(lookers, at, nests, alphas)
            cars = new_by_product(lookers, choice, nests, new_buyers).sum(axis=0) * served
            return float(logit(cars[is_bev].sum() / cars.sum()))

        now = Snapshot(terms, served_share, log_odds(terms, served_share))
        before, self.before = self.before, now
        if before is None:
            return {}
        growth = {name: now.log_odds - log_odds({**terms, name: before.terms[name]}, served_share) for name in terms}
        growth[SUPPLY] = now.log_odds - log_odds(terms, before.served_share)
        growth[REST] = now.log_odds - before.log_odds - sum(growth.values())
        return growth
