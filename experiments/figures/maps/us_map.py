"""The United States on a plane: outlines of states and road corridors, as maps draw them."""

import json
from functools import cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import Colormap, Normalize
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from experiments.figures.style import FigureError
from experiments.runs.store import Result
from market.base import tables
from market.packs import DataPacks, OwnTables, own_tables

WIDTH, HEIGHT = 975.0, 610.0
"""Map units of the outline, in which tables give places of zones."""
UNKNOWN = "#ffffff"
"""Color of a place without a number."""
_FINEST = 2.0  # map units that borders are rounded to: a third of a point
_LAND, _BORDER, _ROAD = "#e6eaed", "#ffffff", "#b3bcc4"


@cache
def state_outlines() -> dict[str, Path]:
    """Borders of states by their two letters, map units, without the detail that small maps cannot show."""
    shapes = json.loads((tables.DATA / "us_outline.json").read_text(encoding="utf-8"))["states"]
    letters = tables.load("states").set_index("name")["state"]
    return {str(letters[shape["name"]]): _path(shape["rings"]) for shape in shapes.values()}


def _path(rings: list[list[list[float]]]) -> Path:
    paths = []
    for ring in rings:
        points = np.round(np.array(ring) / _FINEST) * _FINEST
        moved = np.any(np.diff(points, axis=0) != 0, axis=1)
        paths.append(Path(points[np.append(True, moved)]))
    return Path.make_compound_path(*paths)


@cache
def outline() -> Path:
    """Borders of all states in map units."""
    return Path.make_compound_path(*state_outlines().values())


def tables_of(result: Result, figure: str) -> OwnTables:
    """The data tables a run had. Raises FigureError if its data packs are gone or hold something else by now."""
    named = DataPacks.model_validate(result.manifest.parameters.get("data", {}))
    try:
        return own_tables(named)
    except tables.TableError as error:
        raise FigureError(f"figure {figure} needs the run's data packs: {error}") from error


def places_of(result: Result, figure: str) -> tuple[pd.DataFrame, Path]:
    """Zones (``zone``, ``x_albers``, ``y_albers``) and the corridors between them in map units, as a run had them.

    Raises FigureError if data packs of the run are gone or hold something else by now.
    """
    own = tables_of(result, figure)
    zones = own.read("zones")[["zone", "x_albers", "y_albers"]]
    return zones, roads(zones, own.read("corridors"))


def roads(zones: pd.DataFrame, corridors: pd.DataFrame) -> Path:
    """Corridors as straight lines between their zones, map units; the tables of these names."""
    place = zones.set_index("zone")[["x_albers", "y_albers"]]
    ends = [place.loc[corridors[end]].to_numpy(dtype=np.float64) for end in ("zone_a", "zone_b")]
    return Path.make_compound_path(*(Path(line) for line in np.stack(ends, axis=1)))


def draw_land(ax: Axes, corridors: Path) -> None:
    """States in gray with their road corridors."""
    for patch in (
        PathPatch(outline(), facecolor=_LAND, edgecolor=_BORDER, linewidth=0.4, zorder=1),
        PathPatch(corridors, fill=False, edgecolor=_ROAD, linewidth=0.35, zorder=2),
    ):
        ax.add_artist(patch)  # as a patch, every point of it would be looked at for limits, which are given
    frame_map(ax)


def draw_states(ax: Axes, values: pd.Series, norm: Normalize, colors: Colormap) -> PathCollection:
    """States in the colors of their values; ``values``: by two letters. Those without one stay white with a border."""
    shapes = state_outlines()
    drawn = PathCollection(
        list(shapes.values()), array=values.reindex(list(shapes)).to_numpy(np.float64), norm=norm,
        cmap=colors.with_extremes(bad=UNKNOWN), edgecolors=_ROAD, linewidths=0.3,
    )  # fmt: skip
    ax.add_collection(drawn, autolim=False)
    frame_map(ax)
    return drawn


def frame_map(ax: Axes) -> None:
    """The limits of a map, without axes."""
    ax.set_xlim(0, WIDTH)
    ax.set_ylim(HEIGHT, 0)
    ax.set_aspect("equal")
    ax.set_axis_off()
