# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""The command ``hindcast``: what the model would have forecast, scored, beside simple rules and published forecasts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.ending import end_if_stopped, errors_in_one_sentence
from experiments.commands.examples import example
from experiments.errors import InputError
from experiments.shown_text import say, text_console

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.hindcast.study import Asked

_STOPPED = "Stopped; nothing was written: a hindcast writes its tables when all origins are done."


def add_hindcast(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="hindcast", epilog=example("hindcast"))(hindcast)


def hindcast(
    streams: Annotated[
        int | None, typer.Option(min=1, max=64, help="Random streams an origin; 8 by default.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for results.")] = Path("results"),
    origins: Annotated[
        str | None, typer.Option(metavar="QUARTERS", help="Origins, with commas; 2019Q4 to 2023Q4 by default.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first stream.")] = 1,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Three origins and two streams.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the size of the study and stop.")] = False,
) -> None:
    """Forecast from past quarters and score against what happened, beside simple rules and published forecasts."""
    with errors_in_one_sentence(_STOPPED):
        from experiments.hindcast.files import folder_of, write_hindcast
        from experiments.hindcast.study import hindcast_study
        from experiments.hindcast.verdicts import sentences
        from experiments.runs.whole_files import reason, tried

        asked = _asked(streams, origins, seed, quick=quick)
        folder = folder_of(out, asked)
        say(
            f"{len(asked.origins)} origins, {asked.streams} streams each, {len(asked.feedbacks)} feedbacks off in turn."
        )
        if dry_run:
            say("All 17 origins with 8 streams take some 12 minutes of one core.")
            return
        try:
            with tried(folder), _shown_on(text_console(error=True)) as tell:
                made = hindcast_study(asked, tell)
                paths = write_hindcast(folder, made, asked, _command(asked))
        except OSError as error:
            raise InputError(f"--out {out}: the disk refuses ({reason(error)}); choose another folder") from error
        for sentence in sentences(made):
            say(sentence)
        for path in paths:
            say(path)


def _asked(streams: int | None, origins: str | None, seed: int, *, quick: bool) -> "Asked":
    from experiments.hindcast.study import QUICK_ORIGINS, QUICK_STREAMS, STREAMS, Asked
    from market.base import quarters

    if quick and origins is not None:
        raise InputError("--quick has three origins of its own; give either --quick or --origins")
    default = QUICK_ORIGINS if quick else Asked().origins
    given = default if origins is None else tuple(each.strip() for each in origins.split(",") if each.strip())
    try:
        ordered = tuple(sorted(given, key=quarters.index))
    except ValueError as error:
        raise InputError(f"--origins: {error}") from error
    number = streams if streams is not None else QUICK_STREAMS if quick else STREAMS
    return Asked(origins=ordered, streams=number, seed=seed)


def _command(asked: "Asked") -> str:
    from experiments.hindcast.study import Asked

    origins = "" if asked.origins == Asked().origins else f" --origins {','.join(asked.origins)}"
    seed = "" if asked.seed == Asked().seed else f" --seed {asked.seed}"
    return f"detour hindcast --streams {asked.streams}{origins}{seed}"


@contextmanager
def _shown_on(console: "Console") -> Iterator[Callable[[str, int, int], None]]:
    """A callback for what is lived, the steps done and those in all; it ends the command if a signal asked for it."""
    from experiments.commands.progress import shown_on

    start, spoken = time.monotonic(), [-1]

    def line(at: str, done: int, in_all: int) -> None:
        end_if_stopped()
        if done > spoken[0]:
            spoken[0] = done
            gone = time.monotonic() - start
            console.print(
                f"hindcast: {done} of {in_all} steps done, {at}, {gone:.0f} s", highlight=False, soft_wrap=True
            )

    if not console.is_terminal:
        yield line
        return
    with shown_on(console, "hindcast") as shown:

        def advance(at: str, done: int, in_all: int) -> None:
            end_if_stopped()
            shown.quarter(at, done, in_all)

        yield advance
