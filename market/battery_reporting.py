"""Rows of the tables of cells and storage from the state of the market."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cell_plant import NEVER
from agents.line_decision import LineAction, LineStatus, Use
from agents.storage_demand import ValueStack
from market import quarters
from market.battery_books import cell_profit_musd
from market.battery_series import NATIONAL_BATTERIES
from market.cell_lines import SELLERS
from market.grid_reporting import grid_of_regions, revenue_of_regions
from market.plan_reporting import maker_plans
from market.storage_contracts import TREASURY, StorageContract
from market.storage_vintages import GW, GWH
from market.vocabulary import MAKERS, REGIONS

if TYPE_CHECKING:
    from market.model import Market

_BEGIN_OUTPUT = (LineAction.START, LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK)


def national_batteries(market: "Market") -> dict[str, Any]:
    """The national columns of cells and storage; not a number in a run without a power side."""
    if not market.has_power_side:
        return dict.fromkeys(NATIONAL_BATTERIES, float("nan"))
    done, power, quarter = market.cell_quarter, market.power, market.quarter
    state = {f"capacity_{name}_gwh": float(gwh.sum()) for name, gwh in _capacity(market).items()}
    running = float(done.capacity.sum())
    return {
        **_prices(market),
        "cells_to_vehicles_gwh": float(done.for_cars.sum()) * QUARTERS_PER_YEAR,
        "cells_to_storage_gwh": float(done.for_storage.sum()) * QUARTERS_PER_YEAR,
        "cells_imported_for_vehicles_gwh": float(done.bought.sum()) * QUARTERS_PER_YEAR,
        "cell_stock_gwh": float(done.closing.sum()),
        **{name: value for name, value in state.items() if name in NATIONAL_BATTERIES},
        "converted_gwh_cumulative": float(market.cells.lines.gwh_per_year[market.cells.lines.turned].sum()),
        "plant_utilisation": float(done.output.sum()) / running if running > 0 else float("nan"),
        "vehicle_line_use": float(done.for_cars.sum() / done.capacity[Use.VEHICLES])
        if done.capacity[Use.VEHICLES] > 0
        else float("nan"),
        "storage_added_gw": float(power.book.added_gw.sum()),
        "storage_added_gwh": float(power.book.added_gwh.sum()),
        "storage_installed_gw": float(power.installed_gw.sum()),
        "storage_retired_gw": float(power.vintages.retired[GW].sum()),
        "storage_ordered_gwh": float(power.signed_gwh[-1].sum()),
        "compliant_demand_gwh": power.compliant_demand_gwh(quarter + QUARTERS_PER_YEAR),
        "compliant_supply_gwh": power.compliant_supply_gwh(quarter + QUARTERS_PER_YEAR),
        **_channels(market),
        "cell_profit_musd": float(cell_profit_musd(market).sum()),
        "car_profit_musd": float(_car_profit_musd(market).sum()),
        "battery_credits_musd": -market.ledger.balance_musd(TREASURY),
    }


def _prices(market: "Market") -> dict[str, float]:
    costs, quarter = market.cells.costs, market.quarter
    return {
        "lithium_usd_per_kg": market.world.lithium_usd_per_kg(quarter),
        "vehicle_cell_price_usd_per_kwh": costs.vehicle_price_usd_per_kwh(quarter),
        "storage_price_usd_per_kwh": market.power.price_usd_per_kwh,
        "storage_import_price_usd_per_kwh": costs.import_price_usd_per_kwh(quarter),
    }


def _channels(market: "Market") -> dict[str, float]:
    """What the detour does to car buyers, by channel: means over makers by the cells they need."""
    cells, needed = market.cells, market.cells.needed[-1]
    weight = needed / needed.sum() if needed.sum() > 0 else np.full(len(MAKERS), 1.0 / len(MAKERS))
    lost = market.planning.lost_share(market.offering.offers.effective_models, cells.models_kept())
    fixed = cells.fixed_cost_usd_per_kwh * cells.parameters.fixed_cost_passed_on
    return {
        "channel_fixed_cost_usd_per_kwh": float((weight * fixed).sum()),
        "channel_programmes_share": float((weight * lost).sum()),
        "channel_scarcity_usd_per_kwh": cells.scarcity_usd_per_kwh,
    }


def _car_profit_musd(market: "Market") -> Floats:
    """Markup on the cars each maker delivered, with what rules make a sale worth, (makers,)."""
    earned = np.zeros(len(MAKERS))
    for number, maker in enumerate(market.makers):
        own = maker.products
        margin = maker.price_kusd + market.offering.margin_beyond_price_kusd[own] - maker.cost_kusd
        earned[number] = float((market.deliveries[own] * margin).sum()) / 1e3
    return earned


def _capacity(market: "Market") -> Mapping[str, Floats]:
    """Capacity by plant and what its lines are at, GWh a year, each shape (plants,); dark lines are converting."""
    lines, quarter = market.cells.lines, market.quarter

    def of(hit: NDArray[np.bool_]) -> Floats:
        return group_sum(lines.gwh_per_year * hit, lines.plant, len(market.plants))

    known = lines.waiting_since <= quarter
    dark = (lines.status == LineStatus.CONVERTING) & ~lines.running(quarter)
    return {
        "vehicles": of(lines.making(Use.VEHICLES, quarter)),
        "storage": of(lines.making(Use.STORAGE, quarter)),
        "converting": of(dark),
        "idle": of(lines.status == LineStatus.IDLE),
        "building": of((lines.status == LineStatus.BUILDING) & known),
        "announced": of((lines.status == LineStatus.ANNOUNCED) & known),
        "closed": of(lines.status == LineStatus.CLOSED),
    }


def write_batteries(market: "Market", label: str) -> None:
    """Write the quarter's rows of plants, makers, line changes, regions and contracts."""
    _write_plants(market, label)
    _write_makers(market, label)
    _write_changes(market, label)
    _write_regions(market, label)
    book = market.power.book
    ended = [contract for contract in book.closed if contract.end == market.quarter]
    for contract in [*ended, *(book.open if market.quarter == market.last_quarter else ())]:
        market.recorder.write("storage_contracts", _contract_row(contract))


