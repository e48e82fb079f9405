"""All figures by name; the tests run over this table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from experiments.errors import RunFailedError
from experiments.figures.bev_share import bev_share
from experiments.figures.cell_capacity import cell_capacity
from experiments.figures.charging_map import charging_map
from experiments.figures.explanation import explanation
from experiments.figures.prices import prices
from experiments.figures.profits import profits
from experiments.figures.retention import retention
from experiments.figures.sales_by_powertrain import sales_by_powertrain
from experiments.figures.storage_by_region import storage_by_region
from experiments.figures.style import FigureError, save
from experiments.figures.trust import trust
from experiments.store import Result

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


@dataclass(frozen=True)
class Drawn:
    """Files of the figures drawn, and a sentence for each figure that could not be."""

    paths: list[Path]
    lacking: list[str]


def draw_all(result: Result, folder: Path) -> Drawn:
    """Draw every figure the result has the rows for. Raises FigureError if there is none, OSError by the disk."""
    figures: dict[str, Figure] = {}
    lacking: list[str] = []
    for name, figure in FIGURES.items():
        try:
            figures[name] = figure(result)
        except FigureError as error:
            lacking.append(str(error))
    if not figures:
        raise FigureError(lacking[0])
    folder.mkdir(parents=True, exist_ok=True)
    paths = [path for name, figure in figures.items() for path in save(figure, folder / name)]
    return Drawn(paths, lacking)


def draw_figures(folder: Path, result: Result, into: str = "") -> Drawn:
    """Draw the figures of a stored result below its folder ``figures``. Raises RunFailedError if the disk refuses."""
    try:
        return draw_all(result, folder / "figures" / into)
    except OSError as error:
        raise RunFailedError(f"figures cannot be written into {folder} ({error.strerror}); make room there") from error
