"""Set-up that tests of all packages share."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from agents import rows

settings.register_profile(
    "detour", deadline=None, derandomize=True
)  # compiling takes seconds; the same cases each time
settings.load_profile("detour")
rows.use_threads(1)  # runs of tests are small: handing work to a second thread costs more than it saves


@pytest.fixture
def thread_counts() -> Iterator[tuple[int, int]]:
    """Numbers of threads to compare; the default is put back afterwards."""
    default = rows.threads_used()
    yield 1, 2
    rows.use_threads(default)
