"""Runs a sector's tests against a seeded sample of small faults in its source and notes which of them live.

``python -m tests.reliability.mutation SECTOR --size 60`` works in a copy of the code and adds a line a fault to
``mutants.jsonl``; faults that stand there are not tried again, so that it resumes after any stop.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import OF_LONG_RUNS
from tests.reliability.mutants import PER_SECTOR, ROOT, SECTORS, Mutant, sample

OUTCOMES = Path(__file__).with_name("mutants.jsonl")
"""How each fault ended, a line each."""
COPIED = ("agents", "market", "experiments", "detour", "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")
_TESTS = {
    "accounts": ("tests/market/audit", "tests/market/base/test_ledger.py"),
    "exogenous": ("tests/market/exogenous", "tests/agents/test_expectations.py"),
    "fleet": ("tests/market/fleet", "tests/market/test_mean_field.py"),
}
_SKIPPED = [f"--ignore={file}" for file in OF_LONG_RUNS]
"""Tests of runs to 2033, which take minutes: a fault that only they find counts as alive."""
_PATIENCE, _SLACK_S = 4.0, 60.0  # a fault may make tests so much slower before it counts as found
_LATER_S = 10_000  # a changed file is newer than any compiled one


def suite_of(sector: str) -> list[str]:
    """Folders and files of the tests of a sector."""
    usual = (f"tests/agents/{sector}", f"tests/market/{sector}")
    return [place for place in _TESTS.get(sector, usual) if (ROOT / place).exists()]


def copied(into: Path) -> Path:
    """A copy of the code and its tests."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=shutil.ignore_patterns("__pycache__", "screenshots"))
        else:
            shutil.copy(source, into / name)
    return into


def outcome_of(house: Path, sector: str, limit_s: float | None, *, compiled: bool = False) -> tuple[str, float]:
    """Run a sector's tests: ``lived``, or ``killed`` by a failure or ``timed out``; and the seconds it took.

    ``compiled``: whether bytecode may be kept, of a copy without a fault.
    """
    surroundings = os.environ | {"PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "" if compiled else "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-n", "0", "-p", "no:cacheprovider", *suite_of(sector), *_SKIPPED]
    start = time.monotonic()
    try:
        done = subprocess.run(command, cwd=house, env=surroundings, timeout=limit_s, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return "timed out", time.monotonic() - start
    return "lived" if done.returncode == 0 else "killed", time.monotonic() - start


def tried(house: Path, sector: str, mutant: Mutant, limit_s: float) -> str:
    """Whether a fault lives in a copy of the code, which is left as it was."""
    file = house / mutant.path
    right, times = file.read_bytes(), file.stat()
    try:
        file.write_bytes(mutant.applied(right))
        os.utime(file, (times.st_atime, times.st_mtime + _LATER_S))
        return outcome_of(house, sector, limit_s)[0]
    finally:
        file.write_bytes(right)
        os.utime(file, (times.st_atime, times.st_mtime))


def read() -> list[dict[str, str]]:
    """All outcomes so far."""
    text = OUTCOMES.read_text(encoding="utf-8") if OUTCOMES.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def run(sector: str, size: int) -> None:
    """Try those of a sector's sample that have not been tried."""
    known = {each["name"] for each in read()}
    left = [mutant for mutant in sample(sector, size) if mutant.name not in known]
    if not left:
        return
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        house = copied(Path(folder))
        end, usual_s = outcome_of(house, sector, None, compiled=True)
        if end != "lived":
            raise SystemExit(f"the tests of {sector} fail without a fault; mend them first")
        for mutant in left:
            ended = tried(house, sector, mutant, _PATIENCE * usual_s + _SLACK_S)
            with OUTCOMES.open("a", encoding="utf-8") as outcomes:
                outcomes.write(json.dumps({"sector": sector, "name": mutant.name, "end": ended}) + "\n")


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sectors", nargs="+", choices=[*SECTORS, "all"])
    parser.add_argument("--size", type=int, default=PER_SECTOR)
    given = parser.parse_args()
    for sector in SECTORS if "all" in given.sectors else given.sectors:
        run(sector, given.size)


if __name__ == "__main__":
    _main()
