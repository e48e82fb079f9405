"""Set-up that tests of all packages share."""

import os
from collections.abc import Iterator

os.environ.setdefault("NUMBA_NUM_THREADS", "2")  # read when numba is first loaded; also works on one core

import numba
import pytest
from hypothesis import settings

settings.register_profile(
    "detour", deadline=None, derandomize=True
)  # compiling takes seconds; the same cases each time
settings.load_profile("detour")
numba.set_num_threads(1)  # runs of tests are small: handing work to a second thread costs more than it saves


@pytest.fixture
def thread_counts() -> Iterator[tuple[int, int]]:
    """Numbers of threads to compare; the default is put back afterwards."""
    default = numba.get_num_threads()
    yield 1, 2
    numba.set_num_threads(default)
