"""What is written down of lines that change their use and of what it does: columns of two tables and of national."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from agents.arrays import Floats, group_sum
from agents.cells.line_decision import LineAction
from agents.cells.plant import NEVER, CellPlant, Lines
from market.base import quarters
from market.base.categories import MAKERS
from market.base.column import Row, Series
from market.cells.allocation import CellMarket, CellQuarter
from market.cells.lines import SELLERS
from market.conversion.line_decisions import LineChange

_BEGIN_OUTPUT = (LineAction.START, LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK)

NATIONAL_CONVERSION: dict[str, Series] = {
    "channel_fixed_cost_usd_per_kwh": Series("$ of 2025/kWh", "Detour to car buyers: fixed cost spread"),
    "channel_programmes_share": Series("share of models", "Detour to car buyers: models not launched"),
    "channel_scarcity_usd_per_kwh": Series("$ of 2025/kWh", "Detour to car buyers: scarcity of cells"),
    "cell_profit_musd": Series("M$ of 2025/quarter", "Profit of US cell plants"),
    "car_profit_musd": Series("M$ of 2025/quarter", "Makers' markup on cars delivered"),
    "battery_credits_musd": Series("M$ of 2025/quarter", "45X and investment credits paid"),
}

MAKERS_TABLE: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "maker": Series("name", "Maker (a calibrated archetype, no forecast of the company), or the open market for cells"),
    "car_profit_musd": Series("M$ of 2025/quarter", "Markup on cars delivered"),
    "cell_profit_musd": Series("M$ of 2025/quarter", "Profit of its US cell plants"),
    "output_gwh": Series("GWh/quarter", "Good cells made"),
    "for_storage_gwh": Series("GWh/quarter", "Of them for storage"),
    "needed_gwh": Series("GWh/quarter", "Cells built into its cars"),
    "turned_gwh": Series("GWh/year", "Capacity planned for cars and turned to storage"),
    "capacity_gwh": Series("GWh/quarter", "Good cells its running lines can make"),
    "bev_models": Series("effective model", "Battery-car models on offer"),
    "programmes_under_way": Series("model", "Battery-car programmes under way"),
    "programme_spending_musd": Series("M$ of 2025/quarter", "Spent on them"),
    "write_off_musd": Series("M$ of 2025/quarter", "Sunk in programmes given up"),
    "write_down_musd": Series("M$ of 2025/quarter", "Written down on models on sale that will not earn their cost"),
    "paid_to_suppliers_musd": Series("M$ of 2025/quarter", "Paid to suppliers for programmes given up"),
    "forecast_cars": Series("car/year", "Battery cars it expects to sell three years on"),
}

LINE_CHANGES: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter of the decision"),
    "plant": Series("name", "Plant (a calibrated archetype, no forecast of the company)"),
    "line": Series("number", "Line"),
    "action": Series("name", "Decision"),
    "gwh_per_year": Series("GWh/year", "Capacity of the line"),
    "output_from": Series("quarter", "Quarter in which output begins, empty if none does"),
    "cost_musd": Series("M$ of 2025", "Cost of the change"),
    "gain_musd": Series("M$ of 2025", "Gain its owner expected of the other use"),
}


def channels(cells: CellMarket, lost_models_share: Floats) -> Row:
    """What the detour does to car buyers, by channel: means over makers by the cells they need.

    ``lost_models_share``: (makers,) of battery-car models not launched.
    """
    needed = cells.needed[-1]
    weight = needed / needed.sum() if needed.sum() > 0 else np.full(len(MAKERS), 1.0 / len(MAKERS))
    fixed = cells.fixed_cost_usd_per_kwh * cells.parameters.fixed_cost_passed_on
    return {
        "channel_fixed_cost_usd_per_kwh": float((weight * fixed).sum()),
        "channel_programmes_share": float((weight * lost_models_share).sum()),
        "channel_scarcity_usd_per_kwh": cells.scarcity_usd_per_kwh,
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
    turned = group_sum(lines.gwh_per_year * lines.turned, lines.maker, len(SELLERS))
    could = group_sum(done.line_capacity, lines.maker, len(SELLERS))
    for place, maker in enumerate(SELLERS):
        is_maker = place < len(MAKERS)
        yield {
            "quarter": quarters.label(quarter), "maker": maker,
            "car_profit_musd": car_profit_musd[place] if is_maker else 0.0,
            "cell_profit_musd": cell_profit_musd[place], "output_gwh": output[place],
            "for_storage_gwh": done.for_storage[place],
            "needed_gwh": cells.needed[-1][place] if is_maker else 0.0, "turned_gwh": turned[place],
            "capacity_gwh": could[place], **plans[place],
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
            "cost_musd": change.cost_musd, "gain_musd": change.gain_musd,
        }  # fmt: skip
