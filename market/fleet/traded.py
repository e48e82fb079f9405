"""What was traded in a quarter, in real cars."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats


@dataclass(frozen=True)
class Traded:
    """Cars that changed hands, real cars.

    ``new``: (zones, incomes, products) bought new; ``used``: (incomes, goods) bought used; ``sold``: (goods,) traded
    in; ``new_buyers_drawn``: draws that stand behind ``new``, infinitely many if it was not drawn.
    """

    new: Floats
    used: Floats
    sold: Floats
    new_buyers_drawn: float

    def new_by_product(self) -> Floats:
        """New cars bought, shape (products,)."""
        return np.asarray(self.new.sum(axis=(0, 1)))

    def credit_musd(self, amount_kusd: Floats) -> float:
        """A credit on new cars, M$: units times ``amount_kusd``, (zones or 1, incomes or 1, products)."""
        return float((self.new * np.broadcast_to(amount_kusd, self.new.shape)).sum()) / 1e3

    def used_credit_musd(self, amount_kusd: Floats) -> float:
        """A credit on used cars, M$: units times ``amount_kusd``, (incomes, goods)."""
        return float((self.used * amount_kusd).sum()) / 1e3

    def used_by_good(self) -> Floats:
        """Used cars bought, shape (goods,)."""
        return np.asarray(self.used.sum(axis=0))
