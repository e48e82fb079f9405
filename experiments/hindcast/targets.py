"""What is scored: series of the record to 2024, and the same series of a market as it runs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.base.categories import AGE_BUCKETS, BEV, KINDS, MAKERS
from market.model import Market

Place = tuple[str, str]
"""A series and what of it: the country, an automaker, a state, a region or a used good."""
COUNTRY = "US"
_BEV_KINDS = KINDS[3:]
_LAST_YEAR = quarters.year(quarters.LAST_RECORD)


@dataclass(frozen=True)
class Target:
    """A series that is scored: ``share``: bands are even in log-odds; ``yearly``: its record has a figure a year."""

    label: str
    unit: str
    share: bool = False
    yearly: bool = False

    @property
    def season(self) -> int:
        """Figures of its record in a year."""
        return 1 if self.yearly else QUARTERS_PER_YEAR


TARGETS: Mapping[str, Target] = {
    "bev_share": Target("BEV share of new cars", "share", share=True),
    "phev_share": Target("Plug-in hybrid share of new cars", "share", share=True),
    "hev_share": Target("Hybrid share of new cars", "share", share=True),
    "new_sales": Target("New cars sold", "car/quarter"),
    "bev_share_by_maker": Target("BEVs of an automaker, share of all new cars", "share", share=True),
    "bev_share_by_state": Target("BEV share of new cars in a state", "share", share=True, yearly=True),
    "used_retention": Target("Value of used BEVs over price when new", "share", share=True, yearly=True),
    "fast_ports": Target("Public fast-charging ports", "port", yearly=True),
    "pack_price": Target("Battery pack price", "2025 $/kWh", yearly=True),
    "storage_gw": Target("Storage added in a region, power", "GW/year", yearly=True),
    "storage_gwh": Target("Storage added in a region, energy", "GWh/year", yearly=True),
    "bev_share_year": Target("BEV share of new cars in a year", "share", share=True, yearly=True),
    "pev_share_year": Target("BEV and plug-in hybrid share in a year", "share", share=True, yearly=True),
}
"""All that is scored, in the order of the tables."""
NATIONAL = ("bev_share", "phev_share", "hev_share", "new_sales")
SUMS = ("storage_gw", "storage_gwh")
"""Series whose sum over places is scored as ``COUNTRY`` too."""


def sales_by_powertrain() -> pd.DataFrame:
    """Recorded new cars: quarters as numbers down, powertrains across."""
    rows = tables.load("sales_by_powertrain").pivot(index="quarter", columns="powertrain", values="sales")
    return rows.set_axis(rows.index.map(quarters.index)).sort_index(kind="stable")


def recorded() -> dict[Place, pd.Series]:
    """The record of every series and place, by the quarter from which a figure is known (the last of a year)."""
    sales = sales_by_powertrain()
    total = sales.sum(axis=1)
    found = {(f"{name.lower()}_share", COUNTRY): sales[name] / total for name in ("BEV", "PHEV", "HEV")}
    found["new_sales", COUNTRY] = total.astype(np.float64)
    found |= {("bev_share_by_maker", maker): bevs_by_maker(total.index)[maker] / total for maker in MAKERS}
    by_year = sales.groupby(sales.index // QUARTERS_PER_YEAR).sum()
    all_cars = by_year.sum(axis=1)
    found["bev_share_year", COUNTRY] = _yearly(by_year["BEV"] / all_cars)
    found["pev_share_year", COUNTRY] = _yearly((by_year["BEV"] + by_year["PHEV"]) / all_cars)
    ratio, national = state_ratios(), by_year["BEV"] / all_cars
    for state in ratio:
        found["bev_share_by_state", str(state)] = _yearly(ratio[state].reindex(national.index) * national)
    return found | _recorded_elsewhere()


def _yearly(by_place: pd.Series) -> pd.Series:
    """A series by year counted from 2017, by the last quarter of the year."""
    return by_place.set_axis(by_place.index * QUARTERS_PER_YEAR + QUARTERS_PER_YEAR - 1)


def _of_years(frame: pd.DataFrame, column: str) -> pd.Series:
    """Sums over a table's years of a column, by the last quarter of the year; numbers before 2017 are negative."""
    return _yearly(frame.groupby(frame["year"] - quarters.FIRST_YEAR)[column].sum().astype(np.float64))


