"""Figure 17: battery cells of one year from who made them, by use and buyer, to the region they are installed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from experiments.errors import InputError
from experiments.figures.fan import HALO, spaced
from experiments.figures.style import (
    CELL_COLORS,
    INK,
    MUTED,
    POINTS_PER_INCH,
    FigureError,
    canvas,
    caption,
    points_of,
    rows_of,
    styled,
    whole_years,
)
from experiments.runs.store import Result

STAGES = ("seller", "use", "buyer", "region")
_TITLES = {"seller": "Made by", "use": "Used in", "buyer": "Bought by", "region": "Installed in"}
_REST = "other"
_SHOWN = {"seller": 8, "buyer": 6, "region": 8}  # nodes of a stage beside storage buyers and the rest of them
_YEARS_AFTER_ORIGIN = 6  # of the year shown unless one is asked for
_STORAGE_BUYERS = ("utilities", "data centers")
_GAP = 0.036  # between nodes, share of all cells
_NODE_WIDTH = 0.05  # share of the way from stage to stage
_ALPHA = {"vehicles": 0.4, "storage": 0.75}  # of flows by use, so that they differ in gray
_BESIDE = 0.03  # from a bar to its name, in the same share
_LEFT, _RIGHT = 0.66, 0.48  # room for names beside the first and the last bars, in the same share
_LINE, _AXES_SHARE = 1.2, 0.75  # height of a name over its size; of the panel over the figure, at least about
_HEIGHT_INCHES = 6.6


@dataclass(frozen=True)
class Ribbon:
    """A flow between nodes of neighboring stages; places and width are GWh from the foot."""

    stage: int
    left: str
    right: str
    use: str
    left_foot: float
    right_foot: float
    gwh: float


def flows_of_year(flows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Cells of a year by seller, use, buyer and region, GWh, small nodes of a stage taken together."""
    rows = flows[flows["quarter"].str.startswith(str(year))].copy()
    for stage, most in _SHOWN.items():
        total = rows[rows[stage] != ""].groupby(stage)["gwh"].sum()
        largest = total.drop(list(_STORAGE_BUYERS), errors="ignore").sort_values(ascending=False, kind="stable")
        rows[stage] = rows[stage].where(
            rows[stage].isin([*largest.index[:most], *_STORAGE_BUYERS, ""]), f"{_REST} {stage}s"
        )
    return rows.groupby(list(STAGES))["gwh"].sum().reset_index()


def nodes_of(rows: pd.DataFrame, stage: str) -> dict[str, tuple[float, float]]:
    """Foot and height of every node of a stage, GWh: storage first, then by size, what is the rest of them last."""
    held = rows[rows[stage] != ""].assign(storage=rows["gwh"].where(rows["use"] == "storage", 0.0))
    table = held.groupby(stage)[["gwh", "storage"]].sum().reset_index()
    table["is_rest"] = table[stage].str.startswith(_REST)
    table["is_car"] = table["storage"] / table["gwh"] < 0.5  # noqa: PLR2004 - more than half
    table = table.sort_values(["is_car", "is_rest", "gwh", stage], ascending=[True, True, False, True], kind="stable")
    gap = _GAP * float(rows["gwh"].sum())
    foot, nodes = 0.0, {}
    for name, gwh in zip(table[stage], table["gwh"], strict=True):
        nodes[str(name)] = (foot, float(gwh))
        foot += float(gwh) + gap
    return nodes


def ribbons_of(rows: pd.DataFrame, nodes: Sequence[Mapping[str, tuple[float, float]]]) -> list[Ribbon]:
    """Flows between neighboring stages, stacked in each node in the order of the nodes they go to or come from."""
    ribbons = []
    for stage, (left, right) in enumerate(pairwise(STAGES)):
        pairs = rows[rows[right] != ""].groupby([left, right, "use"] if "use" not in (left, right) else [left, right])
        table = pairs["gwh"].sum().reset_index()
        table = table.assign(
            left_place=table[left].map(lambda name, at=stage: nodes[at][name][0]),
            right_place=table[right].map(lambda name, at=stage: nodes[at + 1][name][0]),
        ).sort_values(["left_place", "right_place"], kind="stable")
        table["left_foot"] = table["left_place"] + table.groupby(left)["gwh"].cumsum() - table["gwh"]
        table = table.sort_values(["right_place", "left_place"], kind="stable")
        table["right_foot"] = table["right_place"] + table.groupby(right)["gwh"].cumsum() - table["gwh"]
        ribbons += [
            Ribbon(stage, row[left], row[right], row["use"], row["left_foot"], row["right_foot"], row["gwh"])
            for row in table.to_dict("records")
        ]
    return ribbons


