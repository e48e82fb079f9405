"""What is written down each quarter: named series with unit and label, one registry for tables, figures and docs."""

from itertools import takewhile
from typing import Any

import pandas as pd

from market.cell_outputs import NATIONAL_CELLS, PLANTS
from market.charging_outputs import CHARGING, CHARGING_STATES, NATIONAL_CHARGING, ZONE_CHARGING
from market.conversion_outputs import LINE_CHANGES, MAKERS_TABLE, NATIONAL_CONVERSION
from market.grid_outputs import NATIONAL_GRID
from market.power_outputs import CONTRACTS, NATIONAL_STORAGE, REGION_TABLE
from market.series import Series
from market.trust_outputs import NATIONAL_TRUST, TRUST
from market.waiting_outputs import NATIONAL_WAITING

NATIONAL_BATTERIES: dict[str, Series] = {**NATIONAL_CELLS, **NATIONAL_STORAGE, **NATIONAL_CONVERSION}
"""Columns of the national table that have no number in a run without a power side."""

NATIONAL: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "bev_share_new": Series("share of new sales", "Battery-car share of new sales"),
    "phev_share_new": Series("share of new sales", "Plug-in hybrid share of new sales"),
    "hev_share_new": Series("share of new sales", "Hybrid share of new sales"),
    "bev_share_recorded": Series("share of new sales", "Recorded battery-car share"),
    "phev_share_recorded": Series("share of new sales", "Recorded plug-in hybrid share"),
    "hev_share_recorded": Series("share of new sales", "Recorded hybrid share"),
    "new_sales": Series("car/quarter", "New cars sold (expected)"),
    "new_sales_drawn": Series("car/quarter", "New cars sold (drawn)"),
    "new_sales_recorded": Series("car/quarter", "Recorded new cars sold"),
    "bev_sales": Series("car/quarter", "Battery cars sold (expected)"),
    "bev_sales_drawn": Series("car/quarter", "Battery cars sold (drawn)"),
    "bev_demand": Series("car/quarter", "Battery cars wanted (expected)"),
    "bev_stock": Series("car", "Battery cars on the road"),
    "cars_stock": Series("car", "Cars on the road"),
    "used_sales": Series("car/quarter", "Used cars bought (expected)"),
    "dealer_stock": Series("car", "Used cars at dealers"),
    "scrapped": Series("car/quarter", "Cars scrapped"),
    "keep_share": Series("share of lookers", "Lookers who keep their car"),
    "look_hazard": Series("share of seats due", "Seats due that look"),
    "used_price_index": Series("1 = base year", "Used price level"),
    "used_bev_retention_3y": Series("share of new price", "Price of a used battery car, 0-3 years"),
    "used_petrol_retention_3y": Series("share of new price", "Price of a used petrol car, 0-3 years"),
    "used_excess_share": Series("share of offers", "Largest excess demand left in the used market"),
    "bev_price_kusd": Series("k$ of 2025", "Mean price of new battery cars"),
    "petrol_price_kusd": Series("k$ of 2025", "Mean price of new petrol cars"),
    "bev_credit_kusd": Series("k$ of 2025", "Mean credit on a new battery car"),
    "credits_paid_musd": Series("M$ of 2025/quarter", "Purchase credits paid, on used cars too"),
    "used_credits_paid_musd": Series("M$ of 2025/quarter", "Credits on used cars paid"),
    "charger_grants_musd": Series("M$ of 2025/quarter", "Grants and tax credits for fast chargers paid"),
    "bev_range_miles": Series("mile", "Mean range of new battery cars"),
    "bev_models": Series("effective model", "Battery-car models on offer"),
    "trip_coverage": Series("share", "Trips covered at 250 miles of range"),
    "local_adequacy": Series("share", "Adequacy of chargers near home"),
    "fast_ports": Series("port", "Fast charging ports"),
    "gasoline_usd_per_gallon": Series("$ of 2025/gallon", "Gasoline"),
    "electricity_usd_per_kwh": Series("$ of 2025/kWh", "Residential electricity"),
    "pack_price_usd_per_kwh": Series("$ of 2025/kWh", "Battery pack price"),
    "unexplained_bev_kusd": Series("k$", "Mean demand constant of battery cars over that of petrol cars"),
    "bev_share_sd": Series("share of new sales", "Sampling standard deviation of the drawn battery-car share"),
    **NATIONAL_TRUST,
    **NATIONAL_WAITING,
    **NATIONAL_CHARGING,
    **NATIONAL_BATTERIES,
    **NATIONAL_GRID,
}

