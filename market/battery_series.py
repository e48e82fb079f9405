"""Series of cells and storage: units and labels of the tables plants, lines, regions and storage_contracts."""

from market.grid_series import GRID_OF_REGION, REVENUE_OF_REGION
from market.series import Series

NATIONAL_BATTERIES: dict[str, Series] = {
    "lithium_usd_per_kg": Series("$ of 2025/kg", "Lithium carbonate"),
    "vehicle_cell_price_usd_per_kwh": Series("$ of 2025/kWh", "Imported car cells, duty paid"),
    "storage_price_usd_per_kwh": Series("$ of 2025/kWh", "US storage cells that meet the content rule"),
    "storage_import_price_usd_per_kwh": Series("$ of 2025/kWh", "Imported storage cells, duty paid"),
    "cells_to_vehicles_gwh": Series("GWh/year", "US cells to cars"),
    "cells_to_storage_gwh": Series("GWh/year", "US cells to storage"),
    "cells_imported_for_vehicles_gwh": Series("GWh/year", "Imported cells to cars"),
    "cell_stock_gwh": Series("GWh", "Cells in makers' stock"),
    "capacity_vehicles_gwh": Series("GWh/year", "Capacity of lines that make cells for cars"),
    "capacity_storage_gwh": Series("GWh/year", "Capacity of lines that make cells for storage"),
    "capacity_converting_gwh": Series("GWh/year", "Capacity in change, standing still"),
    "capacity_idle_gwh": Series("GWh/year", "Idle capacity"),
    "capacity_building_gwh": Series("GWh/year", "Capacity in building"),
    "converted_gwh_cumulative": Series("GWh/year", "Capacity planned for cars and turned to storage"),
    "plant_utilisation": Series("share of capacity", "Use of running cell lines"),
    "vehicle_line_use": Series("share of capacity", "Use of running lines for cars"),
    "storage_added_gw": Series("GW/quarter", "Storage put up, power"),
    "storage_added_gwh": Series("GWh/quarter", "Storage put up, energy"),
    "storage_installed_gw": Series("GW", "Storage standing"),
    "storage_retired_gw": Series("GW/quarter", "Storage taken down at the end of its life"),
    "storage_ordered_gwh": Series("GWh/quarter", "Storage contracted"),
    "compliant_demand_gwh": Series("GWh/year", "Demand for cells under the content rule, a year ahead"),
    "compliant_supply_gwh": Series("GWh/year", "US capacity for storage cells, a year ahead"),
    "channel_fixed_cost_usd_per_kwh": Series("$ of 2025/kWh", "Detour to car buyers: fixed cost spread"),
    "channel_programmes_share": Series("share of models", "Detour to car buyers: models not launched"),
    "channel_scarcity_usd_per_kwh": Series("$ of 2025/kWh", "Detour to car buyers: scarcity of cells"),
    "cell_profit_musd": Series("M$ of 2025/quarter", "Profit of US cell plants"),
    "car_profit_musd": Series("M$ of 2025/quarter", "Makers' markup on cars delivered"),
    "battery_credits_musd": Series("M$ of 2025/quarter", "45X and investment credits paid"),
}

PLANTS: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "plant": Series("name", "Plant (a calibrated archetype, no forecast of the company)"),
    "owner": Series("name", "Owner"),
    "maker": Series("name", "Maker its cells are for"),
    "capacity_vehicles_gwh": Series("GWh/year", "Capacity of lines that make cells for cars"),
    "capacity_storage_gwh": Series("GWh/year", "Capacity of lines that make cells for storage"),
    "capacity_converting_gwh": Series("GWh/year", "Capacity in change, standing still"),
    "capacity_idle_gwh": Series("GWh/year", "Idle capacity"),
    "capacity_building_gwh": Series("GWh/year", "Capacity in building"),
    "capacity_announced_gwh": Series("GWh/year", "Capacity only announced"),
    "capacity_closed_gwh": Series("GWh/year", "Capacity cancelled or closed"),
    "turned_gwh": Series("GWh/year", "Capacity planned for cars and turned to storage"),
    "output_gwh": Series("GWh/quarter", "Good cells made"),
    "utilisation": Series("share of capacity", "Output over what running lines can make"),
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

REGION_TABLE: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "region": Series("name", "Power region"),
    **GRID_OF_REGION,
    "installed_gw": Series("GW", "Storage standing"),
    "installed_gwh": Series("GWh", "Energy of storage standing"),
    "data_center_gw": Series("GW", "Storage of data centers, part of the standing"),
    "added_gw": Series("GW/quarter", "Storage put up, power"),
    "added_gwh": Series("GWh/quarter", "Storage put up, energy"),
    "retired_gw": Series("GW/quarter", "Storage taken down at the end of its life, power"),
    "retired_gwh": Series("GWh/quarter", "The same, energy"),
    "recorded_added_gw": Series("GW/quarter", "Recorded storage put up"),
    "ordered_gwh": Series("GWh/quarter", "Storage contracted"),
    "ordered_data_center_gwh": Series("GWh/quarter", "Storage contracted by data centers"),
    "outstanding_gwh": Series("GWh", "Storage contracted and not yet put up"),
    "value_usd_per_kw_year": Series("$ of 2025/kW-year", "Value of one more kW of storage"),
    "cost_usd_per_kw_year": Series("$ of 2025/kW-year", "Cost of one more kW of storage"),
    **REVENUE_OF_REGION,
}

CONTRACTS: dict[str, Series] = {
    "number": Series("number", "Contract"),
    "signed": Series("quarter", "Signed"),
    "region": Series("name", "Power region"),
    "buyer": Series("name", "Buyer"),
    "seller": Series("name", "Seller (a calibrated archetype, no forecast of the company)"),
    "compliant": Series("yes or no", "Needs cells that meet the content rule"),
    "gw": Series("GW", "Power"),
    "gwh": Series("GWh", "Energy"),
    "price_usd_per_kwh": Series("$ of 2025/kWh", "Price at the lithium price of signing"),
    "start": Series("quarter", "First delivery"),
    "end": Series("quarter", "Last delivery"),
    "delivered_gwh": Series("GWh", "Delivered"),
    "shortfall_gwh": Series("GWh", "Not delivered, paid for"),
    "outstanding_gwh": Series("GWh", "Still to come at the end of the run"),
    "damages_musd": Series("M$ of 2025", "Damages paid"),
}
