"""Figure 19: US battery plants by what their lines do, over the storage installed in each power region."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from experiments.figures.cell_capacity import LAYERS, capacity_of
from experiments.figures.fan import HALO
from experiments.figures.maps.places import labels_of_regions, places_of_plants, regions_of_states
from experiments.figures.maps.us_map import draw_states, tables_of
from experiments.figures.media import medium
from experiments.figures.style import CELL_COLORS, INK, canvas, caption, key, rows_of, styled
from experiments.runs.store import Result
from market.base import quarters
from market.packs import OwnTables

_AREA_PER_GWH = 20.0  # map units squared of a plant's square
_HEIGHT_INCHES, _HEAD_INCHES = 5.0, 0.9  # of the figure on a screen, and of its title and key
_POINTS, _TURNED_POINTS = 0.5, 1.3  # width of a plant's edge, and of one with lines turned to storage
_SHADE = "#5f7f8c"  # of the region with most storage; plants stand out from it
_LEAST_SCALE_GW = 1.0


def plants_of(plants: pd.DataFrame, quarter: str, origin: str) -> pd.DataFrame:
    """Capacity of each plant of a quarter by what its lines do, GWh a year; plants without any are left out.

    Columns are those of figure 3; construction counts after the end of observed data.
    """
    rows = plants[plants["quarter"] == quarter]
    own = {str(plant): capacity_of(each, origin).iloc[0] for plant, each in rows.groupby("plant")}
    table = pd.DataFrame(own).T
    return table[table.sum(axis=1) > 0.0] if own else pd.DataFrame(columns=list(LAYERS), dtype=float)


def _draw_plants(ax: Axes, capacity: pd.DataFrame, places: dict[str, tuple[float, float]]) -> None:
    """A square a plant, the larger below, divided from left to right by what its lines do."""
    order = capacity.sum(axis=1).sort_values(ascending=False, kind="stable").index
    for plant in (each for each in order if each in places):
        parts = capacity.loc[plant]
        gwh = float(parts.sum())
        side = float(np.sqrt(_AREA_PER_GWH * gwh))
        left, top = (at - 0.5 * side for at in places[str(plant)])
        edge, wide = (INK, _TURNED_POINTS) if parts["storage"] > 0.0 else ("white", _POINTS)
        for use in LAYERS:
            width = side * float(parts[use]) / gwh
            ax.add_artist(Rectangle((left, top), width, side, facecolor=CELL_COLORS[use], linewidth=0, zorder=4))
            left += width
        ax.add_artist(Rectangle((left - side, top), side, side, fill=False, edgecolor=edge, linewidth=wide, zorder=5))


def _draw_regions(ax: Axes, installed: pd.Series, own: OwnTables, norm: Normalize) -> None:
    """States in the shade of their power region, with its GW of storage in figures."""
    of_state = regions_of_states(own.read)
    shades = sns.light_palette(_SHADE, as_cmap=True)
    draw_states(
        ax, pd.Series({state: float(installed.get(each, np.nan)) for state, each in of_state.items()}), norm, shades
    )
    for region, (x, y) in labels_of_regions(own.read).items():
        if region in installed.index and installed[region] >= 1.0:
            ax.text(
                x, y, f"{installed[region]:.0f}", ha="center", va="center", size="small", path_effects=HALO, zorder=6
            )


def _title(capacity: pd.DataFrame, quarter: str) -> str:
    turned = capacity["storage"] > 0.0
    if not turned.any():
        return f"No US battery plant has lines turned to storage in {quarter}"
    return f"{int(turned.sum())} of {len(capacity)} US battery plants have lines turned to storage in {quarter}"


@styled()
def cells_map(result: Result) -> Figure:
    """A map of the end of observed data and one of the last quarter."""
    plants = rows_of(result, "plants", "cells_map", "a run with cell plants")
    regions = rows_of(result, "regions", "cells_map", "a run with power regions")
    own, last = tables_of(result, "cells_map"), max(plants["quarter"].unique(), key=quarters.index)
    shown = sorted({min(result.manifest.origin, last, key=quarters.index), last}, key=quarters.index)
    by_quarter = {quarter: plants_of(plants, quarter, result.manifest.origin) for quarter in shown}
    installed = {
        quarter: regions[regions["quarter"] == quarter].set_index("region")["installed_gw"] for quarter in shown
    }
    figure = canvas(
        _title(by_quarter[last], last),
        "Square: cell capacity of a plant, dark edge if lines turned to storage. Shade, number: storage installed, GW",
        _HEIGHT_INCHES - (_HEAD_INCHES if medium().captioned else 0.0),
    )  # fmt: skip
    axes = figure.subplots(1, len(shown), squeeze=False)[0]
    norm = Normalize(0.0, max(_LEAST_SCALE_GW, *(float(each.max()) for each in installed.values())))
    places = places_of_plants(own.read)
    for ax, quarter in zip(axes, shown, strict=True):
        _draw_regions(ax, installed[quarter], own, norm)
        _draw_plants(ax, by_quarter[quarter], places)
        total, gw = by_quarter[quarter].sum().sum(), installed[quarter].sum()
        ax.set_title(f"{quarter}: {total:,.0f} GWh a year, {gw:,.0f} GW", loc="left", size="medium")
    key(figure, [Patch(facecolor=CELL_COLORS[use]) for use in LAYERS], list(LAYERS.values()))
    caption(
        figure, result.manifest,
        f"n = {len(by_quarter[last])} plants, {len(installed[last])} power regions, one seed. A state has the shade of "
        "the region that most of its people live in. Plants of one town stand side by side. Outline: us-atlas, US "
        "Census.",
    )  # fmt: skip
    return figure
