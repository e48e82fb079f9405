"""Which tests reach which lines, and how long each takes: a fault is tried against those alone, quick ones first."""

import ast
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
import pytest

_FIXTURE, _FILE = "fixture:", "file:"
MEASURED = ("agents", "market")


@dataclass
class Reach:
    """What a run of tests told: seconds and shared fixtures of each test, and who reached which lines.

    ``seconds``: of each test without its shared fixtures, by node id; ``fixtures``: those it uses; ``fixture_s``: what
    each took to set up; ``lines``: by path from the root and line the tests, fixtures (``fixture:name``) and files
    (``file:path``, while they were imported) that ran it.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    fixtures: dict[str, frozenset[str]] = field(default_factory=dict)
    fixture_s: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def tests_of(self, path: str, statement: "Statement") -> list[str]:
        """Node ids of tests that may tell a fault in a statement, quickest first.

        One that runs on import may matter to every test, one that runs while a file of tests is read to every test that
        reaches its module.
        """
        found = self.lines.get(path, {})
        who = set().union(*(found.get(line, ()) for line in statement.lines))
        if not statement.in_function:
            who = set(self.seconds)
        elif any(each.startswith(_FILE) or not each for each in who):
            who = set().union(*found.values())
        shared = {each.removeprefix(_FIXTURE) for each in who if each.startswith(_FIXTURE)}
        tests = {each for each in who if each in self.seconds}
        tests |= {test for test, used in self.fixtures.items() if used & shared}
        return sorted(tests, key=lambda test: (self.cost_s(test), test))

    def cost_s(self, test: str) -> float:
        """Seconds that a test alone takes, with the dearest of its shared fixtures."""
        return self.seconds.get(test, 0.0) + max(
            (self.fixture_s.get(each, 0.0) for each in self.fixtures[test]), default=0.0
        )


class Watch:
    """A plugin of pytest that fills a ``Reach`` while tests run."""

    def __init__(self, root: Path) -> None:
        self.reach, self._root = Reach(), root
        self._coverage = coverage.Coverage(data_file=None, source=[str(root / each) for each in MEASURED])
        self._coverage.start()
        self._now = ""

    def _as(self, name: str) -> Iterator[None]:
        before, self._now = self._now, name
        self._coverage.switch_context(name)
        yield
        self._now = before
        self._coverage.switch_context(before)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """Lines that run while a file is read are that file's."""
        entered = self._as(_FILE + collector.nodeid) if isinstance(collector, pytest.Module) else iter(())
        next(entered, None)
        report = yield
        next(entered, None)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        """Lines that run for a fixture that tests share are the fixture's."""
        if fixturedef.scope == "function":
            return (yield)
        entered, start = self._as(_FIXTURE + fixturedef.argname), time.perf_counter()
        next(entered)
        try:
            return (yield)
        finally:
            next(entered, None)
            took = time.perf_counter() - start
            self.reach.fixture_s[fixturedef.argname] = max(took, self.reach.fixture_s.get(fixturedef.argname, 0.0))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, Any, Any]:
        """Other lines are the test's."""
        self.reach.fixtures[item.nodeid] = frozenset(item.fixturenames)
        entered = self._as(item.nodeid)
        next(entered)
        done = yield
        next(entered, None)
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Seconds of the test itself."""
        if report.when == "call":
            self.reach.seconds[report.nodeid] = report.duration

    def pytest_sessionfinish(self) -> None:
        """Read what was measured."""
        self._coverage.stop()
        data = self._coverage.get_data()
        for file in data.measured_files():
            by_line: dict[int, set[str]] = defaultdict(set)
            for line, who in data.contexts_by_lineno(file).items():
                by_line[line].update(who)
            self.reach.lines[Path(file).relative_to(self._root).as_posix()] = dict(by_line)


class Chosen:
    """A plugin of pytest that keeps some tests alone, in the order given."""

    def __init__(self, tests: list[str]) -> None:
        self._place = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Drop the others and sort."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._place), key=lambda item: self._place[item.nodeid]
        )


@dataclass(frozen=True)
class Statement:
    """Lines of a statement, without those of statements in it, and whether it runs when a function is called."""

    lines: range
    in_function: bool


def statement_at(source: bytes, line: int) -> Statement:
    """The innermost statement that a line is part of."""
    tree = ast.parse(source)
    around = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and line in _lines(node)]
    innermost = max(around, key=lambda node: node.lineno)
    body = getattr(innermost, "body", None)
    end = body[0].lineno if body and body[0].lineno > innermost.lineno else _lines(innermost).stop
    in_function = any(isinstance(node, ast.FunctionDef) and line >= node.body[0].lineno for node in around)
    return Statement(range(innermost.lineno, max(end, line + 1)), in_function)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
