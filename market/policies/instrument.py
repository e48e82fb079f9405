"""What every purchase credit does: the amount a buyer counts on, by zone, income and product."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from agents.arrays import Floats
from market.exogenous.zones import Places
from market.policies.parameters import Policy
from market.vehicles.products import Products


@dataclass(frozen=True)
class PolicySetting:
    """What an instrument is made from."""

    parameters: Policy
    places: Places
    products: Products
    origin: int


class PurchaseCredit(ABC):
    """A credit on the purchase of a new vehicle.

    The amount is what reaches the mean buyer of the class: eligible share x take-up x statutory amount, so
    the outlay is units x amount.
    """

    def __init__(self, setting: PolicySetting) -> None:
        self.setting = setting

    @abstractmethod
    def factor(self, policy: Policy) -> float:
        """Strength after the origin, as a multiple of the law; ``policy``: the levers of a quarter."""

    @abstractmethod
    def statutory_kusd(self, quarter: int) -> Floats:
        """Amount at full strength, thousand 2025 $, shape (zones or 1, incomes, products)."""

    @property
    def known_from(self) -> int:
        """Quarter from which what comes later is known: at once, unless an instrument says otherwise."""
        return 0

    def expected_kusd(self, quarter: int, ahead: int) -> Floats:
        """Amount that buyers expect so many quarters on: the coming law as far as it is known, else today's."""
        return self.amount_kusd(quarter + ahead, quarter) if quarter >= self.known_from else self.amount_kusd(quarter)

    def amount_kusd(self, quarter: int, seen: int | None = None) -> Floats:
        """Amount in a quarter, thousand 2025 $, shape (zones or 1, incomes, products).

        With ``seen`` as people expect it in that quarter, who count no lever's step before it is known.
        """
        factor = self.factor(self.setting.parameters.at(quarter, seen)) if quarter > self.setting.origin else 1.0
        return self.statutory_kusd(quarter) * factor
