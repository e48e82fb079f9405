# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""The command ``explorer``: every shipped scenario and twelve levers in one file that needs no network."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.ending import errors_in_one_sentence
from experiments.commands.examples import example
from experiments.shown_text import say


def add_explorer(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="explorer", epilog=example("explorer"))(explorer)


def explorer(out: Annotated[Path, typer.Argument(help="HTML file to write.")]) -> None:
    """Write a self-contained explorer: all scenarios side by side, levers that answer at once, exports."""
    with errors_in_one_sentence():
        from experiments.commands.settings import check_matplotlib

        check_matplotlib()
        from experiments.explorer.page import write_explorer

        say(write_explorer(out))
