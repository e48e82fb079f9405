"""The ghost line: the reference run of the page's seed and size, made in a process of its own.

``python -m experiments.page.reference_line CONSUMERS SEED LAST_QUARTER`` prints one line of JSON a quarter.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

import pandas as pd

from experiments.inputs.scenario_files import REFERENCE
from experiments.page.start import Start
from experiments.runs.own_code import NO_OWN_CODE
from experiments.states.begin import begun
from market.model import Market
from market.recorder import NATIONAL_ONLY, TABLES

MOST_PROCESSES = 2
"""Reference runs at a time: each takes a processor, and the market that is played needs one too."""
MOST_KEPT = 20
"""Whole lines kept when no tab shows them, so that a page loaded again has its line at once."""
_Key = tuple[int, int, str]


class ReferenceLine:
    """Rows of ``national`` of the reference run as far as they have come; ``is_done`` when no more will come.

    ``is_whole`` if all have come; ``holders``: how many tabs show it.
    """

    def __init__(self) -> None:
        self.is_done = False
        self.is_whole = False
        self.holders = 0
        self._rows: list[dict[str, Any]] = []
        self._process: subprocess.Popen[str] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has a process."""
        return self._process is not None and not self.is_done

    @property
    def count(self) -> int:
        """Quarters that have come."""
        return len(self._rows)

    def frame(self) -> pd.DataFrame:
        """A copy of what has come."""
        return pd.DataFrame(list(self._rows), columns=list(TABLES["national"]))

    def start(self, key: _Key, when_done: Callable[[], None]) -> None:
        """Start its process; ``when_done`` is called from another thread."""
        command = [sys.executable, "-m", "experiments.page.reference_line", *map(str, key)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module, two numbers and the name of a quarter
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True
        )
        threading.Thread(
            target=self._listen, args=(self._process, when_done), name="reference line", daemon=True
        ).start()

    def stop(self) -> None:
        """End the process if it runs; no more will come."""
        self.is_done = True
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _listen(self, process: "subprocess.Popen[str]", when_done: Callable[[], None]) -> None:
        with process:
            for line in process.stdout or ():
                self._rows.append(json.loads(line))
        self.is_whole = process.returncode == 0
        self.is_done = True
        when_done()


class ReferenceLines:
    """The lines of a server by size, seed and last quarter, shared by its tabs; a process runs while a tab needs it."""

    def __init__(self) -> None:
        self._lines: dict[_Key, ReferenceLine] = {}
        self._lock = threading.RLock()

    def hold(self, consumers: int, seed: int, last_quarter: str) -> ReferenceLine:
        """The line of a size, seed and end, which the caller lets go of; its process may have to wait for others."""
        with self._lock:
            line = self._lines.setdefault((consumers, seed, last_quarter), ReferenceLine())
            line.holders += 1
            self._start_waiting()
            return line

    def let_go(self, line: ReferenceLine) -> None:
        """A tab shows a line no longer; one that nobody shows is stopped."""
        with self._lock:
            line.holders -= 1
            if line.holders == 0 and not line.is_whole:
                line.stop()
            self._forget()
            self._start_waiting()

    def stop(self) -> None:
        """End all processes; no other is started."""
        with self._lock:
            for line in self._lines.values():
                line.stop()

    def _forget(self) -> None:
        idle = [key for key, line in self._lines.items() if line.holders == 0]
        kept = [key for key in idle if self._lines[key].is_whole][-MOST_KEPT:]
        for key in idle:
            if key not in kept:
                del self._lines[key]

    def _start_waiting(self) -> None:
        with self._lock:
            room = MOST_PROCESSES - sum(line.is_running for line in self._lines.values())
            waiting = [key for key, line in self._lines.items() if not (line.is_running or line.is_done)]
            for key in waiting[: max(room, 0)]:
                self._lines[key].start(key, self._start_waiting)


LINES = ReferenceLines()
"""The lines of this server."""


def print_reference(consumers: int, seed: int, last_quarter: str, out: TextIO) -> None:
    """Run the reference, from a saved state if there is one; print the national row of every quarter as it comes."""
    chosen = Start(REFERENCE, seed, consumers).load(levers={"run.last_quarter": last_quarter})
    printed = 0

    def print_new(market: Market) -> None:
        nonlocal printed
        for row in market.recorder.rows("national", printed):
            print(json.dumps(row, default=float), file=out, flush=True)
            printed += 1

    market, _ = begun(chosen.scenario, seed, NO_OWN_CODE, print_new, record=NATIONAL_ONLY)
    while market.quarter < market.last_quarter:
        market.step()
        print_new(market)


if __name__ == "__main__":
    print_reference(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.stdout)
