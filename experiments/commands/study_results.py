"""What a command shows of a study: its size before anything is made, its tables and failed runs after."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import typer

from experiments.commands import advice
from experiments.errors import RunFailedError
from experiments.inputs.design import Design
from experiments.inputs.factors import DesignError
from experiments.shown_text import plain_text, say
from experiments.studies.comparison import what_intervals_are
from experiments.studies.job import Model
from experiments.studies.plan import Plan, make_plan
from experiments.studies.size import MOST_UNASKED, check_size, size_of
from experiments.studies.study import Finished
from experiments.studies.study_report import report

_FAILURES_SHOWN = 5
_ROWS_SHOWN = 30
_FOUND_SHOWN = 4  # scenarios whose findings are told
_PAIRED = "paired_sd"  # a column that only a table of paired differences has


def planned(
    name: str,
    design: Design,
    model: Model,
    beside: Path,
    folder: Path,
    *,
    kept_there: bool,
    dry_run: bool,
    yes: bool,
) -> Plan:
    """The plan of a study, its size said. Raises DesignError, also if it is too large; typer.Exit after a dry run.

    ``kept_there``: whether what is in the folder are runs of this very design.
    """
    size = size_of(name, design, model, beside, folder, kept_there=kept_there)
    try:
        check_size(size, agreed=yes)
    except DesignError as error:
        if not dry_run:
            raise
        say(error)
        raise typer.Exit from error
    large = size.runs > MOST_UNASKED  # planned in minutes: its size is said before its points are checked
    if dry_run and large:
        say(size.sentence)
        raise typer.Exit
    if large:
        say(size.sentence, error=True)
    try:
        plan = make_plan(name, design, model, beside)
    except MemoryError as error:
        raise DesignError(f"{size.sentence}: its list does not fit into memory; split the design") from error
    if not large:
        say(size.sentence, error=not dry_run)
    if dry_run:
        raise typer.Exit
    return plan


def show(plan: Plan, done: Finished, outcomes: Sequence[str]) -> None:
    """Tables, figures and failed runs of a study that was carried out. Raises RunFailedError if any run failed."""
    if not done.complete:
        say(f"This shard is done; the last shard, or the command without --shard, writes the tables of {done.folder}.")
    elif done.failures:
        say(f"Results: {done.folder}; figures need every run.")
    else:
        shown, contents = report(plan, done.folder, outcomes), [point.content for point in plan.points]
        if shown.headline is not None:
            _print_table(shown.headline)
            if _PAIRED in shown.headline:
                _say_findings(plan.points[0].scenario, shown.findings)
                say(what_intervals_are(contents, parameters=plan.design.parameters))
        say(f"Results: {done.folder}")
        for path in shown.paths:
            say(path)
        for fault in shown.faults:
            say(fault, error=True)
        for line in advice.lines(advice.after_study(done.manifest, done.folder, shown.headline, contents)):
            say(line)
    if done.failures:
        first = "; ".join(
            f"{scenario}, seed {seed}: {error}" for scenario, seed, error in done.failures[:_FAILURES_SHOWN]
        )
        raise RunFailedError(
            f"{len(done.failures)} of {len(done.manifest.runs)} runs failed and are rows of runs.parquet ({first}); "
            "--retry-failed reruns them"
        )


def _say_findings(first: str, findings: Sequence[tuple[str, list[str]]]) -> None:
    """What was found of each scenario, the first ones if they are many."""
    for scenario, told in findings[:_FOUND_SHOWN]:
        say(f"{scenario} against {first}:")
        for sentence in told:
            say(f"  {sentence}")
    if len(findings) > _FOUND_SHOWN:
        say(f"... and {len(findings) - _FOUND_SHOWN} more scenarios; detour report tells of all.")


def _print_table(table: pd.DataFrame) -> None:
    shown = table.head(_ROWS_SHOWN).map(lambda cell: plain_text(cell) if isinstance(cell, str) else cell)
    for line in shown.to_string(index=False, float_format=lambda value: f"{value:.4g}").splitlines():
        say(line)
    if len(table) > len(shown):
        say(f"... and {len(table) - len(shown)} more rows in the CSV file")
