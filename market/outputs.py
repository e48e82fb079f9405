"""Rows of the result tables from the state of the market at the end of a quarter."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters
from market.base.categories import CAR_TYPES, MAKERS
from market.base.column import Row
from market.buyers import outputs as buyers_outputs
from market.buyers.decomposition import Explanation
from market.cells.accounts import TREASURY
from market.cells.lines import SELLERS
from market.cells.outputs import capacity_gwh, national_cells, national_channels, output_by_plant, plant_rows
from market.charging.outputs import national_charging, operator_rows, state_rows, zone_charging
from market.conversion.accounts import car_profit_musd, cell_profit_musd
from market.conversion.flow_outputs import flow_rows
from market.conversion.outputs import change_rows, maker_rows
from market.fleet import outputs as fleet_outputs
from market.makers import outputs as makers_outputs
from market.makers.plan_outputs import maker_plans
from market.outcomes.buyer_outputs import Bought, income_rows, segment_rows
from market.outcomes.emissions import by_place, emission_rows, new_by_place
from market.outcomes.plant_outputs import decided_musd, job_rows
from market.outcomes.public_money import battery_payments, charger_payments, payment_rows, purchase_payments
from market.outcomes.sold_cars import kinds_of_buyer, new_cars, used_cars
from market.outcomes.state_outputs import by_zone_musd, sales_by_state
from market.outcomes.state_outputs import state_rows as rows_of_states
from market.outcomes.vehicle_energy import new_gallons_per_mile
from market.outcomes.welfare import acquisition_value_usd, mean_by_kind
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
    """Write this quarter into every table that the recorder keeps."""
    recorder = market.recorder
    for table, rows in _ROWS.items():
        if recorder.keeps(table) and (market.has_power_side or table not in _OF_POWER_SIDE):
            for row in rows(market):
                recorder.write(table, row)
    kept = [table for table in _ROWS_OF_SALES if recorder.keeps(table)]
    sold = new_cars(market.now.market, market.now.outcome, market.places.size) if kept else np.zeros(0)
    for table in kept:
        for row in _ROWS_OF_SALES[table](market, sold):
            recorder.write(table, row)


def _label(market: Sectors) -> str:
    return quarters.label(market.quarter)


def _ends_year(market: Sectors) -> bool:
    return market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1


def _national(market: Sectors) -> Iterator[Row]:
    now, record, offering, products = market.now, market.record, market.offering, market.products
    neighbors = now.valued.terms["neighbours"][:, 0, 0, :].max(axis=1)
    is_tesla = products.maker == MAKERS.index("Tesla")
    surroundings = (market.access, market.prices, market.places.seats, now.outcome.flows.new, is_tesla)
    new = buyers_outputs.national_new(record, now.outcome, now.hazard, products.powertrain, market.quarter)
    yield {
        "quarter": _label(market),
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


def _zones(market: Sectors) -> Iterator[Row]:
    now, graph = market.now, market.charging_graph
    new_sales = now.market.new_by_zone(now.outcome, market.places.size)
    setting = (market.zone_bev_share, new_sales, market.fleet, graph.zone_plugs, market.access, now.outcome.flows.new)
    zones = fleet_outputs.zones(_label(market), market.places.names, *setting)
    for zone, row in enumerate(zones):
        yield row | zone_charging(market.charging_side.service, zone)


def _automakers(market: Sectors) -> Iterable[Row]:
    record = market.record
    recorded, constants = record.sales.at(market.quarter), record.constants.xi
    return makers_outputs.automakers(
        _label(market), market.offering, market.makers, market.now.outcome, recorded, constants
    )


def _used(market: Sectors) -> Iterable[Row]:
    used, price = market.used_market, market.used_price_kusd
    sold = market.now.outcome.flows.used
    return fleet_outputs.used(_label(market), market.fleet, price, used.retention(price), sold, used.thin)


def _explanation(market: Sectors) -> Iterable[Row]:
    """Rows of a year, at its end."""
    if not _ends_year(market):
        return ()
    return buyers_outputs.explanation(growth_by_term(market, market.explanation), quarters.year(market.quarter))


def _trust(market: Sectors) -> Iterable[Row]:
    return trust_rows(market.trust, market.true_charging_success, market.clock)


def _charging(market: Sectors) -> Iterable[Row]:
    return operator_rows(market.charging_side, market.prices.public_usd_per_kwh, market.quarter)


def _charging_states(market: Sectors) -> Iterable[Row]:
    """In first quarters, the ports of states at the last year's end."""
    if market.quarter % QUARTERS_PER_YEAR != 0:
        return ()
    return state_rows(market.charging_side.network, market.charging_graph, market.quarter - 1)


def _plants(market: Sectors) -> Iterable[Row]:
    return plant_rows(market.cells, market.plants, market.cell_quarter, market.quarter)


def _makers(market: Sectors) -> Iterable[Row]:
    models, quarter = market.offering.offers.effective_models, market.quarter
    plans = [maker_plans(market.planning, market.products, models, quarter, place) for place in range(len(SELLERS))]
    profits = (_car_profit_musd(market), _cell_profit_musd(market))
    return maker_rows(market.cells, market.cell_quarter, *profits, plans, quarter)


def _line_changes(market: Sectors) -> Iterable[Row]:
    return change_rows(market.line_decisions.changes, market.cells.lines, market.plants, market.quarter)


def _regions(market: Sectors) -> Iterable[Row]:
    scarcity = market.world.scarcity(quarters.year(market.quarter))
    return region_rows(market.power, market.places, market.prices.electricity_usd_per_kwh, scarcity, market.quarter)


