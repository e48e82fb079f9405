"""What automakers observe: small frozen records, their only view of the market."""

from dataclasses import dataclass

from agents.arrays import Floats


@dataclass(frozen=True)
class MakerSensing:
    """What an automaker observes before it sets prices; arrays have shape (its products,).

    ``recorded_price_kusd`` is None after the observed data. ``pack_cost_kusd`` is the present cost of the
    battery of each product, ``cost_change_kusd`` what all else has come to cost since the observed data.
    ``price_factor`` is a lever on its target prices, ``cut_kusd`` an announced fall that has come.
    ``margin_beyond_price_kusd``: what a sale is worth to the automaker beyond its price (a rule's credit, a charging
    network of its own), below 0 a cost: it lowers the cost that prices rest on.
    """

    recorded_price_kusd: Floats | None
    pack_cost_kusd: Floats
    price_factor: Floats
    cut_kusd: Floats
    margin_beyond_price_kusd: Floats
    cost_change_kusd: Floats


@dataclass(frozen=True)
class MakerOrders:
    """What an automaker observes after buyers have chosen; cars, shape (its products,).

    ``limit_cars`` is infinite where production was not limited.
    """

    demand_cars: Floats
    limit_cars: Floats
