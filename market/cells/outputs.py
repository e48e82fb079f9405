"""Result columns of cells and plants, and the rows that fill them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_decision import LineStatus, Use
from agents.cells.pack_cost import PackCost
from agents.cells.plant import CellPlant, Lines
from market.base import quarters
from market.base.categories import MAKERS
from market.base.column import Row, Series
from market.cells.allocation import CellMarket, CellQuarter

PACK_PARTS: dict[str, Series] = {
    "pack_own_cells_usd_per_kwh": Series(
        "2025 $/kWh",
        "Pack cost: US cells relative to the world price",
        "Added to the world's pack price since the end of observed data; below 0 is cheaper.",
    ),
    "pack_credit_usd_per_kwh": Series(
        "2025 $/kWh",
        "Pack cost: 45X passed through",
        "Added to the world's pack price since the end of observed data; below 0 is cheaper.",
    ),
    "pack_duty_usd_per_kwh": Series(
        "2025 $/kWh",
        "Pack cost: duties on imported cells",
        "Added to the world's pack price since the end of observed data.",
    ),
    "pack_shadow_price_usd_per_kwh": Series(
        "2025 $/kWh",
        "Pack cost: worth of cell capacity",
        "Added to the world's pack price when vehicle lines are full.",
    ),
    "us_cell_share": Series(
        "share",
        "US share of automakers' cells",
        "Of the cells automakers use; the share behind the parts of pack cost.",
    ),
}
"""What packs have come to cost more than the world's since the origin, by part, and the US share behind it."""

_CAPACITY: dict[str, Series] = {
    "capacity_vehicles_gwh": Series(
        "GWh/year", "Cell capacity for vehicles", "A rate per year, of lines that run in the quarter."
    ),
    "capacity_storage_gwh": Series(
        "GWh/year",
        "Cell capacity for storage",
        "A rate per year, of lines that run in the quarter, built for storage or converted.",
    ),
    "capacity_converted_gwh": Series(
        "GWh/year",
        "Cell capacity for storage, of lines planned for vehicles",
        "A rate per year; part of capacity_storage_gwh.",
    ),
    "capacity_converting_gwh": Series("GWh/year", "Cell capacity offline for conversion", "A rate per year."),
    "capacity_idle_gwh": Series("GWh/year", "Idle cell capacity", "A rate per year."),
    "capacity_building_gwh": Series(
        "GWh/year", "Cell capacity under construction", "A rate per year; only what is known in the quarter."
    ),
}
"""Cell capacity by what it is used for, of a plant or of all."""

NATIONAL_CELLS: dict[str, Series] = {
    "lithium_usd_per_kg": Series("2025 $/kg", "Lithium carbonate price"),
    "vehicle_cell_price_usd_per_kwh": Series("2025 $/kWh", "Imported vehicle cells, duty paid"),
    "storage_price_usd_per_kwh": Series("2025 $/kWh", "US storage cells that meet the foreign-content rule"),
    "storage_import_price_usd_per_kwh": Series("2025 $/kWh", "Imported storage cells, duty paid"),
    "cells_to_vehicles_gwh": Series(
        "GWh/year",
        "US cells used in vehicles",
        "A rate per year: four times what automakers took from US lines in the quarter. Table cell_flows counts the "
        "quarter.",
    ),
    "cells_to_storage_gwh": Series(
        "GWh/year",
        "US cells used in storage",
        "A rate per year: four times what US lines made for storage in the quarter. Table cell_flows counts the "
        "quarter, as installed.",
    ),
    "cells_imported_for_vehicles_gwh": Series(
        "GWh/year",
        "Imported cells used in vehicles",
        "A rate per year: four times what automakers imported in the quarter. Table cell_flows counts the quarter.",
    ),
    "cell_stock_gwh": Series("GWh", "Cell inventory of automakers", "At the end of the quarter."),
    **_CAPACITY,
    "converted_gwh_cumulative": Series(
        "GWh/year",
        "Vehicle cell capacity converted to storage",
        "A rate per year: capacity that makes, or is being converted to make, storage cells and was planned for "
        "vehicles; falls if lines convert back.",
    ),
    "plant_utilisation": Series(
        "share of capacity",
        "Utilization of operating cell lines",
        "Good cells made over what running lines could make; empty without any.",
    ),
    "vehicle_line_use": Series(
        "share of capacity",
        "Utilization of operating vehicle cell lines",
        "Cells for cars over what running vehicle lines could make; empty without any.",
    ),
    **PACK_PARTS,
    "channel_programmes_share": Series(
        "share of models",
        "Effect on car buyers: BEV models not launched",
        "BEV models not launched for want of cells, mean over automakers weighted by the cells they need.",
    ),
    "capital_refused_musd": Series(
        "million 2025 $",
        "Programs and lines refused for capital, budget year so far",
        "Since the budget year began; all sellers of cells together.",
    ),
}

PLANTS: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "plant": Series("name", "Plant (a calibrated archetype, not a forecast of the company)", "Key, with quarter."),
    "owner": Series("name", "Owner", "The company or joint venture that decides about its lines."),
    "maker": Series("name", "Automaker its cells are for", "An automaker of the table makers, or open market."),
    **_CAPACITY,
    "capacity_announced_gwh": Series(
        "GWh/year", "Cell capacity announced only", "A rate per year; not begun, only what is known in the quarter."
    ),
    "capacity_closed_gwh": Series("GWh/year", "Cell capacity canceled or closed", "A rate per year."),
    "turned_gwh": Series(
        "GWh/year",
        "Vehicle cell capacity converted to storage",
        "A rate per year: lines planned for vehicles that make, or are being converted to make, storage cells.",
    ),
    "output_gwh": Series("GWh/quarter", "Cell output net of scrap", "Made in the quarter, not a rate per year."),
    "utilisation": Series(
        "share of capacity",
        "Utilization of operating lines",
        "Good cells made over what running lines could make; empty without any.",
    ),
}


