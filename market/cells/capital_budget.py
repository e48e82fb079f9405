"""Annual capital budgets of sellers: programs, conversions and new plants compete for them by value for money."""

import numpy as np

from agents.arrays import Floats
from market.cells.lines import OPEN_MARKET, SELLERS

_ROUNDING_MUSD = 1e-9


class CapitalBudget:
    """What every seller of cells, automakers and the open market, may still spend on capital in its budget year.

    ``left_musd``: shape (sellers,); unlimited until a year is opened. ``refused_musd``: (sellers,) asked for and not
    granted in the year. A claim waiting, such as a model program, keeps its money from uses worth less per dollar.
    ``maker_share``: automaker's part of what is spent on a joint venture's line; the rest is the open market's.
    """

    def __init__(self, maker_share: float) -> None:
        self._maker_share = maker_share
        self._waiting: list[tuple[int, float, float]] = []
        self.left_musd: Floats = np.full(len(SELLERS), np.inf)
        self.refused_musd: Floats = np.zeros(len(SELLERS))

    def open(self, budget_musd: Floats, committed_musd: Floats) -> None:
        """Begin a budget year with so much a seller, less what is committed already; both (sellers,)."""
        self.left_musd = np.maximum(budget_musd - committed_musd, 0.0)
        self.refused_musd = np.zeros(len(SELLERS))

    def hold(self, seller: int, cost_musd: float, index: float) -> None:
        """Let a claim wait: its money is kept from uses of a lower profitability index, (value - cost) / cost."""
        self._waiting.append((seller, cost_musd, index))

    def release(self) -> None:
        """Claims that waited are about to be settled: nothing is kept for them any more."""
        self._waiting.clear()

    def affords(self, seller: int, cost_musd: float, index: float = np.inf, *, joint: bool = False) -> bool:
        """Whether a seller has the money for a use; ``index``: its (value - cost) / cost; ``joint``: for a venture."""
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
        own = self._maker_share * cost_musd
        return [(seller, own), (OPEN_MARKET, cost_musd - own)]
