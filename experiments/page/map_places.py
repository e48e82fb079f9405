"""What lies on the page's map: borders of states, places of zones, plants and power regions, labels of these."""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from experiments.figures.maps.places import places_of_plants, places_of_regions
from market.base import tables
from market.packs import DataPacks, OwnTables, own_tables

FRAME = (-60, 0, 1190, 610)
"""Left, top, width and height of the map: the outline of 975 by 610 map units, with room for labels at sea."""
_ROUNDING = 1  # digits of a coordinate that are kept


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
    """Map units of the plants of a run."""
    return places_of_plants(_own(data).read)


@cache
def region_places(data: DataPacks) -> dict[str, tuple[float, float]]:
    """Map units of the middle of every power region of a run that has zones."""
    return places_of_regions(_own(data).read)
