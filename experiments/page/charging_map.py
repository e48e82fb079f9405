"""The map as plain data: what ``charging_map.vue`` draws in the browser."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from agents.arrays import Floats
from experiments.display_names import plant_name, region_name
from experiments.figures.style import CELL_COLORS
from experiments.page.map_places import (
    FRAME,
    plant_places,
    region_label,
    region_places,
    state_names,
    state_paths,
    zone_places,
)
from experiments.page.snapshot import Snapshot

_SHADES = ("#f2f7c9", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84")  # ColorBrewer YlGnBu
_UNKNOWN = "var(--dt-card, #ffffff)"
_FEW = 0.02  # of all cars may lie beyond either end of the colors: assumption
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
    """An outcome of zones: a label, a table's value times ``scale`` in ``unit``, and where the ends of colors may lie.

    ``by_state``: whether the table ``states`` has it too. ``ends`` rise; colors begin at the first of them if
    ``from_first``.
    """

    label: str
    ends: tuple[float, ...]
    scale: float
    unit: str
    by_state: bool = False
    from_first: bool = True


_PERCENT_ENDS = (0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 90.0, 95.0, 100.0)
OUTCOMES: dict[str, Outcome] = {
    "bev_share_new": Outcome("BEV share of new sales", _PERCENT_ENDS, 100.0, "%", by_state=True),
    "bev_on_road": Outcome("BEV share of vehicles on the road", _PERCENT_ENDS, 100.0, "%", by_state=True),
    "trip_coverage": Outcome("Long trips covered by chargers", _PERCENT_ENDS, 100.0, "%", from_first=False),
    "local_adequacy": Outcome("Fast plugs near home vs. need", _PERCENT_ENDS, 100.0, "%"),
    "charging_success": Outcome("Charging attempts that succeed", _PERCENT_ENDS, 100.0, "%", from_first=False),
    "wait_minutes": Outcome("Wait for a fast plug at peak hour", (0.0, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0), 1.0, "min"),
}
"""What zones can be colored by."""


@dataclass(frozen=True)
class Scale:
    """The values at the two ends of the colors; what lies beyond takes the color of its end."""

    low: float
    high: float

    def shade(self, value: float) -> str:
        """Color of a value."""
        if not np.isfinite(value):
            return _UNKNOWN
        place = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0) * (len(_SHADES) - 1)
        low = min(int(place), len(_SHADES) - 2)
        ends = [[int(_SHADES[low + step][part : part + 2], 16) for part in (1, 3, 5)] for step in (0, 1)]
        mixed = (round(a + (b - a) * (place - low)) for a, b in zip(*ends, strict=True))
        return "#" + "".join(f"{part:02x}" for part in mixed)


def scale_for(values: Floats, cars: Floats, outcome: Outcome) -> Scale:
    """The closest ends that hold the zones of all but a few cars at either side; both arrays of shape (zones,)."""
    known = np.isfinite(values) & (cars > 0)
    if not known.any():
        return Scale(outcome.ends[0], outcome.ends[-1])
    order = np.argsort(values[known], kind="stable")
    part = np.cumsum(cars[known][order]) / cars[known].sum()
    least, most = (float(values[known][order][np.searchsorted(part, at)]) for at in (_FEW, 1.0 - _FEW))
    below = [end for end in outcome.ends[:-1] if end <= least]
    low = outcome.ends[0] if outcome.from_first or not below else below[-1]
    return Scale(low, next((end for end in outcome.ends if end >= most and end > low), outcome.ends[-1]))


def _valued(rows: pd.DataFrame, name: str) -> Floats:
    """An outcome of rows of a table, in its unit, (rows,)."""
    if name == "bev_on_road":
        values = rows["bev_stock"] / rows["cars_stock"].where(rows["cars_stock"] > 0)
    else:
        values = rows[name]
    return values.to_numpy(np.float64) * OUTCOMES[name].scale


def _told(value: float, outcome: Outcome) -> str:
    return f"{outcome.label}: {f'{value:.1f} {outcome.unit}' if np.isfinite(value) else 'not known'}"


def _zones(snapshot: Snapshot, name: str, scale: Scale) -> list[dict[str, Any]]:
    outcome, places, zones = OUTCOMES[name], zone_places(snapshot.data), snapshot.latest["zones"]
    drawn = []
    zones = zones[zones["zone"].isin(places)]
    zones = zones.assign(shown=_valued(zones, name))
    for row in zones.sort_values("cars_stock", ascending=False, kind="stable").to_dict("records"):
        x, y = places[row["zone"]]
        millions = float(row["cars_stock"]) / 1e6
        drawn.append({
            "name": row["zone"], "x": x, "y": y, "color": scale.shade(row["shown"]),
            "r": max(_LEAST_RADIUS, _RADIUS_PER_ROOT_MILLION * millions**0.5),
            "text": f"{row['zone']}. {_told(row['shown'], outcome)}; {millions:.2f} million vehicles, "
            f"{row['fast_plugs']:,.0f} fast plugs",
        })  # fmt: skip
    return drawn


def _states(snapshot: Snapshot, name: str, scale: Scale) -> dict[str, dict[str, str]]:
    """Color and text by postal code; none where states have no such outcome."""
    if not OUTCOMES[name].by_state:
        return {}
    names, states = state_names(snapshot.data), snapshot.latest["states"]
    return {
        state: {"color": scale.shade(value), "text": f"{names.get(state, state)}. {_told(value, OUTCOMES[name])}"}
        for state, value in zip(states["state"], _valued(states, name), strict=True)
        if np.isfinite(value)
    }


def _roads(snapshot: Snapshot) -> list[dict[str, Any]]:
    places = zone_places(snapshot.data)
    return [
        {
            "x1": places[road.zone_a][0], "y1": places[road.zone_a][1],
            "x2": places[road.zone_b][0], "y2": places[road.zone_b][1],
            "part": round(min(math.log1p(road.plugs_per_site) / math.log1p(_FULL_ROAD), 1.0), 3),
        }
        for road in snapshot.corridors
        if road.zone_a in places and road.zone_b in places
    ]  # fmt: skip


def _plants(snapshot: Snapshot) -> list[dict[str, Any]]:
    places, drawn = plant_places(snapshot.data), []
    for row in snapshot.latest["plants"].to_dict("records"):
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
        drawn.append({
            "name": row["plant"], "x": x, "y": y, "side": side, "parts": parts, "converting": gwh["converting"],
            "shown": plant_name(row["plant"]), "text": f"{plant_name(row['plant'])}: {uses}",
        })  # fmt: skip
    return drawn


def _regions(snapshot: Snapshot) -> list[dict[str, Any]]:
    places, regions, drawn = region_places(snapshot.data), snapshot.latest["regions"], []
    for row in regions[regions["region"].isin(places)].to_dict("records"):
        x, y = places[row["region"]]
        label = region_label(row["region"], x, y)
        gw, centers, shown = float(row["installed_gw"]), float(row["data_center_gw"]), region_name(row["region"])
        drawn.append({
            "name": row["region"], "x": x, "y": y, "height": _BAR_UNITS_PER_GW * gw, "gw": f"{gw:.1f}",
            "centers": _BAR_UNITS_PER_GW * centers, "shown": shown, "label": asdict(label),
            "text": f"{shown}: {gw:.1f} GW of storage installed, {centers:.1f} GW of it at data centers; one "
            f"more kW is worth {row['value_usd_per_kw_year']:.0f} $/year and costs {row['cost_usd_per_kw_year']:.0f} "
            "$/year",
        })  # fmt: skip
    return drawn


def land_data() -> dict[str, Any]:
    """What never changes: the outlines of states, and the frame with room for labels at sea."""
    return {"states": [{"state": state, "path": path} for state, path in state_paths().items()], "frame": FRAME}


def map_data(snapshot: Snapshot, outcome: str) -> dict[str, Any]:
    """What ``charging_map.vue`` draws of a snapshot, states and zones colored by an outcome of ``OUTCOMES``."""
    shown, zones, plants = OUTCOMES[outcome], snapshot.latest["zones"], _plants(snapshot)
    values = _valued(zones, outcome)
    scale = scale_for(values, zones["cars_stock"].to_numpy(np.float64), shown)
    beyond = [bool(np.any(values < scale.low)), bool(np.any(values > scale.high))]
    return {
        "zones": _zones(snapshot, outcome, scale),
        "states": _states(snapshot, outcome, scale),
        "roads": _roads(snapshot),
        "plants": plants,
        "converting": [each for each in plants if each["converting"] > 0.0],
        "regions": _regions(snapshot),
        "scale": {"label": shown.label, "low": f"{scale.low:g}{' or less' if beyond[0] else ''}",
                  "high": f"{scale.high:g} {shown.unit}{' or more' if beyond[1] else ''}", "shades": list(_SHADES)},
        "parts": [{"name": name, "color": _PART_COLORS[part]} for part, name in _PART_NAMES.items()],
    }  # fmt: skip