def _draw_ribbon(ax: Axes, ribbon: Ribbon) -> None:
    start, end = ribbon.stage + _NODE_WIDTH, ribbon.stage + 1.0
    middle = 0.5 * (start + end)
    low, high = ribbon.left_foot, ribbon.right_foot
    corners = [
        (start, low), (middle, low), (middle, high), (end, high), (end, high + ribbon.gwh),
        (middle, high + ribbon.gwh), (middle, low + ribbon.gwh), (start, low + ribbon.gwh), (start, low),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    color = CELL_COLORS[ribbon.use]
    ax.add_patch(PathPatch(Path(corners, codes), facecolor=color, alpha=_ALPHA[ribbon.use], linewidth=0))


def _draw_nodes(ax: Axes, stage: int, nodes: Mapping[str, tuple[float, float]], gap_gwh: float, top_gwh: float) -> None:
    """Bars of a stage with their names: of the first at the left, of others at the right with a white edge."""
    for foot, gwh in nodes.values():
        ax.add_patch(Rectangle((stage, foot), _NODE_WIDTH, gwh, facecolor=INK, linewidth=0))
    middles = {name: foot + 0.5 * gwh for name, (foot, gwh) in nodes.items()}
    heights = spaced(sorted(middles.values()), gap_gwh, top_gwh)
    place, side = (stage - _BESIDE, "right") if stage == 0 else (stage + _NODE_WIDTH + _BESIDE, "left")
    for name, height in zip(sorted(middles, key=lambda name: middles[name]), heights, strict=True):
        ax.text(
            place, height, f"{name[:1].upper()}{name[1:]}  {nodes[name][1]:.1f}", ha=side, va="center", size="small",
            path_effects=HALO,
        )  # fmt: skip


def _year_shown(flows: pd.DataFrame, result: Result, year: int | None) -> int:
    years = whole_years(flows[["quarter"]].drop_duplicates())["year"]
    if years.empty:
        raise FigureError(f"figure cell_flows needs a run of a whole year; {result.manifest.name} has none")
    if year is not None and year not in set(years):
        raise InputError(f"--year is {year}; {result.manifest.name} has cells of {years.min()} to {years.max()}")
    return year if year is not None else min(int(result.manifest.origin[:4]) + _YEARS_AFTER_ORIGIN, int(years.max()))


@styled()
def cell_flows(result: Result, year: int | None = None) -> Figure:
    """Cells of a year from maker to region; the sixth after the origin, or the last, unless a year is given.

    Raises InputError for a year that the run does not have.
    """
    flows = rows_of(result, "cell_flows", "cell_flows", "a run with cell plants")
    shown = _year_shown(flows, result, year)
    rows = flows_of_year(flows, shown)
    whole = float(rows["gwh"].sum())
    figure = canvas(
        f"Where battery cells went in {shown}", "GWh delivered: who made them, use, buyer, and region", _HEIGHT_INCHES
    )
    ax = figure.add_subplot()
    ax.set_axis_off()
    nodes = [nodes_of(rows, stage) for stage in STAGES]
    for ribbon in ribbons_of(rows, nodes):
        _draw_ribbon(ax, ribbon)
    top = max(foot + gwh for each in nodes for foot, gwh in each.values())
    line_gwh = _LINE * points_of("small") / (_AXES_SHARE * figure.get_figheight() * POINTS_PER_INCH) * top
    for stage, name in enumerate(STAGES):
        _draw_nodes(ax, stage, nodes[stage], line_gwh, top)
        place, side = (stage, "left") if stage else (_NODE_WIDTH, "right")
        ax.text(place, 1.02 * top, _TITLES[name], size="medium", weight="bold", color=MUTED, va="bottom", ha=side)
    ax.set_xlim(-_LEFT, len(STAGES) - 1 + _NODE_WIDTH + _RIGHT)
    ax.set_ylim(-0.5 * line_gwh, 1.06 * top)
    caption(
        figure, result.manifest,
        f"n = {len(rows)} flows of {shown}, {whole:.0f} GWh, one seed. Cells for vehicles are counted when automakers "
        "take them in, those for storage when installed. Automakers and plants are calibrated archetypes, not "
        "forecasts of any company. Vehicle cells end at their automaker: where cars are sold is in table zones.",
    )  # fmt: skip
    return figure
