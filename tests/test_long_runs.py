"""Files that look at the same long runs go to one worker."""

from pathlib import Path

from tests.conftest import OF_LONG_RUNS

TESTS = Path(__file__).parent


def test_every_file_of_the_shared_long_runs_is_listed() -> None:
    found = {
        path.relative_to(TESTS.parent).as_posix()
        for path in TESTS.rglob("test_*.py")
        if path != Path(__file__) and "tests.market.shipped import LONG" in path.read_text(encoding="utf-8")
    }
    assert found == set(OF_LONG_RUNS)
