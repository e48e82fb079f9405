"""What a quarter is written down as: rows of the result tables from the state of the market."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market import quarters
from market.bookkeeping import GOVERNMENT, used_credits_musd
from market.cell_accounts import TREASURY
from market.cell_lines import SELLERS
from market.cell_outputs import national_cells, plant_rows
from market.charging_accounts import GRANTS
from market.charging_outputs import national_charging, operator_rows, state_rows, zone_charging
from market.conversion_accounts import car_profit_musd, cell_profit_musd
from market.conversion_outputs import change_rows, channels, maker_rows
from market.explanation import UNEXPLAINED, Explanation
from market.grid_outputs import national_grid
from market.plan_reporting import maker_plans
from market.power_outputs import contract_rows, national_storage, region_rows
from market.recorder import NATIONAL_BATTERIES
from market.series import Row
from market.trust_outputs import national_trust, trust_rows
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
from market.waiting_outputs import national_waiting

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
    _write_charging(market)
    if market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
        _write_explanation(market)
    for row in trust_rows(market.trust, market.true_charging_success, market.clock):
        market.recorder.write("trust", row)
    if market.has_power_side:
        _write_batteries(market)


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
        **national_trust(market.trust, market.valued.terms["neighbours"][:, 0, 0, :].max(axis=1), market.clock),
        **national_waiting(market.waiting),
        **national_charging(market.charging_side),
        **_national_batteries(market),
        **national_grid(market.grid, market.places.seats, market.quarter),
    }


def _national_batteries(market: "Market") -> Row:
    """The national columns of cells, storage and lines; not a number in a run without a power side."""
    if not market.has_power_side:
        return dict.fromkeys(NATIONAL_BATTERIES, float("nan"))
    quarter, power, lithium = market.quarter, market.power, market.world.lithium_usd_per_kg(market.quarter)
    models, kept = market.offering.offers.effective_models, market.cells.models_kept()
    lost = market.planning.lost_share(models, kept)
    return {
        **national_cells(market.cells, market.cell_quarter, lithium, power.price_usd_per_kwh, quarter),
        **national_storage(power, quarter),
        **channels(market.cells, lost),
        "cell_profit_musd": float(_cell_profit_musd(market).sum()),
        "car_profit_musd": float(_car_profit_musd(market).sum()),
        "battery_credits_musd": -market.ledger.balance_musd(TREASURY),
    }


def _cell_profit_musd(market: "Market") -> Floats:
    cells, changes = market.cells, market.line_decisions.changes
    revenue = market.power.book.revenue_musd
    return cell_profit_musd(market.cell_quarter, cells.costs, cells.lines, changes, revenue, market.quarter)


def _car_profit_musd(market: "Market") -> Floats:
    return car_profit_musd(market.makers, market.offering.margin_beyond_price_kusd, market.deliveries)


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
            "local_adequacy": market.access.local[zone], **zone_charging(market.charging_side.service, zone),
        })  # fmt: skip


def _write_charging(market: "Market") -> None:
    """Rows of operators, and in first quarters the ports of states at the last year's end."""
    side = market.charging_side
    for row in operator_rows(side, market.prices.public_usd_per_kwh, market.quarter):
        market.recorder.write("charging", row)
    if market.quarter % QUARTERS_PER_YEAR == 0:
        for row in state_rows(side.network, market.charging_graph, market.quarter - 1):
            market.recorder.write("charging_states", row)


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


def _write_batteries(market: "Market") -> None:
    """Rows of plants, makers, line changes, regions and contracts."""
    cells, done, quarter = market.cells, market.cell_quarter, market.quarter
    credit, scarcity = cells.costs.investment_credit_share(quarter), market.world.scarcity(quarters.year(quarter))
    models = market.offering.offers.effective_models
    plans = [maker_plans(market.planning, market.products, models, quarter, place) for place in range(len(SELLERS))]
    rows = {
        "plants": plant_rows(cells, market.plants, done, quarter),
        "makers": maker_rows(cells, done, _car_profit_musd(market), _cell_profit_musd(market), plans, quarter),
        "line_changes": change_rows(market.line_decisions.changes, cells.lines, market.plants, quarter),
        "regions": region_rows(
            market.power, market.places, market.prices.electricity_usd_per_kwh, scarcity, credit, quarter
        ),
        "storage_contracts": contract_rows(market.power.book, quarter, is_last=quarter == market.last_quarter),
    }
    for table, of_quarter in rows.items():
        for row in of_quarter:
            market.recorder.write(table, row)


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
