"""Rows of the result tables from the state of the market at the end of a quarter."""

from functools import partial

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters
from market.base.categories import MAKERS
from market.base.column import Row
from market.buyers import outputs as buyers_outputs
from market.buyers.decomposition import Explanation
from market.cells.accounts import TREASURY
from market.cells.lines import SELLERS
from market.cells.outputs import national_cells, national_channels, plant_rows
from market.charging.outputs import national_charging, operator_rows, state_rows, zone_charging
from market.conversion.accounts import car_profit_musd, cell_profit_musd
from market.conversion.flow_outputs import flow_rows
from market.conversion.outputs import change_rows, maker_rows
from market.fleet import outputs as fleet_outputs
from market.makers import outputs as makers_outputs
from market.makers.plan_outputs import maker_plans
from market.power.grid_outputs import national_grid
from market.power.outputs import contract_rows, national_storage, region_rows
from market.recorder import NATIONAL, NATIONAL_BATTERIES
from market.sectors import Sectors
from market.trust.outputs import national_trust, trust_rows


def last_national(column: str, market: Sectors) -> float | str:
    """A column of the national table in the last quarter."""
    value: float | str = market.recorder.last("national")[column]
    return value


MODEL_REPORTERS = {column: partial(last_national, column) for column in NATIONAL}
"""What Mesa's DataCollector and ``mesa.batch_run`` see; the recorder's tables hold everything."""


def write_quarter(market: Sectors) -> None:
    """Write this quarter into every table."""
    label = quarters.label(market.quarter)
    _write_cars(market, label)
    _write_charging(market)
    if market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
        growth = growth_by_term(market, market.explanation)
        for row in buyers_outputs.explanation(growth, quarters.year(market.quarter)):
            market.recorder.write("explanation", row)
    for row in trust_rows(market.trust, market.true_charging_success, market.clock):
        market.recorder.write("trust", row)
    if market.has_power_side:
        _write_batteries(market)


def _write_cars(market: Sectors, label: str) -> None:
    now, fleet, offering, write = market.now, market.fleet, market.offering, market.recorder.write
    write("national", _national(market, label))
    new_sales = now.market.new_by_zone(now.outcome, market.places.size)
    plugs = market.charging_graph.zone_plugs
    names = market.places.names
    setting = (market.zone_bev_share, new_sales, fleet, plugs, market.access, now.outcome.flows.new)
    zones = fleet_outputs.zones(label, names, *setting)
    for zone, row in enumerate(zones):
        write("zones", row | zone_charging(market.charging_side.service, zone))
    recorded, constants = market.record.sales.at(market.quarter), market.record.constants.xi
    for row in makers_outputs.automakers(label, offering, market.makers, now.outcome, recorded, constants):
        write("automakers", row)
    used = market.used_market
    retention = used.retention(market.used_price_kusd)
    for row in fleet_outputs.used(label, fleet, market.used_price_kusd, retention, now.outcome.flows.used, used.thin):
        write("used", row)


def _national(market: Sectors, label: str) -> Row:
    now, record, offering, products = market.now, market.record, market.offering, market.products
    neighbors = now.valued.terms["neighbours"][:, 0, 0, :].max(axis=1)
    is_tesla = products.maker == MAKERS.index("Tesla")
    surroundings = (market.access, market.prices, market.places.seats, now.outcome.flows.new, is_tesla)
    new = buyers_outputs.national_new(record, now.outcome, now.hazard, products.powertrain, market.quarter)
    return {
        "quarter": label,
        **new,
        **buyers_outputs.national_used(now.outcome, market.used_market, market.used_price_kusd),
        **buyers_outputs.national_surroundings(*surroundings),
        **fleet_outputs.national(market.fleet, now.traded, products.is_bev, new["bev_share_new"]),
        **makers_outputs.national(offering, now.outcome.served_new, now.traded, market.ledger, market.quarter),
        **national_trust(market.trust, neighbors, market.clock),
        **buyers_outputs.national_waiting(market.waiting),
        **national_charging(market.charging_side, market.charging_graph, market.ledger),
        **_national_batteries(market),
        **national_grid(market.grid, market.places.seats, market.quarter),
    }


def _national_batteries(market: Sectors) -> Row:
    """The national columns of cells, storage and lines; NaN in a run without a power side."""
    if not market.has_power_side:
        return dict.fromkeys(NATIONAL_BATTERIES, float("nan"))
    quarter, power, lithium = market.quarter, market.power, market.world.lithium_usd_per_kg(market.quarter)
    lost = market.planning.programmes.lost_share(market.offering.offers.effective_models)
    return {
        **national_cells(market.cells, market.cell_quarter, lithium, power.price_usd_per_kwh, quarter),
        **national_storage(power, quarter),
        **national_channels(market.cells, lost, quarter),
        "cell_profit_musd": float(_cell_profit_musd(market).sum()),
        "car_profit_musd": float(_car_profit_musd(market).sum()),
        "battery_credits_musd": -market.ledger.balance_musd(TREASURY),
    }


def _cell_profit_musd(market: Sectors) -> Floats:
    cells, changes = market.cells, market.line_decisions.changes
    revenue = market.power.book.revenue_musd
    return cell_profit_musd(market.cell_quarter, cells.costs, cells.lines, changes, revenue, market.quarter)


def _car_profit_musd(market: Sectors) -> Floats:
    return car_profit_musd(market.makers, market.offering.margin_beyond_price_kusd, market.now.deliveries)


def _write_charging(market: Sectors) -> None:
    """Rows of operators, and in first quarters the ports of states at the last year's end."""
    side = market.charging_side
    for row in operator_rows(side, market.prices.public_usd_per_kwh, market.quarter):
        market.recorder.write("charging", row)
    if market.quarter % QUARTERS_PER_YEAR == 0:
        for row in state_rows(side.network, market.charging_graph, market.quarter - 1):
            market.recorder.write("charging_states", row)


def _write_batteries(market: Sectors) -> None:
    """Rows of plants, automakers, line changes, regions and contracts."""
    cells, done, quarter = market.cells, market.cell_quarter, market.quarter
    scarcity = market.world.scarcity(quarters.year(quarter))
    models = market.offering.offers.effective_models
    plans = [maker_plans(market.planning, market.products, models, quarter, place) for place in range(len(SELLERS))]
    rows = {
        "plants": plant_rows(cells, market.plants, done, quarter),
        "makers": maker_rows(cells, done, _car_profit_musd(market), _cell_profit_musd(market), plans, quarter),
        "line_changes": change_rows(market.line_decisions.changes, cells.lines, market.plants, quarter),
        "regions": region_rows(market.power, market.places, market.prices.electricity_usd_per_kwh, scarcity, quarter),
        "storage_contracts": contract_rows(market.power.book, quarter, is_last=quarter == market.last_quarter),
        "cell_flows": flow_rows(done, market.power.book, quarter),
    }
    for table, of_quarter in rows.items():
        for row in of_quarter:
            market.recorder.write(table, row)


def growth_by_term(market: Sectors, explanation: Explanation) -> dict[str, float]:
    """Growth in the log-odds of the BEV share by term since ``explanation`` was last asked."""
    now = market.now
    return explanation.explain(now.valued.terms, now.in_market, now.outcome, now.hazard)
