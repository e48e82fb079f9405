"""Runs a sector's tests against a seeded sample of small faults in its source and notes which of them live.

``python -m tests.reliability.mutation SECTOR --size 60`` works in a copy of the code and adds a line a fault to
``mutants.jsonl``; faults that stand there are not tried again, so that it resumes after any stop. ``--again`` tries
those that lived, and are not known to be equivalent, once more.

Tests run in children of one process that has loaded all libraries, each fault against the tests that reach its line
alone, quick ones first.
"""

import argparse
import importlib
import json
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import OF_LONG_RUNS
from tests.reliability.mutants import PER_SECTOR, ROOT, SECTORS, Mutant, every_mutant, sample
from tests.reliability.reach import Chosen, Reach, Watch, statement_at

OUTCOMES = Path(__file__).with_name("mutants.jsonl")
"""How each fault ended, a line each."""
REASONS = Path(__file__).with_name("survivors.toml")
"""Why a fault that lived does so, by its name."""
COPIED = ("agents", "market", "experiments", "detour", "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")
_OURS = ("agents", "market", "experiments", "detour", "tests")
_TESTS = {
    "accounts": ("tests/market/audit", "tests/market/base/test_ledger.py"),
    "exogenous": ("tests/market/exogenous", "tests/agents/test_expectations.py"),
    "fleet": ("tests/market/fleet", "tests/market/test_mean_field.py"),
}
_PATIENCE, _SLACK_S = 4.0, 20.0  # a fault may make tests so much slower before it counts as found
_LATER_S = 10_000  # a changed file is newer than any compiled one
_POLL_S = 0.02
_QUIETLY = ("-n", "0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
_NO_TESTS = 5  # as pytest ends then
_LIVED, _KILLED, _TIMED_OUT = "lived", "killed", "timed out"


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


def _in_child(house: Path, work: Callable[[], int], limit_s: float) -> int | None:
    """What ``work`` returns in a child that has none of our modules loaded and finds the copy's; None if too slow."""
    child = os.fork()
    if not child:
        os.setsid()
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        ended = 70
        try:
            _move_into(house)
            ended = work()
        finally:
            os._exit(ended)
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(_POLL_S)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _move_into(house: Path) -> None:
    os.chdir(house)
    os.environ["PYTHONPATH"] = str(house)
    sys.path[:] = [str(house), *(place for place in sys.path if place not in ("", str(ROOT)))]
    for name in [name for name in sys.modules if name.partition(".")[0] in _OURS]:
        del sys.modules[name]


def _pytest(arguments: list[str], plugin: object) -> int:

    return int(pytest.main([*arguments, *_QUIETLY], plugins=[plugin]))


def reach_of(house: Path, sector: str) -> Reach:
    """Run a sector's tests without a fault and see which lines each reaches. Raises SystemExit if one fails."""
    kept = house / f"reach-{sector}.pickle"

    def work() -> int:

        watch = Watch(house)
        skipped = [f"--ignore={file}" for file in OF_LONG_RUNS]
        ended = _pytest([*suite_of(sector), *skipped], watch)
        kept.write_bytes(pickle.dumps(vars(watch.reach)))
        return ended

    if _in_child(house, work, 3_600.0) != 0:
        raise SystemExit(f"the tests of {sector} fail without a fault; mend them first")

    return Reach(**pickle.loads(kept.read_bytes()))  # noqa: S301 - written above


def tried(house: Path, mutant: Mutant, reach: Reach) -> tuple[str, int]:
    """Whether a fault lives in a copy of the code, left as it was, and how many tests there were to find it."""
    file = house / mutant.path
    right, times = file.read_bytes(), file.stat()
    tests = reach.tests_of(mutant.path, statement_at(right, mutant.line))
    if not tests:
        return _LIVED, 0

    def work() -> int:

        sys.dont_write_bytecode = True
        if mutant.path.startswith("agents/population"):
            os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(dir=house)  # kept machine code has no fault
        return _pytest(["-x", *dict.fromkeys(test.partition("::")[0] for test in tests)], Chosen(tests))

    usual_s = sum(reach.seconds[test] for test in tests) + sum(reach.fixture_s.values())
    try:
        file.write_bytes(mutant.applied(right))
        os.utime(file, (times.st_atime, times.st_mtime + _LATER_S))
        ended = _in_child(house, work, _PATIENCE * usual_s + _SLACK_S)
    finally:
        file.write_bytes(right)
        os.utime(file, (times.st_atime, times.st_mtime))
    if ended == _NO_TESTS:
        raise SystemExit(f"{mutant.name}: none of its {len(tests)} tests was found again")
    return {0: _LIVED, None: _TIMED_OUT}.get(ended, _KILLED), len(tests)


def check_without_fault(house: Path, sector: str, reach: Reach) -> None:
    """Run all tests, quick ones first, as they are run against a fault. Raises SystemExit if one fails."""

    def work() -> int:

        order = sorted(reach.seconds, key=reach.cost_s)
        return _pytest(["-x", *dict.fromkeys(test.partition("::")[0] for test in order)], Chosen(order))

    if _in_child(house, work, 3_600.0) != 0:
        raise SystemExit(f"the tests of {sector} fail in another order without a fault; mend them first")


def read() -> list[dict[str, Any]]:
    """All outcomes so far."""
    text = OUTCOMES.read_text(encoding="utf-8") if OUTCOMES.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def reasons() -> dict[str, str]:
    """Why faults that lived do so, by name."""
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))


def _due(sector: str, size: int, *, again: bool) -> list[Mutant]:
    """Faults to try: those of the sample that were not, or those that lived and may be found."""
    kept = [each for each in read() if each["sector"] == sector]
    if again:
        equal = {name for name, why in reasons().items() if why.startswith("equivalent")}
        lived = {each["name"] for each in kept if each["end"] == _LIVED} - equal
        return [mutant for mutant in every_mutant(sector) if mutant.name in lived]
    known = {each["name"] for each in kept}
    left = [mutant for mutant in sample(sector, size) if mutant.name not in known]
    return left[: max(size - len(kept), 0)]


def _note(outcome: dict[str, Any]) -> None:
    """Put an outcome in the place of that of the same fault, or at the end."""
    kept = read()
    places = [place for place, each in enumerate(kept) if each["name"] == outcome["name"]]
    kept[slice(places[0], places[0] + 1) if places else slice(len(kept), None)] = [outcome]
    beside = OUTCOMES.with_suffix(".new")
    beside.write_text("".join(json.dumps(each) + "\n" for each in kept), encoding="utf-8")
    beside.replace(OUTCOMES)


def run(sector: str, size: int, *, again: bool) -> None:
    """Try those of a sector's sample that have not been tried, or once more those that lived."""
    due = _due(sector, size, again=again)
    if not due:
        return
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        house = copied(Path(folder))
        reach = reach_of(house, sector)
        check_without_fault(house, sector, reach)
        for mutant in due:
            ended, tests = tried(house, mutant, reach)
            _note({"sector": sector, "name": mutant.name, "end": ended, "tests": tests})


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sectors", nargs="+", choices=[*SECTORS, "all"])
    parser.add_argument("--size", type=int, default=PER_SECTOR)
    parser.add_argument("--again", action="store_true", help="those that lived, once more")
    given = parser.parse_args()
    for library in ("hypothesis.strategies", "market.model"):
        importlib.import_module(library)  # so that no child has to load libraries
    for sector in SECTORS if "all" in given.sectors else given.sectors:
        run(sector, given.size, again=given.again)


if __name__ == "__main__":
    _main()
