"""Result columns of cars on the road, at dealers and traded, and the rows that fill them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Bools, Floats
from market.base.categories import AGE_BUCKETS, BEV_SHORT, CAR_TYPES, KINDS, good_of_car
from market.base.column import Row, Series
from market.buyers.outputs import reported_adequacy, reported_coverage
from market.charging.perceived_access import Access
from market.fleet.fleet import Fleet
from market.fleet.traded import Traded

NATIONAL_FLEET: dict[str, Series] = {
    "new_sales_drawn": Series(
        "car/quarter", "New-car sales (drawn)", "What the simulated consumers did, scaled up to all households."
    ),
    "bev_sales_drawn": Series(
        "car/quarter", "BEV sales (drawn)", "What the simulated consumers did, scaled up to all households."
    ),
    "bev_stock": Series("car", "BEVs on the road", "At the end of the quarter."),
    "cars_stock": Series("car", "Cars on the road", "At the end of the quarter, without dealers' inventory."),
    "dealer_stock": Series("car", "Dealers' used-car inventory"),
    "scrapped": Series("car/quarter", "Cars scrapped"),
    "bev_share_sd": Series(
        "share of new sales",
        "Sampling standard deviation of the drawn BEV share",
        "Error that drawing consumers adds to the drawn share: binomial, from the new-car buyers drawn.",
    ),
}

ZONES: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "zone": Series("name", "Zone", "Key, with quarter: an area and its main city, with the state."),
    "bev_share_new": Series("share of new sales", "BEV share of new sales", "As expected from choice probabilities."),
    "new_sales": Series("car/quarter", "New-car sales (expected)", "Sold in the quarter, after supply limits."),
    "bev_stock": Series("car", "BEVs on the road", "At the end of the quarter."),
    "cars_stock": Series("car", "Cars on the road", "At the end of the quarter."),
    "fast_plugs": Series("plug", "Fast chargers"),
    "trip_coverage": Series(
        "share",
        "Trip coverage with 250 miles of range",
        "Share of long trips from the zone on which a driver of the mean BEV bought in the country finds working "
        "chargers.",
    ),
    "local_adequacy": Series(
        "share",
        "Adequacy of charging near home",
        "Fast plugs near home against what BEVs there need, 0 to 1, for the mean BEV bought in the country.",
    ),
}

USED: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "kind": Series(
        "name",
        "Vehicle kind",
        "Key, with quarter and age_bucket: ICE, HEV, PHEV, BEV_short (under 200 miles), BEV_long or BEV_Tesla.",
    ),
    "age_bucket": Series("year", "Age", "Key: 0-3, 4-6, 7-10 or 11+."),
    "price_kusd": Series("thousand 2025 $", "Used price"),
    "retention": Series(
        "share of price when new",
        "Retained value: price over what the cars cost when new",
        "0.4: the cars sell for 40 % of what they cost when new, in dollars of one year.",
    ),
    "bought": Series("car/quarter", "Used-car sales (expected)", "By households, in the quarter."),
    "on_road": Series("car", "Cars on the road", "At the end of the quarter."),
    "thin": Series(
        "0 or 1", "Too few cars for a price of their own", "1: the price follows that of the nearest good of its kind."
    ),
}


def national(fleet: Fleet, traded: Traded, is_bev: NDArray[np.bool_], bev_share_new: float) -> Row:
    """Cars on the road and those drawn; ``is_bev``: (products,), ``bev_share_new``: as expected."""
    cars = fleet.on_seats.cars[:CAR_TYPES]
    on_road = cars.sum(axis=1).reshape(len(KINDS), -1).sum(axis=1) * fleet.weight
    drawn, draws = traded.new_by_product(), max(traded.new_buyers_drawn, 1.0)
    return {
        "new_sales_drawn": float(drawn.sum()),
        "bev_sales_drawn": float(drawn[is_bev].sum()),
        "bev_stock": float(on_road[BEV_SHORT:].sum()),
        "cars_stock": float(on_road.sum()),
        "dealer_stock": fleet.lot.size * fleet.weight,
        "scrapped": fleet.scrapped * fleet.weight,
        "bev_share_sd": float(np.sqrt(bev_share_new * (1.0 - bev_share_new) / draws)),
    }


def zones(
    label: str, names: Sequence[str], bev_share_new: Floats, new_sales: Floats, fleet: Fleet, fast_plugs: Floats,
    access: Access, bought: Floats,
) -> Iterator[Row]:  # fmt: skip
    """A row a zone; arrays have shape (zones,), but ``bought``: (products,) new cars wanted in the whole country."""
    cars = fleet.on_seats.by_zone.sum(axis=1)
    on_road, bevs = cars.sum(axis=1) * fleet.weight, cars[:, 1] * fleet.weight
    coverage, adequacy = reported_coverage(access, bought), reported_adequacy(access, bought)
    for zone, name in enumerate(names):
        yield {
            "quarter": label, "zone": name, "bev_share_new": bev_share_new[zone], "new_sales": new_sales[zone],
            "bev_stock": bevs[zone], "cars_stock": on_road[zone], "fast_plugs": fast_plugs[zone],
            "trip_coverage": coverage[zone], "local_adequacy": adequacy[zone],
        }  # fmt: skip


def used(label: str, fleet: Fleet, price_kusd: Floats, retention: Floats, bought: Floats, thin: Bools) -> Iterator[Row]:
    """A row a used good; all arrays (goods,)."""
    cars = fleet.all_cars()[:CAR_TYPES]
    good = good_of_car(np.arange(CAR_TYPES)[:, None], np.arange(cars.shape[1])[None, :])
    on_road = np.bincount(good.ravel(), cars.ravel()) * fleet.weight
    for kind, kind_name in enumerate(KINDS):
        for bucket, bucket_name in enumerate(AGE_BUCKETS):
            place = kind * len(AGE_BUCKETS) + bucket
            yield {
                "quarter": label, "kind": kind_name, "age_bucket": bucket_name, "price_kusd": price_kusd[place],
                "retention": retention[place], "bought": bought[place], "on_road": on_road[place],
                "thin": int(thin[place]),
            }  # fmt: skip
