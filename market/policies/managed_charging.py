"""Utilities' program that manages when BEVs charge (M21)."""

from typing import Protocol, Self

from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters


class ManagedTerms(Protocol):
    """What the program reads of the grid's parameters."""

    def at(self, quarter: int, seen: int | None = None) -> Self:
        """The same with the levers of a quarter, or as people in ``seen`` expect them."""
        ...

    @property
    def managed_share(self) -> float:
        """Share of BEVs enrolled in the end."""
        ...

    @property
    def managed_ramp_years(self) -> float:
        """Years to that share."""
        ...

    @property
    def managed_from(self) -> str:
        """First quarter of the program."""
        ...

    @property
    def managed_known(self) -> str:
        """Quarter from which planners count on it."""
        ...


class ManagedCharging:
    """Share of BEVs enrolled: it grows from a first quarter to its level in equal steps.

    ``known_from``: quarter from which planners count on what is coming.
    """

    def __init__(self, parameters: ManagedTerms, origin: int) -> None:
        self._parameters = parameters
        self._first = max(quarters.index(parameters.managed_from), origin + 1)
        self.known_from = quarters.index(parameters.managed_known)

    def share(self, quarter: int, seen: int | None = None) -> float:
        """Share of BEVs enrolled in a quarter, or what people in ``seen`` expect of it; none up to the origin."""
        steps = self._parameters.managed_ramp_years * QUARTERS_PER_YEAR
        grown = (quarter - self._first + 1) / steps
        return self._parameters.at(quarter, seen).managed_share * min(max(grown, 0.0), 1.0)

    def expected_share(self, quarter: int, ahead: int) -> float:
        """Share planners expect so many quarters on: the coming program if it is known, else today's."""
        return self.share(quarter + ahead, quarter) if quarter >= self.known_from else self.share(quarter)
