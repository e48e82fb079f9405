# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""Commands about a user's own tables: ``data template``, ``data check``, ``data diff``."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.ending import errors_in_one_sentence
from experiments.commands.examples import example
from experiments.errors import InputError
from experiments.shown_text import say

if TYPE_CHECKING:
    from market.packs import OwnTables

_CELLS_SHOWN = 20  # of a table, before the rest is counted
_Packs = Annotated[list[Path], typer.Argument(help="Folder of a data pack; of several the later counts.")]


def add_data(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Write, check and compare data packs.")
    for command in (template, check, diff):
        group.command(epilog=example(f"data {command.__name__}"))(command)
    app.add_typer(group, name="data", epilog=example("data"))


def template(
    table: Annotated[str, typer.Argument(help="A table of market/data, such as net_cone.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The pack; made if it is not there.")] = Path("my-data"),
) -> None:
    """Copy a shipped table into a data pack, to be edited there."""
    with errors_in_one_sentence():
        from experiments.packs.writing import write_template

        written, shown = write_template(table, out), shlex.quote(str(out))
        say(f"{written}: edit its rows, say in pack.toml who made it, then detour data check {shown}")


def check(folders: _Packs) -> None:
    """Check data packs: columns, units, bounds, what they imply; a market is built with them."""
    with errors_in_one_sentence():
        from experiments.inputs.data_packs import checked_packs
        from experiments.packs.difference import differences

        notes, own = checked_packs(folders)
        for note in notes:
            say(note)
        _build(own, folders)
        for each in differences(own):
            say(each.sentence)
        say(f"A market can be built with these tables, {own.sha256[:12]}.")


def diff(folders: _Packs) -> None:
    """Show how the tables of data packs differ from the shipped ones."""
    with errors_in_one_sentence():
        from experiments.inputs.data_packs import checked_packs
        from experiments.packs.difference import differences, sum_text

        for each in differences(checked_packs(folders)[1]):
            say(each.sentence)
            lines = [f"{row}: {column} {before} -> {after}" for row, column, before, after in each.changed]
            lines += [f"{row}: added" for row in each.added] + [f"{row}: gone" for row in each.gone]
            for line in lines[:_CELLS_SHOWN]:
                say(f"  {line}")
            if len(lines) > _CELLS_SHOWN:
                say(f"  and {len(lines) - _CELLS_SHOWN:,} more")
            for column, (shipped, own) in each.sums.items():
                say(f"  sum of {column}: {sum_text(shipped)} shipped, {sum_text(own)} here")


def _build(own: "OwnTables", folders: list[Path]) -> None:
    """Build a market with the tables and step it once. Raises InputError if that fails."""
    from experiments.inputs.data_packs import scenario_with_packs
    from market.model import Market
    from market.scenario import Scenario

    small = Scenario().with_(run={"mean_field": True, "fast_graph": True})
    try:
        market = Market(scenario_with_packs(small, folders))
        market.step()
        market.release()
    except (ArithmeticError, ValueError, LookupError, RuntimeError) as error:
        raise InputError(
            f"no market can be built with {', '.join(sorted(own.frames))}: {str(error) or type(error).__name__}; "
            "compare them with the shipped tables, `detour data diff` does"
        ) from error
