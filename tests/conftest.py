"""Set-up that tests of all packages share."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from agents.population import row_work

settings.register_profile(
    "detour", deadline=None, derandomize=True
)  # compiling takes seconds; the same cases each time
settings.load_profile("detour")
row_work.use_threads(1)  # runs of tests are small: handing work to a second thread costs more than it saves


@pytest.fixture
def thread_counts() -> Iterator[tuple[int, int]]:
    """Numbers of threads to compare; the default is put back afterwards."""
    default = row_work.threads_used()
    yield 1, 2
    row_work.use_threads(default)


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
