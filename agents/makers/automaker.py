"""Automakers: competing prices, output planned from a forecast, deliveries within supply (M10, M11)."""

from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import QUARTERLY_DAMPING, QUARTERLY_GAINS, HoltForecast
from agents.makers.sensing import MakerOrders, MakerSensing

LEAST_AFTER_CUT = 0.5
"""Share of the list price that a price cut leaves at least: judgment."""
_DAYS_PER_QUARTER = 365 / QUARTERS_PER_YEAR


@dataclass(frozen=True)
class MakerRules:
    """How automakers set prices and plan output (M10, M11).

    ``price_adjustment``: part of the way to the target price in a quarter; ``stock_days``: stock wanted, in days of
    sales; incentives begin at ``incentive_days`` and reach ``most_incentive``, a share of the price, at twice these.
    """

    price_adjustment: float
    stock_days: float
    incentive_days: float
    most_incentive: float


def damped_price_kusd(price: Floats, target: Floats, adjustment: float) -> Floats:
    """Price one quarter on: ``adjustment`` of the way to the target; shape (products,) (M10)."""
    return np.asarray(price + adjustment * (target - price))


def price_paid_kusd(list_price: Floats, incentive: Floats, cut_kusd: Floats) -> Floats:
    """List price less incentive and an announced cut, shape (products,), which leaves half the list price (M10)."""
    paid = list_price * (1.0 - incentive) - cut_kusd
    return np.where(cut_kusd > 0.0, np.maximum(paid, LEAST_AFTER_CUT * list_price), paid)


def incentive_share(stock: Floats, forecast: Floats, begins_days: float, most: float) -> Floats:
    """Share of the price given away to move stock, shape (products,) (M10).

    Nothing to ``begins_days`` of the sales forecast for a quarter, then in proportion; ``most`` at twice these days.
    """
    begins = begins_days / _DAYS_PER_QUARTER * forecast
    over = np.divide(stock - begins, begins, out=np.zeros_like(stock), where=begins > 0)
    return np.asarray(most * np.clip(over, 0.0, 1.0))


def produced_cars(plan: Floats, delivered: Floats, stock: Floats, limit: Floats) -> Floats:
    """Output: the plan, at least what stock cannot deliver, within the limit, never negative (M11).

    All shape (products,). Stock after it, stock + produced - delivered, is never negative if deliveries stay within
    stock + limit.
    """
    least = np.maximum(delivered - stock, 0.0)
    return np.asarray(np.clip(plan, least, np.maximum(limit, least)))


class Automaker(mesa.Agent):
    """An automaker: takes observed prices while there are data, then moves toward its best prices.

    ``products`` are the places of its products on the product axis; all its arrays follow that order. ``cost_kusd`` is
    the marginal cost of the quarter, ``incentive_share`` what is off the list price.
    """

    def __init__(self, model: Any, name: str, products: Ints, rules: MakerRules) -> None:
        super().__init__(model)
        self.name = name
        self.products = products
        self.rules = rules
        self.list_price_kusd: Floats = np.zeros(products.size)
        self.price_kusd: Floats = np.zeros(products.size)
        self.cost_without_pack_kusd: Floats = np.zeros(products.size)
        self.cost_kusd: Floats = np.zeros(products.size)
        self.incentive_share: Floats = np.zeros(products.size)
        self._in_recorded_price: Floats = np.zeros(products.size)
        self.stock_cars: Floats = np.zeros(products.size)
        self.sales_cars = 0.0
        self.revenue_musd = 0.0
        self._forecast: HoltForecast | None = None

    def effective_cost(self, seen: MakerSensing) -> Floats:
        """Marginal cost less the value of a sale beyond its price, k$, (own products,): the cost behind best prices."""
        self.cost_kusd = self.cost_without_pack_kusd + seen.cost_change_kusd + seen.pack_cost_kusd
        return self.cost_kusd - seen.margin_beyond_price_kusd

    def back_out_cost(self, seen: MakerSensing, markup_kusd: Floats) -> None:
        """Infer the cost at which its list prices, without the lever, are best; ``markup_kusd``: (own products,)."""
        best = self.list_price_kusd / seen.price_factor
        self.cost_kusd = best - markup_kusd + seen.margin_beyond_price_kusd
        self.cost_without_pack_kusd = self.cost_kusd - seen.pack_cost_kusd
        self._in_recorded_price = self._wanted_incentive()

    def _wanted_incentive(self) -> Floats:
        """Share of the price that would move the stock of now, (own products,)."""
        return incentive_share(
            self.stock_cars, self.expected_demand(), self.rules.incentive_days, self.rules.most_incentive
        )

    def set_prices(self, seen: MakerSensing, best_kusd: Floats) -> None:
        """Take the recorded prices, or go part of the way to the best ones; excess inventory is discounted.

        A recorded price is a price paid: what the stock of then called for is in it and comes off no second time.
        """
        if seen.recorded_price_kusd is not None:
            self.list_price_kusd = seen.recorded_price_kusd
        else:
            target = best_kusd * seen.price_factor
            self.list_price_kusd = damped_price_kusd(self.list_price_kusd, target, self.rules.price_adjustment)
            wanted = self._wanted_incentive()
            self._in_recorded_price = np.minimum(self._in_recorded_price, wanted)
            self.incentive_share = wanted - self._in_recorded_price
        self.price_kusd = price_paid_kusd(self.list_price_kusd, self.incentive_share, seen.cut_kusd)

    def expected_demand(self) -> Floats:
        """Cars it expects to be asked for in the quarter, (own products,), by a damped trend (M18); 0 at first."""
        if self._forecast is None:
            return np.zeros(self.products.size)
        return np.maximum(self._forecast.ahead(1, QUARTERLY_DAMPING), 0.0)

    def deliver(self, orders: MakerOrders) -> tuple[Floats, Floats]:
        """Cars delivered and cars built, each shape (products,): demand up to the limit, and the plan.

        The plan is the demand expected and what brings stock to its target; buyers who are not served return
        next quarter, so the backlog comes back as demand.
        """
        delivered = np.minimum(orders.demand_cars, orders.limit_cars)
        if self._forecast is None:
            self._forecast = HoltForecast(delivered, np.zeros(delivered.size))
        expected = self.expected_demand()
        plan = expected * (1.0 + self.rules.stock_days / _DAYS_PER_QUARTER) - self.stock_cars
        built = produced_cars(plan, delivered, self.stock_cars, orders.limit_cars)
        self.stock_cars = np.maximum(self.stock_cars + built - delivered, 0.0)  # zero but for rounding
        self._forecast = self._forecast.updated(orders.demand_cars, *QUARTERLY_GAINS)
        self.sales_cars = float(delivered.sum())
        self.revenue_musd = float((delivered * self.price_kusd).sum() / 1e3)
        return delivered, built
