"""What grants for fast chargers share: dates, a ceiling on the cost paid, a budget (M9)."""

from collections.abc import Hashable
from typing import Any, Protocol, Self

import numpy as np

from market.base import quarters, tables
from market.policies.parameters import Policy
from market.policies.rate_policy import RatePolicy

PLACES = 2
"""A plug stands near home or on a corridor: the entries of a rate, in this order."""


class ChargerCosts(Protocol):
    """What a grant reads of chargers."""

    def at(self, quarter: int, seen: int | None = None) -> Self:
        """The same with the levers of a quarter, or as people in ``seen`` expect them."""
        ...

    @property
    def capex_kusd(self) -> float:
        """Cost of a plug, k$."""
        ...

    @property
    def grant_kusd(self) -> float:
        """Grant for a plug on a corridor, k$."""
        ...

    @property
    def grant_share(self) -> float:
        """Share of new plugs on corridors that get one."""
        ...


class ChargerLaw(RatePolicy):
    """One row of ``charger_grants``; the rate is the grant expected for a plug, 2025 $, (near home, on a corridor).

    ``budget_usd``: all that may be paid after the observed data, infinite where the law sets no limit.
    """

    def __init__(self, instrument: str, parameters: Policy, origin: int, chargers: ChargerCosts) -> None:
        super().__init__(parameters, origin)
        rows = tables.load("charger_grants")
        self.chargers = chargers
        self.law: dict[Hashable, Any] = rows[rows["instrument"] == instrument].to_dict("records")[0]
        self._first, self._last = (quarters.index(self.law[name]) for name in ("effective_from", "effective_to"))
        budget = float(self.law["budget_musd_nominal"])
        self.budget_usd = np.inf if np.isnan(budget) else budget * 1e6

    @property
    def known_from(self) -> int:
        """Quarter in which its end becomes known."""
        return quarters.index(self.law["end_known_from"])

    def in_force(self, quarter: int) -> bool:
        """Whether plugs that open in the quarter may get it."""
        return self._first <= quarter <= self._last
