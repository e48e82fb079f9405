# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""The ``detour`` command. Heavy libraries are imported inside the command that needs them, so that help is instant."""

import io
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from experiments.commands.calibration import add_calibrate
from experiments.commands.data import add_data
from experiments.commands.ending import (
    BAD_INPUT,
    FAILED,
    NO_MEMORY_SENTENCE,
    STOPPED,
    STOPPED_SENTENCE,
    end_if_stopped,
    errors_in_one_sentence,
    is_lack_of_memory,
    stop,
)
from experiments.commands.examples import example
from experiments.commands.explorer import add_explorer
from experiments.commands.hindcast import add_hindcast
from experiments.commands.imports import add_imports
from experiments.commands.lookups import add_lookups
from experiments.commands.studies import add_commands
from experiments.commands.study_options import USUAL_STREAMS, Data, NoSavedState, Streams
from experiments.errors import InputError
from experiments.shown_text import one_line, say, text_console

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from experiments.figures.drawing import Drawn
    from experiments.inputs.parameter_list import Value
    from experiments.inputs.scenario_files import ScenarioFile
    from experiments.runs.store import Result

_ALL = "all"
_Told = ParamSpec("_Told")
_DISTRIBUTION = "battery-detour"
_LARGEST_SEED = 2**32 - 1
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]  # typer does not export the base of all its usage errors

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: formatting it would cost three times what help costs
)


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - Typer hands the value over by its place
    """Print the version of Detour and that of its results, and end."""
    if asked:
        from importlib.metadata import version

        from market.version import RESULTS_VERSION

        say(f"detour {version(_DISTRIBUTION)}, results version {RESULTS_VERSION}")
        raise typer.Exit


