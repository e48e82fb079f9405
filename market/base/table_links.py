"""What tables imply of each other: rows that name others, and rows that a table of a full grid must have."""

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import product

import numpy as np
import pandas as pd

from market.base import quarters, tables
from market.base.sets import REGION_TABLE
from market.base.table_contents import refuse_contents
from market.base.table_sections import Source

_PRODUCT = ("maker", "segment", "powertrain", "line")
_EACH_REGION = (
    "storage_value", "peaks", "peak_growth", "capacity_prices", "storage_accreditation", "storage_installed_2016",
    "storage_additions", "data_centers", "data_center_waits", "grid_emissions",
)  # fmt: skip
_SOME_REGIONS = ("storage_pipeline", "storage_mandates", "scarcity_years")
LINKS: tuple[tuple[str, tuple[str, ...], str, tuple[str, ...]], ...] = (
    ("plants", ("site", "state"), "plant_towns", ("site", "state")),
    ("zones", ("zone", "state"), "zone_states", ("zone", "state")),
    ("zone_states", ("zone",), "zones", ("zone",)),
    ("corridors", ("zone_a",), "zones", ("zone",)),
    ("corridors", ("zone_b",), "zones", ("zone",)),
    ("products", _PRODUCT, "product_quarters", _PRODUCT),
    ("product_quarters", _PRODUCT, "products", _PRODUCT),
    ("list_prices", _PRODUCT, "products", _PRODUCT),
    ("bev_sales_by_line", ("maker", "segment", "line"), "products", ("maker", "segment", "line")),
    *((name, ("region",), REGION_TABLE, ("region",)) for name in (*_EACH_REGION, *_SOME_REGIONS)),
    *((REGION_TABLE, ("region",), name, ("region",)) for name in _EACH_REGION),
    ("zones", ("power_region",), REGION_TABLE, ("region",)),
)
"""Columns of a table whose values must stand in columns of another."""
_STATE, _QUARTER = "postal code", "quarter"  # units of columns
STATE, REGION = "state", "region"
"""Columns whose values are a set of a table of its own."""
_ABROAD = ("plants", "plant_towns", "states")  # have places outside the United States, or say which states there are
_GRID = frozenset({"state", "region", "year", "quarter", "model_year", "age_years", "hours", "maker", "seller"})
"""Columns of keys that take the values of the shipped table, besides those whose values a section lists."""
_LONGEST_NAME = 200  # characters of a text in a table; the longest shipped has 160


def refuse_unlinked(load: Callable[[str], pd.DataFrame], given: Collection[str]) -> None:
    """Raise TableError if a row of a table names one that another lacks; only where either is among the ``given``."""
    for name, columns, other, theirs in LINKS:
        if name not in given and other not in given:
            continue
        frame, known = load(name), load(other)
        held = set(zip(*(known[column] for column in theirs), strict=True))
        for row in zip(*(frame[column] for column in columns), strict=True):
            if row not in held:
                told = ", ".join(f"{column} {value}" for column, value in zip(columns, row, strict=True))
                raise tables.TableError(f"table {name} names {told}, which table {other} lacks; add it there")


def refuse_faulty(
    name: str, frame: pd.DataFrame, source: Source, shipped: pd.DataFrame, sets: Mapping[str, Collection[str]]
) -> None:
    """Raise TableError for what the columns of a user's own table cannot tell one by one.

    ``shipped``: the table in whose place it stands; of a full grid it must have every row. ``sets``: codes of states
    and names of regions that tables may hold, by column.
    """
    for column, rule in source.columns.items():
        if rule.type != "str":
            continue
        for line, value in enumerate(frame[column], 2):
            what = _text_fault(str(value)) if value else ""
            if not what and value and rule.unit.startswith(_QUARTER) and rule.unit.partition(",")[0] == _QUARTER:
                what = _quarter_fault(str(value))
            if not what and value and rule.unit == _STATE and name not in _ABROAD and value not in sets[STATE]:
                what = f"{value} is no state of table states"
            if what:
                raise tables.TableError(f"table {name}, column {column}, row {line - 1}: {what}; mend it")
    refuse_incomplete(name, frame, source, shipped, sets)
    refuse_contents(name, frame)


def refuse_incomplete(
    name: str, frame: pd.DataFrame, source: Source, shipped: pd.DataFrame, sets: Mapping[str, Collection[str]]
) -> None:
    """Raise TableError if a table whose shipped one is a full grid lacks one of its rows, or of a state or region."""
    lacking = next(_lacking(source, frame, shipped, sets), None)
    if lacking is not None:
        told = ", ".join(f"{column} {value}" for column, value in zip(source.key, lacking, strict=True))
        is_shipped = lacking in set(_keys(source, shipped))
        hint = "keep the shipped rows that you do not change" if is_shipped else "each state and region needs its own"
        raise tables.TableError(f"table {name} has no row of {told}; {hint}")


def in_order(source: Source, frame: pd.DataFrame, shipped: pd.DataFrame) -> pd.DataFrame:
    """A table with the rows that the shipped one has too in its order; others follow as they stand."""
    if not source.key:
        return frame
    places = {key: place for place, key in enumerate(_keys(source, shipped))}
    order = np.argsort([places.get(key, len(places)) for key in _keys(source, frame)], kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _keys(source: Source, frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    return zip(*(frame[column] for column in source.key), strict=True)


def _lacking(
    source: Source, frame: pd.DataFrame, shipped: pd.DataFrame, sets: Mapping[str, Collection[str]]
) -> Iterator[tuple[object, ...]]:
    """Keys that a full grid of known values with numbers lacks: the shipped ones, states and regions as packs have."""
    key = list(source.key)
    closed = all(source.columns[column].values or column in _GRID for column in key)
    numbers = any(rule.type != "str" and column not in key for column, rule in source.columns.items())
    every_state = "state" not in key or shipped["state"].nunique() == len(tables.load("states"))
    full = bool(key) and len(shipped) == np.prod([shipped[column].nunique() for column in key])
    if closed and numbers and every_state and full:
        held = set(_keys(source, frame))
        axes = [sorted(sets[column]) if column in sets else pd.unique(shipped[column]).tolist() for column in key]
        yield from (row for row in product(*axes) if row not in held)


def _text_fault(value: str) -> str:
    if len(value) > _LONGEST_NAME:
        return f"a text has {len(value):,} characters, {_LONGEST_NAME} are allowed"
    return "" if value.isprintable() else "a text holds a character that cannot be shown"


def _quarter_fault(value: str) -> str:
    try:
        quarters.index(value)
    except ValueError:
        return f"{value} is no quarter; write one like 2024Q4"
    return ""