ZONES: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "zone": Series("name", "Zone"),
    "bev_share_new": Series("share of new sales", "Battery-car share of new sales"),
    "new_sales": Series("car/quarter", "New cars sold (expected)"),
    "bev_stock": Series("car", "Battery cars on the road"),
    "cars_stock": Series("car", "Cars on the road"),
    "fast_plugs": Series("plug", "Fast plugs"),
    "trip_coverage": Series("share", "Trips covered at 250 miles of range"),
    "local_adequacy": Series("share", "Adequacy of chargers near home"),
    **ZONE_CHARGING,
}

AUTOMAKERS: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "maker": Series("name", "Maker (a calibrated archetype, no forecast of the company)"),
    "product": Series("name", "Product"),
    "powertrain": Series("name", "Powertrain"),
    "price_kusd": Series("k$ of 2025", "Price"),
    "marginal_cost_kusd": Series("k$ of 2025", "Marginal cost"),
    "markup_share": Series("share of price", "Markup"),
    "incentive_share": Series("share of list price", "Incentive"),
    "stock": Series("car", "New cars in the maker's stock"),
    "demand": Series("car/quarter", "Cars wanted (expected)"),
    "sales": Series("car/quarter", "Cars sold (expected)"),
    "recorded_sales": Series("car/quarter", "Recorded cars sold"),
    "constant_kusd": Series("k$", "Demand constant"),
}

USED: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "kind": Series("name", "Kind"),
    "age_bucket": Series("year", "Age"),
    "price_kusd": Series("k$ of 2025", "Used price"),
    "retention": Series("share of new price", "Price over that of a new car of the kind"),
    "bought": Series("car/quarter", "Cars bought (expected)"),
    "on_road": Series("car", "Cars on the road"),
}

EXPLANATION: dict[str, Series] = {
    "year": Series("year", "Year"),
    "term": Series("name", "Term"),
    "log_odds": Series("log-odds", "Growth in the log-odds of the battery-car share since a year before"),
}

TABLES: dict[str, dict[str, Series]] = {
    "national": NATIONAL,
    "zones": ZONES,
    "automakers": AUTOMAKERS,
    "used": USED,
    "explanation": EXPLANATION,
    "trust": TRUST,
    "charging": CHARGING,
    "charging_states": CHARGING_STATES,
    "plants": PLANTS,
    "makers": MAKERS_TABLE,
    "line_changes": LINE_CHANGES,
    "regions": REGION_TABLE,
    "storage_contracts": CONTRACTS,
}


class Recorder:
    """Rows of every table of one run, in the order they were written."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}

    def write(self, table: str, row: dict[str, Any]) -> None:
        """Add a row. Raises KeyError if its columns are not exactly those of the registry."""
        if row.keys() != TABLES[table].keys():
            raise KeyError(f"table {table}: row has {sorted(row.keys() ^ TABLES[table].keys())} too much or too little")
        self._rows[table].append(row)

    def frame(self, table: str) -> pd.DataFrame:
        """A table so far, columns in the order of the registry."""
        return pd.DataFrame(self._rows[table], columns=list(TABLES[table]))

    def last(self, table: str) -> dict[str, Any]:
        """The last row of a table. Raises IndexError before the first."""
        return self._rows[table][-1]

    def latest(self, table: str) -> list[dict[str, Any]]:
        """Copies of the rows of the last quarter written into a table that has one; none before the first."""
        rows = self._rows[table]
        label = rows[-1]["quarter"] if rows else None
        return [dict(row) for row in takewhile(lambda row: row["quarter"] == label, reversed(rows))][::-1]
