"""Where things lie on the map: the projection of the outline, towns of plants, power regions."""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

Read: TypeAlias = Callable[[str], pd.DataFrame]
"""What reads a data table by its name: the shipped ones, or those that data packs have in their place."""
_SCALE, _CENTER_X, _CENTER_Y = 1300.0, 487.5, 305.0  # of us-atlas's states-albers-10m (d3.geoAlbersUsa)
_PARALLELS = (29.5, 45.5)  # standard parallels, degrees
_MERIDIAN = -96.0  # degrees: straight up on the map
_MIDDLE = (38.7, -96.6)  # latitude and longitude of the map's middle, degrees
_BESIDE = 15.0  # map units between plants of one town


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


def places_of_plants(read: Read) -> dict[str, tuple[float, float]]:
    """Map units of plants; those of one town stand side by side.

    A plant whose town is not in ``plant_towns`` stands in the middle of its state, and one that is in no state of the
    map either has no place.
    """
    rows = read("plants")
    towns, states = _towns(read), _states(read)
    met: dict[tuple[float, float], int] = {}
    places = {}
    for plant, site, state in zip(rows["plant"], rows["site"], rows["state"], strict=True):
        place = towns.get((site, state), states.get(state))
        if place is not None:
            before = met.setdefault(place, 0)
            met[place] += 1
            places[plant] = (place[0] + _BESIDE * before, place[1])
    return places


def _towns(read: Read) -> dict[tuple[str, str], tuple[float, float]]:
    rows = read("plant_towns")
    columns = (rows[name] for name in ("site", "state", "latitude", "longitude"))
    return {
        (site, state): projected(float(latitude), float(longitude))
        for site, state, latitude, longitude in zip(*columns, strict=True)
    }


def _states(read: Read) -> dict[str, tuple[float, float]]:
    """Map units of the middle of every state: the mean of its zones by their parts of its population."""
    parts = read("zone_states").merge(read("zones")[["zone", "x_albers", "y_albers"]], on="zone")
    return {
        str(state): _middle(rows, rows["population_share_of_state"].to_numpy(np.float64))
        for state, rows in parts.groupby("state")
    }


def places_of_regions(read: Read) -> dict[str, tuple[float, float]]:
    """Map units of the middle of every power region: the mean of its zones by households."""
    zones = read("zones")
    return {
        str(region): _middle(rows, rows["households"].to_numpy(np.float64))
        for region, rows in zones.groupby("power_region")
    }


def regions_of_states(read: Read) -> dict[str, str]:
    """The power region that most people of each state live in, by the state's two letters."""
    parts = read("zone_states").merge(read("zones")[["zone", "power_region"]], on="zone")
    people = parts.groupby(["state", "power_region"])["population_share_of_state"].sum().unstack().fillna(0.0)
    return {str(state): str(region) for state, region in people.idxmax(axis=1).items()}


def labels_of_regions(read: Read) -> dict[str, tuple[float, float]]:
    """Map units of the zone nearest to the middle of every power region's states, those of ``regions_of_states``."""
    zones, of_state = read("zones"), regions_of_states(read)
    own = zones[zones["power_region"] == zones["state"].map(of_state)]
    places = {}
    for region, rows in own.groupby("power_region"):
        middle = np.array(_middle(rows, rows["households"].to_numpy(np.float64)))
        points = rows[["x_albers", "y_albers"]].to_numpy(np.float64)
        x, y = points[int(np.hypot(*(points - middle).T).argmin())]
        places[str(region)] = float(x), float(y)
    return places


def _middle(zones: pd.DataFrame, weights: np.ndarray) -> tuple[float, float]:
    x, y = (float(np.average(zones[name], weights=weights)) for name in ("x_albers", "y_albers"))
    return x, y
