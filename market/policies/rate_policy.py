"""What every policy with a rate by quarter does: credits and duties on cells, grants for chargers, rules for makers."""

from abc import ABC, abstractmethod

from agents.arrays import Floats
from market.policies.parameters import Policy


class RatePolicy(ABC):
    """A credit, duty, grant or rule whose rate depends on the quarter alone."""

    def __init__(self, parameters: Policy, origin: int) -> None:
        self.parameters = parameters
        self.origin = origin

    @abstractmethod
    def factor(self, policy: Policy) -> float:
        """Strength after the origin, as a multiple of the law; ``policy``: the levers of a quarter."""

    @abstractmethod
    def statutory(self, quarter: int) -> Floats:
        """Rate at full strength as the law of the quarter has it; what its entries are, the instrument says."""

    @property
    def known_from(self) -> int:
        """Quarter from which what comes later is known: at once, unless an instrument says otherwise."""
        return 0

    def rate(self, quarter: int, seen: int | None = None) -> Floats:
        """Rate in force; with ``seen`` as people expect it in that quarter, who count no lever's step before known."""
        factor = self.factor(self.parameters.at(quarter, seen)) if quarter > self.origin else 1.0
        return self.statutory(quarter) * factor

    def expected(self, quarter: int, ahead: int) -> Floats:
        """Rate that people expect so many quarters on: the coming law as far as it is known, else today's."""
        return self.rate(quarter + ahead, quarter) if quarter >= self.known_from else self.rate(quarter)
