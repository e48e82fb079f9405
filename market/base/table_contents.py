"""What a user's own table must hold to be used: whole years, shares that add up, cars of one place."""

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from market.base import quarters, tables

_AUCTIONS, _OPERATORS, _ZONES = "capacity_prices", "charging_operators", "zones"
_STOCK = "kinds_2016_by_age"
_SALES = ("sales_by_powertrain", "bev_sales_by_line")
_SUM_OF_SHARES = 0.005  # rounding of shares
_OF_FLEET = (0.5, 2.0)  # cars of zones over those on the road, judgment: the shipped tables have 1.00
_NEW_OF_FLEET = (0.005, 0.3)  # new cars of a year over them, judgment: from 0.01 in a slump to 0.1 in a boom


def refuse_contents(name: str, frame: pd.DataFrame) -> None:
    """Raise TableError for what a table of that name holds that no run could use."""
    if name == _AUCTIONS:
        _refuse_gaps(frame)
    if name in _SALES:
        _refuse_later(name, frame)
    if name == _OPERATORS:
        _refuse_shares(frame)
    if name == _STOCK:
        for kind, rows in frame.groupby("kind"):
            if not rows["cars"].sum() > 0:
                raise tables.TableError(f"table {_STOCK} has no car of kind {kind}; give one at least, of some age")
    if name == _ZONES and not (frame["tier"] == 1).any():
        raise tables.TableError(f"table {_ZONES} has no zone of tier 1, which the fast graph is made of; make one so")


def refuse_other_size(load: Callable[[str], pd.DataFrame], given: Collection[str]) -> None:
    """Raise TableError if zones, cars on the road and cars sold cannot be of one place; only where one is ``given``."""
    if not {"zones", "fleet_by_year", "sales_by_powertrain"} & set(given):
        return
    zones, fleet, sales = load("zones"), load("fleet_by_year"), load("sales_by_powertrain")
    cars, year = float(fleet["cars"].iloc[-1]), str(fleet["year"].iloc[-1])
    in_zones = float((zones["households"] * zones["vehicles_per_household"]).sum())
    new = float(sales["sales"][sales["quarter"].str.startswith(year)].sum())
    for what, found, (least, most) in (
        ("zones hold (households times vehicles_per_household)", in_zones, _OF_FLEET),
        ("sales_by_powertrain has", new, _NEW_OF_FLEET),
    ):
        if not least <= found / cars <= most:
            raise tables.TableError(
                f"{what} {found:,.0f} cars, fleet_by_year {cars:,.0f} in {year}; give all tables of cars of one place"
            )


def _refuse_gaps(auctions: pd.DataFrame) -> None:
    """Every region has each year from the first of the table to its own last."""
    first = int(auctions["year"].min())
    for region, rows in auctions.groupby("region"):
        years = set(rows["year"])
        missing = next((year for year in range(first, int(rows["year"].max())) if year not in years), None)
        if missing is not None:
            raise tables.TableError(
                f"table {_AUCTIONS} has no row of region {region}, year {missing}; give every year from "
                f"{first} to a region's last"
            )


def _refuse_later(name: str, sales: pd.DataFrame) -> None:
    """Cars are sold up to the last quarter to which demand can be fitted."""
    later = next((label for label in sales["quarter"] if quarters.index(label) > quarters.LAST_RECORD), None)
    if later is not None:
        last = quarters.label(quarters.LAST_RECORD)
        raise tables.TableError(
            f"table {name} holds {later}; sales are recorded to {last} and run.origin is no later: leave later rows out"
        )


def _refuse_shares(operators: pd.DataFrame) -> None:
    """Operators share the ports of every year, captive ones and others among them."""
    wide = operators.pivot(index="year", columns="operator", values="port_share")
    for year, shares in wide.iterrows():
        absent = next((name for name, share in shares.items() if np.isnan(share)), None)
        if absent is not None:
            raise tables.TableError(f"table {_OPERATORS} has no row of {absent}, year {year}; give each, if with 0")
        if abs(float(shares.sum()) - 1.0) > _SUM_OF_SHARES:
            raise tables.TableError(f"table {_OPERATORS}, year {year}: shares add up to {shares.sum():.4g}, not to 1")
    by_kind = operators.groupby(["captive", "year"])["port_share"].sum()
    if set(operators["captive"]) != {0, 1} or (by_kind <= 0.0).any():
        raise tables.TableError(f"table {_OPERATORS} needs a captive operator and another, with ports in every year")
