"""The suite ends with what was skipped, and why."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
PASSES = "def test_passes():\n    pass\n"
SKIPS = """import pytest

@pytest.fixture
def browser():
    pytest.skip("no Chromium on PATH")

def test_one(browser):
    pass

def test_two(browser):
    pass

@pytest.mark.skip(reason="of another system")
def test_three():
    pass
"""


def ended(folder: Path, processes: str, **files: str) -> list[str]:
    """The last lines of a suite of these files with our ``conftest.py``."""
    shutil.copy(CONFTEST, folder)
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", processes, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CONFTEST.parents[1], check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("processes", ["0", "1"])
def test_every_group_that_was_skipped_is_named_with_its_reason(tmp_path: Path, processes: str) -> None:
    *_, first, second, count = ended(tmp_path, processes, test_page=SKIPS, test_other=PASSES)
    assert first.startswith("Skipped: 2 of ")
    assert first.endswith("test_page.py: no Chromium on PATH")
    assert second.startswith("Skipped: 1 of ")
    assert second.endswith("test_page.py: of another system")
    assert count.startswith("1 passed, 3 skipped")


def test_a_suite_that_ran_whole_says_so(tmp_path: Path) -> None:
    assert ended(tmp_path, "0", test_other=PASSES)[-2] == "Skipped: nothing."
