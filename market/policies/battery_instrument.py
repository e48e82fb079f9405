"""What every policy on cells and storage does: a rate by quarter."""

from abc import ABC, abstractmethod

from agents.choice import Floats
from market.scenario import Policy


class BatteryPolicy(ABC):
    """A credit or duty whose rate depends on the quarter alone."""

    def __init__(self, parameters: Policy, origin: int) -> None:
        self.parameters = parameters
        self.origin = origin

    @property
    @abstractmethod
    def factor(self) -> float:
        """Strength after the origin, as a multiple of the law."""

    @abstractmethod
    def statutory(self, quarter: int) -> Floats:
        """Rate at full strength as the law of the quarter has it; what its entries are, the instrument says."""

    def rate(self, quarter: int) -> Floats:
        """Rate in force."""
        return self.statutory(quarter) * (self.factor if quarter > self.origin else 1.0)
