"""``detour figures``: the figures of a stored run or study again, for a screen, a paper or a slide."""

from collections.abc import Sequence
from pathlib import Path

from experiments.errors import InputError, RunFailedError
from experiments.figures.drawing import Drawn, draw_each
from experiments.figures.formats import PNG
from experiments.figures.media import MEDIA, SCREEN, Medium, made_for
from experiments.figures.registry import draw_figures
from experiments.figures.style import FigureError
from experiments.runs.store import MANIFEST, read_result
from experiments.studies.study_files import RUNS_TABLE, STUDY, read_tables
from experiments.studies.study_report import not_a_result, outcomes_shown, plan_of, shown
from market.base.regular_files import is_regular


def medium_named(name: str) -> Medium:
    """The medium of that name. Raises InputError."""
    if name not in MEDIA:
        raise InputError(f"--for is {name}; it must be {', '.join(MEDIA)}")
    return MEDIA[name]


def redraw(folder: Path, medium: Medium, year: int | None = None, formats: Sequence[str] = (PNG,)) -> Drawn:
    """Draw the figures of a result folder again; those not for the screen get a folder of the medium's name.

    ``year``: which one the figure of a single year shows; ``formats``: a file for each. Raises InputError,
    RunFailedError.
    """
    with made_for(medium):
        if is_regular(folder / STUDY):
            return _redraw_study(folder, folder if medium is SCREEN else folder / medium.name, formats)
        into = "" if medium is SCREEN else medium.name
        if not is_regular(folder / MANIFEST):
            raise not_a_result(folder)
        return _checked(draw_figures(folder, read_result(folder), into, year, formats))


def _redraw_study(folder: Path, into: Path, formats: Sequence[str]) -> Drawn:
    manifest, tables = read_tables(folder)
    if (tables[RUNS_TABLE]["status"] == "failed").any():
        raise InputError(f"{folder}: figures need every run; {manifest.command} --retry-failed reruns failed ones")
    found = shown(manifest, tables, folder, outcomes_shown(folder, manifest), lambda: plan_of(folder, manifest))
    if not found.figures:
        raise InputError(f"{folder}: there is no figure for this kind of design; its tables hold the results")
    return _checked(draw_each(found.figures, into, formats))


def _checked(drawn: Drawn) -> Drawn:
    """The same; asked for figures, a command that cannot draw one has failed. Raises FigureError, RunFailedError."""
    if drawn.faults:
        raise RunFailedError("; ".join(drawn.faults))
    if not drawn.paths:
        raise FigureError(drawn.lacking[0])
    return drawn
