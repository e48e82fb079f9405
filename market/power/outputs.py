"""Result columns of storage, regions and contracts, and the rows that fill them."""

from collections.abc import Iterator

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters
from market.base.column import Row, Series
from market.exogenous.zones import Places
from market.power.contracts import StorageContract
from market.power.grid_outputs import GRID_OF_REGION, REVENUE_OF_REGION, grid_of_regions, revenue_of_regions
from market.power.sector import PowerSide
from market.power.vintages import GW, GWH

NATIONAL_STORAGE: dict[str, Series] = {
    "storage_added_gw": Series("GW/quarter", "Storage additions, power"),
    "storage_added_gwh": Series(
        "GWh/quarter", "Storage additions, energy", "Installed in the quarter, not a rate per year."
    ),
    "storage_installed_gw": Series("GW", "Installed storage", "At the end of the quarter."),
    "storage_retired_gw": Series("GW/quarter", "Storage retirements"),
    "storage_ordered_gwh": Series("GWh/quarter", "Storage contracted", "Signed in the quarter, not a rate per year."),
    "storage_committed_gwh": Series(
        "GWh/quarter",
        "Storage contracted, of it recorded and committed projects",
        "Signed in the quarter; part of storage_ordered_gwh.",
    ),
    "compliant_demand_gwh": Series(
        "GWh/year",
        "Demand for cells that meet the foreign-content rule, a year ahead",
        "A rate per year: orders of projects that need such cells and choose them.",
    ),
    "compliant_supply_gwh": Series("GWh/year", "US storage-cell capacity, a year ahead", "A rate per year."),
}

REGION_TABLE: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "region": Series(
        "name",
        "Power region",
        "Key, with quarter: CAISO, ERCOT, PJM, MISO, SPP, NYISO, ISO-NE, Southeast, West-nonISO or AK/HI.",
    ),
    **GRID_OF_REGION,
    "installed_gw": Series("GW", "Installed storage", "At the end of the quarter."),
    "installed_gwh": Series("GWh", "Installed storage, energy", "At the end of the quarter."),
    "data_center_gw": Series(
        "GW", "Installed storage of data centers", "At the end of the quarter; part of installed_gw."
    ),
    "added_gw": Series("GW/quarter", "Storage additions, power"),
    "added_gwh": Series("GWh/quarter", "Storage additions, energy"),
    "retired_gw": Series("GW/quarter", "Storage retirements, power"),
    "retired_gwh": Series("GWh/quarter", "Storage retirements, energy"),
    "recorded_added_gw": Series(
        "GW/quarter",
        "Recorded storage additions",
        "A quarter of the year's recorded additions; empty where no year is recorded.",
    ),
    "ordered_gwh": Series("GWh/quarter", "Storage contracted", "Signed in the quarter."),
    "ordered_data_center_gwh": Series(
        "GWh/quarter", "Storage contracted by data centers", "Signed in the quarter; part of ordered_gwh."
    ),
    "outstanding_gwh": Series("GWh", "Storage contracted and not yet installed", "At the end of the quarter."),
    "value_usd_per_kw_year": Series(
        "2025 $/kW-year",
        "Value of one more kW of storage, three years ahead",
        "In the mean of scarce and normal years.",
    ),
    "cost_usd_per_kw_year": Series(
        "2025 $/kW-year",
        "Cost of new storage",
        "Annual cost of a project begun now, at the price of storage cells of the quarter.",
    ),
    **REVENUE_OF_REGION,
}

