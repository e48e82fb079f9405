"""All figures by name; the tests run over this table."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from experiments.figures.bev_share import bev_share
from experiments.figures.cell_capacity import cell_capacity
from experiments.figures.cell_flows import cell_flows
from experiments.figures.drawing import Drawn, Figures, draw_each
from experiments.figures.explanation import explanation
from experiments.figures.formats import PNG
from experiments.figures.maps.bev_share_by_state import bev_share_by_state
from experiments.figures.maps.cells_map import cells_map
from experiments.figures.maps.charging_map import charging_map
from experiments.figures.prices import prices
from experiments.figures.profits import profits
from experiments.figures.retention import retention
from experiments.figures.sales_by_powertrain import sales_by_powertrain
from experiments.figures.storage_by_region import storage_by_region
from experiments.figures.style import FigureError
from experiments.figures.trust import trust
from experiments.runs.store import FIGURES_FOLDER, Result

FIGURES: dict[str, Callable[..., Figure]] = {
    "bev_share": bev_share,
    "sales_by_powertrain": sales_by_powertrain,
    "cell_capacity": cell_capacity,
    "charging_map": charging_map,
    "prices": prices,
    "retention": retention,
    "storage_by_region": storage_by_region,
    "profits": profits,
    "trust": trust,
    "explanation": explanation,
    "cell_flows": cell_flows,
    "bev_share_by_state": bev_share_by_state,
    "cells_map": cells_map,
}
_OF_A_YEAR = ("cell_flows",)


def figures_of(result: Result, year: int | None = None) -> Figures:
    """What makes each figure of a run; ``year``: which one the figure of a single year shows."""
    of_year = {name: {"year": year} if name in _OF_A_YEAR else {} for name in FIGURES}
    made = {name: partial(figure, result, **of_year[name]) for name, figure in FIGURES.items()}
    if result.manifest.is_of_this_version:
        return made
    return {name: partial(_of_other_results, name, figure, result) for name, figure in made.items()}


def _of_other_results(name: str, make: Callable[[], Figure], result: Result) -> Figure:
    """A figure of a run that other code made. Raises FigureError if its tables are not what the figure shows."""
    try:
        return make()
    except (KeyError, TypeError, ValueError) as error:
        made = result.manifest.versions["battery-detour"]
        raise FigureError(f"figure {name} shows what results of Detour {made} do not hold; rerun it") from error


def draw_figures(
    folder: str | Path, result: Result, into: str = "", year: int | None = None, formats: Sequence[str] = (PNG,)
) -> Drawn:
    """Draw every figure a stored result has the rows for below its folder ``figures``; ``year`` as in figures_of."""
    return draw_each(figures_of(result, year), Path(folder) / FIGURES_FOLDER / into, formats)