def _storage_contracts(market: Sectors) -> Iterable[Row]:
    return contract_rows(market.power, market.quarter, is_last=market.quarter == market.last_quarter)


def _cell_flows(market: Sectors) -> Iterable[Row]:
    return flow_rows(market.cell_quarter, market.power, market.quarter)


def _public_money(market: Sectors) -> Iterable[Row]:
    offering, quarter = market.offering, market.quarter
    paid = [
        *purchase_payments(market.now.traded, offering.credit_by_policy, offering.used_credit_by_policy),
        *charger_payments(market.charging_side.network.funding),
    ]
    if market.has_power_side:
        credit = market.cells.costs.statutory_credit_usd_per_kwh(quarter)
        paid += battery_payments(market.cell_quarter, market.cells.lines, credit, market.power.book)
    return payment_rows(paid, quarter)


def _jobs(market: Sectors) -> Iterable[Row]:
    cells, plants, quarter = market.cells, market.outcomes.plants, market.quarter
    decided = decided_musd(market.line_decisions.changes, cells.lines, len(plants))
    capacity = capacity_gwh(cells.lines, len(plants), quarter)
    return job_rows(plants, capacity, decided, cells.parameters.new_plant_musd, quarter)


def _emissions(market: Sectors, sold: Floats) -> Iterable[Row]:
    setting, fleet = market.outcomes, market.fleet
    cars = np.asarray(fleet.on_seats.cars[:CAR_TYPES] * fleet.weight, dtype=np.float64)
    miles = market.parameters.buyers.miles_per_year
    energy = setting.energy.fleet(cars, market.quarter, miles, setting.home_share)
    others, bevs = (setting.parts.of_pair.T @ fleet.on_seats.by_zone.sum(axis=1)).T
    columns = by_place(energy, others, bevs, setting.pair_grid_kg, setting.factors)
    gallons = new_gallons_per_mile(market.offering.offers)
    columns |= new_by_place(sold, gallons, setting.parts.of_pair, setting.factors.gasoline_kg)
    return emission_rows(columns, setting.parts, market.quarter)


def _states(market: Sectors, sold: Floats) -> Iterable[Row]:
    setting, fleet, parts = market.outcomes, market.fleet, market.outcomes.parts
    paid = by_zone_musd(market.now.traded.new, market.offering.credit_kusd) @ parts.of_state
    made = credited = np.zeros(len(market.plants))
    if market.has_power_side:
        made, credited = output_by_plant(market.cells, market.cell_quarter)
    rate = market.cells.costs.statutory_credit_usd_per_kwh(market.quarter)
    columns = {
        "fast_ports": market.charging_side.network.ports_by_state(),
        "purchase_credits_musd": paid,
        "production_credits_musd": setting.plants_by_state(credited) * rate,
        "cell_output_gwh": setting.plants_by_state(made),
    }
    cars = fleet.on_seats.by_zone.sum(axis=1) * fleet.weight
    return rows_of_states(parts, sales_by_state(sold, market.products.is_bev, parts), cars, columns, market.quarter)


def _incomes(market: Sectors, sold: Floats) -> Iterable[Row]:
    offering, now, outcome = market.offering, market.now, market.now.outcome
    used_net = market.used_price_kusd - offering.used_credit_kusd
    bought = Bought(sold, used_cars(now.in_market, outcome), offering.price_kusd, offering.credit_kusd, used_net)
    kinds, new_share = kinds_of_buyer(now.in_market), outcome.flows.tables.new
    value = acquisition_value_usd(outcome.choice.inclusive_kusd, new_share, outcome.values.money, market.alphas)
    people = market.everyone.carless[now.in_market.stratum_code]
    acquirers = kinds @ outcome.flows.acquirers
    return income_rows(bought, market.products.is_bev, acquirers, mean_by_kind(value, people, kinds), market.quarter)


def _segments(market: Sectors, sold: Floats) -> Iterable[Row]:
    products, fleet = market.products, market.fleet
    cars = fleet.on_seats.cars.sum(axis=1) * fleet.weight
    new = sold.sum(axis=(0, 1, 2))
    return segment_rows(new, market.offering.price_kusd, products.segment, products.is_bev, cars, market.quarter)


def growth_by_term(market: Sectors, explanation: Explanation) -> dict[str, float]:
    """Growth in the log-odds of the BEV share by term since ``explanation`` was last asked."""
    now = market.now
    return explanation.explain(now.valued.terms, now.in_market, now.outcome, now.hazard)


_OF_POWER_SIDE = frozenset(("plants", "makers", "line_changes", "regions", "storage_contracts", "cell_flows", "jobs"))
"""Tables without rows in a run without a power side."""

_ROWS: dict[str, Callable[[Sectors], Iterable[Row]]] = {
    "national": _national,
    "zones": _zones,
    "automakers": _automakers,
    "used": _used,
    "explanation": _explanation,
    "trust": _trust,
    "charging": _charging,
    "charging_states": _charging_states,
    "plants": _plants,
    "makers": _makers,
    "line_changes": _line_changes,
    "regions": _regions,
    "storage_contracts": _storage_contracts,
    "cell_flows": _cell_flows,
    "public_money": _public_money,
    "jobs": _jobs,
}
"""The rows a quarter adds to each table."""

_ROWS_OF_SALES: dict[str, Callable[[Sectors, Floats], Iterable[Row]]] = {
    "emissions": _emissions,
    "states": _states,
    "incomes": _incomes,
    "segments": _segments,
}
"""The same of tables that need new cars by who buys them, (zones, incomes, homes, products)."""
