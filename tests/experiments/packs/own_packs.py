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
