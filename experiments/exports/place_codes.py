"""Codes and coordinates of places as exports give them: FIPS, CBSA, latitude and longitude beside a place's name."""

from collections.abc import Callable, Mapping

import pandas as pd

from experiments.runs.manifest import Manifest
from market.base import tables
from market.base.column import Series
from market.packs import DataPacks, own_tables

_LATITUDE, _LONGITUDE = Series("degree north", "Latitude"), Series("degree east", "Longitude")

CODES: dict[str, dict[str, Series]] = {
    "state": {"fips": Series("text", "FIPS code of the state, two digits")},
    "zone": {
        "cbsa": Series("text", "Code of the core-based statistical area around the zone's main city, five digits"),
        "latitude": _LATITUDE,
        "longitude": _LONGITUDE,
    },
    "plant": {
        "plant_state": Series("postal code", "State or province of the plant"),
        "latitude": _LATITUDE,
        "longitude": _LONGITUDE,
    },
}
"""What stands beside a column that names a place, by the name of that column."""
Places = Mapping[str, pd.DataFrame]
"""The codes of ``CODES`` by name of place, for each of its columns; none of a column whose places are not known."""


def codes_beside(column: str, names: pd.Series, places: Places) -> dict[str, pd.Series]:
    """Values of the codes of ``CODES`` for a column of names of places, missing where a place is not known."""
    known = places.get(column, pd.DataFrame(columns=list(CODES[column]), dtype="object"))
    if known.empty:
        return {str(name): pd.Series(index=names.index, dtype="object") for name in known}
    rows = known.index.get_indexer(pd.Index(names.astype("str")))
    found = known.take(rows.clip(0)).reset_index(drop=True)
    found.index = names.index
    return {str(name): values.where(rows >= 0) for name, values in found.items()}


def shipped_places() -> Places:
    """Places as the shipped tables have them."""
    return _places(tables.load)


def places_of(manifest: Manifest) -> Places:
    """Places as a run had them; none if a data pack of it is gone or holds something else by now."""
    try:
        return _places(own_tables(DataPacks.model_validate(manifest.parameters.get("data", {}))).read)
    except (OSError, ValueError):
        return {}


def _places(read: Callable[[str], pd.DataFrame]) -> Places:
    zones = read("zones").merge(read("zone_cbsas"), on="zone", how="left")
    plants = read("plants").merge(read("plant_towns"), on=["site", "state"], how="left")
    plants = plants.rename(columns={"state": "plant_state"})
    return {
        "state": read("states").set_index("state")[list(CODES["state"])],
        "zone": zones.set_index("zone")[list(CODES["zone"])],
        "plant": plants.set_index("plant")[list(CODES["plant"])],
    }
