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
