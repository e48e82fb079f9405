"""Result columns of car buyers and their surroundings, and the rows that fill them."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Bools, Floats
from agents.buyers.valuation import REFERENCE_INCOME_KUSD
from market.base.categories import AGE_BUCKETS, BEV, BEV_LONG, BEV_TESLA, HEV, ICE, INCOME_KUSD, PHEV, POWERTRAINS
from market.base.column import Row, Series
from market.buyers.calibration import Record
from market.buyers.car_market import Outcome
from market.buyers.decomposition import group_of_cause
from market.buyers.used_market import UsedMarket
from market.buyers.utility_terms import Prices
from market.buyers.waiting import WaitingBuyers
from market.charging.perceived_access import Access

_MEAN_INCOME = int(
    np.argmin(np.abs(INCOME_KUSD - REFERENCE_INCOME_KUSD))
)  # class nearest to the income whose money weighs 1

NATIONAL_BUYERS: dict[str, Series] = {
    "bev_share_new": Series(
        "share of new sales",
        "BEV share of new sales",
        "Battery-electric cars over all new light vehicles sold in the quarter, as expected from choice probabilities.",
    ),
    "phev_share_new": Series(
        "share of new sales", "Plug-in hybrid share of new sales", "As expected from choice probabilities."
    ),
    "hev_share_new": Series(
        "share of new sales", "Hybrid share of new sales", "Without plug, as expected from choice probabilities."
    ),
    "bev_share_recorded": Series(
        "share of new sales", "Recorded BEV share of new sales", "Empty after the observed data."
    ),
    "phev_share_recorded": Series(
        "share of new sales", "Recorded plug-in hybrid share of new sales", "Empty after the observed data."
    ),
    "hev_share_recorded": Series(
        "share of new sales", "Recorded hybrid share of new sales", "Empty after the observed data."
    ),
    "new_sales": Series(
        "car/quarter",
        "New-car sales (expected)",
        "Sold in the quarter, after supply limits; expected from choice probabilities, all households.",
    ),
    "new_sales_recorded": Series("car/quarter", "Recorded new-car sales", "Empty after the observed data."),
    "bev_sales": Series(
        "car/quarter",
        "BEV sales (expected)",
        "Sold in the quarter, after supply limits; expected from choice probabilities.",
    ),
    "bev_demand": Series("car/quarter", "BEV demand (expected)", "Wanted in the quarter, before supply limits."),
    "used_sales": Series(
        "car/quarter",
        "Used-car sales (expected)",
        "Bought by households in the quarter, expected from choice probabilities.",
    ),
    "keep_share": Series(
        "share of owners in the market",
        "Owners in the market who keep their car",
        "In the quarter; the others acquire a new or used car.",
    ),
    "look_hazard": Series(
        "share of owners due",
        "Owners due who enter the market",
        "In the quarter; of owners whose holding time is over.",
    ),
    "used_price_index": Series(
        "base year = 1",
        "Used-car price level",
        "Geometric mean over used goods of price over that of the base year, weighted by trade-ins.",
    ),
    "used_bev_retention_3y": Series(
        "share of price when new",
        "Retained value of a BEV, 0-3 years old",
        "Price over what the cars cost when new, long-range BEVs and Teslas, weighted by trade-ins.",
    ),
    "used_petrol_retention_3y": Series(
        "share of price when new",
        "Retained value of a gasoline car, 0-3 years old",
        "Price over what the cars cost when new.",
    ),
    "used_excess_share": Series(
        "share of supply",
        "Largest uncleared excess demand in the used market",
        "Over used goods; how far prices are from clearing.",
    ),
    "used_dearer_older": Series(
        "used good",
        "Used goods whose cars are dearer a year older",
        "A count: of the kinds times age buckets, those whose price rose with a year of age.",
    ),
    "used_above_new": Series(
        "used good",
        "Used goods dearer than comparable new cars",
        "A count: of the kinds times age buckets, those above the mean new car of their kind and segments.",
    ),
    "used_outside_validity": Series(
        "0 or 1",
        "Used prices have left the model's range of validity",
        "1 from the quarter on in which a used good stayed far above comparable new cars for a year.",
    ),
    "trip_coverage": Series(
        "share",
        "Trip coverage with 250 miles of range, mean BEV bought",
        "Share of long trips on which a driver finds working chargers; mean over households.",
    ),
    "trip_coverage_tesla": Series(
        "share",
        "Trip coverage with 250 miles of range, Teslas",
        "Share of long trips on which a driver finds working chargers; empty if none is bought.",
    ),
    "trip_coverage_other": Series(
        "share",
        "Trip coverage with 250 miles of range, other BEVs bought",
        "Share of long trips on which a driver finds working chargers; empty if none is bought.",
    ),
    "local_adequacy": Series(
        "share",
        "Adequacy of charging near home, mean BEV bought",
        "Fast plugs near home against what BEVs there need, 0 to 1; mean over households.",
    ),
    "gasoline_usd_per_gallon": Series("2025 $/gallon", "Gasoline price", "Mean over households."),
    "electricity_usd_per_kwh": Series("2025 $/kWh", "Residential electricity price", "Mean over households."),
    "unexplained_bev_kusd": Series(
        "thousand 2025 $",
        "Mean demand constant of BEVs less that of gasoline cars",
        "What observed sales say beyond price and attributes (inverted until the end of observed data, then "
        "predicted).",
    ),
}

EXPLANATION: dict[str, Series] = {
    "year": Series("year", "Year"),
    "term": Series("name", "Term", "The term of utility, or the part of the market, whose change is counted."),
    "group": Series(
        "name",
        "Group of terms",
        "Groups the terms: prices, incentives and fuel; models and range; charging; trust and neighbors; supply and "
        "buyers; unexplained.",
    ),
    "log_odds": Series(
        "log-odds",
        "Change in the log-odds of the BEV share over a year",
        "Part of the change that the term explains; terms of a year add up to the whole change.",
    ),
}

_COVERAGE_RANGE_MILES = np.array([250.0])  # range at which coverage is reported

NATIONAL_WAITING: dict[str, Series] = {
    "waiting_gain_kusd": Series(
        "thousand 2025 $",
        "Gain buyers expect from waiting a year for a BEV",
        "For the income class nearest to the mean.",
    ),
    "waiting_joined": Series(
        "seat/quarter", "Buyers who postpone a BEV purchase (expected)", "A seat is a household vehicle."
    ),
    "waiting_pool": Series(
        "seat",
        "Buyers waiting for a better BEV (drawn)",
        "A seat is a household vehicle; 0 in mean field, which draws nobody.",
    ),
    "hurried": Series(
        "car/quarter", "BEV purchases pulled forward (expected)", "Bought now because an incentive is about to end."
    ),
}


def national_new(record: Record, outcome: Outcome, hazard: float, powertrain: NDArray[np.int64], quarter: int) -> Row:
    """New-car sales beside observed ones, entry and keeping, and demand constants; ``powertrain``: (products,)."""
    served, flows = outcome.served_new, outcome.flows
    total = float(served.sum())
    sold = np.bincount(powertrain, served, minlength=len(POWERTRAINS))
    recorded, constants = record.shares(quarter), np.nan_to_num(record.constants.xi)
    bev, gasoline = (served * (powertrain == kind) for kind in (BEV, ICE))
    return {
        "bev_share_new": sold[BEV] / total,
        "phev_share_new": sold[PHEV] / total,
        "hev_share_new": sold[HEV] / total,
        "bev_share_recorded": recorded[BEV],
        "phev_share_recorded": recorded[PHEV],
        "hev_share_recorded": recorded[HEV],
        "new_sales": total,
        "new_sales_recorded": record.total(quarter),
        "bev_sales": sold[BEV],
        "bev_demand": float(flows.new[powertrain == BEV].sum()),
        "keep_share": flows.keepers / max(flows.owners, 1e-12),
        "look_hazard": hazard,
        "unexplained_bev_kusd": weighted_or_nan(constants, bev) - weighted_or_nan(constants, gasoline),
    }


def national_used(outcome: Outcome, market: UsedMarket, price_kusd: Floats) -> Row:
    """Used cars: their prices, (goods,), over those of the base year and over what the cars cost when new.

    The retained value of BEVs is that of long range and Tesla's, by trade-ins.
    """
    stock = np.maximum(outcome.flows.trade_ins, 1e-9)
    ratio = price_kusd / market.base_price_kusd
    retention = market.retention(price_kusd)
    young_bevs = np.array([BEV_LONG, BEV_TESLA]) * len(AGE_BUCKETS)
    return {
        "used_sales": float(outcome.flows.used.sum()),
        "used_price_index": float(np.exp((np.log(ratio) * stock).sum() / stock.sum())),
        "used_bev_retention_3y": float(np.average(retention[young_bevs], weights=stock[young_bevs])),
        "used_petrol_retention_3y": retention[ICE * len(AGE_BUCKETS)],
        "used_excess_share": outcome.cleared.excess_share,
        "used_dearer_older": market.warnings.dearer_older,
        "used_above_new": market.warnings.above_new,
        "used_outside_validity": int(market.warnings.outside),
    }


def national_surroundings(access: Access, prices: Prices, seats: Floats, bought: Floats, is_tesla: Bools) -> Row:
    """Charging as perceived and fuel prices, means over ``seats``, (zones,).

    ``bought``: (products,) new cars wanted, the weights of classes of access; ``is_tesla``: (products,).
    """
    share = seats / seats.sum()

    def coverage(of: Floats) -> float:
        return float((reported_coverage(access, of) * share).sum())

    return {
        "trip_coverage": coverage(bought),
        "trip_coverage_tesla": coverage(bought * is_tesla),
        "trip_coverage_other": coverage(bought * ~is_tesla),
        "local_adequacy": float((reported_adequacy(access, bought) * share).sum()),
        "gasoline_usd_per_gallon": float((prices.gasoline_usd_per_gallon * share).sum()),
        "electricity_usd_per_kwh": float((prices.electricity_usd_per_kwh * share).sum()),
    }


def reported_coverage(access: Access, bought: Floats) -> Floats:
    """Share of trips covered at the range that is reported, 250 miles, shape (zones,), for the mean BEV of ``bought``.

    ``bought``: (products,); not a number where no BEV is.
    """
    return access.coverage_at(_COVERAGE_RANGE_MILES, _mean_classes(access, bought))[:, 0]


def reported_adequacy(access: Access, bought: Floats) -> Floats:
    """Adequacy near home for the mean BEV of ``bought``, shape (zones,)."""
    return access.local_of(_mean_classes(access, bought))[:, 0]


def _mean_classes(access: Access, bought: Floats) -> Floats:
    """Share of each class of access among the BEVs of ``bought``, (products,), shape (1, classes)."""
    by_class = bought @ access.of_products
    total = float(by_class.sum())
    return np.asarray(by_class / total if total > 0.0 else np.full(by_class.shape, np.nan))[None, :]


def explanation(growth_by_term: Mapping[str, float], year: int) -> Iterator[Row]:
    """Growth in the log-odds of the BEV share over a year, a row a term."""
    for term, log_odds in growth_by_term.items():
        yield {"year": year, "term": term, "group": group_of_cause(term), "log_odds": log_odds}


def weighted_or_nan(values: Floats, weight: Floats) -> float:
    """Mean of values by weight, NaN where nothing weighs; both of the same shape."""
    return float((values * weight).sum() / weight.sum()) if weight.sum() > 0 else float("nan")


def national_waiting(waiting: WaitingBuyers) -> Row:
    """The national columns of waiting: the gain is that of the class nearest to the mean income."""
    return {
        "waiting_gain_kusd": float(waiting.gain_kusd[_MEAN_INCOME]),
        "waiting_joined": waiting.joined,
        "waiting_pool": waiting.pool,
        "hurried": waiting.hurried,
    }
