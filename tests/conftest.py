"""Set-up that tests of all packages share."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mesa
import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from agents.population import row_work

settings.register_profile(
    "detour", deadline=None, derandomize=True
)  # compiling takes seconds; the same cases each time
settings.load_profile("detour")
row_work.use_threads(1)  # runs of tests are small: handing work to a second thread costs more than it saves
os.environ["DETOUR_CACHE"] = ""  # no run begins from the state of another, which may be that of a mutant
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without bytecode each of a hundred processes compiles for 3 s

OF_LONG_RUNS = (
    "tests/market/charging/test_network.py",
    "tests/market/conversion/test_detour.py", "tests/market/makers/test_programmes.py",
    "tests/market/policies/test_managed_charging.py",
)  # fmt: skip
"""Files whose tests look at the same long runs: one worker takes them all, so that each run is made once."""


@pytest.fixture(autouse=True, scope="module")
def _no_model_outlives_its_file() -> Iterator[None]:
    """Mesa keeps every model alive in its table of agent numbers, which is gigabytes after some hundred markets."""
    yield
    getattr(mesa.Agent, "_ids", {}).clear()


@pytest.fixture
def thread_counts() -> Iterator[tuple[int, int]]:
    """Numbers of threads to compare; the default is put back afterwards."""
    default = row_work.threads_used()
    yield 1, 2
    row_work.use_threads(default)


class _ByRuns(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return OF_LONG_RUNS[0] if file in OF_LONG_RUNS else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Workers take whole files, as ``--dist loadfile`` says, and those of long runs together."""
    return _ByRuns(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with what was skipped, file by file, and why."""
    groups = Counter(
        (Path(str(report.nodeid).partition("::")[0]).as_posix(), str(report.longrepr[2]).removeprefix("Skipped: "))
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    for (file, reason), number in sorted(groups.items()):
        terminalreporter.write_line(f"Skipped: {number} of {file}: {reason}", yellow=True)
    if not groups:
        terminalreporter.write_line("Skipped: nothing.")