def main() -> None:
    """Entry point: run the command line; wrong usage too is one sentence and exit code 2."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what the terminal cannot show must not end a command
    try:
        code = app(standalone_mode=False)
    except _UsageError as error:
        say(one_line(getattr(error, "format_message", error.__str__)()), error=True)
        code = BAD_INPUT
    except (MemoryError, ImportError, OSError) as error:
        if not is_lack_of_memory(error):
            raise
        say(NO_MEMORY_SENTENCE, error=True)
        code = FAILED
    except typer.Abort:
        say(STOPPED_SENTENCE, error=True)
        code = STOPPED
    sys.exit(code if isinstance(code, int) else 0)


@app.callback()
def anything(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the versions and exit.")
    ] = False,
) -> None:
    """Detour: an open agent-based model of US electric vehicles and their batteries."""


@app.command(epilog=example("run"))
def run(
    scenario: Annotated[str, typer.Argument(help="A scenario's name (detour list) or a .toml file.")] = "reference",
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="GROUP.KEY=VALUE", help="Change a parameter; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=_LARGEST_SEED, help="Seed of all random streams.")] = 1,
    consumers: Annotated[
        str | None, typer.Option(metavar="N|all", help="Simulated consumers; all: one per household vehicle.")
    ] = None,
    streams: Streams = USUAL_STREAMS,
    threads: Annotated[
        int | None, typer.Option(help="Threads, and processes of streams; all cores by default. Results are the same.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for results.")] = Path("results"),
    allow_plugins: Annotated[
        list[str] | None,
        typer.Option("--allow-plugins", metavar="NAME", help="Load a module of yours that scenarios name; repeatable."),
    ] = None,
    data: Data = None,
    *,
    parameters: Annotated[
        bool, typer.Option("--parameters", help="Let each stream take other parameters, of calibration's draws.")
    ] = False,
    mean_field: Annotated[
        bool, typer.Option("--mean-field", help="Use expected counts instead of simulated consumers.")
    ] = False,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Store tables only.")] = False,
    no_saved_state: NoSavedState = False,
) -> None:
    """Run one scenario and its random streams; writes tables and figures and prints a summary."""
    with errors_in_one_sentence():
        _check_writable(out)
        from experiments.commands.progress import shown_on
        from experiments.commands.summary import print_summary
        from experiments.runs.own_code import allowed_here
        from experiments.runs.run import folder_name, run_scenario
        from experiments.runs.streams import StreamsWanted, check_all_made

        if mean_field and consumers is not None:
            raise InputError("--mean-field covers every household vehicle; leave --consumers out")
        changes = [*(overrides or []), *(["run.mean_field=true"] if mean_field else [])]
        if seed + streams - 1 > _LARGEST_SEED:
            raise InputError(f"--seed {seed} leaves no seeds for {streams} streams; the largest is {_LARGEST_SEED}")
        chosen = _chosen(scenario, changes, consumers, data or ())
        if threads is not None:
            _use_threads(threads)
        name, draw = folder_name(chosen), None if no_figures else _drawing()
        own, taken = allowed_here(allow_plugins or ()), _drawn(seed, streams, chosen) if parameters else {}
        with shown_on(text_console(error=True), name) as shown:
            wanted = StreamsWanted(streams, threads, _unless_stopped(shown.stream), taken)
            folder, result = run_scenario(
                chosen.scenario, name, seed, out, _unless_stopped(shown.quarter), own,
                saved_state=not no_saved_state, streams=wanted,
            )  # fmt: skip
        drawn = None if draw is None else draw(folder, result)
        print_summary(text_console(), result, folder, drawn)
        for fault in drawn.faults if drawn else ():
            say(fault, error=True)
        check_all_made(result)


def _unless_stopped(tell: "Callable[_Told, None]") -> "Callable[_Told, None]":
    """The same callback, which ends the command after it has told if a signal asked for that before."""

    def told(*facts: _Told.args, **named: _Told.kwargs) -> None:
        tell(*facts, **named)
        end_if_stopped()

    return told


def _drawn(seed: int, streams: int, chosen: "ScenarioFile") -> "Mapping[int, Mapping[str, Value]]":
    """Parameters of streams by their seeds; what they take is loaded if it is asked for."""
    from experiments.calibration.draws import by_seed

    return by_seed(seed, streams, chosen.scenario)


def _drawing() -> "Callable[[Path, Result], Drawn]":
    """What draws the figures of a run; loaded before the run, so that settings it cannot start with cost no run."""
    from experiments.commands.settings import check_matplotlib

    check_matplotlib()
    from experiments.figures.registry import draw_figures

    return draw_figures


def _chosen(scenario: str, overrides: list[str], consumers: str | None, data: "Sequence[Path]") -> "ScenarioFile":
    """The scenario with its overrides and number of consumers. Raises ScenarioError."""
    from dataclasses import replace

    from experiments.inputs.scenario_files import load_scenario
    from experiments.runs.run import every_seat

    chosen = load_scenario(scenario, overrides, data)
    if consumers is None:
        return chosen
    if consumers != _ALL and not consumers.isdecimal():
        raise InputError(f"--consumers is {consumers}; it must be a whole number or {_ALL}")
    rows = str(every_seat(chosen.scenario)) if consumers == _ALL else consumers
    return replace(load_scenario(scenario, [*overrides, f"run.consumers={rows}"], data), changed=chosen.changed)


def _use_threads(threads: int) -> None:
    from agents.population.row_work import most_threads, use_threads

    if not 1 <= threads <= most_threads():
        raise InputError(f"--threads is {threads}; this computer allows 1 to {most_threads()}")
    use_threads(threads)


def _check_writable(out: Path) -> None:
    """Raise InputError unless results can be written below ``out``; makes nothing."""
    nearest = next(path for path in (out.absolute(), *out.absolute().parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise InputError(f"--out {out}: {nearest} is not a writable folder; choose another")


@app.command(epilog=example("figures"))
def figures(
    result: Annotated[Path, typer.Argument(help="Folder of a run or of a study.")],
    medium: Annotated[
        str, typer.Option("--for", metavar="screen|paper|slide", help="Size and type of the figures.")
    ] = "screen",
    formats: Annotated[
        str, typer.Option("--format", metavar="png|svg|pdf", help="Format of the files; several with commas.")
    ] = "png",
    year: Annotated[int | None, typer.Option(help="Year whose flows of cells are shown.", show_default=False)] = None,
) -> None:
    """Redraw the figures of a result for a screen, the columns of a paper or slides."""
    with errors_in_one_sentence():
        from experiments.commands.settings import check_matplotlib

        check_matplotlib()
        from experiments.commands.redraw import medium_named, redraw
        from experiments.figures.formats import formats_named

        drawn = redraw(result, medium_named(medium), year, formats_named(formats))
        for line in (*drawn.paths, *drawn.lacking):
            say(line)


@app.command(epilog=example("report"))
def report(
    result: Annotated[Path, typer.Argument(help="Folder of a run or of a study.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; report.html in the folder by default.")
    ] = None,
) -> None:
    """Write a self-contained HTML report of a run or a study."""
    with errors_in_one_sentence():
        from experiments.commands.settings import check_matplotlib

        check_matplotlib()
        from experiments.reports.report import write_report

        say(write_report(result, out))


@app.command(name="app", epilog=example("app"))
def open_app(
    scenario: Annotated[str, typer.Argument(help="A scenario's name (detour list) or a .toml file.")] = "reference",
    consumers: Annotated[int, typer.Option(min=500, max=200_000, help="Simulated consumers.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, max=_LARGEST_SEED, help="Seed of all random streams.")] = 1,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on; this computer only by default.")] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="One more host name the page answers to.")
    ] = None,
) -> None:
    """Open the interactive page in a browser: map, charts, levers, agents to inspect."""
    with errors_in_one_sentence():
        from experiments.commands.settings import check_matplotlib

        check_matplotlib()
        from experiments.page.guard import new_door
        from experiments.page.serve import OPEN_WARNING, is_local, serve
        from experiments.page.start import Start

        door = new_door(host, port, allow_host or ())
        start = Start(scenario, seed, consumers)
        start.load()
        if not is_local(host):
            say(OPEN_WARNING.format(host=host), error=True)
        say(f"The page is at {door.address}  (Ctrl-C stops it)")
        serve(start, door)


add_lookups(app)
add_data(app)
add_imports(app)
add_commands(app)
add_calibrate(app)
add_hindcast(app)
add_explorer(app)
