"""Figures drawn one by one: a fault in one is a sentence that names it, and costs no other figure and no result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from matplotlib.figure import Figure

from experiments.errors import InputError, RunFailedError
from experiments.figures.formats import PNG
from experiments.figures.saving import save
from experiments.figures.style import FigureError

Figures = Mapping[str, Callable[[], Figure]]
"""What makes each figure, by its name."""
Finished = TypeVar("Finished")


class FigureFaultError(RunFailedError):
    """A figure could not be drawn or kept, though the result has what it needs."""


@dataclass(frozen=True)
class Drawn:
    """Files of the figures drawn; a sentence for each figure whose rows the result lacks, and for each fault."""

    paths: list[Path] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def finished(name: str, make: Callable[[], Figure], finish: Callable[[Figure], Finished]) -> Finished:
    """A figure made and finished.

    Raises FigureError if rows are lacking, InputError for a wrong wish, FigureFaultError for anything else.
    """
    try:
        return finish(make())
    except InputError:
        raise
    except Exception as error:  # whatever drawing raises must not cost the result or another figure
        raise FigureFaultError(f"figure {name} cannot be drawn ({_reason(error)}); the tables are complete") from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


def _kept(stem: Path, formats: Sequence[str], figure: Figure) -> list[Path]:
    stem.parent.mkdir(parents=True, exist_ok=True)
    return save(figure, stem, formats)


def draw_each(figures: Figures, folder: str | Path, formats: Sequence[str] = (PNG,)) -> Drawn:
    """Draw figures into a folder, which is made for the first; faults are returned as sentences. Raises InputError.

    ``formats``: of ``saving.FORMATS``; a file for each.
    """
    drawn = Drawn()
    for name, make in figures.items():
        try:
            drawn.paths.extend(finished(name, make, partial(_kept, Path(folder) / name, formats)))
        except FigureError as error:
            drawn.lacking.append(str(error))
        except FigureFaultError as error:
            drawn.faults.append(str(error))
    return drawn