def capacity_gwh(lines: Lines, plants: int, quarter: int) -> Mapping[str, Floats]:
    """Capacity by plant and status of its lines, GWh/year, each shape (plants,); converting lines are offline."""

    def of(hit: NDArray[np.bool_]) -> Floats:
        return group_sum(lines.gwh_per_year * hit, lines.plant, plants)

    known = lines.waiting_since <= quarter
    offline = (lines.status == LineStatus.CONVERTING) & ~lines.running(quarter)
    return {
        "vehicles": of(lines.making(Use.VEHICLES, quarter)),
        "storage": of(lines.making(Use.STORAGE, quarter)),
        "converted": of(lines.making(Use.STORAGE, quarter) & lines.for_cars),
        "converting": of(offline),
        "idle": of(lines.status == LineStatus.IDLE),
        "building": of((lines.status == LineStatus.BUILDING) & known),
        "announced": of((lines.status == LineStatus.ANNOUNCED) & known),
        "closed": of(lines.status == LineStatus.CLOSED),
    }


def national_cells(
    cells: CellMarket, done: CellQuarter, lithium_usd_per_kg: float, storage_usd_per_kwh: float, quarter: int
) -> Row:
    """The national columns of cells: prices, where cells go, what lines are at; ``storage_usd_per_kwh``: US cells."""
    costs, lines = cells.costs, cells.lines
    running, for_cars = float(done.capacity.sum()), done.capacity[Use.VEHICLES]
    state = {
        f"capacity_{name}_gwh": float(gwh.sum())
        for name, gwh in capacity_gwh(lines, len(cells.plants), quarter).items()
    }
    return {
        "lithium_usd_per_kg": lithium_usd_per_kg,
        "vehicle_cell_price_usd_per_kwh": costs.vehicle_price_usd_per_kwh(quarter),
        "storage_price_usd_per_kwh": storage_usd_per_kwh,
        "storage_import_price_usd_per_kwh": costs.import_price_usd_per_kwh(quarter),
        "cells_to_vehicles_gwh": float(done.for_cars.sum()) * QUARTERS_PER_YEAR,
        "cells_to_storage_gwh": float(done.for_storage.sum()) * QUARTERS_PER_YEAR,
        "cells_imported_for_vehicles_gwh": float(done.bought.sum()) * QUARTERS_PER_YEAR,
        "cell_stock_gwh": float(done.closing.sum()),
        **{name: value for name, value in state.items() if name in NATIONAL_CELLS},
        "converted_gwh_cumulative": float(lines.gwh_per_year[lines.converted].sum()),
        "plant_utilisation": float(done.output.sum()) / running if running > 0 else float("nan"),
        "vehicle_line_use": float(done.for_cars.sum() / for_cars) if for_cars > 0 else float("nan"),
    }


def maker_pack_cost(pack: PackCost, place: int) -> Row:
    """Pack cost of one automaker by part; nothing for the open market of cells."""
    parts = _parts(pack)
    return {name: float(part[place]) if place < len(MAKERS) else 0.0 for name, part in parts.items()}


def national_channels(cells: CellMarket, lost_models_share: Floats, quarter: int) -> Row:
    """How cells reach car buyers: means over automakers weighted by the cells they need.

    ``lost_models_share``: (makers,) of BEV models not launched for want of cells.
    """
    needed = cells.needed[-1]
    weight = needed / needed.sum() if needed.sum() > 0 else np.full(len(MAKERS), 1.0 / len(MAKERS))
    return {
        **{name: float((weight * part).sum()) for name, part in _parts(cells.pack_cost(quarter)).items()},
        "channel_programmes_share": float((weight * lost_models_share).sum()),
        "capital_refused_musd": float(cells.budget.refused_musd.sum()),
    }


def _parts(pack: PackCost) -> dict[str, Floats]:
    values = (pack.own_cells, pack.credit, pack.duty, pack.shadow_price, pack.us_share)
    return dict(zip(PACK_PARTS, values, strict=True))


def output_by_plant(cells: CellMarket, done: CellQuarter) -> tuple[Floats, Floats]:
    """Good cells of every plant in the quarter, GWh, and of these those with 45X, (plants,) each."""
    lines = cells.lines
    credited = group_sum(done.output * lines.credited, lines.plant, len(cells.plants))
    return group_sum(done.output, lines.plant, len(cells.plants)), credited


def plant_rows(cells: CellMarket, plants: Sequence[CellPlant], done: CellQuarter, quarter: int) -> Iterator[Row]:
    """The quarter's rows of the table ``plants``."""
    lines = cells.lines
    capacity = capacity_gwh(lines, len(plants), quarter)
    output = group_sum(done.output, lines.plant, len(plants))
    could = group_sum(done.line_capacity, lines.plant, len(plants))
    converted = group_sum(lines.gwh_per_year * lines.converted, lines.plant, len(plants))
    for place, plant in enumerate(plants):
        yield {
            "quarter": quarters.label(quarter), "plant": plant.name, "owner": plant.owner,
            "maker": plant.maker.name if plant.maker is not None else "open market",
            **{f"capacity_{name}_gwh": gwh[place] for name, gwh in capacity.items()},
            "turned_gwh": converted[place], "output_gwh": output[place],
            "utilisation": output[place] / could[place] if could[place] > 0 else float("nan"),
        }  # fmt: skip
