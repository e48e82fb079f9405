"""Tables of a stored run: those of the market, and that of runs with random streams made beside it."""

from collections.abc import Mapping

from market.base.column import Series
from market.recorder import NATIONAL, ROWS, TABLES

STREAMS = "streams"
"""Name of the table of runs with random streams; a run that has none lacks it."""
STREAM_SEED = "stream_seed"
_NOT_KEPT = ("bev_share_recorded", "phev_share_recorded", "hev_share_recorded", "new_sales_recorded")
KEPT = {name: series for name, series in NATIONAL.items() if name not in _NOT_KEPT}
"""Columns of the national table that studies and random streams keep, the quarter first."""
_SEED = Series("number", "Seed of the stream", "Key, with quarter: draws of the world and of demand.")
_STREAMS_ROWS = (
    "One row a quarter and random stream: the whole country in a mean-field run on the fast graph with `world.shocks`."
)


def columns_of(table: str) -> Mapping[str, Series]:
    """Columns of a table by name, in their order. Raises KeyError if there is no such table."""
    return {STREAM_SEED: _SEED, **KEPT} if table == STREAMS else TABLES[table]


def result_tables() -> dict[str, str]:
    """What a row is, by table."""
    return {**ROWS, STREAMS: _STREAMS_ROWS}
