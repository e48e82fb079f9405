# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""The command ``calibrate``."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.ending import end_if_stopped, errors_in_one_sentence
from experiments.commands.examples import example
from experiments.commands.study_options import DryRun, Out, Workers
from experiments.errors import InputError
from experiments.shown_text import say, text_console

if TYPE_CHECKING:
    from experiments.calibration.calibrate import Calibration
    from experiments.studies.study import Counts

_EVALUATION_S = 10  # CPU time on a machine of 2026 with nothing else to do
_STOPPED = "Stopped; finished evaluations are kept, and the same command goes on from there."


def add_calibrate(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog=example("calibrate"))(calibrate)


def calibrate(
    first: Annotated[int, typer.Option(min=1, max=5_000, help="Evaluations of the first wave.")] = 120,
    second: Annotated[int, typer.Option(min=1, max=5_000, help="Evaluations of the second wave.")] = 48,
    draws: Annotated[int, typer.Option(min=1, max=10_000, help="Posterior draws.")] = 200,
    checked: Annotated[int, typer.Option(min=1, max=1_000, help="Draws that the model evaluates as a check.")] = 24,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of designs and draws.")] = 1,
    workers: Workers = None,
    out: Out = Path("results/calibration"),
    *,
    dry_run: DryRun = False,
) -> None:
    """Fit parameters to what was known at the end of 2022; after a stop the same command resumes."""
    with errors_in_one_sentence(_STOPPED):
        if find_spec("sklearn") is None:
            raise InputError("calibrate needs scikit-learn; get it with pip install 'battery-detour[calibrate]'")
        if dry_run:
            say(f"{first + second + checked} evaluations, {_EVALUATION_S} to {2 * _EVALUATION_S} CPU s each: {out}")
            raise typer.Exit
        from experiments.calibration.calibrate import Sizes
        from experiments.calibration.calibrate import calibrate as carried_out
        from experiments.commands.study_progress import study_shown_on
        from experiments.runs.whole_files import reason, tried
        from experiments.studies.engine_choice import engine_of

        try:
            with (
                tried(out),
                engine_of(workers, None, mixed=False) as engine,
                study_shown_on(text_console(error=True), out.name) as tell,
            ):

                def heard(counts: "Counts") -> None:
                    tell(counts)
                    end_if_stopped()

                found = carried_out(out, Sizes(first, second, draws, checked), engine, heard, seed)
        except OSError as error:
            raise InputError(f"--out {out}: the disk refuses ({reason(error)}); choose another folder") from error
        _show(found, out)


def _show(found: "Calibration", out: Path) -> None:
    """The result in sentences: parameters, targets that are missed, where the tables are."""
    from experiments.calibration.tables import range_text

    parameters, targets = found.tables["parameters"], found.tables["targets"]
    for row in parameters.to_dict("records"):
        after, before = (range_text(row, when) for when in ("posterior", "prior"))
        say(f"{row['parameter']}: {after}, before {before}; identified: {row['identified']}")
    missed = targets[targets["miss_sd"].abs() > 1.0]
    for row in missed.to_dict("records"):
        say(f"{row['statistic']} misses its target by {row['miss_sd']:+.1f} standard deviations")
    say(f"{100.0 * found.not_ruled_out_share:.1f} % of the priors are not ruled out. Tables and draws: {out}")
