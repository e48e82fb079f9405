"""Sets that come from tables: their order is the order of array axes, and tables of a pack may change them."""

from market.base import tables

REGION_TABLE = "net_cone"
"""The table whose rows are the power regions, in order: it has one of each."""


def region_names() -> tuple[str, ...]:
    """Names of the power regions as tables are read now, so only while a market is built."""
    return tuple(map(str, tables.load(REGION_TABLE)["region"]))