def _write_plants(market: "Market", label: str) -> None:
    lines, done = market.cells.lines, market.cell_quarter
    capacity = _capacity(market)
    output = group_sum(done.output, lines.plant, len(market.plants))
    could = group_sum(done.line_capacity, lines.plant, len(market.plants))
    turned = group_sum(lines.gwh_per_year * lines.turned, lines.plant, len(market.plants))
    for place, plant in enumerate(market.plants):
        market.recorder.write("plants", {
            "quarter": label, "plant": plant.name, "owner": plant.owner,
            "maker": plant.maker.name if plant.maker is not None else "open market",
            **{f"capacity_{name}_gwh": gwh[place] for name, gwh in capacity.items()},
            "turned_gwh": turned[place], "output_gwh": output[place],
            "utilisation": output[place] / could[place] if could[place] > 0 else float("nan"),
        })  # fmt: skip


def _write_makers(market: "Market", label: str) -> None:
    lines, done = market.cells.lines, market.cell_quarter
    cars, cells = _car_profit_musd(market), cell_profit_musd(market)
    output = group_sum(done.output, lines.maker, len(SELLERS))
    turned = group_sum(lines.gwh_per_year * lines.turned, lines.maker, len(SELLERS))
    could = group_sum(done.line_capacity, lines.maker, len(SELLERS))
    for place, maker in enumerate(SELLERS):
        is_maker = place < len(MAKERS)
        market.recorder.write("makers", {
            "quarter": label, "maker": maker, "car_profit_musd": cars[place] if is_maker else 0.0,
            "cell_profit_musd": cells[place], "output_gwh": output[place], "for_storage_gwh": done.for_storage[place],
            "needed_gwh": market.cells.needed[-1][place] if is_maker else 0.0, "turned_gwh": turned[place],
            "capacity_gwh": could[place],
            **maker_plans(
                market.planning, market.products, market.offering.offers.effective_models, market.quarter, place
            ),
        })  # fmt: skip


def _write_changes(market: "Market", label: str) -> None:
    lines = market.cells.lines
    for change in market.line_decisions.changes:
        ready = int(lines.ready[change.line])
        begins = change.action in _BEGIN_OUTPUT and ready < NEVER
        market.recorder.write("line_changes", {
            "quarter": label, "plant": market.plants[lines.plant[change.line]].name, "line": change.line,
            "action": change.action.name.lower().replace("_", " "),
            "gwh_per_year": lines.gwh_per_year[change.line],
            "output_from": quarters.label(ready) if begins else "",
            "cost_musd": change.cost_musd, "gain_musd": change.gain_musd,
        })  # fmt: skip


def _write_regions(market: "Market", label: str) -> None:
    power, year = market.power, quarters.year(market.quarter)
    peak, standing = market.grid.peak_gw(market.quarter), power.standing_gw(market.quarter)
    stacks = power.regions.value_stacks(year)
    project = power.regions.project(year, market.cells.costs.investment_credit_share(market.quarter))
    cost = project.cost_usd_per_kw_year(power.price_usd_per_kwh)
    recorded = power.regions.recorded_gw.get(year, np.full(len(REGIONS), np.nan)) / QUARTERS_PER_YEAR
    outstanding = power.book.outstanding_gwh()
    more = grid_of_regions(market) | revenue_of_regions(market, cost)
    for place, region in enumerate(REGIONS):
        market.recorder.write("regions", {
            "quarter": label, "region": region, "installed_gw": power.installed_gw[place],
            "installed_gwh": power.installed_gwh[place], "data_center_gw": power.data_center_gw[place],
            "added_gw": power.book.added_gw[place], "added_gwh": power.book.added_gwh[place],
            "retired_gw": power.vintages.retired[GW][place], "retired_gwh": power.vintages.retired[GWH][place],
            "recorded_added_gw": recorded[place], "ordered_gwh": power.signed_gwh[-1][place],
            "ordered_data_center_gwh": power.signed_center_gwh[place], "outstanding_gwh": outstanding[place],
            "value_usd_per_kw_year": _value(stacks[place], standing[place], peak[place]),
            "cost_usd_per_kw_year": cost, **{name: values[place] for name, values in more.items()},
        })  # fmt: skip


def _value(stack: ValueStack, standing_gw: float, peak_gw: float) -> float:
    return stack.marginal_usd_per_kw_year(standing_gw / peak_gw)


def _contract_row(contract: StorageContract) -> dict[str, Any]:
    return {
        "number": contract.number, "signed": quarters.label(contract.signed), "region": REGIONS[contract.region],
        "buyer": contract.buyer, "seller": contract.seller, "compliant": contract.compliant, "gw": contract.gw,
        "gwh": contract.gwh, "price_usd_per_kwh": contract.price_usd_per_kwh,
        "start": quarters.label(contract.start), "end": quarters.label(contract.end),
        "delivered_gwh": contract.delivered_gwh, "shortfall_gwh": contract.shortfall_gwh,
        "outstanding_gwh": contract.outstanding_gwh, "damages_musd": contract.damages_musd,
        "untaken_gwh": contract.untaken_gwh, "paid_untaken_musd": contract.paid_untaken_musd,
    }  # fmt: skip
