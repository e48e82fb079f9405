"""Codes and coordinates of places as exports give them: FIPS, CBSA, latitude and longitude beside a place's name."""

from functools import cache

import pandas as pd

from market.base import tables
from market.base.column import Series

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


def codes_beside(column: str, names: pd.Series) -> dict[str, pd.Series]:
    """Values of the codes of ``CODES`` for a column of names of places, missing where a place is not known."""
    known = _known(column)
    rows = known.index.get_indexer(pd.Index(names.astype("str")))
    found = known.take(rows.clip(0)).reset_index(drop=True)
    found.index = names.index
    return {str(name): values.where(rows >= 0) for name, values in found.items()}


@cache
def _known(column: str) -> pd.DataFrame:
    """The codes by name of place."""
    if column == "state":
        return tables.load("states").set_index("state")[["fips"]]
    if column == "zone":
        joined = tables.load("zones").merge(tables.load("zone_cbsas"), on="zone", how="left")
        return joined.set_index("zone")[["cbsa", "latitude", "longitude"]]
    plants = tables.load("plants").merge(tables.load("plant_towns"), on=["site", "state"], how="left")
    found = plants.set_index("plant")[["state", "latitude", "longitude"]]
    return found.rename(columns={"state": "plant_state"})
