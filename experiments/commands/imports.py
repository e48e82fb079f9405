# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""Commands that make data packs of files that others publish: ``import stations``, ``storage`` and others."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.ending import errors_in_one_sentence
from experiments.commands.examples import example
from experiments.shown_text import say

if TYPE_CHECKING:
    from experiments.importers.receipt import Imported

_File = Annotated[Path, typer.Argument(help="The file as it was published.")]
_Out = Annotated[Path, typer.Option(metavar="FOLDER", help="The data pack; made if it is not there.")]
_By = Annotated[str, typer.Option(metavar="NAME", help="Who makes the pack.")]
_License = Annotated[str, typer.Option("--license", metavar="TEXT", help="License of the data in the file.")]
_WHO, _UNDER = "say who made this", "say under which license"
_PACK = Path("my-data")


def add_imports(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make a data pack of a published file.")
    for command in (stations, storage, plants, peaks, sales):
        group.command(epilog=example(f"import {command.__name__}"))(command)
    app.add_typer(group, name="import", epilog=example("import"))


def stations(
    file: _File,
    out: _Out = _PACK,
    year: Annotated[int, typer.Option(help="The year at whose end the stations stand.")] = 2024,
    earlier: Annotated[str, typer.Option(metavar="keep|scale", help="What becomes of shipped years before.")] = "keep",
    by: _By = _WHO,
    license_: _License = _UNDER,
    *,
    closed_for_a_time: Annotated[
        bool, typer.Option("--paused", help="Count stations that are closed for a time.")
    ] = False,
) -> None:
    """Charging stations of a station locator (AFDC) become the fast ports of a year."""
    with errors_in_one_sentence():
        from experiments.importers.stations import Reading, import_stations

        reading = Reading(year, paused=closed_for_a_time, earlier=earlier)
        _write(out, import_stations(file, reading), file, (by, license_), "stations")


def storage(
    file: _File,
    out: _Out = _PACK,
    by: _By = _WHO,
    license_: _License = _UNDER,
) -> None:
    """Storage of EIA-860, 860M or PUDL becomes what was added a year and what is planned."""
    with errors_in_one_sentence():
        from experiments.importers.storage import import_storage

        _write(out, import_storage(file), file, (by, license_), "storage")


def peaks(
    file: _File,
    out: _Out = _PACK,
    by: _By = _WHO,
    license_: _License = _UNDER,
) -> None:
    """Peak loads by region and year take the place of the shipped ones."""
    with errors_in_one_sentence():
        from experiments.importers.peaks import import_peaks

        _write(out, import_peaks(file), file, (by, license_), "peaks")


def sales(
    file: _File,
    out: _Out = _PACK,
    by: _By = _WHO,
    license_: _License = _UNDER,
) -> None:
    """Sales of new cars by quarter and powertrain take the place of the shipped record."""
    with errors_in_one_sentence():
        from experiments.importers.sales import import_sales

        _write(out, import_sales(file), file, (by, license_), "sales")


def plants(
    file: _File,
    out: _Out = _PACK,
    by: _By = _WHO,
    license_: _License = _UNDER,
) -> None:
    """Battery plants join the shipped ones, with their towns and jobs."""
    with errors_in_one_sentence():
        from experiments.importers.plants import import_plants

        _write(out, import_plants(file), file, (by, license_), "plants")


def _write(out: Path, imported: "Imported", file: Path, author: tuple[str, str], kind: str) -> None:
    """Write the pack and print its receipt."""
    from experiments.importers.receipt import write_import
    from experiments.packs.writing import Author

    who = Author(*author, f"Imported from {file.name} with detour import {kind}")
    for line in write_import(out, imported, file, who, kind):
        say(line)
    shown = shlex.quote(str(out))
    say(f"{out}: look at it with detour data diff {shown}, use it with --data {shown}")
