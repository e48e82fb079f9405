# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""Commands that look up and hand on: ``list``, ``show``, ``validate``, ``export``."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.ending import errors_in_one_sentence
from experiments.commands.examples import example
from experiments.commands.study_options import Data
from experiments.shown_text import say, text_console


def add_lookups(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(name="list", epilog=example("list"))(list_everything)
    for command in (show, validate, export):
        app.command(epilog=example(command.__name__))(command)


def list_everything(
    search: Annotated[
        str | None, typer.Option(metavar="WORD", help="Only what has WORD in its name or meaning, columns too.")
    ] = None,
    *,
    levers: Annotated[bool, typer.Option("--levers", help="Only parameters that somebody could change.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list of all, columns of tables too.")] = False,
) -> None:
    """List scenarios, parameters and tables of results."""
    with errors_in_one_sentence():
        from experiments.commands import catalogue
        from experiments.commands.entries import every_entry, selected

        found = selected(every_entry(), search, levers=levers)
        if as_json:
            for line in catalogue.as_json(found).splitlines():
                say(line)
        elif not found:
            say(f"Nothing has {search} in its name or meaning; detour list shows all.")
        else:
            catalogue.print_entries(
                text_console(), found if search else [each for each in found if each.kind != "column"]
            )


def show(
    name: Annotated[str, typer.Argument(help="A scenario, a .toml file, group.key, a group, a table or table.column.")],
) -> None:
    """Show one scenario, parameter or group of parameters, or one table or column of results."""
    with errors_in_one_sentence():
        from experiments.commands.catalogue import print_named

        print_named(text_console(), name)


def validate(
    file: Annotated[str, typer.Argument(help="A .toml file or a scenario's name.")], data: Data = None
) -> None:
    """Check a scenario file, and data packs, and say what is wrong with them."""
    with errors_in_one_sentence():
        from experiments.commands.catalogue import print_scenario
        from experiments.inputs.scenario_files import load_scenario

        print_scenario(text_console(), load_scenario(file, data=data or ()))


def export(
    result: Annotated[Path, typer.Argument(help="Folder of a run or of a study.")],
    to: Annotated[str, typer.Option(metavar="csv|xlsx|duckdb", help="For a spreadsheet or a database.")],
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="File, or folder of csv; in the result's folder by default.")
    ] = None,
    table: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this table; may be repeated.")] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
) -> None:
    """Write the tables of a run or a study for other programs, with a dictionary of their columns."""
    with errors_in_one_sentence():
        from experiments.exports.export import write_export

        say(write_export(result, to, out, table or (), force=force))
