"""Result columns of states, and the rows that fill them."""

from collections.abc import Iterator

import numpy as np

from agents.arrays import Bools, Floats
from market.base import quarters
from market.base.column import Row, Series
from market.outcomes.places import StateParts

STATES_TABLE: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "state": Series("postal code", "State", "Key, with quarter; a zone in two states counts by where its people live."),
    "fips": Series("text", "FIPS code of the state", "Two digits with the leading zero."),
    "new_sales": Series("car/quarter", "New-car sales (expected)", "Sold in the quarter, after supply limits."),
    "bev_sales": Series("car/quarter", "BEV sales (expected)", "Sold in the quarter, after supply limits."),
    "bev_share_new": Series("share of new sales", "BEV share of new sales", "Empty without a sale."),
    "bev_stock": Series("car", "BEVs on the road", "At the end of the quarter."),
    "cars_stock": Series("car", "Cars on the road", "At the end of the quarter."),
    "fast_ports": Series("port", "Fast-charging ports", "In service for drivers in the quarter."),
    "purchase_credits_musd": Series(
        "million 2025 $/quarter",
        "Purchase credits paid, new cars",
        "Federal and state, where the drawn buyers live; states add up to credits_paid_musd of national less those on "
        "used cars, which are known for the nation alone.",
    ),
    "production_credits_musd": Series(
        "million 2025 $/quarter", "Production credit (45X) of the state's cell plants", "0 without a power side."
    ),
    "cell_output_gwh": Series(
        "GWh/quarter",
        "Cell output of the state's plants, net of scrap",
        "Made in the quarter, not a rate per year; 0 without a power side.",
    ),
}


def by_zone_musd(new: Floats, credit_kusd: Floats) -> Floats:
    """Credits on new cars by zone, M$, (zones,); ``new``: (zones, incomes, products), ``credit_kusd`` broadcasts."""
    return np.asarray((new * credit_kusd).sum(axis=(1, 2))) / 1e3


def sales_by_state(sold: Floats, is_bev: Bools, parts: StateParts) -> tuple[Floats, Floats]:
    """New cars and new BEVs by state, (states,) each; ``sold``: (zones, incomes, homes, products)."""
    by_zone = sold.sum(axis=(1, 2))
    return by_zone.sum(axis=1) @ parts.of_state, by_zone[:, is_bev].sum(axis=1) @ parts.of_state


def state_rows(
    parts: StateParts, sales: tuple[Floats, Floats], cars: Floats, columns: dict[str, Floats], quarter: int
) -> Iterator[Row]:
    """The quarter's rows of the table ``states``; ``columns``: the last four, (states,) each.

    ``sales``: new cars and new BEVs, (states,) each; ``cars``: (zones, 2) real cars on the road, other than BEVs and
    BEVs.
    """
    new, bevs = sales
    stock = parts.of_state.T @ cars
    share = np.divide(bevs, new, out=np.full(new.shape, np.nan), where=new > 0.0)
    for place, (state, fips) in enumerate(zip(parts.states, parts.fips, strict=True)):
        yield {
            "quarter": quarters.label(quarter), "state": state, "fips": fips, "new_sales": new[place],
            "bev_sales": bevs[place], "bev_share_new": share[place], "bev_stock": stock[place, 1],
            "cars_stock": stock[place].sum(), **{name: values[place] for name, values in columns.items()},
        }  # fmt: skip