def _recorded_elsewhere() -> dict[Place, pd.Series]:
    found = {("fast_ports", COUNTRY): _of_years(tables.load("fast_sites"), "plugs")}
    found["pack_price", COUNTRY] = _of_years(tables.load("pack_prices"), "usd_per_kwh_2025")
    retention = tables.load("retention_records")
    for (kind, bucket), rows in retention[retention["kind"].isin(_BEV_KINDS)].groupby(["kind", "age_bucket"]):
        found["used_retention", f"{kind} {bucket}"] = _of_years(rows, "retention_share")
    added = tables.load("storage_additions")
    for column in ("gw", "gwh"):
        for region, rows in added.groupby("region"):
            found[f"storage_{column}", str(region)] = _of_years(rows, column)
        found[f"storage_{column}", COUNTRY] = _of_years(added, column)
    return found


def bevs_by_maker(index: pd.Index) -> pd.DataFrame:
    """Recorded BEVs of automakers: quarters as numbers down, ``MAKERS`` across, 0 where none were sold."""
    rows = tables.load("bev_sales_by_line")
    sold = rows.groupby([rows["quarter"].map(quarters.index), "maker"])["sales"].sum().unstack(fill_value=0)
    return sold.reindex(index=index, columns=list(MAKERS), fill_value=0).astype(np.float64)


def state_ratios(*, smooth: bool = False) -> pd.DataFrame:
    """New BEVs per registered car of a state over the nation's: years counted from 2017 down, states across.

    From the growth of registrations in the year; ``smooth``: in it and the year before, as demand is inverted to.
    """
    rows = tables.load("registrations_by_state")
    bevs, cars = (rows.pivot(index="year", columns="state", values=name) for name in ("bevs", "cars"))
    grown = bevs.diff().clip(lower=0.0).iloc[1:]
    if smooth:
        grown = (grown + grown.shift(1).fillna(grown.iloc[0])) / 2.0
    rate = (grown / cars).loc[grown.index]
    national = grown.sum(axis=1) / cars.loc[grown.index].sum(axis=1)
    return rate.div(national, axis=0).set_axis(grown.index - quarters.FIRST_YEAR)


def observed(market: Market) -> dict[Place, float]:
    """The series of a market in the quarter it stands in; yearly ones by quarter, of states ``state_ratio``."""
    row, sold = market.recorder.last("national"), market.now.outcome.served_new
    found: dict[Place, float] = {
        (f"{name}_share", COUNTRY): float(row[f"{name}_share_new"]) for name in ("bev", "phev", "hev")
    }
    found["new_sales", COUNTRY] = float(row["new_sales"])
    bevs = group_sum(sold * (market.products.powertrain == BEV), market.products.maker, len(MAKERS)) / sold.sum()
    found |= {("bev_share_by_maker", name): float(share) for name, share in zip(MAKERS, bevs, strict=True)}
    network = market.charging_side.network
    found["fast_ports", COUNTRY] = float(network.plugs.sum() + network.pipeline[0].sum())
    found["pack_price", COUNTRY] = market.offering.pack_prices.usd_per_kwh(market.quarter)
    found |= {("state_ratio", name): ratio for name, ratio in _state_ratios_of(market).items()}
    retention = market.used_market.retention(market.used_price_kusd).reshape(len(KINDS), len(AGE_BUCKETS))
    for kind, name in enumerate(KINDS):
        found |= {("used_retention", f"{name} {each}"): float(retention[kind, b]) for b, each in enumerate(AGE_BUCKETS)}
    if market.has_power_side:
        added: tuple[tuple[str, Floats], ...] = (
            ("storage_gw", market.power.book.added_gw), ("storage_gwh", market.power.book.added_gwh),
        )  # fmt: skip
        for series, by_region in added:
            found |= {
                (series, name): float(value) for name, value in zip(market.power.regions.names, by_region, strict=True)
            }
            found[series, COUNTRY] = float(by_region.sum())
    return found


def _state_ratios_of(market: Market) -> dict[str, float]:
    """BEV shares that a market expects in states over the nation's, by the cars of its zones."""
    places = market.places
    ratio = market.zone_bev_share / float(market.zone_bev_share @ places.seats / places.seats.sum())
    cars = places.seats[:, None] * places.state_share
    by_state = (ratio @ cars) / cars.sum(axis=0)
    return dict(zip(places.states, map(float, by_state), strict=True))
