"""What a quarter is written down as: rows of the result tables from the state of the market."""

from typing import TYPE_CHECKING

from agents.calendar import QUARTERS_PER_YEAR
from market import buyers_outputs, fleet_outputs, makers_outputs, quarters
from market.battery_reporting import national_batteries, write_batteries
from market.charging_books import GRANTS
from market.charging_reporting import national_charging, write_charging, zone_charging
from market.explanation import UNEXPLAINED, Explanation
from market.grid_reporting import national_grid
from market.series import Row
from market.trust_reporting import national_trust, write_trust

if TYPE_CHECKING:
    from market.model import Market


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
    _write_cars(market, label)
    write_charging(market, label)
    if market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
        growth = growth_by_term(market, market.explanation)
        for row in buyers_outputs.explanation(growth, quarters.year(market.quarter)):
            market.recorder.write("explanation", row)
    write_trust(market, label)
    if market.has_power_side:
        write_batteries(market, label)


def _write_cars(market: "Market", label: str) -> None:
    now, fleet, offering, write = market.now, market.fleet, market.offering, market.recorder.write
    write("national", _national(market, label))
    new_sales = now.market.new_by_zone(now.outcome, market.places.size)
    plugs = market.charging_graph.zone_plugs
    names = market.places.names
    zones = fleet_outputs.zones(label, names, market.zone_bev_share, new_sales, fleet, plugs, market.access)
    for zone, row in enumerate(zones):
        write("zones", row | zone_charging(market, zone))
    recorded, constants = market.record.sales.at(market.quarter), market.record.constants.xi
    for row in makers_outputs.automakers(label, offering, market.makers, now.outcome, recorded, constants):
        write("automakers", row)
    new_price = offering.price_by_kind(market.quarter)
    for row in fleet_outputs.used(label, fleet, market.used_price_kusd, new_price, now.outcome.flows.used):
        write("used", row)


def _national(market: "Market", label: str) -> Row:
    now, record, offering, products, graph = (
        market.now, market.record, market.offering, market.products, market.charging_graph,
    )  # fmt: skip
    prices = (market.used_price_kusd, market.base_used_price_kusd, offering.price_by_kind(market.quarter))
    new = buyers_outputs.national_new(record, now.outcome, now.hazard, products.powertrain, market.quarter)
    return {
        "quarter": label,
        **new,
        **buyers_outputs.national_used(now.outcome, *prices),
        **buyers_outputs.national_surroundings(market.access, market.prices, market.places.seats),
        **fleet_outputs.national(market.fleet, now.traded, products.is_bev, new["bev_share_new"]),
        **makers_outputs.national(offering, now.outcome.served_new, now.traded, market.ledger, market.quarter),
        "charger_grants_musd": 0.0 - market.ledger.balance_musd(GRANTS),
        "fast_ports": float(graph.zone_plugs.sum() + graph.corridor_plugs.sum()),
        **national_trust(market),
        **national_charging(market),
        **national_batteries(market),
        **national_grid(market),
    }


def growth_by_term(market: "Market", explanation: Explanation) -> dict[str, float]:
    """Growth in the log-odds of the battery-car share by term since ``explanation`` was last asked."""
    now, constants, flows = market.now, market.record.constants, market.now.outcome.flows
    zeta = constants.zeta[:, None, None, None] * market.products.is_bev
    return explanation.explain(
        {**now.valued.terms, UNEXPLAINED: constants.xi + zeta}, now.new_cars.served_share, now.lookers,
        now.outcome.values, flows.acquirers * flows.tables.new, market.places.size, market.nests, market.alphas,
        market.products.is_bev,
    )  # fmt: skip
