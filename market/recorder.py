"""The result tables: columns with unit and label, one registry for tables, figures and docs."""

from collections.abc import Collection
from itertools import takewhile
from typing import Any

import pandas as pd

from market.base.column import Series
from market.base.names import nearest
from market.buyers.outputs import EXPLANATION, NATIONAL_BUYERS, NATIONAL_WAITING
from market.cells.outputs import NATIONAL_CELLS, PLANTS
from market.charging.outputs import CHARGING, CHARGING_STATES, NATIONAL_CHARGING, ZONE_CHARGING
from market.conversion.flow_outputs import CELL_FLOWS
from market.conversion.outputs import LINE_CHANGES, MAKERS_TABLE, NATIONAL_CONVERSION
from market.fleet.outputs import NATIONAL_FLEET, USED, ZONES
from market.makers.outputs import AUTOMAKERS, NATIONAL_MAKERS
from market.outcomes.buyer_outputs import INCOMES_TABLE, SEGMENTS_TABLE
from market.outcomes.emissions import EMISSIONS
from market.outcomes.plant_outputs import JOBS
from market.outcomes.public_money import PUBLIC_MONEY
from market.outcomes.state_outputs import STATES_TABLE
from market.power.grid_outputs import NATIONAL_GRID
from market.power.outputs import CONTRACTS, NATIONAL_STORAGE, REGION_TABLE
from market.trust.outputs import NATIONAL_TRUST, TRUST

NATIONAL_BATTERIES: dict[str, Series] = {**NATIONAL_CELLS, **NATIONAL_STORAGE, **NATIONAL_CONVERSION}
"""Columns of the national table that are NaN in a run without a power side."""

_FIRST = (
    "quarter", "bev_share_new", "phev_share_new", "hev_share_new", "bev_share_recorded", "phev_share_recorded",
    "hev_share_recorded", "new_sales", "new_sales_drawn", "new_sales_recorded", "bev_sales", "bev_sales_drawn",
    "bev_demand", "bev_stock", "cars_stock", "used_sales", "dealer_stock", "scrapped", "keep_share", "look_hazard",
    "used_price_index", "used_bev_retention_3y", "used_petrol_retention_3y", "used_excess_share", "bev_price_kusd",
    "petrol_price_kusd", "bev_credit_kusd", "credits_paid_musd", "used_credits_paid_musd", "charger_grants_musd",
    "bev_range_miles", "bev_models", "trip_coverage", "local_adequacy", "fast_ports", "gasoline_usd_per_gallon",
    "electricity_usd_per_kwh", "pack_price_usd_per_kwh", "unexplained_bev_kusd", "bev_share_sd",
)  # fmt: skip
"""Columns that come first in the national table, in this order; those of the sectors follow."""

_NATIONAL: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    **NATIONAL_BUYERS,
    **NATIONAL_FLEET,
    **NATIONAL_MAKERS,
    **NATIONAL_TRUST,
    **NATIONAL_WAITING,
    **NATIONAL_CHARGING,
    **NATIONAL_BATTERIES,
    **NATIONAL_GRID,
}
NATIONAL: dict[str, Series] = {name: _NATIONAL[name] for name in _FIRST} | _NATIONAL

