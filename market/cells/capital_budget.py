"""Annual capital budgets of sellers: programs, conversions and new plants compete for them by value for money (R5)."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import tables
from market.cells.lines import OPEN_MARKET, SELLERS
from market.cells.parameters import Cells

_ROUNDING_MUSD = 1e-9


class CapitalBudget:
    """What every seller of cells, automakers and the open market, may still spend on capital in its budget year.

    The year runs from a fourth quarter's decisions to the next's. ``left_musd``: shape (sellers,), unlimited until the
    first year is opened; ``refused_musd``: (sellers,) asked for and not granted in the year. A claim that waits, such
    as a model program, keeps its money from uses worth less per dollar.
    """

    def __init__(self, parameters: Cells) -> None:
        self._parameters = parameters
        rows = tables.load("maker_borrowing").set_index("seller")["borrowing_musd_per_year"]
        self._borrowing_musd = rows.reindex(list(SELLERS)).to_numpy(np.float64)
        self._earned: list[Floats] = []
        self._waiting: list[tuple[int, float, float]] = []
        self.left_musd: Floats = np.full(len(SELLERS), np.inf)
        self.refused_musd: Floats = np.zeros(len(SELLERS))

    def earn(self, earned_musd: Floats) -> None:
        """What sellers earned in a quarter on cars and cells, before capital, (sellers,)."""
        self._earned.append(earned_musd)

    def open(self, committed_musd: Floats, quarter: int) -> None:
        """Begin a budget year: a share of the last year's earnings and new debt, less ``committed_musd``, (sellers,).

        Nothing changes where there are no budgets, as in a run without cells.
        """
        given = self._parameters.at(quarter)
        if not (given.capital_budget and given.power_side):
            return
        earned = np.sum(self._earned[-QUARTERS_PER_YEAR:], axis=0)
        budget = given.capital_cash_share * np.maximum(earned, 0.0) + self._borrowing_musd
        self.left_musd = np.maximum(given.capital_factor * budget - committed_musd, 0.0)
        self.refused_musd = np.zeros(len(SELLERS))

    def hold(self, seller: int, cost_musd: float, index: float) -> None:
        """Let a claim wait: its money is kept from uses of a lower profitability index, (value - cost) / cost."""
        self._waiting.append((seller, cost_musd, index))

    def release(self) -> None:
        """Claims that waited are about to be settled: nothing is kept for them any more."""
        self._waiting.clear()

    def affords(self, seller: int, cost_musd: float, index: float = np.inf, *, joint: bool = False) -> bool:
        """Whether a seller has the money for a use; ``index``: its (value - cost) / cost.

        ``joint``: the line of a joint venture, of whose cost the open market bears the partner's share.
        """
        return all(
            part <= self.left_musd[who] - self._kept(who, index) + _ROUNDING_MUSD
            for who, part in self._parts(seller, cost_musd, joint=joint)
        )

    def spend(self, seller: int, cost_musd: float, *, joint: bool = False) -> None:
        """Take the money for a use from what is left."""
        for who, part in self._parts(seller, cost_musd, joint=joint):
            self.left_musd[who] -= part

    def refuse(self, seller: int, cost_musd: float) -> None:
        """Count what a seller would have spent and could not."""
        self.refused_musd[seller] += cost_musd

    def _kept(self, seller: int, index: float) -> float:
        return sum(cost for who, cost, worth in self._waiting if who == seller and worth > index)

    def _parts(self, seller: int, cost_musd: float, *, joint: bool) -> list[tuple[int, float]]:
        if not joint or seller == OPEN_MARKET:
            return [(seller, cost_musd)]
        own = self._parameters.maker_share * cost_musd
        return [(seller, own), (OPEN_MARKET, cost_musd - own)]
