"""Result columns of line conversion and its effects, and the rows that fill them."""

from collections.abc import Iterator, Mapping, Sequence

from agents.arrays import Floats, group_sum
from agents.cells.line_decision import CONVERSIONS, LineAction
from agents.cells.plant import NEVER, CellPlant, Lines
from market.base import quarters
from market.base.categories import MAKERS
from market.base.column import Row, Series
from market.cells.allocation import CellMarket, CellQuarter
from market.cells.lines import SELLERS
from market.cells.outputs import PACK_PARTS, maker_pack_cost
from market.conversion.line_change import LineChange

_BEGIN_OUTPUT = (LineAction.START, LineAction.DELAY, *CONVERSIONS)

NATIONAL_CONVERSION: dict[str, Series] = {
    "cell_profit_musd": Series("million 2025 $/quarter", "Profit of US cell plants"),
    "car_profit_musd": Series("million 2025 $/quarter", "Automakers' markup on cars delivered"),
    "battery_credits_musd": Series("million 2025 $/quarter", "Production (45X) and investment credits paid"),
}

MAKERS_TABLE: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "maker": Series(
        "name",
        "Automaker (a calibrated archetype, not a forecast of the company), or the open market for cells",
        "Key, with quarter; the open market is US lines that sell to all.",
    ),
    "car_profit_musd": Series("million 2025 $/quarter", "Markup on cars delivered"),
    "cell_profit_musd": Series("million 2025 $/quarter", "Profit of its US cell plants"),
    "output_gwh": Series(
        "GWh/quarter",
        "Cell output net of scrap",
        "Made in the quarter by lines for this automaker, not a rate per year.",
    ),
    "for_storage_gwh": Series("GWh/quarter", "Cell output for storage", "In the quarter, not a rate per year."),
    "needed_gwh": Series(
        "GWh/quarter", "Cells used in its cars", "In the quarter, not a rate per year; US and imported cells."
    ),
    "turned_gwh": Series(
        "GWh/year",
        "Vehicle cell capacity converted to storage",
        "A rate per year: lines planned for vehicles that make, or are being converted to make, storage cells.",
    ),
    "capacity_gwh": Series(
        "GWh/quarter", "Potential output of its operating lines, net of scrap", "In the quarter, not a rate per year."
    ),
    **PACK_PARTS,
    "capital_refused_musd": Series(
        "million 2025 $", "Programs and lines refused for capital, budget year so far", "Since the budget year began."
    ),
    "bev_models": Series(
        "effective model",
        "BEV models on offer",
        "Models weighted by how much of the market each serves; products count by their effective number.",
    ),
    "programmes_under_way": Series("model", "BEV model programs under way"),
    "programme_spending_musd": Series("million 2025 $/quarter", "Spending on BEV model programs"),
    "write_off_musd": Series("million 2025 $/quarter", "Sunk cost of canceled programs, written off"),
    "write_down_musd": Series("million 2025 $/quarter", "Write-down of models on sale that will not earn their cost"),
    "paid_to_suppliers_musd": Series("million 2025 $/quarter", "Paid to suppliers for canceled programs"),
    "forecast_cars": Series(
        "car/year", "BEV sales it expects three years ahead", "A rate per year; the automaker's own forecast."
    ),
}

LINE_CHANGES: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter of the decision"),
    "plant": Series(
        "name", "Plant (a calibrated archetype, not a forecast of the company)", "Key, with quarter and line."
    ),
    "line": Series("number", "Line", "Number of the line, the same all through a run."),
    "action": Series(
        "name",
        "Decision",
        "wait (wanted, but no capital), start, start storage, convert, convert back, sell as is, idle, restart, "
        "delay, shrink, sell or close.",
    ),
    "gwh_per_year": Series("GWh/year", "Capacity of the line", "A rate per year."),
    "output_from": Series("quarter", "Quarter in which output begins, empty if none"),
    "cost_musd": Series("million 2025 $", "Cost of the decision", "Of a line sold: the price its partner pays."),
    "gain_musd": Series("million 2025 $", "Gain its owner expected over leaving the line as it is"),
    "keep_musd": Series("million 2025 $", "Value of leaving the line as it is and deciding later"),
    "reason": Series(
        "name",
        "Reason for the decision",
        "What spoke for it against leaving the line as it is; where nothing its owner sees does, the owner's rule.",
    ),
}


def maker_rows(
    cells: CellMarket, done: CellQuarter, car_profit_musd: Floats, cell_profit_musd: Floats,
    plans: Sequence[Mapping[str, float]], quarter: int,
) -> Iterator[Row]:  # fmt: skip
    """The quarter's rows of the table ``makers``: sellers of cells, the open market last.

    ``car_profit_musd``: (makers,); ``cell_profit_musd``: (sellers,); ``plans``: columns of their plans by seller.
    """
    lines = cells.lines
    output = group_sum(done.output, lines.maker, len(SELLERS))
    converted = group_sum(lines.gwh_per_year * lines.converted, lines.maker, len(SELLERS))
    could = group_sum(done.line_capacity, lines.maker, len(SELLERS))
    pack = cells.pack_cost(quarter)
    for place, maker in enumerate(SELLERS):
        is_maker = place < len(MAKERS)
        yield {
            "quarter": quarters.label(quarter), "maker": maker,
            "car_profit_musd": car_profit_musd[place] if is_maker else 0.0,
            "cell_profit_musd": cell_profit_musd[place], "output_gwh": output[place],
            "for_storage_gwh": done.for_storage[place],
            "needed_gwh": cells.needed[-1][place] if is_maker else 0.0, "turned_gwh": converted[place],
            "capacity_gwh": could[place], **maker_pack_cost(pack, place),
            "capital_refused_musd": cells.budget.refused_musd[place], **plans[place],
        }  # fmt: skip


def change_rows(
    changes: Sequence[LineChange], lines: Lines, plants: Sequence[CellPlant], quarter: int
) -> Iterator[Row]:
    """The quarter's rows of the table ``line_changes``."""
    for change in changes:
        ready = int(lines.ready[change.line])
        begins = change.action in _BEGIN_OUTPUT and ready < NEVER
        yield {
            "quarter": quarters.label(quarter), "plant": plants[lines.plant[change.line]].name, "line": change.line,
            "action": change.action.name.lower().replace("_", " "),
            "gwh_per_year": lines.gwh_per_year[change.line],
            "output_from": quarters.label(ready) if begins else "",
            "cost_musd": change.cost_musd, "gain_musd": change.gain_musd, "keep_musd": change.keep_musd,
            "reason": change.reason.value,
        }  # fmt: skip
