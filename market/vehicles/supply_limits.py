"""Recorded supply limits: which products could not be bought freely, and how many were ordered (M11)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats
from agents.makers.order_book import book_cars, ordered_cars
from market.base import quarters, tables
from market.base.categories import MAKERS, POWERTRAINS, SEGMENTS
from market.base.quarters import LAST_RECORD
from market.vehicles.products import Products

LIMIT_SPANS = ("recorded", "to_origin")
"""How long recorded limits are imposed: as recorded, or up to the origin since later ones are outcomes."""


def supply_limits(products: Products, recorded: Floats, last_quarter: int, limited_until: int = LAST_RECORD) -> Floats:
    """Most cars that could be delivered, shape (quarters, products); infinite where nothing limited them.

    Where a limit binds, the recorded deliveries are the limit. Limits after ``limited_until`` are left out.
    """
    limits = np.full((last_quarter + 1, products.size), np.inf)
    for quarter, hit, _ in _limited(products):
        if quarter <= min(last_quarter, limited_until):
            limits[quarter, hit] = recorded[quarter, hit]
    return limits


def recorded_demand(
    products: Products, recorded: Floats, limits: Floats, cancel_share: float, *, waits_tell: bool = True
) -> Floats:
    """Cars wanted by product in the quarters with records; ``recorded`` and result: (quarters to 2024Q4, products).

    Deliveries where nothing limited them. Where a limit bound, new orders if the wait for the product is known now and
    a quarter before (no wait before the first quarter of a limit), at least deliveries: the buyers on the order book
    look again and are among those who want one. NaN where deliveries are only a lower bound of what was wanted.
    ``limits``: (quarters, products), of a run that may end before the records do. Without ``waits_tell`` deliveries are
    a lower bound in all limited quarters.
    """
    limited = _is_limited(recorded, limits)
    if waits_tell:
        book = _recorded_books(products, recorded, limits)
    else:
        book = np.where(limited & (recorded > 0.0), np.nan, 0.0)
    before = np.vstack([np.zeros((1, products.size)), book[:-1]])
    ordered = np.maximum(ordered_cars(recorded, book, before, cancel_share), recorded)
    return np.where(limited, np.where(recorded > 0.0, ordered, np.nan), recorded)


def opening_books(products: Products, recorded: Floats, limits: Floats, origin: int) -> Floats:
    """Orders open by product at the end of ``origin``, cars, (products,), to which those of later quarters are added.

    By the wait recorded for that quarter, or what was last reserved less deliveries since, whichever is more; nothing
    where no limit binds or neither is recorded. ``recorded``, ``limits`` as in ``recorded_demand``.
    """
    reserved = np.zeros(products.size)
    for row, (quarter, hit, _) in zip(tables.load("supply_limits").to_dict("records"), _limited(products), strict=True):
        if quarter <= origin and not np.isnan(row["reservations"]):
            delivered = recorded[quarter + 1 : origin + 1].sum(axis=0)
            reserved = np.where(hit, np.maximum(row["reservations"] - delivered, 0.0), reserved)
    by_wait = np.nan_to_num(_recorded_books(products, recorded, limits)[origin])
    return np.where(np.isfinite(limits[origin]), np.maximum(by_wait, reserved), 0.0)


def _recorded_books(products: Products, recorded: Floats, limits: Floats) -> Floats:
    """Orders open at the end of each quarter by the wait recorded for it; 0 without a limit, NaN without a wait."""
    limited = _is_limited(recorded, limits)
    wait = np.where(limited & (recorded > 0.0), np.nan, 0.0)
    for quarter, hit, months in _limited(products):
        if not np.isnan(months):
            wait[quarter, hit & limited[quarter]] = months
    return book_cars(wait, recorded)


def _is_limited(recorded: Floats, limits: Floats) -> NDArray[np.bool_]:
    limited = np.zeros(recorded.shape, dtype=np.bool_)
    limited[: len(limits)] = np.isfinite(limits[: len(recorded)])
    return limited


def _limited(products: Products) -> Iterator[tuple[int, NDArray[np.bool_], float]]:
    """The quarter, the products, (products,), and the wait in months of each row of the table."""
    for row in tables.load("supply_limits").to_dict("records"):
        hit = products.powertrain == POWERTRAINS.index(row["powertrain"])
        if row["maker"]:
            hit &= products.maker == MAKERS.index(row["maker"])
        if row["segment"]:
            hit &= products.segment == SEGMENTS.index(row["segment"])
        if row["line"]:
            hit &= np.array(products.line) == row["line"]
        yield quarters.index(row["quarter"]), hit, float(row["wait_months"])
