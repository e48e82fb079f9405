"""Result columns of buyers by income and home charging and of segments, and the rows that fill them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats, Ints
from market.base import quarters
from market.base.categories import (
    BEV_SHORT,
    CAR_TYPES,
    HOMES,
    INCOME_KUSD,
    INCOMES,
    KINDS,
    SEGMENTS,
)
from market.base.column import Row, Series
from market.buyers.offer_values import BEV_GOOD

_EXPECTED = "In the quarter, as expected from choice probabilities."

INCOMES_TABLE: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "income": Series(
        "name",
        "Income class",
        "Key, with quarter and home_charging: household income in thousand 2022 $, lt35k, 35_75k, 75_125k, 125_200k or "
        "gt200k.",
    ),
    "home_charging": Series("yes or no", "Charging at home", "Key: whether the household can charge at home."),
    "new_sales": Series("car/quarter", "New-car sales (expected)", "Sold in the quarter, after supply limits."),
    "bev_sales": Series("car/quarter", "BEV sales (expected)", "New ones, sold in the quarter, after supply limits."),
    "bev_share_new": Series("share of new sales", "BEV share of new sales", "Empty without a sale."),
    "used_sales": Series("car/quarter", "Used-car sales (expected)", _EXPECTED),
    "used_bev_sales": Series("car/quarter", "Used BEVs sold (expected)", _EXPECTED),
    "price_kusd": Series(
        "thousand 2025 $", "Mean price of cars bought, after credits", "New and used; what the buyer is left to pay."
    ),
    "cost_burden": Series(
        "share of annual income",
        "Price of the car bought over income",
        "price_kusd over the middle of the income class before taxes; fuel and upkeep are not in it.",
    ),
    "acquirers": Series("household/quarter", "Households that acquire a car (expected)", _EXPECTED),
    "acquisition_value_usd": Series(
        "2025 $/household",
        "Value of acquiring a car (log-sum)",
        "Consumer surplus of a household that acquires a car but for a constant: only differences between runs have a "
        "meaning. Mean over all households of the class, whoever is in the market.",
    ),
}

SEGMENTS_TABLE: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "segment": Series("name", "Segment", "Key, with quarter: car, small_suv, large_suv or pickup."),
    "new_sales": Series("car/quarter", "New-car sales (expected)", "Sold in the quarter, after supply limits."),
    "bev_sales": Series("car/quarter", "BEV sales (expected)", "Sold in the quarter, after supply limits."),
    "bev_share_new": Series("share of new sales", "BEV share of new sales", "Of the segment; empty without a sale."),
    "price_kusd": Series("thousand 2025 $", "Mean price of new cars", "Before credits; mean over cars sold."),
    "bev_price_kusd": Series(
        "thousand 2025 $", "Mean price of new BEVs", "Before credits; mean over cars sold; empty without any."
    ),
    "bev_stock": Series("car", "BEVs on the road", "At the end of the quarter."),
    "cars_stock": Series("car", "Cars on the road", "At the end of the quarter."),
}


@dataclass(frozen=True)
class Bought:
    """Cars bought in a quarter and what they cost, thousand $.

    ``new``: (zones, incomes, homes, products); ``used``: (incomes, homes, goods); ``price_kusd``: (products,) and
    ``credit_kusd``: (zones or 1, incomes, products) of new cars; ``used_net_kusd``: (incomes, goods) price less credit.
    """

    new: Floats
    used: Floats
    price_kusd: Floats
    credit_kusd: Floats
    used_net_kusd: Floats

    def paid_musd(self) -> Floats:
        """What buyers pay after credits, M$, (incomes, homes)."""
        credit = np.broadcast_to(self.credit_kusd, (len(self.new), *self.credit_kusd.shape[1:]))
        new = self.new.sum(axis=0) @ self.price_kusd - np.einsum("zihp,zip->ih", self.new, credit)
        return np.asarray(new + np.einsum("ihg,ig->ih", self.used, self.used_net_kusd)) / 1e3


def income_rows(bought: Bought, is_bev: Bools, acquirers: Floats, value_usd: Floats, quarter: int) -> Iterator[Row]:
    """The quarter's rows of the table ``incomes``; ``is_bev``: (products,).

    ``acquirers``, ``value_usd``: (incomes x homes,) households that acquire a car, and what that is worth to one.
    """
    new, paid = bought.new.sum(axis=0), bought.paid_musd()
    sold, bevs = new.sum(axis=-1), new[..., is_bev].sum(axis=-1)
    used, used_bevs = bought.used.sum(axis=-1), bought.used[..., BEV_GOOD].sum(axis=-1)
    price = _over(paid * 1e3, sold + used)
    for place, (income, name) in enumerate(zip(INCOME_KUSD, INCOMES, strict=True)):
        for home in range(HOMES):
            at, kind = (place, home), place * HOMES + home
            yield {
                "quarter": quarters.label(quarter), "income": name, "home_charging": bool(home),
                "new_sales": sold[at], "bev_sales": bevs[at], "bev_share_new": _over(bevs, sold)[at],
                "used_sales": used[at], "used_bev_sales": used_bevs[at], "price_kusd": price[at],
                "cost_burden": price[at] / income, "acquirers": acquirers[kind],
                "acquisition_value_usd": value_usd[kind],
            }  # fmt: skip


def segment_rows(
    sold: Floats, price_kusd: Floats, segment: Ints, is_bev: Bools, cars: Floats, quarter: int
) -> Iterator[Row]:
    """The quarter's rows of the table ``segments``; all but ``cars`` are (products,), ``sold`` new cars.

    ``cars``: (types,) cars on the road.
    """
    on_road = cars[:CAR_TYPES].reshape(len(KINDS), len(SEGMENTS))
    for place, name in enumerate(SEGMENTS):
        of = sold * (segment == place)
        bevs = of * is_bev
        total, electric = of.sum(), bevs.sum()
        yield {
            "quarter": quarters.label(quarter), "segment": name, "new_sales": total, "bev_sales": electric,
            "bev_share_new": _over(electric, total).item(), "price_kusd": _over(of @ price_kusd, total).item(),
            "bev_price_kusd": _over(bevs @ price_kusd, electric).item(),
            "bev_stock": on_road[BEV_SHORT:, place].sum(), "cars_stock": on_road[:, place].sum(),
        }  # fmt: skip


def _over(part: Floats, whole: Floats) -> Floats:
    """The ratio, NaN where there is nothing."""
    part, whole = np.asarray(part), np.asarray(whole)
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0.0))
