"""The map as plain data: what ``charging_map.vue`` draws in the browser."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.display_names import plant_name, region_name
from experiments.figures.style import CELL_COLORS
from experiments.page.map_places import HEIGHT, WIDTH, land_path, plant_places, region_places, zone_places
from experiments.page.snapshot import Snapshot

_SHADES = ("#f2f7c9", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84")  # ColorBrewer YlGnBu
_UNKNOWN = "#ffffff"
_LEAST_RADIUS, _RADIUS_PER_ROOT_MILLION = 2.0, 8.5  # map units
_FULL_ROAD = 80.0  # plugs a site from which a road is drawn in full, thinner in logs: assumption
_PLANT_AREA = 7.0  # square map units for a GWh a year
_BAR_UNITS_PER_GW = 1.6  # height of a region's storage
_PART_NAMES = {
    "vehicles": "vehicle cells",
    "storage": "storage cells",
    "converting": "offline for conversion",
    "idle": "idle",
    "building": "under construction",
    "announced": "announced",
}
_PART_COLORS = {**CELL_COLORS, "building": "#cfd6dc", "announced": "#ffffff"}


@dataclass(frozen=True)
class Outcome:
    """An outcome of zones: a label, the values at the two ends of the scale, and how a value is written."""

    label: str
    low: float
    high: float
    scale: float
    unit: str


OUTCOMES: dict[str, Outcome] = {
    "bev_share_new": Outcome("BEV share of new sales", 0.0, 40.0, 100.0, "%"),
    "bev_on_road": Outcome("BEV share of vehicles on the road", 0.0, 40.0, 100.0, "%"),
    "trip_coverage": Outcome("Long trips covered by chargers", 80.0, 100.0, 100.0, "%"),
    "local_adequacy": Outcome("Fast plugs near home vs. need", 0.0, 100.0, 100.0, "%"),
    "charging_success": Outcome("Charging attempts that succeed", 60.0, 100.0, 100.0, "%"),
    "wait_minutes": Outcome("Wait for a fast plug at peak hour", 0.0, 15.0, 1.0, "min"),
}
"""What zones can be colored by."""


def shade(value: float, outcome: Outcome) -> str:
    """Color of a value, in the outcome's unit; values outside the scale take the colors of its ends."""
    if not np.isfinite(value):
        return _UNKNOWN
    place = min(max((value - outcome.low) / (outcome.high - outcome.low), 0.0), 1.0) * (len(_SHADES) - 1)
    low = min(int(place), len(_SHADES) - 2)
    ends = [[int(_SHADES[low + step][part : part + 2], 16) for part in (1, 3, 5)] for step in (0, 1)]
    mixed = (round(a + (b - a) * (place - low)) for a, b in zip(*ends, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _zones(zones: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    outcome, places = OUTCOMES[name], zone_places()
    zones = zones.assign(bev_on_road=zones["bev_stock"] / zones["cars_stock"].where(zones["cars_stock"] > 0))
    drawn = []
    for row in zones.sort_values("cars_stock", ascending=False, kind="stable").to_dict("records"):
        value = float(row[name]) * outcome.scale
        x, y = places[row["zone"]]
        millions = float(row["cars_stock"]) / 1e6
        shown = f"{value:.1f} {outcome.unit}" if np.isfinite(value) else "not known"
        drawn.append({
            "name": row["zone"], "x": x, "y": y, "color": shade(value, outcome),
            "r": max(_LEAST_RADIUS, _RADIUS_PER_ROOT_MILLION * millions**0.5),
            "text": f"{row['zone']}. {outcome.label}: {shown}; {millions:.2f} million vehicles, "
            f"{row['fast_plugs']:,.0f} fast plugs",
        })  # fmt: skip
    return drawn


def _roads(snapshot: Snapshot) -> list[dict[str, Any]]:
    places = zone_places()
    return [
        {
            "x1": places[road.zone_a][0], "y1": places[road.zone_a][1],
            "x2": places[road.zone_b][0], "y2": places[road.zone_b][1],
            "part": round(min(math.log1p(road.plugs_per_site) / math.log1p(_FULL_ROAD), 1.0), 3),
        }
        for road in snapshot.corridors
    ]  # fmt: skip


def _plants(plants: pd.DataFrame) -> list[dict[str, Any]]:
    places, drawn = plant_places(), []
    for row in plants.to_dict("records"):
        gwh = {part: float(row[f"capacity_{part}_gwh"]) for part in _PART_NAMES}
        total = sum(gwh.values())
        if total <= 0.0 or row["plant"] not in places:
            continue
        side = (_PLANT_AREA * total) ** 0.5
        x, y = places[row["plant"]]
        parts, left = [], 0.0
        for part, size in gwh.items():
            if size > 0.0:
                parts.append({"from": left, "part": size / total, "color": _PART_COLORS[part]})
                left += size / total
        uses = ", ".join(f"{size:.0f} GWh/year {_PART_NAMES[part]}" for part, size in gwh.items() if size > 0.0)
        name = plant_name(row["plant"])
        drawn.append({"name": row["plant"], "x": x, "y": y, "side": side, "parts": parts, "text": f"{name}: {uses}"})
    return drawn


def _regions(regions: pd.DataFrame) -> list[dict[str, Any]]:
    places, drawn = region_places(), []
    for row in regions.to_dict("records"):
        x, y = places[row["region"]]
        gw, centers, shown = float(row["installed_gw"]), float(row["data_center_gw"]), region_name(row["region"])
        drawn.append({
            "name": row["region"], "x": x, "y": y, "height": _BAR_UNITS_PER_GW * gw, "gw": round(gw, 1),
            "centers": _BAR_UNITS_PER_GW * centers,
            "text": f"{shown}: {gw:.1f} GW of storage installed, {centers:.1f} GW of it at data centers; one "
            f"more kW is worth {row['value_usd_per_kw_year']:.0f} $/year and costs {row['cost_usd_per_kw_year']:.0f} "
            "$/year",
        })  # fmt: skip
    return drawn


def land_data() -> dict[str, Any]:
    """What never changes: the outline and its size."""
    return {"path": land_path(), "width": WIDTH, "height": HEIGHT}


def map_data(snapshot: Snapshot, outcome: str) -> dict[str, Any]:
    """What ``charging_map.vue`` draws of a snapshot, zones colored by an outcome of ``OUTCOMES``."""
    shown = OUTCOMES[outcome]
    return {
        "quarter": snapshot.label,
        "zones": _zones(snapshot.latest["zones"], outcome),
        "roads": _roads(snapshot),
        "plants": _plants(snapshot.latest["plants"]),
        "regions": _regions(snapshot.latest["regions"]),
        "scale": {"label": shown.label, "low": f"{shown.low:g}", "high": f"{shown.high:g} {shown.unit}",
                  "shades": list(_SHADES)},
        "parts": [{"name": name, "color": _PART_COLORS[part]} for part, name in _PART_NAMES.items()],
        "radius": _RADIUS_PER_ROOT_MILLION,
    }  # fmt: skip
