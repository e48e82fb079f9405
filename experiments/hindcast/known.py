"""The tables as they would have read at an origin: what came later is not in them, whatever it says.

An annual figure is known from the last quarter of its year. Law is known from the quarter in which it was passed; what
is in force stays until its end is known.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pandas as pd

from market.base import quarters, tables

_BY_QUARTER = {
    "sales_by_powertrain": "quarter", "bev_sales_by_line": "quarter", "supply_limits": "quarter",
    "lease_shares": "quarter", "transaction_price_index": "quarter", "list_prices": "quarter",
    "gasoline_national": "quarter", "lithium": "quarter", "used_price_index": "quarter",
    "used_bev_price_index": "quarter", "battery_events": "quarter", "availability": "quarter_from",
    "supercharger_access": "announced_quarter", "storage_mandates": "known_from",
}  # fmt: skip
"""Column with the quarter from which a row is known."""
_BY_YEAR = (
    "registrations_by_state", "fast_ports", "fast_sites", "gasoline_states", "electricity", "public_charging",
    "pack_prices", "loan_rates", "battery_materials", "cell_costs", "charging_operators", "service_points",
    "scarcity_years", "used_sales", "fleet_by_year", "retention_records",
)  # fmt: skip
_CARRIED = ("sales_by_maker", "segment_shares", "cell_sourcing", "storage_additions", "peaks")
"""Annual tables whose last known year stands for the open one too: something is read of the year of the origin."""
_LAWS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "federal_credits": ("effective_from", "effective_to", ("instrument", "maker", "segment", "powertrain", "line")),
    "used_credits": ("effective_from", "effective_to", ()),
    "charger_grants": ("effective_from", "effective_to", ("instrument",)),
    "battery_tariffs": ("effective_from", "effective_to", ("use", "duty")),
    "investment_credits": ("from_quarter", "to_quarter", ()),
}
"""First and last quarter of a row of a law, and what tells the rows of one law from those of another."""
_NEVER = quarters.label(quarters.LAST_SIMULATED)
_BUILDING_QUARTERS = 12  # from the announcement of a cell plant to output: usual in the table, judgment
_MONTHS = {1: "03-31", 2: "06-30", 3: "09-30", 4: "12-31"}  # the last days of quarters
_SLOWEST_YEARS = 10.0  # longest half-life a price may have: what comes nearest to a random walk


def known_at(origin: int) -> AbstractContextManager[None]:
    """While it is open, tables read as they were known in a quarter, so that no market built within knows more."""
    made: dict[str, pd.DataFrame] = {}

    def edit(name: str, frame: pd.DataFrame) -> pd.DataFrame:
        if name not in made:
            made[name] = _known(name, frame, origin).reset_index(drop=True)
        return made[name].copy()

    return tables.edited(edit)


def last_known_year(origin: int) -> int:
    """The last year that is complete at the end of a quarter."""
    return quarters.year(origin + 1) - 1


def _known(name: str, frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    if name in _BY_QUARTER:
        return frame[frame[_BY_QUARTER[name]].map(quarters.index) <= origin]
    if name in _BY_YEAR:
        return frame[frame["year"] <= last_known_year(origin)]
    if name in _CARRIED:
        return _carried(frame, origin)
    if name in _LAWS:
        return _law(frame, origin, *_LAWS[name])
    rule = _OTHERS.get(name)
    return frame if rule is None else rule(frame, origin)


def _carried(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    last, now = last_known_year(origin), quarters.year(origin)
    known = frame[frame["year"] <= last]
    if now == last:
        return known
    opened = known[known["year"] == last].assign(year=now)
    if "sales_as_pooled" in frame:  # levels, of which as much is taken as has been sold
        opened["sales_as_pooled"] = opened["sales_as_pooled"] * _sold_share(last, now)
    return pd.concat([known, opened])


def _sold_share(last: int, now: int) -> float:
    """New cars sold so far in the open year over those of the last one."""
    sales = tables.load("sales_by_powertrain")
    by_year = sales["sales"].groupby(sales["quarter"].str[:4].astype(int)).sum()
    return float(by_year.get(now, 0.0) / by_year[last])


def _law(frame: pd.DataFrame, origin: int, first: str, last: str, of: tuple[str, ...]) -> pd.DataFrame:
    """Law that is not passed yet never comes; the last row in force stays if its end was not known yet."""
    known = frame["known_from"].map(quarters.index) <= origin
    ends = frame["end_known_from"].map(lambda name: quarters.index(name) if name else quarters.LAST_SIMULATED)
    law = [frame[column] for column in of] or [pd.Series(0, index=frame.index)]
    newest = frame[first].map(quarters.index)[known].groupby([column[known] for column in law]).transform("max")
    stays = known & (ends > origin) & (frame[first].map(quarters.index) == newest.reindex(frame.index))
    return frame.assign(**{
        first: frame[first].where(known, _NEVER), last: frame[last].where(known & ~stays, _NEVER),
    })  # fmt: skip


def _products(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Model years to that of the origin; the first of every product, which was on show before it was on sale."""
    first = frame.groupby(["maker", "segment", "powertrain", "line"])["model_year"].transform("min")
    return frame[(frame["model_year"] <= quarters.year(origin)) | (frame["model_year"] == first)]


