"""All figures by name; the tests run over this table."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from experiments.figures.bev_share import bev_share
from experiments.figures.cell_capacity import cell_capacity
from experiments.figures.charging_map import charging_map
from experiments.figures.drawing import Drawn, Figures, draw_each
from experiments.figures.explanation import explanation
from experiments.figures.prices import prices
from experiments.figures.profits import profits
from experiments.figures.retention import retention
from experiments.figures.sales_by_powertrain import sales_by_powertrain
from experiments.figures.storage_by_region import storage_by_region
from experiments.figures.trust import trust
from experiments.runs.store import Result

FIGURES: dict[str, Callable[[Result], Figure]] = {
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
}


def figures_of(result: Result) -> Figures:
    """What makes each figure of a run."""
    return {name: partial(figure, result) for name, figure in FIGURES.items()}


def draw_figures(folder: str | Path, result: Result, into: str = "") -> Drawn:
    """Draw every figure a stored result has the rows for below its folder ``figures``."""
    return draw_each(figures_of(result), Path(folder) / "figures" / into)
