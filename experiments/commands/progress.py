"""How far a run is: a bar with the quarter and the time left on a terminal, a plain line a year off it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from experiments.shown_text import plain_text

_YEAR_ENDS = "Q4"


@contextmanager
def shown_on(console: Console, name: str) -> Iterator[Callable[[str, int, int], None]]:
    """A callback for the quarter just done, the number done and the number in all."""
    name = plain_text(name)
    if not console.is_terminal:
        yield _lines(console, name)
        return
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[quarter]}"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None, quarter="building the market")

        def advance(quarter: str, done: int, in_all: int) -> None:
            bar.update(task, completed=done, total=in_all, quarter=quarter)

        yield advance


def _lines(console: Console, name: str) -> Callable[[str, int, int], None]:
    start = time.monotonic()

    def advance(quarter: str, done: int, in_all: int) -> None:
        if quarter.endswith(_YEAR_ENDS) or done == in_all:
            gone = time.monotonic() - start
            left = gone / done * (in_all - done)
            console.print(
                f"{name}: {quarter} done, {gone:.0f} s elapsed, about {left:.0f} s left",
                highlight=False,
                soft_wrap=True,
            )

    return advance
