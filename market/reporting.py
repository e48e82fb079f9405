"""What a quarter is written down as: rows of the result tables from the state of the market."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market import quarters
from market.battery_reporting import national_batteries, write_batteries
from market.bookkeeping import GOVERNMENT, used_credits_musd
from market.charging_books import GRANTS
from market.charging_reporting import national_charging, write_charging, zone_charging
from market.explanation import UNEXPLAINED, Explanation
from market.grid_reporting import national_grid
from market.trust_reporting import national_trust, write_trust
from market.vocabulary import (
    AGE_BUCKETS,
    BEV,
    BEV_LONG,
    BEV_SHORT,
    CAR_TYPES,
    HEV,
    ICE,
    KINDS,
    MAKERS,
    PHEV,
    POWERTRAINS,
    good_of_car,
)  # fmt: skip

if TYPE_CHECKING:
    from market.model import Market

_COVERAGE_RANGE_MILES = np.array([250.0])  # range at which coverage is reported


def bev_share_new(market: "Market") -> float:
    """Battery-car share of new sales in the last quarter."""
    return float(market.recorder.last("national")["bev_share_new"])


def new_sales(market: "Market") -> float:
    """New cars sold in the last quarter."""
    return float(market.recorder.last("national")["new_sales"])


def bev_stock(market: "Market") -> float:
    """Battery cars on the road."""
    return float(market.recorder.last("national")["bev_stock"])


MODEL_REPORTERS = {"bev_share_new": bev_share_new, "new_sales": new_sales, "bev_stock": bev_stock}
"""What Mesa's DataCollector and ``mesa.batch_run`` see; the recorder's tables hold everything."""


def write_quarter(market: "Market") -> None:
    """Write this quarter into every table."""
    label = quarters.label(market.quarter)
    market.recorder.write("national", _national(market, label))
    _write_zones(market, label)
    _write_makers(market, label)
    _write_used(market, label)
    write_charging(market, label)
    if market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
        _write_explanation(market)
    write_trust(market, label)
    if market.has_power_side:
        write_batteries(market, label)


def _weighted(values: Floats, weight: Floats) -> float:
    return float((values * weight).sum() / weight.sum()) if weight.sum() > 0 else float("nan")


def _national(market: "Market", label: str) -> dict[str, Any]:
    served, products = market.outcome.served_new, market.products
    flows = market.outcome.flows
    total = float(served.sum())
    by_powertrain = np.bincount(products.powertrain, served, minlength=len(POWERTRAINS))
    recorded = market.record.shares(market.quarter)
    drawn = market.traded.new_by_product()
    cars = market.fleet.on_seats.cars[:CAR_TYPES]
    on_road = cars.sum(axis=1).reshape(len(KINDS), -1).sum(axis=1) * market.fleet.weight
    bev, petrol = served * products.is_bev, served * (products.powertrain == ICE)
    credit = np.broadcast_to(market.offering.credit_kusd.mean(axis=(0, 1)), served.shape)
    new_price = market.offering.price_by_kind(market.quarter)
    share = by_powertrain[BEV] / total
    draws = max(market.traded.new_buyers_drawn, 1.0)
    seats = market.places.seats / market.places.seats.sum()
    return {
        "quarter": label,
        "bev_share_new": share,
        "phev_share_new": by_powertrain[PHEV] / total,
        "hev_share_new": by_powertrain[HEV] / total,
        "bev_share_recorded": recorded[BEV],
        "phev_share_recorded": recorded[PHEV],
        "hev_share_recorded": recorded[HEV],
        "new_sales": total,
        "new_sales_drawn": float(drawn.sum()),
        "new_sales_recorded": market.record.total(market.quarter),
        "bev_sales": by_powertrain[BEV],
        "bev_sales_drawn": float(drawn[products.is_bev].sum()),
        "bev_demand": float(flows.new[products.is_bev].sum()),
        "bev_stock": float(on_road[BEV_SHORT] + on_road[BEV_LONG]),
        "cars_stock": float(on_road.sum()),
        "used_sales": float(flows.used.sum()),
        "dealer_stock": market.fleet.lot.size * market.fleet.weight,
        "scrapped": market.fleet.scrapped * market.fleet.weight,
        "keep_share": flows.keepers / max(flows.owners, 1e-12),
        "look_hazard": market.hazard,
        "used_price_index": _used_index(market),
        "used_bev_retention_3y": market.used_price_kusd[_young(BEV_LONG)] / new_price[BEV_LONG],
        "used_petrol_retention_3y": market.used_price_kusd[_young(ICE)] / new_price[ICE],
        "used_excess_share": market.outcome.cleared.excess_share,
        "bev_price_kusd": _weighted(market.offering.price_kusd, bev),
        "petrol_price_kusd": _weighted(market.offering.price_kusd, petrol),
        "bev_credit_kusd": _weighted(credit, bev),
        "credits_paid_musd": -market.ledger.balance_musd(GOVERNMENT),
        "used_credits_paid_musd": sum(used_credits_musd(market).values()),
        "charger_grants_musd": 0.0 - market.ledger.balance_musd(GRANTS),
        "bev_range_miles": _weighted(market.offering.offers.range_miles, bev),
        "bev_models": float(market.offering.offers.effective_models[products.is_bev].sum()),
        "trip_coverage": float((market.access.coverage_at(_COVERAGE_RANGE_MILES)[:, 0] * seats).sum()),
        "local_adequacy": float((market.access.local * seats).sum()),
        "fast_ports": float(market.charging_graph.zone_plugs.sum() + market.charging_graph.corridor_plugs.sum()),
        "gasoline_usd_per_gallon": float((market.prices.gasoline_usd_per_gallon * seats).sum()),
        "electricity_usd_per_kwh": float((market.prices.electricity_usd_per_kwh * seats).sum()),
        "pack_price_usd_per_kwh": market.offering.pack_prices.usd_per_kwh(market.quarter),
        "unexplained_bev_kusd": _weighted(np.nan_to_num(market.record.constants.xi), bev)
        - _weighted(np.nan_to_num(market.record.constants.xi), petrol),
        "bev_share_sd": float(np.sqrt(share * (1.0 - share) / draws)),
        **national_trust(market),
        **national_charging(market),
        **national_batteries(market),
        **national_grid(market),
    }


def _young(kind: int) -> int:
    return kind * len(AGE_BUCKETS)


def _used_index(market: "Market") -> float:
    stock = np.maximum(market.outcome.flows.trade_ins, 1e-9)
    ratio = market.used_price_kusd / market.base_used_price_kusd
    return float(np.exp((np.log(ratio) * stock).sum() / stock.sum()))


def _write_zones(market: "Market", label: str) -> None:
    zones = market.places.size
    total = market.market.new_by_zone(market.outcome, zones)
    cars = market.fleet.on_seats.by_zone.sum(axis=1)
    on_road, bevs = cars.sum(axis=1) * market.fleet.weight, cars[:, 1] * market.fleet.weight
    coverage = market.access.coverage_at(_COVERAGE_RANGE_MILES)[:, 0]
    share = market.zone_bev_share
    for zone, name in enumerate(market.places.names):
        market.recorder.write("zones", {
            "quarter": label, "zone": name, "bev_share_new": share[zone], "new_sales": total[zone],
            "bev_stock": bevs[zone], "cars_stock": on_road[zone],
            "fast_plugs": market.charging_graph.zone_plugs[zone], "trip_coverage": coverage[zone],
            "local_adequacy": market.access.local[zone], **zone_charging(market, zone),
        })  # fmt: skip


def _write_makers(market: "Market", label: str) -> None:
    products, sales, price = market.products, market.record.sales.at(market.quarter), market.offering.price_kusd
    cost, incentive, stock = (np.zeros(products.size) for _ in range(3))
    for maker in market.makers:
        cost[maker.products], stock[maker.products] = maker.cost_kusd, maker.stock_cars
        incentive[maker.products] = maker.incentive_share
    for product in np.flatnonzero(market.offering.offers.on_offer):
        recorded = sales[product]
        market.recorder.write("automakers", {
            "quarter": label, "maker": MAKERS[products.maker[product]], "product": products.names[product],
            "powertrain": POWERTRAINS[products.powertrain[product]], "price_kusd": price[product],
            "marginal_cost_kusd": cost[product], "markup_share": 1.0 - cost[product] / price[product],
            "incentive_share": incentive[product], "stock": stock[product],
            "demand": market.outcome.flows.new[product], "sales": market.outcome.served_new[product],
            "recorded_sales": recorded, "constant_kusd": market.record.constants.xi[product],
        })  # fmt: skip


def _write_used(market: "Market", label: str) -> None:
    cars = market.fleet.all_cars()[:CAR_TYPES]
    good = good_of_car(np.arange(CAR_TYPES)[:, None], np.arange(cars.shape[1])[None, :])
    on_road = np.bincount(good.ravel(), cars.ravel()) * market.fleet.weight
    new_price = market.offering.price_by_kind(market.quarter)
    for kind, kind_name in enumerate(KINDS):
        for bucket, bucket_name in enumerate(AGE_BUCKETS):
            place = kind * len(AGE_BUCKETS) + bucket
            price = market.used_price_kusd[place]
            market.recorder.write("used", {
                "quarter": label, "kind": kind_name, "age_bucket": bucket_name, "price_kusd": price,
                "retention": price / new_price[kind], "bought": market.outcome.flows.used[place],
                "on_road": on_road[place],
            })  # fmt: skip


def growth_by_term(market: "Market", explanation: Explanation) -> dict[str, float]:
    """Growth in the log-odds of the battery-car share by term since ``explanation`` was last asked."""
    zeta = market.record.constants.zeta[:, None, None, None] * market.products.is_bev
    flows = market.outcome.flows
    return explanation.explain(
        {**market.valued.terms, UNEXPLAINED: market.record.constants.xi + zeta}, market.new_cars.served_share,
        market.lookers, market.outcome.values, flows.acquirers * flows.tables.new, market.places.size, market.nests,
        market.alphas, market.products.is_bev,
    )  # fmt: skip


def _write_explanation(market: "Market") -> None:
    for term, log_odds in growth_by_term(market, market.explanation).items():
        market.recorder.write(
            "explanation", {"year": quarters.year(market.quarter), "term": term, "log_odds": log_odds}
        )
