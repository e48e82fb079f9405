"""Roads between zones of which only the places are known: neighbors are linked, at great-circle miles and a detour."""

import numpy as np
import pandas as pd

from agents.arrays import Floats
from market.base import tables

ROAD_OVER_GREAT_CIRCLE = 1.08
"""Source: the rule of the computed rows of table ``corridors``."""
_EARTH_RADIUS_MILES = 3_958.8
_LEAST_MILES, _MOST_MILES = 5.0, 700.0  # bounds of the table
_MOST_ZONES = 1_500  # some seconds: assumption
_ROUNDING = 1e-9  # share by which squares of distances may differ by rounding alone


def great_circle_miles(latitude: Floats, longitude: Floats) -> Floats:
    """Distances between places given in degrees, (places, places), by the haversine formula."""
    north, east = np.radians(latitude), np.radians(longitude)
    half_chord = np.sin((north[:, None] - north) / 2.0) ** 2
    half_chord = half_chord + np.cos(north[:, None]) * np.cos(north) * np.sin((east[:, None] - east) / 2.0) ** 2
    return np.asarray(2.0 * _EARTH_RADIUS_MILES * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0))))


def computed_corridors(zones: pd.DataFrame) -> pd.DataFrame:
    """The table ``corridors`` of zones that are neighbors: no third one lies within the circle between two.

    This is the Gabriel graph (Gabriel and Sokal 1969), which joins all places; sea and mountains are not known to it.
    Raises TableError for too many zones.
    """
    names = zones["zone"].tolist()
    if len(names) > _MOST_ZONES:
        raise tables.TableError(f"roads are computed between {_MOST_ZONES:,} zones, not {len(names):,}; give corridors")
    miles = great_circle_miles(zones["latitude"].to_numpy(np.float64), zones["longitude"].to_numpy(np.float64))
    squares = miles**2
    rows = []
    for one in range(len(names)):
        for other in range(one + 1, len(names)):
            between = squares[one] + squares[other]
            between[[one, other]] = np.inf
            if (between >= squares[one, other] * (1.0 - _ROUNDING)).all():
                road = float(np.clip(miles[one, other] * ROAD_OVER_GREAT_CIRCLE, _LEAST_MILES, _MOST_MILES))
                rows.append(("computed", names[one], names[other], round(road, 1), "computed"))
    return pd.DataFrame(rows, columns=["route", "zone_a", "zone_b", "miles", "quality"])