def _product_quarters(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    on_sale = frame[frame["quarter_from"].map(quarters.index) <= origin]
    over = on_sale["quarter_to"].map(lambda name: bool(name) and quarters.index(name) <= origin)
    return on_sale.assign(quarter_to=on_sale["quarter_to"].where(over, ""))


def _plants(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Plants announced by then; those without output come a usual time after they were announced."""
    announced = frame["announced"].map(quarters.index)
    runs = frame["start_quarter"].map(lambda name: bool(name) and quarters.index(name) <= origin)
    due = (announced + _BUILDING_QUARTERS).clip(lower=origin + 1).map(quarters.label)
    planned = frame.assign(
        start_quarter=frame["start_quarter"].where(runs, due), status=frame["status"].where(runs, "building")
    )
    return planned[announced <= origin]


def _capacity_prices(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    year, quarter = quarters.label(origin).split("Q")
    return frame[frame["held_by"] <= f"{year}-{_MONTHS[int(quarter)]}"]


def _production_credits(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    passed = frame["known_from"].map(quarters.index) <= origin
    return frame.assign(phase_share=frame["phase_share"].where(passed, 0.0))


def _peak_growth(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Growth of peaks from 2016 to the origin; nobody forecast that of the data centers before 2024."""
    peaks, last = tables.load("peaks"), last_known_year(origin)
    first = int(peaks["year"].min())
    of_years = [peaks[peaks["year"] == year].set_index("region")["gw"] for year in (first, last)]
    growth = ((of_years[1] / of_years[0]) ** (1.0 / (last - first)) - 1.0)[frame["region"]]
    return frame.assign(growth_per_year_2016_2022=growth.to_numpy(), growth_per_year_2025_2035=growth.to_numpy())


def _data_centers(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Those asking for power by the origin; later ones were not foreseen."""
    return frame.assign(arrivals_mw=frame["arrivals_mw"].where(frame["year"] <= last_known_year(origin), 0))


def _storage_pipeline(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Projects proposed at the end of 2024; the proposals of earlier years are not held."""
    return frame if origin >= quarters.LAST_RECORD else frame.assign(gw=0.0)


_OTHERS: Mapping[str, Callable[[pd.DataFrame, int], pd.DataFrame]] = {
    "products": _products,
    "product_quarters": _product_quarters,
    "plants": _plants,
    "capacity_prices": _capacity_prices,
    "production_credits": _production_credits,
    "peak_growth": _peak_growth,
    "data_centers": _data_centers,
    "storage_pipeline": _storage_pipeline,
}


def forecast_inputs(origin: int) -> dict[str, dict[str, Any]]:
    """Parameters of what a market built within ``known_at`` is given after the origin, by group.

    Gasoline is a random walk from its last price, and so is the loan rate; lithium returns as the model has it, to the
    geometric mean of its record. Ports, products, prices and packs are left to the model.
    """
    gasoline = tables.load("gasoline_national").iloc[-1]
    price = tables.real_2025(gasoline["usd_per_gallon_nominal"], quarters.year(origin))
    lithium = float(np.exp(np.log(tables.load("lithium")["usd_per_kg_2025"]).mean()))
    return {
        "run": {"recorded_until": quarters.label(origin)},
        "world": {
            "gasoline_usd_per_gallon": float(price), "gasoline_half_life_years": _SLOWEST_YEARS,
            "lithium_usd_per_kg": lithium, "loan_rate": float(tables.load("loan_rates")["new_car_rate_share"].iloc[-1]),
        },
    }  # fmt: skip
