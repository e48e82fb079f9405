"""How far a study is: a bar on a terminal, a plain line now and then off it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from experiments.shown_text import plain_text
from experiments.studies.study import Counts, Told

_LINE_EVERY_SECONDS = 10.0
_MINUTE, _HOUR = 60, 3600


def progress_text(counts: Counts, gone_s: float) -> str:
    """Done, failed and cached runs, runs a minute and the time left, in words."""
    made = counts.done + counts.failed
    parts = [f"{counts.done} done", f"{counts.failed} failed", f"{counts.cached} cached"]
    if counts.damaged:
        parts.append(f"{counts.damaged} damaged and rerun")
    if made and gone_s > 0 and counts.left:
        rate = made / gone_s
        parts += [f"{rate * _MINUTE:.3g} a minute", f"about {_duration(counts.left / rate)} left"]
    return f"{counts.in_all - counts.left} of {counts.in_all} runs: {', '.join(parts)}"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"


@contextmanager
def study_shown_on(console: Console, name: str) -> Iterator[Told]:
    """A callback for how far the study is."""
    name = plain_text(name)
    start = time.monotonic()
    if not console.is_terminal:
        yield _lines(console, name, start)
        return
    name_column = TextColumn("{task.description}", markup=False)
    columns = (name_column, BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None, said="")

        def advance(counts: Counts) -> None:
            said = progress_text(counts, time.monotonic() - start)
            bar.update(task, completed=counts.in_all - counts.left, total=counts.in_all, said=said)

        yield advance


def _lines(console: Console, name: str, start: float) -> Told:
    spoken = [0.0]

    def advance(counts: Counts) -> None:
        gone = time.monotonic() - start
        if gone - spoken[0] >= _LINE_EVERY_SECONDS or not counts.left or counts.left == counts.in_all:
            spoken[0] = gone
            console.print(f"{name}: {progress_text(counts, gone)}", highlight=False, soft_wrap=True)

    return advance
