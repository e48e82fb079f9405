"""A small pack for tests: capacity that ERCOT pays for, and what changes of it."""

from pathlib import Path

import pandas as pd

from experiments.packs.writing import Author, write_tables
from market.base import tables

AUTHOR = Author("A. Planner", "CC BY 4.0", "for a test")


def ercot(usd_per_kw_year: float = 175.0) -> pd.DataFrame:
    """The table ``net_cone`` with a capacity payment of its own in ERCOT."""
    frame = tables.load("net_cone")
    here = frame["region"] == "ERCOT"
    return frame.assign(
        usd_per_kw_year_2025=frame["usd_per_kw_year_2025"].mask(here, usd_per_kw_year),
        basis=frame["basis"].mask(here, "published"),
    )


def ercot_pack(folder: Path, usd_per_kw_year: float = 175.0) -> Path:
    """A folder with that table and its note."""
    write_tables(folder, {"net_cone": ercot(usd_per_kw_year)}, AUTHOR)
    return folder


def changed(folder: Path, usd_per_kw_year: float) -> None:
    """The same pack with another payment."""
    ercot(usd_per_kw_year).to_csv(folder / "net_cone.csv", index=False)


TERRITORY, AROUND = "City utility", "ERCOT"
"""A utility's territory as a region of its own, and the region around it."""
_OF_REGIONS = {
    "net_cone": (), "storage_value": (), "peaks": ("gw",), "peak_growth": (), "capacity_prices": (),
    "storage_accreditation": (), "storage_installed_2016": ("gw", "gwh"), "storage_additions": ("gw", "gwh"),
    "storage_pipeline": ("gw",), "data_centers": ("arrivals_mw",), "data_center_waits": (), "grid_emissions": (),
}  # fmt: skip


def territory_tables(zone: str = "San Antonio, TX", share: float = 0.08) -> dict[str, pd.DataFrame]:
    """Tables with an eleventh region: a zone of Texas, and its share of what stands and comes in ERCOT."""
    frames = {}
    for name, amounts in _OF_REGIONS.items():
        frame = tables.load(name)
        here = frame["region"] == AROUND
        own = frame[here].assign(region=TERRITORY)
        for column in amounts:
            part = (frame[column] * share).round(0 if column == "arrivals_mw" else 6).astype(frame[column].dtype)
            own[column] = part[here]
            frame[column] = frame[column] - part.where(here, 0)
        frames[name] = pd.concat([frame, own], ignore_index=True)
    zones = tables.load("zones")
    frames["zones"] = zones.assign(power_region=zones["power_region"].mask(zones["zone"] == zone, TERRITORY))
    return frames


def tables_without(maker: str) -> dict[str, pd.DataFrame]:
    """Tables without an automaker's cars; its plants sell to all."""
    names = ("products", "product_quarters", "list_prices", "bev_sales_by_line", "availability", "federal_credits")
    frames = {name: frame[frame["maker"] != maker] for name, frame in ((each, tables.load(each)) for each in names)}
    plants = tables.load("plants")
    frames["plants"] = plants.assign(maker=plants["maker"].mask(plants["maker"] == maker, "open market"))
    return {name: frame for name, frame in frames.items() if len(frame)}


def tables_of_a_state(state: str) -> tuple[dict[str, pd.DataFrame], float]:
    """Tables of the zones whose places lie in a state, cars in proportion; and their share of the nation's cars."""
    zones, parts, roads = (tables.load(name) for name in ("zones", "zone_states", "corridors"))
    cars = zones["households"] * zones["vehicles_per_household"]
    own = zones["state"] == state
    share, names = float(cars[own].sum() / cars.sum()), set(zones["zone"][own])
    frames = {
        "zones": zones[own], "zone_states": parts[parts["zone"].isin(names)],
        "corridors": roads[roads["zone_a"].isin(names) & roads["zone_b"].isin(names)],
    }  # fmt: skip
    for name, columns in {
        "fleet_by_year": ("cars",), "kinds_2016": ("cars",), "kinds_2016_by_age": ("cars",),
        "sales_by_powertrain": ("sales",), "sales_by_maker": ("sales", "sales_as_pooled"),
        "bev_sales_by_line": ("sales",), "used_sales": ("used_sales_million",),
    }.items():  # fmt: skip
        frame = tables.load(name)
        for column in columns:
            scaled = frame[column] * share
            if name != "used_sales":
                scaled = scaled.round().astype(int).clip(lower=int(name == "bev_sales_by_line"))
            frame[column] = scaled
        frames[name] = frame
    return frames, share
