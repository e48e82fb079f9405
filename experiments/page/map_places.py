"""Where things lie on the page's map: the projection of the outline, towns of plants, middles of power regions."""

import json
import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from market.base import tables
from market.packs import DataPacks, OwnTables, own_tables

FRAME = (-60, 0, 1190, 610)
"""Left, top, width and height of the map: the outline of 975 by 610 map units, with room for labels at sea."""
_SCALE, _CENTER_X, _CENTER_Y = 1300.0, 487.5, 305.0  # of us-atlas's states-albers-10m (d3.geoAlbersUsa)
_PARALLELS = (29.5, 45.5)  # standard parallels, degrees
_MERIDIAN = -96.0  # degrees: straight up on the map
_MIDDLE = (38.7, -96.6)  # latitude and longitude of the map's middle, degrees
_ROUNDING = 1  # digits of a coordinate that are kept


def _conic(latitude: float, longitude: float) -> tuple[float, float]:
    """East and north of the cone's tip on a globe of radius 1: Albers' equal-area conic (Snyder 1987, section 14)."""
    first, second = (math.sin(math.radians(parallel)) for parallel in _PARALLELS)
    cone = (first + second) / 2.0
    rho = math.sqrt(1.0 - first**2 + 2.0 * cone * (first - math.sin(math.radians(latitude)))) / cone
    angle = cone * math.radians(longitude - _MERIDIAN)
    return rho * math.sin(angle), -rho * math.cos(angle)


def projected(latitude: float, longitude: float) -> tuple[float, float]:
    """Map units of a place in or beside the lower 48 states."""
    (east, north), (middle_east, middle_north) = _conic(latitude, longitude), _conic(*_MIDDLE)
    return _CENTER_X + _SCALE * (east - middle_east), _CENTER_Y - _SCALE * (north - middle_north)


@dataclass(frozen=True)
class LabelPlace:
    """Where a label stands, map units, and which end of it: ``start`` or ``middle``."""

    x: float
    y: float
    anchor: str
    short: str


REGION_LABELS = {
    "CAISO": LabelPlace(-58.0, 372.0, "start", "CAISO"),
    "ERCOT": LabelPlace(479.0, 500.0, "middle", "ERCOT"),
    "PJM": LabelPlace(905.0, 272.0, "start", "PJM"),
    "MISO": LabelPlace(609.0, 291.0, "middle", "MISO"),
    "SPP": LabelPlace(455.0, 318.0, "middle", "SPP"),
    "NYISO": LabelPlace(935.0, 222.0, "start", "NYISO"),
    "ISO-NE": LabelPlace(955.0, 172.0, "start", "ISO-NE"),
    "Southeast": LabelPlace(868.0, 420.0, "start", "Southeast"),
    "West-nonISO": LabelPlace(195.0, 248.0, "middle", "West"),
    "AK/HI": LabelPlace(330.0, 570.0, "start", "AK and HI"),
}
"""Labels of the shipped power regions, those at the coasts out at sea, laid so that none covers another."""


def region_label(region: str, x: float, y: float) -> LabelPlace:
    """Where a region's label stands; that of a region of a pack in its middle, ``x``, ``y``."""
    return REGION_LABELS.get(region, LabelPlace(x, y, "middle", region))


@cache
def state_paths() -> dict[str, str]:
    """Borders of every state as an SVG path, by postal code."""
    states = json.loads((tables.DATA / "us_outline.json").read_text(encoding="utf-8"))["states"]
    rows = tables.load("states")
    return {
        state: "".join(
            "M" + "L".join(f"{x:g},{y:g}" for x, y in np.round(np.array(ring), _ROUNDING)) + "Z"
            for ring in states[fips]["rings"]
        )
        for state, fips in zip(rows["state"], rows["fips"], strict=True)
    }


@cache
def _own(data: DataPacks) -> OwnTables:
    """Tables of a run's packs; the shipped ones if these are not there any more."""
    try:
        return own_tables(data)
    except tables.TableError:
        return OwnTables({}, {})


def state_names(data: DataPacks) -> dict[str, str]:
    """Names of the states of a run by code."""
    rows = _own(data).read("states")
    return dict(zip(rows["state"], rows["name"], strict=True))


@cache
def zone_places(data: DataPacks) -> dict[str, tuple[float, float]]:
    """Map units of every zone of a run."""
    zones = _own(data).read("zones")
    return dict(zip(zones["zone"], zip(zones["x_albers"], zones["y_albers"], strict=True), strict=True))


@cache
def plant_places(data: DataPacks) -> dict[str, tuple[float, float]]:
    """Map units of plants; those of one town stand side by side.

    A plant whose town is not in ``plant_towns`` stands in the middle of its state, and one that is in no state of the
    map either has no place.
    """
    own = _own(data)
    rows, towns, states = own.read("plants"), _town_places(own), _state_places(own)
    met: dict[tuple[float, float], int] = {}
    places = {}
    for plant, site, state in zip(rows["plant"], rows["site"], rows["state"], strict=True):
        place = towns.get((site, state), states.get(state))
        if place is not None:
            before = met.setdefault(place, 0)
            met[place] += 1
            places[plant] = (place[0] + _BESIDE * before, place[1])
    return places


def _town_places(own: OwnTables) -> dict[tuple[str, str], tuple[float, float]]:
    rows = own.read("plant_towns")
    columns = (rows[name] for name in ("site", "state", "latitude", "longitude"))
    return {
        (site, state): projected(float(latitude), float(longitude))
        for site, state, latitude, longitude in zip(*columns, strict=True)
    }


def _state_places(own: OwnTables) -> dict[str, tuple[float, float]]:
    """Map units of the middle of every state: the mean of its zones by their parts of its population."""
    parts = own.read("zone_states").merge(own.read("zones")[["zone", "x_albers", "y_albers"]], on="zone")
    return {
        str(state): (
            float(np.average(rows["x_albers"], weights=rows["population_share_of_state"])),
            float(np.average(rows["y_albers"], weights=rows["population_share_of_state"])),
        )
        for state, rows in parts.groupby("state")
    }


_BESIDE = 15.0  # map units between plants of one town


@cache
def region_places(data: DataPacks) -> dict[str, tuple[float, float]]:
    """Map units of the middle of every power region with zones: their mean by households."""
    zones = _own(data).read("zones")
    return {
        str(region): (
            float(np.average(rows["x_albers"], weights=rows["households"])),
            float(np.average(rows["y_albers"], weights=rows["households"])),
        )
        for region, rows in zones.groupby("power_region")
    }
