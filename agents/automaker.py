"""Automakers: own products, set prices, deliver what they can (M10 and M11 in their first form)."""

from typing import Any

import mesa
import numpy as np

from agents.choice import Floats, Ints
from agents.sensing import MakerOrders, MakerSensing

_DAYS_PER_QUARTER = 91.25


def damped_price_kusd(price: Floats, cost: Floats, markup: float, factor: Floats, adjustment: float) -> Floats:
    """Price one quarter on: ``adjustment`` of the way to cost plus markup, times a lever; shape (products,) (M10)."""
    target = cost * (1.0 + markup) * factor
    return np.asarray(price + adjustment * (target - price))


def produced_cars(sold: Floats, stock: Floats, target_stock: Floats, limit: Floats) -> Floats:
    """Output that replaces sales and closes the gap to the target stock, within the limit, never negative (M11).

    All shape (products,). Stock after it, stock + produced - sold, is never negative if sales stay within
    stock + limit.
    """
    wanted = sold + target_stock - stock
    return np.asarray(np.clip(wanted, 0.0, np.maximum(limit, sold - stock)))


class Automaker(mesa.Agent):
    """A maker and its products: takes recorded prices while there are records, then follows cost.

    ``products`` are the places of its products on the product axis; all its arrays follow that order.
    """

    def __init__(
        self, model: Any, name: str, products: Ints, markup: float, price_adjustment: float, stock_days: float
    ) -> None:
        super().__init__(model)
        self.name = name
        self.products = products
        self.markup = markup
        self.price_adjustment = price_adjustment
        self.stock_days = stock_days
        self.list_price_kusd: Floats = np.zeros(products.size)
        self.price_kusd: Floats = np.zeros(products.size)
        self.cost_without_pack_kusd: Floats = np.zeros(products.size)
        self.stock_cars: Floats = np.zeros(products.size)
        self.sales_cars = 0.0
        self.revenue_musd = 0.0

    def set_prices(self, seen: MakerSensing) -> None:
        """Take the recorded prices and back out cost, or move towards cost plus markup."""
        if seen.recorded_price_kusd is not None:
            self.list_price_kusd = seen.recorded_price_kusd
            self.cost_without_pack_kusd = self.list_price_kusd / (1.0 + self.markup) - seen.pack_cost_kusd
        else:
            cost = self.cost_without_pack_kusd + seen.pack_cost_kusd
            self.list_price_kusd = damped_price_kusd(
                self.list_price_kusd, cost, self.markup, seen.price_factor, self.price_adjustment
            )
        self.price_kusd = self.list_price_kusd - seen.cut_kusd

    def deliver(self, orders: MakerOrders) -> tuple[Floats, Floats]:
        """Cars delivered and cars built, each shape (products,): demand up to the limit; stock follows."""
        delivered = np.minimum(orders.demand_cars, orders.limit_cars)
        target = delivered * self.stock_days / _DAYS_PER_QUARTER
        built = produced_cars(delivered, self.stock_cars, target, orders.limit_cars)
        self.stock_cars = self.stock_cars + built - delivered
        self.sales_cars = float(delivered.sum())
        self.revenue_musd = float((delivered * self.price_kusd).sum() / 1e3)
        return delivered, built