CONTRACTS: dict[str, Series] = {
    "number": Series("number", "Contract number", "Key."),
    "signed": Series("quarter", "Quarter signed"),
    "region": Series("name", "Power region", "A region of the table regions."),
    "buyer": Series("name", "Buyer", "Who installs the storage: the utilities or the data centers of the region."),
    "seller": Series(
        "name",
        "Seller (a calibrated archetype, not a forecast of the company)",
        "An automaker with the lines of its plants, open market for other US lines, or imports by where they come "
        "from.",
    ),
    "compliant": Series("yes or no", "Requires cells that meet the foreign-content rule", "True or false."),
    "gw": Series("GW", "Power"),
    "gwh": Series("GWh", "Energy"),
    "price_usd_per_kwh": Series("2025 $/kWh", "Price at the lithium price on signing"),
    "start": Series("quarter", "First delivery"),
    "end": Series("quarter", "Last delivery"),
    "delivered_gwh": Series("GWh", "Delivered"),
    "shortfall_gwh": Series("GWh", "Shortfall, compensated"),
    "outstanding_gwh": Series("GWh", "Outstanding at the end of the run", "0 for a contract that has ended."),
    "damages_musd": Series("million 2025 $", "Damages paid"),
    "untaken_gwh": Series("GWh", "Refused by the buyer"),
    "paid_untaken_musd": Series("million 2025 $", "Take-or-pay payments"),
}


def national_storage(power: PowerSide, quarter: int) -> Row:
    """The national columns of storage."""
    return {
        "storage_added_gw": float(power.book.added_gw.sum()),
        "storage_added_gwh": float(power.book.added_gwh.sum()),
        "storage_installed_gw": float(power.installed_gw.sum()),
        "storage_retired_gw": float(power.vintages.retired[GW].sum()),
        "storage_ordered_gwh": float(power.signed_gwh[-1].sum()),
        "storage_committed_gwh": float(power.signed_committed_gwh.sum()),
        "compliant_demand_gwh": power.compliant_demand_gwh(quarter),
        "compliant_supply_gwh": power.compliant_supply_gwh(quarter + QUARTERS_PER_YEAR),
    }


def region_rows(
    power: PowerSide, places: Places, electricity_usd_per_kwh: Floats, scarcity_factor: Floats, quarter: int
) -> Iterator[Row]:
    """The quarter's rows of the table ``regions``.

    ``electricity_usd_per_kwh``: (zones,) at home; ``scarcity_factor``: (regions,) of the year.
    """
    year = quarters.year(quarter)
    of_grid = grid_of_regions(power.grid, places, electricity_usd_per_kwh, quarter)
    more = of_grid | revenue_of_regions(power, scarcity_factor, quarter)
    recorded = power.regions.recorded_gw.get(year, np.full(len(power.regions.names), np.nan)) / QUARTERS_PER_YEAR
    outstanding = power.book.outstanding_gwh()
    for place, region in enumerate(power.regions.names):
        yield {
            "quarter": quarters.label(quarter), "region": region, "installed_gw": power.installed_gw[place],
            "installed_gwh": power.installed_gwh[place], "data_center_gw": power.data_center_gw[place],
            "added_gw": power.book.added_gw[place], "added_gwh": power.book.added_gwh[place],
            "retired_gw": power.vintages.retired[GW][place], "retired_gwh": power.vintages.retired[GWH][place],
            "recorded_added_gw": recorded[place], "ordered_gwh": power.signed_gwh[-1][place],
            "ordered_data_center_gwh": power.signed_center_gwh[place], "outstanding_gwh": outstanding[place],
            **{name: values[place] for name, values in more.items()},
        }  # fmt: skip


def contract_rows(power: PowerSide, quarter: int, *, is_last: bool) -> Iterator[Row]:
    """Rows of the table ``storage_contracts``: ended in the quarter, in the last one those still open too."""
    ended = [contract for contract in power.book.closed if contract.end == quarter]
    for contract in [*ended, *(power.book.open if is_last else ())]:
        yield _contract_row(contract, power.regions.names[contract.region])


def _contract_row(contract: StorageContract, region: str) -> Row:
    return {
        "number": contract.number, "signed": quarters.label(contract.signed), "region": region,
        "buyer": contract.buyer, "seller": contract.seller, "compliant": contract.compliant, "gw": contract.gw,
        "gwh": contract.gwh, "price_usd_per_kwh": contract.price_usd_per_kwh,
        "start": quarters.label(contract.start), "end": quarters.label(contract.end),
        "delivered_gwh": contract.delivered_gwh, "shortfall_gwh": contract.shortfall_gwh,
        "outstanding_gwh": contract.outstanding_gwh, "damages_musd": contract.damages_musd,
        "untaken_gwh": contract.untaken_gwh, "paid_untaken_musd": contract.paid_untaken_musd,
    }  # fmt: skip