TABLES: dict[str, dict[str, Series]] = {
    "national": NATIONAL,
    "zones": {**ZONES, **ZONE_CHARGING},
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
    "cell_flows": CELL_FLOWS,
    "public_money": PUBLIC_MONEY,
    "emissions": EMISSIONS,
    "states": STATES_TABLE,
    "incomes": INCOMES_TABLE,
    "segments": SEGMENTS_TABLE,
    "jobs": JOBS,
}
ROWS = {
    "national": "One row a quarter: the whole country.",
    "zones": "One row a quarter and zone: car buyers, cars and chargers of an area.",
    "automakers": "One row a quarter and product on offer: its price, cost, demand and sales.",
    "used": "One row a quarter and used good, that is vehicle kind and age bucket: price and sales.",
    "explanation": "One row a year and term: what moved the BEV share since the year before.",
    "trust": "One row a quarter and group of brands or chargers: what buyers believe of it, and the truth.",
    "charging": "One row a quarter and operator of fast chargers: plugs, sessions and money.",
    "charging_states": "One row a quarter and state: fast-charging ports.",
    "plants": "One row a quarter and US cell plant: what its lines are at and what they make.",
    "makers": "One row a quarter and automaker, and the open market for cells: profits, cells, pack cost, plans.",
    "line_changes": "One row a decision that changed a cell line; a quarter has as many rows as there were.",
    "regions": "One row a quarter and power region: load, storage, and what storage earns and costs.",
    "storage_contracts": "One row a contract for storage, by when it ended; last those open when the run ends.",
    "cell_flows": "One row a quarter, seller, use, buyer and region with cells delivered in that quarter.",
    "public_money": "One row a quarter and instrument: what governments paid and for how many units.",
    "emissions": "One row a quarter, state and power region: CO2, gasoline and electricity of cars.",
    "states": "One row a quarter and state: car sales, cars, fast chargers, public money, cells.",
    "incomes": "One row a quarter, income class and home charging: cars bought, what they cost, what that is worth.",
    "segments": "One row a quarter and segment of cars: sales, BEV share, prices, cars on the road.",
    "jobs": "One row a quarter and cell plant: jobs and capital by what its lines are at.",
}
"""What a row of each table is."""


NATIONAL_ONLY = ("national",)
"""What a study or an ensemble needs of a run: the table that every run keeps."""


class Recorder:
    """Rows of the tables of one run, in the order they were written.

    What is not kept is not worked out either. Raises ValueError if a name is no table or the national one is missing.
    """

    def __init__(self, kept: Collection[str] = tuple(TABLES)) -> None:
        for name in kept:
            _check_is_table(name)
        if not set(NATIONAL_ONLY) <= set(kept):
            raise ValueError("every run keeps the table 'national'; name it among those to record")
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES if name in kept}

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(self._rows)

    def keeps(self, table: str) -> bool:
        """Whether rows of a table are wanted."""
        return table in self._rows

    def write(self, table: str, row: dict[str, Any]) -> None:
        """Add a row. Raises KeyError if its columns are not exactly those of the registry."""
        if row.keys() != TABLES[table].keys():
            raise KeyError(f"table {table}: row has {sorted(row.keys() ^ TABLES[table].keys())} too much or too little")
        self._rows[table].append(row)

    def frame(self, table: str) -> pd.DataFrame:
        """A table so far, columns in the order of the registry. Raises ValueError if it is none or not kept."""
        return pd.DataFrame(self._written(table), columns=list(TABLES[table]))

    def last(self, table: str) -> dict[str, Any]:
        """The last row of a table. Raises IndexError before the first."""
        return self._written(table)[-1]

    def rows(self, table: str, start: int = 0) -> list[dict[str, Any]]:
        """Copies of the rows of a table from a number on. Raises ValueError if there is none of that name."""
        return [dict(row) for row in self._written(table)[start:]]

    def latest(self, table: str) -> list[dict[str, Any]]:
        """Copies of the rows of the last quarter written into a table that has one; none before the first."""
        rows = self._written(table)
        label = rows[-1]["quarter"] if rows else None
        return [dict(row) for row in takewhile(lambda row: row["quarter"] == label, reversed(rows))][::-1]

    def _written(self, table: str) -> list[dict[str, Any]]:
        _check_is_table(table)
        if table not in self._rows:
            raise ValueError(f"this run keeps no table {table!r}; name it in record when the market is made")
        return self._rows[table]


def _check_is_table(name: str) -> None:
    if name not in TABLES:
        raise ValueError(f"{name!r} is no table of results; {nearest(name, list(TABLES))}")
