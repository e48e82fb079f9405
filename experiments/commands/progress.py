"""How far a run is: a bar with the quarter and the time left on a terminal, a plain line a year off it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from experiments.shown_text import plain_text

_YEAR_ENDS = "Q4"


@dataclass(frozen=True)
class Shown:
    """What is told of a run.

    ``quarter``: the quarter just done, the number done and the number in all. ``stream``: random streams done and in
    all.
    """

    quarter: Callable[[str, int, int], None]
    stream: Callable[[int, int], None]


@contextmanager
def shown_on(console: Console, name: str) -> Iterator[Shown]:
    """Callbacks for how far a run is, then its random streams."""
    name = plain_text(name)
    if not console.is_terminal:
        yield _Lines(console, name).told
        return
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[at]}"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None, at="building the market")
        streams = bar.add_task(f"{name}, random streams", total=None, start=False, visible=False, at="")

        def quarter(label: str, done: int, in_all: int) -> None:
            bar.update(task, completed=done, total=in_all, at=label)

        def stream(done: int, in_all: int) -> None:
            if not done:
                bar.start_task(streams)
            bar.update(streams, completed=done, total=in_all, visible=True, at=f"{done} of {in_all}")

        yield Shown(quarter, stream)


class _Lines:
    """Plain lines: one a year, then one a stream."""

    def __init__(self, console: Console, name: str) -> None:
        self._console, self._name = console, name
        self._start = time.monotonic()
        self.told = Shown(self._quarter, self._stream)

    def _quarter(self, quarter: str, done: int, in_all: int) -> None:
        if quarter.endswith(_YEAR_ENDS) or done == in_all:
            self._say(f"{quarter} done", done, in_all)

    def _stream(self, done: int, in_all: int) -> None:
        if not done:
            self._start = time.monotonic()
            return
        self._say(f"{done} of {in_all} random streams done", done, in_all)

    def _say(self, what: str, done: int, in_all: int) -> None:
        gone = time.monotonic() - self._start
        left = gone / done * (in_all - done)
        self._console.print(
            f"{self._name}: {what}, {gone:.0f} s elapsed, about {left:.0f} s left", highlight=False, soft_wrap=True
        )
