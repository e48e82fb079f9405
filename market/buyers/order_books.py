"""Order books of automakers: buyers of a limited product who wait for it (M11)."""

import numpy as np

from agents.arrays import Floats
from agents.makers.order_book import waiting_share
from market.buyers.parameters import Ownership


class OrderBooks:
    """Orders open by product, counted for the nation: ``cars``, (products,).

    A seat on a book keeps its car and chooses again in the next quarter, as everybody does; that it then chooses the
    product it has ordered is a count of products, not a mark of the seat.
    """

    def __init__(self, holding: Ownership, products: int) -> None:
        self._order_share = holding.order_share
        self._cancel_share = holding.order_cancel
        self.cars: Floats = np.zeros(products)

    def ration(self, wanted_cars: Floats, served_cars: Floats) -> Floats:
        """Share of the buyers of each product who get none and wait for it, (products,); the books are brought up.

        ``wanted_cars``, ``served_cars``: (products,) in the quarter.
        """
        share = waiting_share(wanted_cars, served_cars, self.cars, self._order_share, self._cancel_share)
        self.cars = share * np.maximum(wanted_cars - served_cars, 0.0)
        return share
