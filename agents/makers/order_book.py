"""Order books of products whose deliveries are limited: recorded demand, and buyers who wait (M11)."""

import numpy as np

from agents.arrays import Floats

MONTHS_PER_QUARTER = 3.0


def book_cars(wait_months: Floats, delivered_cars: Floats) -> Floats:
    """Orders open at the end of a quarter: what is delivered at the quarter's pace until a new order's turn comes.

    ``wait_months``: from order to delivery, NaN where none is known; same shape as ``delivered_cars``.
    """
    return np.asarray(wait_months / MONTHS_PER_QUARTER * delivered_cars)


def ordered_cars(delivered_cars: Floats, book: Floats, book_before: Floats, cancel_share: float) -> Floats:
    """New orders of a quarter: deliveries, the change of the order book and cancellations, never negative; same shape.

    ``cancel_share``: of the orders open at the start of the quarter that are canceled. NaN where a book is unknown.
    """
    return np.maximum(delivered_cars + (book - book_before) + cancel_share * book_before, 0.0)


def waiting_share(
    wanted_cars: Floats, served_cars: Floats, book_before: Floats, stays: float, cancel_share: float
) -> Floats:
    """Share of the buyers of each product who got none and wait for it, (products,); 1 where all are served.

    ``wanted_cars``: all who want the product, those on its order book among them, who are served first. Of the others
    who got none a share ``stays`` orders it; the book has lost ``cancel_share`` of ``book_before`` in the quarter.
    """
    ordered = np.minimum((1.0 - cancel_share) * book_before, wanted_cars)
    unserved = np.maximum(wanted_cars - served_cars, 0.0)
    still_on_book = np.clip(ordered - served_cars, 0.0, unserved)
    waiting = still_on_book + stays * (unserved - still_on_book)
    return np.divide(waiting, unserved, out=np.ones_like(unserved), where=unserved > 0.0)
