"""The ghost line: the reference run of the page's seed and size, made once in a process of its own.

``python -m experiments.page.reference_line CONSUMERS SEED LAST_QUARTER`` prints one line of JSON a quarter.
"""

import json
import subprocess
import sys
import threading
from typing import Any, TextIO

import pandas as pd

from experiments.page.start import Start
from experiments.scenario_files import REFERENCE
from market.model import Market
from market.recorder import TABLES


class ReferenceLine:
    """Rows of ``national`` of the reference run as far as they have come; ``is_done`` when no more will come."""

    def __init__(self, consumers: int, seed: int, last_quarter: str) -> None:
        self.is_done = False
        self._rows: list[dict[str, Any]] = []
        command = [sys.executable, "-m", "experiments.page.reference_line", str(consumers), str(seed), last_quarter]
        self._process = subprocess.Popen(  # noqa: S603 - our own module, two numbers and the name of a quarter
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True
        )
        threading.Thread(target=self._listen, name="reference line", daemon=True).start()

    @property
    def count(self) -> int:
        """Quarters that have come."""
        return len(self._rows)

    def frame(self) -> pd.DataFrame:
        """A copy of what has come."""
        return pd.DataFrame(list(self._rows), columns=list(TABLES["national"]))

    def stop(self) -> None:
        """End the process if it runs."""
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._rows.append(json.loads(line))
        self._process.wait()
        self.is_done = True


_lines: dict[tuple[int, int, str], ReferenceLine] = {}
_lock = threading.Lock()


def reference_line(consumers: int, seed: int, last_quarter: str) -> ReferenceLine:
    """The line of a size, seed and end, shared by all tabs of a server; its process is started at the first need."""
    key = (consumers, seed, last_quarter)
    with _lock:
        if key not in _lines:
            _lines[key] = ReferenceLine(*key)
        return _lines[key]


def stop_reference_lines() -> None:
    """End all processes of ghost lines."""
    with _lock:
        for line in _lines.values():
            line.stop()


def print_reference(consumers: int, seed: int, last_quarter: str, out: TextIO) -> None:
    """Run the reference and print the national row of every quarter as it comes."""
    chosen = Start(REFERENCE, seed, consumers).load(levers={"run.last_quarter": last_quarter})
    market = Market(parameters=chosen.scenario, rng=seed)
    while market.quarter < market.last_quarter:
        market.step()
        print(json.dumps(market.recorder.last("national"), default=float), file=out, flush=True)


if __name__ == "__main__":
    print_reference(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.stdout)
